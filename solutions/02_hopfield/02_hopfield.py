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
# # Exercise 2: a network that remembers
#
# You will build a Hopfield network out of four small functions, let it repair damaged
# letters, and then measure how much it stores before it begins to forget. Read
# [chapter 2](../../book/02_hopfield.ipynb) first. Allow about 110 minutes; there are 24 points,
# 4 of them for an open question at the end, which a reader marks.
#
# **How it grades itself.** Each question has a cell with `...` where your answer goes. The
# cell below it, `grader.check`, says at once whether the answer is right and, if not, what
# may have gone wrong. When you hand in, your functions are tried on other networks too:
# write them for any n. No question needs your answer to another, so you may skip one.
#
# **Conventions.** A network has n units, numbered from 0, with states $s_i = \pm 1$, which
# have no unit. Weights $w_{ij} = w_{ji}$, biases $b_i$ and energies are all measured in the
# same unit of energy. In code, `W` has shape (n, n); `b` and `s` have shape (n,).

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
    os.chdir("course/exercises/02_hopfield")
missing = [name for name in ("ebm", "otter") if importlib.util.find_spec(name) is None]
root = next((p for p in Path.cwd().parents if (p / "lib" / "ebm").is_dir()), None)
if missing and root is None:
    raise ModuleNotFoundError(
        f"{' and '.join(missing)} not installed. Put this notebook back into the course's "
        "folder exercises/02_hopfield and run this cell again (on Colab: fill in COURSE)."
    )
if missing:
    subprocess.run([sys.executable, "-m", "pip", "install", "-q", root, "otter-grader"], check=True)
if not Path("tests").is_dir():
    print("grader.check will not work: put the exercise's folder `tests` beside this notebook.")

# %% deletable=false editable=false
# Set-up 2 of 2.
import matplotlib.pyplot as plt
import numpy as np
import otter
from scipy.special import erfc

from ebm import data, hopfield

grader = otter.Notebook(tests_dir="tests")

# %% [raw]
# # BEGIN QUESTION
# name: q1
# points: 3
# all_or_nothing: true

# %% [markdown]
# ## 1. The energy of a state
#
# A positive weight wants its two units to agree, a negative one wants them to differ, and a
# bias wants its unit up or down. The energy is the lower, the more of them get their way:
#
# $$E(s) = -\sum_{i<j} w_{ij} s_i s_j - \sum_i b_i s_i
#        = -\tfrac12 \sum_{ij} w_{ij} s_i s_j - \sum_i b_i s_i .$$
#
# The second form is a matrix product, quick to write and quick to run. It meets each pair
# twice, once as $(i, j)$ and once as $(j, i)$: hence the 1/2.
#
# *By hand.* Three units with $w_{01} = 1$, $w_{02} = -2$, $w_{12} = 3$ and
# $b = (1, 2, -1)$, all of them up: the pairs give $1 - 2 + 3 = 2$, the biases
# $1 + 2 - 1 = 2$, so $E = -2 - 2 = -4$.
#
# **Write `energy`.**

# %%
W3 = np.array([[0, 1, -2], [1, 0, 3], [-2, 3, 0]])
b3 = np.array([1, 2, -1])

# %% [raw]
# # BEGIN SOLUTION


# %%
def energy(W, b, s):
    """E(s) = -1/2 s.W.s - b.s, one number."""
    # BEGIN SOLUTION
    return -0.5 * s @ W @ s - b @ s
    # END SOLUTION


energy(W3, b3, np.array([1, 1, 1]))  # by hand: -4

# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS


# %%
def test_three_units(energy):
    """Three units, small enough to do by hand."""
    import numpy as np

    assert callable(energy), "There is no function `energy`: run the cell that defines it"
    W = np.array([[0, 1, -2], [1, 0, 3], [-2, 3, 0]])
    E = energy(W, np.array([1, 2, -1]), np.array([1, -1, 1]))
    assert E is not None, "Not answered yet? `energy` gives nothing back"
    assert np.size(E) == 1, "The energy of a state is one number, not an array"
    E = np.asarray(E, dtype=float).item()
    mistakes = {
        14: "Each pair is counted twice in s.W.s: is there a factor 1/2?",
        5: "Each pair is counted half: the 1/2 goes with the sum over all i and j, not over pairs",
        7: "The factor 1/2 belongs to the pairs only: a bias acts on one unit and counts once",
        -8: "A pair that gets its way lowers the energy: look at the sign of the whole",
        -4: "A pair that gets its way lowers the energy: look at the sign of the first term",
        4: "A unit that follows its bias lowers the energy: look at the sign of b.s",
        6: "The biases are missing: is there a term b.s?",
    }
    hint = f"For `W3`, `b3` and s = (1, -1, 1) the energy is 8; yours is {E:.4g}"
    assert np.isclose(E, 8), mistakes.get(round(E, 6), hint)


