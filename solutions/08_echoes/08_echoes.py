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
# # Exercise 8: from remembering to inventing
#
# You will write one step of a memory that is also attention, dissolve points into noise and
# bring them back, and then measure when a diffusion begins to copy what it has seen. At the end
# you say in words what in all this was derived and what merely looks alike. Read
# [chapter 8](../../book/08_echoes.ipynb) first. Allow about 110 minutes; there are 24 points,
# 20 given by the checks and 4 by a reader.
#
# **How it grades itself.** Each question has a cell with `...` where your answer goes. The
# cell below it, `grader.check`, says at once whether the answer is right and, if not, what
# may have gone wrong. When you hand in, your functions are tried on other inputs too: write
# them for any sizes. No question needs your answer to another, so you may skip one.
#
# **Conventions.** Energies and the temperature $T$ are measured in the same unit
# ($k_\mathrm{B} = 1$), $\beta = 1/T$. In the chapter the spring that pulls to the origin has
# $k = 1$ and the temperature is 1; in questions 2 and 4 both are free, so that you see where
# they enter. Friction is taken as 1: a force $f$ makes a point drift with the velocity $f$.

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
    os.chdir("course/exercises/08_echoes")
missing = [name for name in ("ebm", "otter") if importlib.util.find_spec(name) is None]
root = next((p for p in Path.cwd().parents if (p / "lib" / "ebm").is_dir()), None)
if missing and root is None:
    raise ModuleNotFoundError(
        f"{' and '.join(missing)} not installed. Put this notebook back into the course's "
        "folder exercises/08_echoes and run this cell again (on Colab: fill in COURSE)."
    )
if missing:
    subprocess.run([sys.executable, "-m", "pip", "install", "-q", root, "otter-grader"], check=True)
if not Path("tests").is_dir():
    print("grader.check will not work: put the exercise's folder `tests` beside this notebook.")

# %% deletable=false editable=false
# Set-up 2 of 2.
from itertools import pairwise

import matplotlib.pyplot as plt
import numpy as np
import otter

from ebm import data, dense, diffusion

grader = otter.Notebook(tests_dir="tests")

# %% [raw]
# # BEGIN QUESTION
# name: q1
# points: 3
# all_or_nothing: true

# %% [markdown]
# ## 1. One step of a memory
#
# A memory keeps P patterns of n real numbers, the rows $x^\mu$ of a matrix `X`. Its state $q$
# has the energy
#
# $$E(q) = -\frac1\beta \log \sum_\mu e^{\beta\, x^\mu \cdot q} + \frac12\, q \cdot q .$$
#
# Set its gradient to 0, and the part with $q$ alone says where one step leads: to the mean of
# all memories, weighted by a softmax, which is attention.
#
# $$q_\mathrm{new} = \sum_\mu p_\mu\, x^\mu , \qquad
# p_\mu = \frac{e^{\beta\, x^\mu \cdot q}}{\sum_\nu e^{\beta\, x^\nu \cdot q}} .$$
#
# A computer cannot write down $e^{800}$, and makes 0 of $e^{-800}$. But the $p_\mu$ stay the
# same when one number is subtracted from all exponents, for it cancels. Choose it so that
# nothing overflows and not everything becomes 0.
#
# *By hand.* The memories (1, 0) and (0, 1), $\beta = \ln 3$, $q = (1, 0)$. The exponentials
# are 3 and 1, the weights 3/4 and 1/4, and $q_\mathrm{new} = (0.75, 0.25)$.
#
# **Write `attend`.** It takes `X` of shape (P, n), `q` of shape (n,) and `beta` > 0, however
# large the products are, and returns the new state, shape (n,).

# %% [raw]
# # BEGIN SOLUTION


# %%
def attend(X, q, beta):
    """The mean of the memories, weighted by softmax(beta X q)."""
    # BEGIN SOLUTION
    pull = beta * (X @ q)
    p = np.exp(pull - pull.max())
    return p @ X / p.sum()
    # END SOLUTION


attend(np.array([[1, 0], [0, 1]]), np.array([1, 0]), np.log(3))  # by hand: 0.75, 0.25

# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS


# %%
def test_three_memories(attend):
    """Three memories of two numbers, small enough to do by hand."""
    import numpy as np

    assert callable(attend), "There is no function `attend`: run the cell that defines it"
    q = attend(np.array([[2, 0], [0, 1], [-1, -1]]), np.array([1, 1]), np.log(2))
    assert q is not None, "Not answered yet? `attend` gives nothing back"
    weights = "Those are the weights of the memories: return their weighted mean, of shape (n,)"
    assert np.size(q) != 3, weights
    assert np.size(q) == 2, f"A state of 2 numbers becomes a state of 2 numbers, not of {np.size(q)}"
    q = np.ravel(np.asarray(q, dtype=float))
    mistakes = [
        ((1.4296, 0.2522), "Where is beta? It multiplies the products x.q in the exponent"),
        ((1.6112, 0.1881), "beta multiplies the products x.q, it does not divide them"),
        ((7.75, 1.75), "The weights must add up to 1: divide by their sum"),
        ((-0.7368, -0.7368), "A memory that fits q better weighs more: look at the sign in the exponent"),
        ((2, 0), "That is the best memory alone: take the mean of all, each with its weight"),
        ((1 / 3, 0), "That is the plain mean of the memories: weight each by how well it fits q"),
        ((2.24, 1.28), "The step leads to the mean itself: do not add q to it"),
    ]
    hint = f"The weights here are 0.64, 0.32, 0.04, and the step leads to (1.24, 0.28), not to {q.round(4)}"
    for slip, mistake in mistakes:
        hint = mistake if np.allclose(q, slip, atol=2e-4) else hint
    assert np.allclose(q, [1.24, 0.28]), hint


test_three_memories(attend)


