# loses: q2
# hint: Half of the bonds are missing: a spin has neighbours on the left and above too
import numpy as np


def flip_costs(s, J, B):
    return 2 * s * (J * (np.roll(s, -1, 0) + np.roll(s, -1, 1)) + B)