test_three_units(energy)


# %%
# HIDDEN
def test_any_network(energy):
    """Random networks of 1 to 12 units, against a sum over pairs."""
    import numpy as np

    rng = np.random.default_rng(21_001)
    for trial in range(60):
        n = 1 + trial % 12
        W = np.triu(rng.normal(size=(n, n)), 1)
        W = W + W.T
        b = rng.normal(size=n)
        s = rng.choice([-1, 1], size=n).astype([int, float, np.int8][trial % 3])
        given = W.copy(), b.copy(), s.copy()
        E = np.asarray(energy(W, b, s), dtype=float)
        pairs = sum(W[i, j] * s[i] * s[j] for i in range(n) for j in range(i))
        assert E.size == 1, "not one number"
        assert np.isclose(E.item(), -pairs - sum(b * s), rtol=0, atol=1e-6), "wrong energy"
        unchanged = all(np.array_equal(x, y) for x, y in zip(given, (W, b, s), strict=True))
        assert unchanged, "an argument was changed"


test_any_network(energy)

# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [raw]
# # BEGIN QUESTION
# name: q2
# points: 3
# all_or_nothing: true

# %% [markdown]
# ## 2. Hebb's rule
#
# To store a pattern $\xi$, let each pair of units that agree in it attract and each pair
# that differ repel. With P patterns, one a row of `patterns`, add up their votes:
#
# $$w_{ij} = \frac1n \sum_{\mu=1}^{P} \xi_i^\mu \xi_j^\mu \quad (i \ne j), \qquad w_{ii} = 0 .$$
#
# - Why $1/n$: in a stored pattern, each of the $n - 1$ other units pulls a unit with $1/n$.
#   The pull adds up to about 1 however large the network is.
# - Why $w_{ii} = 0$: since $s_i^2 = 1$, a weight from a unit to itself would only shift all
#   energies by the same amount. But it would make the unit stick to whatever state it is in.
#
# *By hand.* The single pattern $(1, 1, -1)$: $w_{01} = 1/3$ and $w_{02} = w_{12} = -1/3$.
#
# **Write `hebb`.** It takes the patterns, shape (P, n), and returns the weights, shape (n, n).

# %% [raw]
# # BEGIN SOLUTION


# %%
def hebb(patterns):
    """Weights that store the patterns, one a row; zero diagonal."""
    # BEGIN SOLUTION
    W = patterns.T @ patterns / patterns.shape[1]
    np.fill_diagonal(W, 0)
    return W
    # END SOLUTION


hebb(np.array([[1, 1, -1]]))  # by hand: 0 on the diagonal, 1/3 and -1/3 off it

# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS


# %%
def test_weights_between_units(hebb):
    """Three patterns of five units: the weights off the diagonal."""
    import numpy as np

    assert callable(hebb), "There is no function `hebb`: run the cell that defines it"
    W = hebb(np.array([[1, 1, 1, -1, -1], [1, -1, 1, 1, -1], [-1, -1, 1, 1, 1]]))
    assert W is not None, "Not answered yet? `hebb` gives nothing back"
    W = np.asarray(W, dtype=float)
    shape = f"W joins units to units: for 3 patterns of 5 units its shape is (5, 5), not {W.shape}"
    assert W.shape == (5, 5), shape
    i, j = np.triu_indices(5, 1)
    assert np.allclose(W, W.T), "Units i and j share one weight: W must be symmetric"
    votes = np.array([1, 1, -1, -3, -1, -3, -1, 1, -1, 1])
    mistakes = {
        5 / 3: "Divide by the number of units n, not by the number of patterns P",
        5.0: "The sum over the patterns still has to be divided by n, the number of units",
        1 / 3: "Divide by n only: Hebb's rule adds the patterns up, it does not average them",
        5 / 4: "Divide by n, not by n - 1",
        -1.0: "Units that agree in a pattern should attract: look at the sign",
    }
    strange = np.sum(~np.isclose(W[i, j], votes / 5))
    hint = f"Of the 10 weights off the diagonal {strange} differ from the votes divided by n"
    for factor, mistake in mistakes.items():
        hint = mistake if np.allclose(W[i, j], factor * votes / 5) else hint
    assert np.allclose(W[i, j], votes / 5), hint