# %%
def test_large_products(attend):
    """The same, where exponentials overflow, and where all of them vanish."""
    import numpy as np

    for shift in (0.0, 1600.0):
        X = np.array([[800.0, 0.0], [0.0, 798.0]]) - shift
        q = attend(X, np.array([1.0, 1.0]), 0.5)
        assert q is not None, "Not answered yet? `attend` gives nothing back"
        q = np.ravel(np.asarray(q, dtype=float))
        lost = "exp overflows, or all weights vanish: first subtract the largest exponent from all"
        assert np.isfinite(q).all(), lost
        wanted = np.array([584.84686, 214.61525]) - shift
        assert np.allclose(q, wanted, rtol=0, atol=1e-3), "With large products the weights come out wrong"


test_large_products(attend)


# %%
# HIDDEN
def test_any_memory(attend):
    """Random memories, against one exponential at a time; and no step raises the energy."""
    import math

    import numpy as np

    def exponents(X, q, beta):
        return [float(beta) * math.fsum(float(a) * float(c) for a, c in zip(x, q, strict=True)) for x in X]

    def energy(X, q, beta):
        pulls = exponents(X, q, beta)
        log_sum = max(pulls) + math.log(math.fsum(math.exp(e - max(pulls)) for e in pulls))
        return -log_sum / beta + 0.5 * math.fsum(float(a) ** 2 for a in q)

    rng = np.random.default_rng(28_001)
    for trial in range(60):
        P, n = (1, 1) if trial == 0 else rng.integers(1, 12, size=2)
        X = 10 ** rng.uniform(-1, 2) * rng.normal(size=(P, n))
        q, beta = 3 * rng.normal(size=n), 10 ** rng.uniform(-2, 2)
        if trial % 3 == 0:  # whole numbers, as with patterns of +-1
            X, q = np.round(X).astype(int), np.round(q).astype(int)
        given = X.copy(), q.copy()
        new = np.asarray(attend(X, q, beta), dtype=float)
        assert new.size == n, "wrong shape"
        pulls = exponents(X, q, beta)
        weights = [math.exp(e - max(pulls)) for e in pulls]
        wanted = np.array(weights) @ X / math.fsum(weights)
        scale = 1 + np.abs(X).max()
        assert np.allclose(new.ravel(), wanted, rtol=0, atol=1e-6 * scale), "wrong state"
        before, after = energy(X, q, beta), energy(X, new.ravel(), beta)
        assert after <= before + 1e-6 * scale**2, "the energy rose"
        unchanged = all(np.array_equal(x, y) for x, y in zip(given, (X, q), strict=True))
        assert unchanged, "an argument was changed"


test_any_memory(attend)

# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [markdown]
# Your memory at work. Six letters are stored; it sees the upper half of an R and makes one step
# from there. Hot, it blends all it knows; cold, it recalls. Predict the picture at
# `beta = 0.12` before you run the cell. What would a seventh letter, a P, change?

# %%
letters = data.letters("AHKORX", "5x7").astype(float)
cue = letters[4] * (np.arange(35) < 20)
betas = (0.01, 0.12, 1.0)

fig, axes = plt.subplots(1, 4, figsize=(7, 2.6))
answers = [attend(letters, cue, beta) for beta in betas]
names = ["the cue", *(f"beta = {beta}" for beta in betas)]
for ax, state, name in zip(axes, [cue, *answers], names, strict=True):
    ax.set_axis_off()
    if state is not None:
        ax.imshow(-np.reshape(state, (7, 5)), cmap="cividis", vmin=-1, vmax=1)
        ax.set_title(name, fontsize=9)
if answers[0] is not None:
    path = [dense.continuous_energy(letters, s, 0.12) for s in (cue, answers[1])]
    print(f"one step at beta = 0.12 takes the energy from {path[0]:.2f} to {path[1]:.2f}")

# %% [raw]
# # BEGIN QUESTION
# name: q2
# points: 3
# all_or_nothing: true

# %% [markdown]
# ## 2. Into the noise
#
# A point is held to the origin by a spring, $E(x) = k x^2 / 2$, and shaken by heat. In a short
# time $dt$
#
# $$x \;\to\; x - k x \, dt + \sqrt{2 T \, dt}\; z ,$$
#
# with a fresh normal $z$ of mean 0 and variance 1. Take very many such points, with the mean
# $m$ and the variance $v$ at the start. After the step their mean is $(1 - k\,dt)\, m$, and
# their variance is $(1 - k\,dt)^2\, v + 2 T\, dt$, since $z$ knows nothing of $x$.
#
# **Derive** from this what $dm/dt$ and $dv/dt$ are (as $dt \to 0$, terms with $dt^2$ drop out),
# and solve the two equations. Check: after a long time the points must have the Boltzmann
# distribution $e^{-kx^2/2T}$, whose mean is 0 and whose variance is $T/k$, and they must stay
# there.
#
# *By hand.* For $k = T = 1$, points that all start at 4 have after $t = \ln 2$ the mean 2 and
# the variance $1 - 1/4 = 0.75$.
#
# **Write `moments`.** It returns two numbers: the mean and the variance at time `t` of points
# that have `mean` and `variance` at time 0.

# %% [raw]
# # BEGIN SOLUTION


# %%
def moments(mean, variance, t, k, T):
    """Mean and variance after a time t, pulled by the spring k, shaken at temperature T."""
    # BEGIN SOLUTION
    kept = np.exp(-k * t)
    return kept * mean, kept**2 * variance + (1 - kept**2) * T / k
    # END SOLUTION


moments(4, 0, np.log(2), 1, 1)  # by hand: 2 and 0.75

# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS


