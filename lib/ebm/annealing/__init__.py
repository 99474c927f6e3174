"""Finding states of low energy: cool slowly, or let copies at many temperatures exchange places.

At T = 0 a network falls into the nearest valley (`quench`). Heat lets it climb out again, and
cooling slowly enough leaves it in a deep one [kirkpatrick1983]. With copies at fixed
temperatures that swap states, none is ever too cold for good (`replica_exchange`).
Everything works on a Hopfield network, and a run's length is counted in sweeps of n updates.
"""

from ebm.annealing.cooling import Cooling, Ends, anneal, quench, random_starts
from ebm.annealing.exchange import Exchange, replica_exchange
from ebm.annealing.glasses import sherrington_kirkpatrick, spin_glass
from ebm.annealing.schedules import geometric, linear, logarithmic
from ebm.annealing.success import Share, Time, success, time_to_solution
from ebm.annealing.tabu import Found, tabu

__all__ = [
    "Cooling",
    "Ends",
    "Exchange",
    "Found",
    "Share",
    "Time",
    "anneal",
    "geometric",
    "linear",
    "logarithmic",
    "quench",
    "random_starts",
    "replica_exchange",
    "sherrington_kirkpatrick",
    "spin_glass",
    "success",
    "tabu",
    "time_to_solution",
]
