# loses: q2
# hint: A bond goes from -J to +J, so it changes by 2J: a factor 2 is missing
import numpy as np


def flip_costs(s, J, B):
    return s * (J * (np.roll(s, 1, 0) + np.roll(s, -1, 0) + np.roll(s, 1, 1) + np.roll(s, -1, 1)) + B)