# %%
def test_half_way(moments):
    """A time after which half of the mean is left; k = 0.5, T = 3."""
    import numpy as np

    assert callable(moments), "There is no function `moments`: run the cell that defines it"
    found = moments(8, 5, 2 * np.log(2), 0.5, 3)
    assert found is not None, "Not answered yet? `moments` gives nothing back"
    assert np.size(found) == 2, "Return two numbers, `mean, variance`"
    mean, variance = np.ravel(np.asarray(found, dtype=float))
    means = {
        2.0: "dm/dt = -k m: where is the spring k in the exponent?",
        8.0: "The spring pulls the mean to 0 as well: dm/dt = -k m",
        16.0: "The spring pulls towards 0: look at the sign in the exponent",
    }
    hint = f"A mean of 8 becomes 4 here, and yours {mean:.4g}"
    assert np.isclose(mean, 4), means.get(round(mean, 6), hint)
    variances = {
        9.5: "The spring also shrinks the variance that was there at the start",
        7.0: "The variance at the start shrinks twice as fast as the mean: dv/dt = -2 k v + ...",
        4.5: "Points that were apart at the start are still apart: the first variance is missing",
        2.0: "1 - e^-2t holds for k = T = 1 only: in the end the variance must be T / k",
        3.5: "In the end the variance must be T / k: a stiff spring leaves little room",
        10.25: "In the end the variance must be T / k: in dv/dt = -2 k v + 2 T the two 2 cancel",
        4.25: "Noise fades as the variance does, with e^-2kt, not e^-kt",
        1.25: "Heat is missing: dv/dt = -2 k v + 2 T",
        2.3979: "That is the standard deviation: return its square, the variance",
        9.5678: "Noise of earlier times is pulled back, too: it does not grow as 2 T t",
        13.3178: "Without a spring it would be so: solve dv/dt = -2 k v + 2 T",
    }
    hint = f"A variance of 5 becomes 5.75 here, and yours {variance:.4g}"
    assert np.isclose(variance, 5.75), variances.get(round(variance, 4), hint)


test_half_way(moments)


# %%
# HIDDEN
def test_any_time(moments):
    """Random springs and temperatures; nothing at once, all in the end, and two times in a row."""
    import math

    import numpy as np

    def found(*given):
        pair = moments(*given)
        assert np.size(pair) == 2, "not two numbers"
        return np.ravel(np.asarray(pair, dtype=float))

    rng = np.random.default_rng(28_002)
    for _ in range(60):
        mean, variance = 5 * rng.normal(), rng.uniform(0, 10)
        t, k, T = rng.uniform(0, 3), 10 ** rng.uniform(-1, 1), 10 ** rng.uniform(-1, 1)
        scale = 1 + abs(mean) + variance + T / k
        close = {"rtol": 0, "atol": 1e-6 * scale}
        kept = math.exp(-k * t)
        wanted = [kept * mean, kept * kept * variance + T / k * (1 - kept * kept)]
        assert np.allclose(found(mean, variance, t, k, T), wanted, **close), "wrong moments"
        assert np.allclose(found(mean, variance, 0.0, k, T), [mean, variance], **close), "at once"
        assert np.allclose(found(mean, variance, 60 / k, k, T), [0, T / k], **close), "in the end"
        twice = found(*found(mean, variance, t / 3, k, T), 2 * t / 3, k, T)
        assert np.allclose(twice, wanted, **close), "two times in a row"


test_any_time(moments)

# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [raw]
# # BEGIN QUESTION
# name: q3
# points: 4
# all_or_nothing: true

# %% [markdown]
# ## 3. The score of a mixture
#
# Noise makes a hill of each data point, so dissolved data are a mixture of normal
# distributions. On a line, with K means $c_j$, one variance $v$, and shares $a_j$ that add up
# to 1,
#
# $$p(x) = \sum_j a_j \, \frac{1}{\sqrt{2\pi v}}\, e^{-(x - c_j)^2 / 2v} .$$
#
# The way back needs the *score*, the slope of $\log p$.
#
# **Derive it.** The slope of $\log p$ is $p'/p$, and each term of $p'$ is that term of $p$ times
# a simple factor. Write the result as a mean over $j$ with weights that add up to 1. You have
# met such weights in question 1, and they overflow, or vanish all at once, in the same way.
#
# *By hand.* Means $-1$ and 1, equal shares, $v = 1$. The two exponentials at $x$ are in the
# ratio $e^{-x} : e^{x}$, and the score is $\tanh x - x$. It is 0 at $x = 0$, and $-0.238$ at
# $x = 1$: the hill on the left pulls a little.
#
# **Write `score`.** It takes points `x` of shape (batch,), `means` and `shares` of shape (K,),
# and one `variance`; it returns the score at each point, shape (batch,), far out as well.

# %% [raw]
# # BEGIN SOLUTION


# %%
def score(x, means, variance, shares):
    """Slope of log p at each x, for a mixture of normal distributions."""
    # BEGIN SOLUTION
    apart = means - x[:, None]
    log_w = np.log(shares) - apart**2 / (2 * variance)
    w = np.exp(log_w - log_w.max(axis=1, keepdims=True))
    return (w * apart).sum(axis=1) / w.sum(axis=1) / variance
    # END SOLUTION


score(np.array([0.0, 1.0]), np.array([-1, 1]), 1.0, np.array([0.5, 0.5]))  # by hand: 0, -0.238

# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS


