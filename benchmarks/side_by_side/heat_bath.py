"""Heat-bath updates of a network whose units are all coupled: many chains, and a single one.

thrml, the library of block sampling for JAX, is left out above 9 units: its first call at 64 takes most of a minute.
"""

import functools

import numpy as np

from ebm import boltzmann, exact, random
from ebm.boltzmann import Boltzmann, sampling
from side_by_side import Case, Competitor

T = 1.0


@functools.cache
def machine(n):
    """Weights small enough that a few sweeps forget the start."""
    W = np.triu(np.random.default_rng(n).normal(scale=1 / np.sqrt(n), size=(n, n)), 1) * 0.7
    return Boltzmann(W + W.T, np.random.default_rng(n + 1).normal(scale=0.3, size=n), units="spins")


@functools.cache
def truth(n):
    """Means and correlations: of all states, or of a long run of the plain kernel."""
    model = machine(n)
    if n <= 16:
        found = exact.boltzmann(model, T)
        return found.mean, found.correlations
    rng = np.random.default_rng(0)
    s = boltzmann.gibbs(model, boltzmann.random_states(model, 2000, rng=rng), T, rng=rng, sweeps=20)
    return s.mean(axis=0), s.T.astype(float) @ s / len(s)


def close(n, states):
    """Mean and pair moments of states in +1 and -1, within what their number allows."""
    states = np.concatenate(states[-40:]).astype(float)[-20_000:]
    mean, pairs = truth(n)
    off = np.concatenate([states.mean(axis=0) - mean, (states.T @ states / len(states) - pairs).ravel()])
    error = 1 / np.sqrt(min(len(states), 2000))  # of one moment, and there are n^2 of them
    wrong = np.abs(off).max() > 9 * error or np.sqrt(np.mean(off**2)) > 2.5 * error
    return f"moments are off by up to {np.abs(off).max():.2f}" if wrong else ""


def ours(n, chains, order):
    def make():
        rng = np.random.default_rng(0)
        state, seen = [boltzmann.random_states(machine(n), chains, rng=rng)], []

        def run(sweeps):
            state[0] = boltzmann.gibbs(machine(n), state[0], T, rng=rng, sweeps=sweeps, order=order)
            seen.append(state[0])

        run(20)
        return Competitor(run, n * chains / 1e9, lambda: close(n, seen))

    return make


def jax_scan(n, chains):
    def make():
        import jax
        import jax.numpy as jnp

        W, b = jnp.asarray(machine(n).W, jnp.float32), jnp.asarray(machine(n).b, jnp.float32)

        def update(s, step):
            i, u = step
            field = s @ W[i] + b[i]
            return s.at[:, i].set(jnp.where(u < jax.nn.sigmoid(2 * field / T), 1.0, -1.0)), None

        @jax.jit
        def sweep(s, key):
            u = jax.random.uniform(key, (n, chains))
            return jax.lax.scan(update, s, (jnp.arange(n), u))[0]

        state, key, seen = [jnp.ones((chains, n), jnp.float32)], [jax.random.key(0)], []

        def run(sweeps):
            for _ in range(sweeps):
                key[0], now = jax.random.split(key[0])
                state[0] = sweep(state[0], now)
            seen.append(np.asarray(state[0].block_until_ready()))

        run(20)
        return Competitor(run, n * chains / 1e9, lambda: close(n, seen))

    return make


def numpy_chains(n, chains):
    def make():
        W, b, rng = machine(n).W, machine(n).b, np.random.default_rng(0)
        s, seen = np.ones((n, chains)), []

        def run(sweeps):
            for _ in range(sweeps):
                for i, u in enumerate(rng.random((n, chains))):
                    s[i] = np.where(u < 1 / (1 + np.exp(-2 * (W[i] @ s + b[i]) / T)), 1, -1)
            seen.append(s.T.copy())

        run(20)
        return Competitor(run, n * chains / 1e9, lambda: close(n, seen))

    return make


def one_chain(n, sample):
    """sample : so many successive states. Neighbours are alike, so that every fifth one counts."""
    seen = []

    def run(sweeps):
        seen.append(sample(sweeps)[::5])

    return Competitor(run, n / 1e9, lambda: close(n, seen))


