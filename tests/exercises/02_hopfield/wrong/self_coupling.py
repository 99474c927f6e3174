# loses: q5
# hint: Too stable: does a unit push itself? The diagonal of W must be 0
import numpy as np


def unstable_share(n, alpha, rng):
    patterns = rng.choice([-1, 1], size=(round(alpha * n), n))
    return np.mean(patterns * (patterns @ (patterns.T @ patterns)) < 0)
