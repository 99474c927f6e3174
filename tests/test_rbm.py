"""Restricted Boltzmann machines: definitions by listing, samplers against the truth, then bad input."""

import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import logsumexp

import harness
from ebm import exact, rbm
from ebm.rbm import RBM

TEMPERATURES = [0.5, 1.0, 3.0]


def rng(seed=0):
    return np.random.default_rng(seed)


def machine(n_v=4, n_h=3, seed=0, scale=1.0, dtype=np.float64):
    draw = rng(seed).normal
    return RBM(
        *(x.astype(dtype) for x in (draw(0, scale, (n_v, n_h)), draw(0, scale, n_v), draw(0, scale, n_h)))
    )


def everything(model):
    """All v, all h, and E(v, h) of each pair by the definition, written as sums over units."""
    v, h = rbm.states(model.n_v), rbm.states(model.n_h)
    E = np.zeros((len(v), len(h)))
    for a, x in enumerate(v):
        for b, y in enumerate(h):
            for i in range(model.n_v):
                E[a, b] -= x[i] * (model.b_v[i] + sum(model.W[i, j] * y[j] for j in range(model.n_h)))
            E[a, b] -= sum(model.b_h[j] * y[j] for j in range(model.n_h))
    return v, h, E


@st.composite
def machines(draw):
    n_v, n_h = draw(st.integers(1, 5)), draw(st.integers(1, 5))
    return machine(n_v, n_h, seed=draw(st.integers(0, 1000)), scale=draw(st.sampled_from([0.1, 1.0, 5.0])))


# --- definitions ---


@settings(deadline=None, max_examples=50)
@given(machines(), st.sampled_from(TEMPERATURES))
def test_free_energy_and_log_Z_are_the_sums_they_stand_for(model, T):
    v, _, E = everything(model)
    assert np.allclose(rbm.free_energy(model, v, T), -T * logsumexp(-E / T, axis=1), rtol=1e-12, atol=1e-12)
    assert rbm.log_Z(model, T) == pytest.approx(logsumexp(-E / T), rel=1e-12)
    p = np.exp(-E / T - logsumexp(-E / T)).sum(axis=1)
    assert np.allclose(rbm.distribution(model, T), p, rtol=1e-10)
    assert np.allclose(rbm.log_likelihood(model, v, T), np.log(p), rtol=1e-10, atol=1e-12)


@settings(deadline=None, max_examples=50)
@given(machines(), st.sampled_from(TEMPERATURES))
def test_conditionals_are_those_of_the_joint_distribution(model, T):
    v, h, E = everything(model)
    weights = np.exp(-(E - E.min()) / T)
    p_h = weights @ h / weights.sum(axis=1, keepdims=True)
    p_v = weights.T @ v / weights.sum(axis=0)[:, None]
    assert np.allclose(rbm.p_h(model, v, T), p_h, rtol=1e-9, atol=1e-14)
    assert np.allclose(rbm.p_v(model, h, T), p_v, rtol=1e-9, atol=1e-14)


def test_energy_is_the_formula_for_one_state_and_for_many():
    model = machine()
    v, h, E = everything(model)
    pairs = [(a, b) for a in range(len(v)) for b in range(len(h))]
    many = rbm.energy(model, v[[a for a, _ in pairs]], h[[b for _, b in pairs]])
    assert np.allclose(many.reshape(E.shape), E, atol=1e-12)
    assert rbm.energy(model, v[5], h[6]) == pytest.approx(E[5, 6], abs=1e-12)


@settings(deadline=None, max_examples=50)
@given(machines())
def test_fields_are_the_energy_saved_by_switching_on(model):
    v, h = rbm.states(model.n_v)[-1], rbm.states(model.n_h)[-1]
    for j in range(model.n_h):
        off = np.where(np.arange(model.n_h) == j, 0, h)
        saved = rbm.energy(model, v, off) - rbm.energy(model, v, h)
        assert rbm.field_h(model, v)[j] == pytest.approx(saved, abs=1e-10)
    for i in range(model.n_v):
        off = np.where(np.arange(model.n_v) == i, 0, v)
        saved = rbm.energy(model, off, h) - rbm.energy(model, v, h)
        assert rbm.field_v(model, h)[i] == pytest.approx(saved, abs=1e-10)


