# loses: q1
# hint: The field counts twice: a spin sits on two bonds, so each bond carries half of its share
import numpy as np


def log_Z(J, B, T):
    log_size, product = 0.0, np.eye(2)
    for bond in J:
        product = product @ np.exp(np.array([[bond + 2 * B, -bond], [-bond, bond - 2 * B]]) / T)
        log_size += np.log(product.max())
        product /= product.max()
    return log_size + np.log(np.trace(product))
