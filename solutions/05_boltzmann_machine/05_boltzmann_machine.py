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
# # Exercise 5: a machine that learns
#
# You will find a machine's averages and its distance from the data by listing states, derive the
# slope of that distance, let a machine with hidden units learn what one without them cannot, and
# have it fill in what is missing. Read [chapter 5](../../book/05_boltzmann_machine.ipynb) first.
# Allow about 110 minutes; there are 24 points, of which 4 are for an open question that a reader
# marks.
#
# **How it grades itself.** Each question has a cell with `...` where your answer goes. The cell
# below it, `grader.check`, says at once whether the answer is right and, if not, what may have
# gone wrong. When you hand in, your functions are tried on other machines too: write them for any
# number of units. No question needs your answer to another, so you may skip one.
#
# **Conventions.** Units are 0 or 1 here. A machine has n units, numbered from 0; the first `n_v`
# of them are visible, the rest are hidden. Weights $w_{ij} = w_{ji}$, biases $b_i$, energies and
# the temperature T, which is not always 1, are all measured in the same unit of energy. In code,
# `W` has shape (n, n) and a zero diagonal, `b` has shape (n,), and
#
# $$E(s) = -\tfrac12 \sum_{ij} w_{ij} s_i s_j - \sum_i b_i s_i , \qquad
#   p(s) = \frac{e^{-E(s)/T}}{Z} .$$
#
# State number k is the one in which unit i is on where bit i of k is 1; for two units that is 00,
# 10, 01, 11. So state k of all units shows the visible state number `k % 2**n_v`.

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
    os.chdir("course/exercises/05_boltzmann_machine")
