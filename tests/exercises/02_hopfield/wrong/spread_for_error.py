# loses: q5
# hint: That is the spread of single networks: the mean of 20 is sqrt(20) times surer
import numpy as np

from ebm import hopfield


def unstable_share(n, alpha, rng):
    patterns = rng.choice([-1, 1], size=(round(alpha * n), n))
    return np.mean(patterns * hopfield.field(hopfield.hebb(patterns), patterns) < 0)


# %%
rng = np.random.default_rng(138)
shares = [unstable_share(500, 0.138, rng) for _ in range(20)]
share = np.mean(shares)
error = np.std(shares)
