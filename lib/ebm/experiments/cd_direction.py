"""Where contrastive divergence points, beside the gradient: both exactly, with nothing sampled.

On a small machine the chain of CD-k can be followed as a distribution over visible states in place of
samples. From the data q it comes after k sweeps to q P^k, where p(v' | v) = sum_h p(h | v) p(v' | h), and
what CD-k follows on average is

    <v h> under q  -  <v h> under q P^k,

while the gradient has the machine's own distribution, which is q P^infinity, in the second place. Nothing
is left of chance, so that every difference is the bias [bengio2009].

A machine learns the pictures of bars and stripes by the exact gradient, and on the way both are compared.
And machines learn random distributions, first by the gradient, then by CD-1, to see how far the place where
CD-1 comes to rest is from the best [carreira2005].
"""

import numpy as np
from scipy.special import log_expit

from ebm import data, rbm
from ebm.diagnostics import Estimate
from ebm.experiments._fits import chosen, over

SEED = 2005
SIDE, HIDDEN = 3, 6
KS = (1, 3, 10)
STEPS, RATE = 4000, 0.2
AT = (0, 3, 10, 30, 100, 300, 1000, 2000, STEPS)  # steps after which the directions are compared
RANDOM = {"n_v": 5, "n_h": 3, "steps": 4000, "rate": 0.5}