missing = [name for name in ("ebm", "otter") if importlib.util.find_spec(name) is None]
root = next((p for p in Path.cwd().parents if (p / "lib" / "ebm").is_dir()), None)
if missing and root is None:
    raise ModuleNotFoundError(
        f"{' and '.join(missing)} not installed. Put this notebook back into the course's "
        "folder exercises/05_boltzmann_machine and run this cell again (on Colab: fill in COURSE)."
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

from ebm import boltzmann

grader = otter.Notebook(tests_dir="tests")


def all_states(n):
    """Every state of n units of 0 and 1, one a row, in the order of their numbers."""
    return (np.arange(2**n)[:, None] >> np.arange(n)) & 1


# %% [raw]
# # BEGIN QUESTION
# name: q1
# points: 3
# all_or_nothing: true

# %% [markdown]
# ## 1. Averages, held and free
#
# Both phases of learning ask for the same thing: how often is each unit on, and how often are two
# on together? In one phase some units are *clamped*, in the other none are. To clamp units is to
# leave only the states that agree with them, and to share out the probability among those:
#
# $$\langle s_i s_j \rangle = \sum_{s \in S} s_i s_j \, p_S(s) , \qquad
#   p_S(s) = \frac{e^{-E(s)/T}}{\sum_{s' \in S} e^{-E(s')/T}} .$$
#
# Since $s_i^2 = s_i$, the diagonal of this matrix says how often a unit is on.
#
# *By hand.* Two units, $w_{01} = 2$, no biases, $T = 2$: the four states have the weights 1, 1, 1
# and $e$. So $\langle s_0 s_1 \rangle = e / (3 + e) = 0.475$ and
# $\langle s_0 \rangle = (1 + e)/(3 + e) = 0.650$. With unit 1 clamped on, two states are left, of
# weights 1 and $e$: $\langle s_0 \rangle = e / (1 + e) = 0.731$.
#
# **Write `averages`.** `s` is a state, and `clamped` says by True which units keep their state in
# it; where it is False, `s` means nothing. Return the matrix, shape (n, n). `all_states(n)` of
# the set-up lists states.

# %% [raw]
# # BEGIN SOLUTION


# %%
def averages(W, b, T, s, clamped):
    """<s_i s_j>, with <s_i> on the diagonal, while the clamped units stay as in s."""
    # BEGIN SOLUTION
    states = all_states(len(b))
    states = states[(states == s)[:, clamped].all(axis=1)]
    E = -0.5 * np.sum(states @ W * states, axis=1) - states @ b
    p = np.exp(-(E - E.min()) / T)
    return states.T * (p / p.sum()) @ states
    # END SOLUTION


# by hand: 0.650 on the diagonal, 0.475 off it
averages(np.array([[0, 2], [2, 0]]), np.zeros(2), 2, np.zeros(2), np.array([False, False]))

# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS


# %%
def test_free(averages):
    """Three units at T = 2, none of them clamped."""
    import numpy as np

    assert callable(averages), "There is no function `averages`: run the cell that defines it"
    W, b = np.array([[0, 2, -1], [2, 0, 3], [-1, 3, 0]]), np.array([1, -2, -1])
    found = averages(W, b, 2, np.zeros(3, dtype=int), np.zeros(3, dtype=bool))
    assert found is not None, "Not answered yet? `averages` gives nothing back"
    found = np.asarray(found, dtype=float)
    assert found.shape == (3, 3), f"For three units the shape is (3, 3), not {found.shape}"
    mistakes = {
        0.7436: "Each pair is counted twice in s.W.s: is there a factor 1/2 in the energy?",
        0.5265: "The biases are missing: is there a term b.s in the energy?",
        0.6439: "The temperature is missing: a state has the weight e^(-E/T)",
        0.865: "The hotter, the more alike states are: divide the energy by T",
        0.1015: "Low energy is likely: look at the sign in the exponent",
        4.367: "Probabilities add up to 1: divide by the sum of the weights",
        0.25: "All states count the same in your average: weigh them by e^(-E/T)",
        0.0924: "Units are 0 or 1 in this chapter, not -1 and +1",
    }
    hint = f"Units 0 and 1 are on together with probability 0.455; yours: {found[0, 1]:.4g}"
    assert np.isclose(found[0, 1], 0.455054, atol=1e-5), mistakes.get(float(f"{found[0, 1]:.4g}"), hint)
    diagonal = "The diagonal says how often each unit is on: 0.690, 0.598, 0.514"
    assert np.allclose(np.diag(found), [0.690058, 0.597591, 0.51386], atol=1e-5), diagonal
    rest = np.allclose(found[2, :2], [0.346455, 0.387456], atol=1e-5) and np.allclose(found, found.T)
    assert rest, "Units i and j are on together as often as j and i: the matrix is symmetric"


test_free(averages)


# %%
def test_clamped(averages):
    """The same machine with unit 0 clamped on."""
    import numpy as np

    W, b = np.array([[0, 2, -1], [2, 0, 3], [-1, 3, 0]]), np.array([1, -2, -1])
    found = averages(W, b, 2, np.array([1, 0, 0]), np.array([True, False, False]))
    assert found is not None, "Not answered yet? `averages` gives nothing back"
    found = np.asarray(found, dtype=float)
    assert found.shape == (3, 3), f"For three units the shape is (3, 3), not {found.shape}"
    ignored = "Unit 0 is clamped on: only states in which it is on are left"
    assert np.isclose(found[0, 0], 1), ignored
    frozen = "Units 1 and 2 are not clamped: what `s` says about them means nothing"
    assert found[1, 2] > 0, frozen
    hint = f"Units 1 and 2 are then on together with probability 0.410; yours: {found[1, 2]:.4g}"
    assert np.isclose(found[1, 2], 0.410477, atol=1e-5), hint


test_clamped(averages)


# %%
# HIDDEN
def test_any_machine(averages):
    """Random machines of 1 to 6 units, some of them clamped, state by state."""
    import itertools

    import numpy as np

    rng = np.random.default_rng(51_001)
    for trial in range(30):
        n = 1 + trial % 6
        W = np.triu(rng.normal(size=(n, n)) * 2, 1)
        W, b, T = W + W.T, rng.normal(size=n), float(rng.uniform(0.5, 3))
        s = rng.integers(0, 2, size=n).astype([int, float, np.int8][trial % 3])
        clamped = rng.random(n) < [0.4, 0, 1][trial % 3]
        total, wanted = 0.0, np.zeros((n, n))
        for state in itertools.product((0, 1), repeat=n):
            if all(state[i] == s[i] for i in range(n) if clamped[i]):
                pairs = sum(W[i, j] * state[i] * state[j] for i in range(n) for j in range(i))
                weight = np.exp((pairs + np.dot(b, state)) / T)
                total += weight
                wanted += weight * np.outer(state, state)
        given = W.copy(), b.copy(), s.copy(), clamped.copy()
        found = np.asarray(averages(W, b, T, s, clamped), dtype=float)
        assert found.shape == (n, n), "wrong shape"
        assert np.allclose(found, wanted / total, rtol=0, atol=1e-6), "wrong averages"
        same = all(np.array_equal(x, y) for x, y in zip(given, (W, b, s, clamped), strict=True))
        assert same, "an argument was changed"


test_any_machine(averages)

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
# ## 2. How far from the data?
#
# The data are given as probabilities of the visible states: `q` has $2^{n_v}$ entries, `q[k]` for
# visible state number k. The machine shows v with the probability $p(v) = \sum_h p(v, h)$, a sum
# over all that the hidden units may do meanwhile. The distance is
#
# $$\mathrm{KL}(q \,\|\, p) = \sum_v q(v) \log \frac{q(v)}{p(v)} ,$$
#
# in nats, that is, with the natural logarithm. What never occurs, $q(v) = 0$, adds nothing.
#
# *By hand.* Two visible units that are always alike, $q = (\tfrac12, 0, 0, \tfrac12)$, and a
# machine of three units with all weights and biases 0: $p(v) = \tfrac14$, and KL is
# $\log 2 = 0.693$. One bit is missing.
#
# **Write `kl`.** The number of visible units follows from the length of `q`, that of all units
# from `b`.

# %% [raw]
# # BEGIN SOLUTION


# %%
def kl(W, b, T, q):
    """KL(q || p) in nats, for a machine whose first units show the visible states of q."""
    # BEGIN SOLUTION
    states = all_states(len(b))
    E = -0.5 * np.sum(states @ W * states, axis=1) - states @ b
    p = np.exp(-(E - E.min()) / T)
    p_v = np.sum(np.reshape(p / p.sum(), (-1, len(q))), axis=0)
    shown = q > 0
    return np.sum(q[shown] * np.log(q[shown] / p_v[shown]))
    # END SOLUTION


kl(np.zeros((3, 3)), np.zeros(3), 1, np.array([0.5, 0, 0, 0.5]))  # by hand: 0.693

# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS


# %%
def test_one_hidden_unit(kl):
    """Two visible units and a hidden one at T = 2."""
    import numpy as np

    assert callable(kl), "There is no function `kl`: run the cell that defines it"
    W, b = np.array([[0, 2, -1], [2, 0, 3], [-1, 3, 0]]), np.array([1, -2, -1])
    found = kl(W, b, 2, np.array([0.5, 0.25, 0.125, 0.125]))
    assert found is not None, "Not answered yet? `kl` gives nothing back"
    assert np.size(found) == 1, "A distance is one number, not an array"
    found = np.asarray(found, dtype=float).item()
    mistakes = {
        0.409: "That is KL(p || q): the data say how often each logarithm counts",
        0.555: "That is in bits: take the natural logarithm",
        0.797: "The temperature is missing: a state has the weight e^(-E/T)",
        0.986: "That is p(v, h) for one state of the hidden unit: sum over both",
        0.265: "The hidden unit is held off in your p(v): sum over what it may do",
        0.798: "That is the likeliest state of the hidden unit: sum over all of them",
        0.198: "The visible units come first: state k shows the visible state k % 2**n_v",
        -0.067: "The logarithms are averaged over all states alike: weigh them by q",
        1.598: "That is -sum q log p: the term sum q log q is missing",
        -0.385: "KL is never negative: look at the sign",
    }
    hint = f"KL is 0.385 nats; yours is {found:.4g}"
    assert np.isclose(found, 0.384637, atol=1e-5), mistakes.get(round(found, 3), hint)


test_one_hidden_unit(kl)


# %%
def test_what_never_occurs(kl):
    """Two of the visible states have the probability 0."""
    import numpy as np

    W, b = np.array([[0, 2, -1], [2, 0, 3], [-1, 3, 0]]), np.array([1, -2, -1])
    found = kl(W, b, 2, np.array([0.5, 0, 0, 0.5]))
    assert found is not None, "Not answered yet? `kl` gives nothing back"
    found = np.asarray(found, dtype=float).item()
    assert np.isfinite(found), "0 log 0 is not a number: leave out the states with q = 0"
    assert np.isclose(found, 0.594191, atol=1e-5), f"KL is 0.594 nats; yours is {found:.4g}"


test_what_never_occurs(kl)


# %%
# HIDDEN
def test_any_data(kl):
    """Random machines and data, the sum over hidden states one by one."""
    import itertools

    import numpy as np

    rng = np.random.default_rng(51_002)
    for trial in range(30):
        n_v, n_h = 1 + trial % 3, trial % 4
        n = n_v + n_h
        W = np.triu(rng.normal(size=(n, n)) * 2, 1)
        W, b, T = W + W.T, rng.normal(size=n), float(rng.uniform(0.5, 3))
        q = rng.dirichlet(np.ones(2**n_v))
        if trial % 2:
            q[rng.integers(2**n_v)] = 0
            q /= q.sum()
        p = np.zeros(2**n_v)
        for state in itertools.product((0, 1), repeat=n):
            pairs = sum(W[i, j] * state[i] * state[j] for i in range(n) for j in range(i))
            p[sum(state[i] << i for i in range(n_v))] += np.exp((pairs + np.dot(b, state)) / T)
        p /= p.sum()
        wanted = sum(x * np.log(x / y) for x, y in zip(q, p, strict=True) if x > 0)
        given = W.copy(), b.copy(), q.copy()
        found = np.asarray(kl(W, b, T, q), dtype=float)
        assert found.size == 1, "not one number"
        assert np.isclose(found.item(), wanted, rtol=0, atol=1e-6), "wrong distance"
        same = all(np.array_equal(x, y) for x, y in zip(given, (W, b, q), strict=True))
        assert same, "an argument was changed"


test_any_data(kl)

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
# ## 3. Which way is down?
#
# The chapter derives how KL changes with a weight. In short: $\log p(v)$ is the logarithm of a
# sum of $e^{-E/T}$ over the states with v clamped, less that of a sum over all states; and the
# derivative of such a logarithm is an average of the derivative of $-E/T$. **Work it out again**,
# at any T, for data with any probabilities $q(v)$, and you have
#
# $$G_{ij} = -\frac{\partial\,\mathrm{KL}}{\partial w_{ij}} , \qquad
#   G_{ii} = -\frac{\partial\,\mathrm{KL}}{\partial b_i} ,$$
#
# a matrix of differences of averages. (Changing $w_{ij}$ means changing $w_{ji}$ with it.)
#
# Then the new part. The temperature is a knob like any other: which way should *it* be turned?
# **Derive** $G_T = -\partial\,\mathrm{KL}/\partial T$ in the same way. The energy is made of
# products $s_i s_j$ and of $s_i$, so that nothing new has to be averaged.
#
# *By hand.* One visible unit with the bias b, on in a share q of the examples. It is on with
# $p = 1/(1 + e^{-b/T})$. The averages are $q$ and $p$, so $G_{00} = (q - p)/T$. And since only
# $b/T$ matters, $G_T = -(b/T)\, G_{00}$. With $b = 2$, $T = 2$ and $q = 1$ that is
# $G_{00} = 0.134$ and $G_T = -0.134$: cool it.
#
# **Write `slopes`.** It returns the matrix G, shape (n, n), and the number $G_T$. The averages
# come from the argument `averages(W, b, T, s, clamped)`: yours of question 1, unless another is
# handed in, as the check does.

# %% [raw]
# # BEGIN SOLUTION


# %%
def slopes(W, b, T, q, averages=averages):
    """-dKL/dw_ij, with -dKL/db_i on the diagonal; and -dKL/dT."""
    # BEGIN SOLUTION
    n, n_v = len(b), len(q).bit_length() - 1
    visible = np.arange(n) < n_v
    positive = 0
    for k in np.flatnonzero(q):
        s = np.zeros(n, dtype=int)
        s[:n_v] = all_states(n_v)[k]
        positive = positive + q[k] * averages(W, b, T, s, visible)
    negative = averages(W, b, T, np.zeros(n, dtype=int), np.zeros(n, dtype=bool))
    G = (positive - negative) / T
    # <E> is made of the same averages, and the 1/T of G has to become 1/T^2
    G_T = -(0.5 * np.sum(W * G) + b @ np.diag(G)) / T
    return G, G_T
    # END SOLUTION


slopes(np.zeros((1, 1)), np.array([2.0]), 2, np.array([0, 1]))  # by hand: 0.134 and -0.134

# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS


# %%
def test_weights_and_biases(slopes):
    """Two visible units and a hidden one at T = 2, with averages from a table."""
    import numpy as np

    assert callable(slopes), "There is no function `slopes`: run the cell that defines it"
    W, b = np.array([[0, 2, -1], [2, 0, 3], [-1, 3, 0]]), np.array([1, -2, -1])
    on = [0.37754067, 0.26894142, 0.73105858, 0.62245933]  # the hidden unit, by visible state

    def averages(W, b, T, s, clamped):
        held = [bool(x) for x in clamped]
        assert held in ([True, True, False], [False] * 3), "Clamp the visible units, or none: 0 and 1 of 3"
        if not any(held):
            free = [[0.6900584, 0.45505423, 0.34645489], [0, 0.59759119, 0.38745562], [0, 0, 0.51386037]]
            return np.triu(free) + np.triu(free, 1).T
        x, y = int(s[0]), int(s[1])
        h = on[x + 2 * y]
        return np.array([[x, x * y, x * h], [x * y, y, y * h], [x * h, y * h, h]])

    found = slopes(W, b, 2, np.array([0.5, 0.25, 0.125, 0.125]), averages=averages)
    assert found is not None, "Not answered yet? `slopes` gives nothing back"
    two = isinstance(found, tuple | list) and len(found) == 2
    assert two, "Return two things: the matrix G, and the number G_T"
    G = np.asarray(found[0], dtype=float)
    assert G.shape == (3, 3), f"G has a slope for each pair of units, shape (3, 3); yours {G.shape}"
    wanted = np.array([[0.157529, 0.165027, 0.100706], [0, 0.173796, 0.109133], [0, 0, 0.044332]])
    wanted = -np.triu(wanted) - np.triu(wanted, 1).T
    assert not np.allclose(G, -wanted, atol=1e-5), "The data pull up, the machine's own states pull down"
    assert not np.allclose(G, 2 * wanted, atol=1e-5), "The energy is divided by T, and so is its derivative"
    assert not np.allclose(G, wanted / 2, atol=1e-5), "Twice divided by T, or a pair counted by half"
    hebb = "Nothing is taken away: the average over the machine's own states is missing"
    assert not np.isclose(G[0, 1], 0.0625, atol=1e-5) and not np.isclose(G[0, 1], 0.125, atol=1e-5), hebb
    alike = "All visible states count the same: weigh each by its q"
    assert not np.isclose(G[0, 1], -0.102527, atol=1e-5), alike
    hint = f"G_01 is -0.1650 and G_22 is -0.0443; yours are {G[0, 1]:.4f} and {G[2, 2]:.4f}"
    assert np.allclose(G, wanted, atol=1e-5), hint


test_weights_and_biases(slopes)


# %%
def test_temperature(slopes):
    """The same machine: should it be hotter?"""
    import numpy as np

    W, b = np.array([[0, 2, -1], [2, 0, 3], [-1, 3, 0]]), np.array([1, -2, -1])
    on = [0.37754067, 0.26894142, 0.73105858, 0.62245933]

    def averages(W, b, T, s, clamped):
        if not any(bool(x) for x in clamped):
            free = [[0.6900584, 0.45505423, 0.34645489], [0, 0.59759119, 0.38745562], [0, 0, 0.51386037]]
            return np.triu(free) + np.triu(free, 1).T
        x, y = int(s[0]), int(s[1])
        h = on[x + 2 * y]
        return np.array([[x, x * y, x * h], [x * y, y, y * h], [x * h, y * h, h]])

    found = slopes(W, b, 2, np.array([0.5, 0.25, 0.125, 0.125]), averages=averages)
    assert found is not None, "Not answered yet? `slopes` gives nothing back"
    slope = found[1] if isinstance(found, tuple | list) and len(found) == 2 else np.nan
    one = slope is not None and np.size(slope) == 1
    assert one, "The slope with respect to T is one number"
    slope = np.asarray(slope, dtype=float).item()
    mistakes = {
        -0.1612: "Look at the sign: where the data have a higher energy than the machine, heat helps",
        0.3224: "d/dT of -E/T is E/T^2: is T squared?",
        0.6447: "d/dT of -E/T is E/T^2: is T there, and squared?",
        0.4395: "Each pair is counted twice in the energy: is there a factor 1/2?",
        0.2784: "The biases are part of the energy too",
    }
    hint = f"G_T is 0.1612; yours is {slope:.4g}"
    assert np.isclose(slope, 0.161176, atol=1e-5), mistakes.get(round(slope, 4), hint)


test_temperature(slopes)


# %%
# HIDDEN
def test_finite_differences(slopes):
    """Random machines: each slope against what KL does if one number is changed by a little."""
    import numpy as np

    def listed(n):
        return (np.arange(2**n)[:, None] >> np.arange(n)) & 1

    def weights(W, b, T, states):
        return np.exp((0.5 * np.sum(states @ W * states, axis=1) + states @ b) / T)

    def averages(W, b, T, s, clamped):
        states, clamped = listed(len(b)), np.array([bool(x) for x in clamped])
        states = states[np.all((states == np.asarray(s)) | ~clamped, axis=1)]
        p = weights(np.asarray(W), np.asarray(b), T, states)
        return (states.T * (p / p.sum())) @ states

    def kl(W, b, T, q):
        p = weights(W, b, T, listed(len(b))).reshape(-1, len(q)).sum(axis=0)
        return np.sum(q * np.log(np.where(q > 0, q, 1) * p.sum() / p))

    rng = np.random.default_rng(51_003)
    for trial in range(10):
        n_v, n_h = 1 + trial % 3, trial % 4
        n = n_v + n_h
        W = np.triu(rng.normal(size=(n, n)), 1)
        W, b, T = W + W.T, rng.normal(size=n), float(rng.uniform(0.6, 2.5))
        q = rng.dirichlet(np.ones(2**n_v))
        if trial % 2:
            q[rng.integers(2**n_v)] = 0
            q /= q.sum()
        given = W.copy(), b.copy(), q.copy()
        G, G_T = slopes(W, b, T, q, averages=averages)
        same = all(np.array_equal(x, y) for x, y in zip(given, (W, b, q), strict=True))
        assert same, "an argument was changed"
        G, wanted, d = np.asarray(G, dtype=float), np.zeros((n, n)), 1e-5
        assert G.shape == (n, n), "wrong shape"
        for i in range(n):
            for j in range(i + 1):
                found = []
                for change in (d, -d):
                    W_d, b_d = W.copy(), b.copy()
                    if i == j:
                        b_d[i] += change
                    else:
                        W_d[i, j] += change
                        W_d[j, i] += change
                    found.append(kl(W_d, b_d, T, q))
                wanted[i, j] = wanted[j, i] = (found[1] - found[0]) / (2 * d)
        assert np.allclose(G, wanted, rtol=0, atol=1e-6), "wrong slope of a weight or bias"
        slope = -(kl(W, b, T + d, q) - kl(W, b, T - d, q)) / (2 * d)
        assert np.isclose(np.asarray(G_T, dtype=float).item(), slope, rtol=0, atol=1e-6), "wrong G_T"


test_finite_differences(slopes)

# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [raw]
# # BEGIN QUESTION
# name: q4
# points: 5
# all_or_nothing: true

# %% [markdown]
# ## 4. Learning
#
# Now go downhill. A step changes every weight and every bias, all at once, by `rate` times its
# slope; then the slopes are taken anew.
#
# *By hand.* Two units, everything 0, rate 0.5, and slopes that pull $w_{01}$ towards 1:
# $G_{01} = 1 - w_{01}$. After one step $w_{01} = 0.5$, after two 0.75, after three 0.875.
#
# **Write `learn`.** `slope(W, b)` gives the matrix G of question 3: slopes of weights off its
# diagonal, of biases on it. Return the weights and biases after so many steps. W keeps its zero
# diagonal, and the W and b that were handed in stay as they were.
#
# **Then measure.** Parity: four visible units, all eight states with an even number of them on,
# each as likely. `slope_of_parity`, below, is made of the library's averages, for speed.
#
# - `bare` is what `learn` makes of a machine without hidden units, and `kl_bare` its distance
#   from the data (`distance`, below). Take 500 steps at the rate 0.5.
# - `hidden` is what it makes of one with *four hidden units*, and `kl_hidden` its distance, which
#   should be below 0.15. Start from `boltzmann.initial`; start, rate and number of steps are
#   yours to choose. (For a while nothing seems to happen. 3000 steps at the rate 1 take a second
#   or two, and about half of all starts arrive.)

# %%
even = np.array([v for v in all_states(4) if v.sum() % 2 == 0])


def slope_of_parity(W, b):
    """G for the data `even`, at T = 1."""
    found = boltzmann.gradient(boltzmann.Boltzmann(W, b, n_visible=4), even)
    return found.W + np.diag(found.b)


def distance(W, b):
    """KL from the data `even`, at T = 1."""
    return boltzmann.kl(boltzmann.Boltzmann(W, b, n_visible=4), even)


# %% [raw]
# # BEGIN SOLUTION


# %%
def learn(W, b, slope, rate, steps):
    """Weights and biases after so many steps downhill."""
    # BEGIN SOLUTION
    for _ in range(steps):
        change = rate * slope(W, b)
        biases = np.diag(change)
        W, b = W + change - np.diag(biases), b + biases
    return W, b
    # END SOLUTION


# %%
without = boltzmann.initial(4, 0, rng=np.random.default_rng(1), scale=0.5)
bare = learn(without.W, without.b, slope_of_parity, 0.5, 500)  # SOLUTION
kl_bare = distance(*bare)  # SOLUTION

start = boltzmann.initial(4, 4, rng=np.random.default_rng(3), scale=0.5)
hidden = learn(start.W, start.b, slope_of_parity, 1.0, 3000)  # SOLUTION
kl_hidden = distance(*hidden)  # SOLUTION

print("without hidden units:", kl_bare, "  with four:", kl_hidden)

# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS


# %%
def test_three_steps(learn):
    """Two units and slopes that pull towards known weights and biases."""
    import numpy as np

    assert callable(learn), "There is no function `learn`: run the cell that defines it"
    calls = []

    def slope(W, b):
        calls.append(1)
        W, b = np.asarray(W, dtype=float), np.asarray(b, dtype=float)
        assert np.allclose(np.diag(W), 0), "The diagonal of G belongs to the biases: W keeps its zeros"
        return np.array([[2 - b[0], 1 - W[0, 1]], [1 - W[1, 0], -4 - b[1]]])

    W, b = np.zeros((2, 2)), np.zeros(2)
    found = learn(W, b, slope, 0.5, 3)
    assert found is not None, "Not answered yet? `learn` gives nothing back"
    two = isinstance(found, tuple | list) and len(found) == 2
    assert two, "Return two things: the weights, and the biases"
    assert np.all(W == 0) and np.all(b == 0), "The start has been overwritten: work on a copy of it"
    W, b = (np.asarray(x, dtype=float) for x in found)
    assert W.shape == (2, 2) and b.shape == (2,), "W has the shape (2, 2) and b (2,)"
    assert np.allclose(np.diag(W), 0), "The diagonal of G belongs to the biases: W keeps its zeros"
    mistakes = {
        1.5: "Each step needs the slopes of where it is: call `slope` in every step",
        0.5: "One step only: go on for `steps` of them",
        -2.375: "That is uphill: G is minus the derivative of KL, so add it",
        1.0: "A step is `rate` times the slope",
        0.0: "The weights have not moved",
    }
    hint = f"After three steps w_01 is 0.875; yours is {W[0, 1]:.4g}"
    assert np.isclose(W[0, 1], 0.875), mistakes.get(round(W[0, 1], 6), hint)
    assert np.allclose(b, [1.75, -3.5]), f"The biases move by the diagonal of G, to 1.75, -3.5; yours: {b}"


test_three_steps(learn)


# %%
def test_measurement(bare, kl_bare, hidden, kl_hidden):
    """Parity without and with hidden units."""
    import numpy as np

    found = (bare, kl_bare, hidden, kl_hidden)
    missing = [x is None or x is Ellipsis for x in found]
    assert not any(missing), "Not answered yet: `bare`, `kl_bare`, `hidden`, `kl_hidden` are still `...`"
    for machine, n in ((bare, 4), (hidden, 8)):
        shapes = [np.shape(x) for x in machine]
        assert shapes == [(n, n), (n,)], f"This machine has {n} units: W and b have shapes {(n, n)}, {(n,)}"
    ones = np.size(kl_bare) == 1 and np.size(kl_hidden) == 1
    assert ones, "`kl_bare` and `kl_hidden` are one number each"
    kl_bare, kl_hidden = (np.asarray(x, dtype=float).item() for x in (kl_bare, kl_hidden))
    bits = f"Without hidden units nothing gets below log 2 = 0.6931; yours is {kl_bare:.4f}"
    assert 0.6931 < kl_bare < 0.6935, bits
    stuck = f"KL = {kl_hidden:.3f} with hidden units: more steps, or another start"
    assert kl_hidden < 0.15, stuck


test_measurement(bare, kl_bare, hidden, kl_hidden)


# %%
# HIDDEN
def test_any_steps(learn):
    """Random slopes that depend on where one is."""
    import numpy as np

    rng = np.random.default_rng(51_004)
    for trial in range(12):
        n, steps, rate = 1 + trial % 5, trial % 7, float(rng.uniform(0.05, 1.5))
        A = rng.normal(size=(n, n))
        A, k = A + A.T, float(rng.uniform(0.1, 0.8))

        def slope(W, b, A=A, k=k):
            W, b = np.asarray(W, dtype=float), np.asarray(b, dtype=float)
            return A - k * (W + np.diag(b)) + 0.1 * np.sum(b)

        W = np.triu(rng.normal(size=(n, n)), 1)
        W, b = W + W.T, rng.normal(size=n)
        given, w_W, w_b = (W.copy(), b.copy()), W.copy(), b.copy()
        for _ in range(steps):
            G = slope(w_W, w_b)
            for i in range(n):
                w_b[i] += rate * G[i, i]
                for j in range(n):
                    w_W[i, j] += rate * G[i, j] if i != j else 0
        f_W, f_b = learn(W, b, slope, rate, steps)
        same = all(np.array_equal(x, y) for x, y in zip(given, (W, b), strict=True))
        assert same, "the start was changed"
        assert np.allclose(f_W, w_W, rtol=0, atol=1e-6), "wrong weights"
        assert np.allclose(f_b, w_b, rtol=0, atol=1e-6), "wrong biases"


test_any_steps(learn)


# %%
# HIDDEN
def test_machines_have_learned(bare, kl_bare, hidden, kl_hidden):
    """The distance of the machines that were handed in, by listing their states."""
    import numpy as np

    for (W, b), given, low, high in ((bare, kl_bare, 0.6931, 0.6935), (hidden, kl_hidden, 0, 0.15)):
        W, b = np.asarray(W, dtype=float), np.asarray(b, dtype=float)
        assert np.allclose(W, W.T, rtol=0, atol=1e-9), "weights are not symmetric"
        assert np.allclose(np.diag(W), 0, rtol=0, atol=1e-9), "a unit has a weight to itself"
        states = (np.arange(2 ** len(b))[:, None] >> np.arange(len(b))) & 1
        E = -0.5 * np.sum(states @ W * states, axis=1) - states @ b
        p = np.exp(E.min() - E)
        p = p.reshape(-1, 16).sum(axis=0) / p.sum()
        found = np.mean([-np.log(8 * p[k]) for k in range(16) if bin(k).count("1") % 2 == 0])
        assert low < found < high, "not learned"
        assert np.isclose(np.asarray(given, dtype=float).item(), found, rtol=0, atol=1e-4), "another KL"


test_machines_have_learned(bare, kl_bare, hidden, kl_hidden)

# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [markdown]
# The way down from your start, in pieces of 50 steps: a long plateau, and then a fall. What is
# the machine like on the plateau, and why is it flat there? (Look at the weights to the hidden
# units.)

# %%
fig, ax = plt.subplots(figsize=(6, 2.8))
machine, curve = (start.W, start.b), []
for _ in range(60):
    machine = machine and learn(*machine, slope_of_parity, 1.0, 50)
    if machine is not None:
        curve.append(distance(*machine))
ax.plot(50 * np.arange(1, len(curve) + 1), curve, color="#0072B2")
ax.axhline(np.log(2), color="0.5", linestyle=":")
ax.set(xlabel="steps", ylabel="KL (nats)", title="Dotted: log 2, the best without hidden units")
plt.show()

# %% [raw]
# # BEGIN QUESTION
# name: q5
# points: 4
# all_or_nothing: true

# %% [markdown]
# ## 5. What is missing?
#
# A machine that has learned can be asked anything. Some visible units are known, the others are
# not: which state of the others is the likeliest? Let u be the unknown visible units and k the
# known ones:
#
# $$p(u \,|\, k) = \frac{\sum_h p(u, k, h)}{\sum_{u'} \sum_h p(u', k, h)} .$$
#
# What is asked for is the likeliest u *as a whole*. Two units may each be on more often than not
# and yet hardly ever together. And the hidden units are nobody's answer: they are summed over.
# The likeliest state of all units may contain another u.
#
# *By hand.* Two visible units and no hidden one, $w_{01} = 2$, $T = 2$, and unit 1 known to be
# on: unit 0 is on with the probability $e/(1 + e) = 0.731$. So the answer is $(1, 1)$, and its
# probability 0.731.
#
# **Write `fill`.** `v` has the visible units, shape (n_v,), and `known`, of the same shape, says
# by True which of them are known; where it is False, `v` means nothing. Return the whole visible
# state, shape (n_v,), and the probability $p(u\,|\,k)$ of what was filled in.

# %% [raw]
# # BEGIN SOLUTION


# %%
def fill(W, b, T, v, known):
    """The likeliest visible state, given the known units, and its probability."""
    # BEGIN SOLUTION
    states, shown = all_states(len(b)), all_states(len(v))
    E = -0.5 * np.sum(states @ W * states, axis=1) - states @ b
    p = np.reshape(np.exp(-(E - E.min()) / T), (-1, len(shown))).sum(axis=0)
    p = np.where((shown == v)[:, known].all(axis=1), p, 0)
    return shown[np.argmax(p)], np.max(p) / np.sum(p)
    # END SOLUTION


# by hand: (1, 1), 0.731
fill(np.array([[0, 2], [2, 0]]), np.zeros(2), 2, np.array([0, 1]), np.array([False, True]))

# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS


# %%
def test_one_of_three_is_known(fill):
    """Three visible and two hidden units at T = 2, unit 0 known to be on."""
    import numpy as np

    assert callable(fill), "There is no function `fill`: run the cell that defines it"
    W = np.array([[0, -1, -2, -1, 3], [0, 0, -3, 3, 0], [0, 0, 0, 3, -1], [0, 0, 0, 0, 1], [0] * 5])
    found = fill(W + W.T, np.array([-1, 0, 2, 2, -2]), 2, np.array([1, 1, 0]), np.array([True, False, False]))
    assert found is not None, "Not answered yet? `fill` gives nothing back"
    two = isinstance(found, tuple | list) and len(found) == 2
    assert two, "Return two things: a visible state, and its probability"
    v, p = np.asarray(found[0], dtype=float), np.asarray(found[1], dtype=float)
    assert v.shape == (3,) and p.size == 1, "A visible state has the shape (3,), a probability is a number"
    assert v[0] == 1, "Unit 0 is known to be on, and stays on"
    states = {
        (1, 1, 1): "Unit by unit that is likelier than not, but not as a whole: compare states of both",
        (1, 1, 0): "That is in the likeliest state of all five units: sum over the hidden ones",
        (1, 0, 0): "That is likeliest while the hidden units are off: sum over all they may do",
    }
    assert np.array_equal(v, [1, 0, 1]), states.get(tuple(v.astype(int)), f"The state is 1, 0, 1; yours: {v}")
    numbers = {
        0.083: "That is p(u, k): divide by the probability of what is known",
        0.431: "The temperature is missing: a state has the weight e^(-E/T)",
    }
    p = p.item()
    assert np.isclose(p, 0.355012, atol=1e-5), numbers.get(
        round(p, 3), f"Its probability is 0.355; yours: {p:.4g}"
    )


test_one_of_three_is_known(fill)


# %%
# HIDDEN
def test_any_question(fill):
    """Random machines and questions, among them everything and nothing known."""
    import itertools

    import numpy as np

    rng = np.random.default_rng(51_005)
    for trial in range(40):
        n_v, n_h = 1 + trial % 4, trial % 3
        n = n_v + n_h
        W = np.triu(rng.normal(size=(n, n)) * 2, 1)
        W, b, T = W + W.T, rng.normal(size=n), float(rng.uniform(0.5, 3))
        v = rng.integers(0, 2, size=n_v).astype([int, float, np.int8][trial % 3])
        known = rng.random(n_v) < [0.4, 0.4, 0, 1][trial % 4]
        p = {}
        for state in itertools.product((0, 1), repeat=n):
            if all(state[i] == v[i] for i in range(n_v) if known[i]):
                pairs = sum(W[i, j] * state[i] * state[j] for i in range(n) for j in range(i))
                weight = np.exp((pairs + np.dot(b, state)) / T)
                p[state[:n_v]] = p.get(state[:n_v], 0) + weight
        given = W.copy(), b.copy(), v.copy(), known.copy()
        answer, found = fill(W, b, T, v, known)
        same = all(np.array_equal(x, y) for x, y in zip(given, (W, b, v, known), strict=True))
        assert same, "an argument was changed"
        answer = tuple(int(x) for x in np.asarray(answer).ravel())
        assert answer in p, "not a visible state that agrees with what is known"
        best = max(p.values()) / sum(p.values())
        # two states that are as likely to within rounding are both right
        assert np.isclose(p[answer] / sum(p.values()), best, rtol=0, atol=1e-6), "not the likeliest"
        assert np.isclose(np.asarray(found, dtype=float).item(), best, rtol=0, atol=1e-6), "its probability"


test_any_question(fill)

# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [markdown]
# Ask the machine that learned parity. Three units are known, and the fourth makes the number of
# units that are on even; any of the four may be the one that is not known.

# %%
if hidden is not ... and hidden is not None:
    right, questions = 0, [(v, known) for v in even for known in ~np.eye(4, dtype=bool)]
    for v, known in questions:
        found = fill(*hidden, 1.0, v * known, known)
        right += found is not None and np.array_equal(found[0], v)
    print(f"{right} of {len(questions)} questions answered correctly")

# %% [raw]
# # BEGIN QUESTION
# name: q6
# points: 4
# manual: true

# %% [markdown]
# ## 6. Did it understand?
#
# Show the machine six of the eight even states, and keep two back. Will it find out the rule, and
# give the two that it never saw their share? Find out, for machines without hidden units and with
# some, and **explain what you see** in 150 to 250 words.
# `boltzmann.learn(machine, shown, steps=..., rate=...)` learns fast and gives a record of each
# step; `boltzmann.visible(model)` is the list of p(v), and `v @ [1, 2, 4, 8]` is the place of v
# in it.
#
# A reader marks this question. There is one point for each of these:
#
# - **What is seen.** For two choices of the states kept back, and at least two numbers of hidden
#   units, from several starts: KL from the six, the probability of the two kept back, and that of
#   the eight odd states, early and late, as numbers.
# - **Why.** What KL asks for, and which of the two phases does what to a state that is never
#   shown; and why it depends on the two kept back how near a machine without hidden units comes.
# - **What it would take.** One remedy (stop early, fewer or weaker weights, more examples of a
#   larger problem, or another) has been tried, with its result as a number, whether it helped or
#   not.
# - **How far it goes.** A conclusion about "understanding" that says no more than the numbers
#   carry, and names one thing that was not varied and might matter.
#
# Style and length bring no points and cost none.

# %% [raw]
# # BEGIN SOLUTION

# %% [markdown]
# *One answer that gets 4 points (there are others).* I kept back 0000 and 1111, and then 0000 and
# 1100; five starts each, scale 0.5, rate 2; medians. At the start the two kept back have 2/16 =
# 0.125 between them, the odd states 0.5. First choice, no hidden unit: after 30 steps KL = 0.54,
# kept back 0.014, odd 0.40; after 3000 KL = 0.010, kept back below 0.0001, odd 0.010. With four
# hidden units much the same, though one start ended at KL = 0.30. Second choice, no hidden unit:
# KL stops at 0.637, kept back 0.0002, odd 0.44. With four: KL = 0.19 (from 0.185 to 0.35), kept
# back below 0.0001, odd 0.009. So the two are not inferred. They vanish sooner than the odd
# states, which are just as unseen and many more. Why: KL asks that the six be likely, and nothing
# else. The positive phase lifts what is shown, the negative phase lowers what the machine dreams,
# and a kept-back state is only ever dreamt. A machine without hidden units sees pairs. The six
# states with two units on are the bottom of an energy of pairs (so many repel each other), so it
# can learn these. The other six are not; the best fit of the pairs leaves the odd states, which
# differ little from fair coins in pairs, and shuts out 0000 and 1100. Remedy: a weight decay of
# 0.003, second choice, four hidden units. Kept back 0.003 in place of 0, but odd 0.25 and KL
# 0.55: it knows less of the rule, not more. Stopping after 10 steps leaves 0.03 to the two, less
# than chance. So in this problem no machine took "even" from six of eight states; I would not say
# that none can. I did not vary the number of units, and a rule with hundreds of examples might be
# another matter.
#
# **For the reader who marks.**
#
# - *What is seen.* Numbers for both choices, without and with hidden units, and some word on how
#   starts differ. Single runs without a spread: no point.
# - *Why.* That nothing in KL speaks for a state that is not shown, and that only the negative
#   phase meets it; and that pairs are enough for some choices and not for others. "Overfitting",
#   as a word alone: no point.
# - *What it would take.* Any remedy that was tried and measured. It need not have worked.
# - *How far it goes.* "It did not understand parity" is too much if one problem was tried, and
#   "it understands" is wrong for these numbers. Named and not varied: number of units, number of
#   examples, the start, the rate.

# %% [raw]
# # END SOLUTION

# %% [raw]
# # END QUESTION

# %% [markdown]
# Everything here was found by listing states. What to do when there are too many of them, and
# what it costs, is in [chapter 5](../../book/05_boltzmann_machine.ipynb).
#
# *Text: [CC BY 4.0](https://creativecommons.org/licenses/by/4.0/). Code: BSD 3-Clause. See
# [LICENSE](../../LICENSE).*
