"""Figures the reader can touch: alive in Jupyter and in the static page.

Each is a function that returns controls linked in the browser to one view. The view runs
the library's own kernels as WebAssembly, so it needs no Python behind it; where there is
Python, its traits can be read and written from there.
"""

from ebm.widgets._annealing import annealing
from ebm.widgets._dense import dense
from ebm.widgets._diffusion import diffusion
from ebm.widgets._distribution import distribution
from ebm.widgets._dream import dream
from ebm.widgets._landscape import landscape
from ebm.widgets._lattice import lattice
from ebm.widgets._memory import memory
from ebm.widgets._memory_pad import memory_pad
from ebm.widgets._neuron import neuron
from ebm.widgets._rbm import rbm
from ebm.widgets._two_phase import two_phase

__all__ = [
    "annealing",
    "dense",
    "diffusion",
    "distribution",
    "dream",
    "landscape",
    "lattice",
    "memory",
    "memory_pad",
    "neuron",
    "rbm",
    "two_phase",
]
