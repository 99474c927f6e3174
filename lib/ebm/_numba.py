"""numba with long vectors, and without what it loads only to see whether it is there: half a second of a fresh process.

Its first call imports all of scipy.linalg to learn that BLAS can be called from a jitted function,
and its import loads the coverage tool. Both are still found by whoever uses them.
"""

import sys
from contextlib import contextmanager


@contextmanager
def _without(name):
    """As if that package were not there; one that is loaded already stays."""
    hidden = name not in sys.modules
    if hidden:
        sys.modules[name] = None  # the import system's own sign for it
    try:
        yield
    finally:
        if hidden:
            del sys.modules[name]


with _without("coverage"):
    from numba import config, njit
    from numba.core.codegen import get_host_cpu_features
    from numba.core.cpu import CPUTargetOptions
    from numba.core.options import TargetOptions
with _without("scipy.linalg"):
    from numba.np import arraymath
arraymath._HAVE_BLAS = True  # scipy is there; a jitted function that multiplies matrices loads it

# Numba knows how to tell LLVM that arrays do not overlap, but has no name for it among njit's options.
CPUTargetOptions.noalias = TargetOptions.Mapping("noalias")

# On processors with 512-bit vectors LLVM keeps to 256 bits, which older ones needed to stay at full
# clock. The longer ones make the lattice kernels half as fast again; no result changes. Numba reads
# this when it compiles first: if somebody did that before us, things stay as they were.
if config.CPU_NAME is None and config.CPU_FEATURES is None and "+avx512f" in get_host_cpu_features():
    config.CPU_FEATURES = get_host_cpu_features() + ",-prefer-256-bit"

__all__ = ["njit"]
