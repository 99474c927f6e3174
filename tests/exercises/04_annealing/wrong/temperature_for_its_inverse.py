# loses: q1
# hint: In the logarithmic schedule: T against log k is a straight line there, where it should be 1/T
import numpy as np


def schedule(kind, T_start, T_end, steps):
    if kind == "geometric":
        return np.geomspace(T_start, T_end, steps)
    k = np.arange(1, steps + 1)
    x = (k - 1) / (steps - 1) if kind == "linear" else np.log(k) / np.log(steps)
    return T_start + (T_end - T_start) * x
