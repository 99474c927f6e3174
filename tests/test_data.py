"""The letters: their shapes, their spelling, and what is said of a wrong request."""

import numpy as np
import pytest

from ebm import data


@pytest.mark.parametrize(("size", "least"), [("3x3", 3), ("5x7", 26), ("16x16", 8)])
def test_every_letter_is_spins_of_the_right_shape(size, least):
    names = data.available(size)
    patterns = data.letters(names, size)
    rows, columns = data.SHAPES[size]
    assert len(names) >= least
    assert patterns.shape == (len(names), rows * columns)
    assert patterns.dtype == np.int8
    assert set(np.unique(patterns)) == {-1, 1}


@pytest.mark.parametrize("size", data.SHAPES)
def test_no_letter_is_another_or_its_inverse(size):
    patterns = data.letters(data.available(size), size).astype(int)
    same = np.abs(patterns @ patterns.T) == patterns.shape[1]
    assert same.sum() == len(patterns)


def test_sizes_are_columns_by_rows():
    assert data.SHAPES["5x7"] == (7, 5)


def test_the_whole_alphabet_in_5x7():
    assert data.available("5x7") == "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@pytest.mark.parametrize(
    ("name", "picture"),
    [("T", ["###", ".#.", ".#."]), ("L", ["#..", "#..", "###"]), ("O", ["###", "#.#", "###"])],
)
def test_the_3x3_letters(name, picture):
    expected = [1 if c == "#" else -1 for c in "".join(picture)]
    assert data.letters(name, "3x3")[0].tolist() == expected


def test_an_upright_5x7_letter():
    L = data.letters("L", "5x7")[0].reshape(data.SHAPES["5x7"])
    assert (L[:, 0] == 1).all() and (L[-1] == 1).all() and (L[:-1, 1:] == -1).all()


def test_order_and_repeats_are_the_readers():
    patterns = data.letters("LTL", "3x3")
    assert np.array_equal(patterns, data.letters(["L", "T", "L"], "3x3"))
    assert np.array_equal(patterns[0], patterns[2]) and not np.array_equal(patterns[0], patterns[1])


def test_letters_are_the_callers_own():
    data.letters("T", "3x3")[0, 0] = 0
    assert data.letters("T", "3x3")[0, 0] == 1


@pytest.mark.parametrize(
    ("names", "size", "error", "message"),
    [
        ("TQ", "3x3", ValueError, "names holds 'Q'; wanted letters of size 3x3, among TLO"),
        ("t", "5x7", ValueError, "names holds 't'"),
        (["TL"], "3x3", ValueError, "names holds 'TL'"),
        ([["T"]], "3x3", ValueError, "names holds"),
        ("", "3x3", ValueError, "names is empty"),
        (7, "3x3", TypeError, "names is 7"),
        ("T", "4x4", ValueError, "size is '4x4'; wanted one of 3x3, 5x7, 16x16"),
        ("T", (3, 3), TypeError, r"size is \(3, 3\)"),
    ],
)
def test_a_wrong_request_is_named(names, size, error, message):
    with pytest.raises(error, match=message):
        data.letters(names, size)


def test_available_refuses_an_unknown_size():
    with pytest.raises(ValueError, match="size is '8x8'"):
        data.available("8x8")


def test_erase_blanks_the_end_and_only_the_end():
    pattern = data.letters("O", "16x16")[0]
    s = data.erase(pattern, 0.5)
    assert np.array_equal(s[:128], pattern[:128]) and (s[128:] == -1).all()
    assert (pattern[128:] == 1).any(), "the pattern itself is left as it is"
    assert np.array_equal(data.erase(pattern, 0), pattern)
    assert (data.erase(pattern, 1) == -1).all()


@pytest.mark.parametrize(
    ("pattern", "share", "message"),
    [
        ([1, 0], 0.5, "pattern holds 0"),
        ([1, -1], 1.5, "share is 1.5"),
        ([1, -1], float("nan"), "share is nan"),
    ],
)
def test_erase_names_what_is_wrong(pattern, share, message):
    with pytest.raises(ValueError, match=message):
        data.erase(pattern, share)