# %%
def test_two_hills(score):
    """Two hills, at 0 and 4, of shares 1/4 and 3/4 and variance 2, seen from 1 and from 2."""
    import numpy as np

    assert callable(score), "There is no function `score`: run the cell that defines it"
    found = score(np.array([1.0, 2.0]), np.array([0.0, 4.0]), 2.0, np.array([0.25, 0.75]))
    assert found is not None, "Not answered yet? `score` gives nothing back"
    shape = f"Two points have two scores: the shape is (2,), not {np.shape(found)}"
    assert np.shape(found) == (2,), shape
    found = np.asarray(found, dtype=float)
    mistakes = [
        ((-0.2616, 0.0), "The shares are missing: a hill's weight is its share times its exponential"),
        ((-0.3958, 0.5), "The exponent is -(x - c)^2 / (2 v): where is the 2?"),
        ((0.5493, 0.5), "v is the variance already: do not square it"),
        ((-0.1988, 0.5), "v is the variance already: do not take its root in the exponent"),
        ((0.1551, 1.0), "The factor of each term is (c - x) / v: divide by the variance"),
        ((0.1096, 0.7071), "The factor of each term is (c - x) / v: divide by the variance, not by its root"),
        ((-0.0775, -0.5), "The slope of log p leads up, towards the hills: look at the sign"),
        ((0.0060, 0.0519), "That is the slope of p: the score is the slope of log p, which is p'/p"),
        ((0.0212, 0.1839), "The weights must add up to 1: divide by their sum, as p'/p says"),
        ((-0.5, 1.0), "That is the best hill alone: take the mean over all, each with its weight"),
        ((1.0, 0.5), "A hill's weight depends on x: its share times its exponential at x"),
        ((1.1551, 3.0), "That is the best guess of where x came from: the score is (guess - x) / v"),
        ((-2.5611, -2.2655), "That is log p itself: the score is its slope"),
        ((-0.0055, 0.4565), "For each point the weights of all hills add up to 1, not the other way round"),
    ]
    hint = f"The scores there are 0.0776 and 0.5, and yours {found.round(4)}"
    for slip, mistake in mistakes:
        hint = mistake if np.allclose(found, slip, rtol=0, atol=2e-4) else hint
    assert np.allclose(found, [0.07753081, 0.5]), hint


test_two_hills(score)


# %%
def test_far_out(score):
    """Where every hill is low."""
    import numpy as np

    found = score(np.array([-90.0, 124.0]), np.array([0.0, 4.0]), 2.0, np.array([0.25, 0.75]))
    assert found is not None, "Not answered yet? `score` gives nothing back"
    found = np.asarray(found, dtype=float)
    lost = "Far out all exponentials vanish, 0/0: first subtract the largest exponent of each point"
    assert np.isfinite(found).all(), lost
    assert np.allclose(found, [45, -60]), "Far out the nearest hill alone should pull"


test_far_out(score)


# %%
# HIDDEN
def test_any_mixture(score):
    """Random mixtures, against one hill at a time; moved along the line, the score moves along."""
    import math

    import numpy as np

    def one(x, means, variance, shares):
        logs = [math.log(a) - (x - c) ** 2 / (2 * variance) for c, a in zip(means, shares, strict=True)]
        weights = [math.exp(e - max(logs)) for e in logs]
        guess = math.fsum(w * c for w, c in zip(weights, means, strict=True)) / math.fsum(weights)
        return (guess - x) / variance

    rng = np.random.default_rng(28_003)
    for trial in range(40):
        K, batch = (1, 1) if trial == 0 else rng.integers(1, 12, size=2)
        means, x = 3 * rng.normal(size=K), 10 ** rng.uniform(0, 2) * rng.normal(size=batch)
        variance = 10 ** rng.uniform(-1.5, 1)
        shares = rng.dirichlet(np.ones(K)) + 1e-3
        shares = shares / shares.sum()
        given = x.copy(), means.copy(), shares.copy()
        found = np.asarray(score(x, means, variance, shares), dtype=float)
        assert found.shape == (batch,), "wrong shape"
        wanted = np.array([one(y, means, variance, shares) for y in x])
        atol = 1e-6 * (1 + np.abs(wanted).max())
        assert np.allclose(found, wanted, rtol=0, atol=atol), "wrong score"
        moved = np.asarray(score(x + 7, means + 7, variance, shares), dtype=float)
        assert np.allclose(moved, wanted, rtol=0, atol=atol), "depends on where the origin is"
        unchanged = all(np.array_equal(a, b) for a, b in zip(given, (x, means, shares), strict=True))
        assert unchanged, "an argument was changed"


test_any_mixture(score)

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
# ## 4. A step back
#
# Now the film is to run backwards: from the distribution at time $t$ make that at $t - dt$.
# Playing the old noise backwards is no way, nobody has kept it. But only the distribution has to
# come right.
#
# **Derive the step.** Write $s(x)$ for the score at time $t$.
#
# 1. Heat at temperature $T$ spreads points from where they are many to where they are few. The
#    distribution changes just as if nothing were shaken and each point moved with the velocity
#    $-T s(x)$, down the slope of $\log p$. So *forward* a velocity of $-kx - T s(x)$, without any
#    noise, would do.
# 2. Backwards in time velocities change their sign. Which velocity, without any noise, leads back?
# 3. We want to shake on the way back, too, with the same $\sqrt{2T\,dt}\, z$ as on the way there.
#    By step 1 this spreads the points like a velocity of its own. What must be added to the
#    drift, so that this is undone?
#
# *Check.* Points that are at rest already, with $p \propto e^{-kx^2/2T}$, have the score
# $-kx/T$. Nobody could say which way their film runs. So your step back must come out as the
# step forward of question 2.
#
# **Write `step_back`.** It takes points `x` of shape (batch,) at time `t`, the step `dt` > 0, and a
# function `score(x, t)`; it returns the points at `t - dt` and leaves `x` as it is. Every point gets
# noise of its own, drawn from `rng`.

# %% [raw]
# # BEGIN SOLUTION


# %%
def step_back(x, t, dt, score, k, T, rng):
    """Points at t - dt, from points x at t: along the drift of the way back, with fresh noise."""
    # BEGIN SOLUTION
    drift = k * x + 2 * T * score(x, t)
    return x + drift * dt + np.sqrt(2 * T * dt) * rng.normal(size=x.shape)
    # END SOLUTION


# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS


# %%
def test_drift(step_back):
    """How a step of 0.001 depends on the score and on x, with the same noise; k = 2, T = 3."""
    import numpy as np

    assert callable(step_back), "There is no function `step_back`: run the cell that defines it"

    def step(x, slope):
        start = np.full(6, x)
        new = step_back(start, 0.5, 0.001, lambda x, t: 0 * x + slope, 2.0, 3.0, np.random.default_rng(8))
        assert new is not None, "Not answered yet? `step_back` gives nothing back"
        assert np.shape(new) == (6,), f"Six points stay six points: shape (6,), not {np.shape(new)}"
        assert np.all(start == x), "The points `x` have been changed: return new ones"
        return np.asarray(new, dtype=float)

    again = np.array_equal(step(0.0, 0.0), step(0.0, 0.0))
    assert again, "The same rng gave two results: draw from the given `rng` only"
    by_score = np.mean(step(0.0, 1.0) - step(0.0, 0.0)) / 0.001
    slips = [
        (3, "Half of the score's drift: it leads back, and it also has to undo the fresh noise"),
        (2, "Where is T? Heat spreads with the velocity -T s(x), so T multiplies the score"),
        (1, "The score's drift is too small: where is T, and what undoes the fresh noise?"),
        (-6, "Backwards the score leads up the slope, to where points are many: look at its sign"),
        (-3, "Backwards the score leads up the slope, to where points are many: look at its sign"),
        (0, "The score does not move the points: where is s(x) in the drift?"),
        (6000, "The drift acts for a time dt only: multiply it by dt"),
        (12, "Too much of the score: count once what leads back, once what undoes the noise"),
    ]
    hint = f"A score of 1 adds a velocity of 6 at T = 3, and yours adds {by_score:.3g}"
    for slip, mistake in slips:
        hint = mistake if np.isclose(by_score, slip, rtol=0.03, atol=0.05) else hint
    assert np.isclose(by_score, 6, rtol=0.03), hint
    by_place = (np.mean(step(1.0, 0.0) - step(0.0, 0.0)) - 1) / 0.001
    slips = [
        (-2, "Backwards the spring's velocity changes its sign: it pushes outwards"),
        (0, "Where is the spring? Its velocity -k x changes its sign, too"),
        (1, "Where is k? The spring's velocity is -k x before its sign changes"),
    ]
    hint = f"Per unit of x the spring adds a velocity of 2, and yours adds {by_place:.3g}"
    for slip, mistake in slips:
        hint = mistake if np.isclose(by_place, slip, rtol=0.03, atol=0.05) else hint
    assert np.isclose(by_place, 2, rtol=0.03), hint


test_drift(step_back)


# %%
def test_noise(step_back):
    """The noise of 40 000 points in a step of 0.001; T = 3."""
    import numpy as np

    x = np.zeros(40_000)
    new = step_back(x, 0.5, 0.001, lambda x, t: 0 * x, 2.0, 3.0, np.random.default_rng(9))
    assert new is not None, "Not answered yet? `step_back` gives nothing back"
    new = np.asarray(new, dtype=float)
    common = "All points get the same noise: draw one number for each, `size=x.shape`"
    assert new.size > 1 and (np.ptp(new) > 0 or abs(new.flat[0]) < 1e-12), common
    rate = np.var(new) / 0.001
    slips = [
        (3, "The noise is too weak by sqrt(2): its variance is 2 T dt"),
        (2, "Where is T in the noise? Its variance is 2 T dt"),
        (1, "The noise is too weak: its variance is 2 T dt"),
        (0, "There is no noise, or far too little: add sqrt(2 T dt) z"),
        (0.036, "The noise grows with the root of time: its standard deviation is sqrt(2 T dt)"),
        (0.006, "The noise grows with the root of time: its standard deviation is sqrt(2 T dt)"),
        (18, "T stands under the root: sqrt(2 T dt), not T sqrt(2 dt)"),
        (12, "2 stands under the root: sqrt(2 T dt), not 2 sqrt(T dt)"),
    ]
    hint = f"The variance should grow by 6 per unit of time at T = 3, and yours grows by {rate:.3g}"
    for slip, mistake in slips:
        hint = mistake if np.isclose(rate, slip, rtol=0.05, atol=0.003) else hint
    assert np.isclose(rate, 6, rtol=0.05), hint
    drawn = abs(np.mean(new)) < 0.003
    assert drawn, "The noise has a mean: z is normal with mean 0, `rng.normal(...)`"


test_noise(step_back)


# %%
# HIDDEN
def test_any_step(step_back):
    """The drift, with the same noise, at random k and T; the score is asked at the right time and place."""
    import numpy as np

    rng = np.random.default_rng(28_004)
    for _ in range(20):
        k, T, t = 10 ** rng.uniform(-0.7, 0.7, size=3)
        x, dt = 2 * rng.normal(size=5), 1e-6
        seed = int(rng.integers(2**31))

        def step(points, score, k=k, T=T, t=t, dt=dt, seed=seed):
            new = step_back(points, t, dt, score, k, T, np.random.default_rng(seed))
            return np.asarray(new, dtype=float)

        def slope(y, now):
            return np.sin(y) + now

        still = step(np.zeros(5), lambda y, now: 0 * y)
        moved = step(x, slope)
        wanted = x + dt * (k * x + 2 * T * (np.sin(x) + t))
        # Schemes of higher order differ by noise times curvature, of which little is left at this dt.
        slack = 0.05 * dt * (1 + k * np.abs(x) + 2 * T * (1 + t))
        assert (np.abs(moved - still - wanted) < slack).all(), "wrong drift"


test_any_step(step_back)


