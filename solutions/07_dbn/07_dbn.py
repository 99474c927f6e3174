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
# # Exercise 7: a stack that dreams
#
# You will put one machine on top of another, grow a stack, check by listing what the proof of
# 2006 promises, and let a network that has been trained dream of a label. Then you squeeze digits
# through four numbers, in a straight way and in a deep one. Read
# [chapter 7](../../book/07_dbn.ipynb) first. Allow about 110 minutes; there are 24 points, 20
# given by the checks and 4 by a reader.
#
# **How it grades itself.** Each question has a cell with `...` where your answer goes. The cell
# below it, `grader.check`, says at once whether the answer is right and, if not, what may have
# gone wrong. When you hand in, your functions are tried on other networks too: write them for any
# sizes. No question needs your answer to another, so you may skip one.
#
# **Conventions.** Units are 0 or 1, and $T = 1$. A restricted Boltzmann machine is a tuple
# `(W, b_v, b_h)` of arrays of shapes (n_v, n_h), (n_v,) and (n_h,), with the energy
# $E(v, h) = -\sum_{ij} v_i w_{ij} h_j - \sum_i b^v_i v_i - \sum_j b^h_j h_j$. `rbm.RBM(*machine)`
# is the same for the library. $\sigma(x) = 1/(1 + e^{-x})$ is `expit`.

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
    os.chdir("course/exercises/07_dbn")
