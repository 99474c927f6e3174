"""The Ising model: identities, then every sampler against enumeration and Onsager, then bad input."""

import itertools
import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats
from scipy.sparse.csgraph import connected_components

import harness
from ebm import diagnostics, exact, hopfield, ising, random, wasm
from ebm.ising import Ising, SpinGlass


def rng(seed=0):
    return np.random.default_rng(seed)


SHAPES = st.one_of(st.tuples(st.integers(1, 8)), st.tuples(st.integers(1, 4), st.integers(1, 4)))
STRENGTHS = st.integers(-3, 3).map(lambda k: k / 3)


@st.composite
def lattices(draw):
    """A lattice and a state of it, sides of 1 and 2 among them."""
    if draw(st.booleans()):
        model = Ising(draw(SHAPES), draw(STRENGTHS), draw(STRENGTHS))
    else:
        periodic = draw(st.tuples(st.booleans(), st.booleans()))
        shape = draw(SHAPES.filter(lambda shape: len(shape) == 2))
        model = ising.spin_glass(shape, rng=rng(draw(st.integers(0, 99))), periodic=periodic)
    return model, draw(arrays(np.int8, model.shape, elements=st.sampled_from([-1, 1])))


# --- energies ---


def test_energy_is_the_formula():
    """-J sum over bonds - B sum of s, written out with the neighbours of each site."""
    model, s = Ising((3, 4), J=0.5, B=0.2), rng().choice([-1, 1], size=(3, 4))
    E = 0
    for row in range(3):
        for column in range(4):
            E -= 0.5 * s[row, column] * (s[(row + 1) % 3, column] + s[row, (column + 1) % 4])
            E -= 0.2 * s[row, column]
    assert ising.energy(model, s) == pytest.approx(E, abs=1e-12)


@given(lattices(), st.data())
def test_dE_is_the_difference_of_energies(lattice, data):
    model, s = lattice
    site = tuple(data.draw(st.integers(0, side - 1)) for side in model.shape)
    flipped = s.copy()
    flipped[site] *= -1
    difference = ising.energy(model, flipped) - ising.energy(model, s)
    named = site if len(site) == 2 else site[0]
    assert ising.dE(model, s, named) == pytest.approx(difference, abs=1e-12)


@given(lattices())
def test_the_network_has_the_same_energies(lattice):
    model, s = lattice
    network = ising.to_network(model)
    assert hopfield.energy(network, s.ravel()) == pytest.approx(ising.energy(model, s), abs=1e-12)
    assert hopfield.energy(network, -s.ravel()) == pytest.approx(ising.energy(model, -s), abs=1e-12)


@given(lattices())
def test_one_state_or_many(lattice):
    model, s = lattice
    assert ising.energy(model, np.array([s, -s])).tolist() == [
        ising.energy(model, s),
        ising.energy(model, -s),
    ]


@given(lattices(), st.integers(0, 7))
def test_uniform_lattices_look_the_same_from_everywhere(lattice, shift):
    model, s = lattice
    if isinstance(model, Ising):
        assert ising.energy(model, np.roll(s, shift, axis=-1)) == pytest.approx(ising.energy(model, s))
        assert ising.energy(model, s[::-1]) == pytest.approx(ising.energy(model, s))


@given(lattices(), st.data())
def test_gauge_symmetry(lattice, data):
    """Turning some axes of a spin glass, and the signs of their bonds with them, changes nothing."""
    model, s = lattice
    right, down = ising.couplings(model)
    g = data.draw(arrays(np.int8, right.shape, elements=st.sampled_from([-1, 1])))
    turned = SpinGlass(right * g * np.roll(g, -1, axis=1), down * g * np.roll(g, -1, axis=0))
    grid = s.reshape(right.shape)
    E = ising.energy(SpinGlass(right, down), grid)
    assert ising.energy(turned, grid * g) == pytest.approx(E, abs=1e-12)


