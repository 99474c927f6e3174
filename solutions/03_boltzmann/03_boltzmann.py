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
# # Exercise 3: energy becomes chance
#
# You will turn energies into probabilities without ever meeting a number that is too large,
# derive the coin of a unit that is 0 or 1, sample with it, read the heat capacity off a sample,
# and find out how many states a network of 20 units has in play. Read [chapter
# 3](../../book/03_boltzmann.ipynb) first. Allow about 100 minutes; there are 24 points, 4 of
# them for an open question at the end, which a reader marks.
#
# **How it grades itself.** Each question has a cell with `...` where your answer goes. The
# cell below it, `grader.check`, says at once whether the answer is right and, if not, what
# may have gone wrong. When you hand in, your functions are tried on other inputs too:
# write them for any n. No question needs your answer to another, so you may skip one.
#
# **Conventions.** The chapter's units are $\pm 1$. Here a unit is a switch, $v_i = 0$ or $1$,
# as in networks that learn; the difference is in a factor that you will find yourself. Weights
# $w_{ij} = w_{ji}$ (with $w_{ii} = 0$), biases $b_i$, the temperature T and all energies are
# measured in the same unit of energy, and
#
# $$E(v) = -\tfrac12 \sum_{ij} w_{ij} v_i v_j - \sum_i b_i v_i .$$

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
    os.chdir("course/exercises/03_boltzmann")