missing = [name for name in ("ebm", "otter") if importlib.util.find_spec(name) is None]
root = next((p for p in Path.cwd().parents if (p / "lib" / "ebm").is_dir()), None)
if missing and root is None:
    raise ModuleNotFoundError(
        f"{' and '.join(missing)} not installed. Put this notebook back into the course's "
        "folder exercises/07_dbn and run this cell again (on Colab: fill in COURSE)."
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
from scipy.special import expit

from ebm import data, dbn, rbm

grader = otter.Notebook(tests_dir="tests")

# %% [raw]
# # BEGIN QUESTION
# name: q1
# points: 4
# all_or_nothing: true

# %% [markdown]
# ## 1. A machine upside down
#
# A stack of two machines generates a picture in two steps: the second machine, which sees the
# features $h$ as *its* visible units, provides an $h$, and the first one's weights turn it into a
# $v$:
#
# $$p(v) = \sum_h p(v \mid h) \, p_2(h), \qquad
#   p(v \mid h) = \prod_i p(v_i \mid h), \qquad
#   p(v_i = 1 \mid h) = \sigma\Big(\sum_j w_{ij} h_j + b^v_i\Big).$$
#
# Here $p_2(h) = e^{-F_2(h)} / Z_2$ is the second machine's distribution of its visible units. One
# choice of the second machine leaves $p(v)$ just as it was with the first alone: its energy, for
# visible units $h$ and hidden units $v'$, is that of the first machine with the two layers in
# each other's place. Write down both energies, and read off its weights and biases.
#
# *By hand.* All weights and biases 0, two visible units: every $p(v \mid h)$ is 1/4, whatever $h$
# and whatever the second machine, so $\log p(v) = -\log 4 = -1.39$.
#
# **Write `upside_down`**, which returns this second machine, and **`log_p`**, which returns
# $\log p(v)$ of a stack for each row of `v`, by listing all $h$. There are at most 10 features;
# `rbm.states(n)` lists their states, and `rbm.log_likelihood(rbm.RBM(*second), h)` is
# $\log p_2(h)$.

# %% [raw]
# # BEGIN SOLUTION


# %%
def upside_down(machine):
    """The second machine, (W, b_v, b_h), with which the stack says what `machine` says alone."""
    # BEGIN SOLUTION
    W, b_v, b_h = machine
    return W.T, b_h, b_v
    # END SOLUTION


# %%
def log_p(first, second, v):
    """log p(v) of the stack for each row of v, by listing the states of the features."""
    # BEGIN SOLUTION
    W, b_v, _ = first
    h = rbm.states(W.shape[1])
    field = h @ W.T + b_v
    joint = v @ field.T - np.logaddexp(0, field).sum(axis=1) + rbm.log_likelihood(rbm.RBM(*second), h)
    return np.logaddexp.reduce(joint, axis=1)
    # END SOLUTION


nothing = np.zeros((2, 3)), np.zeros(2), np.zeros(3)
log_p(nothing, (np.zeros((3, 1)), np.ones(3), np.ones(1)), np.array([[0, 1]]))  # by hand: -1.39

# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS


# %%
def test_upside_down(upside_down):
    """Two visible and two hidden units."""
    import numpy as np

    assert callable(upside_down), "There is no function `upside_down`: run the cell that defines it"
    second = upside_down((np.array([[1, 2], [3, 4]]), np.array([5, 6]), np.array([7, 8])))
    assert second is not None, "Not answered yet? `upside_down` gives nothing back"
    triple = isinstance(second, (tuple, list)) and len(second) == 3
    assert triple, "Return a machine: a tuple of three arrays, W, b_v and b_h"
    W, b_v, b_h = (np.asarray(x, dtype=float) for x in second)
    turned = "Weight w_ij now joins visible unit j and hidden unit i: W must be transposed"
    assert np.array_equal(W, [[1, 3], [2, 4]]), turned
    exchanged = "The biases change places too: the features, hidden below, are the visible units here"
    assert np.array_equal(b_v, [7, 8]) and np.array_equal(b_h, [5, 6]), exchanged


test_upside_down(upside_down)


# %%
def test_two_layers(log_p):
    """Two visible units, two features, one unit on top: two pictures."""
    import numpy as np

    assert callable(log_p), "There is no function `log_p`: run the cell that defines it"
    first = np.array([[1, -2], [3, 1]]), np.array([-1, 1]), np.array([2, -1])
    second = np.array([[2], [-1]]), np.array([1, -2]), np.array([-1])
    found = log_p(first, second, np.array([[1, 0], [0, 1]]))
    assert found is not None, "Not answered yet? `log_p` gives nothing back"
    found = np.asarray(found, dtype=float)
    assert found.shape == (2,), f"One number for each picture, here the shape (2,), not {found.shape}"
    mistakes = [
        (
            [-1.653965, 1.866630],
            "The second machine's p(h) is e^(-F(h)) divided by its Z: is log Z subtracted?",
        ),
        ([-0.288407, -0.830229], "The picture comes from the features: p(v | h), not p(h | v)"),
        (
            [-29.259740, -11.259740],
            "Add probabilities, not logarithms: log p(v) is the log of the sum over h",
        ),
        ([-2.870248, -1.245506], "The visible units have biases: is b_v in their fields?"),
        ([-5.066056, -0.463368], "That is the first machine alone: the features come from the second"),
        ([0.015471, 0.522981], "That is p(v): its logarithm is asked for"),
    ]
    hint = f"Here log p is -4.169 and -0.648; yours is {found[0]:.4g} and {found[1]:.4g}"
    for values, mistake in mistakes:
        hint = mistake if np.allclose(found, values, rtol=0, atol=1e-4) else hint
    assert np.allclose(found, [-4.168804, -0.648210], rtol=0, atol=1e-5), hint


test_two_layers(log_p)


# %%
# HIDDEN
def test_nothing_changes(upside_down):
    """Random machines, state by state: the energy is the same with the layers exchanged."""
    import numpy as np

    rng = np.random.default_rng(71_001)
    for trial in range(20):
        n_v, n_h = 1 + trial % 5, 1 + trial % 4
        W, b_v, b_h = (rng.normal(size=n) for n in ((n_v, n_h), n_v, n_h))
        W2, b_v2, b_h2 = (np.asarray(x, dtype=float) for x in upside_down((W, b_v, b_h)))
        assert W2.shape == (n_h, n_v) and b_v2.shape == (n_h,) and b_h2.shape == (n_v,), "wrong shapes"
        for _ in range(5):
            v, h = rng.integers(0, 2, size=n_v), rng.integers(0, 2, size=n_h)
            below, above = v @ W @ h + b_v @ v + b_h @ h, h @ W2 @ v + b_v2 @ h + b_h2 @ v
            assert np.isclose(below, above, rtol=0, atol=1e-9), "another energy"


test_nothing_changes(upside_down)


# %%
# HIDDEN
def test_any_stack(log_p):
    """Random stacks, against a sum over all states of three layers; every second one upside down."""
    from itertools import product

    import numpy as np

    rng = np.random.default_rng(71_002)
    for trial in range(16):
        n_v, n_h, n_top = 1 + trial % 4, 1 + trial % 3, 1 + trial % 4
        W, b_v, b_h = (1.5 * rng.normal(size=n) for n in ((n_v, n_h), n_v, n_h))
        second = tuple(1.5 * rng.normal(size=n) for n in ((n_h, n_top), n_h, n_top))
        if trial % 2:
            second = W.T.copy(), b_h, b_v
        every = np.array(list(product([0, 1], repeat=n_v)))
        wanted = np.zeros(len(every))
        weights = {}
        for h in product([0, 1], repeat=n_h):
            tops = [np.array(top) for top in product([0, 1], repeat=len(second[2]))]
            weights[h] = sum(np.exp(h @ second[0] @ top + second[1] @ h + second[2] @ top) for top in tops)
        for h, weight in weights.items():
            on = 1 / (1 + np.exp(-(W @ h + b_v)))
            wanted += weight / sum(weights.values()) * np.prod(np.where(every == 1, on, 1 - on), axis=1)
        v = every.astype([int, float, np.int8][trial % 3])
        found = np.asarray(log_p((W, b_v, b_h), second, v), dtype=float)
        assert found.shape == (len(every),), "wrong shape"
        assert np.allclose(found, np.log(wanted), rtol=0, atol=1e-6), "wrong log p"


test_any_stack(log_p)

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
# ## 2. Layer by layer
#
# A stack is grown from the bottom. The first machine learns the data. Then it is frozen, and the
# *probabilities* $p(h_j = 1 \mid v) = \sigma(\sum_i v_i w_{ij} + b^h_j)$ that it finds for each
# example are the data of the second machine, and so on. (Samples of $h$ would be what the proof
# asks for. The probabilities have the same mean and less noise, and are what one usually takes;
# between 0 and 1, they count as chances of being on.)
#
# *By hand.* If the first machine comes back with all weights and biases 0, the second one learns
# from examples that are 1/2 everywhere.
#
# **Write `grow`.** `sizes` are the numbers of hidden units, from the bottom. `train(x, n_h)`
# trains a machine of `n_h` hidden units on the examples `x`, one a row, and returns it as
# `(W, b_v, b_h)`. Return the list of the machines, from the bottom.

# %% [raw]
# # BEGIN SOLUTION


# %%
def grow(data, sizes, train):
    """Machines trained on top of each other, from the bottom."""
    # BEGIN SOLUTION
    machines, x = [], data
    for n_h in sizes:
        W, b_v, b_h = train(x, n_h)
        machines.append((W, b_v, b_h))
        x = expit(x @ W + b_h)
    return machines
    # END SOLUTION


grow(np.array([[1, 0]]), [3], lambda x, n_h: (np.zeros((2, n_h)), np.zeros(2), np.zeros(n_h)))

# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS


# %%
def test_three_machines(grow):
    """A trainer that writes down what it is given: three machines of 2, 2 and 1 hidden units."""
    import numpy as np

    assert callable(grow), "There is no function `grow`: run the cell that defines it"
    data, given = np.array([[1, 0], [0, 1], [1, 1]]), []
    machines = [
        (np.log([[2.0, 3.0], [4.0, 0.5]]), np.array([5.0, 6.0]), np.log([1.0, 2.0])),
        (np.array([[1.0, -1.0], [2.0, 0.0]]), np.zeros(2), np.array([0.0, 1.0])),
        (np.array([[1.0], [1.0]]), np.zeros(2), np.zeros(1)),
    ]

    def train(x, n_h):
        given.append((np.array(x, dtype=float), n_h))
        assert len(given) <= 3, "Three sizes, three machines: `train` was called a fourth time"
        return machines[len(given) - 1]

    found = grow(data, [2, 2, 1], train)
    assert found is not None or given, "Not answered yet? `grow` gives nothing back"
    assert len(given) == 3, f"Three sizes, three machines: `train` was called {len(given)} times"
    asked = [n_h for _, n_h in given]
    assert asked == [2, 2, 1], f"The sizes are 2, 2, 1, from the bottom; `train` was asked for {asked}"
    assert np.array_equal(given[0][0], data), "The first machine learns from the data themselves"
    second = given[1][0]
    mistakes = [
        (data, "The second machine learns from what the first makes of the data, not from the data"),
        (np.log([[2, 6], [4, 1], [8, 3]]), "These are fields: a unit is on with probability sigma(field)"),
        (
            [[2 / 3, 3 / 4], [4 / 5, 1 / 3], [8 / 9, 3 / 5]],
            "The field on a hidden unit is v.W + b_h: is its bias in it?",
        ),
        ([[2 / 3, 6 / 7], [4 / 5, 1 / 2], [8 / 9, 3 / 4]], ""),
    ]
    hint = "The second machine learns from p(h = 1 | v) of the first, one row for each example"
    if np.isin(second, (0, 1)).all() and not np.array_equal(second, data):
        hint = "Pass up the probabilities of the hidden units, not states of 0 and 1"
    for values, mistake in mistakes:
        alike = np.shape(values) == second.shape and np.allclose(second, values, rtol=0, atol=1e-7)
        hint = mistake if alike else hint
    assert not hint, hint
    field = np.array(second) @ machines[1][0] + machines[1][2]
    third = "The third machine learns from what the second makes of what the first has found"
    assert np.allclose(given[2][0], 1 / (1 + np.exp(-field)), rtol=0, atol=1e-7), third
    assert found is not None and len(found) == 3, "Return the list of the three machines"
    kept = all(
        np.array_equal(x, y) for a, b in zip(found, machines, strict=True) for x, y in zip(a, b, strict=True)
    )
    assert kept, "Return the machines as `train` gave them, from the bottom"


test_three_machines(grow)


# %%
# HIDDEN
def test_any_stack_grows(grow):
    """Random data, sizes and machines."""
    import numpy as np

    rng = np.random.default_rng(71_003)
    for trial in range(12):
        sizes = [int(n) for n in rng.integers(1, 6, size=1 + trial % 4)]
        examples, n_v = rng.integers(1, 6, size=2)
        data = rng.integers(0, 2, size=(examples, n_v)).astype([int, float, np.int8][trial % 3])
        start, given, machines = data.copy(), [], []

        def train(x, n_h):
            given.append(np.array(x, dtype=float))  # noqa: B023 (called within this round)
            shapes = (given[-1].shape[1], n_h), given[-1].shape[1], n_h  # noqa: B023
            machines.append(tuple(rng.normal(size=shape) for shape in shapes))  # noqa: B023
            return machines[-1]  # noqa: B023

        found = grow(data, sizes, train)
        assert np.array_equal(data, start), "the data were changed"
        assert len(found) == len(machines) == len(sizes), "wrong number of machines"
        x = start.astype(float)
        for seen, mine, machine in zip(given, found, machines, strict=True):
            assert seen.shape == x.shape and np.allclose(seen, x, rtol=0, atol=1e-7), "wrong examples"
            assert all(np.array_equal(a, b) for a, b in zip(mine, machine, strict=True)), "wrong machine"
            x = 1 / (1 + np.exp(-(x @ machine[0] + machine[2])))


test_any_stack_grows(grow)

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
# ## 3. The bound
#
# In a large stack the sum over all $h$ is out of reach. But the first machine has a guess which
# $h$ belongs to a $v$: $q(h \mid v) = \prod_j q_j^{h_j} (1 - q_j)^{1 - h_j}$ with
# $q_j = \sigma(\sum_i v_i w_{ij} + b^h_j)$. Multiply and divide by it under the sum; the
# logarithm of a mean is at least the mean of the logarithms; so
#
# $$\log p(v) = \log \sum_h q(h \mid v) \frac{p(v \mid h) \, p_2(h)}{q(h \mid v)}
#   \; \ge \; \sum_h q(h \mid v) \big[ \log p(v \mid h) + \log p_2(h) \big] + H(q),$$
#
# where $H(q) = -\sum_h q(h \mid v) \log q(h \mid v)$ is the entropy of the guess. The two sides
# are equal if the guess is exact, as it is when the second machine is the first one upside down.
#
# *By hand.* All weights and biases 0, two visible units, three features, and a second machine of
# zeros: $q = p_2 = 1/8$ for each $h$, so $\log p_2$ and $H$ cancel, and the bound is
# $\log \tfrac14 = -1.39$: the likelihood itself.
#
# **Write `bound`.** It returns the right-hand side for each row of `v`, by listing all $h$ as in
# question 1.

# %% [raw]
# # BEGIN SOLUTION


# %%
def bound(first, second, v):
    """The lower bound on log p(v) of the stack, for each row of v."""
    # BEGIN SOLUTION
    W, b_v, b_h = first
    h = rbm.states(W.shape[1])
    field = h @ W.T + b_v
    joint = v @ field.T - np.logaddexp(0, field).sum(axis=1) + rbm.log_likelihood(rbm.RBM(*second), h)
    up = v @ W + b_h
    log_q = up @ h.T - np.logaddexp(0, up).sum(axis=1)[:, None]
    return np.sum(np.exp(log_q) * (joint - log_q), axis=1)
    # END SOLUTION


bound(nothing, (np.zeros((3, 1)), np.zeros(3), np.zeros(1)), np.array([[0, 1]]))  # by hand: -1.39

# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS


# %%
def test_two_pictures(bound):
    """Two visible units, two features, one unit on top: two pictures."""
    import numpy as np

    assert callable(bound), "There is no function `bound`: run the cell that defines it"
    first = np.array([[1, -2], [3, 1]]), np.array([-1, 1]), np.array([2, -1])
    second = np.array([[2], [-1]]), np.array([1, -2]), np.array([-1])
    found = bound(first, second, np.array([[1, 0], [0, 1]]))
    assert found is not None, "Not answered yet? `bound` gives nothing back"
    found = np.asarray(found, dtype=float)
    assert found.shape == (2,), f"One number for each picture, here the shape (2,), not {found.shape}"
    mistakes = [
        (
            [-5.147307, -1.945896],
            "The entropy of the guess is missing: without it the bound is lower than it need be",
        ),
        (
            [-5.529037, -2.679223],
            "The entropy is -sum q log q, a positive number, and it raises the bound: look at its sign",
        ),
        (
            [-4.168804, -0.648210],
            "That is log p(v) itself: the bound is a mean of logarithms, not the logarithm of a mean",
        ),
        ([-4.345862, 0.311000], "Is log p(h) of the second machine in the mean?"),
        ([-0.037985, -0.790243], "Is log p(v | h) of the first machine in the mean?"),
        (
            [-4.217760, 0.384928],
            "Each h counts with its probability q(h | v): this is a plain mean over all h",
        ),
        (
            [-2.250737, 1.302270],
            "The second machine's p(h) is e^(-F(h)) divided by its Z: is log Z subtracted?",
        ),
    ]
    hint = f"Here the bound is -4.766 and -1.213; yours is {found[0]:.4g} and {found[1]:.4g}"
    for values, mistake in mistakes:
        hint = mistake if np.allclose(found, values, rtol=0, atol=1e-4) else hint
    assert np.allclose(found, [-4.765577, -1.212569], rtol=0, atol=1e-5), hint


test_two_pictures(bound)


# %%
def test_bound_of_an_upside_down_machine(bound):
    """The guess is exact, so bound and likelihood are one."""
    import numpy as np

    W, b_v, b_h = np.array([[1, -2], [3, 1]]), np.array([-1, 1]), np.array([2, -1])
    found = bound((W, b_v, b_h), (W.T, b_h, b_v), np.array([[1, 0], [0, 1]]))
    assert found is not None, "Not answered yet? `bound` gives nothing back"
    alone = np.shape(found) == (2,) and np.allclose(found, [-5.066056, -0.463368], rtol=0, atol=1e-5)
    assert alone, (
        "With the first machine upside down on top, the bound is log p(v) of the first machine alone"
    )


test_bound_of_an_upside_down_machine(bound)


# %%
# HIDDEN
def test_any_bound(bound):
    """Random stacks: log p(v) minus the divergence of the guess from the true p(h | v)."""
    from itertools import product

    import numpy as np

    rng = np.random.default_rng(71_004)
    for trial in range(16):
        n_v, n_h, n_top = 1 + trial % 4, 1 + trial % 3, 1 + trial % 4
        W, b_v, b_h = (1.5 * rng.normal(size=n) for n in ((n_v, n_h), n_v, n_h))
        second = tuple(1.5 * rng.normal(size=n) for n in ((n_h, n_top), n_h, n_top))
        every = np.array(list(product([0, 1], repeat=n_v)))
        hidden = [np.array(h) for h in product([0, 1], repeat=n_h)]
        tops = [np.array(top) for top in product([0, 1], repeat=n_top)]
        weight = [
            sum(np.exp(h @ second[0] @ t + second[1] @ h + second[2] @ t) for t in tops) for h in hidden
        ]
        wanted = []
        for v in every:
            up, joint, q = 1 / (1 + np.exp(-(v @ W + b_h))), [], []
            for h, w in zip(hidden, weight, strict=True):
                on = 1 / (1 + np.exp(-(W @ h + b_v)))
                joint.append(np.prod(np.where(v == 1, on, 1 - on)) * w / sum(weight))
                q.append(np.prod(np.where(h == 1, up, 1 - up)))
            joint, q = np.array(joint), np.array(q)
            wanted.append(np.log(joint.sum()) - np.sum(q * np.log(q / (joint / joint.sum()))))
        found = bound((W, b_v, b_h), second, every.astype([int, float, np.int8][trial % 3]))
        found = np.asarray(found, dtype=float)
        assert found.shape == (len(every),), "wrong shape"
        assert np.allclose(found, wanted, rtol=0, atol=1e-6), "wrong bound"


test_any_bound(bound)

# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [markdown]
# The promise, seen: the second machine starts as the first one upside down and climbs along the
# exact gradient of what it should learn, features drawn from $q$. Does your bound rise? Does it
# stay below your likelihood?

# %%
bars, rng = data.bars_and_stripes(3), np.random.default_rng(3)
start = rbm.initial(9, 5, rng=rng, scale=0.1, dtype=np.float64)
*_, below = rbm.cd(start, bars, rng=rng, epochs=800, rate=0.3, batch=14)
first, above = below.model, rbm.transposed(below.model)
guesses = rbm.sample_h(first, np.tile(bars, (50, 1)), rng=rng)
for step in range(201):
    stack = [(machine.W, machine.b_v, machine.b_h) for machine in (first, above)]
    for name, what in (("bound", bound), ("log p", log_p)) if step % 50 == 0 else ():
        if (found := what(*stack, bars)) is not None:
            print(step, name, np.mean(found).round(4))
    up = rbm.gradient(above, guesses)
    above = rbm.RBM(above.W + 0.5 * up.W, above.b_v + 0.5 * up.b_v, above.b_h + 0.5 * up.b_h)

# %% [raw]
# # BEGIN QUESTION
# name: q4
# points: 4
# all_or_nothing: true

# %% [markdown]
# ## 4. Dreaming of a label
#
# In a network with labels, the machine at the top is a memory whose visible units are the
# features *and then* one unit for each label. To make it think of label 3, turn on label unit 3,
# turn off the others, hold them so, and let all else run: draw the top units given features and
# label, then the features given the top units, and again. What it then has in mind is passed
# down: through each directed layer with
# $p(\text{below} = 1 \mid \text{above}) = \sigma(W \, \text{above} + b)$. Layers on the way are
# drawn; of the lowest, the picture, one looks at the probabilities, which have less noise.
#
# *By hand.* One directed layer with all weights and biases 0: whatever the memory thinks, the
# picture is 1/2 everywhere.
#
# **Write `dream`.** `layers` are the directed layers from the bottom, pairs `(W, b)` with `W` of
# shape (n_below, n_above) and `b` of shape (n_below,). `memory` is `(W, b_v, b_h)`; the last
# `classes` of its visible units are the labels. `labels` holds a number from 0 to `classes - 1`
# for each chain. Start the features as fair coins, make `sweeps` sweeps, pass the features down,
# and return the pictures, shape (chains, n_v).

# %% [raw]
# # BEGIN SOLUTION


# %%
def dream(layers, memory, labels, classes, sweeps, rng):
    """Pictures, as probabilities, of what the network thinks of when these labels are held."""
    # BEGIN SOLUTION
    W, b_v, b_h = memory
    n = len(b_v) - classes
    held = np.eye(classes)[np.asarray(labels, dtype=int)]
    x = rng.integers(0, 2, size=(len(held), n))
    for _ in range(sweeps):
        p = expit(np.hstack([x, held]) @ W + b_h)
        h = rng.random(p.shape) < p
        x = rng.random(x.shape) < expit(h @ W[:n].T + b_v[:n])
    for W, b in reversed(layers):
        p = expit(x @ W.T + b)
        x = rng.random(p.shape) < p
    return p
    # END SOLUTION


W5 = np.zeros((5, 2))  # a memory of 3 features and 2 labels
dream(
    [(np.zeros((4, 3)), np.zeros(4))], (W5, np.zeros(5), np.zeros(2)), [0, 1], 2, 1, np.random.default_rng(0)
)

# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS


# %%
def test_label_is_held(dream):
    """A memory that is sure what belongs to each label, and whose label units would rather be others."""
    import numpy as np

    assert callable(dream), "There is no function `dream`: run the cell that defines it"
    # features 0, 1, 2, labels 0, 1; top unit k is on if and only if label k is
    W = np.array([[100, -100], [-100, 100], [100, 100], [800, 0], [0, 800]])
    b_v, b_h = np.array([0, 0, -50, -900, 900]), np.array([-400, -400])
    copy = [(200 * np.eye(3), np.full(3, -100))]
    with np.errstate(over="ignore"):
        found = dream(copy, (W, b_v, b_h), np.array([0, 1, 0]), 2, 5, np.random.default_rng(0))
    assert found is not None, "Not answered yet? `dream` gives nothing back"
    found = np.asarray(found, dtype=float)
    assert found.shape == (3, 3), f"Three chains, pictures of 3 units: the shape is (3, 3), not {found.shape}"
    pictures = ["".join("01"[int(x > 0.5)] for x in row) for row in found]
    let_go = "Hold the labels in every sweep: left alone, these label units go where they like"
    assert pictures[0] != "011" and pictures[2] == pictures[0], let_go
    exchanged = "Label 0 is the first of the label units, which come after the features"
    assert pictures == ["101", "011", "101"], exchanged


test_label_is_held(dream)


# %%
def test_everything_above_is_drawn(dream):
    """A top unit that is a fair coin, with two features that do what it does; then coins on the way down."""
    import numpy as np

    W = np.array([[40.0], [40.0], [0.0]])
    copy = [(200 * np.eye(2), np.full(2, -100))]
    memory = W, np.array([-20.0, -20.0, 0.0]), np.array([-40.0])
    found = dream(copy, memory, np.zeros(200, dtype=int), 1, 1, np.random.default_rng(1))
    assert found is not None, "Not answered yet? `dream` gives nothing back"
    found = np.asarray(found, dtype=float)
    sure = np.all((found < 1e-6) | (found > 1 - 1e-6)) and np.array_equal(
        found[:, 0] > 0.5, found[:, 1] > 0.5
    )
    assert sure, (
        "Two features that do what one top unit does must agree: draw the top units, and the features from them"
    )
    coins = [*copy, (np.zeros((2, 2)), np.zeros(2))]
    found = np.asarray(
        dream(coins, memory, np.zeros(200, dtype=int), 1, 1, np.random.default_rng(2)), dtype=float
    )
    between = "Layers on the way down are drawn, 0 or 1: only of the picture are probabilities returned"
    assert np.all((found < 1e-6) | (found > 1 - 1e-6)), between
    assert len(np.unique(found.round(), axis=0)) == 4, "Each unit of each chain is a coin of its own"
    grey = np.asarray(dream([(np.zeros((3, 2)), np.zeros(3))], memory, [0], 1, 1, np.random.default_rng(3)))
    assert np.allclose(grey, 0.5), "Return the probabilities of the picture's units, not states"


test_everything_above_is_drawn(dream)


# %%
# HIDDEN
def test_how_often_each_thought_comes(dream):
    """Random small memories after 20 sweeps: features given the label, against the list of all states."""
    from itertools import product

    import numpy as np

    rng, N = np.random.default_rng(71_005), 600
    for trial in range(4):
        n, classes, n_h = 2 + trial % 2, 2 + trial % 3, 2
        W, b_v, b_h = rng.normal(size=(n + classes, n_h)), rng.normal(size=n + classes), rng.normal(size=n_h)
        label = int(rng.integers(classes))
        turned = rng.permutation(n)
        layers = [(200 * np.eye(n)[turned], np.full(n, -100))]
        found = dream(layers, (W, b_v, b_h), np.full(N, label), classes, 20, rng)
        found = np.asarray(found, dtype=float)
        assert found.shape == (N, n), "wrong shape"
        x = np.array(list(product([0, 1], repeat=n)))
        field = x @ W[:n] + W[n + label] + b_h
        weight = np.exp(x @ b_v[:n]) * np.prod(1 + np.exp(field), axis=1)
        for state, p in zip(x, weight / weight.sum(), strict=True):
            count = np.sum((np.round(found) == state[turned]).all(axis=1))
            # six standard deviations, and some more for the rare ones
            close = abs(count - N * p) < 6 * np.sqrt(N * p * (1 - p)) + 6
            assert close, "a thought comes too often or too rarely"


test_how_often_each_thought_comes(dream)

# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [markdown]
# Your dreams, by a network that comes with the library: two directed layers and a memory, trained
# on handwritten digits. Which labels does it see most clearly? Try more sweeps, or one.

# %%
network = dbn.digit_network()
layers = [(layer.W_down, layer.b_down) for layer in network.layers]
memory = network.top.W, network.top.b_v, network.top.b_h
pictures = dream(layers, memory, np.arange(10), 10, 100, np.random.default_rng(4))

fig, axes = plt.subplots(1, 10, figsize=(7, 1.1))
for label, ax in enumerate(axes):
    ax.set_axis_off()
    ax.set_title(label, fontsize=9)
    if pictures is not None:
        ax.imshow(np.reshape(pictures[label], (8, 8)), cmap="gray_r", vmin=0, vmax=1)

# %% [raw]
# # BEGIN QUESTION
# name: q5
# points: 4
# all_or_nothing: true

# %% [markdown]
# ## 5. Through four numbers
#
# A digit of $8 \times 8$ units is to be told in $k$ numbers and then rebuilt. The best *linear*
# way is by principal components: subtract the mean of the training digits, and of what is left
# keep the projection on the $k$ directions in which the training digits vary most. With the mean
# $m$ and a matrix $U$ whose $k$ columns are these directions, of length 1 and at right angles, a
# digit $x$ comes back as
#
# $$\hat x = m + U U^\mathsf{T} (x - m) .$$
#
# The directions are the eigenvectors of the covariance matrix with the largest eigenvalues
# (`np.linalg.eigh` lists the smallest first), or the first rows of the last matrix that
# `np.linalg.svd` gives for the training digits minus their mean.
#
# *By hand.* Training digits of two units, $(0, 0)$ and $(1, 1)$, $k = 1$:
# $m = (\tfrac12, \tfrac12)$ and the direction is the diagonal. The test digit $(1, 0)$ comes back
# as $m$, with the squared error $\tfrac14$ in each unit.
#
# **Write `pca_error`**: the mean over all test digits *and units* of the squared error.
#
# **Then measure**, with codes of four numbers. `linear` is the error of principal components on
# the test digits. `deep` is that of the autoencoder `tuned.network`, which was a stack before
# back-propagation tuned it: the same mean of squares, for
# `dbn.decode(network, dbn.encode(network, x))`.

# %% [raw]
# # BEGIN SOLUTION


# %%
def pca_error(train, test, k):
    """Mean squared error per unit of test digits rebuilt from k principal components of `train`."""
    # BEGIN SOLUTION
    mean = train.mean(axis=0)
    U = np.linalg.svd(train - mean)[2][:k].T
    return np.mean((test - mean - (test - mean) @ U @ U.T) ** 2)
    # END SOLUTION


pca_error(np.array([[0, 0], [1, 1]]), np.array([[1, 0]]), 1)  # by hand: 0.25

# %%
train, test = data.digits()
rng = np.random.default_rng(7)
*_, grown = dbn.greedy(train.v, [64, 4], rng=rng, epochs=10, rate=0.1, batch=20)
fits = dbn.fit(dbn.autoencoder(grown.model), train.v, train.v, rng=rng, epochs=40, rate=0.005, batch=50)
*_, tuned = fits

linear = pca_error(train.v, test.v, 4)  # SOLUTION
deep = np.mean((dbn.decode(tuned.network, dbn.encode(tuned.network, test.v)) - test.v) ** 2)  # SOLUTION

print("linear", linear, "  deep", deep)

# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS


# %%
def test_four_points(pca_error):
    """Training points along a line that does not go through 0, and two test points beside it."""
    import numpy as np

    assert callable(pca_error), "There is no function `pca_error`: run the cell that defines it"
    train = np.array([[4.0, 1, 0], [4, 3, 0], [4, 5, 0], [4, 7, 1]])
    error = pca_error(train, np.array([[5.0, 2, 0], [3, 9, 2]]), 1)
    assert error is not None, "Not answered yet? `pca_error` gives nothing back"
    assert np.size(error) == 1, "One number: the mean over all test digits and units"
    error = np.asarray(error, dtype=float).item()
    mistakes = [
        (
            3.547849,
            "Subtract the mean of the training digits first: directions of variation are about the mean",
        ),
        (
            5.354167,
            "Those are the directions of least variation: np.linalg.eigh lists the smallest eigenvalue first",
        ),
        (0.000000, "The components come from the training digits: here they were fitted to the test digits"),
        (1.479276, "That is a sum over the units: take the mean over digits and units"),
        (2.958552, "That is the sum over digits and units: take the mean"),
        (0.702205, "That is the root of it: the mean of the squares is asked for"),
    ]
    hint = f"Here the error is 0.4931; yours is {error:.4g}"
    for value, mistake in mistakes:
        hint = mistake if np.isclose(error, value, rtol=0, atol=1e-5) else hint
    assert np.isclose(error, 0.493092, rtol=0, atol=1e-5), hint


test_four_points(pca_error)


# %%
def test_linear_and_deep(linear, deep):
    """The numbers read off: codes of four numbers."""
    import numpy as np

    missing = [x is None or x is Ellipsis for x in (linear, deep)]
    assert not any(missing), "Not answered yet: `linear` and `deep` are still `...`"
    assert np.size(linear) == 1 and np.size(deep) == 1, "`linear` and `deep` are one number each"
    linear, deep = np.asarray(linear, dtype=float).item(), np.asarray(deep, dtype=float).item()
    assert abs(linear - 0.0382) < 0.0003, f"Four components leave an error of 0.0382; yours is {linear:.3g}"
    early = "That is the stack before back-propagation: take `tuned.network`, not the one from `grown`"
    assert not 0.05 < deep < 0.09, early
    assert deep < 1, "That is a sum over the units: take the mean over digits and units"
    assert 0.015 < deep < 0.037, f"The tuned autoencoder's error should be near 0.027; yours is {deep:.3g}"


test_linear_and_deep(linear, deep)


# %%
# HIDDEN
def test_any_points(pca_error):
    """Random points: the error left is the part of the test points outside of the best k directions."""
    import numpy as np

    rng = np.random.default_rng(71_006)
    for trial in range(15):
        n = 2 + trial % 5
        k = 1 + trial % n
        spread = np.linalg.qr(rng.normal(size=(n, n)))[0] * 2.0 ** np.arange(n)
        shift = 3 * rng.normal(size=n)
        train, test = (rng.normal(size=(count, n)) @ spread.T + shift for count in (60, 7))
        given = train.copy(), test.copy()
        found = np.asarray(pca_error(train, test, k), dtype=float)
        _, vectors = np.linalg.eigh(np.cov(given[0].T).reshape(n, n))
        rest = (given[1] - given[0].mean(axis=0)) @ vectors[:, : n - k]
        assert found.size == 1, "not one number"
        assert np.isclose(found.item(), np.sum(rest**2) / test.size, rtol=1e-6, atol=1e-9), "wrong error"
        same = np.array_equal(train, given[0]) and np.array_equal(test, given[1])
        assert same, "an argument was changed"


test_any_points(pca_error)


# %%
# HIDDEN
def test_deep_against_other_seeds(linear, deep):
    """The deep one within five standard deviations of what other seeds give."""
    import numpy as np

    assert abs(np.asarray(linear, dtype=float).item() - 0.0382) < 0.0003, "linear"
    assert 0.0155 < np.asarray(deep, dtype=float).item() < 0.0378, "deep"


test_deep_against_other_seeds(linear, deep)

# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [raw]
# # BEGIN QUESTION
# name: q6
# points: 4
# manual: true

# %% [markdown]
# ## 6. What was promised
#
# "In 2006 it was proven that each further layer makes a deep belief network a better model, and
# this is why deep learning works." How far is it true? Write 150 to 250 words.
#
# A reader marks this question. There is one point for each of these:
#
# - **What is proven.** The quantity that cannot fall, and the conditions: how the further machine
#   starts, what it learns from, and by what rule.
# - **What you have seen of it.** A number or an equality from questions 1 to 3, and which step of
#   the argument it shows.
# - **Where practice leaves the proof.** Two conditions that are not met in an ordinary stack, and
#   what then remains.
# - **What "works" means.** Why a better model of the data need not be a better classifier, or
#   what took the place of stacks; and an experiment that would tell what pre-training brings for
#   a given task, with its rival.
#
# Style and length bring no points and cost none.

# %% [raw]
# # BEGIN SOLUTION

# %% [markdown]
# *One answer that gets 4 points (there are others).* Proven is a statement about a bound. If the
# new machine starts as the one below upside down, its weights transposed and its biases
# exchanged, the stack says what it said before, and the bound equals the log-likelihood. If it
# then raises the mean log-likelihood of features drawn from q(h | v), the bound rises by just as
# much, and log p(v) by at least that. In question 1 the two distributions agreed to the last
# digit; in question 3 the bound started at the likelihood, rose, and stayed below. Practice
# leaves this in several places. A layer of another size cannot start upside down: then the bound
# starts lower, and nothing says that it gets back. Machines learn by contrastive divergence,
# which does not follow the likelihood, and from probabilities in place of samples. From a third
# layer on, the bound is not tight even at the start, so the likelihood itself may fall while the
# bound rises. What remains is a good recipe. And none of it speaks of labels: a model spends its
# units on all that varies in the data, a classifier needs only what tells the labels apart. Deep
# networks are trained today without stacks, from random weights of the right size and with
# rectified units. To see what pre-training brings, take networks of one shape, started from a
# stack and from such random weights, equal time for tuning each, several seeds, with few labels
# and with many, and compare errors on digits neither has seen.
#
# **For the reader who marks.**
#
# - *What is proven.* The bound; upside down (or: any start that makes it tight); features drawn
#   from q; likelihood not lowered. "The likelihood rises with each layer" without conditions: no
#   point.
# - *What you have seen.* A number or an equality of the student's own, tied to a step: equal
#   distributions to the start, bound below log p to the inequality, the rise to the second
#   machine's learning.
# - *Where practice leaves the proof.* Two of: small random start, other sizes, CD for the
#   gradient, probabilities for samples, no tight bound above the second layer, rates that are too
#   large. With what remains: a heuristic, or a bound that still holds but from a lower start.
# - *What "works" means.* A reason and an experiment with a rival that is fair (good random
#   weights, the same effort). "Nobody uses it today" alone: no point.

# %% [raw]
# # END SOLUTION

# %% [raw]
# # END QUESTION

# %% [markdown]
# You have grown, proven, dreamt and squeezed. What is left of the stack of 2006 is its plan:
# learn first from what has no labels. [Chapter 7](../../book/07_dbn.ipynb) tells how that came
# about.
#
# *Text: [CC BY 4.0](https://creativecommons.org/licenses/by/4.0/). Code: BSD 3-Clause. See
# [LICENSE](../../LICENSE).*