test_weights_between_units(hebb)


# %%
def test_no_unit_pushes_itself(hebb):
    """The diagonal."""
    import numpy as np

    W = hebb(np.array([[1, 1, 1, -1, -1], [1, -1, 1, 1, -1], [-1, -1, 1, 1, 1]]))
    assert W is not None, "Not answered yet? `hebb` gives nothing back"
    units = np.shape(W) == (5, 5)
    assert not units or np.allclose(np.diag(W), 0), "A unit does not push itself: the diagonal of W must be 0"


test_no_unit_pushes_itself(hebb)


# %%
# HIDDEN
def test_any_patterns(hebb):
    """Random patterns, against one weight at a time."""
    import numpy as np

    rng = np.random.default_rng(21_002)
    for trial in range(30):
        n, P = rng.integers(2, 15, size=2)
        patterns = rng.choice([-1, 1], size=(P, n)).astype([int, float, np.int8][trial % 3])
        given = patterns.copy()
        W = np.asarray(hebb(patterns), dtype=float)
        assert W.shape == (n, n), "wrong shape"
        for i in range(n):
            for j in range(n):
                wanted = sum(int(x[i]) * int(x[j]) for x in given) / n if i != j else 0
                assert np.isclose(W[i, j], wanted, rtol=0, atol=1e-6), "wrong weight"
        assert np.array_equal(patterns, given), "the patterns were changed"


test_any_patterns(hebb)

# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [raw]
# # BEGIN QUESTION
# name: q3
# points: 5
# all_or_nothing: true

# %% [markdown]
# ## 3. One sweep downhill
#
# Unit $i$ enters the energy only through $-s_i \, \mathrm{field}_i$, where
#
# $$\mathrm{field}_i = \sum_j w_{ij} s_j + b_i .$$
#
# Flipping it turns $s_i$ into $-s_i$, so the energy changes by
# $\Delta E = 2 s_i \, \mathrm{field}_i$. A unit that points against its field lowers the
# energy by flipping. One that points along it stays. And one whose field is exactly 0 has
# nothing to gain: it keeps its state (mind that `np.sign(0)` is 0, which is not a state).
#
# Units take turns: each looks at the *newest* states of the others. One turn for every unit
# is a sweep. The library draws a random order; here the order is an argument, so that your
# answer can be compared with ours.
#
# *By hand.* Two units that want to agree, $w_{01} = 1$, no biases, $s = (1, -1)$, order
# (0, 1). Unit 0 has the field $-1$ and flips: $s = (-1, -1)$. Unit 1 now has the field $-1$
# and stays. One flip, and the network is at rest. Had both looked at the old state, both
# would have flipped, to $(-1, 1)$, and back again in the next sweep, forever.
#
# **Write `sweep`.** It changes the array `s` itself (`s[i] = -s[i]`, no copy) and returns the
# number of units that flipped.

# %% [raw]
# # BEGIN SOLUTION


# %%
def sweep(W, b, s, order):
    """Visit the units in this order; flip those that point against their field."""
    # BEGIN SOLUTION
    flips = 0
    for i in order:
        if s[i] * (W[i] @ s + b[i]) < 0:
            s[i] = -s[i]
            flips += 1
    return flips
    # END SOLUTION


s = np.array([1, -1])
sweep(np.array([[0, 1], [1, 0]]), np.zeros(2), s, [0, 1]), s  # by hand: 1, (-1, -1)

# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS


# %%
def test_four_units(sweep):
    """Four units, visited in the order 1, 2, 0, 3."""
    import numpy as np

    assert callable(sweep), "There is no function `sweep`: run the cell that defines it"
    W = np.array([[0, 1, -1, -2], [1, 0, 0, 2], [-1, 0, 0, 0], [-2, 2, 0, 0]])
    b = np.array([1, 0, 0, -1])
    s = np.array([-1, 1, 1, -1])
    flips = sweep(W, b, s, np.array([1, 2, 0, 3]))
    after = "".join(np.where(s > 0, "+", "-"))
    assert flips is not None or after != "-++-", "Not answered yet: `sweep` does nothing"
    mistakes = {
        "-++-": "No unit has flipped in `s`: change the array you are given, not a copy of it",
        "+-++": "Update one unit at a time: unit 0 must see the new unit 1",
        "-+--": "The field pulls a unit towards its own sign: look at the sign",
        "+---": "Visit the units in the given order: here 1, 2, 0, 3",
        "--+-": "The field is sum_j w_ij s_j + b_i: is the bias in it?",
        "--++": "The bias is added to the field: look at its sign",
        "-+++": "Visit the units in the given order: here 1, 2, 0, 3, first to last",
    }
    hint = f"From -++- the sweep should lead to +-+-, and yours led to {after}"
    assert np.all(np.abs(s) == 1), "Every state must stay +1 or -1"
    assert after == "+-+-", mistakes.get(after, hint)
    assert np.size(flips) == 1 and flips is not None, "Return the number of flips, one number"
    assert flips == 2, f"Two units flip here, 1 and 0, but {flips} were reported"


test_four_units(sweep)


# %%
def test_field_of_zero(sweep):
    """Where nothing pulls, nothing moves."""
    import numpy as np

    s = np.array([1, -1, 1])
    flips = sweep(np.zeros((3, 3)), np.zeros(3), s, np.array([2, 0, 1]))
    assert flips is not None, "Not answered yet? `sweep` gives nothing back"
    assert np.array_equal(s, [1, -1, 1]), "A unit whose field is exactly 0 keeps its state"
    assert np.size(flips) > 1 or flips == 0, "A unit that keeps its state does not count as a flip"


test_field_of_zero(sweep)


# %%
# HIDDEN
def test_any_sweep(sweep):
    """Random networks and orders, against the recomputed energy of every flip."""
    import numpy as np

    def E(W, b, s):
        n = len(s)
        return -sum(W[i, j] * s[i] * s[j] for i in range(n) for j in range(i)) - sum(b * s)

    rng = np.random.default_rng(21_003)
    for trial in range(40):
        n = 2 + trial % 11
        W = np.triu(rng.normal(size=(n, n)), 1)
        W = W + W.T
        b = rng.normal(size=n)
        if trial % 4 == 0:  # whole numbers: many fields are exactly 0
            W, b = np.round(W), np.zeros(n)
        s = rng.choice([-1, 1], size=n).astype([int, float, np.int8][trial % 3])
        order = rng.permutation(n)
        wanted, count = s.copy(), 0
        for i in order:
            flipped = wanted.copy()
            flipped[i] = -flipped[i]
            if E(W, b, flipped) < E(W, b, wanted) - 1e-9:
                wanted, count = flipped, count + 1
        given = W.copy(), b.copy(), order.copy()
        flips = sweep(W, b, s, order)
        assert np.array_equal(s, wanted), "wrong state"
        assert flips == count, "wrong number of flips"
        unchanged = all(np.array_equal(x, y) for x, y in zip(given, (W, b, order), strict=True))
        assert unchanged, "an argument was changed"


test_any_sweep(sweep)

# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [markdown]
# Predict before you run: 100 units, weights drawn at random, a random start. Which way does
# the energy go from sweep to sweep, and the number of flips?

# %%
rng = np.random.default_rng(3)
W = np.triu(rng.normal(size=(100, 100)), 1)
glass = hopfield.Hopfield(W + W.T)
s, order = rng.choice([-1, 1], size=100), rng.permutation(100)
for _ in range(6):
    print(f"E = {hopfield.energy(glass, s):7.1f}   flips:", sweep(glass.W, glass.b, s, order))

# %% [raw]
# # BEGIN QUESTION
# name: q4
# points: 4
# all_or_nothing: true

# %% [markdown]
# ## 4. Recall
#
# Every flip lowers the energy and there are only $2^n$ states, so the sweeps must come to an
# end: a sweep without a flip. Where the network then rests is what it recalls.
#
# *By hand.* Four units in a row as dominoes: $w_{01} = 1$, $w_{12} = 2$, $w_{23} = 3$, the
# last one pushed by $b_3 = 4$, all at $-1$, order (0, 1, 2, 3). In the first sweep unit 3 has
# the field $-3 + 4 = 1$ and flips. Unit 2 was visited too early to notice; it follows in the
# second sweep with $-2 + 3 = 1$, unit 1 in the third, unit 0 in the fourth. The fifth finds
# nothing to do.
#
# **Write `recall`.** It calls `sweep(W, b, s, order)` until nothing flips and returns the last
# state. Unlike `sweep` it leaves the start as it was, so work on a copy. The sweep to use is
# the argument `sweep`: yours, unless another is handed in, as the check does. (Stop
# after 100 sweeps in any case: then a slip in your `sweep` cannot hang the notebook.)

