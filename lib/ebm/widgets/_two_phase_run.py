"""What a run of `two_phase` may be: all that learning has reached, as the page and Python send it to each other."""

import numpy as np

from ebm import _check
from ebm.widgets._two_phase_machine import MOST_STEPS

STRONGEST = 1e5  # more than all steps at the highest rate can add up to
SETTING = ("data", "hidden", "drawn", "mode")
PARTS = (*SETTING, "origin", "words", "step", "W", "b", "averages")


def checked(run, setting, links):
    """The run with all its parts in form, for a machine of that setting and those links (n, n).

    Raises
    ------
    ValueError, TypeError
        If a part is missing, has another form, or belongs to another machine.
    """
    if set(run) != set(PARTS):
        raise ValueError(f"run has the parts {sorted(run)}; wanted {sorted(PARTS)}")
    for name, wanted in setting.items():
        if run[name] != wanted:
            raise ValueError(f"run has the {name} {run[name]!r}; wanted {wanted!r}, the present one")
    W, b = _weights(run, links)
    return run | {
        "origin": words_from("origin", run["origin"]).tobytes().hex(),
        "words": words_from("words", run["words"]).tobytes().hex(),
        "step": _check.count("step", run["step"], low=0, high=MOST_STEPS),
        "W": W.tolist(),
        "b": b.astype(np.float64).tolist(),
        "averages": _averages(run["averages"], len(links)) if setting["mode"] == "sampled" else None,
    }


def _weights(run, links):
    n = len(links)
    W, b = _check.symmetric("W", run["W"]), _check.reals("b", run["b"], n, ndim=1)
    if W.shape != (n, n):
        raise ValueError(f"W has shape {W.shape}; wanted ({n}, {n})")
    if W[links == 0].any():
        i, j = np.argwhere((links == 0) & (W != 0))[0]
        raise ValueError(f"W[{i}, {j}] is {W[i, j]}; wanted 0: the encoder has no such link")
    if max(np.abs(W).max(), np.abs(b).max()) > STRONGEST:
        raise ValueError(f"W or b exceeds {STRONGEST:.0f}; wanted smaller numbers")
    return W, b


def words_from(name, text):
    """The generator's four words from 64 hexadecimal digits."""
    try:
        words = np.frombuffer(bytes.fromhex(text), dtype=np.uint64)
    except (TypeError, ValueError):
        words = np.zeros(0)
    if words.shape != (4,) or not words.any():
        raise ValueError(f"{name} is {text!r}; wanted 64 hexadecimal digits, not all 0")
    return words


def _averages(given, n):
    """<s_i s_j> and <s_i> held, then free, as lists."""
    if not isinstance(given, (list, tuple)) or len(given) != 4:
        raise ValueError(f"averages is {given!r}; wanted <s_i s_j> and <s_i>, held and free")
    found = [_check.chances("averages", sums, n, ndim=2 - k % 2) for k, sums in enumerate(given)]
    if any(sums.shape != (n, n) for sums in found[::2]):
        raise ValueError(f"averages has {found[0].shape[0]} rows; wanted {n}")
    return [sums.astype(np.float64).tolist() for sums in found]
