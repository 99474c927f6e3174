# loses: q3
# hint: The likelier success is, the sooner it comes: exchange the two ends
import numpy as np

from ebm import annealing


def time_to_solution(hits, runs, sweeps):
    time = annealing.time_to_solution(np.arange(runs) < hits, sweeps)
    return time.value, time.high, time.low
