"""The one way a kernel is compiled."""

import hashlib
from functools import cache, partial
from pathlib import Path

from ebm._numba import njit

_PACKAGE = Path(__file__).parent


def kernel(function=None, *, apart=False, parallel=False):
    """Compile a function of arrays and scalars, and keep the code on disk: it saves a second at each start.

    NumPy's error model divides by zero as IEEE 754 says; Python's would put a raise into every
    division, which no WebAssembly module can do.

    apart : whether no two arrays that are handed in ever overlap. Short loops then need not begin with
        a comparison of all their ends
    parallel : whether its `prange` loops are shared among numba's threads; for native code only
    """
    if function is None:
        return partial(kernel, apart=apart, parallel=parallel)
    options = {"noalias": True} if apart else {}
    compiled = njit(cache=True, error_model="numpy", parallel=parallel, **options)(function)
    if hasattr(compiled, "_cache"):  # not if numba is told to leave everything in Python
        # numba looks at the time and size of the function's own file alone. What it calls, from other files,
        # is part of the code; and a checkout that changes only times is no reason to compile in a reader's cell.
        compiled._cache._cache_file._source_stamp = _sources()
    return compiled


@cache
def _sources():
    """What the files with kernels hold, in short."""
    texts = (path.read_bytes() for path in sorted(_PACKAGE.rglob("*.py")))
    return hashlib.sha256(b"".join(text for text in texts if b"@kernel" in text)).hexdigest()
