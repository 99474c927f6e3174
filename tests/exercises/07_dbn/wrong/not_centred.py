# loses: q5
# hint: Subtract the mean of the training digits first: directions of variation are about the mean
import numpy as np


def pca_error(train, test, k):
    U = np.linalg.svd(train)[2][:k].T
    return np.mean((test - test @ U @ U.T) ** 2)