# %%
# HIDDEN
def test_the_whole_way(step_back):
    """150 steps from noise to a normal distribution: the mean and variance that the way there has."""
    import itertools
    import math

    import numpy as np

    rng = np.random.default_rng(28_005)
    k, T, mean, variance = rng.uniform(0.6, 1.5), rng.uniform(0.6, 1.5), 2 + rng.uniform(0, 1), 0.5

    def at(t):
        kept = math.exp(-k * t)
        return kept * mean, kept**2 * variance + (1 - kept**2) * T / k

    def score(x, t):
        m, v = at(t)
        return (m - x) / v

    N, times = 2500, np.linspace(1.5, 0.05, 151)
    m, v = at(times[0])
    x = m + math.sqrt(v) * rng.normal(size=N)
    for t, after in itertools.pairwise(times):
        x = np.asarray(step_back(x, t, t - after, score, k, T, rng), dtype=float)
    m, v = at(times[-1])
    assert np.abs(np.mean(x) - m) < 6 * math.sqrt(v / N) + 0.03, "wrong mean at the end"
    assert abs(np.var(x) / v - 1) < 6 * math.sqrt(2 / N) + 0.05, "wrong variance at the end"
    middle = np.mean(np.abs(x - np.mean(x)) < 0.6745 * np.std(x))
    assert abs(middle - 0.5) < 6 * 0.5 / math.sqrt(N) + 0.01, "not normal at the end"


test_the_whole_way(step_back)

# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [markdown]
# Put together: 2000 points come back from noise to two hills of shares 1/4 and 3/4, by your
# functions where you have written them. How many will come home to the hill they would have
# come from? There is no such thing: they are noise, and choose. But do they choose right?

# %%
hills, shares = np.array([-2.0, 2.0]), np.array([0.25, 0.75])


def score_at(x, t):
    left, v = moments(1.0, 0.05, t, 1.0, 1.0)
    return np.asarray(score(x, left * hills, v, shares))


rng = np.random.default_rng(4)
x, times = rng.normal(size=2000), np.geomspace(4, 0.001, 200)
ready = moments(1.0, 0.05, 1.0, 1.0, 1.0) is not None and score(x, hills, 1.0, shares) is not None
for t, after in pairwise(times) if ready else ():
    x = step_back(x, t, t - after, score_at, 1.0, 1.0, rng)
    if x is None:
        break
    x = np.asarray(x)
if ready and x is not None:
    print(f"on the right: {np.mean(x > 0):.3f} +- 0.010, wanted 0.75")

# %%
fig, ax = plt.subplots()
y = np.linspace(-4, 4, 400)[:, None]
two = diffusion.Mixture(hills[:, None], 0.05, shares)
ax.plot(y[:, 0], np.exp(diffusion.log_density(two, y)), color="#0072B2", label="the data's density")
if ready and x is not None:
    ax.hist(x, bins=80, density=True, color="#D55E00", alpha=0.6, label="2000 points, come back")
ax.set(xlabel="x", ylabel="density", title="Noise, brought back along the score")
ax.legend()
plt.show()

# %% [raw]
# # BEGIN QUESTION
# name: q5
# points: 5
# all_or_nothing: true

# %% [markdown]
# ## 5. When does it begin to copy?
#
# From here on $k = T = 1$, as in the chapter: after a time $t$ an example $x^\mu$ has become
# $x = e^{-t} x^\mu + \sqrt{\Delta}\, z$, with $\Delta = 1 - e^{-2t}$. A diffusion that has seen N
# examples and learned their score perfectly pulls $x$ towards all of them, towards example
# $\nu$ with the weight
#
# $$p_\nu(x) = \frac{e^{-|x - e^{-t} x^\nu|^2 / 2\Delta}}{\sum_\lambda e^{-|x - e^{-t} x^\lambda|^2 / 2\Delta}} .$$
#
# If $x$ came from $\mu$, then $p_\mu(x)$ is its *own weight*. Near 0, the crowd decides where $x$
# goes, and it may become something new. Near 1, it will become a copy of $x^\mu$. For normal
# examples in very many dimensions d the change is sudden, at the time
#
# $$t_C = -\tfrac12 \log\big(1 - N^{-2/d}\big) ,$$
#
# and for $N = 2^{d/2}$ at $t_C = \frac12 \ln 2 = 0.347$, where half of the variance is noise.
#
# **Write `own_weight`.** Row $i$ of `x` came from row $i$ of `examples`; both have the shape
# (N, d). It returns the N own weights. Write it for any d: in 3000 dimensions, all
# exponentials vanish at once.
#
# **Then measure** for $N = 64$, $d = 12$. `half_time` dissolves 64 fresh examples and returns the
# time at which their mean own weight falls through 1/2. Call it 40 times: `t_half` is the mean of
# the 40 results, and `error` its standard error, the standard deviation of the 40 results divided
# by $\sqrt{40}$. Will `t_half` be 0.347? In the chapter, how did it depend on d?


# %%
def half_time(own_weight, rng):
    """The time at which the mean own weight of 64 examples in 12 dimensions falls through 1/2."""
    examples, z = rng.normal(size=(2, 64, 12))
    times = np.linspace(0.2, 0.8, 25)
    left, noise = np.exp(-times), np.sqrt(1 - np.exp(-2 * times))
    dissolved = [a * examples + b * z for a, b in zip(left, noise, strict=True)]
    weights = [own_weight(examples, x, t) for x, t in zip(dissolved, times, strict=True)]
    if any(w is None for w in weights):
        return None
    return np.interp(0.5, [np.mean(w) for w in weights[::-1]], times[::-1])


# %% [raw]
# # BEGIN SOLUTION


# %%
def own_weight(examples, x, t):
    """For each x the weight of the example it came from, among all examples."""
    # BEGIN SOLUTION
    variance = 1 - np.exp(-2 * t)
    apart = x[:, None, :] - np.exp(-t) * examples
    log_w = -(apart**2).sum(axis=2) / (2 * variance)
    w = np.exp(log_w - log_w.max(axis=1, keepdims=True))
    return np.diag(w) / w.sum(axis=1)
    # END SOLUTION


