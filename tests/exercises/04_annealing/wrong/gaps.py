# loses: q1
# hint: The linear schedule ends at 2: 5 temperatures have 4 gaps between them
import numpy as np


def schedule(kind, T_start, T_end, steps):
    share = np.arange(steps) / steps
    if kind == "linear":
        return T_start + (T_end - T_start) * share
    if kind == "geometric":
        return T_start * (T_end / T_start) ** share
    x = np.log(1 + np.arange(steps)) / np.log(1 + steps)
    return 1 / (1 / T_start + (1 / T_end - 1 / T_start) * x)
