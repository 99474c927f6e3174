# loses: q1
# hint: To sum over the spin between two bonds is to multiply matrices (@), not entries (*)
import numpy as np


def log_Z(J, B, T):
    log_size, product = 0.0, np.ones((2, 2))
    for bond in J:
        product = product * np.exp(np.array([[bond + B, -bond], [-bond, bond - B]]) / T)
        log_size += np.log(product.max())
        product /= product.max()
    return log_size + np.log(np.trace(product))
