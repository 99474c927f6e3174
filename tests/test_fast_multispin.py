"""64 spins at a time: the plain kernel's steps where they are certain, its distribution where not."""

import os
import subprocess
import sys

import numpy as np
import pytest

import harness
from ebm import diagnostics, exact, ising, random
from ebm.fast import multispin
from ebm.fast.strips import Layout
from ebm.ising import Ising

RULES = {"metropolis": ising.metropolis, "heat_bath": ising.heat_bath}
TABLES = {"metropolis": ising._metropolis, "heat_bath": ising._heat_bath}
STRIPS = {"one strip": (1, 4), "two strips": (2, 2), "four strips": (4, 1)}


def rng(seed=0):
    return np.random.default_rng(seed)


def table(rule, T, J=1.0):
    flip = np.empty((2, 9))
    TABLES[rule](J, 0.0, T, 0, flip)
    return flip


def certain(s, J, T, sweeps):
    """What Metropolis' rule does without chance: at T = 0+ only flips that cost nothing, at infinity all."""
    s, flip = s.copy(), table("metropolis", T, J)
    ising._checkerboard_sweeps(s, flip, random.state(rng()), sweeps)
    return s


SHAPES = [(4, 4), (4, 64), (6, 64), (64, 64), (36, 36), (8, 6), (6, 8), (100, 100), (134, 134), (130, 192)]


@pytest.mark.parametrize("T", [1e-4, 1e300])
@pytest.mark.parametrize("J", [1.0, -0.5])
@pytest.mark.parametrize("shape", SHAPES)
def test_the_same_steps_where_there_is_no_chance(shape, J, T):
    """Every neighbour around every edge, in strips of odd and even width, and in whole lattices."""
    starts = rng().choice(np.array([-1, 1], dtype=np.int8), size=(3, *shape))
    expected = np.array([certain(s, J, T, 3) for s in starts])
    for given, wanted in [(starts[0], expected[0]), (starts, expected)]:
        lattices = multispin.Lattices(given, shape, rng())
        assert (lattices.spins() == given).all()
        lattices.sweep(table("metropolis", T, J), J, 3)
        assert (lattices.spins() == wanted).all()


@pytest.mark.parametrize("T", [0.7, 2.3, 20.0])
@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("J", [1.0, -0.8])
def test_spins_flip_as_often_as_the_table_says(J, rule, T):
    """Black sites, first of a sweep, by how many of their bonds are satisfied."""
    shape = (384, 384)
    s = rng().choice(np.array([-1, 1], dtype=np.int8), size=shape)
    lattices = multispin.Lattices(s, shape, rng(1))
    lattices.sweep(table(rule, T, J), J, 1)
    black = np.add.outer(*map(np.arange, shape)) % 2 == 0
    around = sum(np.roll(s, step, axis).astype(int) for step in (-1, 1) for axis in (0, 1))[black]
    spin, flipped = s[black], (lattices.spins() != s)[black]
    for i in range(2):
        for a in range(-4, 5, 2):
            found, p = flipped[(spin == 2 * i - 1) & (around == a)], table(rule, T, J)[i, 4 + a]
            assert abs(found.sum() - len(found) * p) <= 4 * np.sqrt(len(found) * p * (1 - p)) + 0.5


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("J", [1.0, -0.8])
@pytest.mark.parametrize("strips", STRIPS)
def test_strips_of_one_lattice_follow_boltzmann(strips, J, rule):
    T = 2.6
    model, (count, width) = Ising((4, 4), J=J), STRIPS[strips]
    layout = Layout(4, 4, count, width, width % 2, 1)
    lattices = multispin.Lattices(ising.cold_start(model), (4, 4), rng(2), layout)
    samples = np.empty((40_000, 16), dtype=np.int8)
    for k in range(len(samples)):
        lattices.sweep(table(rule, T, J), J, 1)
        samples[k] = lattices.spins().ravel()
    assert harness.misfit(ising.to_network(model), T, samples) == ""


def test_the_harness_finds_a_wrong_temperature():
    model, T = Ising((4, 4)), 2.8
    run = ising.metropolis(
        model,
        ising.cold_start(model),
        1.03 * T,
        rng=rng(1),
        sweeps=80_000,
        order="checkerboard",
        method="multispin",
    )
    samples = np.array([record.s.ravel() for record in run])
    assert harness.misfit(ising.to_network(model), T, samples)


@pytest.mark.parametrize("rule", RULES)
def test_each_of_many_lattices_follows_boltzmann(rule):
    """The first, the last, and one between, of 70: two groups of words."""
    model, T = Ising((4, 4)), 2.8
    starts = np.ones((70, 4, 4), dtype=np.int8)
    run = RULES[rule](model, starts, T, rng=rng(), sweeps=20_000, order="checkerboard")
    samples = np.array([record.s[[0, 33, 69]].reshape(3, 16) for record in run])
    for k in range(3):
        assert harness.misfit(ising.to_network(model), T, samples[:, k]) == ""
    across = np.corrcoef(samples.sum(axis=2).T)  # and they know nothing of each other
    assert np.abs(across - np.eye(3)).max() < 0.1


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("shape", [(6, 8), (10, 4), (8, 8)])
def test_energies_at_the_critical_point(shape, rule):
    model = Ising(shape)
    truth = exact.lattice(model, exact.T_C)
    starts = np.ones((100, *shape), dtype=np.int8)
    run = RULES[rule](model, starts, exact.T_C, rng=rng(2), sweeps=5000, order="checkerboard")
    u = ising.trace(run).u[500:]
    means = u.mean(axis=0)
    error = means.std(ddof=1) / 10
    assert abs(means.mean() - truth.energy / model.n) < 4 * error < 0.01


