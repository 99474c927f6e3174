# loses: q5
# hint: Compare means of log p(v) over all pictures: not of -F(v), where Z is missing, nor of p(v)
import numpy as np

from ebm import rbm


def read_off(epochs, pictures):
    best, highest = None, -np.inf
    for record in epochs:
        last = np.mean(-rbm.free_energy(record.model, pictures))
        if last > highest:
            best, highest = record.epoch, last
    return best, highest, last
