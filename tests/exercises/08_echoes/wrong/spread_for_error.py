# loses: q5
# hint: That is the spread of single sets: the mean of 40 is known better, by the root of 40
# ruff: noqa: F821
import numpy as np

rng = np.random.default_rng(347)
half_times = [half_time(own_weight, rng) for _ in range(40)]
t_half = np.mean(half_times)
error = np.std(half_times)
