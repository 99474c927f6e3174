# loses: q5
# hint: That is the place in the list, counted from 0: return `record.epoch`
import numpy as np

from ebm import rbm


def read_off(epochs, pictures):
    means = [np.mean(rbm.log_likelihood(record.model, pictures)) for record in epochs]
    return np.argmax(means), max(means), means[-1]
