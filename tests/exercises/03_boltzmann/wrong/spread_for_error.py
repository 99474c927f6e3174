# loses: q5
# hint: That is the spread of single runs: the mean of ten is sqrt(10) times surer
import numpy as np

runs = [log_Z(b, T, measured_pairs) for _ in range(10)]  # noqa: F821
log_Z_20 = np.mean(runs)
log_Z_error = np.std(runs, ddof=1)
S = U / T + log_Z_20  # noqa: F821