def tasks(size):
    """Ways of learning bars and stripes; random distributions to be learned."""
    quick = size == "quick"
    return [
        {"what": what, "run": run}
        for what, runs in (("path", 20), ("rest", 40))
        for run in range(runs // 10 if quick else runs)
    ]


def measure(task, *, rng):
    """Directions beside the gradient, on the way; or KL where each rule comes to rest."""
    return path(rng=rng) if task["what"] == "path" else rest(rng=rng)


def path(*, rng):
    """Learn bars and stripes by the gradient; a row for each of `AT` and `KS`, with what `compared` says."""
    v = data.bars_and_stripes(SIDE)
    q = share_of(v)
    model = rbm.initial(SIDE**2, HIDDEN, rng=rng, scale=0.1, dtype=np.float64)
    rows = []
    for step in range(STEPS + 1):
        if step in AT:
            log_p = float(rbm.log_likelihood(model, v).mean())
            rows += [{"step": step, "log_p": log_p, "k": k} | compared(model, q, k) for k in KS]
        model = moved(model, rbm.gradient(model, v), RATE)
    return rows


def compared(model, q, k):
    """The mean direction of CD-k beside the gradient.

    Parameters
    ----------
    model : RBM
    q : (2^n_v,) array
        The data: a probability for each visible state, in the order of `rbm.states`.
    k : int

    Returns
    -------
    dict
        "cosine" of the angle between the two; "length", that of the mean direction over that of the gradient;
        "signs", the share of parameters that both move the same way; "bias", the length of their difference
        over that of the gradient.
    """
    gradient, mean = (packed(direction(model, q, sweeps)) for sweeps in (None, k))
    length = np.linalg.norm(gradient)
    return {
        "cosine": float(gradient @ mean / length / np.linalg.norm(mean)),
        "length": float(np.linalg.norm(mean) / length),
        "signs": float(np.mean(np.sign(gradient) == np.sign(mean))),
        "bias": float(np.linalg.norm(mean - gradient) / length),
    }


def direction(model, q, k):
    """<v h> under the data minus <v h> after k sweeps; or, if k is None, under the machine itself.

    Parameters
    ----------
    model : RBM
    q : (2^n_v,) array
        As in `compared`.
    k : int or None

    Returns
    -------
    ebm.rbm.Statistics
    """
    after = rbm.distribution(model) if k is None else swept(model, q, k)
    pairs = zip(averages(model, q), averages(model, after), strict=True)
    return rbm.Statistics(*(up - down for up, down in pairs))


def averages(model, q):
    """<v_i h_j>, <v_i>, <h_j> if visible states come with the probabilities q and hidden ones follow."""
    v = rbm.states(model.n_v)
    weighted, p = q[:, None] * v, rbm.p_h(model, v)
    return rbm.Statistics(weighted.T @ p, weighted.sum(axis=0), q @ p)


def swept(model, q, k):
    """The distribution over visible states that k sweeps of Gibbs sampling make of q: q P^k."""
    up, down = conditionals(model)
    for _ in range(k):
        q = q @ up @ down
    return q


def conditionals(model):
    """p(h | v), a row for each v, and p(v | h), a row for each h, of all states."""
    v, h = rbm.states(model.n_v), rbm.states(model.n_h)
    return _chances(rbm.field_h(model, v), h), _chances(rbm.field_v(model, h), v)


def _chances(field, states):
    return np.exp(log_expit(field) @ states.T + log_expit(-field) @ (1 - states.T))


def share_of(v):
    """How often each visible state is among the examples, in the order of `rbm.states`."""
    places = v @ (1 << np.arange(v.shape[1]))
    return np.bincount(places, minlength=2 ** v.shape[1]) / len(v)


def moved(model, up, rate):
    """The machine after a step."""
    parts = zip((model.W, model.b_v, model.b_h), up, strict=True)
    return rbm.RBM(*(x + rate * dx for x, dx in parts))


def packed(statistics):
    """One number for each parameter."""
    return np.concatenate([np.ravel(part) for part in statistics])


def kl(model, q):
    """KL(q || p) in nats."""
    on = q > 0
    return float(q[on] @ np.log(q[on] / rbm.distribution(model)[on]))


def rest(*, rng):
    """A random distribution, drawn evenly from all there are, learned by the gradient, and from there on by CD-1 too.

    Returns
    -------
    dict
        KL in nats: "alone" of the best machine without weights, "likelihood" and "cd" of the two ends.
    """
    n_v, steps, rate = RANDOM["n_v"], RANDOM["steps"], RANDOM["rate"]
    q = rng.dirichlet(np.ones(2**n_v))
    model = rbm.initial(n_v, RANDOM["n_h"], rng=rng, scale=0.5, dtype=np.float64)
    on = q @ rbm.states(n_v)
    alone = rbm.RBM(np.zeros((n_v, 1)), np.log(on / (1 - on)))
    model = learned(model, q, None, steps, rate)
    ends = {name: learned(model, q, k, steps, rate) for name, k in (("likelihood", None), ("cd", 1))}
    return {"alone": kl(alone, q)} | {name: kl(end, q) for name, end in ends.items()}


def learned(model, q, k, steps, rate):
    """The machine after so many steps along the mean direction of CD-k, or the gradient if k is None."""
    for _ in range(steps):
        model = moved(model, direction(model, q, k), rate)
    return model


def summarise(found):
    """Means over runs and over the way; what CD-1 loses of what there is to learn, as the median of distributions."""
    runs = chosen(found, what="path")
    of = {k: np.array([[row for row in run if row["k"] == k] for run in runs], dtype=object) for k in KS}
    keys = ("cosine", "length", "signs", "bias")
    pick = {k: {key: _picked(rows, key) for key in keys} for k, rows in of.items()}
    ends = chosen(found, what="rest")
    lost = np.array([(end["cd"] - end["likelihood"]) / (end["alone"] - end["likelihood"]) for end in ends])
    return {
        "signs": over(pick[1]["signs"].mean(axis=1)),
        "k_ratio": over(pick[10]["bias"][:, -1] / pick[1]["bias"][:, -1]),
        "growth": over(pick[1]["bias"][:, -1] / pick[1]["bias"][:, 0]),
        "worse": over([float(end["cd"] > end["likelihood"] + 1e-6) for end in ends]),
        "lost": _median(lost),
        "path": [row for k in KS for row in _rows(k, of[k], pick[k])],
        "rest": [{"run": run} | end for run, end in enumerate(ends)],
    }


def _picked(rows, key):
    """(runs, places) array of one entry."""
    return np.array([[row[key] for row in run] for run in rows])


def _rows(k, rows, picked):
    log_p = _picked(rows, "log_p").mean(axis=0)
    for place, step in enumerate(AT):
        row = {"k": k, "step": step, "log_p": float(log_p[place])}
        for key, values in picked.items():
            row[key], row[f"{key}_error"] = over(values[:, place])
        yield row


def _median(x):
    """The median, with the error it has if the samples are normal: 1.25 times that of the mean."""
    return Estimate(float(np.median(x)), float(np.sqrt(np.pi / 2) * np.std(x, ddof=1) / np.sqrt(len(x))))
