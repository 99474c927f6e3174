# loses: q3
# hint: That is the interval p +- z sqrt(p(1-p)/runs) about the measured p: Wilson's p is unknown
import numpy as np


def time_to_solution(hits, runs, sweeps):
    def time(p):
        return np.inf if p <= 0 else sweeps * max(1, np.log(0.01) / np.log(1 - min(p, 0.9999)))

    p = hits / runs
    half = 1.96 * np.sqrt(p * (1 - p) / runs)
    return time(p), time(p + half), time(p - half)
