"""log Z of the square lattice in four ways: listed, by transfer matrix, by Kaufman's formula, and sampled.

Coloured like a checkerboard, a lattice of even side has bonds between the colours only. With one
colour visible and the other hidden it is a restricted Boltzmann machine, and annealed importance
sampling [neal2001, salakhutdinov2008] estimates its log Z; so an estimator that is needed where
nothing is known can be tested where everything is. 12 x 12 spins have 2^144 states.
"""

import numpy as np

from ebm import ais, exact
from ebm.boltzmann import from_network
from ebm.diagnostics import Estimate
from ebm.ising import Ising, to_network
from ebm.rbm import RBM

SEED = 2001
SIZES = (4, 8, 12)
TEMPERATURES = (2.0, 2.5)
_CHAINS = 400  # in a task
_STEPS = 500


def tasks(size):
    """Batches of annealed chains, for each lattice and temperature."""
    return [
        {"L": L, "T": T, "batch": batch}
        for L in SIZES
        for T in TEMPERATURES
        for batch in range(1 if size == "quick" else 20)
    ]


def measure(task, *, rng):
    """log Z by one batch of chains, and its standard error."""
    machine, offset = checkerboard(Ising((task["L"], task["L"])))
    betas = np.linspace(0, 1, _STEPS)
    found = ais.forward(machine, betas, rng=rng, chains=_CHAINS, T=task["T"])
    return [found.log_Z - offset / task["T"], found.error]


def checkerboard(model):
    """A lattice with even sides as a restricted Boltzmann machine: white sites visible, black ones hidden.

    Parameters
    ----------
    model : Ising

    Returns
    -------
    machine : RBM
    offset : float
        E of the lattice minus E of the machine, the same in every state.
    """
    network = to_network(model)
    bits, offset = from_network(network)
    white = np.indices(model.shape).sum(axis=0).ravel() % 2 == 0
    if bits.W[np.ix_(white, white)].any():
        raise ValueError(f"model has shape {model.shape}; wanted even sides, or colours meet their like")
    return RBM(bits.W[np.ix_(white, ~white)], bits.b[white], bits.b[~white]), -offset


def kaufman(L, T):
    """log Z of an L x L lattice closed in both directions, J = 1 and B = 0 [kaufman1949].

    Parameters
    ----------
    L : int
    T : float
        Not the critical temperature.

    Returns
    -------
    float
    """
    K, k = 1 / T, np.arange(2 * L)
    gamma = np.arccosh(np.maximum(1, np.cosh(2 * K) / np.tanh(2 * K) - np.cos(np.pi * k / L)))
    gamma[0] = 2 * K + np.log(np.tanh(K))
    terms = [
        np.log(2 * np.abs(f(gamma[start::2] * L / 2))).sum() for start in (1, 0) for f in (np.cosh, np.sinh)
    ]
    top = max(terms)
    total = np.exp(np.array(terms) - top) @ [1, 1, 1, np.sign(exact.T_C - T)]
    return float(np.log(total / 2) + top + L**2 / 2 * np.log(2 * np.sinh(2 * K)))


def summarise(found):
    """Each way against the transfer matrix: differences of log Z, with standard errors where there is chance."""
    rows = [_row(L, T, found) for L in SIZES for T in TEMPERATURES]
    small = [row for row in rows if row["L"] == SIZES[0]]
    values = {
        "enumeration": Estimate(max(abs(row["enumeration"] - row["transfer"]) for row in small), 0),
        "kaufman": Estimate(max(abs(row["kaufman"] - row["transfer"]) for row in rows), 0),
    }
    for row in rows:
        values[f"ais_{row['L']}_{row['T']}"] = Estimate(row["ais"] - row["transfer"], row["error"])
    return values | {"log_Z": rows}


def _row(L, T, found):
    model = Ising((L, L))
    batches = np.array([result for task, result in found if (task["L"], task["T"]) == (L, T)])
    ais_log_Z, error = _pooled(*batches.T)
    row = {"L": L, "T": T, "transfer": exact.lattice(model, T).log_Z, "kaufman": kaufman(L, T)}
    if L == SIZES[0]:
        row["enumeration"] = exact.moments(to_network(model), T).log_Z
    return row | {"ais": ais_log_Z, "error": error}


def _pooled(log_Zs, errors):
    """log of the mean of Z over batches, which is unbiased as Z; the error by the batches' own errors."""
    top = log_Zs.max()
    Z = np.exp(log_Zs - top)
    relative = np.sqrt(((Z * errors) ** 2).sum()) / Z.sum()
    return float(top + np.log(Z.mean())), float(relative)