# %% [raw]
# # BEGIN SOLUTION


# %%
def recall(W, b, s, order, sweep=sweep):
    """The state where the network comes to rest; `s` itself stays as it is."""
    # BEGIN SOLUTION
    s = s.copy()
    for _ in range(100):
        if sweep(W, b, s, order) == 0:
            break
    return s
    # END SOLUTION


# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS


# %%
def test_dominoes(recall):
    """Four dominoes fall, one a sweep."""
    import numpy as np

    assert callable(recall), "There is no function `recall`: run the cell that defines it"
    calls = []

    def one_falls(W, b, s, order):
        calls.append(1)
        assert len(calls) < 1000, "Still sweeping after 1000 sweeps: stop when nothing flips"
        standing = [i for i in range(4) if s[i] < 0]
        if standing:
            s[standing[-1]] = 1
        return 1 if standing else 0

    W = np.array([[0, 1, 0, 0], [1, 0, 2, 0], [0, 2, 0, 3], [0, 0, 3, 0]])
    s = np.array([-1, -1, -1, -1])
    rest = recall(W, np.array([0, 0, 0, 4]), s, np.arange(4), sweep=one_falls)
    assert rest is not None, "Not answered yet? `recall` gives nothing back"
    units = len(rest) if hasattr(rest, "__len__") else 1
    assert units == 4, "Return the state only: an array of shape (n,)"
    fallen = np.sum(np.asarray(rest) > 0)
    early = f"Stopped with {fallen} of 4 dominoes down: go on until a sweep flips nothing"
    assert np.array_equal(rest, [1, 1, 1, 1]), early


test_dominoes(recall)


# %%
def test_start_is_kept(recall):
    """The start is still there afterwards."""
    import numpy as np

    calls = []

    def all_up(W, b, s, order):
        calls.append(1)
        assert len(calls) < 1000, "Still sweeping after 1000 sweeps: stop when nothing flips"
        flips = int(np.sum(s < 0))
        s[:] = 1
        return flips

    s = np.array([1, -1, -1])
    rest = recall(np.zeros((3, 3)), np.ones(3), s, np.arange(3), sweep=all_up)
    assert rest is not None, "Not answered yet? `recall` gives nothing back"
    assert np.array_equal(s, [1, -1, -1]), "The start has been overwritten: sweep a copy of it"


test_start_is_kept(recall)


# %%
# HIDDEN
def test_any_start(recall):
    """Random networks, and a row of 60 dominoes."""
    import numpy as np

    calls = []

    def one_sweep(W, b, s, order):
        calls.append(1)
        assert len(calls) < 10_000, "endless"
        flips = 0
        for i in order:
            if s[i] * (np.dot(W[i], s) + b[i]) < 0:
                s[i] = -s[i]
                flips += 1
        return flips

    def cases():
        rng = np.random.default_rng(21_004)
        for trial in range(20):
            n = 3 + 2 * trial
            W = np.triu(rng.normal(size=(n, n)), 1)
            s = rng.choice([-1, 1], size=n).astype([int, float, np.int8][trial % 3])
            yield W + W.T, rng.normal(size=n), s, rng.permutation(n)
        row = np.diag(np.arange(1.0, 60), 1)
        yield row + row.T, np.eye(60)[59] * 60, -np.ones(60, dtype=int), np.arange(60)

    for W, b, s, order in cases():
        start, wanted = s.copy(), s.copy()
        calls.clear()
        while one_sweep(W, b, wanted, order):
            pass
        rest = recall(W, b, s, order, sweep=one_sweep)
        assert np.array_equal(rest, wanted), "not where the network comes to rest"
        assert np.array_equal(s, start), "the start was changed"


test_any_start(recall)

# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [markdown]
# Now the letters. T, L and X are stored; each is shown with 7 of its 35 pixels flipped, and
# then as your network recalls it. How many wrong pixels can it bear? Try other `wrong` and
# other letters, such as `"TLXEF"`.

