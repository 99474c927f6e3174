"""64 spins at a time in a field: the plain kernel's steps where they are certain, its distribution where not."""

import os
import subprocess
import sys

import numpy as np
import pytest

import harness
from ebm import ising, random
from ebm.fast import coins, multispin, multispin_field
from ebm.ising import Ising

RULES = {"metropolis": ising.metropolis, "heat_bath": ising.heat_bath}
TABLES = {"metropolis": ising._metropolis, "heat_bath": ising._heat_bath}
FIELDS = [(1.0, 0.3), (1.0, -2.0), (-0.8, 0.5), (1.0, 5.0), (0.0, 0.4)]


def rng(seed=0):
    return np.random.default_rng(seed)


def table(rule, T, J, B):
    flip = np.empty((2, 9))
    TABLES[rule](J, B, T, 0, flip)
    return flip


@pytest.mark.parametrize("T", [1e-4, 1e300])
@pytest.mark.parametrize(("J", "B"), [*FIELDS, (1.0, 4.0), (-0.5, 1.0)])
@pytest.mark.parametrize("shape", [(4, 4), (6, 64), (36, 36), (8, 6), (134, 134), (130, 192)])
def test_the_same_steps_where_there_is_no_chance(shape, J, B, T):
    """Ties (a neighbourhood as strong as the field) too: Metropolis' rule makes those moves."""
    starts = rng().choice(np.array([-1, 1], dtype=np.int8), size=(3, *shape))
    flip, expected = table("metropolis", T, J, B), starts.copy()
    for s in expected:
        ising._checkerboard_sweeps(s, flip, random.state(rng()), 3)
    for given, wanted in [(starts[0], expected[0]), (starts, expected)]:
        lattices = multispin.Lattices(given, shape, rng())
        multispin_field.sweep(lattices, flip, 3)
        assert (lattices.spins() == wanted).all()


@pytest.mark.parametrize("T", [0.7, 2.3, 20.0])
@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize(("J", "B"), FIELDS)
def test_spins_flip_as_often_as_the_table_says(J, B, rule, T):
    """Black sites, first of a sweep, by what is around them."""
    shape, flip = (384, 384), table(rule, T, J, B)
    s = rng().choice(np.array([-1, 1], dtype=np.int8), size=shape)
    lattices = multispin.Lattices(s, shape, rng(1))
    multispin_field.sweep(lattices, flip, 1)
    black = np.add.outer(*map(np.arange, shape)) % 2 == 0
    around = sum(np.roll(s, step, axis).astype(int) for step in (-1, 1) for axis in (0, 1))[black]
    spin, flipped = s[black], (lattices.spins() != s)[black]
    for i in range(2):
        for a in range(-4, 5, 2):
            found, p = flipped[(spin == 2 * i - 1) & (around == a)], flip[i, 4 + a]
            assert abs(found.sum() - len(found) * p) <= 4 * np.sqrt(len(found) * p * (1 - p)) + 0.5


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize(("J", "B"), [(1.0, 0.2), (-0.8, 0.4)])
def test_lattices_follow_boltzmann(J, B, rule):
    """One alone, and the first and last of 66."""
    model, T = Ising((4, 4), J=J, B=B), 3.0
    starts = np.ones((66, 4, 4), dtype=np.int8)
    many, both = multispin.Lattices(starts, (4, 4), rng()), np.empty((20_000, 2, 16), dtype=np.int8)
    for k in range(len(both)):
        multispin_field.sweep(many, table(rule, T, J, B), 1)
        both[k] = many.spins()[[0, 65]].reshape(2, 16)
    samples = [both[:, 0], both[:, 1]]
    alone = RULES[rule](
        model, starts[0], T, rng=rng(3), sweeps=40_000, order="checkerboard", method="multispin"
    )
    samples.append(np.array([record.s.ravel() for record in alone]))
    for sample in samples:
        assert harness.misfit(ising.to_network(model), T, sample) == ""
    wrong = ising.to_network(Ising((4, 4), J=J, B=0.5 * B))
    assert harness.misfit(wrong, T, samples[-1])


def test_any_number_of_kinds():
    """Each as often as it should be, hits included; and the same digits as two kinds at a time."""
    p = (0.1716, 0.999, 1 / 3, 0.0019, 0.5, 1e-30, 1.0)
    stream, pair, room = coins.streams(rng(), 1)[0], coins.pair(p), coins.room(1, len(p))[0]
    ones = np.zeros(len(p))
    for _ in range(3000):
        coins.toss_kinds(stream, *pair, room)
        words = room[coins.KINDS :].reshape(len(p), coins.BLOCK)
        ones += np.bitwise_count(words).sum(axis=1)
    count = 3000 * 64 * coins.BLOCK
    for kind, chance in enumerate(p):
        assert abs(ones[kind] - count * chance) <= 4 * np.sqrt(count * chance * (1 - chance))
    one, other = coins.streams(rng(1), 1)[0], coins.streams(rng(1), 1)[0]
    pair, room = coins.pair((0.3, 0.123)), coins.room(1, 2)[0]
    for _ in range(20):
        coins.toss(one, *pair)
        coins.toss_kinds(other, *pair, room)
        assert (one[coins.FIRST : coins.FAIR] == room[coins.KINDS :]).all()


@pytest.mark.parametrize("threads", ["1", "2"])
def test_the_same_on_any_number_of_threads(threads):
    script = (
        "import numpy as np; from ebm import ising; model = ising.Ising((8, 8), B=0.3);"
        "run = ising.metropolis(model, np.ones((200, 8, 8)), 2.5, rng=np.random.default_rng(0),"
        "sweeps=3000, every=3000, order='checkerboard');"
        "print(*[record.u.tobytes().hex() for record in run])"
    )
    found = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "NUMBA_NUM_THREADS": threads},
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    run = ising.metropolis(
        Ising((8, 8), B=0.3),
        np.ones((200, 8, 8)),
        2.5,
        rng=rng(),
        sweeps=3000,
        every=3000,
        order="checkerboard",
    )
    assert found.split() == [record.u.tobytes().hex() for record in run]