def test_sides_of_one_and_two():
    """Two bonds between two spins, no bond from a spin to itself."""
    assert ising.energy(Ising((2,)), [1, 1]) == -2
    assert ising.energy(Ising((2, 2)), [[1, 1], [1, 1]]) == -8
    assert ising.energy(Ising((1, 5)), np.ones((1, 5))) == ising.energy(Ising((5,)), np.ones(5)) == -5
    assert ising.energy(Ising((1, 1), B=0.5), [[1]]) == ising.energy(Ising((1,), B=0.5), [1]) == -0.5


def test_spin_glasses_hold_what_was_asked_for():
    glass = ising.spin_glass((30, 40), rng=rng(), J=2.0)
    assert set(glass.right.flat) == set(glass.down.flat) == {-2.0, 2.0}
    assert abs(glass.right.mean()) < 2 * 4 / np.sqrt(1200)
    free = ising.spin_glass((3, 4), rng=rng(), periodic=(False, False))
    assert not free.down[-1].any() and not free.right[:, -1].any() and np.all(free.down[:-1])
    assert not ising.spin_glass((1, 4), rng=rng()).down.any()


def test_starts():
    model = Ising((20, 30))
    assert ising.cold_start(model).sum() == 600
    hot = ising.random_start(model, rng=rng())
    assert hot.dtype == np.int8 and set(hot.flat) == {-1, 1} and abs(hot.mean()) < 4 / np.sqrt(600)


# --- single moves: the probabilities of the formula, and detailed balance ---

SMALL = [Ising((4,), B=0.3), Ising((2, 2), J=-0.7), Ising((3, 1), J=-1.0, B=0.2), Ising((3, 3), B=-0.4)]


def flip_table(rule, model, T):
    flip = np.full((2, 9), np.nan)
    rule(model.J, model.B, T, ising._self_bonds(model), flip)
    return flip


