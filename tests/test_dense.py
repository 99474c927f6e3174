"""Dense memories: identities with the Hopfield network, capacity, and attention."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.special import logsumexp

from ebm import dense, hopfield, wasm
from ebm.dense import Dense


def rng(seed=0):
    return np.random.default_rng(seed)


def random_patterns(P, n, seed=0):
    return rng(seed).choice([-1, 1], size=(P, n))


@st.composite
def memories(draw):
    P, n = draw(st.integers(1, 4)), draw(st.integers(1, 7))
    signs = st.sampled_from([-1, 1])
    degree = draw(st.sampled_from([2, 3, 4, 7, math.inf]))
    return Dense(draw(arrays(np.int8, (P, n), elements=signs)), degree), draw(
        arrays(np.int8, n, elements=signs)
    )


@given(memories())
def test_energy_is_the_formula(memory):
    model, s = memory
    m = hopfield.overlap(model.patterns, s)
    if math.isinf(model.degree):
        expected = -logsumexp(model.n * m)
    else:
        expected = -model.n / model.degree * np.sum(m**model.degree)
    assert dense.energy(model, s) == pytest.approx(expected, abs=1e-12)
    assert dense.energy(model, np.array([s, -s]))[0] == dense.energy(model, s)


@given(memories(), st.data())
def test_dE_is_the_difference_of_energies(memory, data):
    model, s = memory
    i = data.draw(st.integers(0, model.n - 1))
    flipped = s.copy()
    flipped[i] *= -1
    assert dense.dE(model, s, i) == pytest.approx(
        dense.energy(model, flipped) - dense.energy(model, s), abs=1e-12
    )


@given(memories(), st.integers(0, 2**32))
def test_descent_lowers_the_energy_to_a_state_at_rest(memory, seed):
    model, s = memory
    path = dense.descend(model, s, rng=rng(seed))
    assert (np.diff(path.energies) < 0).all()
    assert path.energies[0] == pytest.approx(dense.energy(model, s), abs=1e-12)
    assert path.energies[-1] == pytest.approx(dense.energy(model, path.s), abs=1e-10)
    assert all(dense.dE(model, path.s, i) > -1e-10 for i in range(model.n))


def test_degree_two_is_hebbs_rule():
    """The same energies but for P/2, and the same steps for the same random numbers."""
    patterns = random_patterns(6, 41)
    states = random_patterns(30, 41, seed=1)
    model, network = Dense(patterns, 2), hopfield.hebb(patterns)
    assert np.allclose(
        dense.energy(model, states) + 6 / 2, hopfield.energy(network, states), rtol=0, atol=1e-12
    )
    for k, s in enumerate(states):
        ours, theirs = (
            module.descend(which, s, rng=rng(k)) for module, which in [(dense, model), (hopfield, network)]
        )
        assert (ours.s == theirs.s).all()
        assert np.allclose(ours.energies + 3, theirs.energies, rtol=0, atol=1e-10)


def test_higher_degrees_hold_more():
    """At P = n/2, beyond 0.138 n: degree 2 loses the patterns, degree 3, 4 and infinity keep them."""
    patterns = random_patterns(50, 100, seed=2)
    m = {}
    for degree in (2, 3, 4, math.inf):
        ends = [dense.descend(Dense(patterns, degree), xi, rng=rng(3)).s for xi in patterns[:10]]
        m[degree] = np.mean([hopfield.overlap(xi, s) for xi, s in zip(patterns, ends, strict=False)])
    assert m[2] < 0.6
    assert m[3] > 0.95
    assert m[4] == m[math.inf] == 1


def test_the_exponential_memory_does_not_overflow():
    patterns = random_patterns(300, 2000, seed=4)
    model = Dense(patterns, math.inf)
    path = dense.descend(model, hopfield.corrupt(patterns[7], 0.3, rng=rng(5)), rng=rng(6))
    assert (path.s == patterns[7]).all()
    assert path.energies[-1] == pytest.approx(-2000, abs=1e-9)


@pytest.mark.parametrize("degree", [3, math.inf])
def test_compiled_equals_plain(degree):
    model = Dense(random_patterns(5, 12), degree)
    pulls = model.patterns.astype(float) @ random_patterns(1, 12, seed=9)[0]
    k = dense._power(model)
    assert dense._energy(pulls, 12, k) == dense._energy.py_func(pulls, 12, k)


def test_the_kernels_run_in_the_page():
    sweep = "int64(int8[:, ::1], int8[::1], float64[::1], float64[::1], int64, int64[::1], uint64[::1], float64[::1])"
    assert wasm.build({"sweep": (dense._descend_sweep, sweep)})[:4] == b"\0asm"


# --- real numbers: attention ---


def attention(Q, K, V, scale):
    """As written in the paper, one query at a time."""
    result = []
    for q in Q:
        weights = np.array([math.exp(scale * np.dot(q, key)) for key in K])
        result.append(sum(w * v for w, v in zip(weights / weights.sum(), V, strict=True)))
    return np.array(result)


def test_retrieval_is_attention():
    X, Q = rng(1).normal(size=(20, 16)), rng(2).normal(size=(5, 16))
    assert np.abs(dense.retrieve(X, Q, 1 / 4) - attention(Q, X, X, 1 / 4)).max() < 1e-12


@given(st.integers(0, 2**32), st.floats(0.01, 30))
def test_retrieval_never_raises_its_energy(seed, beta):
    X, q = rng(seed).normal(size=(7, 4)), rng(seed + 1).normal(size=4) * 3
    for _ in range(4):
        after = dense.retrieve(X, q, beta)
        assert dense.continuous_energy(X, after, beta) <= dense.continuous_energy(X, q, beta) + 1e-12
        q = after


def test_retrieval_is_a_step_down_the_gradient():
    X, q, beta = rng(3).normal(size=(6, 5)), rng(4).normal(size=5), 0.7
    step = 1e-6
    gradient = [
        (dense.continuous_energy(X, q + e, beta) - dense.continuous_energy(X, q - e, beta)) / (2 * step)
        for e in step * np.eye(5)
    ]
    assert np.allclose(dense.retrieve(X, q, beta), q - gradient, rtol=0, atol=1e-8)


def test_sharp_retrieval_finds_the_pattern_and_flat_retrieval_the_mean():
    X = rng(5).normal(size=(9, 30))
    assert np.allclose(dense.retrieve(X, X[4] + 0.1, 50.0), X[4], atol=1e-6)
    assert np.allclose(dense.retrieve(X, X[4], 1e-9), X.mean(axis=0), atol=1e-6)


# --- the pseudo-inverse rule ---


def test_pseudo_inverse_projects():
    """Before its diagonal is removed W leaves each stored pattern as it is; after, every unit feels 1 - w_ii."""
    patterns = random_patterns(30, 60, seed=7)
    model = hopfield.pseudo_inverse(patterns)
    projector = patterns.T @ np.linalg.inv(patterns @ patterns.T) @ patterns
    assert np.allclose(model.W, projector - np.diag(np.diag(projector)))
    assert np.allclose(hopfield.field(model, patterns), (1 - np.diag(projector)) * patterns)
    assert hopfield.is_fixed_point(model, patterns).all()
    assert hopfield.is_fixed_point(hopfield.hebb(patterns), patterns).mean() < 0.1


def test_pseudo_inverse_is_hebb_for_orthogonal_patterns():
    orthogonal = [[1, 1, 1, 1], [1, 1, -1, -1]]
    assert np.allclose(hopfield.pseudo_inverse(orthogonal).W, hopfield.hebb(orthogonal).W)


def test_pseudo_inverse_bears_dependent_patterns():
    patterns = random_patterns(3, 10)
    twice = np.vstack([patterns, -patterns])
    assert np.allclose(hopfield.pseudo_inverse(twice).W, hopfield.pseudo_inverse(patterns).W)


# --- bad input ---


@pytest.mark.parametrize(
    ("patterns", "degree", "error", "message"),
    [
        ([[0, 1]], 3, ValueError, "patterns holds 0"),
        ([1, -1], 3, ValueError, "patterns has shape"),
        ([[1, -1], [1]], 3, ValueError, "patterns has rows of unequal length"),
        ([[1, -1]], 1, ValueError, "degree is 1; wanted a whole number of 2 or more"),
        ([[1, -1]], 2.5, TypeError, "degree is 2.5"),
        ([[1, -1]], -math.inf, TypeError, "degree is -inf"),
        ([[1, -1]], math.nan, TypeError, "degree is nan"),
    ],
)
def test_bad_models(patterns, degree, error, message):
    with pytest.raises(error, match=message):
        Dense(patterns, degree)


MODEL = Dense([[1, 1, -1]], 3)


@pytest.mark.parametrize("s", [[1, 0, 1], [1, -1], [1, np.nan, 1], []])
@pytest.mark.parametrize(
    "function",
    [
        lambda s: dense.energy(MODEL, s),
        lambda s: dense.dE(MODEL, s, 0),
        lambda s: dense.descend(MODEL, s, rng=rng()),
    ],
    ids=["energy", "dE", "descend"],
)
def test_bad_states(function, s):
    with pytest.raises(ValueError, match=r"s (holds|has shape|is empty).*wanted an array of \+1 and -1"):
        function(s)


def test_bad_unit_and_generator():
    with pytest.raises(ValueError, match="i is 3; wanted a whole number from 0 to 2"):
        dense.dE(MODEL, [1, 1, 1], 3)
    with pytest.raises(TypeError, match="rng is 1; wanted a numpy.random.Generator"):
        dense.descend(MODEL, [1, 1, 1], rng=1)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (([[1, 2]], [1, 2, 3], 1.0), ValueError, "q has shape"),
        (([[1, 2]], [1, math.nan], 1.0), ValueError, "q holds NaN"),
        (([[math.inf, 2]], [1, 2], 1.0), ValueError, "patterns holds NaN or infinity"),
        ((np.empty((0, 2)), [1, 2], 1.0), ValueError, "patterns is empty"),
        (([[1, 2]], [1, 2], 0), ValueError, "beta is 0.0; wanted an inverse temperature beta > 0"),
        (([[1, 2]], [1, 2], "1"), TypeError, "beta is '1'"),
    ],
)
def test_bad_retrieval(arguments, error, message):
    for function in (dense.retrieve, dense.continuous_energy):
        with pytest.raises(error, match=message):
            function(*arguments)
