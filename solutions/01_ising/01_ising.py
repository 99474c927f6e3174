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
# # Exercise 1: order from neighbours
#
# You will solve a ring whose bonds all differ, sample a lattice by a heat bath of your own,
# put an honest error bar on what it says, and find the temperature at which a magnet makes up
# its mind. Read [chapter 1](../../book/01_ising.ipynb) first. Allow about 100 minutes; there
# are 24 points, 4 of them for an open question at the end, which a reader marks.
#
# **How it grades itself.** Each question has a cell with `...` where your answer goes. The
# cell below it, `grader.check`, says at once whether the answer is right and, if not, what
# may have gone wrong. When you hand in, your functions are tried on other inputs too:
# write them for any sizes. No question needs your answer to another, so you may skip one.
#
# **Conventions.** Spins are $s_i = \pm 1$. The coupling J, the field B, the temperature T and
# all energies are measured in the same unit of energy. Rings and lattices close on themselves:
# the last site is a neighbour of the first.

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
    os.chdir("course/exercises/01_ising")
missing = [name for name in ("ebm", "otter") if importlib.util.find_spec(name) is None]
root = next((p for p in Path.cwd().parents if (p / "lib" / "ebm").is_dir()), None)
if missing and root is None:
    raise ModuleNotFoundError(
        f"{' and '.join(missing)} not installed. Put this notebook back into the course's "
        "folder exercises/01_ising and run this cell again (on Colab: fill in COURSE)."
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

from ebm import exact, ising

grader = otter.Notebook(tests_dir="tests")

# %% [raw]
# # BEGIN QUESTION
# name: q1
# points: 4
# all_or_nothing: true

# %% [markdown]
# ## 1. A ring whose bonds all differ
#
# The chapter solved a ring whose bonds are all the same. Nature is seldom so tidy. Let bond
# $i$, between spin $i$ and spin $i + 1$, have a coupling $J_i$ of its own, of either sign:
#
# $$E(s) = -\sum_{i=0}^{n-1} J_i \, s_i s_{i+1} - B \sum_{i=0}^{n-1} s_i , \qquad s_n = s_0 .$$
#
# The weight $e^{-E/T}$ of a state is still a product of one factor for each bond, and each
# factor still depends on two spins only. So there is still a matrix of four numbers for each
# bond, and $Z$ still is a trace. *Derive it on paper first.* Which product of matrices is it?
# Where does the field go, if each spin sits at the end of two bonds?
#
# *By hand.* Three spins, $J = (1, 1, -1)$, $B = 0$, $T = 1$. No state can please all three
# bonds. Six of the eight please two of them, $E = -1$; the other two please none, $E = 3$. So
# $Z = 6e + 2e^{-3} = 16.409$ and $\log Z = 2.798$.
#
# **Write `log_Z`.** It takes the couplings, an array of n numbers, and two numbers B and T. It
# has to do for long rings too: with 2000 spins $Z$ may have more than 1700 digits, which no
# floating-point number holds. Its logarithm is a modest number. Keep the size of the
# product apart from its shape.

# %% [raw]
# # BEGIN SOLUTION


# %%
def log_Z(J, B, T):
    """The logarithm of the partition function of a ring whose bond i has the coupling J[i]."""
    # BEGIN SOLUTION
    log_size, product = 0.0, np.eye(2)
    for bond in J:
        product = product @ np.exp(np.array([[bond + B, -bond], [-bond, bond - B]]) / T)
        log_size += np.log(product.max())
        product /= product.max()
    return log_size + np.log(np.trace(product))
    # END SOLUTION


log_Z(np.array([1.0, 1.0, -1.0]), 0.0, 1.0)  # by hand: 2.798

# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS


# %%
def test_three_spins(log_Z):
    """Three spins with three couplings, in a field."""
    import numpy as np

    assert callable(log_Z), "There is no function `log_Z`: run the cell that defines it"
    found = log_Z(np.array([1.0, -0.5, 2.0]), 0.4, 1.5)
    assert found is not None, "Not answered yet? `log_Z` gives nothing back"
    assert np.size(found) == 1, "log Z is one number, not an array"
    found = np.asarray(found, dtype=float).item()
    mistakes = {
        3.5663: "The field counts twice: a spin sits on two bonds, so each bond carries half of its share",
        2.9218: "The field counts half: over both of its bonds, a spin must get the whole of B",
        2.8709: "The field is missing: each spin brings a factor e^(B s / T)",
        3.8399: "You sum over both ends of the product; on a ring they are one spin: take the trace",
        2.4001: "That is a chain with open ends: the last bond leads back to the first spin",
        2.6506: "To sum over the spin between two bonds is to multiply matrices (@), not entries (*)",
        3.2395: "Spins that agree along a positive J lower the energy: look at the sign of J",
        4.0107: "Where is the temperature? The weight of a state is e^(-E/T)",
        5.6626: "Energies are divided by T, not multiplied",
        21.4783: "That is Z itself: its logarithm is asked for",
        -4.6006: "That is the free energy -T log Z: log Z itself is asked for",
        3.1336: "Every bond has a matrix of its own: not a power of the first, but a product of all",
        2.8751: "Every bond has a matrix of its own: the mean coupling does not do",
        3.1964: "That is the larger eigenvalue only: on a short ring the other counts too",
        1.0223: "That is log Z per spin: log Z of the whole ring is asked for",
    }
    hint = f"For J = (1, -0.5, 2), B = 0.4 and T = 1.5, log Z is 3.0670; yours is {found:.4f}"
    assert np.isclose(found, 3.0670423, rtol=0, atol=1e-5), mistakes.get(round(found, 4), hint)


test_three_spins(log_Z)


# %%
def test_long_ring(log_Z):
    """Two thousand spins: a number with more digits than fit."""
    import numpy as np

    with np.errstate(all="ignore"):
        found = log_Z(np.ones(2000), 0.0, 0.5)
    assert found is not None, "Not answered yet? `log_Z` gives nothing back"
    found = np.asarray(found, dtype=float)
    large = "Z of 2000 spins is too large for a number: divide the product by its largest entry as you go"
    assert np.all(np.isfinite(found)), f"{large}, and add up the logarithms"
    right = np.all(np.isclose(found, 4036.2999, rtol=0, atol=1e-3))
    assert right, "For 2000 equal bonds J = 1 at T = 0.5, without a field, log Z is 4036.2999"


test_long_ring(log_Z)


# %%
# HIDDEN
def test_any_ring(log_Z):
    """Random rings of 3 to 9 spins, against the sum over all states."""
    from itertools import product

    import numpy as np

    rng = np.random.default_rng(11_001)
    for trial in range(25):
        n = 3 + trial % 7
        J = rng.normal(size=n)
        B, T = float(rng.normal()), float(rng.uniform(0.5, 4))
        if trial % 5 == 0:
            B = 0.0
        s = np.array(list(product([-1, 1], repeat=n)))
        E = -(J * s * np.roll(s, -1, axis=1)).sum(axis=1) - B * s.sum(axis=1)
        given = J.copy()
        found = np.asarray(log_Z(J, B, T), dtype=float)
        assert found.size == 1, "not one number"
        assert np.isclose(found.item(), np.logaddexp.reduce(-E / T), rtol=0, atol=1e-6), "wrong log Z"
        assert np.array_equal(J, given), "an argument was changed"


test_any_ring(log_Z)


# %%
# HIDDEN
def test_any_long_ring(log_Z):
    """Long random rings without a field: there the matrices share their eigenvectors."""
    import numpy as np

    rng = np.random.default_rng(11_011)
    for n in (900, 1500, 2500):
        J, T = rng.uniform(-2, 2, size=n), float(rng.uniform(0.2, 0.5))
        wanted = np.logaddexp(J / T, -J / T).sum() + np.log1p(np.prod(np.tanh(J / T)))
        with np.errstate(all="ignore"):
            found = np.asarray(log_Z(J, 0.0, T), dtype=float).item()
        assert np.isclose(found, wanted, rtol=1e-9), "wrong log Z"


test_any_long_ring(log_Z)

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
# ## 2. What a flip costs
#
# On the square lattice a spin has four neighbours: to the right and left, above and below,
# around the edges. Collect the terms of
#
# $$E(s) = -J \sum_{\langle ij \rangle} s_i s_j - B \sum_i s_i$$
#
# in which spin $i$ takes part. There are five. What becomes of each if $s_i$ turns into
# $-s_i$? The cost of the flip is $\mathrm{d}E = E_\mathrm{after} - E_\mathrm{before}$.
#
# *By hand.* $J = 1$, $B = 0$, all spins alike: a flip turns four bonds of energy $-1$ into
# four of $+1$. It costs 8.
#
# **Write `flip_costs`.** It takes a lattice `s`, shape (rows, columns), each side 3 or more, and
# returns an array of the same shape: what it would cost to flip each spin, if the others stay.

# %% [raw]
# # BEGIN SOLUTION


# %%
def flip_costs(s, J, B):
    """dE of flipping each spin alone, an array of the shape of s."""
    # BEGIN SOLUTION
    neighbours = np.roll(s, 1, 0) + np.roll(s, -1, 0) + np.roll(s, 1, 1) + np.roll(s, -1, 1)
    return 2 * s * (J * neighbours + B)
    # END SOLUTION


flip_costs(np.ones((3, 3)), 1.0, 0.0)  # by hand: 8 everywhere

# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS


# %%
def test_the_middle(flip_costs):
    """A spin far from the edges."""
    import numpy as np

    assert callable(flip_costs), "There is no function `flip_costs`: run the cell that defines it"
    s = np.array([[1, 1, 1, -1], [1, 1, 1, -1], [1, -1, 1, 1]])
    cost = flip_costs(s, 2.0, 0.5)
    assert cost is not None, "Not answered yet? `flip_costs` gives nothing back"
    shape = f"One cost for each spin: for 3 by 4 spins the shape is (3, 4), not {np.shape(cost)}"
    assert np.shape(cost) == (3, 4), shape
    middle = float(np.asarray(cost, dtype=float)[1, 1])
    mistakes = {
        4.5: "A bond goes from -J to +J, so it changes by 2J: a factor 2 is missing",
        -4.5: "dE is the energy after the flip minus the energy before: is that the change?",
        -9.0: "To break bonds costs energy: look at the sign of dE",
        8.0: "The field pulls at the spin too: B is missing",
        7.0: "A spin that follows the field loses by flipping: look at the sign of B",
        8.5: "The field term changes sign too, so it changes by 2B: the 2 is missing there",
        5.0: "Where is the coupling J? Each of the four bonds carries it",
        1.0: "Half of the bonds are missing: a spin has neighbours on the left and above too",
        18.0: "Twice too much: every bond of the spin counts once here",
    }
    hint = f"With J = 2 and B = 0.5 the flip of s[1, 1] costs 9; by yours {middle:.4g}"
    assert np.isclose(middle, 9), mistakes.get(round(middle, 6), hint)


test_the_middle(flip_costs)


# %%
def test_the_edges(flip_costs):
    """A spin in a corner has four neighbours as well."""
    import numpy as np

    s = np.array([[1, 1, 1, -1], [1, 1, 1, -1], [1, -1, 1, 1]])
    cost = flip_costs(s, 2.0, 0.5)
    assert cost is not None, "Not answered yet? `flip_costs` gives nothing back"
    cost = np.asarray(cost, dtype=float)
    middle_first = cost.shape != (3, 4) or not np.isclose(cost[1, 1], 9)  # the other check says why
    edges = middle_first or np.allclose(cost[[0, 0, 2, 2], [0, 3, 0, 3]], [9, -9, 9, 1])
    assert edges, "The lattice closes on itself: next to the last column comes the first, and so with rows"


test_the_edges(flip_costs)


# %%
# HIDDEN
def test_any_lattice(flip_costs):
    """Random lattices, against the energies before and after."""
    import numpy as np

    def E(s, J, B):
        s = s.astype(float)
        return -J * (s * (np.roll(s, -1, 0) + np.roll(s, -1, 1))).sum() - B * s.sum()

    rng = np.random.default_rng(11_002)
    for trial in range(20):
        rows, columns = (int(side) for side in rng.integers(3, 7, size=2))
        J, B = float(rng.normal()), float(rng.normal())
        s = rng.choice([-1, 1], size=(rows, columns)).astype([int, float, np.int8][trial % 3])
        given = s.copy()
        cost = np.asarray(flip_costs(s, J, B), dtype=float)
        assert cost.shape == (rows, columns), "wrong shape"
        for i in range(rows):
            for j in range(columns):
                after = given.copy()
                after[i, j] = -after[i, j]
                wanted = E(after, J, B) - E(given, J, B)
                assert np.isclose(cost[i, j], wanted, rtol=0, atol=1e-6), "wrong cost"
        assert np.array_equal(s, given), "the lattice was changed"


test_any_lattice(flip_costs)

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
# ## 3. A heat bath
#
# Look at one spin and hold the others still. Only two states of the lattice are left, and their
# energies differ by what the flip costs. From the Boltzmann distribution of the two it follows
# that, whatever the spin was before, a fresh one should be $+1$ with the probability
#
# $$p(+1) = \frac{1}{1 + e^{-2\,\mathrm{field}/T}} , \qquad
#   \mathrm{field} = J \sum_\mathrm{neighbours} s_j + B .$$
#
# Draw every spin anew, one after the other, each from the *newest* states of its neighbours:
# that is a sweep of the heat bath. The order is up to you: sites at random, row after row, or all
# black squares of a checkerboard and then all white ones (no two squares of a colour are
# neighbours, so all of one colour can be done by one line of NumPy).
#
# *By hand.* $J = 0$: each spin is on its own in the field B, and the mean of all is
# $\tanh(B/T)$. With $B = 1$ and $T = 2$ that is 0.46.
#
# **Write `heat_bath`.** It starts from the lattice `s`, which it leaves as it is, and returns
# the state after each of a number of sweeps: an array (or a list) of shape (sweeps, rows,
# columns). All sides are even. Random numbers come from `rng` and from nowhere else.

# %% [raw]
# # BEGIN SOLUTION


# %%
def heat_bath(s, J, B, T, sweeps, rng):
    """The states after each sweep of the heat bath, shape (sweeps, rows, columns)."""
    # BEGIN SOLUTION
    s, states = s.copy(), []
    black = np.indices(s.shape).sum(axis=0) % 2 == 0
    for _ in range(sweeps):
        for colour in (black, ~black):
            neighbours = np.roll(s, 1, 0) + np.roll(s, -1, 0) + np.roll(s, 1, 1) + np.roll(s, -1, 1)
            up = rng.random(s.shape) < 1 / (1 + np.exp(-2 * (J * neighbours + B) / T))
            s[colour] = np.where(up, 1, -1)[colour]
        states.append(s.copy())
    return np.array(states)
    # END SOLUTION


states = heat_bath(np.ones((32, 32), dtype=int), 0.0, 1.0, 2.0, 10, np.random.default_rng(1))
states if states is None else np.mean(states[-1])  # by hand: near 0.46

# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS


# %%
def test_spins_in_a_field(heat_bath):
    """Without a coupling, 48 by 48 spins of which each follows the field alone."""
    import numpy as np

    assert callable(heat_bath), "There is no function `heat_bath`: run the cell that defines it"
    start = np.ones((48, 48), dtype=int)
    states = heat_bath(start, 0.0, 1.0, 2.0, 10, np.random.default_rng(3))
    assert states is not None, "Not answered yet? `heat_bath` gives nothing back"
    shape = f"After 10 sweeps of 48 by 48 spins the shape is (10, 48, 48), not {np.shape(states)}"
    assert np.shape(states) == (10, 48, 48), shape
    assert np.all(start == 1), "The start has been overwritten: work on a copy of it"
    states = np.asarray(states, dtype=float)
    assert np.all(np.abs(states) == 1), "Every spin must stay +1 or -1"
    alike = "All ten states are the same array: keep a copy of each, `s.copy()`"
    assert np.any(states[-2] != states[-1]), alike
    again = np.asarray(heat_bath(start, 0.0, 1.0, 2.0, 10, np.random.default_rng(3)), dtype=float)
    assert np.array_equal(states, again), "The same rng gave two runs: draw from the given `rng` only"
    other = np.asarray(heat_bath(start, 0.0, 1.0, 2.0, 10, np.random.default_rng(4)), dtype=float)
    assert np.any(states != other), "Another rng gave the same run: draw from the given `rng`"
    mean = float(np.mean(states[-1]))
    mistakes = [
        (-0.56, -0.36, "The field pulls a spin towards its own sign: look at the sign in the exponent"),
        (0.15, 0.34, "The two states differ by 2 field: a factor 2 is missing in the exponent"),
        (0.70, 0.82, "Too strongly: the two states differ by 2 field, not by 4"),
        (0.93, 1.01, "The spins hardly ever leave the field: energies are divided by T, not multiplied"),
        (-0.10, 0.10, "The field B has no effect: it belongs to the field of a spin"),
    ]
    hint = f"Free spins at B = 1 and T = 2 have the mean 0.46; yours have {mean:.2f}"
    for low, high, mistake in mistakes:
        hint = mistake if low < mean < high else hint
    assert 0.37 < mean < 0.555, hint


test_spins_in_a_field(heat_bath)


# %%
def test_neighbours_take_turns(heat_bath):
    """From a checkerboard, where every bond is unhappy."""
    import numpy as np

    board = np.indices((8, 8)).sum(axis=0) % 2 * 2 - 1
    states = heat_bath(board.copy(), 1.0, 0.0, 0.5, 40, np.random.default_rng(5))
    assert states is not None, "Not answered yet? `heat_bath` gives nothing back"
    last = np.asarray(states, dtype=float)[-1]
    energy = -np.mean(last * (np.roll(last, 1, 0) + np.roll(last, 1, 1)))
    blinks = np.array_equal(np.asarray(states)[0], -board)
    at_once = "Neighbours must not move at once: the second has to see what the first has done"
    against = "With J > 0 neighbours like to agree: look at the sign of J"
    assert energy < -0.5, at_once if blinks else against


test_neighbours_take_turns(heat_bath)


# %%
def test_no_edge(heat_bath):
    """All down and cold; a field that four neighbours withstand and three do not."""
    import numpy as np

    down = -np.ones((4, 6), dtype=int)
    states = heat_bath(down, 1.0, 3.5, 0.02, 20, np.random.default_rng(6))
    assert states is not None, "Not answered yet? `heat_bath` gives nothing back"
    edge = "A spin has lost a neighbour: the lattice closes on itself, and no spin sits at an edge"
    assert np.all(np.asarray(states)[-1] == -1), edge


test_no_edge(heat_bath)


# %%
# HIDDEN
def test_against_all_states(heat_bath):
    """Mean energy, magnetisation and |m| of 4 by 4 spins, against the sum over 65,536 states."""
    import numpy as np

    from ebm import exact

    def bonds(s):
        return (s * (np.roll(s, 1, -1) + np.roll(s, 1, -2))).sum(axis=(-1, -2))

    rng = np.random.default_rng(11_003)
    every = exact.states(16).reshape(-1, 4, 4).astype(float)
    every_bonds, every_m = bonds(every), every.mean(axis=(1, 2))
    for sign in (1, -1, 1):
        T = float(rng.uniform(1.5, 3))
        J, B = sign * T * float(rng.uniform(0.2, 0.35)), float(rng.uniform(-0.5, 0.5))
        weight = (J * every_bonds + 16 * B * every_m) / T
        p = np.exp(weight - np.logaddexp.reduce(weight))
        start = rng.choice([-1, 1], size=(4, 4))
        states = np.asarray(heat_bath(start, J, B, T, 3100, rng), dtype=float)
        assert states.shape == (3100, 4, 4), "wrong shape"
        states = states[100:]
        m = states.mean(axis=(1, 2))
        pairs = [(bonds(states), every_bonds), (m, every_m), (abs(m), abs(every_m))]
        for found, listed in pairs:
            blocks = found.reshape(30, 100).mean(axis=1)
            error = blocks.std(ddof=1) / np.sqrt(30)
            assert error > 0, "nothing moves"
            assert abs(blocks.mean() - p @ listed) < 7 * error, "wrong distribution"


test_against_all_states(heat_bath)

# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [markdown]
# Predict before you run: a lattice of 16 by 16 at $T = 3$, its energy after each of 2000
# sweeps. Onsager knows the answer for an endless lattice, and this one is large enough at this
# temperature. How many of its error bars is your mean away, if the error is taken for
# $\sigma/\sqrt{2000}$?

# %%
rng = np.random.default_rng(8)
start = rng.choice([-1, 1], size=(16, 16))
states = heat_bath(start, 1.0, 0.0, 3.0, 2000, rng)
u = np.zeros(2000)  # energy per spin after each sweep
if states is not None:
    u = ising.energy(ising.Ising((16, 16)), np.array(states, dtype=int)) / 256
    naive, away = np.std(u[100:]) / np.sqrt(1900), np.mean(u[100:]) - exact.onsager_energy(3.0)
    print(f"u = {np.mean(u[100:]):.5f} +- {naive:.5f} (naive), away {away / naive:+.1f} of these")

# %% [raw]
# # BEGIN QUESTION
# name: q4
# points: 4
# all_or_nothing: true

# %% [markdown]
# ## 4. An honest error bar
#
# A walk remembers. The mean of N measurements with the autocorrelation $\rho(t)$ has the variance
#
# $$\mathrm{error}^2 = \frac{\sigma^2}{N} \Big( 1 + 2 \sum_{t \ge 1} \rho(t) \Big)
#   = \frac{2 \tau \sigma^2}{N} , \qquad \tau = \frac12 + \sum_{t \ge 1} \rho(t) .$$
#
# There are two ways to it, and either will do. *Add up $\rho$*, but stop in time: beyond some
# $\tau$ a measured $\rho$ is nothing but noise (and the sum over *all* distances is always the
# same number, whatever the data are; which?). Or *cut the series into blocks*, so long that
# their means hardly know of each other, and take the standard error of those means. Twenty
# blocks or more, or else their scatter is not well known itself.
#
# *By hand.* $\rho(t) = 0.8^t$: the sum is $0.8/0.2 = 4$, so $\tau = 4.5$. The error is
# $\sqrt 9 = 3$ times as large as $\sigma/\sqrt N$.
#
# **Write `error_of_mean`.** It takes a series, shape (N,), of some thousand measurements with
# $\tau$ of at most 10, and returns the standard error of its mean. Write it yourself:
# `ebm.diagnostics` has the same, for you to compare with.

# %% [raw]
# # BEGIN SOLUTION


# %%
def error_of_mean(x):
    """The standard error of the mean of a series with a memory."""
    # BEGIN SOLUTION
    N, x = len(x), x - x.mean()
    tau, t = 0.5, 1
    while t < 5 * tau:
        tau += x[t:] @ x[:-t] / (x @ x)
        t += 1
    return np.sqrt(2 * tau * x.var() / N)
    # END SOLUTION


# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS


# %%
def test_short_and_long_memory(error_of_mean):
    """Series with no memory, and with rho(t) = 0.8^t; their mean is 3."""
    import numpy as np
    from scipy.signal import lfilter

    assert callable(error_of_mean), "There is no function `error_of_mean`: run its cell"
    rng = np.random.default_rng(7)
    ratios = {}
    for a in (0.8, 0.0):
        true = np.sqrt((1 + a) / (1 - a) / 4000)
        found = []
        for _ in range(30):
            noise = rng.normal(size=4300) * np.sqrt(1 - a**2)
            with np.errstate(all="ignore"):
                found.append(error_of_mean(3 + lfilter([1], [1, -a], noise)[300:]))
        missing = [x is None for x in found]
        assert not any(missing), "Not answered yet? `error_of_mean` gives nothing back"
        assert np.shape(np.squeeze(found)) == (30,), "The error of a mean is one number"
        found = np.array(found, dtype=float).ravel()
        noisy = "The sum of rho over all distances is -1/2 for any data: stop adding at a few tau"
        assert np.all(np.isfinite(found)) and np.mean(found) > true / 1000, (
            noisy if a else ("A series without memory has tau = 1/2, not 0: the sum starts with one half")
        )
        ratios[a] = float(np.mean(found) / true)
    mistakes = [
        (0.25, 0.40, "That is the naive error: it forgets that successive measurements are alike"),
        (0.66, 0.75, "N measurements are worth N / (2 tau): a factor 2 is missing under the root"),
        (50, 80, "That is the scatter of single measurements: the mean of N is much surer"),
        (15, 24, "That is sigma sqrt(2 tau / N) without the division by N, or the scatter of blocks"),
        (0.03, 0.06, "That is the variance of the mean: the error is its square root"),
        (2.5, 12, "Take the mean off the series before you multiply it by itself"),
        (1.3, 1.55, "Too much by sqrt(2): is tau one half plus the sum, and the sum over t >= 1?"),
    ]
    hint = f"At rho(t) = 0.8^t your error is {ratios[0.8]:.2f} times the true one"
    for low, high, mistake in mistakes:
        hint = mistake if low < ratios[0.8] < high else hint
    assert 0.8 < ratios[0.8] < 1.25, hint
    free = f"Without memory the error is sigma / sqrt(N); yours is {ratios[0.0]:.2f} times that"
    assert 0.8 < ratios[0.0] < 1.25, free


test_short_and_long_memory(error_of_mean)


# %%
# HIDDEN
def test_any_memory(error_of_mean):
    """Series of other lengths, scales and memories, whose true errors are known."""
    import numpy as np
    from scipy.signal import lfilter

    rng = np.random.default_rng(11_004)
    for low, high in [(0.0, 0.3), (0.5, 0.7), (0.7, 0.85)]:
        ratios = []
        for _ in range(40):
            a, N = float(rng.uniform(low, high)), int(rng.integers(3000, 5000))
            scale, offset = float(np.exp(rng.normal())), float(rng.normal() * 10)
            noise = rng.normal(size=N + 300) * np.sqrt(1 - a**2)
            x = offset + scale * lfilter([1], [1, -a], noise)[300:]
            given = x.copy()
            found = np.asarray(error_of_mean(x), dtype=float).item()
            ratios.append(found / (scale * np.sqrt((1 + a) / (1 - a) / N)))
            assert np.array_equal(x, given), "the series was changed"
        assert 0.8 < np.mean(ratios) < 1.25, "wrong error"


test_any_memory(error_of_mean)


# %%
# HIDDEN
def test_units(error_of_mean):
    """In other units, and from another zero, an error is the same error."""
    import numpy as np
    from scipy.signal import lfilter

    rng = np.random.default_rng(11_014)
    for _ in range(5):
        x = lfilter([1], [1, -0.6], rng.normal(size=4000))
        one = np.asarray(error_of_mean(x), dtype=float).item()
        other = np.asarray(error_of_mean(5 - 3 * x), dtype=float).item()
        assert np.isclose(other, 3 * one, rtol=1e-3), "the error does not follow the unit"


test_units(error_of_mean)

# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [markdown]
# Back to your lattice. By how much was the naive error too small?

# %%
if np.any(u) and error_of_mean(u[100:]) is not None:
    honest = float(np.squeeze(error_of_mean(u[100:])))
    print(f"u = {np.mean(u[100:]):.5f} +- {honest:.5f}, {honest / naive:.1f} times the naive error")
    print(f"away from Onsager {away / honest:+.1f} of these")

# %% [raw]
# # BEGIN QUESTION
# name: q5
# points: 4
# all_or_nothing: true

# %% [markdown]
# ## 5. Where do the curves cross?
#
# Suppose that nobody had told you $T_c$. Binder's cumulant
#
# $$U = 1 - \frac{\langle m^4 \rangle}{3 \langle m^2 \rangle^2}$$
#
# tells order (2/3) from disorder (0), and lattices of two sizes have nearly the same U at $T_c$,
# whatever their sizes are. Below it, the larger one has the larger U; above, the smaller. So the
# difference of the two curves has a zero, and near it the difference is nearly a straight line.
#
# *By hand.* All $m = \pm\frac12$: $\langle m^4 \rangle = \frac1{16}$,
# $\langle m^2 \rangle^2 = \frac1{16}$, so $U = \frac23$.
#
# **Write `binder`**, which takes a series of m, shape (N,).
#
# **Write `crossing`**, which takes temperatures and the U of two sizes at them, three arrays of
# the same length. Fit a straight line to the difference of the two (`np.polyfit` will do) and
# return the temperature at which it is zero.
#
# **Then measure.** `one_crossing` walks by Wolff's clusters at the four temperatures `Ts`, on
# sides of 8 and 32, and uses your two functions. It is called ten times. `T_cross` is the mean
# of the ten crossings, and `T_error` its standard error.


# %%
def magnetisations(L, T, rng):
    """m after every second of 2000 clusters, the first 100 left out."""
    model = ising.Ising((L, L))
    run = ising.wolff(model, ising.cold_start(model), T, rng=rng, clusters=2000, every=2, method="stack")
    return ising.trace(run).m[50:]


def one_crossing(rng):
    """From two sizes and four temperatures."""
    U = [[binder(magnetisations(L, T, rng)) for T in Ts] for L in (8, 32)]
    return None if U[0][0] is None else crossing(Ts, *np.reshape(U, (2, len(Ts))))


# %% [raw]
# # BEGIN SOLUTION


# %%
def binder(m):
    """U = 1 - <m^4> / (3 <m^2>^2)."""
    # BEGIN SOLUTION
    return 1 - np.mean(m**4) / (3 * np.mean(m**2) ** 2)
    # END SOLUTION


# %%
def crossing(T, first, second):
    """The temperature at which a straight line through second - first is zero."""
    # BEGIN SOLUTION
    slope, offset = np.polyfit(T, second - first, 1)
    return -offset / slope
    # END SOLUTION


# %%
Ts = np.array([2.23, 2.26, 2.29, 2.32])
rng = np.random.default_rng(11)
crossings = [one_crossing(rng) for _ in range(10)]

T_cross = np.mean(crossings)  # SOLUTION
T_error = np.std(crossings, ddof=1) / np.sqrt(10)  # SOLUTION

print("measured", T_cross, "+-", T_error, "  endless lattice", exact.T_C)

# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS


# %%
def test_binder(binder):
    """Eight values of m."""
    import numpy as np

    assert callable(binder), "There is no function `binder`: run the cell that defines it"
    U = binder(np.array([0.5, -0.5, 1.0, -1.0, 0.25, 0.75, 1.0, 0.5]))
    assert U is not None, "Not answered yet? `binder` gives nothing back"
    assert np.size(U) == 1, "Binder's cumulant is one number: take means over the series"
    U = np.asarray(U, dtype=float).item()
    mistakes = {
        -0.46612: "The 3 is missing: perfect order has U = 2/3, and U = 0 needs <m^4> = 3 <m^2>^2",
        0.73274: "The mean of m^2 has to be squared, or U would depend on the unit of m",
        1.46612: "That is <m^4> / <m^2>^2: U is 1 minus a third of it",
        0.48871: "That is the ratio itself: U is 1 minus it",
        0.19695: "Do not take the mean off: without a field <m> is 0, and what remains of it is chance",
        0.4783: "Take m as it is, and do not take a mean off",
        0.77264: "The ratio is upside down: <m^4> goes above",
        0.34576: "That has <|m|>^4 below: U has <m^2>^2",
        0.66667: "A power of the mean is not the mean of a power: first m^4, then the mean",
        0.95629: "Division and multiplication go from left to right: put brackets around 3 <m^2>^2",
    }
    hint = f"For the eight values U is 0.5113; yours is {U:.4f}"
    assert np.isclose(U, 0.511294, rtol=0, atol=1e-4), mistakes.get(round(U, 5), hint)


test_binder(binder)


# %%
def test_crossing(crossing):
    """Two straight lines."""
    import numpy as np

    assert callable(crossing), "There is no function `crossing`: run the cell that defines it"
    T = np.array([1.0, 2.0, 3.0, 4.0])
    found = crossing(T, 0.5 - 0.1 * T, 0.9 - 0.3 * T)
    assert found is not None, "Not answered yet? `crossing` gives nothing back"
    assert np.size(found) == 1, "The lines cross at one temperature: return one number"
    found = np.asarray(found, dtype=float).item()
    mistakes = {
        -2.0: "The line a T + b is zero at T = -b/a: look at the sign",
        0.5: "The line a T + b is zero at T = -b/a: what is above, what is below?",
        0.3: "That is the height at which the lines cross: the temperature is asked for",
    }
    hint = f"0.5 - 0.1 T and 0.9 - 0.3 T are equal at T = 2; yours cross at {found:.4g}"
    assert np.isclose(found, 2), mistakes.get(round(found, 6), hint)


test_crossing(crossing)


# %%
def test_measurement(T_cross, T_error):
    """The numbers read off: sides of 8 and 32, ten runs."""
    import numpy as np

    missing = [x is None or x is Ellipsis for x in (T_cross, T_error)]
    assert not any(missing), "Not answered yet: `T_cross` and `T_error` are still `...`"
    assert np.size(T_cross) == 1 and np.size(T_error) == 1, "`T_cross` and `T_error` are one number each"
    T_cross, T_error = (np.asarray(x, dtype=float).item() for x in (T_cross, T_error))
    where = f"On sides of 8 and 32 the lines cross near T = 2.257; yours cross at {T_cross:.4f}"
    assert 2.244 < T_cross < 2.27, where
    spread = "That is the spread of single crossings: the mean of ten is sqrt(10) times surer"
    assert not 0.0028 < T_error < 0.02, spread
    assert 0.0002 < T_error < 0.0028, "The standard error should be near 0.001"


test_measurement(T_cross, T_error)


# %%
# HIDDEN
def test_binder_of_anything(binder):
    """Random series; U does not depend on the unit of m, and is 2/3 in order."""
    import numpy as np

    rng = np.random.default_rng(11_005)
    for _ in range(20):
        m = rng.normal(rng.normal(), np.exp(rng.normal()), size=int(rng.integers(5, 300)))
        given = m.copy()
        U = np.asarray(binder(m), dtype=float)
        wanted = 1 - sum(x**4 for x in given) * len(m) / (3 * sum(x**2 for x in given) ** 2)
        assert U.size == 1 and np.isclose(U.item(), wanted, rtol=0, atol=1e-6), "wrong cumulant"
        assert np.array_equal(m, given), "the series was changed"
        ordered = np.asarray(binder(float(rng.uniform(0.1, 1)) * rng.choice([-1.0, 1.0], size=30)))
        assert np.isclose(float(ordered.item()), 2 / 3), "wrong cumulant of order"


test_binder_of_anything(binder)


# %%
# HIDDEN
def test_crossing_of_any_lines(crossing):
    """Straight lines that cross within the range, from either side."""
    import numpy as np

    rng = np.random.default_rng(11_015)
    for _ in range(20):
        T = np.sort(rng.uniform(1, 4, size=int(rng.integers(3, 8))))
        middle = float(rng.uniform(T[0], T[-1]))
        slopes = float(rng.uniform(-2, -1)), float(rng.uniform(-0.5, 2))
        first, second = (0.4 + slope * (T - middle) for slope in slopes)
        found = np.asarray(crossing(T, first, second), dtype=float).item()
        assert np.isclose(found, middle, rtol=0, atol=1e-4), "wrong crossing"


test_crossing_of_any_lines(crossing)


# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [markdown]
# The curves themselves, from one run. How many of its error bars is your crossing away from
# $T_c = 2.2692$? More than chance allows. Most of that is the fault of the straight line, since
# the curves bend (try a parabola); a little may be left because a side of 8 is small. The error
# bar knows chance and nothing else.

# %%
U = [[binder(magnetisations(L, T, rng)) for T in Ts] for L in (8, 32)]
fig, ax = plt.subplots()
if U[0][0] is not None:
    ax.plot(Ts, np.ravel(U[0]), "o-", color="#0072B2", label="L = 8")
    ax.plot(Ts, np.ravel(U[1]), "s--", color="#D55E00", label="L = 32")
ax.axvline(exact.T_C, color="0.5", linestyle=":", label="$T_c$, exact")
ax.set(xlabel="temperature T (units of J)", ylabel="Binder's cumulant U", title="Two sizes, one crossing")
ax.legend()
plt.show()

# %% [markdown]
# For the last question, a run of 40 lattices of 32 by 32, from random starts, by the library's
# heat bath at $T = 1.5$, far below $T_c$. Where they ought to be is known: $|m|$ at $T = 1.5$
# is 0.986, and u is $-1.951$. Predict how many of the 40 are there after 1000 sweeps. Then run,
# and change what you like.

# %%
T_cold, sweeps = 1.5, 1000
model, rng = ising.Ising((32, 32)), np.random.default_rng(10)
starts = np.array([ising.random_start(model, rng=rng) for _ in range(40)])
run = ising.heat_bath(model, starts, T_cold, rng=rng, sweeps=sweeps, order="checkerboard", every=10)
records = list(run)
late = slice(len(records) // 2, None)
m_late = np.mean([np.abs(record.m) for record in records[late]], axis=0)
u_late = np.mean([record.u for record in records[late]], axis=0)
print(f"{np.sum(m_late < 0.9)} of 40 have |m| below 0.9")
for k in np.argsort(m_late)[[0, 1, 2, 3, 19, 39]]:
    print(f"lattice {k:2}: |m| = {m_late[k]:.3f}, u = {u_late[k]:.3f}")

# %%
fig, axes = plt.subplots(1, 4, figsize=(9, 2.6))
for ax, k in zip(axes, np.argsort(m_late), strict=False):
    ax.imshow(records[-1].s[k], cmap="gray_r", vmin=-1, vmax=1)
    ax.set_title(f"lattice {k}, |m| = {m_late[k]:.2f}", fontsize=9)
    ax.set(xticks=[], yticks=[])

# %% [raw]
# # BEGIN QUESTION
# name: q6
# points: 4
# manual: true

# %% [markdown]
# ## 6. Why are some of them not there?
#
# Some of the 40 lattices are far from $|m| = 0.986$, although each of them obeys detailed balance.
# Explain what has happened to them, in ten sentences or so. Use numbers of your own: change the
# cells above, or add some.
#
# A reader marks this question. There is one point for each of these:
#
# - **What is seen.** How many of the 40 are stuck, what they look like, and how $|m|$ **and** u
#   of the stuck differ from the others', as numbers.
# - **Why it lasts.** What a flip costs on a straight wall, at a bend of one, and on an island,
#   and so why an island vanishes and a band remains.
# - **Why it does not contradict** what the chapter says about detailed balance or about order
#   below $T_c$; and what happens after a very long time.
# - **How you would have noticed** without knowing the exact value, and what you would do about
#   it. One remedy has been tried, with its result as a number.

# %% [raw]
# # BEGIN SOLUTION

# %% [markdown]
# *One answer that gets 4 points (there are others).* *What is seen.* In the run above 7 of the
# 40 have a $|m|$ below 0.9. These show two bands that run once around the lattice. Their $|m|$
# is anything from 0 up, as the bands may have any widths. Their u is about $-1.77$ in place of
# $-1.95$. Two straight walls of 32 unhappy bonds explain $2 \times 32 \times 2 / 1024 = 0.125$
# of the difference, and that the walls are not quite straight the rest. In a plot of the
# energy alone that is easily overlooked. *2.* On a straight wall a spin has three neighbours
# of its own kind and one of the other, so that a flip costs 4J: rare at $T = 1.5$. At a bend
# it has two and two, and flips for nothing. A corner of an island, which has two or fewer
# neighbours of its own kind, flips for nothing or with a gain: islands are eaten from their
# corners and vanish. A band has no corners. Its walls have no side to prefer, and wander until
# by chance they meet. *3.* Detailed balance says that the Boltzmann distribution stays, not
# how soon a walk from elsewhere gets there. Given time the walls meet, and all 40 lattices are
# as the chapter says, about half of them up and half down. (After 10,000 sweeps none is left.)
# *4.* Starts from elsewhere, here a cold one, give another $|m|$ and another u, so that one of
# the two has not arrived. So does the scatter between the 40 lattices, far larger than the
# error that each gives for itself. Remedies: start cold; go on for longer (the wait grows at
# least as the square of the side); turn clusters: after 100 of Wolff's from the same starts
# every lattice has a $|m|$ above 0.95.

# %% [raw]
# # END SOLUTION

# %% [raw]
# # END QUESTION

# %% [markdown]
# *Text: [CC BY 4.0](https://creativecommons.org/licenses/by/4.0/). Code: BSD 3-Clause. See
# [LICENSE](../../LICENSE).*