# %%
wrong = 7
letters = data.letters("TLX", "5x7").astype(int)
net = hopfield.hebb(letters)
rng = np.random.default_rng(4)

fig, axes = plt.subplots(2, len(letters), figsize=(1.5 * len(letters), 4.4))
for letter, (top, bottom) in zip(letters, axes.T, strict=True):
    noisy = hopfield.corrupt(letter, wrong / 35, rng=rng).astype(int)
    rest = recall(net.W, net.b, noisy, rng.permutation(35))
    for ax, s, name in [(top, noisy, "damaged"), (bottom, rest, "recalled")]:
        ax.set_axis_off()
        if s is not None:
            ax.imshow(np.reshape(s, (7, 5)), cmap="gray_r", vmin=-1, vmax=1)
            ax.set_title(f"{name}\nm = {hopfield.overlap(letter, s):.2f}", fontsize=9)

# %% [raw]
# # BEGIN QUESTION
# name: q5
# points: 5
# all_or_nothing: true

# %% [markdown]
# ## 5. How much is too much?
#
# Store P random patterns in n units, at the load $\alpha = P/n$. A bit of a stored pattern is
# *unstable* if the network, set exactly on that pattern, would flip it:
# $\xi_i^\mu \, \mathrm{field}_i < 0$. How many are?
#
# Put Hebb's weights into the field. The pattern's own share of them pulls bit $i$ the right
# way with $(n - 1)/n \approx 1$. The other $P - 1$ patterns add a sum of $(P - 1)(n - 1)$
# random signs, divided by n: noise of mean 0 and variance $\approx P/n = \alpha$. The bit is
# unstable when the noise is below $-1$. A Gaussian of that variance does so with probability
#
# $$p(\alpha) = \tfrac12 \, \mathrm{erfc} \sqrt{\frac{1}{2\alpha}}, \qquad p(0.138) = 0.0036 .$$
#
# **Write `unstable_share`.** It draws P = `round(alpha * n)` random patterns of n bits from
# `rng`, stores them all, and returns the share of their P n bits that are unstable. The
# library does the rest: `hopfield.hebb(patterns)` is a network, and
# `hopfield.field(network, patterns)` has the shape of `patterns`.
#
# **Then measure** with n = 500 and $\alpha = 0.138$. Make 20 networks: `share` is the mean of
# their 20 results, and `error` its standard error, the standard deviation of the 20 results
# divided by $\sqrt{20}$.

# %% [raw]
# # BEGIN SOLUTION


# %%
def unstable_share(n, alpha, rng):
    """Share of the bits of round(alpha * n) stored random patterns that would flip."""
    # BEGIN SOLUTION
    patterns = rng.choice([-1, 1], size=(round(alpha * n), n))
    field = hopfield.field(hopfield.hebb(patterns), patterns)
    return np.mean(patterns * field < 0)
    # END SOLUTION


# %%
rng = np.random.default_rng(138)
shares = [unstable_share(500, 0.138, rng) for _ in range(20)]

share = np.mean(shares)  # SOLUTION
error = np.std(shares, ddof=1) / np.sqrt(20)  # SOLUTION

print("measured", share, "+-", error, "  theory", 0.5 * erfc(np.sqrt(1 / (2 * 0.138))))

# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS


# %%
def test_unstable_share(unstable_share):
    """Ten networks of 200 units and 37 patterns."""
    import numpy as np

    assert callable(unstable_share), "There is no function `unstable_share`: run its cell"
    found = [unstable_share(200, 0.185, np.random.default_rng(k)) for k in range(10)]
    missing = [x is None for x in found]
    assert not any(missing), "Not answered yet? `unstable_share` gives nothing back"
    assert np.shape(found) == (10,), "A share is one number: the mean over all P n bits"
    again = [unstable_share(200, 0.185, np.random.default_rng(k)) for k in range(10)]
    assert found == again, "The same rng gave two results: draw from the given `rng` only"
    assert len(set(found)) > 1, "Ten networks, one result: draw new patterns from `rng` each time"
    steps = np.array(found) * 200  # whole numbers, if only n bits were counted
    one = np.allclose(steps, np.round(steps)) and np.mean(found) < 0.5
    assert not one, "These shares go in steps of 1/n: count the bits of all P patterns, not of one"
    mean = np.mean(found)
    mistakes = [
        (0.988, 0.993, "That is the share of stable bits: unstable ones oppose their field"),
        (0.976, 0.986, "That is the overlap after one step: count the unstable bits instead"),
        (0.70, 0.86, "That is the share of patterns with an unstable bit: count the bits"),
        (0.86, 0.976, "That is a percentage: a share lies between 0 and 1"),
        (50, 90, "That is the number of unstable bits: divide by all P n of them"),
        (1.3, 2.5, "That is the number of unstable bits a pattern: divide by all P n bits"),
        (0.0015, 0.0045, "Too stable: does a unit push itself? The diagonal of W must be 0"),
    ]
    hint = f"At n = 200 and P = 37 a share of 0.0094 is unstable; yours is {mean:.2g}"
    for low, high, mistake in mistakes:
        hint = mistake if low < mean < high else hint
    assert 0.0065 < mean < 0.0125, hint


