# loses: q3
# hint: A success takes one run at least: for p of 0.99 and more the time is that of one run
import numpy as np


def time_to_solution(hits, runs, sweeps):
    def time(p):
        if p < 1e-12:
            return np.inf
        return 0 if p > 1 - 1e-12 else sweeps * np.log(0.01) / np.log(1 - p)

    share, c = hits / runs, 1.96**2 / runs
    middle = share + c / 2
    half = np.sqrt(middle**2 - (1 + c) * share**2)
    return time(share), time((middle + half) / (1 + c)), time((middle - half) / (1 + c))