# %%
rng = np.random.default_rng(347)
half_times = [half_time(own_weight, rng) for _ in range(40)]

t_half = np.mean(half_times)  # SOLUTION
error = np.std(half_times, ddof=1) / np.sqrt(40)  # SOLUTION

print("measured", t_half, "+-", error, "  in infinitely many dimensions", np.log(2) / 2)

# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS


# %%
def test_three_examples(own_weight):
    """Three examples of two numbers, at t = ln 2, when half of each is left and Delta = 3/4."""
    import numpy as np

    assert callable(own_weight), "There is no function `own_weight`: run the cell that defines it"
    examples = np.array([[0.0, 0.0], [2.0, 0.0], [0.0, 4.0]])
    x = np.array([[0.0, 0.0], [1.0, 1.0], [1.0, 2.0]])
    found = own_weight(examples, x, np.log(2))
    assert found is not None, "Not answered yet? `own_weight` gives nothing back"
    shape = f"Each of the 3 points has one own weight: the shape is (3,), not {np.shape(found)}"
    assert np.shape(found) == (3,), shape
    found = np.asarray(found, dtype=float)
    mistakes = [
        ((0.7884, 0.6548, 0.9774), "The exponent is -|x - ...|^2 / (2 Delta): where is the 2?"),
        ((0.9350, 0.4988, 0.3333), "After a time t an example lies at e^-t times where it was"),
        ((0.7214, 0.5761, 0.9362), "The noise has the variance Delta = 1 - e^-2t: look at the 2"),
        ((0.6022, 0.4711, 0.7836), "Delta is the variance of the noise already: do not take its root"),
        ((0.6946, 0.5488, 0.9107), "Delta is the variance of the noise already: do not square it"),
        ((0.5627, 0.3972, 0.5123), "The exponent has the square of the distance"),
        (
            (0.7697, 0.4683, 0.6065),
            "For each point the weights of all examples add up to 1, not the other way round",
        ),
        ((1.7156, 0.9739, 4.8824), "Divide by the sum over all examples, the own one included"),
        ((1, 0.5134, 0.5134), "Divide by the sum over all examples: weights add up to 1"),
        ((0.6318, 0.2533, 0.0577), "Point i came from example i: take the diagonal, not the first column"),
    ]
    hint = f"The own weights here are 0.632, 0.493, 0.830, and yours {found.round(3)}"
    for slip, mistake in mistakes:
        hint = mistake if np.allclose(found, slip, rtol=0, atol=2e-4) else hint
    assert np.allclose(found, [0.63175162, 0.49338026, 0.83000037]), hint


test_three_examples(own_weight)


# %%
def test_many_dimensions(own_weight):
    """Two equal examples in 3000 dimensions, a point one noise away from both."""
    import numpy as np

    found = own_weight(np.zeros((2, 3000)), np.ones((2, 3000)), np.log(2))
    assert found is not None, "Not answered yet? `own_weight` gives nothing back"
    lost = "In 3000 dimensions all exponentials vanish, 0/0: first subtract each point's largest exponent"
    found = np.asarray(found, dtype=float)
    assert np.isfinite(found).all() and (found > 0.01).all(), lost
    assert np.allclose(found, 0.5), "Two equal examples should have equal weights, in any dimension"


test_many_dimensions(own_weight)


# %%
def test_measurement(t_half, error):
    """The numbers read off: 40 sets of 64 examples in 12 dimensions."""
    import numpy as np

    missing = [x is None or x is Ellipsis for x in (t_half, error)]
    assert not any(missing), "Not answered yet: `t_half` and `error` are still `...`"
    assert np.size(t_half) == 1 and np.size(error) == 1, "`t_half` and `error` are one number each"
    t_half, error = np.asarray(t_half, dtype=float).item(), np.asarray(error, dtype=float).item()
    theory = "0.347 is the theory for infinitely many dimensions: what do your 40 runs say for 12?"
    assert abs(t_half - 0.3466) > 0.01, theory
    hint = f"In 12 dimensions the own weight falls through 1/2 near 0.396, and yours at {t_half:.3g}"
    assert 0.372 < t_half < 0.42, hint
    same = "Forty equal results: make the rng once, and let all 40 runs draw from it"
    assert error > 1e-9, same
    spread = "That is the spread of single sets: the mean of 40 is known better, by the root of 40"
    assert not 0.008 < error < 0.05, spread
    assert 0.0021 < error < 0.008, "The standard error should be near 0.0043"


test_measurement(t_half, error)


# %%
# HIDDEN
def test_any_examples(own_weight):
    """Random examples, against one distance at a time; other axes or another order change nothing."""
    import math

    import numpy as np

    def wanted(examples, x, t):
        variance, found = 1 - math.exp(-2 * t), []
        for i in range(len(x)):
            logs = [-math.fsum((x[i] - math.exp(-t) * y) ** 2) / (2 * variance) for y in examples]
            found.append(math.exp(logs[i] - max(logs)) / math.fsum(math.exp(e - max(logs)) for e in logs))
        return found

    rng = np.random.default_rng(28_006)
    for trial in range(30):
        N, d = (4, 3000) if trial < 2 else rng.integers(1, 9, size=2)
        t = rng.uniform(0.05, 2)
        examples = (1 if d < 3000 else 0.03) * rng.normal(size=(N, d))
        x = math.exp(-t) * examples + math.sqrt(1 - math.exp(-2 * t)) * rng.normal(size=(N, d))
        given = examples.copy(), x.copy()
        found = np.asarray(own_weight(examples, x, t), dtype=float)
        right = wanted(examples, x, t)
        assert found.shape == (N,), "wrong shape"
        assert np.allclose(found, right, rtol=0, atol=1e-6), "wrong weights"
        order = rng.permutation(N)
        mixed = np.asarray(own_weight(-examples[order], -x[order], t), dtype=float)
        assert np.allclose(mixed, np.array(right)[order], rtol=0, atol=1e-6), "depends on the order"
        unchanged = all(np.array_equal(a, b) for a, b in zip(given, (examples, x), strict=True))
        assert unchanged, "an argument was changed"