@pytest.mark.parametrize("T", [2.0, 3.0])
def test_a_large_lattice_has_onsagers_energy(T):
    model = Ising((192, 256))
    run = ising.metropolis(
        model,
        ising.cold_start(model),
        T,
        rng=rng(),
        sweeps=4000,
        every=10,
        order="checkerboard",
        method="multispin",
    )
    u = diagnostics.mean(ising.trace(run).u[50:])
    assert abs(u.value - exact.onsager_energy(T)) < 4 * u.error < 0.005


@pytest.mark.parametrize("batch", [(), (3,)])
def test_records_hold_what_they_say(batch):
    model = Ising((6, 8), J=-0.7)
    starts = rng().choice([-1, 1], size=(*batch, 6, 8))
    given = starts.copy()
    run = ising.heat_bath(
        model, starts, 2.0, rng=rng(), sweeps=7, every=3, order="checkerboard", method="multispin"
    )
    records = list(run)
    assert [record.sweep for record in records] == [3, 6] and (starts == given).all()
    for record in records:
        assert record.s.dtype == np.int8 and record.s.shape == starts.shape
        assert np.allclose(record.u, ising.energy(model, record.s) / model.n)
        assert np.allclose(record.m, record.s.mean(axis=(-1, -2)))
    assert (records[0].s != records[1].s).any()


def test_one_lattice_keeps_the_random_numbers_of_the_page():
    """Only many lattices, or the word itself, bring the fast kernel."""
    model = Ising((8, 8))
    given = {"rng": rng(), "sweeps": 5, "order": "checkerboard"}
    *_, last = ising.metropolis(model, ising.cold_start(model), 2.5, **given)
    s, words = ising.cold_start(model), random.state(rng())
    ising._checkerboard_sweeps(s, table("metropolis", 2.5), words, 5)
    assert (last.s == s).all()


@pytest.mark.parametrize("options", [{"order": "random"}, {"order": "checkerboard", "method": "plain"}])
def test_many_lattices_one_by_one(options):
    """Plain kernels take a batch too: each lattice as if it were alone, with its own random numbers."""
    model = Ising((4, 6), B=0.1)
    starts = rng().choice([-1, 1], size=(3, 4, 6))
    *_, last = ising.metropolis(model, starts, 2.5, rng=rng(7), sweeps=5, **options)
    one_by_one = rng(7)
    for s, found in zip(starts, last.s, strict=True):
        *_, alone = ising.metropolis(model, s, 2.5, rng=one_by_one, sweeps=5, **options)
        assert (alone.s == found).all()
    assert last.u.shape == last.m.shape == (3,)


def test_the_first_lattices_are_the_same_however_many_others():
    model = Ising((6, 6))
    ends = []
    for count in (5, 64, 130):
        run = ising.metropolis(
            model, np.ones((count, 6, 6)), 2.5, rng=rng(), sweeps=20, every=20, order="checkerboard"
        )
        ends.append([record.s for record in run][-1])
    assert (ends[0] == ends[1][:5]).all() and (ends[1] == ends[2][:64]).all()
    assert (ends[2][64:128] != ends[2][:64]).any()


@pytest.mark.parametrize("threads", ["1", "2"])
def test_the_same_on_any_number_of_threads(threads):
    assert (
        3000 * multispin.Lattices(np.ones((200, 8, 8)), (8, 8), rng()).words.size > multispin._WORTH_THREADS
    )
    script = (
        "import numpy as np; from ebm import ising;"
        "run = ising.metropolis(ising.Ising((8, 8)), np.ones((200, 8, 8)), 2.5, rng=np.random.default_rng(0),"
        "sweeps=3000, every=3000, order='checkerboard');"
        "print(*[record.u.tobytes().hex() for record in run])"
    )
    environment = {**os.environ, "NUMBA_NUM_THREADS": threads}
    found = subprocess.run(
        [sys.executable, "-c", script], env=environment, check=True, capture_output=True, text=True
    ).stdout
    run = ising.metropolis(
        Ising((8, 8)), np.ones((200, 8, 8)), 2.5, rng=rng(), sweeps=3000, every=3000, order="checkerboard"
    )
    assert found.split() == [record.u.tobytes().hex() for record in run]


@pytest.mark.parametrize(
    ("model", "options", "said"),
    [
        (Ising((8, 8)), {"order": "random"}, "order is 'random'"),
        (Ising((2, 8)), {"order": "checkerboard"}, "wanted two even ones of 4 or more"),
        (Ising((8,)), {"order": "checkerboard"}, "wanted two even ones of 4 or more"),
    ],
)
def test_what_it_cannot_do_it_says(model, options, said):
    with pytest.raises(ValueError, match=said):
        ising.heat_bath(
            model, ising.cold_start(model), 2.0, rng=rng(), sweeps=1, method="multispin", **options
        )
    ising.heat_bath(model, [ising.cold_start(model)], 2.0, rng=rng(), sweeps=1, **options)  # "auto": plain


def test_methods_have_names():
    with pytest.raises(ValueError, match='method is \'fast\'; wanted "auto" or "plain" or "multispin"'):
        ising.metropolis(Ising((8, 8)), np.ones((8, 8)), 2.0, rng=rng(), sweeps=1, method="fast")
    with pytest.raises(ValueError, match=r"s has shape \(2, 6, 8\); wanted .* shape \(batch, 8, 8\)"):
        ising.metropolis(Ising((8, 8)), np.ones((2, 6, 8)), 2.0, rng=rng(), sweeps=1)