def ours_alone(n, plain):
    def make():
        rng, model = np.random.default_rng(0), machine(n)
        state = [np.ones(n, dtype=np.int8)]

        def sample(sweeps):
            if plain:
                states, words = np.empty((sweeps, n), np.int8), random.state(rng)
                sampling._states(model.W, model.b, -1, state[0], np.arange(n), T, words, 1, states)
            else:
                states = boltzmann.sample(model, state[0], T, rng=rng, sweeps=sweeps, order="sequential")
            state[0] = states[-1].copy()
            return states

        sample(3000 if n < 16 else 20)  # so that what is compiled is there
        return one_chain(n, sample)

    return make


def loop(n):
    """As a careful reader would write it, compiled by numba."""

    def make():
        from numba import njit

        @njit
        def go(W, b, s, states):
            for k in range(len(states)):
                for i in range(len(s)):
                    field = b[i]
                    for j in range(len(s)):
                        field += W[i, j] * s[j]
                    s[i] = 1.0 if np.random.random() < 1 / (1 + np.exp(-2 * field / T)) else -1.0  # noqa: NPY002
                states[k] = s

        W, b, s = machine(n).W, machine(n).b, np.ones(n)

        def sample(sweeps):
            states = np.empty((sweeps, n), np.int8)
            go(W, b, s, states)
            return states

        sample(3000 if n < 16 else 20)  # so that what is compiled is there
        return one_chain(n, sample)

    return make


def thrml_chain(n):
    """Each unit is a block of its own, so that its order is ours."""

    def make():
        import jax
        import jax.numpy as jnp
        from thrml import Block, SamplingSchedule, SpinNode, sample_states
        from thrml.models import IsingEBM, IsingSamplingProgram

        nodes = [SpinNode() for _ in range(n)]
        pairs = [(i, j) for i in range(n) for j in range(i)]
        W, b = machine(n).W, machine(n).b
        model = IsingEBM(
            nodes,
            [(nodes[i], nodes[j]) for i, j in pairs],
            jnp.asarray(b, jnp.float32),
            jnp.asarray([W[i, j] for i, j in pairs], jnp.float32),
            jnp.asarray(1 / T, jnp.float32),
        )
        blocks, sweeps_at_once = [Block([node]) for node in nodes], 1000
        program = IsingSamplingProgram(model, blocks, [])
        schedule, key = SamplingSchedule(10, sweeps_at_once, 1), [jax.random.key(0)]
        start = [jnp.ones(1, dtype=bool) for _ in nodes]

        @jax.jit
        def go(key):
            return sample_states(key, program, schedule, start, [], [Block(nodes)])

        def sample(batches):
            found = []
            for _ in range(batches):
                key[0], now = jax.random.split(key[0])
                found.append(2 * np.asarray(go(now)[0]).astype(np.int8).reshape(-1, n) - 1)
            return np.concatenate(found)

        sample(1)
        chain = one_chain(n, sample)
        chain.work *= sweeps_at_once + 10
        return chain

    return make


def many(n, chains, goal):
    return Case(
        "Heat bath, all units coupled",
        f"n = {n}, {chains} chains",
        "updates/ns",
        {
            "ebm": ours(n, chains, "sequential"),
            # With more units a turn has too few sweeps for states that can be judged.
            **({"ebm, random order": ours(n, chains, "random")} if n < 1000 else {}),
            "JAX": jax_scan(n, chains),
            "NumPy": numpy_chains(n, chains),
        },
        goals={"JAX": goal},
        bound="each update waits for the one before"
        if n < 16
        else "products of matrices in single precision",
    )


def single(n, goal):
    bound = (
        "a comparison waits for the one before, though look-ups do not"
        if n < 16
        else "a flip adds a row of weights to all fields"
    )
    others = {"thrml": thrml_chain(n)} if n < 16 else {}
    return Case(
        "Heat bath, all units coupled",
        f"n = {n}, 1 chain",
        "updates/ns",
        {
            "ebm": ours_alone(n, plain=False),
            "ebm, plain": ours_alone(n, plain=True),
            "Numba loop": loop(n),
            "JAX": jax_scan(n, 1),
            **others,
        },
        goals={"Numba loop": goal},
        bound=bound,
    )


CASES = [
    *(single(n, goal) for n, goal in ((9, 20), (64, 10), (1024, 20))),
    *(many(n, 256, goal) for n, goal in ((9, 10), (64, 5), (1024, 6))),
]
