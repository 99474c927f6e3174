"""Generators side by side, whose words are at hand, are those of `random.next_word`."""

import numpy as np
import pytest

from ebm import random
from ebm.fast import words


@pytest.mark.parametrize("after", [words.after, words.after.py_func], ids=["compiled", "plain"])
def test_words_and_states_are_those_of_the_library(after):
    state = np.random.default_rng(0).integers(0, 2**64, size=4, dtype=np.uint64)
    at_hand = state.copy()
    for _ in range(1000):
        with np.errstate(over="ignore"):
            word, *at_hand = (np.uint64(x) for x in after(*at_hand))
        assert word == random.next_word(state) and (np.array(at_hand) == state).all()
