# loses: q2
# hint: The lattice closes on itself: next to the last column comes the first, and so with rows
import numpy as np


def flip_costs(s, J, B):
    wide = np.pad(s, 1)
    return 2 * s * (J * (wide[:-2, 1:-1] + wide[2:, 1:-1] + wide[1:-1, :-2] + wide[1:-1, 2:]) + B)