@settings(deadline=None, max_examples=50)
@given(machines(), st.data())
def test_numbering_of_units_does_not_matter(model, data):
    rows = np.array(data.draw(st.permutations(range(model.n_v))))
    columns = np.array(data.draw(st.permutations(range(model.n_h))))
    renumbered = RBM(model.W[np.ix_(rows, columns)], model.b_v[rows], model.b_h[columns])
    v = rbm.states(model.n_v)
    assert np.allclose(rbm.free_energy(renumbered, v[:, rows]), rbm.free_energy(model, v), atol=1e-10)


@settings(deadline=None, max_examples=50)
@given(machines(), st.sampled_from(TEMPERATURES))
def test_the_machine_as_a_network_of_spins(model, T):
    """The conversion formula: energies differ by the offset, everywhere, and so does log Z."""
    network, offset = rbm.to_network(model)
    v, h, E = everything(model)
    s = 2 * np.hstack([np.repeat(v, len(h), axis=0), np.tile(h, (len(v), 1))]) - 1
    truth = exact.boltzmann(network, T)
    assert np.allclose(truth.energies[exact.index(s)] + offset, E.ravel(), atol=1e-10)
    assert truth.log_Z - offset / T == pytest.approx(rbm.log_Z(model, T), rel=1e-10)


def test_transposed_exchanges_the_sides():
    model = machine()
    v, h, E = everything(model)
    other = rbm.transposed(model)
    assert rbm.energy(other, h[3], v[9]) == pytest.approx(E[9, 3], abs=1e-12)
    assert rbm.log_Z(other, 0.7) == pytest.approx(rbm.log_Z(model, 0.7), rel=1e-13)
    assert (rbm.transposed(other).W == model.W).all()


def test_initial_machine_has_the_means_of_the_data():
    data = rng().random((5000, 6)) < [0.1, 0.3, 0.5, 0.7, 0.9, 1.0]
    model = rbm.initial(6, 4, rng=rng(), data=data, scale=0, dtype=np.float64)
    truth = rbm.distribution(model) @ rbm.states(6)
    assert np.allclose(truth, (data.sum(axis=0) + 0.5) / 5001, atol=1e-12)
    assert rbm.initial(6, 400, rng=rng()).W.std() == pytest.approx(0.01, rel=0.1)
    assert rbm.initial(6, 4, rng=rng()).W.dtype == np.float32


def test_free_energy_does_not_overflow():
    model = RBM(np.full((30, 2), 1e4), np.full(30, -1e4))
    assert rbm.free_energy(model, np.ones(30)) == pytest.approx(-3e5)
    assert rbm.p_h(model, np.ones(30)).tolist() == [1, 1]


def test_scikit_learn_gives_the_same_free_energy_and_conditionals():
    neural = pytest.importorskip("sklearn.neural_network")
    model = machine(20, 12)
    theirs = neural.BernoulliRBM(n_components=12)
    theirs.components_ = model.W.T
    theirs.intercept_visible_, theirs.intercept_hidden_ = model.b_v, model.b_h
    v = rng(1).integers(0, 2, (50, 20))
    assert np.allclose(rbm.free_energy(model, v), theirs._free_energy(v), rtol=1e-12)
    assert np.allclose(rbm.p_h(model, v), theirs.transform(v), rtol=1e-12)
    h = rng(2).integers(0, 2, (40_000, 12))[:1].repeat(40_000, axis=0)
    drawn = theirs._sample_visibles(h, np.random.RandomState(0)).mean(axis=0)
    assert np.abs(drawn - rbm.p_v(model, h[0])).max() < 5 * 0.5 / np.sqrt(40_000)


