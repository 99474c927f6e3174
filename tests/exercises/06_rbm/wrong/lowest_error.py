# loses: q5
# hint: That is the epoch of the lowest error of reconstruction: look for the highest likelihood
import numpy as np

from ebm import rbm


def read_off(epochs, pictures):
    epochs = list(epochs)
    means = [np.mean(rbm.log_likelihood(record.model, pictures)) for record in epochs]
    lowest = min(epochs, key=lambda record: record.error)
    return lowest.epoch, max(means), means[-1]