missing = [name for name in ("ebm", "otter") if importlib.util.find_spec(name) is None]
root = next((p for p in Path.cwd().parents if (p / "lib" / "ebm").is_dir()), None)
if missing and root is None:
    raise ModuleNotFoundError(
        f"{' and '.join(missing)} not installed. Put this notebook back into the course's "
        "folder exercises/03_boltzmann and run this cell again (on Colab: fill in COURSE)."
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

from ebm import boltzmann, exact

grader = otter.Notebook(tests_dir="tests")

# %% [raw]
# # BEGIN QUESTION
# name: q1
# points: 3
# all_or_nothing: true

# %% [markdown]
# ## 1. Probabilities that never overflow
#
# A list of the energies of all states is all that the Boltzmann distribution asks for:
#
# $$p_k = \frac{e^{-E_k/T}}{Z} , \qquad Z = \sum_k e^{-E_k/T} .$$
#
# Typed in as it stands, it fails as soon as an energy is some hundred times T: $e^{800}$ is
# too large for a floating-point number, and $e^{-800}$ is 0. But nothing real depends on the
# zero of the energy. Measure all energies from the lowest, $E_k = E_0 + (E_k - E_0)$. What happens
# to $p_k$, and what to $\log Z$? *Derive both before you type.*
#
# *By hand.* Energies 0 and $T \ln 3$: the weights are 1 and 1/3, so $p = (3/4, 1/4)$ and
# $\log Z = \log(4/3) = 0.288$.
#
# **Write `distribution`.** It takes an array of energies, shape (K,), and T. It returns two
# things: the probabilities, shape (K,), and $\log Z$. Energies of ±100,000 must do it no harm.

# %% [raw]
# # BEGIN SOLUTION


# %%
def distribution(E, T):
    """The probabilities p of states with these energies, and log Z."""
    # BEGIN SOLUTION
    lowest = np.min(E)
    weights = np.exp(-(E - lowest) / T)
    return weights / weights.sum(), np.log(weights.sum()) - lowest / T
    # END SOLUTION


distribution(np.array([0, 2 * np.log(3)]), 2.0)  # by hand: (3/4, 1/4) and 0.288

# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS


# %%
def test_three_states(distribution):
    """Three states of energies 0, 1 and 3 at T = 2."""
    import numpy as np

    assert callable(distribution), "There is no function `distribution`: run the cell that defines it"
    answer = distribution(np.array([0.0, 1.0, 3.0]), 2.0)
    assert answer is not None, "Not answered yet? `distribution` gives nothing back"
    two = isinstance(answer, tuple | list) and len(answer) == 2
    assert two, "Return two things, the probabilities and log Z: `return p, log_Z`"
    p, log_Z = answer
    assert np.shape(p) == (3,), f"Three states have three probabilities; the shape is {np.shape(p)}"
    assert np.size(log_Z) == 1, "log Z is one number, not an array"
    p, log_Z = np.asarray(p, dtype=float), np.asarray(log_Z, dtype=float).item()
    mistakes = {
        0.1402: "A high energy should make a state unlikely: look at the sign in the exponent",
        0.7054: "Where is the temperature? A weight is e^(-E/T)",
        0.8789: "Energies are divided by T, not multiplied",
        1.0: "These are the weights: divide them by their sum, so that they add up to 1",
        -0.6041: "That is log p: the probabilities themselves are asked for",
    }
    hint = f"The state of energy 0 has the probability 0.5465; yours is {p[0]:.4f}"
    right = np.allclose(p, [0.546549, 0.331499, 0.121952], rtol=0, atol=1e-5)
    assert right, mistakes.get(round(float(p[0]), 4), hint)
    mistakes = {
        1.8297: "That is Z itself: its logarithm is asked for",
        -0.6041: "Z is a sum of positive weights: look at the sign of its logarithm",
        -1.2083: "That is the free energy -T log Z: log Z itself is asked for",
        0.2624: "That is a logarithm to the base 10: take the natural one",
    }
    hint = f"For the energies 0, 1 and 3 at T = 2, log Z is 0.6041; yours is {log_Z:.4f}"
    assert np.isclose(log_Z, 0.6041306, rtol=0, atol=1e-5), mistakes.get(round(log_Z, 4), hint)


test_three_states(distribution)


# %%
def test_far_from_zero(distribution):
    """The same states, measured from another zero."""
    import numpy as np

    for zero in (-5000.0, 5000.0):
        with np.errstate(all="ignore"):
            answer = distribution(zero + np.array([0.0, 1.0, 3.0]), 2.0)
        assert answer is not None, "Not answered yet? `distribution` gives nothing back"
        if len(answer) != 2 or np.shape(answer[0]) != (3,) or np.size(answer[1]) != 1:
            return  # the other check says so
        p, log_Z = np.asarray(answer[0], dtype=float), np.asarray(answer[1], dtype=float).item()
        overflow = "e^(-E/T) is too large or too small for a number: measure energies from the lowest"
        assert np.all(np.isfinite(p)) and np.isfinite(log_Z), overflow
        back = "log Z knows the zero of the energy: what you took off the energies has to come back into it"
        assert abs(log_Z) > 100, back
        sign = "log Z falls by E_0 / T if all energies rise by E_0: look at the sign of what comes back"
        assert log_Z * zero < 0, sign
        assert abs(log_Z + zero / 2) < 10, "What comes back into log Z is E_0 / T: is it divided by T?"


test_far_from_zero(distribution)


# %%
# HIDDEN
def test_any_energies(distribution):
    """Random energies around any zero, against the logarithm of a sum of exponentials."""
    import numpy as np

    rng = np.random.default_rng(13_001)
    for trial in range(40):
        K, T = int(rng.integers(1, 30)), float(np.exp(rng.normal()))
        E = rng.normal(size=K) * 3 + [0, 1e5, -1e5, 300][trial % 4]
        if trial % 5 == 0:
            E = np.round(E).astype(int)
        given = E.copy()
        p, log_Z = distribution(E, T)
        p, log_Z = np.asarray(p, dtype=float), np.asarray(log_Z, dtype=float).item()
        wanted = np.logaddexp.reduce(-given / T)
        assert p.shape == (K,), "wrong shape"
        assert np.isclose(log_Z, wanted, rtol=1e-9, atol=1e-6), "wrong log Z"
        assert np.allclose(p, np.exp(-given / T - wanted), rtol=0, atol=1e-6), "wrong probabilities"
        assert np.isclose(p.sum(), 1), "the probabilities do not add up to 1"
        assert np.array_equal(E, given), "the energies were changed"


test_any_energies(distribution)

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
# ## 2. The coin of a switch
#
# Hold all units but one. Two states are left, unit $i$ off and unit $i$ on, and the Boltzmann
# distribution of the two is a sigmoid of the energy that the unit saves by being on. How
# much is that, for a unit that is 0 or 1? *Derive it:* write down $E(v)$ with $v_i = 0$ and with
# $v_i = 1$, and subtract. For $\pm 1$ the chapter found $2\,\mathrm{field}_i$.
#
# *By hand.* One unit with the bias $b_0 = \ln 3$ and no neighbours, at $T = 1$: off has the energy
# 0, on has $-\ln 3$. The weights are 1 and 3, so $p(\mathrm{on}) = 3/4$.
#
# **Write `p_on`**, the probability that unit i is on, given the states v of the others. What
# `v[i]` says at the moment must not matter.

# %% [raw]
# # BEGIN SOLUTION


# %%
def p_on(W, b, v, i, T):
    """The probability that unit i is on, if all others are as in v (0 or 1)."""
    # BEGIN SOLUTION
    return 1 / (1 + np.exp(-(W[i] @ v + b[i]) / T))
    # END SOLUTION


p_on(np.zeros((1, 1)), np.array([np.log(3)]), np.array([0]), 0, 1.0)  # by hand: 0.75

# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS


# %%
def test_one_of_three(p_on):
    """The first of three units."""
    import numpy as np

    assert callable(p_on), "There is no function `p_on`: run the cell that defines it"
    W = np.array([[0, 2, -1], [2, 0, 0.5], [-1, 0.5, 0]])
    p = p_on(W, np.array([0.5, -1, 0.25]), np.array([0, 1, 0]), 0, 1.25)
    assert p is not None, "Not answered yet? `p_on` gives nothing back"
    assert np.size(p) == 1, "The probability of one unit is one number, not an array"
    p = np.asarray(p, dtype=float).item()
    mistakes = {
        0.9820: "2 field is what a unit of -1 and +1 saves; between 0 and 1 it is half as much: no factor 2",
        0.1192: "That is the probability of being off: look at the sign in the exponent",
        0.9241: "Where is the temperature? It is the energy saved *over T* that counts",
        0.9579: "The energy saved is divided by T, not multiplied",
        0.8320: "The bias is part of what a unit saves by being on",
        0.7685: "A bias wants its unit on: look at its sign",
        0.7311: "Each w_ij stands twice in the double sum, so that the 1/2 is used up: no factor 1/2",
        0.9427: "The others are 0 or 1 here: a unit that is off adds nothing to the field",
        0.9963: "The units are 0 or 1 here, not -1 and +1: derive it anew from E(v)",
        2.0: "That is the energy saved over T: the sigmoid of it is asked for",
        1.0: "At T > 0 nothing is certain: a unit follows its field with a probability",
    }
    hint = f"Unit 0 has the field 2.5 and is on with probability 0.8808; yours is {p:.4f}"
    assert np.isclose(p, 0.880797, rtol=0, atol=1e-5), mistakes.get(round(p, 4), hint)


test_one_of_three(p_on)


# %%
# HIDDEN
def test_any_unit(p_on):
    """Random networks, against the energies of the two states."""
    import numpy as np

    def E(W, b, v):
        return -sum(W[i, j] * v[i] * v[j] for i in range(len(v)) for j in range(i)) - sum(b * v)

    rng = np.random.default_rng(13_002)
    for trial in range(50):
        n = 1 + trial % 8
        W = np.triu(rng.normal(size=(n, n)), 1)
        W = W + W.T
        b, T = rng.normal(size=n), float(rng.uniform(0.4, 3))
        v = rng.integers(0, 2, size=n).astype([int, float, np.int8][trial % 3])
        i = int(rng.integers(n))
        off, on = v.copy(), v.copy()
        off[i], on[i] = 0, 1
        wanted = 1 / (1 + np.exp((E(W, b, on) - E(W, b, off)) / T))
        given = W.copy(), b.copy(), v.copy()
        p = np.asarray(p_on(W, b, v, i, T), dtype=float)
        assert p.size == 1 and np.isclose(p.item(), wanted, rtol=0, atol=1e-6), "wrong probability"
        unchanged = all(np.array_equal(x, y) for x, y in zip(given, (W, b, v), strict=True))
        assert unchanged, "an argument was changed"


test_any_unit(p_on)

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
# ## 3. Gibbs sampling
#
# Now let the units take turns: unit after unit forgets its state and tosses the coin of
# question 2, on with probability $\sigma(\mathrm{field}_i/T)$. The field is that of the
# *newest* states of the others. One turn for each of the n units is a sweep. In which order, is
# up to you: 0, 1, 2, ..., or n times a unit at random.
#
# *By hand.* Units without weights that all have the bias 1, at $T = 0.5$: each is on for
# $\sigma(2) = 0.88$ of the time, whatever the others do.
#
# **Write `gibbs`.** It starts from the state v, which it leaves as it is, and returns the states
# after each of a number of sweeps: an array (or a list) of shape (sweeps, n). Random numbers come
# from `rng` and from nowhere else.

# %% [raw]
# # BEGIN SOLUTION


# %%
def gibbs(W, b, v, T, sweeps, rng):
    """The states after each sweep of Gibbs sampling, shape (sweeps, n), units 0 or 1."""
    # BEGIN SOLUTION
    v, states = v.copy(), []
    for _ in range(sweeps):
        for i in range(len(v)):
            v[i] = rng.random() < 1 / (1 + np.exp(-(W[i] @ v + b[i]) / T))
        states.append(v.copy())
    return np.array(states)
    # END SOLUTION


states = gibbs(np.zeros((9, 9)), np.ones(9), np.zeros(9, dtype=int), 0.5, 200, np.random.default_rng(1))
states if states is None else np.mean(states[1:])  # by hand: near 0.88

# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS


# %%
def test_units_alone(gibbs):
    """A hundred units that nothing but their biases moves."""
    import numpy as np

    assert callable(gibbs), "There is no function `gibbs`: run the cell that defines it"
    n = 100
    W, b, start = np.zeros((n, n)), np.ones(n), np.zeros(n, dtype=int)
    states = gibbs(W, b, start, 0.5, 100, np.random.default_rng(3))
    assert states is not None, "Not answered yet? `gibbs` gives nothing back"
    shape = f"After 100 sweeps of 100 units the shape is (100, 100), not {np.shape(states)}"
    assert np.shape(states) == (100, 100), shape
    assert np.all(start == 0), "The start has been overwritten: work on a copy of it"
    states = np.asarray(states, dtype=float)
    assert np.all((states == 0) | (states == 1)), "A unit is 0 or 1 here, nothing else"
    alike = "All states are the same array: keep a copy of each, `v.copy()`"
    assert np.any(states[-2] != states[-1]), alike
    again = np.asarray(gibbs(W, b, start, 0.5, 100, np.random.default_rng(3)), dtype=float)
    assert np.array_equal(states, again), "The same rng gave two runs: draw from the given `rng` only"
    other = np.asarray(gibbs(W, b, start, 0.5, 100, np.random.default_rng(4)), dtype=float)
    assert np.any(states != other), "Another rng gave the same run: draw from the given `rng`"
    mean = float(np.mean(states[10:]))
    mistakes = [
        (0.965, 0.999, "2 field is what a unit of -1 and +1 saves; a unit of 0 and 1 saves its field"),
        (0.70, 0.76, "Where is the temperature? It is field / T that goes into the sigmoid"),
        (0.59, 0.65, "The field is divided by T, not multiplied"),
        (0.09, 0.15, "Units are on when they should be off: look at the sign in the exponent"),
        (0.47, 0.53, "The bias has no effect: it belongs to the field"),
    ]
    hint = f"Free units with b = 1 are on for 0.88 of the time at T = 0.5; yours for {mean:.2f}"
    for low, high, mistake in mistakes:
        hint = mistake if low < mean < high else hint
    assert 0.85 < mean < 0.91, hint


test_units_alone(gibbs)


# %%
def test_a_pair_that_agrees(gibbs):
    """Two units that cost 4 if just one of them is on, from such a state."""
    import numpy as np

    W, b = np.array([[0.0, 8.0], [8.0, 0.0]]), np.array([-4.0, -4.0])
    states = gibbs(W, b, np.array([0, 1]), 0.5, 50, np.random.default_rng(5))
    assert states is not None, "Not answered yet? `gibbs` gives nothing back"
    states = np.asarray(states, dtype=float)
    agree = np.mean(states[:, 0] == states[:, 1]) > 0.7
    blink = np.mean(states[1:, 0] != states[:-1, 0]) > 0.7
    at_once = "Units must not move at once: the second has to see what the first has done"
    field = "Two units with a large weight agree nearly always: is the field that of the others' states?"
    assert agree, at_once if blink else field


test_a_pair_that_agrees(gibbs)


# %%
# HIDDEN
def test_against_all_states(gibbs):
    """Random networks of four units, against the sum over their 16 states."""
    import numpy as np

    every = np.array([[k >> i & 1 for i in range(4)] for k in range(16)], dtype=float)
    rng = np.random.default_rng(13_003)
    for _ in range(4):
        W = np.triu(rng.normal(size=(4, 4)), 1)
        W = W + W.T
        b, T = rng.normal(size=4) * 0.7, float(rng.uniform(0.8, 2))
        E = -0.5 * np.einsum("ki,ij,kj->k", every, W, every) - every @ b
        p = np.exp(-E / T - np.logaddexp.reduce(-E / T))
        given = W.copy(), b.copy()
        states = np.asarray(gibbs(W, b, rng.integers(0, 2, size=4), T, 4100, rng), dtype=float)
        assert states.shape == (4100, 4), "wrong shape"
        states = states[100:]
        pairs = [(states[:, i], every[:, i]) for i in range(4)]
        pairs += [
            (states[:, i] * states[:, j], every[:, i] * every[:, j]) for i in range(4) for j in range(i)
        ]
        for found, listed in pairs:
            mean = p @ listed
            blocks = found.reshape(40, 100).mean(axis=1)
            error = max(blocks.std(ddof=1), np.sqrt(mean * (1 - mean) / 100)) / np.sqrt(40)
            assert abs(found.mean() - mean) < 7 * error, "wrong distribution"
        unchanged = all(np.array_equal(x, y) for x, y in zip(given, (W, b), strict=True))
        assert unchanged, "an argument was changed"


test_against_all_states(gibbs)

# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [markdown]
# Predict before you run: eight units with random weights, 256 states, 3000 sweeps of yours.
# Which of the states will the sample show best, and how far will the dots be from the line?

# %%
rng = np.random.default_rng(6)
W8 = np.triu(rng.normal(size=(8, 8)), 1)
W8, b8 = W8 + W8.T, rng.normal(size=8) - 0.5
every = (exact.states(8) + 1) // 2
E8 = -0.5 * np.einsum("ki,ij,kj->k", every, W8, every) - every @ b8
states = gibbs(W8, b8, np.zeros(8, dtype=int), 1.0, 3000, rng)

fig, ax = plt.subplots()
if states is not None:
    seen = exact.index(2 * np.array(states, dtype=int) - 1)
    share = np.bincount(seen, minlength=256) / len(seen)
    ax.semilogy(E8[share > 0], share[share > 0], "o", color="#D55E00", label="shares of 3000 sweeps")
ax.semilogy(E8, np.exp(-E8 - np.logaddexp.reduce(-E8)), color="#0072B2", label="exact")
ax.set(xlabel="energy of a state", ylabel="probability (log)", title="Rare states are seen once or never")
ax.legend()
plt.show()

# %% [raw]
# # BEGIN QUESTION
# name: q4
# points: 4
# all_or_nothing: true

# %% [markdown]
# ## 4. What the energies of a sample know
#
# A sample at the temperature T is more than its mean energy $U = \langle E \rangle$. Its
# fluctuations are the heat capacity,
#
# $$C = \frac{\mathrm{d} U}{\mathrm{d} T} = \frac{\langle E^2 \rangle - \langle E \rangle^2}{T^2} ,$$
#
# so that the sample knows what U would be at a temperature a little higher. In fact it knows U at
# *any* temperature $T'$, as far as its states reach. The states are there in proportion to
# $e^{-E/T}$, and should be in proportion to $e^{-E/T'}$. So give each of them a weight that
# turns the one into the other, and take the weighted mean of E. *Derive the weight.* (It is what
# annealed importance sampling does at every step.)
#
# *By hand.* Two samples, of energies 0 and $\ln 3$, at $T = 1$, and $T' = 1/2$: the higher one
# gets the weight 1/3 relative to the other, so that $U' = \frac14 \ln 3 = 0.275$. At $T' = T$
# all weights are alike.
#
# **Write `from_sample`.** It takes the energies of a sample, shape (N,), the temperature T at
# which it was drawn, and another, `T_new`. It returns three numbers: U and C at T, and U at
# `T_new`. Energies of ±100,000 must do it no harm.

# %% [raw]
# # BEGIN SOLUTION


# %%
def from_sample(energies, T, T_new):
    """U and C at T, and U at T_new, from the energies of a sample at T."""
    # BEGIN SOLUTION
    U = np.mean(energies)
    exponent = -(1 / T_new - 1 / T) * (energies - U)
    weights = np.exp(exponent - np.max(exponent))
    return U, np.var(energies) / T**2, weights @ energies / weights.sum()
    # END SOLUTION


from_sample(np.array([0, np.log(3)]), 1.0, 0.5)  # by hand: 0.549, 0.302 and 0.275

# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS


# %%
def test_a_thousand_energies(from_sample):
    """A sample at T = 2: 500 times the energy 0, 300 times 1, 200 times 3. And at 1.25?"""
    import numpy as np

    assert callable(from_sample), "There is no function `from_sample`: run the cell that defines it"
    answer = from_sample(np.repeat([0.0, 1.0, 3.0], [500, 300, 200]), 2.0, 1.25)
    assert answer is not None, "Not answered yet? `from_sample` gives nothing back"
    three = np.size(answer) == 3
    assert three, "Return three numbers: `return U, C, U_new`"
    U, C, U_new = (np.asarray(x, dtype=float).item() for x in answer)
    assert np.isclose(U, 0.9), f"The mean of the energies is 0.9; yours is {U:.4g}"
    mistakes = {
        0.645: "The variance is divided by T squared: dU/dT brings a second 1/T",
        1.29: "That is the variance of the energy: C is the variance over T^2",
        0.284: "That has the standard deviation in it: C has its square, the variance",
        0.525: "The square of the mean has to come off the mean of the squares",
        0.826: "C at T is asked for, not at T_new",
        5.16: "The variance is divided by T^2, not multiplied",
    }
    hint = f"C is 0.3225 here; yours is {C:.4g}"
    for wrong, mistake in mistakes.items():
        hint = mistake if abs(C / wrong - 1) < 0.005 else hint
    assert abs(C / 0.3225 - 1) < 0.005, hint
    mistakes = {
        1.3464: "Colder must be lower in energy: look at the sign of 1/T_new - 1/T",
        0.2898: "The sample is distributed as e^(-E/T) already: weigh by what is missing, the ratio of the two",
        0.4347: "The weights know T only: where does T_new come in?",
        0.4662: "Divide by the sum of the weights, not by N",
        466.1873: "A weighted mean is divided by the sum of the weights",
        0.6581: "A straight line is a start, but the weights give more: U_new is their weighted mean of E",
        2.0865: "It is the difference of 1/T that counts, not that of T",
        0.3092: "It is the difference of 1/T that counts, not that of T",
        0.9: "That is U at T: weigh the energies",
    }
    hint = f"At T = 1.25, U is 0.5802; yours is {U_new:.4f}"
    right = np.isclose(U_new, 0.5801528, rtol=0, atol=1e-4)
    assert right, mistakes.get(round(U_new, 4), hint)


test_a_thousand_energies(from_sample)


# %%
def test_another_zero(from_sample):
    """The same sample with all energies lower by 5000."""
    import numpy as np

    with np.errstate(all="ignore"):
        answer = from_sample(np.repeat([0.0, 1.0, 3.0], [500, 300, 200]) - 5000, 2.0, 1.25)
    assert answer is not None, "Not answered yet? `from_sample` gives nothing back"
    whole = np.size(answer) == 3 and np.all(np.isfinite(np.asarray(answer, dtype=float)))
    overflow = "A weight is too large for a number: take the same energy off all of them, inside the exponent"
    assert whole or np.size(answer) != 3, overflow


test_another_zero(from_sample)


# %%
# HIDDEN
def test_any_sample(from_sample):
    """Random samples: the weighted mean, and what holds for any of them."""
    import numpy as np

    rng = np.random.default_rng(13_004)
    for trial in range(30):
        N, T, T_new = 2000, float(rng.uniform(0.5, 3)), float(rng.uniform(0.5, 3))
        zero = [0.0, 1e5, -1e5][trial % 3]
        E = rng.gamma(3, size=N)
        x = -(1 / T_new - 1 / T) * E
        weights = np.exp(x - x.max())
        wanted = zero + np.sum(weights * E) / weights.sum()
        energies = E + zero
        given = energies.copy()
        U, C, U_new = (np.asarray(y, dtype=float).item() for y in from_sample(energies, T, T_new))
        assert np.isclose(U, given.mean(), rtol=1e-9, atol=1e-9), "wrong U"
        assert np.isclose(C, E.var() / T**2, rtol=2e-3), "wrong C"
        assert np.isclose(U_new, wanted, rtol=1e-9, atol=1e-4), "wrong U at another temperature"
        near = np.asarray(from_sample(E, T, T + 1e-3)[2], dtype=float).item()
        assert np.isclose((near - E.mean()) / 1e-3, C, rtol=0.03), "C is not the slope of U"
        assert np.array_equal(energies, given), "the energies were changed"


test_any_sample(from_sample)

# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [raw]
# # BEGIN QUESTION
# name: q5
# points: 5
# all_or_nothing: true

# %% [markdown]
# ## 5. How many states are in play?
#
# The chapter found $\log Z$ by heating: from $T = \infty$, where it is known, down to the
# temperature in question, with $U$ measured on the way. But any road from a network that we
# know to the one that we want will do. Take this one: stay at T, and *turn on the weights*. Let
#
# $$E_\lambda(v) = -\lambda \cdot \tfrac12 \sum_{ij} w_{ij} v_i v_j - \sum_i b_i v_i ,$$
#
# from $\lambda = 0$ to 1. At 0 the units do not know of each other, and $Z_0$ is a product of n
# factors. *Find it.* On the way, differentiate $\log Z_\lambda$ with respect to $\lambda$: what
# comes out is the mean of one quantity, over T. With $P(v) = \frac12 \sum_{ij} w_{ij} v_i v_j$,
#
# $$\log Z_1 = \log Z_0 + \frac1T \int_0^1 \langle P \rangle_\lambda \, \mathrm{d}\lambda .$$
#
# *By hand.* Two units, $b = 0$, $w_{01} = T \ln 2$: four states, weights 1, 1, 1, 2, so
# $Z_1 = 5$. At 0 it is $Z_0 = 4$. Between,
# $\langle P \rangle_\lambda = T \ln 2 \cdot 2^\lambda/(3 + 2^\lambda)$, and the integral of it
# over T is $\log\frac54$, as it should be.
#
# **Write `log_Z`.** It takes the biases b, shape (n,), the temperature, and a function:
# `pairs(x)` is $\langle P \rangle$ at $\lambda = x$. Call it at 20 places or so, and integrate:
# the trapezoidal rule will do (`np.trapezoid`, or `scipy.integrate`).
#
# **Then measure.** The network is `W`, `b`, of 20 units, at $T = 1.25$, and `measured_pairs` is
# a function that asks a chain. Ten runs: `log_Z_20` is the mean of the ten results,
# `log_Z_error` its standard error. Last, from $F = U - TS = -T \log Z$ and the measured U, the
# entropy `S`. Two to the 20 is a million states. $e^S$ says how many are in play.

# %%
T = 1.25
rng = np.random.default_rng(20)
W = np.triu(rng.normal(0, 0.6, size=(20, 20)), 1)
W, b = W + W.T, rng.normal(0, 0.5, size=20)


def chain(x, sweeps, rng):
    """States of the network with the weights x W, after each sweep."""
    machine = boltzmann.Boltzmann(x * W, b)
    return boltzmann.sample(machine, np.zeros(20, dtype=int), T, rng=rng, sweeps=sweeps)[100:]


def measured_pairs(x):
    """The mean of P at lambda = x, from 900 sweeps."""
    v = chain(x, 1000, rng).astype(float)
    return np.mean(0.5 * np.sum(v @ W * v, axis=1))


v = chain(1.0, 50_000, rng).astype(float)
U = np.mean(-0.5 * np.sum(v @ W * v, axis=1) - v @ b)

# %% [raw]
# # BEGIN SOLUTION


# %%
def log_Z(b, T, pairs):
    """log Z of a network whose mean pair energy at the weights x W is -pairs(x)."""
    # BEGIN SOLUTION
    x = np.linspace(0, 1, 21)
    y = np.array([pairs(at) for at in x])
    integral = np.sum((y[1:] + y[:-1]) / 2 * np.diff(x))
    return np.logaddexp(0, b / T).sum() + integral / T
    # END SOLUTION


# %%
runs = [log_Z(b, T, measured_pairs) for _ in range(10)]

log_Z_20 = np.mean(runs)  # SOLUTION
log_Z_error = np.std(runs, ddof=1) / np.sqrt(10)  # SOLUTION
S = U / T + log_Z_20  # SOLUTION

print("log Z", log_Z_20, "+-", log_Z_error, "  U", U, "  S", S)

# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS


# %%
def test_a_known_integral(log_Z):
    """Three units at T = 2, and a mean that is known: 3 + 2 x, with the integral 4."""
    import numpy as np

    assert callable(log_Z), "There is no function `log_Z`: run the cell that defines it"
    asked = []

    def pairs(x):
        assert len(asked) < 5000, "Twenty places or so are enough: yours has asked for 5000"
        asked.append(1)
        return 3 + 2 * np.asarray(x, dtype=float)

    found = log_Z(np.array([1.0, -2.0, 0.5]), 2.0, pairs)
    assert found is not None, "Not answered yet? `log_Z` gives nothing back"
    assert np.size(found) == 1, "log Z is one number, not an array"
    found = np.asarray(found, dtype=float).item()
    mistakes = {
        2.0: "The start is missing: at lambda = 0, Z is a product with a factor for each unit",
        4.0794: "n log 2 is the start of coins: here the biases are at work from the beginning",
        6.1133: "The derivative of log Z is the mean over T: divide the integral by T",
        10.1133: "The integral is divided by T, not multiplied",
        0.1133: "Weights that are wanted make Z larger: look at the sign of the integral",
        2.1133: "The way is missing: add the integral over lambda, divided by T",
        4.4143: "The start is at the temperature T as well: its factors are 1 + e^(b/T)",
        6.2266: "The start counts twice",
        1.75: "At the start a unit has two states, off and on: a factor 1 + e^(b/T), not e^(b/T)",
        4.6643: "A unit of 0 and 1 has the factor 1 + e^(b/T): the hyperbolic cosine is for -1 and +1",
    }
    hint = f"For b = (1, -2, 0.5), T = 2 and the mean 3 + 2x, log Z is 4.1133; yours is {found:.4f}"
    if abs(found - 4.1133) < 0.3:
        hint = "Close, but the sum is not the integral: the two ends count half (trapezoidal rule)"
    for wrong, mistake in mistakes.items():
        hint = mistake if abs(found - wrong) < 0.004 else hint
    assert abs(found - 4.1133) < 0.005, hint


test_a_known_integral(log_Z)


# %%
def test_measurement(log_Z_20, log_Z_error, S):
    """The numbers read off: 20 units, ten runs."""
    import numpy as np

    missing = [x is None or x is Ellipsis for x in (log_Z_20, log_Z_error, S)]
    assert not any(missing), "Not answered yet: `log_Z_20`, `log_Z_error` and `S` are still `...`"
    sizes = [np.size(x) == 1 for x in (log_Z_20, log_Z_error, S)]
    assert all(sizes), "`log_Z_20`, `log_Z_error` and `S` are one number each"
    log_Z_20, log_Z_error, S = (np.asarray(x, dtype=float).item() for x in (log_Z_20, log_Z_error, S))
    mistakes = [(120, 128, "That is the sum of ten results: take their mean")]
    hint = f"A sum over all 2^20 states gives log Z = 12.375; yours is {log_Z_20:.3f}"
    for low, high, mistake in mistakes:
        hint = mistake if low < log_Z_20 < high else hint
    assert abs(log_Z_20 - 12.375) < 0.07, hint
    spread = "That is the spread of single runs: the mean of ten is sqrt(10) times surer"
    assert not 0.0195 < log_Z_error < 0.1, spread
    assert 0.0014 < log_Z_error < 0.0195, "The standard error should be near 0.009"
    mistakes = [
        (13.8, 14.2, "Low energy leaves fewer states: S = (U - F) / T has U with a plus, and U is negative"),
        (10.2, 10.5, "U has to be divided by T before it is added to log Z"),
        (12.2, 12.5, "That is log Z: S has U / T in it as well"),
        (13.3, 13.55, "That is T S: divide U - F by T"),
        (-14.2, -13.8, "S = (U - F) / T, and F = -T log Z: look at the sign of F"),
    ]
    hint = f"The entropy is 10.74 here; yours is {S:.2f}"
    for low, high, mistake in mistakes:
        hint = mistake if low < S < high else hint
    assert abs(S - 10.744) < 0.12, hint


test_measurement(log_Z_20, log_Z_error, S)


# %%
# HIDDEN
def test_any_network(log_Z):
    """Random networks of six units whose means are summed over all states."""
    import numpy as np

    every = np.array([[k >> i & 1 for i in range(6)] for k in range(64)], dtype=float)
    rng = np.random.default_rng(13_005)
    for _ in range(8):
        W = np.triu(rng.normal(size=(6, 6)), 1)
        W = W + W.T
        b, T = rng.normal(size=6), float(rng.uniform(0.8, 3))
        P, bias = 0.5 * np.einsum("ki,ij,kj->k", every, W, every), every @ b

        def pairs(x, P=P, bias=bias, T=T):
            weights = np.exp((np.multiply.outer(np.asarray(x, dtype=float), P) + bias) / T)
            return weights @ P / weights.sum(axis=-1)

        given = b.copy()
        found = np.asarray(log_Z(b, T, pairs), dtype=float).item()
        assert abs(found - np.logaddexp.reduce((P + bias) / T)) < 0.02, "wrong log Z"
        assert np.array_equal(b, given), "the biases were changed"


test_any_network(log_Z)


# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [markdown]
# Twenty units can still be listed, so that you can be checked.

# %%
network, offset = boltzmann.to_network(boltzmann.Boltzmann(W, b))
listed = exact.moments(network, T)
known_log_Z, known_U = listed.log_Z - offset / T, listed.energy + offset
print(f"log Z {known_log_Z:.4f}, U {known_U:.4f}, S {known_U / T + known_log_Z:.4f}")
print(f"states in play, e^S: {np.exp(known_U / T + known_log_Z):,.0f} of {2**20:,}")

# %% [markdown]
# For the last question, an estimate of $\log Z$ from a single chain, at three temperatures, five
# chains each. Predict what it will do.

# %%
for T_one in (8.0, 2.0, 0.5):
    machine = boltzmann.Boltzmann(W, b)
    known = exact.moments(network, T_one).log_Z - offset / T_one
    found = []
    for seed in range(5):
        start, rng = np.zeros(20, dtype=int), np.random.default_rng(seed)
        v = boltzmann.sample(machine, start, T_one, rng=rng, sweeps=20_000)[100:].astype(float)
        E = -0.5 * np.sum(v @ W * v, axis=1) - v @ b
        found.append(20 * np.log(2) - np.logaddexp.reduce(E / T_one) + np.log(len(E)))
    print(f"T = {T_one}: exactly {known:7.3f}, estimates", np.round(found, 3))

# %% [raw]
# # BEGIN QUESTION
# name: q6
# points: 4
# manual: true

# %% [markdown]
# ## 6. A formula that is right and useless?
#
# A friend has found a short cut, the one that the cell above tries out. "In equilibrium,
#
# $$\big\langle e^{E/T} \big\rangle = \sum_v p(v) \, e^{E(v)/T} = \frac{2^n}{Z} .$$
#
# So average $e^{E/T}$ over one chain, and you have $Z$. No road, no integral." Judge it, in ten
# sentences or so, with numbers of your own: change the cell above, or add some.
#
# A reader marks this question. There is one point for each of these:
#
# - **Is it true?** The formula derived, or a mistake found in it.
# - **Does it work?** What the estimates do at high and at low temperature, as numbers, beside
#   the exact values. In which direction do they miss?
# - **Why?** Which states carry the mean, which states the chain visits, and why the miss has
#   that direction.
# - **Would you have noticed?** What the scatter of the five chains says and does not say, and
#   why the road of question 5 does not suffer from the same.

# %% [raw]
# # BEGIN SOLUTION

# %% [markdown]
# *One answer that gets 4 points (there are others).* *Is it true?* Yes:
# $p(v)\, e^{E(v)/T} = 1/Z$ for each state, and there are $2^n$ of them. *Does it work?* At $T = 8$ it does: all
# five estimates are within 0.01 of 13.023. At $T = 2$ they scatter by 0.1 around 12.087, on
# both sides. At $T = 0.5$ the exact value is 18.153, and the five say 20.3 to 21.5: all of
# them too much, by 2 to 3, which in $Z$ is a factor of 8 to 28. *Why?* Every state contributes
# the same to the sum, so that nearly all of the mean is carried by the great majority of
# states, of middling and high energy. A chain at a low temperature visits next to none of
# them; it sits in the few states of low energy, whose $e^{E/T}$ is tiny. The terms it misses
# are all positive, so that the mean is too small and $Z$ too large, save in the rare run that
# strays to a state of very high energy. It is the mirror image of the coins in the chapter,
# which miss the low states and find $Z$ too small. *Would you have noticed?* Hardly: the five
# chains agree among themselves to about 0.5, a fraction of the miss. An error bar knows only
# what has been seen. That a few terms carry the whole mean is a warning, and a case that can
# be listed decides. In question 5 each mean is of a quantity that does not vary by powers of
# ten, over states that the chain does visit, and the small steps of $\lambda$ carry the
# typical states along.

# %% [raw]
# # END SOLUTION

# %% [raw]
# # END QUESTION

# %% [markdown]
# *Text: [CC BY 4.0](https://creativecommons.org/licenses/by/4.0/). Code: BSD 3-Clause. See
# [LICENSE](../../LICENSE).*
