# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [raw]
# # ASSIGNMENT CONFIG
# init_cell: false
# export_cell: false
# show_question_points: true
# solutions_pdf: false
# generate:
#   pdf: false
# tests:
#   files: true
#   ok_format: false

# %%
# IGNORE: the instructor's copy. Prompt, answer, visible and hidden tests; `make exercises`
# derives the student's copy from it. Run as a script, it also runs every test.
# ruff: noqa: E402

# %% [markdown]
# # Exercise 6: a machine of two layers
#
# You will sum a whole layer away with pencil and paper, let the two layers take turns, teach the
# machine by contrastive divergence, and list what it believes. Then you watch two gauges while
# another machine learns, and see which of them tells the truth. Read
# [chapter 6](../../book/06_rbm.ipynb) first. Allow about 110 minutes; there are 24 points, 20
# given by the checks and 4 by a reader.
#
# **How it grades itself.** Each question has a cell with `...` where your answer goes. The cell
# below it, `grader.check`, says at once whether the answer is right and, if not, what may have
# gone wrong. When you hand in, your functions are tried on other machines too: write them for any
# sizes. No question needs your answer to another, so you may skip one.
#
# **Conventions.** Units are 0 or 1. Visible units are $v_i$, hidden ones $h_j$; `W` has the shape
# (n_v, n_h), `b_v` the shape (n_v,) and `b_h` the shape (n_h,). The energy is
#
# $$E(v, h) = -\sum_{ij} v_i w_{ij} h_j - \sum_i b^v_i v_i - \sum_j b^h_j h_j ,$$
#
# in the same unit as the temperature $T$ ($k_\mathrm{B} = 1$). From question 2 on, $T = 1$.

# %% deletable=false
# Set-up 1 of 2: run this first. It installs what is missing.
import importlib.util
import os
import subprocess
import sys
from pathlib import Path

COURSE = ""  # only on Colab: the git address of the course, from your instructor

if COURSE and not Path("tests").is_dir():
    subprocess.run(["git", "clone", "--depth=1", COURSE, "course"], check=True)
    os.chdir("course/exercises/06_rbm")
missing = [name for name in ("ebm", "otter") if importlib.util.find_spec(name) is None]
root = next((p for p in Path.cwd().parents if (p / "lib" / "ebm").is_dir()), None)
if missing and root is None:
    raise ModuleNotFoundError(
        f"{' and '.join(missing)} not installed. Put this notebook back into the course's "
        "folder exercises/06_rbm and run this cell again (on Colab: fill in COURSE)."
    )
if missing:
    subprocess.run([sys.executable, "-m", "pip", "install", "-q", root, "otter-grader"], check=True)
if not Path("tests").is_dir():
    print("grader.check will not work: put the exercise's folder `tests` beside this notebook.")

# %% deletable=false editable=false
# Set-up 2 of 2.
from itertools import islice

import matplotlib.pyplot as plt
import numpy as np
import otter

from ebm import data, rbm

grader = otter.Notebook(tests_dir="tests")

# %% [raw]
# # BEGIN QUESTION
# name: q1
# points: 3
# all_or_nothing: true

# %% [markdown]
# ## 1. Sum the hidden units away
#
# How much does the machine like a visible state $v$, whatever the hidden units do? Its free
# energy at the temperature $T$ is defined by
#
# $$e^{-F(v)/T} = \sum_h e^{-E(v, h)/T} .$$
#
# The sum runs over $2^{n_h}$ states. But no term of $E$ joins two hidden units. So
# $e^{-E(v,h)/T}$ is a product with one factor for each $h_j$, and the sum of all these products
# is a product of $n_h$ sums, each with two terms: $h_j = 0$ and $h_j = 1$. With pencil and paper,
# write it as such, take the logarithm, and find a formula for $F(v)$ that has only $n_h$ terms
# beside the one of $b^v$. It contains the fields $\sum_i v_i w_{ij} + b^h_j$.
#
# *By hand.* All fields 0, two hidden units, $v = (1)$, $b^v = (5)$: four hidden states of the
# same energy $-5$, so $F = -5 - T \log 4$. At $T = 2$ this is $-7.77$.
#
# **Write `free_energy`**, for one visible state. A field may be as large as 1000, and
# `np.exp(1000)` is too large for the computer; but `np.logaddexp(a, b)`, which is
# $\log(e^a + e^b)$, does not mind.

# %% [raw]
# # BEGIN SOLUTION


# %%
def free_energy(W, b_v, b_h, v, T):
    """F(v) = -T log sum_h e^(-E(v, h)/T), one number, without a sum over 2^n_h states."""
    # BEGIN SOLUTION
    return -b_v @ v - T * np.logaddexp(0, (v @ W + b_h) / T).sum()
    # END SOLUTION


free_energy(np.zeros((1, 2)), np.array([5]), np.zeros(2), np.array([1]), 2)  # by hand: -7.77

# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS


# %%
def test_two_hidden_units(free_energy):
    """Three visible and two hidden units at T = 2; the fields are 3 and 1."""
    import numpy as np

    assert callable(free_energy), "There is no function `free_energy`: run the cell that defines it"
    W = np.array([[1, -2], [3, 1], [-2, 4]])
    F = free_energy(W, np.array([1, -2, 3]), np.array([-1, 2]), np.array([1, 1, 0]), 2)
    assert F is not None, "Not answered yet? `free_energy` gives nothing back"
    assert np.size(F) == 1, "The free energy of one visible state is one number, not an array"
    F = np.asarray(F, dtype=float).item()
    mistakes = {
        -6.350981: "A visible unit that follows its bias lowers F: look at the sign of b_v.v",
        6.350981: "F is -T times the logarithm: hidden units that may be on lower F. Look at the sign",
        4.350981: "F is -T times the logarithm: look at the sign of the whole",
        -1.67549: "The logarithm is of e^(-F/T): is it multiplied by T?",
        -3.361849: "The temperature is missing: it divides each field, and multiplies the logarithm",
        -7.723698: "Each field is divided by T before it goes into the exponent",
        -5.350981: "The biases of the visible units are missing: is there a term b_v.v?",
        -4.20201: "The field on a hidden unit is v.W + b_h: is its bias in it?",
        -2.928738: "Sum over j outside of the logarithm: each hidden unit has a sum of its own, of two terms",
        -3.191223: "Sum over j outside of the logarithm: it is a product of sums, not a sum of sums",
        -3.0: "That is the lowest energy that v can have, F at T = 0: all hidden states take part",
        -2.075183: "That is the mean energy: F also counts how many hidden states there are",
    }
    hint = f"Here the free energy is -4.351; yours is {F:.4g}"
    assert np.isclose(F, -4.350981, rtol=0, atol=1e-5), mistakes.get(round(F, 6), hint)


