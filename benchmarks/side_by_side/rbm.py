"""Learning digits with a restricted machine: batches of 100, by CD-1 and with persistent chains."""

import functools

import numpy as np

from ebm import rbm
from ebm.data import sets
from side_by_side import Case, Competitor

BATCH, RATE = 100, 0.05
ENOUGH = {64: 100, 784: 5}  # passes


@functools.cache
def digits(n_v):
    """1400 digits of 8 x 8, or the same enlarged to 28 x 28, as 0 and 1; the larger ones four times over."""
    v = sets.binary(sets.digits().train.v)[:1400]
    if n_v == 64:
        return v.astype(np.float32)
    pixels = np.arange(28) * 8 // 28
    return np.tile(v.reshape(-1, 8, 8)[:, pixels][:, :, pixels].reshape(-1, 784), (4, 1)).astype(np.float32)


@functools.cache
def baseline(n_v):
    """Mean log pseudo-likelihood of pixels that know nothing of each other."""
    data = digits(n_v)
    return judged(rbm.RBM(np.zeros((n_v, 1)), rbm.mean_biases(data)), data)


def judged(model, data):
    few = data[::28]
    return rbm.log_pseudo_likelihood(
        model, few, flips=min(64, data.shape[1]), rng=np.random.default_rng(0)
    ).mean()


def competitor(n_v, learn, parts):
    """learn : one pass over the data; parts : the machine's W, b_v and b_h. Judged after ENOUGH passes or more."""
    passes = []

    def run(repeats):
        for _ in range(repeats):
            learn()
            passes.append(1)

    def check():
        run(max(0, ENOUGH[n_v] - len(passes)))
        found, alone = judged(rbm.RBM(*parts()), digits(n_v)), baseline(n_v)
        return "" if found > 0.9 * alone else f"pseudo-likelihood {found:.1f}, pixels alone have {alone:.1f}"

    return Competitor(run, len(digits(n_v)), check)


def start(n_v, n_h):
    return rbm.initial(n_v, n_h, rng=np.random.default_rng(0), data=digits(n_v))


def ours(n_v, n_h, learn):
    def make():
        records = learn(start(n_v, n_h), digits(n_v), rng=np.random.default_rng(0), epochs=10**6, rate=RATE)
        last = []

        def once():
            last[:] = [next(records).model]

        return competitor(n_v, once, lambda: (last[0].W, last[0].b_v, last[0].b_h))

    return make


def batches(n_v):
    data = digits(n_v)
    return [data[k : k + BATCH] for k in range(0, len(data), BATCH)]


def numpy_pcd(n_v, n_h):
    def make():
        model, rng = start(n_v, n_h), np.random.default_rng(0)
        W, b_v, b_h = (x.copy() for x in (model.W, model.b_v, model.b_h))
        state = [np.zeros((BATCH, n_h), np.float32)]

        def p_on(field):
            return 1 / (1 + np.exp(-field))

        def coins(p):
            return (rng.random(p.shape, dtype=np.float32) < p).astype(np.float32)

        def once():
            for v0 in batches(n_v):
                p0 = p_on(v0 @ W + b_h)
                v = coins(p_on(state[0] @ W.T + b_v))
                p = p_on(v @ W + b_h)
                state[0] = coins(p)
                W[:] += RATE / BATCH * (v0.T @ p0 - v.T @ p)
                b_v[:] += RATE * (v0.mean(axis=0) - v.mean(axis=0))
                b_h[:] += RATE * (p0.mean(axis=0) - p.mean(axis=0))

        return competitor(n_v, once, lambda: (W, b_v, b_h))

    return make


def pytorch(n_v, n_h, persistent):
    def make():
        import torch

        torch.set_num_threads(1)
        model = start(n_v, n_h)
        W, b_v, b_h = (torch.tensor(x) for x in (model.W, model.b_v, model.b_h))
        state, shown = [torch.zeros((BATCH, n_h))], [torch.tensor(v) for v in batches(n_v)]

        def once():
            for v0 in shown:
                p0 = torch.sigmoid(v0 @ W + b_h)
                h = state[0] if persistent else torch.bernoulli(p0)
                v = torch.bernoulli(torch.sigmoid(h @ W.T + b_v))
                p = torch.sigmoid(v @ W + b_h)
                if persistent:
                    state[0] = torch.bernoulli(p)
                W.add_(v0.T @ p0 - v.T @ p, alpha=RATE / BATCH)
                b_v.add_(v0.mean(0) - v.mean(0), alpha=RATE)
                b_h.add_(p0.mean(0) - p.mean(0), alpha=RATE)

        return competitor(n_v, once, lambda: (W.numpy(), b_v.numpy(), b_h.numpy()))

    return make


def scikit_learn(n_v, n_h):
    def make():
        from sklearn.neural_network import BernoulliRBM

        machine = BernoulliRBM(n_components=n_h, learning_rate=RATE, batch_size=BATCH, random_state=0)
        shown = batches(n_v)
        machine.partial_fit(shown[0])

        def once():
            for v in shown:
                machine.partial_fit(v)

        return competitor(
            n_v, once, lambda: (machine.components_.T, machine.intercept_visible_, machine.intercept_hidden_)
        )

    return make


def rbms(n_v, n_h):
    """The body of its training loop. It scales each gradient to length 1, so that only the time can be compared."""

    def make():
        import torch
        from rbms.bernoulli_bernoulli.classes import BBRBM
        from rbms.training.pcd import fit_batch_pcd

        torch.set_num_threads(1)
        model = start(n_v, n_h)
        machine = BBRBM(*(torch.tensor(x) for x in (model.W, model.b_v, model.b_h)))
        machine.init_grad()
        optimiser = torch.optim.SGD(machine.parameters(), lr=RATE, maximize=True)
        chains, shown = [machine.init_chains(BATCH)], [torch.tensor(v) for v in batches(n_v)]

        def once():
            for v in shown:
                optimiser.zero_grad(set_to_none=False)
                chains[0], _ = fit_batch_pcd(
                    (v, torch.ones(BATCH)), chains[0], machine, 1, 1.0, centered=True
                )
                optimiser.step()

        def run(repeats):
            with torch.no_grad():
                for _ in range(repeats):
                    once()

        def check():
            return "" if bool(torch.isfinite(machine.weight_matrix).all()) else "weights that are not finite"

        return Competitor(run, len(digits(n_v)), check)

    return make


def case(n_v, n_h, learn, goals, **others):
    return Case(
        "Restricted machine, " + ("CD-1" if learn is rbm.cd else "PCD"),
        f"{n_v} x {n_h}, batch {BATCH}",
        "images/s",
        {
            "ebm": ours(n_v, n_h, learn),
            "PyTorch": pytorch(n_v, n_h, learn is rbm.pcd),
            **{name.replace("_", "-"): make for name, make in others.items()},
        },
        goals=goals,
        bound="four products of matrices"
        if n_v > n_h
        else "rows fetched from tables for four products, more than half of the time; coins; each epoch's record",
    )


PEERS = {
    (n_v, n_h): {"NumPy": numpy_pcd(n_v, n_h), "scikit_learn": scikit_learn(n_v, n_h), "rbms": rbms(n_v, n_h)}
    for n_v, n_h in ((784, 500), (64, 100))
}
CASES = [
    case(784, 500, rbm.cd, {"PyTorch": 1.5}),
    case(784, 500, rbm.pcd, {"PyTorch": 1.5, "scikit-learn": 4}, **PEERS[784, 500]),
    case(64, 100, rbm.pcd, {"NumPy": 2.5, "scikit-learn": 10}, **PEERS[64, 100]),
]
