# loses: q5
# hint: The components come from the training digits: here they were fitted to the test digits
import numpy as np


def pca_error(train, test, k):
    mean = test.mean(axis=0)
    U = np.linalg.svd(test - mean)[2][:k].T
    return np.mean((test - mean - (test - mean) @ U @ U.T) ** 2)
