"""Matrix products on one thread: the same bits on a machine of any number of cores.

With several threads a BLAS library cuts long sums in other places, so that their last bits, and
from there a whole training run, depend on the machine. Products as small as a batch's gain
nothing from a second thread.
"""

import numpy as np  # noqa: F401  (its BLAS must be loaded to be found)
from threadpoolctl import ThreadpoolController

one_thread = ThreadpoolController().wrap(limits=1, user_api="blas")
