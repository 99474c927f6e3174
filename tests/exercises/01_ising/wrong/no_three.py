# loses: q5
# hint: The 3 is missing: perfect order has U = 2/3, and U = 0 needs <m^4> = 3 <m^2>^2
import numpy as np


def binder(m):
    return 1 - np.mean(m**4) / np.mean(m**2) ** 2