# --- likelihood ---


@pytest.mark.parametrize(("n_v", "n_h"), [(5, 3), (3, 5), (4, 4), (1, 1)])
def test_gradient_is_the_slope_of_the_mean_log_likelihood(n_v, n_h):
    model, v = machine(n_v, n_h), rng(3).integers(0, 2, (7, n_v))
    found, step = rbm.gradient(model, v), 1e-5

    def likelihood(name, index, change):
        parts = {"W": model.W.copy(), "b_v": model.b_v.copy(), "b_h": model.b_h.copy()}
        parts[name][index] += change
        return rbm.log_likelihood(RBM(**parts), v).mean()

    for name in ("W", "b_v", "b_h"):
        for index in np.ndindex(getattr(model, name).shape):
            slope = (likelihood(name, index, step) - likelihood(name, index, -step)) / (2 * step)
            assert getattr(found, name)[index] == pytest.approx(slope, abs=1e-8)


def test_negative_statistics_are_the_machines_own_averages():
    model = machine(5, 3)
    v, h, E = everything(model)
    p = np.exp(-E - logsumexp(-E))
    found = rbm.negative(model)
    assert np.allclose(found.W, v.T @ p @ h, atol=1e-13)
    assert np.allclose(found.b_v, p.sum(axis=1) @ v, atol=1e-13)
    assert np.allclose(found.b_h, p.sum(axis=0) @ h, atol=1e-13)


def test_blocks_do_not_change_the_answer():
    """14 units on the smaller side take four blocks; spins by Gray code are another route."""
    model = machine(14, 6, scale=0.5)
    small = exact.boltzmann(rbm.to_network(model).model, 1.0)
    assert rbm.log_Z(model) == pytest.approx(small.log_Z - rbm.to_network(model).offset, rel=1e-12)
    wide = machine(14, 15, scale=0.3)
    assert rbm.log_Z(wide) == pytest.approx(logsumexp(-rbm.free_energy(wide, rbm.states(14))), rel=1e-13)
    negative = rbm.negative(wide)
    p = rbm.distribution(wide)
    assert np.allclose(negative.b_v, p @ rbm.states(14), atol=1e-12)
    assert np.allclose(
        negative.W, (rbm.states(14) * p[:, None]).T @ rbm.p_h(wide, rbm.states(14)), atol=1e-12
    )


@pytest.mark.parametrize("T", TEMPERATURES)
def test_pseudo_likelihood_is_the_sum_of_conditionals(T):
    model = machine(6, 4)
    p, v = rbm.distribution(model, T), rbm.states(6)
    by_hand = np.zeros(64)
    for i in range(6):
        other = np.arange(64) ^ (1 << i)
        by_hand += np.log(p / (p + p[other]))
    assert np.allclose(rbm.log_pseudo_likelihood(model, v, T), by_hand, rtol=1e-10)
    few = [rbm.log_pseudo_likelihood(model, v, T, flips=2, rng=rng(seed)) for seed in range(400)]
    error = np.std(few, axis=0) / np.sqrt(400)
    assert (np.abs(np.mean(few, axis=0) - by_hand) < 5 * error).all()
    all_of_them = rbm.log_pseudo_likelihood(model, v, T, flips=6, rng=rng())
    assert np.allclose(all_of_them, by_hand, rtol=1e-10)
    assert rbm.log_pseudo_likelihood(model, v[9], T) == pytest.approx(by_hand[9])


@pytest.mark.parametrize(("n_v", "n_h"), [(5, 2), (2, 5), (3, 3)])
@pytest.mark.parametrize("T", TEMPERATURES)
def test_exact_draws_follow_the_distribution(n_v, n_h, T):
    model = machine(n_v, n_h)
    drawn = rbm.draw(model, 50_000, T, rng=rng())
    counts = np.bincount(drawn @ (1 << np.arange(n_v)), minlength=2**n_v)
    expected = 50_000 * rbm.distribution(model, T)
    common = expected > 5
    z = (counts - expected)[common] / np.sqrt(expected[common])
    assert np.abs(z).max() < 4.5 and counts[~common].sum() < 5 * (~common).sum() + 20