@pytest.mark.parametrize("model", SMALL)
@pytest.mark.parametrize("T", [0.6, 2.0, 5.0])
def test_single_flips_have_their_probabilities_and_balance(model, T):
    """p(s) P(s -> s') = p(s') P(s' -> s) for every pair of states, by the table and by the formulas."""
    truth = exact.boltzmann(ising.to_network(model), T)
    rules = {
        ising._metropolis: lambda dE: min(1.0, np.exp(-dE / T)),
        ising._heat_bath: lambda dE: 1 / (1 + np.exp(dE / T)),
    }
    for rule, formula in rules.items():
        flip = flip_table(rule, model, T)
        M = np.zeros((len(truth.p), len(truth.p)))
        for k, s in enumerate(truth.states):
            grid = s.reshape(ising._grid(model))
            for i, site in enumerate(np.ndindex(grid.shape)):
                p = flip[(1 + grid[site]) // 2, 4 + ising._around(grid, *site)]
                named = site[1] if len(model.shape) == 1 else site
                assert p == pytest.approx(formula(ising.dE(model, s.reshape(model.shape), named)), abs=1e-14)
                M[k, k ^ (1 << i)] = p
        flow = truth.p[:, None] * M
        assert np.allclose(flow, flow.T, rtol=1e-12, atol=1e-16)


def wolff_matrix(model, T):
    """P(s -> s') of one cluster, summed over its first site and over every choice of open bonds."""
    truth = exact.boltzmann(ising.to_network(model), T)
    n, right = model.n, ising.couplings(model)[0]
    site = np.arange(n).reshape(right.shape)
    bonds = [
        (i, j)
        for axis in (0, 1)
        for i, j in zip(site.flat, np.roll(site, -1, axis).flat, strict=True)
        if i != j
    ]
    open_p = 1 - np.exp(-2 * abs(model.J) / T)
    M = np.zeros((2**n, 2**n))
    for k, s in enumerate(truth.states):
        satisfied = [(i, j) for i, j in bonds if model.J * s[i] * s[j] > 0]
        for chosen in itertools.product([0, 1], repeat=len(satisfied)):
            weight = np.prod([open_p if bond else 1 - open_p for bond in chosen])
            graph = np.zeros((n, n))
            for (i, j), bond in zip(satisfied, chosen, strict=True):
                graph[i, j] += bond
            labels = connected_components(graph, directed=False)[1]
            for first in range(n):
                cluster = labels == labels[first]
                turn = min(1.0, np.exp(-2 * model.B * s[cluster].sum() / T))
                turned = k ^ int(cluster @ (1 << np.arange(n)))
                M[k, turned] += weight * turn / n
                M[k, k] += weight * (1 - turn) / n
    return truth, M


@pytest.mark.parametrize("model", [Ising((4,), B=0.3), Ising((3, 1), J=-1.0, B=0.2), Ising((2, 2), J=0.4)])
def test_clusters_have_their_probabilities_and_balance(model):
    T, tries = 1.5, 10_000
    truth, M = wolff_matrix(model, T)
    flow = truth.p[:, None] * M
    assert np.allclose(M.sum(axis=1), 1) and np.allclose(flow, flow.T, rtol=0, atol=1e-15)

    words, grid = random.state(rng()), ising._grid(model)
    sites, inside = np.empty((model.n, 2), dtype=np.int32), np.zeros(grid, dtype=np.int8)
    for k, start in enumerate(truth.states):
        counts = np.zeros(len(truth.p))
        for _ in range(tries):
            s = start.reshape(grid).copy()
            ising._wolff(s, model.J, model.B, T, words, sites, inside, 1)
            counts[(s.ravel() > 0) @ (1 << np.arange(model.n))] += 1
        possible = M[k] > 1e-15
        assert counts[~possible].sum() == 0 and not inside.any()
        if possible.sum() > 1:
            assert stats.chisquare(counts[possible], tries * M[k, possible]).pvalue > 1e-4


@pytest.mark.parametrize("shape", [(6, 4), (1, 8)])
def test_a_checkerboard_sweep_is_all_black_sites_at_once_then_all_white(shape):
    """With a table of zeros and ones the sweep is certain: a spin flips unless most neighbours agree with it."""
    s = rng(3).choice(np.array([-1, 1], dtype=np.int8), size=shape)
    sums = np.arange(-4, 5)
    flip = np.array([-sums <= 0, sums <= 0], dtype=float)
    expected = s.astype(int)
    for colour in (0, 1):
        around = sum(np.roll(expected, step, axis) for step in (-1, 1) for axis in (0, 1))
        here = np.add.outer(np.arange(shape[0]), np.arange(shape[1])) % 2 == colour
        expected = np.where(here & (expected * around <= 0), -expected, expected)
    ising._checkerboard_sweeps(s, flip, random.state(rng()), 1)
    assert (s == expected).all()


@pytest.mark.parametrize("shape", [(6, 4), (1, 8), (5, 3)])
def test_sites_are_tried_once_each_or_at_random(shape):
    """With a table that flips every spin tried: each once on a checkerboard, Poisson-like at random."""
    flip, words = np.ones((2, 9)), random.state(rng())
    if shape != (5, 3):
        s = np.ones(shape, dtype=np.int8)
        ising._checkerboard_sweeps(s, flip, words, 1)
        assert (s == -1).all()
    n, tries = shape[0] * shape[1], 20_000
    ups = np.zeros(shape)
    for _ in range(tries):
        s = np.ones(shape, dtype=np.int8)
        ising._random_sweeps(s, flip, words, 1)
        ups += s
    even = (1 - 2 / n) ** n  # mean of (-1)^(times a site was tried)
    assert np.abs(ups / tries - even).max() < 5 / np.sqrt(tries)


# --- long runs against enumeration ---


def metropolis(model, T, **options):
    return ising.metropolis(model, ising.cold_start(model), T, rng=rng(1), sweeps=80_000, **options)


def heat_bath(model, T, **options):
    return ising.heat_bath(model, ising.cold_start(model), T, rng=rng(1), sweeps=80_000, **options)


def wolff(model, T):
    return ising.wolff(model, ising.cold_start(model), T, rng=rng(), clusters=100_000)


def states(run):
    return np.array([record.s.ravel() for record in run])


@pytest.mark.parametrize("T", [2.3, 2.8, 3.5])
@pytest.mark.parametrize(
    ("model", "sampler", "options"),
    [
        (Ising((4, 4), B=0.2), metropolis, {}),
        (Ising((4, 4), B=0.2), metropolis, {"order": "checkerboard"}),
        (Ising((4, 4), B=0.2), heat_bath, {"order": "checkerboard"}),
        (Ising((3, 3), J=-0.8), metropolis, {}),
        (Ising((3, 3), J=-0.8), heat_bath, {}),
        (Ising((8,)), heat_bath, {"order": "checkerboard"}),
        (Ising((7,), J=-1.0, B=0.5), metropolis, {}),
        (Ising((2, 4), J=0.5), heat_bath, {"order": "checkerboard"}),
        (Ising((4, 4)), wolff, {}),
        (Ising((4, 4), J=-1.0, B=0.3), wolff, {}),
        (Ising((3, 3), J=-0.8, B=0.1), wolff, {}),
        (Ising((7,), B=0.2), wolff, {}),
        (Ising((2, 4)), wolff, {}),
    ],
)
def test_samples_follow_boltzmann(model, sampler, options, T):
    assert harness.misfit(ising.to_network(model), T, states(sampler(model, T, **options))) == ""


@pytest.mark.parametrize("T", [2.3, 2.8, 3.5])
@pytest.mark.parametrize("sampler", [metropolis, heat_bath, wolff])
@pytest.mark.parametrize("mistake", ["half the exponent", "temperature 3% off", "field left out"])
def test_the_harness_finds_wrong_samplers(sampler, mistake, T):
    model = Ising((4, 4), B=0.2)
    sampled, wrong_T = model, T
    if mistake == "half the exponent":
        wrong_T = 2 * T
    elif mistake == "temperature 3% off":
        wrong_T = 1.03 * T
    else:
        sampled = Ising((4, 4))
    assert harness.misfit(ising.to_network(model), T, states(sampler(sampled, wrong_T)))


def test_metropolis_on_a_checkered_chain_leaves_states_out():
    """Why that pair is refused: the kernel itself, on a ring of 8, misses states that weigh a third of all."""
    model, T = Ising((8,)), 2.0
    s, words = np.ones((1, 8), dtype=np.int8), random.state(rng())
    flip, seen = flip_table(ising._metropolis, model, T), np.zeros((100_000, 8), dtype=np.int8)
    for k in range(len(seen)):
        ising._checkerboard_sweeps(s, flip, words, 1)
        seen[k] = s
    truth = exact.boltzmann(ising.to_network(model), T)
    missed = np.setdiff1d(np.arange(256), exact.index(seen))
    assert truth.p[missed].sum() == pytest.approx(0.3707, abs=1e-4)
    assert harness.misfit(ising.to_network(model), T, seen)


def test_mean_cluster_size_is_the_susceptibility():
    """<size> / n = <m^2> at B = 0 [wolff1989], here against enumeration."""
    model, T = Ising((4, 4)), 2.5
    run = list(wolff(model, T))
    truth = exact.boltzmann(ising.to_network(model), T)
    m2 = truth.p @ truth.states.mean(axis=1) ** 2
    size = diagnostics.mean([record.size / model.n for record in run])
    assert abs(size.value - m2) < 4 * size.error < 0.01
    measured = diagnostics.mean([record.m**2 for record in run])
    assert abs(measured.value - m2) < 4 * measured.error < 0.01


def test_all_samplers_agree_with_the_transfer_matrix_at_the_critical_point():
    model, T = Ising((8, 8)), exact.T_C
    u = exact.lattice(model, T).energy / model.n
    start = ising.random_start(model, rng=rng())
    runs = [
        sampler(model, start, T, rng=rng(1), sweeps=30_000, order=order)
        for sampler in (ising.metropolis, ising.heat_bath)
        for order in ("random", "checkerboard")
    ]
    runs.append(ising.wolff(model, start, T, rng=rng(2), clusters=30_000))
    for run in runs:
        measured = diagnostics.mean(ising.trace(run).u)
        assert abs(measured.value - u) < 4 * measured.error < 0.04


@pytest.mark.parametrize("T", [1.8, 2.0, 2.8])
def test_a_large_lattice_has_onsagers_energy_and_yangs_magnetisation(T):
    model = Ising((64, 64))
    run = ising.heat_bath(model, ising.cold_start(model), T, rng=rng(), sweeps=20_000, order="checkerboard")
    u, m = ising.trace(run)
    energy = diagnostics.mean(u[500:])
    assert abs(energy.value - exact.onsager_energy(T)) < 4 * energy.error < 0.002
    if T < exact.T_C:
        magnetisation = diagnostics.mean(m[500:])
        assert abs(magnetisation.value - exact.yang_magnetisation(T)) < 4 * magnetisation.error < 0.002


# --- records ---


def test_records_measure_their_states():
    for model in (
        Ising((6, 4), J=0.7, B=-0.3),
        Ising((9,), J=-1.2, B=0.1),
        Ising((1, 6)),
        Ising((2, 1), B=0.1),
    ):
        start = ising.random_start(model, rng=rng())
        for run in (
            ising.metropolis(model, start, 2.0, rng=rng(), sweeps=20),
            ising.wolff(model, start, 2.0, rng=rng(), clusters=20),
        ):
            for record in run:
                assert record.s.shape == model.shape
                assert record.u * model.n == pytest.approx(ising.energy(model, record.s), abs=1e-12)
                assert record.m == pytest.approx(record.s.mean(), abs=1e-15)


def test_states_of_records_are_copies_and_the_start_is_kept():
    model = Ising((4, 4))
    start = ising.random_start(model, rng=rng())
    before = start.copy()
    for run in (
        ising.metropolis(model, start, 50.0, rng=rng(), sweeps=3),
        ising.wolff(model, start, 50.0, rng=rng(), clusters=3),
    ):
        kept = [record.s for record in run]
        kept[0][:] = 1
        assert (kept[1] != 1).any() and (kept[1] != kept[2]).any() and (start == before).all()


@pytest.mark.parametrize("order", ["random", "checkerboard"])
def test_fewer_records_of_the_same_run(order):
    model = Ising((6, 6))
    run = {"s": ising.cold_start(model), "T": 2.0, "order": order}
    every = list(ising.metropolis(model, rng=rng(), sweeps=12, **run))
    third = list(ising.metropolis(model, rng=rng(), sweeps=13, every=3, **run))
    assert [record.sweep for record in third] == [3, 6, 9, 12]
    assert all((a.s == b.s).all() and a.u == b.u for a, b in zip(every[2::3], third, strict=True))
    clusters = list(ising.wolff(model, run["s"], 2.0, rng=rng(), clusters=12))
    fourth = list(ising.wolff(model, run["s"], 2.0, rng=rng(), clusters=12, every=4))
    assert [record.cluster for record in fourth] == [4, 8, 12]
    assert [record.size for record in clusters[3::4]] == [record.size for record in fourth]


def test_the_same_seed_gives_the_same_run():
    model = Ising((16, 16))
    for sampler, length in ((ising.heat_bath, "sweeps"), (ising.wolff, "clusters")):
        first, second = (
            list(sampler(model, ising.cold_start(model), 2.3, rng=rng(9), **{length: 50})) for _ in range(2)
        )
        assert all((a.s == b.s).all() and a.u == b.u for a, b in zip(first, second, strict=True))


# --- kernels: compiled, plain, in the page ---


def test_compiled_kernels_equal_their_plain_selves():
    grids = [
        rng(k).choice(np.array([-1, 1], dtype=np.int8), size=shape)
        for k, shape in enumerate([(6, 4), (1, 8)])
    ]
    for grid in grids:
        flips = []
        for rule in (ising._metropolis, ising._heat_bath):
            flips = [np.empty((2, 9)), np.empty((2, 9))]
            rule(0.9, 0.2, 1.7, 0, flips[0])
            rule.py_func(0.9, 0.2, 1.7, 0, flips[1])
            assert (flips[0] == flips[1]).all()
        for sweep in (ising._random_sweeps, ising._checkerboard_sweeps):
            states, words = [grid.copy(), grid.copy()], [random.state(rng(5)) for _ in range(2)]
            sweep(states[0], flips[0], words[0], 20)
            sweep.py_func(states[1], flips[0], words[1], 20)
            assert (states[0] == states[1]).all() and (words[0] == words[1]).all()
            assert (states[0] != grid).any()
        totals = np.empty((2, 2), dtype=np.int64)
        ising._totals(grid, totals[0])
        ising._totals.py_func(grid, totals[1])
        assert (totals[0] == totals[1]).all()
        states, words, sizes = [grid.copy(), grid.copy()], [random.state(rng(6)) for _ in range(2)], []
        for kernel, s, w in zip((ising._wolff, ising._wolff.py_func), states, words, strict=True):
            sites, inside = np.zeros((grid.size, 2), dtype=np.int32), np.zeros(grid.shape, dtype=np.int8)
            sizes.append(kernel(s, 0.9, 0.1, 2.0, w, sites, inside, 30))
        assert sizes[0] == sizes[1] and (states[0] == states[1]).all() and (words[0] == words[1]).all()


PLAIN = """
import hashlib
import numpy as np
from ebm import exact, ising
model = ising.Ising((12, 12), J=0.9, B=0.1)  # more spins than an int8 can count
start = ising.cold_start(model)
glass = ising.spin_glass((4, 5), rng=np.random.default_rng(3))
with np.errstate(over="ignore"):
    for order in ("random", "checkerboard"):
        for sampler in (ising.metropolis, ising.heat_bath):
            for record in sampler(model, start, 2.1, rng=np.random.default_rng(7), sweeps=10, order=order):
                print(record.u.hex(), record.m.hex(), record.s.tobytes().hex())
    for record in ising.wolff(model, start, 2.1, rng=np.random.default_rng(8), clusters=20):
        print(record.size, record.u.hex(), record.m.hex(), record.s.tobytes().hex())
print(*(number.hex() for number in exact.lattice(glass, 0.9)))
print(exact.lattice_ground_state(glass))
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
    assert said[0] == said[1] and len(said[0].splitlines()) > 60


def test_every_kernel_fits_a_page():
    code = wasm.build(
        {
            "metropolis": (ising._metropolis, "void(float64, float64, float64, int64, float64[:, ::1])"),
            "heat_bath": (ising._heat_bath, "void(float64, float64, float64, int64, float64[:, ::1])"),
            "random_sweeps": (
                ising._random_sweeps,
                "void(int8[:, ::1], float64[:, ::1], uint64[::1], int64)",
            ),
            "checkerboard_sweeps": (
                ising._checkerboard_sweeps,
                "void(int8[:, ::1], float64[:, ::1], uint64[::1], int64)",
            ),
            "totals": (ising._totals, "void(int8[:, ::1], int64[::1])"),
            "wolff": (
                ising._wolff,
                "int64(int8[:, ::1], float64, float64, float64, uint64[::1], int32[:, ::1], int8[:, ::1], int64)",
            ),
        }
    )
    assert code[:4] == b"\0asm" and len(code) < 40_000


# --- bad input: each is named before anything is changed ---

MODEL = Ising((4, 4))
GOOD = ising.cold_start(MODEL)


@pytest.mark.parametrize(
    ("shape", "error"),
    [
        (4, TypeError),
        ((4.0, 4), TypeError),
        ((True, 4), TypeError),
        ("44", TypeError),
        ((), ValueError),
        ((0, 4), ValueError),
        ((4, -1), ValueError),
        ((2, 2, 2), ValueError),
    ],
)
def test_bad_shapes(shape, error):
    with pytest.raises(
        error, match=r"shape is .*wanted \(n,\) or \(rows, columns\), whole numbers of 1 or more"
    ):
        Ising(shape)


@pytest.mark.parametrize(("value", "error"), [(np.nan, ValueError), (np.inf, ValueError), ("1", TypeError)])
def test_bad_strengths(value, error):
    with pytest.raises(error, match="J is .*wanted a coupling, a finite number"):
        Ising((4, 4), J=value)
    with pytest.raises(error, match="B is .*wanted a field, a finite number"):
        Ising((4, 4), B=value)
    with pytest.raises(error, match="B is .*wanted a field, a finite number"):
        SpinGlass(np.ones((2, 2)), np.ones((2, 2)), B=value)
    with pytest.raises(error, match="J is .*wanted a coupling, a finite number"):
        ising.spin_glass((2, 2), rng=rng(), J=value)


@pytest.mark.parametrize(
    ("right", "down", "message"),
    [
        (np.ones((2, 3)), np.ones((3, 2)), r"down has shape \(3, 2\); wanted .* as right has"),
        (np.ones(3), np.ones(3), r"right has shape \(3,\); wanted a \(rows, columns\) array"),
        (np.ones((0, 0)), np.ones((0, 0)), r"right has shape \(0, 0\)"),
        (np.full((2, 2), np.nan), np.ones((2, 2)), "right holds NaN"),
        (np.ones((1, 3)), np.ones((1, 3)), "down binds a spin to itself"),
        (np.ones((3, 1)), np.ones((3, 1)), "right binds a spin to itself"),
    ],
)
def test_bad_bonds(right, down, message):
    with pytest.raises(ValueError, match=message):
        SpinGlass(right, down)


@pytest.mark.parametrize("periodic", [True, (True,), (1, 0), "no"])
def test_bad_edges(periodic):
    with pytest.raises(TypeError, match="periodic is .*wanted 2 of True and False"):
        ising.spin_glass((2, 2), rng=rng(), periodic=periodic)


def test_bonds_cannot_be_changed_behind_the_model():
    right = np.ones((2, 2))
    model = SpinGlass(right, right)
    right[0, 0] = 5
    assert model.right[0, 0] == 1
    with pytest.raises(ValueError, match="read-only"):
        model.right[0, 0] = 1
    with pytest.raises(ValueError, match="read-only"):
        ising.couplings(MODEL)[0][0, 0] = 1


@pytest.mark.parametrize(
    ("s", "error", "message"),
    [
        ((GOOD + 1) // 2 * 0, ValueError, r"s holds 0; wanted an array of \+1 and -1 of shape \(.*4, 4\)"),
        (GOOD[:3], ValueError, r"s has shape \(3, 4\)"),
        (GOOD.ravel(), ValueError, r"s has shape \(16,\)"),
        (np.ones((0, 4, 4)), ValueError, r"s has shape \(0, 4, 4\)"),
        (0.5 * GOOD, ValueError, "s holds 0.5"),
        (np.full((4, 4), np.nan), ValueError, "s holds NaN"),
        ("spins", TypeError, "s holds <U5"),
        ([[1, 1], [1]], ValueError, "s has rows of unequal length"),
    ],
)
@pytest.mark.parametrize(
    "function",
    [
        lambda s: ising.energy(MODEL, s),
        lambda s: ising.dE(MODEL, s, (0, 0)),
        lambda s: ising.metropolis(MODEL, s, 1.0, rng=rng(), sweeps=1),
        lambda s: ising.heat_bath(MODEL, s, 1.0, rng=rng(), sweeps=1),
        lambda s: ising.wolff(MODEL, s, 1.0, rng=rng(), clusters=1),
    ],
    ids=["energy", "dE", "metropolis", "heat_bath", "wolff"],
)
def test_bad_states(function, s, error, message):
    with pytest.raises(error, match=message):
        function(s)


RUNS = [
    lambda **bad: ising.metropolis(MODEL, GOOD, **{"T": 1.0, "rng": rng(), "sweeps": 5, **bad}),
    lambda **bad: ising.heat_bath(MODEL, GOOD, **{"T": 1.0, "rng": rng(), "sweeps": 5, **bad}),
    lambda **bad: ising.wolff(
        MODEL,
        GOOD,
        **{
            "T": 1.0,
            "rng": rng(),
            "clusters": 5,
            **{k.replace("sweeps", "clusters"): v for k, v in bad.items()},
        },
    ),
]


@pytest.mark.parametrize("run", RUNS, ids=["metropolis", "heat_bath", "wolff"])
@pytest.mark.parametrize(
    ("bad", "error", "message"),
    [
        ({"T": 0}, ValueError, "T is 0.0; wanted a temperature T > 0"),
        ({"T": -1.0}, ValueError, "T is -1.0; wanted a temperature T > 0"),
        ({"T": np.nan}, ValueError, "T is nan"),
        ({"T": "1"}, TypeError, "T is '1'"),
        ({"rng": 0}, TypeError, "rng is 0; wanted a numpy.random.Generator"),
        ({"sweeps": 0}, ValueError, "(sweeps|clusters) is 0; wanted a whole number of 1 or more"),
        ({"sweeps": 1.5}, TypeError, "(sweeps|clusters) is 1.5"),
        ({"every": 0}, ValueError, "every is 0"),
        ({"every": 6}, ValueError, "(sweeps|clusters) is 5; wanted a whole number of 6 or more"),
    ],
)
def test_bad_runs_fail_at_the_call(run, bad, error, message):
    with pytest.raises(error, match=message):
        run(**bad)


@pytest.mark.parametrize(
    ("sampler", "model", "order", "message"),
    [
        (ising.heat_bath, MODEL, "rows", 'order is \'rows\'; wanted "random" or "checkerboard"'),
        (ising.heat_bath, MODEL, None, "order is None"),
        (ising.heat_bath, MODEL, ["random"], r"order is \['random'\]"),
        (ising.heat_bath, Ising((4, 5)), "checkerboard", r"on sides \(4, 5\); wanted even sides"),
        (ising.heat_bath, Ising((5,)), "checkerboard", r"on sides \(5,\); wanted even sides"),
        (ising.metropolis, Ising((8,)), "checkerboard", r"on sides \(8,\); wanted both sides >= 4"),
        (ising.metropolis, Ising((2, 8)), "checkerboard", r"on sides \(2, 8\); wanted both sides >= 4"),
    ],
)
def test_bad_orders(sampler, model, order, message):
    with pytest.raises(ValueError, match=message):
        sampler(model, ising.cold_start(model), 1.0, rng=rng(), sweeps=1, order=order)


def test_only_uniform_lattices_are_sampled_here():
    glass = ising.spin_glass((4, 4), rng=rng())
    for call in (
        lambda: ising.metropolis(glass, GOOD, 1.0, rng=rng(), sweeps=1),
        lambda: ising.wolff(glass, GOOD, 1.0, rng=rng(), clusters=1),
    ):
        with pytest.raises(TypeError, match="model is a SpinGlass; wanted an Ising"):
            call()


@pytest.mark.parametrize(
    ("model", "site", "error", "message"),
    [
        (MODEL, (4, 0), ValueError, r"site\[0\] is 4; wanted a whole number from 0 to 3"),
        (MODEL, (0, -1), ValueError, r"site\[1\] is -1"),
        (MODEL, 3, TypeError, r"site is 3; wanted \(row, column\)"),
        (MODEL, (0.0, 1), TypeError, r"site\[0\] is 0.0"),
        (Ising((4,)), 4, ValueError, "site is 4; wanted a whole number from 0 to 3"),
        (Ising((4,)), (0,), TypeError, "site is"),
    ],
)
def test_no_such_site(model, site, error, message):
    with pytest.raises(error, match=message):
        ising.dE(model, ising.cold_start(model), site)


def test_large_lattices_are_no_networks():
    with pytest.raises(ValueError, match="model has 10000 sites; wanted at most 4096: .* 0.745 GiB"):
        ising.to_network(Ising((100, 100)))


def test_a_seed_is_not_a_generator():
    for call in (lambda: ising.random_start(MODEL, rng=0), lambda: ising.spin_glass((4, 4), rng=0)):
        with pytest.raises(TypeError, match="rng is 0; wanted a numpy.random.Generator"):
            call()


@pytest.mark.parametrize("model", [None, (4, 4), hopfield.Hopfield(np.zeros((4, 4)))])
def test_not_a_lattice(model):
    for call in (
        lambda: ising.energy(model, GOOD),
        lambda: ising.dE(model, GOOD, (0, 0)),
        lambda: ising.couplings(model),
        lambda: ising.to_network(model),
        lambda: ising.cold_start(model),
        lambda: ising.random_start(model, rng=rng()),
    ):
        with pytest.raises(TypeError, match="model is a .*; wanted an Ising or a SpinGlass"):
            call()


def test_a_run_without_records():
    with pytest.raises(ValueError, match="run is empty"):
        ising.trace([])
