"""Energy-based models, from the Ising model to deep belief networks.

Each module is loaded when it is first named, so that ``import ebm`` costs nothing.
"""

import importlib
import pkgutil

__version__ = "0.1.0"

_modules = [module.name for module in pkgutil.iter_modules(__path__) if not module.name.startswith("_")]


def __getattr__(name):
    if name in _modules:
        return importlib.import_module(f"ebm.{name}")
    raise AttributeError(f"module 'ebm' has no attribute {name!r}; it has {', '.join(_modules)}")


def __dir__():
    return [*globals(), *_modules]
