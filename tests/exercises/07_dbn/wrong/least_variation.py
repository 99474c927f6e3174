# loses: q5
# hint: Those are the directions of least variation: np.linalg.eigh lists the smallest eigenvalue first
import numpy as np


def pca_error(train, test, k):
    mean = train.mean(axis=0)
    U = np.linalg.eigh(np.cov((train - mean).T))[1][:, :k]
    return np.mean((test - mean - (test - mean) @ U @ U.T) ** 2)