test_any_examples(own_weight)


# %%
# HIDDEN
def test_measurement_of_many(t_half, error):
    """Within five true standard errors of what 4000 sets give."""
    import numpy as np

    assert abs(np.asarray(t_half, dtype=float).item() - 0.39595) < 5 * 0.00427, "t_half"
    assert 0.0021 < np.asarray(error, dtype=float).item() < 0.008, "error"


test_measurement_of_many(t_half, error)

# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [markdown]
# Your answer is far outside its error bar from 0.347, and both are right: the theory is one of
# infinitely many dimensions, and 12 are few. The chapter's experiment goes up in d and finds
# where the line leads. Here is the curve that you have measured one point of.

# %%
fig, ax = plt.subplots()
rng = np.random.default_rng(16)
for d, colour in ((4, "#E69F00"), (8, "#009E73"), (12, "#0072B2")):
    N, curve = 2 ** (d // 2), []
    for t in np.linspace(0.05, 1.2, 24):
        examples = rng.normal(size=(1024 // N, N, d))
        weights = [own_weight(y, diffusion.forward(y, t, rng=rng), t) for y in examples]
        if weights[0] is not None:
            sets = np.mean(weights, axis=1)
            curve.append((t, np.mean(sets), np.std(sets, ddof=1) / np.sqrt(len(sets))))
    if curve:
        ax.errorbar(*np.transpose(curve), fmt=".-", color=colour, label=f"d = {d}, N = {N}")
ax.axvline(np.log(2) / 2, color="0.5", linestyle=":", label="theory, d to infinity")
ax.set(xlabel="time t", ylabel="mean own weight", title="Copying sets in as the noise goes (to the left)")
ax.legend()
plt.show()

# %% [raw]
# # BEGIN QUESTION
# name: q6
# points: 4
# manual: true

# %% [markdown]
# ## 6. Derived, or alike?
#
# Attention is one step of a memory. The way back is an annealing. A network that goes from
# pixels to digits does what the renormalisation group does. All three are said of today's
# machines. **Choose one of the three** and write 150 to 250 words: how far is it true?
#
# A reader marks this question. There is one point for each of these:
#
# - **The dictionary.** What corresponds to what, in at least three pairs, none of them wrong.
# - **What is derived.** One statement that is exact or proven, with its conditions, and what in
#   this set or in the chapter shows it: a formula you checked, a number you measured.
# - **Where it ends.** One difference that matters, named precisely: not "it is more complicated".
# - **What would tell.** An observation or a calculation that could come out against you, and a
#   conclusion that says no more than the points before it carry.
#
# Style, length and which of the three you chose bring no points and cost none. History is not a
# derivation: that B came after A, or was made by the same people, is no reason by itself.

# %% [raw]
# # BEGIN SOLUTION

# %% [markdown]
# *One answer that gets 4 points (there are others).* Attention and memory. The query is the
# state q, the keys are the memories where they are compared, the values are the memories where
# they are averaged, and 1/sqrt(n) is beta, one over the temperature. Derived: if keys and values
# are the same vectors, one head's answer to one query is the step of question 1, and this step
# never raises E(q), for any memories and any beta > 0. The chapter finds the two equal to within
# rounding, and after question 1 my own step took E from -17.24 to -23.19. Where it ends:
# a memory takes the step again and again until it rests, always with the same memories. A
# transformer takes it once in each layer, with keys and values that are different linear maps of
# its input, and with layers of another kind between, so that no one energy need fall from layer
# to layer. So one step of one kind of memory is one head of attention, and a transformer is not
# a memory that settles. What would tell: take a trained transformer and follow E, with each
# head's keys as memories, from layer to layer. If it fell all the way down, I would have said
# too little.
#
# **For the reader who marks.**
#
# - *Dictionary.* Annealing and the way back: temperature and level of noise, schedule and times,
#   landscape E and -log p_t. Renormalisation and depth: blocks and the units of a deeper layer,
#   couplings and weights, spins summed over and hidden units. Two right pairs, or a wrong one
#   such as "beta is the learning rate": no point.
# - *Derived.* For the way back: with the exact score, the distributions are those of the way
#   there in reverse order (question 4). For renormalisation: summing over every second spin of a
#   chain leaves a chain with tanh(J'/T) = tanh(J/T)^2; or the construction of 2014, for a given
#   scheme. "It has been shown that they are equal", without what is equal to what: no point.
# - *Where it ends.* Annealing keeps the landscape and lowers T; the way back keeps the shaking
#   and changes the landscape. Annealing wants the lowest valley, the way back each with its
#   share. Training keeps what makes the data likely, renormalisation what matters at long
#   distances. "One is physics, the other is software": no point.
# - *What would tell.* Anything that can be done and has two outcomes, if the conclusion fits the
#   rest. "They are the same" or "they have nothing to do with each other", when the text does
#   not carry it: no point, whatever the test.

# %% [raw]
# # END SOLUTION

# %% [raw]
# # END QUESTION

# %% [markdown]
# You began with a machine that can only remember, and ended with the size of the noise at which
# one that invents becomes one that remembers. [Chapter 8](../../book/08_echoes.ipynb) tells what
# else came down this line, and what did not.
#
# *Text: [CC BY 4.0](https://creativecommons.org/licenses/by/4.0/). Code: BSD 3-Clause. See
# [LICENSE](../../LICENSE).*
