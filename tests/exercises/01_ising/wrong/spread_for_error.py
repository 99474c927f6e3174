# loses: q5
# hint: That is the spread of single crossings: the mean of ten is sqrt(10) times surer
import numpy as np

Ts = np.array([2.23, 2.26, 2.29, 2.32])
rng = np.random.default_rng(11)
crossings = [one_crossing(rng) for _ in range(10)]  # noqa: F821
T_cross = np.mean(crossings)
T_error = np.std(crossings)