test_two_hidden_units(free_energy)


# %%
def test_large_field(free_energy):
    """A field of 3000 at T = 1."""
    import numpy as np

    with np.errstate(all="ignore"):
        F = free_energy(np.array([[3000.0]]), np.zeros(1), np.zeros(1), np.array([1]), 1)
    assert F is not None, "Not answered yet? `free_energy` gives nothing back"
    finite = np.size(F) != 1 or np.all(np.isfinite(np.asarray(F, dtype=float)))
    assert finite, "e^3000 is too large for the computer: let np.logaddexp take the logarithm"


test_large_field(free_energy)


# %%
# HIDDEN
def test_any_machine(free_energy):
    """Random machines and temperatures, against the sum over all hidden states; large fields too."""
    from itertools import product

    import numpy as np

    rng = np.random.default_rng(61_001)
    for trial in range(40):
        n_v, n_h = 1 + trial % 6, 1 + trial % 7
        scale = 500 if trial % 4 == 3 else 1
        W, b_v, b_h = (scale * rng.normal(size=n) for n in ((n_v, n_h), n_v, n_h))
        v, T = rng.integers(0, 2, size=n_v).astype([int, float, np.int8][trial % 3]), rng.uniform(0.3, 3)
        given = W.copy(), b_v.copy(), b_h.copy(), v.copy()
        F = np.asarray(free_energy(W, b_v, b_h, v, T), dtype=float)
        assert F.size == 1, "not one number"
        E = np.array([-v @ W @ h - b_v @ v - b_h @ h for h in product([0, 1], repeat=n_h)])
        wanted = E.min() - T * np.log(np.exp(-(E - E.min()) / T).sum())
        assert np.isclose(F.item(), wanted, rtol=1e-9, atol=1e-6), "wrong free energy"
        unchanged = all(np.array_equal(x, y) for x, y in zip(given, (W, b_v, b_h, v), strict=True))
        assert unchanged, "an argument was changed"


test_any_machine(free_energy)

# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [raw]
# # BEGIN QUESTION
# name: q2
# points: 5
# all_or_nothing: true

# %% [markdown]
# ## 2. The layers take turns
#
# From here on, $T = 1$. With $v$ known, the hidden units are independent coins, and with $h$
# known the visible ones are:
#
# $$p(h_j = 1 \mid v) = \sigma\Big(\sum_i v_i w_{ij} + b^h_j\Big), \qquad
#   p(v_i = 1 \mid h) = \sigma\Big(\sum_j w_{ij} h_j + b^v_i\Big), \qquad
#   \sigma(x) = \frac{1}{1 + e^{-x}} .$$
#
# One sweep draws all $h_j$ given $v$, and then all $v_i$ given the $h$ *that was drawn*. To
# complete a picture of which a part is known, hold that part: its units keep their states, all
# others are drawn.
#
# *By hand.* Two visible units, each joined by a weight of 100 to the one hidden unit, with
# $b^v_i = -50$ and $b^h = -200$, and $v = (1, 1)$. The field on $h$ is 0: a fair coin. Each
# visible unit then has the field $+50$ or $-50$ and does what $h$ did. So you get $(1, 1)$ or
# $(0, 0)$, each half of the time, but never $(1, 0)$.
#
# **Write `sweep`.** `v` has the shape (batch, n_v): a batch of chains, one a row, that know
# nothing of each other. `known` has the shape (n_v,), 1 or True where a unit is held. Return the
# new `v` and the `h` you have drawn, of shape (batch, n_h), as arrays of 0 and 1; leave the old
# `v` as it is. Coins come from `rng`: where `p` is an array, `rng.random(p.shape) < p` tosses one
# for each of its entries.

# %% [raw]
# # BEGIN SOLUTION


# %%
def sweep(W, b_v, b_h, v, known, rng):
    """All hidden units given the visible ones, then all visible ones that are not held: (v, h)."""
    # BEGIN SOLUTION
    h = (rng.random((len(v), len(b_h))) < 1 / (1 + np.exp(-(v @ W + b_h)))).astype(int)
    new = (rng.random(v.shape) < 1 / (1 + np.exp(-(h @ W.T + b_v)))).astype(int)
    return np.where(known, v, new), h
    # END SOLUTION


W2, b2 = np.array([[100], [100]]), np.array([-50, -50])
both_on = np.array([[1, 1], [1, 1], [1, 1]])
sweep(W2, b2, np.array([-200]), both_on, np.array([0, 0]), np.random.default_rng(0))  # rows alike

# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS


# %%
def test_coins_that_are_sure(sweep):
    """Fields so large that every coin falls one way: three visible and two hidden units."""
    import numpy as np

    assert callable(sweep), "There is no function `sweep`: run the cell that defines it"
    W = np.array([[-200, 200], [200, -200], [-100, -300]])
    b_v, b_h, v = np.array([50, 50, -250]), np.array([-150, 50]), np.array([[0, 1, 1], [0, 1, 1]])
    with np.errstate(over="ignore"):
        found = sweep(W, b_v, b_h, v, np.zeros(3, dtype=int), np.random.default_rng(0))
    assert found is not None, "Not answered yet? `sweep` gives nothing back"
    assert np.array_equal(v, [[0, 1, 1], [0, 1, 1]]), "The old `v` has been overwritten: work on a copy"
    pair = isinstance(found, (tuple, list)) and len(found) == 2
    assert pair, "Return two arrays: the new `v`, and the `h` that was drawn"
    new, h = (np.asarray(x, dtype=float) for x in found)
    shapes = f"Here `v` has the shape (2, 3) and `h` (2, 2); yours have {new.shape} and {h.shape}"
    assert new.shape == (2, 3) and h.shape == (2, 2), shapes
    bits = np.isin(new, (0, 1)).all() and np.isin(h, (0, 1)).all()
    assert bits, "Return states, 0 or 1, not probabilities"
    mistakes = {
        "01010": "The field on a hidden unit is v.W + b_h: is its bias in it?",
        "00000": "The field on a visible unit is W.h + b_v: is its bias in it?",
        "11011": "A field above 0 turns a hidden unit on: look at the sign in the sigmoid",
        "00100": "A field above 0 turns a visible unit on: look at the sign in the sigmoid",
    }
    got = "".join(str(int(x)) for x in (*new[0], *h[0]))
    hint = f"Here v must become 110, with h = 00; yours became {got[:3]}, with h = {got[3:]}"
    assert got == "11000", mistakes.get(got, hint)
    assert np.array_equal(new[0], new[1]), "Both rows start alike and every coin is sure: they must end alike"


test_coins_that_are_sure(sweep)


# %%
def test_fair_coins(sweep):
    """All weights and biases 0: each unit of each of 400 chains is a fair coin."""
    import numpy as np

    v, known = np.zeros((400, 2), dtype=int), np.zeros(2, dtype=int)
    found = sweep(np.zeros((2, 3)), np.zeros(2), np.zeros(3), v, known, np.random.default_rng(1))
    assert found is not None, "Not answered yet? `sweep` gives nothing back"
    layers = [np.asarray(x, dtype=float) for x in found]
    for name, x in zip("vh", layers, strict=True):
        alike = np.unique(x, axis=0)
        fixed = f"Every chain got the same `{name}`: toss a coin for each unit of each chain"
        assert len(alike) > 1, fixed
        one = len(np.unique(x, axis=1)[0]) > 1 and all(len(set(row)) == 1 for row in x.tolist())
        assert not one, f"All units of a chain got the same `{name}`: toss a coin for each unit"
        assert abs(x.mean() - 0.5) < 0.15, f"A unit of `{name}` with the field 0 is on half of the time"
    again = sweep(np.zeros((2, 3)), np.zeros(2), np.zeros(3), v, known, np.random.default_rng(1))
    same = all(np.array_equal(x, y) for x, y in zip(layers, again, strict=True))
    assert same, "The same rng gave two results: draw from the given `rng` only"


test_fair_coins(sweep)


# %%
def test_visible_units_follow(sweep):
    """The example by hand, 200 times: the two visible units always agree."""
    import numpy as np

    v = np.ones((200, 2), dtype=int)
    arguments = np.array([[100], [100]]), np.array([-50, -50]), np.array([-200])
    found = sweep(*arguments, v, np.zeros(2, dtype=int), np.random.default_rng(2))
    assert found is not None, "Not answered yet? `sweep` gives nothing back"
    new, h = (np.asarray(x) for x in found)
    agree = np.array_equal(new[:, 0], new[:, 1])
    assert agree, "Two visible units that do what h does must agree: draw v from the h that was drawn"
    assert np.array_equal(new[:, 0], h[:, 0]), "Return the `h` from which the new `v` was drawn"


test_visible_units_follow(sweep)


# %%
def test_known_units_are_held(sweep):
    """Four visible units, two of them held against strong biases."""
    import numpy as np

    v, known = np.array([[0, 1, 0, 1]] * 3), np.array([1, 1, 0, 0])
    arguments = np.zeros((4, 1)), np.array([50, -50, 50, -50]), np.zeros(1)
    found = sweep(*arguments, v, known, np.random.default_rng(3))
    assert found is not None, "Not answered yet? `sweep` gives nothing back"
    new = np.asarray(found[0])
    assert np.array_equal(new[:, :2], v[:, :2]), "Units that are known keep their states"
    assert np.array_equal(new[:, 2:], [[1, 0]] * 3), "Units that are not known are drawn anew"


test_known_units_are_held(sweep)