def test_single_precision_agrees_with_double():
    model = machine(40, 12, scale=0.5)
    single = RBM(*(x.astype(np.float32) for x in (model.W, model.b_v, model.b_h)))
    v = rng().integers(0, 2, (30, 40))
    assert rbm.field_h(single, v).dtype == rbm.p_h(single, v).dtype == np.float32
    assert np.allclose(rbm.free_energy(single, v), rbm.free_energy(model, v), rtol=1e-6, atol=1e-5)
    assert rbm.log_Z(single) == pytest.approx(rbm.log_Z(model), rel=1e-6)
    assert rbm.free_energy(single, v).dtype == np.float64


# --- sampling ---


def spins(states):
    return 2 * np.hstack(states) - 1


def one_long_chain(model, T, seed=0):
    return spins(rbm.sample(model, np.zeros(model.n_v), T, rng=rng(seed), sweeps=200_000))


def many_chains(model, T, seed=0):
    """Independent chains, each long enough to forget its start."""
    return spins(rbm.gibbs(model, np.zeros((40_000, model.n_v)), T, rng=rng(seed), sweeps=20))


@pytest.mark.parametrize("sampler", [one_long_chain, many_chains])
@pytest.mark.parametrize("T", TEMPERATURES)
def test_samples_follow_boltzmann(sampler, T):
    model = machine(4, 3, scale=0.7)
    assert harness.misfit(rbm.to_network(model).model, T, sampler(model, T)) == ""


@pytest.mark.parametrize(("sampler", "T"), [*((one_long_chain, T) for T in TEMPERATURES), (many_chains, 1.0)])
@pytest.mark.parametrize("mistake", ["spins' factor 2", "temperature 10% off", "hidden bias left out"])
def test_the_harness_finds_wrong_samplers(sampler, T, mistake):
    model = machine(4, 3, scale=0.7)
    sampled, wrong_T = model, T
    if mistake == "spins' factor 2":
        wrong_T = T / 2
    elif mistake == "temperature 10% off":
        wrong_T = 1.1 * T
    else:
        sampled = RBM(model.W, model.b_v)
    assert harness.misfit(rbm.to_network(model).model, T, sampler(sampled, wrong_T))


def test_single_layers_are_drawn_with_their_probabilities():
    model, tries = machine(4, 3), 40_000
    v, h = np.tile([1, 0, 1, 1], (tries, 1)), np.tile([0, 1, 1], (tries, 1))
    drawn_h, drawn_v = rbm.sample_h(model, v, 1.7, rng=rng()), rbm.sample_v(model, h, 1.7, rng=rng())
    assert drawn_h.dtype == drawn_v.dtype == np.int8
    assert np.abs(drawn_h.mean(axis=0) - rbm.p_h(model, v[0], 1.7)).max() < 5 * 0.5 / np.sqrt(tries)
    assert np.abs(drawn_v.mean(axis=0) - rbm.p_v(model, h[0], 1.7)).max() < 5 * 0.5 / np.sqrt(tries)
    pair = np.corrcoef(drawn_h.T)
    assert np.abs(pair[np.triu_indices(3, 1)]).max() < 5 / np.sqrt(tries)


PLAIN = """
import numpy as np
from ebm import rbm
model = rbm.initial(9, 4, rng=np.random.default_rng(3), scale=1.0, dtype=np.float64)
with np.errstate(over="ignore"):
    v, h = rbm.sample(model, np.ones(9), 0.8, rng=np.random.default_rng(7), sweeps=300)
    *_, last = rbm.online(model, v[::30], rng=np.random.default_rng(8), epochs=20, rate=[0.1] * 20)
print(v.tobytes().hex(), h.tobytes().hex(), *(x.tobytes().hex() for x in (last.model.W, last.model.b_v, last.v)))
"""


