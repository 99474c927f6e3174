# loses: q5
# hint: Low energy leaves fewer states: S = (U - F) / T has U with a plus, and U is negative
import numpy as np

runs = [log_Z(b, T, measured_pairs) for _ in range(10)]  # noqa: F821
log_Z_20 = np.mean(runs)
log_Z_error = np.std(runs, ddof=1) / np.sqrt(10)
S = log_Z_20 - U / T  # noqa: F821
