"""Workloads, one file each, and what runs them side by side.

A workload is a list of `Case`; each of its competitors sets itself up and is then timed in turn.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Case:
    """One size of a workload.

    workload, size, unit : str, as the table shows them; rates are in `unit`
    competitors : dict of functions without arguments, each of which sets up and returns a Competitor
    goals : dict, by how much the first competitor is to be faster than another
    bound : str, what bounds the first competitor
    """

    workload: str
    size: str
    unit: str
    competitors: dict
    goals: dict = field(default_factory=dict)
    bound: str = ""


@dataclass
class Competitor:
    """What is timed.

    run : function of a number of repeats
    work : float, how many of the case's units one repeat does
    check : function without arguments, called after the last round: what is wrong with the results, or ""
    """

    run: object
    work: float
    check: object