def test_plain_python_takes_the_same_steps_to_the_last_bit():
    said = [
        subprocess.run(
            [sys.executable, "-c", PLAIN],
            env={**os.environ, "NUMBA_DISABLE_JIT": disabled},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for disabled in "01"
    ]
    assert said[0] == said[1] and len(said[0]) > 2 * 300 * 13


def test_the_same_seed_gives_the_same_run():
    model = machine(30, 20)
    first, second = (rbm.gibbs(model, np.ones((9, 30)), rng=rng(9), sweeps=50) for _ in range(2))
    assert (first.v == second.v).all() and (first.h == second.h).all()


def test_progress_is_shown_when_asked_for(capsys):
    model, v = machine(9, 4), np.ones((2, 9))
    for call in (
        lambda progress: rbm.gibbs(model, v, rng=rng(), sweeps=2, progress=progress),
        lambda progress: rbm.complete(model, v, v[0], rng=rng(), sweeps=2, progress=progress),
        lambda progress: rbm.log_Z(model, progress=progress),
        lambda progress: rbm.log_likelihood(model, v, progress=progress),
        lambda progress: rbm.log_pseudo_likelihood(model, v, progress=progress),
        lambda progress: rbm.draw(model, 2, rng=rng(), progress=progress),
        lambda progress: rbm.gradient(model, v, progress=progress),
    ):
        call(False)
        assert capsys.readouterr().err == ""
        call(True)
        assert "100%" in capsys.readouterr().err


# --- completing and naming ---


@pytest.mark.parametrize("T", TEMPERATURES)
def test_completion_is_drawn_from_the_conditional_distribution(T):
    model = machine(4, 3, scale=1.2)
    known = np.array([1, 0, 0, 1])
    v = np.tile([1, 0, 0, 0], (40_000, 1))
    completed = rbm.complete(model, v, known, T, rng=rng(), sweeps=40)
    assert (completed[:, [0, 3]] == [1, 0]).all() and v.sum() == 40_000
    p = rbm.distribution(model, T)
    allowed = (rbm.states(4)[:, [0, 3]] == [1, 0]).all(axis=1)
    expected = np.where(allowed, p, 0) / p[allowed].sum()
    counts = np.bincount(completed @ (1 << np.arange(4)), minlength=16) / 40_000
    assert np.abs(counts - expected).max() < 5 * 0.5 / np.sqrt(40_000)


def test_completion_ignores_what_is_written_in_unknown_units():
    model = machine(6, 3)
    known = [1, 1, 0, 0, 1, 0]
    first = rbm.complete(model, [1, 0, 0, 0, 1, 0], known, rng=rng(4), sweeps=3)
    assert (first == rbm.complete(model, [1, 0, 1, 1, 1, 1], known, rng=rng(4), sweeps=3)).all()
    assert rbm.complete(model, np.ones(6), np.ones(6, bool), rng=rng(), sweeps=2).tolist() == [1] * 6


@pytest.mark.parametrize("T", TEMPERATURES)
def test_label_probabilities_are_bayes_rule(T):
    model = machine(6, 4)
    v = rbm.states(3)
    joint = np.array(
        [np.exp(rbm.log_likelihood(model, rbm.with_labels(v, [c] * 8, 3), T)) for c in range(3)]
    ).T
    expected = joint / joint.sum(axis=1, keepdims=True)
    assert np.allclose(rbm.p_label(model, v, 3, T), expected, rtol=1e-10)
    assert (rbm.classify(model, v, 3) == rbm.p_label(model, v, 3).argmax(axis=1)).all()
    assert rbm.classify(model, v[5], 3) == rbm.classify(model, v, 3)[5]


def test_labels_beside_grey_pictures_stay_grey():
    joined = rbm.with_labels([[0.25, 1]], [1], 2)
    assert joined.tolist() == [[0.25, 1, 0, 1]]


# --- bad input ---

MODEL = machine(4, 3)
V, H = np.array([1, 0, 1, 1]), np.array([0, 1, 1])
BIG = RBM(np.zeros((21, 22)))


@pytest.mark.parametrize(
    ("parts", "error", "message"),
    [
        (([1.0, 2.0],), ValueError, r"W has shape \(2,\); wanted an array of shape \(n_v, n_h\)"),
        ((np.zeros((0, 3)),), ValueError, r"W has shape \(0, 3\)"),
        (([[1, np.nan]],), ValueError, "W holds NaN or infinity"),
        (([["a"]],), TypeError, "W holds <U1"),
        (([[1.0], [2.0, 3.0]],), ValueError, "W has rows of unequal length"),
        (([[1.0, 2.0]], [0, 0]), ValueError, r"b_v has shape \(2,\); wanted an array of shape \(1,\)"),
        (([[1.0, 2.0]], [0], [0]), ValueError, r"b_h has shape \(1,\); wanted an array of shape \(2,\)"),
        (([[1.0, 2.0]], None, [0, np.inf]), ValueError, "b_h holds NaN or infinity"),
    ],
)
def test_bad_machines(parts, error, message):
    with pytest.raises(error, match=message):
        RBM(*parts)


def test_weights_cannot_be_changed_behind_the_machine():
    W = np.zeros((2, 2))
    model = RBM(W)
    W[0, 1] = 5
    assert model.W[0, 1] == 0
    with pytest.raises(ValueError, match="read-only"):
        model.b_h[0] = 1


OF_V = {
    "energy": lambda v: rbm.energy(MODEL, v, H),
    "field_h": lambda v: rbm.field_h(MODEL, v),
    "p_h": lambda v: rbm.p_h(MODEL, v),
    "sample_h": lambda v: rbm.sample_h(MODEL, v, rng=rng()),
    "free_energy": lambda v: rbm.free_energy(MODEL, v),
    "gibbs": lambda v: rbm.gibbs(MODEL, v, rng=rng(), sweeps=1),
    "sample": lambda v: rbm.sample(MODEL, v, rng=rng(), sweeps=1),
    "complete": lambda v: rbm.complete(MODEL, v, [1, 1, 0, 0], rng=rng(), sweeps=1),
    "log_likelihood": lambda v: rbm.log_likelihood(MODEL, v),
    "log_pseudo_likelihood": lambda v: rbm.log_pseudo_likelihood(MODEL, v),
    "p_label": lambda v: rbm.p_label(RBM(np.zeros((6, 2))), v, 2),
    "classify": lambda v: rbm.classify(RBM(np.zeros((6, 2))), v, 2),
}


@pytest.mark.parametrize(
    ("v", "message"),
    [
        (2 * V - 1, r"v holds -1; wanted an array of 0 and 1 of shape \(4,\)"),
        (V[:3], r"v has shape \(3,\); wanted an array of 0 and 1 of shape \(4,\)"),
        (np.where(V, np.nan, 0.0), "v holds NaN"),
        ([], "v is empty"),
        (np.zeros((0, 4)), r"v is empty|v has shape \(0, 4\)"),
        (1, r"v has shape \(\)"),
        (0.5 * V, "v holds 0.5"),
        ([V, V[:3]], "v has rows of unequal length|inhomogeneous"),
    ],
)
@pytest.mark.parametrize("name", OF_V)
def test_bad_visible_states(name, v, message):
    with pytest.raises(ValueError, match=message):
        OF_V[name](v)


@pytest.mark.parametrize(
    "function",
    [
        lambda h: rbm.energy(MODEL, V, h),
        lambda h: rbm.field_v(MODEL, h),
        lambda h: rbm.p_v(MODEL, h),
        lambda h: rbm.sample_v(MODEL, h, rng=rng()),
    ],
)
def test_bad_hidden_states(function):
    with pytest.raises(ValueError, match="h holds -1; wanted an array of 0 and 1"):
        function(2 * H - 1)
    with pytest.raises(ValueError, match=r"h has shape \(2,\); wanted"):
        function(H[:2])


def test_batches_of_unequal_size():
    with pytest.raises(
        ValueError, match=r"h has shape \(2, 3\) beside v of shape \(3, 4\); wanted one h for"
    ):
        rbm.energy(MODEL, [V, V, V], [H, H])
    with pytest.raises(ValueError, match=r"h has shape \(3,\) beside v of shape \(1, 4\)"):
        rbm.energy(MODEL, [V], H)


@pytest.mark.parametrize("T", [0, -1.0, np.nan, np.inf])
@pytest.mark.parametrize(
    "function",
    [
        lambda T: rbm.p_h(MODEL, V, T),
        lambda T: rbm.p_v(MODEL, H, T),
        lambda T: rbm.sample_h(MODEL, V, T, rng=rng()),
        lambda T: rbm.sample_v(MODEL, H, T, rng=rng()),
        lambda T: rbm.free_energy(MODEL, V, T),
        lambda T: rbm.gibbs(MODEL, V, T, rng=rng(), sweeps=1),
        lambda T: rbm.sample(MODEL, V, T, rng=rng(), sweeps=1),
        lambda T: rbm.complete(MODEL, V, V, T, rng=rng(), sweeps=1),
        lambda T: rbm.p_label(MODEL, V[:3], 1, T),
        lambda T: rbm.log_Z(MODEL, T),
        lambda T: rbm.distribution(MODEL, T),
        lambda T: rbm.draw(MODEL, 1, T, rng=rng()),
        lambda T: rbm.log_likelihood(MODEL, V, T),
        lambda T: rbm.log_pseudo_likelihood(MODEL, V, T),
    ],
)
def test_bad_temperatures(function, T):
    with pytest.raises(ValueError, match="T is .*wanted a temperature T > 0"):
        function(T)


@pytest.mark.parametrize(
    "function",
    [
        lambda bad: rbm.initial(2, 2, rng=bad),
        lambda bad: rbm.sample_h(MODEL, V, rng=bad),
        lambda bad: rbm.sample_v(MODEL, H, rng=bad),
        lambda bad: rbm.gibbs(MODEL, V, rng=bad, sweeps=1),
        lambda bad: rbm.sample(MODEL, V, rng=bad, sweeps=1),
        lambda bad: rbm.complete(MODEL, V, V, rng=bad, sweeps=1),
        lambda bad: rbm.draw(MODEL, 1, rng=bad),
        lambda bad: rbm.log_pseudo_likelihood(MODEL, V, flips=1, rng=bad),
    ],
)
@pytest.mark.parametrize("bad", [0, None, np.random.RandomState(0)])
def test_a_number_is_not_a_generator(function, bad):
    with pytest.raises(TypeError, match="rng is .*; wanted a numpy.random.Generator"):
        function(bad)


@pytest.mark.parametrize("sweeps", [0, -1])
@pytest.mark.parametrize(
    "function",
    [
        lambda sweeps: rbm.gibbs(MODEL, V, rng=rng(), sweeps=sweeps),
        lambda sweeps: rbm.sample(MODEL, V, rng=rng(), sweeps=sweeps),
        lambda sweeps: rbm.complete(MODEL, V, V, rng=rng(), sweeps=sweeps),
    ],
)
def test_bad_sweeps(function, sweeps):
    with pytest.raises(ValueError, match=f"sweeps is {sweeps}; wanted a whole number of 1 or more"):
        function(sweeps)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: rbm.states(21), ValueError, "n is 21; wanted a whole number from 1 to 20"),
        (
            lambda: rbm.log_Z(BIG),
            ValueError,
            r"21 visible and 22 hidden units; wanted at most 20 .* 2\^21 states",
        ),
        (lambda: rbm.draw(BIG, 1, rng=rng()), ValueError, "wanted at most 20 on one side"),
        (lambda: rbm.negative(BIG), ValueError, "wanted at most 20 on one side"),
        (lambda: rbm.gradient(BIG, np.zeros((1, 21))), ValueError, "wanted at most 20 on one side"),
        (lambda: rbm.log_likelihood(BIG, np.zeros(21)), ValueError, "wanted at most 20 on one side"),
        (
            lambda: rbm.distribution(RBM(np.zeros((21, 2)))),
            ValueError,
            r"n_v is 21; wanted at most 20: .* GiB",
        ),
        (lambda: rbm.draw(MODEL, 0, rng=rng()), ValueError, "count is 0"),
        (lambda: rbm.log_likelihood(MODEL, V, log_Z=np.nan), ValueError, "log_Z is nan"),
        (lambda: rbm.log_likelihood(MODEL, V, log_Z="3"), TypeError, "log_Z is '3'"),
        (
            lambda: rbm.log_pseudo_likelihood(MODEL, V, flips=5, rng=rng()),
            ValueError,
            "flips is 5; .* 1 to 4",
        ),
        (lambda: rbm.log_pseudo_likelihood(MODEL, V, flips=0, rng=rng()), ValueError, "flips is 0"),
        (lambda: rbm.gradient(MODEL, V), ValueError, r"v has shape \(4,\); wanted .* \(batch, 4\)"),
        (lambda: rbm.gradient(MODEL, [2 * V - 1]), ValueError, "v holds -1"),
        (lambda: rbm.complete(MODEL, V, [1, 1], rng=rng(), sweeps=1), ValueError, r"known has shape \(2,\)"),
        (lambda: rbm.complete(MODEL, V, [0, 2, 3, 1], rng=rng(), sweeps=1), ValueError, "known holds 2"),
        (lambda: rbm.p_label(MODEL, V, 0), ValueError, "classes is 0; wanted a whole number from 1 to 3"),
        (lambda: rbm.p_label(MODEL, V, 4), ValueError, "classes is 4; wanted a whole number from 1 to 3"),
        (
            lambda: rbm.with_labels([V], [0, 1], 2),
            ValueError,
            r"labels has shape \(2,\); wanted 1 whole numbers",
        ),
        (
            lambda: rbm.with_labels([V], [2], 2),
            ValueError,
            "labels holds 2; wanted 1 whole numbers from 0 to 1",
        ),
        (lambda: rbm.with_labels([V], [0.5], 2), ValueError, "labels holds 0.5"),
        (lambda: rbm.with_labels([2 * V - 1], [0], 2), ValueError, "v holds -1"),
        (lambda: rbm.initial(0, 2, rng=rng()), ValueError, "n_v is 0"),
        (lambda: rbm.initial(2, 2.0, rng=rng()), TypeError, "n_h is 2.0"),
        (lambda: rbm.initial(2, 2, rng=rng(), scale=-1), ValueError, "scale is -1.0"),
        (lambda: rbm.initial(2, 2, rng=rng(), dtype=int), ValueError, "dtype is .*; wanted numpy.float32 or"),
        (lambda: rbm.initial(2, 2, rng=rng(), data=[[1, 0, 1]]), ValueError, r"data has shape \(1, 3\)"),
        (lambda: rbm.mean_biases([[-1, 1]]), ValueError, "data holds -1; wanted an array of 0 and 1, or"),
        (lambda: rbm.mean_biases([]), ValueError, r"data has shape \(0,\)"),
    ],
)
def test_bad_arguments(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_twenty_units_on_one_side_are_enough():
    assert rbm.log_Z(RBM(np.zeros((20, 21)))) == pytest.approx(41 * np.log(2), rel=1e-12)