test_unstable_share(unstable_share)


# %%
def test_measurement(share, error):
    """The numbers read off: n = 500, load 0.138, 20 networks."""
    import numpy as np

    missing = [x is None or x is Ellipsis for x in (share, error)]
    assert not any(missing), "Not answered yet: `share` and `error` are still `...`"
    assert np.size(share) == 1 and np.size(error) == 1, "`share` and `error` are one number each"
    share, error = np.asarray(share, dtype=float).item(), np.asarray(error, dtype=float).item()
    bits = f"At n = 500 and load 0.138 a share of 0.0034 is unstable; yours is {share:.2g}"
    assert 0.0028 < share < 0.0039, bits
    spread = "That is the spread of single networks: the mean of 20 is sqrt(20) times surer"
    assert not 0.00025 < error < 0.0009, spread
    assert 0.00004 < error < 0.00025, "The standard error should be near 0.0001"


test_measurement(share, error)


# %%
# HIDDEN
def test_share_against_binomial(unstable_share):
    """The crosstalk on a bit is a sum of fair signs, so its distribution is known for any n."""
    import numpy as np
    from scipy.special import bdtr

    # n even and P odd: no field is ever exactly 0
    for n, P, networks in [(100, 25, 40), (200, 37, 20), (300, 45, 10)]:
        rng = np.random.default_rng(21_005 + n)
        found = [float(unstable_share(n, P / n, rng)) for _ in range(networks)]
        signs = (P - 1) * (n - 1)
        wanted = bdtr((signs - n) // 2, signs, 0.5)  # at most so many of them are +1
        error = np.std(found, ddof=1) / np.sqrt(networks)
        assert error > 0, "no spread between networks"
        assert abs(np.mean(found) - wanted) < 6 * error, "wrong share of unstable bits"


test_share_against_binomial(unstable_share)


# %%
# HIDDEN
def test_measurement_against_binomial(share, error):
    """Within five true standard errors of the exact share."""
    import numpy as np

    assert abs(np.asarray(share, dtype=float).item() - 0.0033747) < 5 * 0.000104, "share"
    assert 0.00004 < np.asarray(error, dtype=float).item() < 0.00025, "error"


test_measurement_against_binomial(share, error)

# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [markdown]
# The measured points beside the curve. At n = 500 theory is a little too high, because a
# pattern does not disturb itself: with $P - 1$ and $n - 1$ in place of P and n it gives 0.0034
# at 0.138. Is your error bar small enough to tell the two apart?

# %%
loads = np.arange(0.05, 0.41, 0.05)
rng = np.random.default_rng(5)
measured = [[unstable_share(500, alpha, rng) for _ in range(3)] for alpha in loads]

fig, ax = plt.subplots()
fine = np.linspace(0.04, 0.42, 200)
ax.plot(fine, 0.5 * erfc(np.sqrt(1 / (2 * fine))), color="#0072B2", label="theory, n large")
if measured[0][0] is not None:
    bar = np.std(measured, axis=1, ddof=1) / np.sqrt(3)
    means = np.mean(measured, axis=1)
    ax.errorbar(loads, means, bar, fmt="o", color="#D55E00", label="n = 500, 3 networks each")
ax.set(xlabel="load alpha = P / n", ylabel="share of unstable bits", title="Past a load of 0.1, bits fail")
ax.legend()
plt.show()

# %% [markdown]
# One bit in 280 at $\alpha = 0.138$ looks harmless. But a flipped bit adds to the noise on
# all the others, and just above this load the flips set off an avalanche that ends far from
# the pattern: [chapter 2](../../book/02_hopfield.ipynb) shows the cliff.

# %% [raw]
# # BEGIN QUESTION
# name: q6
# points: 4
# manual: true

# %% [markdown]
# ## 6. Does it know that it does not know?
#
# Show the network a state of coin tosses. It comes to rest all the same, and what it rests in
# may be no memory at all. Somebody who has the weights, but not the list of patterns, would
# like to tell from the end state alone whether it is a memory. **Can it be done?** Find out with
# random patterns in 200 units or so, and write 150 to 250 words. `hopfield.descend(network, s,
# rng=rng).s` is a quick `recall`; `hopfield.energy`, `hopfield.field` and `hopfield.overlap` take
# many states at once.
#
# A reader marks this question. There is one point for each of these:
#
# - **What comes out.** From random starts, at two loads or more and in several networks: the
#   shares that end at a pattern, at an inverse, and elsewhere, as numbers.
# - **What tells them apart.** One quantity that can be worked out without the patterns, its
#   values at memories and elsewhere, and how often a threshold on it errs, at each load.
# - **Why.** What the formula for the energy or the field says about this quantity at a pattern,
#   at a mixture and at an inverse, and what the load does to it.
# - **How far it goes.** One case in which the test fails and cannot be mended, and a conclusion
#   about "knowing" that says no more than the numbers carry.
#
# Style and length bring no points and cost none.

# %% [raw]
# # BEGIN SOLUTION

# %% [markdown]
# *One answer that gets 4 points (there are others).* I stored 6, 12, 20 and 28 patterns in 200 units
# (ten networks each) and let 400 random starts come to rest. At a pattern or its inverse (overlap
# above 0.95) end 61, 55, 15 and 0.5%, about half of each kind; all others end elsewhere. I tried
# two tests. *Energy per unit:* at 6 patterns memories lie between -0.52 and -0.49 and all else
# above -0.471, so a threshold makes no error. At 12 the best one errs in 29% (the mean over both
# kinds), at 20 in 40%, at 28 it is a coin toss. *Smallest stability,* the least of
# $s_i\, \mathrm{field}_i$: 0.70 at memories against 0.16 at 6 patterns, no error; 0.41 against
# 0.02 at 12, 3%; 0.21 against 0.015 at 20, 8%; at 28, 23%. Why: $E = -\frac n2 \sum_\mu m_\mu^2$ and a
# constant. A pattern has one overlap of 1, a mixture of three has three of $\frac12$, which makes
# $\frac34$ of the depth. But all other patterns add a noise of their own to the sum, and a state that
# is free to follow the noise profits from it: from 20 patterns on the deepest states are not
# memories. At a pattern every unit has the field $1$ plus noise of variance $\alpha$; at a mixture some
# units are carried by a vote of two against one, and at other ends some units have hardly any field, so the weakest
# unit gives them away. What cannot be mended: an inverse has the energy and the stabilities of
# its pattern, since $E(-s) = E(s)$. So the network "knows" at a small load that it is at a
# memory or an inverse, and knows less and less as it fills. Patterns that are alike I have not
# tried.
#
# **For the reader who marks.**
#
# - *What comes out.* Three shares for each of two loads, from more than one network. Inverses must
#   be counted apart, or together with patterns in so many words.
# - *What tells them apart.* An overlap with the patterns does not count: it needs the list. Errors
#   have to be given for both kinds, or as one number that says how it was made. "The energies
#   differ": no point.
# - *Why.* The step from the formula to the quantity chosen. That mixtures are shallower because the
#   chapter says so: no point.
# - *How far it goes.* Inverses; a load beyond the cliff; similar patterns, of which a blend lies
#   lowest; each with its reason. A conclusion that stays with the loads and sizes tried.

# %% [raw]
# # END SOLUTION

# %% [raw]
# # END QUESTION

# %% [markdown]
# That random starts find memories at all is a matter of basins, and that they often do not is why
# a network is given a cue. [Chapter 2](../../book/02_hopfield.ipynb) has a map of them.
#
# *Text: [CC BY 4.0](https://creativecommons.org/licenses/by/4.0/). Code: BSD 3-Clause. See
# [LICENSE](../../LICENSE).*