# %%
# HIDDEN
def test_any_sweep(sweep):
    """Random small machines: how often each pair (v, h) comes, against p(h | v) p(v | h)."""
    from itertools import product

    import numpy as np

    rng, N = np.random.default_rng(61_002), 4000
    for trial in range(8):
        n_v, n_h = 1 + trial % 3, 1 + trial % 2
        W, b_v, b_h = rng.normal(size=(n_v, n_h)) * 2, rng.normal(size=n_v), rng.normal(size=n_h)
        start, known = rng.integers(0, 2, size=n_v), rng.integers(0, 2, size=n_v) * (trial % 2)
        batch = np.tile(start, (N, 1)).astype([int, float, np.int8][trial % 3])
        given, held = batch.copy(), known.astype([bool, int][trial % 4 // 2])
        v, h = (np.asarray(x, dtype=float) for x in sweep(W, b_v, b_h, batch, held, rng))
        assert v.shape == (N, n_v) and h.shape == (N, n_h), "wrong shape"
        assert np.array_equal(batch, given), "the old v was changed"
        for hidden in product([0, 1], repeat=n_h):
            on = 1 / (1 + np.exp(-(start @ W + b_h)))
            chance = np.prod(np.where(hidden, on, 1 - on))
            on = 1 / (1 + np.exp(-(W @ hidden + b_v)))
            on = np.where(known, start, on)
            for visible in product([0, 1], repeat=n_v):
                p = chance * np.prod(np.where(visible, on, 1 - on))
                count = np.sum((v == visible).all(axis=1) & (h == hidden).all(axis=1))
                # six standard deviations, and some more for the rare ones
                close = abs(count - N * p) < 6 * np.sqrt(N * p * (1 - p)) + 6 * (p > 0) + 0.5
                assert close, "a pair (v, h) comes too often or too rarely"


test_any_sweep(sweep)

# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [markdown]
# Your sweep at work: a machine that has learned the letters T, L and O (the library's `pcd` has
# taught it) sees the upper two rows of one and fills in the rest. Try fewer rows, in `known`: how
# many does it need to tell the three apart?

# %%
letters = data.to_bits(data.letters("TLO", "5x7")).astype(int)
rng = np.random.default_rng(7)
start = rbm.initial(35, 12, rng=rng, dtype=np.float64)
rates = np.linspace(0.2, 0, 400, endpoint=False)
*_, taught = rbm.pcd(start, letters, rng=rng, epochs=400, rate=rates, chains=60)
machine, known = taught.model, np.arange(35) < 10

fig, axes = plt.subplots(2, 3, figsize=(4.5, 4.4))
for letter, (top, bottom) in zip(letters, axes.T, strict=True):
    v = np.where(known, letter, rng.integers(0, 2, size=35))[None]
    for _ in range(50):
        found = sweep(machine.W, machine.b_v, machine.b_h, v, known, rng)
        v = v if found is None else np.asarray(found[0])
    shown = [(top, np.where(known, letter, 0.5), "seen"), (bottom, v, "completed")]
    for ax, picture, name in shown if found is not None else shown[:1]:
        ax.imshow(np.reshape(picture, (7, 5)), cmap="gray_r", vmin=0, vmax=1)
        ax.set_title(name, fontsize=9)
        ax.set_axis_off()
    bottom.set_axis_off()

# %% [raw]
# # BEGIN QUESTION
# name: q3
# points: 5
# all_or_nothing: true

# %% [markdown]
# ## 3. One step of contrastive divergence
#
# The gradient of the log-likelihood is $\langle v_i h_j \rangle_\mathrm{data}$ minus
# $\langle v_i h_j \rangle_\mathrm{model}$. CD-1 puts in place of the second average what one sees
# after a single sweep from the data. For a batch of examples $v$:
#
# 1. $p = p(h = 1 \mid v)$ for each example, and a *sample* $h$ from it;
# 2. the reconstruction $v'$, a *sample* from $p(v \mid h)$, with that sample of $h$;
# 3. $p' = p(h = 1 \mid v')$: here nothing depends on a sample of $h'$, so none is drawn.
#
# The averages are over the examples of the batch, and since the mean of $h_j$ is known once $v$
# is, they take the probability rather than the sample, which has the same mean and less noise:
#
# $$\Delta w_{ij} = \varepsilon \, \big( \langle v_i p_j \rangle - \langle v'_i p'_j \rangle \big), \qquad
#   \Delta b^v_i = \varepsilon \, \langle v_i - v'_i \rangle, \qquad
#   \Delta b^h_j = \varepsilon \, \langle p_j - p'_j \rangle .$$
#
# Why must $h$ be a sample in step 2? It is all that $v'$ learns about $v$: one bit for each
# hidden unit. A probability would let through as much as its digits can hold, and the machine
# could copy what it does not understand.
#
# *By hand.* One visible and one hidden unit, no weight, $b^v = 60$ (so $v' = 1$ for sure),
# $b^h = 0$; the one example is $v = 0$. Then $p = p' = 1/2$, and with $\varepsilon = 1$ the
# weight changes by $0 \cdot \tfrac12 - 1 \cdot \tfrac12 = -\tfrac12$, $b^v$ by $-1$, and $b^h$ by
# 0.
#
# **Write `cd1`.** It returns the new `W`, `b_v` and `b_h` and leaves the old ones as they are.

# %% [raw]
# # BEGIN SOLUTION


# %%
def cd1(W, b_v, b_h, v, rate, rng):
    """W, b_v and b_h after one step of CD-1 on a batch of examples, one a row of v."""

    # BEGIN SOLUTION
    def sigma(x):
        return 1 / (1 + np.exp(-x))

    p = sigma(v @ W + b_h)
    h = rng.random(p.shape) < p
    back = (rng.random(v.shape) < sigma(h @ W.T + b_v)).astype(int)
    p_back = sigma(back @ W + b_h)
    change = (v.T @ p - back.T @ p_back) / len(v)
    b_v, b_h = b_v + rate * (v - back).mean(axis=0), b_h + rate * (p - p_back).mean(axis=0)
    return W + rate * change, b_v, b_h
    # END SOLUTION


cd1(np.zeros((1, 1)), np.array([60.0]), np.zeros(1), np.array([[0]]), 1, np.random.default_rng(0))

# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS


# %%
def test_sure_reconstruction(cd1):
    """Biases that make the reconstruction (1, 0, 1) for sure: two examples, rate 0.2."""
    import numpy as np

    assert callable(cd1), "There is no function `cd1`: run the cell that defines it"
    W, b_v, b_h = np.log([[2.0, 3.0], [4.0, 1.0], [0.5, 2.0]]), np.array([60.0, -60.0, 60.0]), np.zeros(2)
    v = np.array([[1, 0, 0], [0, 1, 0]])
    given = W.copy(), b_v.copy(), b_h.copy(), v.copy()
    found = cd1(W, b_v, b_h, v, 0.2, np.random.default_rng(0))
    assert found is not None, "Not answered yet? `cd1` gives nothing back"
    same = all(np.array_equal(x, y) for x, y in zip(given, (W, b_v, b_h, v), strict=True))
    assert same, "An argument was changed: return new arrays, W + change rather than W += change"
    triple = isinstance(found, (tuple, list)) and len(found) == 3
    assert triple, "Return three arrays: W, b_v and b_h"
    new = [np.asarray(x, dtype=float) for x in found]
    shapes = [x.shape for x in new]
    assert shapes == [(3, 2), (3,), (2,)], f"The new W, b_v and b_h have the shapes {shapes}"
    dW, db_v, db_h = (x - y for x, y in zip(new, (W, b_v, b_h), strict=True))
    # p is (2/3, 3/4) and (4/5, 1/2); after the reconstruction it is (1/2, 6/7)
    right = 0.1 * np.array([[-1 / 3, -27 / 28], [4 / 5, 1 / 2], [-1, -12 / 7]])
    mistakes = [
        (2 * right, "Average over the examples of the batch: a sum grows with the batch"),
        (-right, "Learning lowers the energy of the data: data minus reconstruction, not the reverse"),
        (0 * right, "W has not changed at all: is the new one returned?"),
        (
            [[1 / 15, 3 / 40], [2 / 25, 1 / 20], [0, 0]],
            "The negative phase is missing: subtract the reconstruction's",
        ),
        (
            [[-2 / 25, -1 / 20], [2 / 25, 1 / 20], [-11 / 75, -1 / 8]],
            "The negative phase needs p(h | v'), worked out anew from v', the reconstruction",
        ),
        (right / 0.2, "The step is the rate times the difference: is the rate in it?"),
    ]
    hint = "The change of W is not rate (<v p> - <v' p'>) for the reconstruction v' = (1, 0, 1)"
    steps = np.round(dW * 10, 9)
    whole = np.array_equal(steps, np.round(steps)) and np.any(dW != 0)
    if whole:
        hint = "In the averages stands the probability of h, not its sample: the mean is the same, the noise less"
    for values, mistake in mistakes:
        hint = mistake if np.allclose(dW, values, rtol=0, atol=1e-7) else hint
    assert np.allclose(dW, right, rtol=0, atol=1e-7), hint
    biases = "The biases of the {} units: the rate times the mean of data minus reconstruction"
    assert np.allclose(db_v, [-0.1, 0.1, -0.2], rtol=0, atol=1e-7), biases.format("visible")
    assert np.allclose(db_h, [7 / 150, -13 / 280], rtol=0, atol=1e-7), biases.format("hidden")


test_sure_reconstruction(cd1)


# %%
def test_what_is_sampled(cd1):
    """Two visible units that do what a fair coin h does: 40 steps from the same machine."""
    import numpy as np

    W, b_v, b_h = np.array([[100.0], [100.0]]), np.array([-50.0, -50.0]), np.array([-200.0])
    rng, steps = np.random.default_rng(4), []
    for _ in range(40):
        found = cd1(W, b_v, b_h, np.array([[1, 1]]), 1.0, rng)
        assert found is not None, "Not answered yet? `cd1` gives nothing back"
        steps.append(np.asarray(found[1], dtype=float) - b_v)
    steps = np.round(np.array(steps), 6)
    whole = np.isin(steps, (0, 1)).all()
    assert whole, "The reconstruction is a sample: its units are 0 or 1, not probabilities"
    agree = np.array_equal(steps[:, 0], steps[:, 1])
    assert agree, (
        "The reconstruction is drawn from a sample of h, not from its probability: both units must agree"
    )
    moves = len(np.unique(steps)) == 2
    assert moves, "In 40 steps h, a fair coin, always fell the same way: draw it from `rng`"


test_what_is_sampled(cd1)


# %%
# HIDDEN
def test_mean_step(cd1):
    """Random small machines: the step for 2000 examples, against its exact mean."""
    from itertools import product

    import numpy as np

    def sigma(x):
        return 1 / (1 + np.exp(-x))

    rng, N = np.random.default_rng(61_003), 2000
    for trial in range(6):
        n_v, n_h, rate = 1 + trial % 3, 1 + trial % 2, rng.uniform(0.1, 2)
        W, b_v, b_h = rng.normal(size=(n_v, n_h)) * 1.5, rng.normal(size=n_v), rng.normal(size=n_h)
        examples = rng.integers(0, 2, size=(4, n_v))
        batch = np.repeat(examples, N // 4, axis=0).astype([int, float, np.int8][trial % 3])
        given = W.copy(), b_v.copy(), b_h.copy(), batch.copy()
        found = [np.asarray(x, dtype=float) for x in cd1(W, b_v, b_h, batch, rate, rng)]
        unchanged = all(np.array_equal(x, y) for x, y in zip(given, (W, b_v, b_h, batch), strict=True))
        assert unchanged, "an argument was changed"
        mean, variance = 0, 0
        for v in examples:
            on, first, second = sigma(v @ W + b_h), 0, 0
            for h in product([0, 1], repeat=n_h):
                chance, drawn = np.prod(np.where(h, on, 1 - on)), sigma(W @ h + b_v)
                for back in product([0, 1], repeat=n_v):
                    p = chance * np.prod(np.where(back, drawn, 1 - drawn))
                    late = sigma(back @ W + b_h)
                    parts = np.outer(v, on) - np.outer(back, late), v - np.array(back), on - late
                    step = rate * np.concatenate([part.ravel() for part in parts])
                    first, second = first + p * step, second + p * step**2
            mean, variance = mean + first / 4, variance + (second - first**2) / 4
        step = np.concatenate([(x - y).ravel() for x, y in zip(found, given, strict=False)])
        assert step.shape == mean.shape, "wrong shape"
        error = np.sqrt(np.maximum(variance, 0) / N)
        assert np.all(abs(step - mean) < 6 * error + rate / N * 6 + 1e-9), "the mean step is not that of CD-1"
        spread = error > 10 * rate / N
        assert np.any(step[spread] != mean[spread]) or not spread.any(), "nothing was sampled"


test_mean_step(cd1)

# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [markdown]
# Your step, a thousand times, on the 14 bars and stripes of $3 \times 3$ units. Each picture
# should get the share 1/14 = 0.071; before learning, each has about 1/512.

# %%
bars = data.bars_and_stripes(3).astype(int)
rng = np.random.default_rng(5)
theta = rng.normal(0, 0.1, (9, 9)), np.zeros(9), np.zeros(9)
for _ in range(1000):
    theta = cd1(*theta, bars, 0.3, rng) or theta
shares = np.exp(rbm.log_likelihood(rbm.RBM(*theta), bars))
print(
    "together",
    shares.sum().round(3),
    "  the least",
    shares.min().round(4),
    "  the most",
    shares.max().round(4),
)

# %% [raw]
# # BEGIN QUESTION
# name: q4
# points: 3
# all_or_nothing: true

# %% [markdown]
# ## 4. The truth, by listing
#
# $p(v) = e^{-F(v)} / Z$, where $Z$ is the sum over all states of both layers. Listed one by one,
# these are $2^{n_v + n_h}$. But question 1 works in both directions: hold $h$, and the *visible*
# units can be summed away. What is left is a sum over the hidden states alone:
#
# $$Z = \sum_h e^{\sum_j b^h_j h_j} \prod_i \big( 1 + e^{\sum_j w_{ij} h_j + b^v_i} \big) .$$
#
# *By hand.* No weights, no biases, three visible units and two hidden ones: $Z = 4 \cdot 8 = 32$,
# $e^{-F(v)} = 4$ for each $v$, so $\log p(v) = \log(4/32) = -2.08$.
#
# **Write `log_likelihood`.** It returns $\log p(v)$ for each row of `v`, shape (batch,). There
# are at most 10 hidden units, but there may be hundreds of visible ones; so list the hidden
# states (`itertools.product([0, 1], repeat=n_h)` or `rbm.states(n_h)` gives them), and stay with
# logarithms: `np.logaddexp.reduce(x)` is the logarithm of the sum of all $e^x$.

# %% [raw]
# # BEGIN SOLUTION


# %%
def log_likelihood(W, b_v, b_h, v):
    """log p(v) for each row of v, by listing the hidden states."""
    # BEGIN SOLUTION
    h = rbm.states(len(b_h))
    log_Z = np.logaddexp.reduce(h @ b_h + np.logaddexp(0, h @ W.T + b_v).sum(axis=1))
    return v @ b_v + np.logaddexp(0, v @ W + b_h).sum(axis=1) - log_Z
    # END SOLUTION


log_likelihood(np.zeros((3, 2)), np.zeros(3), np.zeros(2), np.array([[0, 1, 1]]))  # by hand: -2.08

# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS


# %%
def test_three_and_two(log_likelihood):
    """Three visible and two hidden units, two examples."""
    import numpy as np

    assert callable(log_likelihood), "There is no function `log_likelihood`: run the cell that defines it"
    W, b_v, b_h = np.array([[1, -2], [3, 1], [-2, 4]]), np.array([1, -2, 3]), np.array([-1, 2])
    found = log_likelihood(W, b_v, b_h, np.array([[1, 1, 0], [0, 0, 1]]))
    assert found is not None, "Not answered yet? `log_likelihood` gives nothing back"
    found = np.asarray(found, dtype=float)
    assert found.shape == (2,), f"One number for each example, here the shape (2,), not {found.shape}"
    right = np.array([-6.642457, -0.953243])
    mistakes = [
        (
            [3.361849, 9.051063],
            "That is -F(v): a probability is e^(-F) divided by Z, so log Z is still to be subtracted",
        ),
        ([-13.366155, -19.055369], "p(v) is e^(-F)/Z: look at the sign of F"),
        ([13.366155, 19.055369], "Z divides: log Z is subtracted, not added"),
        ([-8.819011, -3.129797], "Hidden units are 0 or 1: these are the states of a list of +1 and -1"),
        ([-5.107339, 0.581875], "In Z each hidden state has its own factor: is e^(b_h.h) in it?"),
        ([-4.801317, 0.887898], "The visible units of Z have biases too: is b_v in their fields?"),
        ([0.001304, 0.385489], "That is p(v): its logarithm is asked for"),
    ]
    hint = f"Here log p is -6.642 and -0.953; yours is {found[0]:.4g} and {found[1]:.4g}"
    for values, mistake in mistakes:
        hint = mistake if np.allclose(found, values, rtol=0, atol=1e-4) else hint
    assert np.allclose(found, right, rtol=0, atol=1e-5), hint


test_three_and_two(log_likelihood)


# %%
def test_large_machine(log_likelihood):
    """900 visible units: Z is larger than any number the computer has."""
    import numpy as np

    with np.errstate(all="ignore"):
        found = log_likelihood(np.zeros((900, 2)), np.full(900, 2.0), np.zeros(2), np.ones((1, 900)))
    assert found is not None, "Not answered yet? `log_likelihood` gives nothing back"
    found = np.asarray(found, dtype=float)
    assert np.isfinite(found).all(), "Z is too large for the computer here: keep to log Z throughout"
    one = found.size == 1 and np.isclose(found.ravel()[0], -114.2352, rtol=0, atol=1e-3)
    assert one, (
        "Of 900 independent units, each on with p = 0.88, all are on with log p = 900 log 0.88 = -114.2"
    )


test_large_machine(log_likelihood)


# %%
# HIDDEN
def test_all_states_sum_to_one(log_likelihood):
    """Random small machines: against the list of all states; large ones: against independent units."""
    from itertools import product

    import numpy as np

    rng = np.random.default_rng(61_004)
    for trial in range(20):
        n_v, n_h = 1 + trial % 5, 1 + trial % 4
        W, b_v, b_h = (2 * rng.normal(size=n) for n in ((n_v, n_h), n_v, n_h))
        every = np.array(list(product([0, 1], repeat=n_v))).astype([int, float, np.int8][trial % 3])
        given = every.copy()
        hidden = list(product([0, 1], repeat=n_h))
        weight = np.array([sum(np.exp(v @ W @ h + b_v @ v + b_h @ h) for h in hidden) for v in every])
        found = np.asarray(log_likelihood(W, b_v, b_h, every), dtype=float)
        assert found.shape == (2**n_v,), "wrong shape"
        assert np.allclose(found, np.log(weight / weight.sum()), rtol=0, atol=1e-6), "wrong log-likelihood"
        assert np.array_equal(every, given), "the examples were changed"
    W, b_v = np.outer(rng.normal(size=500), [0, 0, 1]), 2 * rng.normal(size=500)
    v = rng.integers(0, 2, size=(3, 500))
    found = log_likelihood(W, b_v, np.array([1.0, -2.0, -5000.0]), v)  # the third hidden unit is never on
    wanted = v @ b_v - np.logaddexp(0, b_v).sum()
    assert np.allclose(found, wanted, rtol=0, atol=1e-5), "wrong log-likelihood of a large machine"


test_all_states_sum_to_one(log_likelihood)

# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [raw]
# # BEGIN QUESTION
# name: q5
# points: 4
# all_or_nothing: true

# %% [markdown]
# ## 5. Two gauges
#
# Every program for such machines prints the error of reconstruction: how well the data come back
# after one step up and one down. The log-likelihood, which is what learning is about, is printed
# by hardly any, because it needs $Z$. On a machine of nine visible units we can have both.
#
# **Write `read_off`.** `epochs` is what the library's training gives: records with `record.epoch`
# (its number), `record.model` (the machine at that time) and `record.error` (the error of
# reconstruction). `pictures` are the data. Return three numbers: the number of the epoch at which
# the mean of `rbm.log_likelihood(record.model, pictures)` over the pictures is highest, this
# highest mean, and the mean at the last record.
#
# **Then measure.** The cell below trains eight machines on bars and stripes by CD-1, with a
# record every 25 epochs, and reads off each. `best` is the mean over the eight of the epoch of
# the highest log-likelihood, `lost` is the mean of highest minus last, in nats. Before you run
# it: will the error of reconstruction be larger at the end than at the best epoch, or smaller?

# %% [raw]
# # BEGIN SOLUTION


# %%
def read_off(epochs, pictures):
    """Epoch of the highest mean log-likelihood, this mean, and the mean at the last record."""
    # BEGIN SOLUTION
    best, highest, last = None, -np.inf, None
    for record in epochs:
        last = np.mean(rbm.log_likelihood(record.model, pictures))
        if last > highest:
            best, highest = record.epoch, last
    return best, highest, last
    # END SOLUTION


# %%
pictures = data.bars_and_stripes(3)
found, curves = [], []
for seed in range(8):
    rng = np.random.default_rng(600 + seed)
    start = rbm.initial(9, 9, rng=rng, scale=0.1, dtype=np.float64)
    epochs = rbm.online(start, pictures, rng=rng, epochs=1500, rate=0.3)
    curves.append(list(islice(epochs, 24, None, 25)))
    found.append(read_off(curves[-1], pictures))

best = np.mean([one[0] for one in found])  # SOLUTION
lost = np.mean([one[1] - one[2] for one in found])  # SOLUTION

print("best epoch", best, "  lost since then", lost, "nats")

# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS


# %%
def test_planted_curve(read_off):
    """Five records of which everything is known: the highest likelihood is at epoch 30."""
    import numpy as np

    from ebm import rbm

    assert callable(read_off), "There is no function `read_off`: run the cell that defines it"
    biases, errors = [0.0, 2.0, 1.0, -1.0, -3.0], [0.5, 0.3, 0.2, 0.05, 0.1]
    records = [
        rbm.Epoch(10 * k + 10, rbm.RBM(np.zeros((1, 2)), b_v=[b]), error, np.zeros((1, 1), dtype=int))
        for k, (b, error) in enumerate(zip(biases, errors, strict=True))
    ]
    found = read_off(iter(records), np.array([[1], [1], [1], [0]]))
    assert found is not None, "Not answered yet? `read_off` gives nothing back"
    triple = isinstance(found, (tuple, list)) and len(found) == 3 and all(np.size(x) == 1 for x in found)
    assert triple, "Return three numbers: the best epoch, the highest mean, and the last mean"
    best, highest, last = (np.asarray(x, dtype=float).item() for x in found)
    which = {
        40: "That is the epoch of the lowest error of reconstruction: look for the highest likelihood",
        50: "That is the last epoch, or the one of the lowest likelihood: look for the highest",
        2: "That is the place in the list, counted from 0: return `record.epoch`",
        3: "That is the place in the list, counted from 1: return `record.epoch`",
        20: "Compare means of log p(v) over all pictures: not of -F(v), where Z is missing, nor of p(v)",
    }
    hint = f"Here the likelihood is highest at epoch 30; you found {best:.4g}"
    assert best == 30, which.get(best, hint)
    total = "That is the sum over the four pictures: take the mean"
    hint = f"The highest mean log-likelihood is -0.5633 here; yours is {highest:.4g}"
    hint = total if np.isclose(highest, -2.253046, rtol=0, atol=1e-4) else hint
    assert np.isclose(highest, -0.563262, rtol=0, atol=1e-4), hint
    hint = f"The mean at the last record is -2.299; yours is {last:.4g}"
    assert np.isclose(last, -2.298587, rtol=0, atol=1e-4), hint


test_planted_curve(read_off)


# %%
def test_two_numbers(best, lost):
    """The numbers read off: eight machines of 9 and 9 units."""
    import numpy as np

    missing = [x is None or x is Ellipsis for x in (best, lost)]
    assert not any(missing), "Not answered yet: `best` and `lost` are still `...`"
    assert np.size(best) == 1 and np.size(lost) == 1, (
        "`best` and `lost` are one number each, means over the machines"
    )
    best, lost = np.asarray(best, dtype=float).item(), np.asarray(lost, dtype=float).item()
    late = (
        "At the last epochs? The likelihood peaks long before: look for the highest, not for the lowest error"
    )
    assert best < 1200, late
    assert best > 100, "`best` is a number of epochs: a few hundred, not a place in the list"
    assert lost > 0, "`lost` is the highest mean minus the last one, which is lower"
    assert lost < 3.6, "That is too much to lose: the mean over 14 pictures and 8 machines, not a sum"


test_two_numbers(best, lost)


# %%
# HIDDEN
def test_any_curve(read_off):
    """Random machines as records, against the list of all states."""
    from itertools import product

    import numpy as np

    from ebm import rbm

    rng = np.random.default_rng(61_005)
    for trial in range(12):
        n_v, n_h, count = 1 + trial % 4, 1 + trial % 3, 3 + trial
        every = np.array(list(product([0, 1], repeat=n_v)))
        shown = rng.integers(0, len(every), size=5)
        records, means = [], []
        for k in range(count):
            W, b_v, b_h = (2 * rng.normal(size=n) for n in ((n_v, n_h), n_v, n_h))
            records.append(rbm.Epoch(7 * k + 3, rbm.RBM(W, b_v, b_h), rng.random(), every[:1]))
            minus_F = every @ b_v + np.logaddexp(0, every @ W + b_h).sum(axis=1)
            means.append((minus_F - np.logaddexp.reduce(minus_F))[shown].mean())
        given = iter(records) if trial % 2 else records
        found = [np.asarray(x, dtype=float).item() for x in read_off(given, every[shown])]
        wanted = [7 * np.argmax(means) + 3, max(means), means[-1]]
        assert np.allclose(found, wanted, rtol=0, atol=1e-6), "wrong epoch or wrong likelihood"


test_any_curve(read_off)


# %%
# HIDDEN
def test_numbers_against_many_machines(best, lost):
    """Within five standard errors of the means of 120 other machines."""
    import numpy as np

    assert abs(np.asarray(best, dtype=float).item() - 430) < 5 * 97, "best"
    assert abs(np.asarray(lost, dtype=float).item() - 1.77) < 5 * 0.342, "lost"


test_numbers_against_many_machines(best, lost)

# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [markdown]
# Both gauges of one of the machines. Try another one of `curves`: do the two ever agree about
# when it would have been best to stop?

# %%
fig, axes = plt.subplots(1, 2, figsize=(7, 3), layout="constrained")
at = [record.epoch for record in curves[0]]
axes[0].plot(at, [rbm.log_likelihood(record.model, pictures).mean() for record in curves[0]])
axes[0].axhline(-np.log(14), color="0.5", linestyle=":")
axes[0].set(xlabel="epochs", ylabel="log-likelihood (nats)", title="what learning is about")
axes[1].plot(at, [record.error for record in curves[0]], color="#D55E00")
axes[1].set(xlabel="epochs", ylabel="error", yscale="log", title="what is printed")
plt.show()

# %% [raw]
# # BEGIN QUESTION
# name: q6
# points: 4
# manual: true

# %% [markdown]
# ## 6. A letter to a colleague
#
# A colleague has trained a machine of 784 visible and 500 hidden units by CD-1. She writes: "The
# error of reconstruction fell from 0.2 to 0.01 and is still falling, so my machine has learned
# the distribution of the digits. I will train it twice as long." Answer her in 150 to 250 words.
#
# A reader marks this question. There is one point for each of these:
#
# - **What the error measures.** What a low error says about the chain or the landscape, and why
#   it can fall while the model gets worse: a mechanism, not only the fact.
# - **Why CD-1 lets it happen.** What its negative phase does not see, and what in your own work
#   shows it: a number from question 5, or from a machine you trained yourself.
# - **What to measure.** One thing that can be measured on *her* machine, where $Z$ cannot be
#   listed, and in which direction it errs, or what it leaves out.
# - **What to do.** One change of the training, why it helps, what it costs or requires; and a
#   conclusion that claims no more than that.
#
# Style and length bring no points and cost none.

# %% [raw]
# # BEGIN SOLUTION

# %% [markdown]
# *One answer that gets 4 points (there are others).* The error asks whether a digit comes back
# after one step up and one step down. It does so all the better, the steeper the walls of the
# valley in which it lies; but it says nothing about how deep this valley is beside the others,
# and this is what decides how probable the digit is. So the error may fall while the probability
# moves to a few digits. CD-1 lets it happen because its chains start at the data and end after
# one sweep, in the same valley: the negative phase never compares two valleys, nor sees one that
# is far from all data. I trained eight small machines, where everything can be listed: the
# log-likelihood was highest after some 600 epochs on average and then fell by two nats until
# epoch 1500, while the error of seven of the eight went on falling. On your machine, estimate log
# Z by annealed importance sampling, and from it the log-likelihood of digits it has not seen.
# Mind that such an estimate of log Z tends to be too low, so that your model looks too good;
# chains that go the other way give one that is too high. And let the chains of the negative phase
# run on from step to step instead of starting them at the data (PCD). It costs the same, but the
# rate must fall, or the chains do not keep up. I cannot say from here that your machine is bad.
# The error cannot say that it is good.
#
# **For the reader who marks.**
#
# - *What the error measures.* Staying in place, a local property. "It is only a proxy", or "it
#   overfits", without what goes wrong: no point. Overfitting is another matter: in question 5 the
#   pictures are all there are.
# - *Why CD-1.* The chain is near its start, so distant or relatively too deep valleys are not
#   unlearned. It needs a number of the student's own, right in size. "CD-1 is biased" alone: no
#   point.
# - *What to measure.* Annealed importance sampling (log Z too low on average, the model looks too
#   good); the pseudo-likelihood (local too, may be fooled in the same way); samples of long
#   chains beside data (by eye, and a chain may be stuck); the free energy of training beside that
#   of unseen digits (tells overfitting, not whether there are other valleys). Without its
#   weakness: no point.
# - *What to do.* PCD with a falling rate, CD-k with more sweeps, tempering, weight decay,
#   stopping by an estimate of the likelihood. "Train longer", or "use a better model": no point,
#   nor if the conclusion is that her machine must be bad.

# %% [raw]
# # END SOLUTION

# %% [raw]
# # END QUESTION

# %% [markdown]
# You have taught a machine by a rule that is, strictly speaking, wrong, and seen both why one
# uses it and where it leads. What the hidden layer has found can be what a next machine sees:
# stacked in this way, such machines made the deep networks of 2006, and exercise 7.
#
# *Text: [CC BY 4.0](https://creativecommons.org/licenses/by/4.0/). Code: BSD 3-Clause. See
# [LICENSE](../../LICENSE).*
