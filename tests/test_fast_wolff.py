"""Clusters without marks: the distribution of the plain kernel, around every edge."""

import itertools
import os
import subprocess
import sys

import numpy as np
import pytest
from scipy import stats

import harness
from ebm import diagnostics, exact, ising
from ebm.fast import wolff
from ebm.ising import Ising


def rng(seed=0):
    return np.random.default_rng(seed)


def run(model, T, clusters, seed=1, method="stack", **options):
    return ising.wolff(
        model, ising.cold_start(model), T, rng=rng(seed), clusters=clusters, method=method, **options
    )


def samples(model, T, steps, **options):
    return np.array([record.s.ravel() for record in run(model, T, steps, **options)])


MODELS = {
    "square": (Ising((3, 4)), 2.8),
    "ring": (Ising((7,)), 1.2),
    "antiferromagnet": (Ising((4, 2), J=-0.8), 2.5),
    "sides of two": (Ising((2, 5)), 3.0),
    "a column": (Ising((6, 1), J=-1.0), 1.3),
    "field": (Ising((3, 3), B=0.15), 2.6),
    "field on a ring": (Ising((6,), B=-0.2), 1.5),
    "free spins in a field": (Ising((2, 3), J=0.0, B=0.5), 1.0),
}


@pytest.mark.parametrize("name", MODELS)
def test_clusters_follow_boltzmann(name):
    model, T = MODELS[name]
    assert harness.misfit(ising.to_network(model), T, samples(model, T, 40_000)) == ""


@pytest.mark.parametrize("name", ["square", "field", "antiferromagnet"])
def test_the_harness_finds_a_wrong_temperature(name):
    model, T = MODELS[name]
    assert harness.misfit(ising.to_network(model), T, samples(model, 1.06 * T, 40_000))


@pytest.mark.parametrize(("shape", "J"), [((64, 64), 1.0), ((5, 33), 1.0), ((16, 10), -0.7), ((40,), 1.0)])
def test_first_clusters_are_as_large_as_the_plain_ones(shape, J):
    """From one start, so that sizes are independent."""
    model = Ising(shape, J=J)
    *_, start = ising.heat_bath(model, ising.cold_start(model), 2.4, rng=rng(), sweeps=200, every=200)
    start, sizes = start.s, {}
    for method in ("plain", "stack"):
        given = {"rng": rng(3), "clusters": 1, "method": method}
        sizes[method] = [next(ising.wolff(model, start, 2.4, **given)).size for _ in range(2000)]
    assert stats.ks_2samp(sizes["plain"], sizes["stack"]).pvalue > 1e-3
    plain_wrong = [next(ising.wolff(model, start, 3.2, rng=rng(k), clusters=1)).size for k in range(2000)]
    assert stats.ks_2samp(plain_wrong, sizes["stack"]).pvalue < 1e-3


@pytest.mark.parametrize("shape", [(6, 8), (1, 9), (5, 7), (2, 2), (1, 1), (1,)])
def test_all_of_a_cold_lattice_turns(shape):
    model = Ising(shape)
    records = list(run(model, 1e-4, 4))
    assert [record.size for record in records] == [model.n] * 4
    assert [record.m for record in records] == [-1, 1, -1, 1]


@pytest.mark.parametrize("J", [1.0, -1.0])
def test_no_bonds_bind_where_it_is_hot(J):
    records = list(run(Ising((6, 6), J=J), 1e12, 50))
    assert {record.size for record in records} == {1}
    starts = np.array([ising.cold_start(Ising((6, 6))), *(record.s for record in records)])
    assert ((starts[1:] != starts[:-1]).sum(axis=(1, 2)) == 1).all()


def test_a_strong_field_refuses_and_turns_back():
    model = Ising((8, 8), B=50.0)
    assert [record.m for record in run(model, 1.0, 20)] == [1.0] * 20
    found = list(run(Ising((8, 8), B=-50.0), 1.0, 200))
    assert found[-1].m == -1.0


def test_a_large_lattice_has_onsagers_energy():
    model, T = Ising((128, 96)), 2.5
    u = diagnostics.mean(ising.trace(run(model, T, 800_000, every=100)).u[300:])
    assert abs(u.value - exact.onsager_energy(T)) < 4 * u.error < 0.005


def test_records_hold_what_they_say():
    model = Ising((6, 4), J=-0.7)
    before = list(run(model, 2.0, 9))
    for record, again in zip(before[2::3], run(model, 2.0, 9, every=3), strict=True):
        assert (record.s == again.s).all() and record.size == again.size
    for one, other in itertools.pairwise(before):
        assert (one.s != other.s).sum() == other.size
        assert other.u == pytest.approx(ising.energy(model, other.s) / model.n) and other.s.dtype == np.int8
        assert other.m == pytest.approx(other.s.mean())


def test_the_same_on_any_number_of_threads():
    script = (
        "import numpy as np; from ebm import ising; model = ising.Ising((32, 32));"
        "run = ising.wolff(model, ising.cold_start(model), 2.3, rng=np.random.default_rng(0), clusters=50,"
        "method='stack'); print([record.size for record in run])"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, "NUMBA_NUM_THREADS": threads},
            check=True,
            capture_output=True,
        ).stdout
        for threads in ("1", "2")
    }
    assert len(said) == 1


@pytest.mark.parametrize(
    ("model", "said"),
    [
        (Ising((3, 4), J=-1.0), "J is -1.0 on sides .*; wanted J >= 0 around odd sides"),
        (Ising((4, 4), J=-1.0, B=0.1), "J is -1.0 in a field B of 0.1; wanted"),
    ],
)
def test_what_it_cannot_do_it_says(model, said):
    assert wolff.fits(model.shape, model.J, model.B)
    with pytest.raises(ValueError, match=said):
        run(model, 2.0, 1)
    list(run(model, 2.0, 1, method="plain"))


def test_methods_have_names():
    with pytest.raises(ValueError, match='method is \'fast\'; wanted "plain" or "stack"'):
        run(Ising((4, 4)), 2.0, 1, method="fast")
