"""Boltzmann machines: networks of stochastic units that learn, with hidden units anywhere [ackley1985].

    E(s) = -1/2 s.W.s - b.s,   p(s) = e^(-E(s)/T) / Z

Units are 0 or 1 ("bits"), as in 1985, or -1 and +1 ("spins"), as in a magnet; `to_network` and
`from_network` convert. `model` holds the machine, `sampling` what it does at a temperature,
`likelihood` the exact answers for small machines, `learning` the two phases.
"""

from ebm.boltzmann.learning import Annealed, Persistent, Step, learn, noisy
from ebm.boltzmann.likelihood import (
    Distribution,
    Statistics,
    distribution,
    gradient,
    kl,
    log_likelihood,
    negative,
    positive,
    visible,
)
from ebm.boltzmann.model import (
    Boltzmann,
    Machine,
    Network,
    dE,
    energy,
    field,
    from_network,
    initial,
    links,
    p_on,
    to_network,
)
from ebm.boltzmann.sampling import complete, gibbs, random_states, sample

__all__ = [
    "Annealed",
    "Boltzmann",
    "Distribution",
    "Machine",
    "Network",
    "Persistent",
    "Statistics",
    "Step",
    "complete",
    "dE",
    "distribution",
    "energy",
    "field",
    "from_network",
    "gibbs",
    "gradient",
    "initial",
    "kl",
    "learn",
    "links",
    "log_likelihood",
    "negative",
    "noisy",
    "p_on",
    "positive",
    "random_states",
    "sample",
    "to_network",
    "visible",
]
