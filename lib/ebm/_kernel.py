"""The one way a kernel is compiled."""

from numba import njit

# The disk cache saves a second at each start. NumPy's error model divides by zero as IEEE 754
# says; Python's would put a raise into every division, which no WebAssembly module can do.
kernel = njit(cache=True, error_model="numpy")
