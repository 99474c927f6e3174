"""Words of biased coins: each probability exact, each coin independent of the others."""

import numpy as np
import pytest
from scipy import stats

from ebm import ising, random
from ebm.fast import coins


def rng(seed=0):
    return np.random.default_rng(seed)


def tossed(p, blocks, seed=0):
    """(blocks, 3, BLOCK, 64) bits: of the first kind, of the second, fair ones."""
    stream, pair = coins.streams(rng(seed), 1)[0], coins.pair(p)
    found = np.empty((blocks, 3 * coins.BLOCK), dtype=np.uint64)
    for block in found:
        coins.toss(stream, *pair)
        block[:] = stream[coins.FIRST : coins.HITS]
    return np.unpackbits(found.view(np.uint8), bitorder="little").reshape(blocks, 3, coins.BLOCK, 64)


def probability(pair, kind):
    """What a pair's numbers amount to, by the rule: digits, and hits that toss a coin anew."""
    start, *turns = (pair.digits > 0).reshape(2, -1)[kind]
    chance = float(start)
    for turned in turns:
        chance = 1 - chance / 2 if turned else chance / 2
    e = 1 - pair.hits[0] ** (1 / (64 * coins.BLOCK))  # at least one hit of this coin
    return (1 - e) * chance + e * pair.redo[kind]


@pytest.mark.parametrize(
    "p",
    [(0, 1), (0.5, 0.25), (0.1716, 0.0294), (0.999, 0.001), (1 / 3, 2 / 3), (1e-30, 1 - 1e-15), (0.0019, 1)],
)
def test_the_numbers_amount_to_the_probabilities(p):
    pair = coins.pair(p)
    assert [probability(pair, kind) for kind in range(2)] == pytest.approx(list(p), rel=1e-11, abs=1e-14)
    assert ((pair.redo >= 0) & (pair.redo <= 1)).all()
    assert (np.diff(pair.hits) >= 0).all() and pair.hits[-1] == 1
    assert pair.hits[-2] > 1 - 1e-9  # the table is long enough for the most hits there can be


@pytest.mark.parametrize("p", [(0.1716, 0.0294), (0.999, 0.001), (0.4985, 0.0019), (1 / 3, 2 / 3)])
def test_as_many_as_there_should_be(p):
    bits = tossed(p, 800)
    count = bits[:, 0].size
    for kind, chance in enumerate((*p, 0.5)):
        z = (bits[:, kind].sum() - count * chance) / np.sqrt(count * chance * (1 - chance))
        assert abs(z) < 4, f"kind {kind}"


def test_digits_alone_are_not_enough():
    """The same count without hits, to see that the test above would find it."""
    p = (0.17334, 0.0294)
    stream, pair = coins.streams(rng(), 1)[0], coins.pair(p)
    never = pair._replace(hits=np.ones(1))
    ones = 0
    for _ in range(6000):
        coins.toss(stream, *never)
        ones += np.bitwise_count(stream[coins.FIRST : coins.SECOND]).sum()
    count = 6000 * 64 * coins.BLOCK
    assert abs(ones - count * p[0]) / np.sqrt(count * p[0] * (1 - p[0])) > 10


def test_coins_do_not_know_of_each_other():
    """Neighbouring bits, neighbouring words, and blocks one after the other: pairs as often as chance has it."""
    p = 0.3
    bits = tossed((p, 0.1), 500)[:, 0].astype(np.int8)
    for one, other in [
        (bits[..., 1:], bits[..., :-1]),
        (bits[:, 1:], bits[:, :-1]),
        (bits[1:], bits[:-1]),
        (bits[:, 8:], bits[:, :-8]),
        (bits[:, coins.BLOCK // 2 :], bits[:, : coins.BLOCK // 2]),
    ]:
        both = int((one & other).sum())
        expected = one.size * p**2
        assert abs(both - expected) < 4 * np.sqrt(expected)
    per_block, places = bits.sum(axis=(1, 2)), 64 * coins.BLOCK
    assert stats.kstest((per_block - places * p) / np.sqrt(places * p * (1 - p)), "norm").pvalue > 1e-3


def test_hits_fall_everywhere():
    """A kind of coins that is 1 only where it was hit."""
    p = 1 / 2**12
    seen = tossed((p, 0.0), 4000)[:, 0].sum(axis=0, dtype=np.int64)
    spread = ((seen - 4000 * p) ** 2).sum() / (4000 * p * (1 - p))
    assert abs(spread - seen.size) < 4 * np.sqrt(2 * seen.size * (1 + 1 / (8000 * p)))


def test_the_generators_are_those_of_the_library():
    """The first fair coins, digit by digit, from `ebm.random`."""
    stream = coins.streams(rng(), 1)[0]
    numbers = 0, 1, coins.BLOCK // 2, coins.BLOCK - 1
    words = [stream[k : coins.FIRST : coins.BLOCK].copy() for k in numbers]
    coins.toss(stream, *coins.pair((0.5, 0.5)))
    for k, its_words in zip(numbers, words, strict=True):
        for _ in range(coins.DIGITS):
            last = random.next_word(its_words)
        assert stream[coins.FAIR + k] == last


def test_plain_python_agrees(monkeypatch):
    stream, again = coins.streams(rng(), 1)[0], coins.streams(rng(), 1)[0]
    pair = coins.pair((0.1716, 0.0294))
    for _ in range(2):
        coins.toss(stream, *pair)
    for name in ("generator", "put", "_hit", "after"):
        monkeypatch.setattr(coins, name, getattr(coins, name).py_func)
    for _ in range(2):
        with np.errstate(over="ignore"):
            coins.toss.py_func(again, *pair)
    assert (stream == again).all()


@pytest.mark.parametrize("T", [1e-3, 0.5, 2.27, 50.0, 1e6])
def test_tables_of_both_rules_are_met(T):
    flip = np.empty((2, 9))
    for rule in (ising._metropolis, ising._heat_bath):
        rule(1.0, 0.0, T, 0, flip)
        pair = coins.pair(flip[1, 6:9:2])
        for kind in range(2):
            assert probability(pair, kind) == pytest.approx(flip[1, 6 + 2 * kind], rel=1e-11, abs=1e-14)
