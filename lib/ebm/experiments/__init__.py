"""The claims of the book as experiments: one module for each, or for a group that shares a run.

An experiment is a module of this package with

    SEED = 1982                                   any whole number; it decides every random draw

    def tasks(size):                              size is "quick" or "full"
        return [{"n": 100, "network": k} for k in range(2 if size == "quick" else 50)]

    def measure(task, *, rng):                    one task, a second to a minute of work
        return ...                                numbers, text, lists and dicts of them

    def summarise(found):                         found: a list of (task, result), in order
        return {"alpha_c": Estimate(0.1379, 0.0005), "curve": [{"n": 100, "m": 0.97}, ...]}

- Tasks are dicts of plain values, all different, and know nothing of each other: each gets a
  generator of its own, made from SEED, the module's name and the task. So results do not depend
  on how many workers there are, on their order, or on an interruption.
- What `summarise` returns goes to `book/records/NAME.json`: every `ebm.diagnostics.Estimate` under
  "values" (error 0 if the number is exact), every list of dicts under "tables", for figures.
- Quick takes about ten seconds on one core, and measures the same quantities as full: fewer
  networks rather than smaller ones, so that only the errors grow. The tests run it. One whose claims nothing
  so short can check has no tasks of that size; the tests name those that may.
- One that needs a file which may not be here has a function `lacks()`, which says in words what is
  missing, or "" if nothing is. Where something is, it is not run, and its claims stay "not yet run".
- Then list what the book asserts in `book/claims.yml` (see `ebm.claims`) and run
  `make reproduce ONLY=NAME`. Finished tasks are kept in `_build/experiments`.
"""

import importlib
import pkgutil


def names():
    """The names of all experiments.

    Returns
    -------
    list of str

    Examples
    --------
    >>> "hopfield_capacity" in names()
    True
    """
    return [module.name for module in pkgutil.iter_modules(__path__) if not module.name.startswith("_")]


def load(name):
    """An experiment: its module.

    Parameters
    ----------
    name : str

    Returns
    -------
    module

    Raises
    ------
    ValueError
        If there is none of that name; the message lists those there are.

    Examples
    --------
    >>> load("hopfield_capacity").__name__
    'ebm.experiments.hopfield_capacity'
    """
    if name not in names():
        raise ValueError(f"there is no experiment {name!r}; there are {', '.join(names())}")
    return importlib.import_module(f"{__name__}.{name}")
