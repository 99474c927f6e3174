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
# # Exercise 4: cooling, and what it costs
#
# You will write schedules and an annealing, turn a handful of successes into a time with an
# honest interval, derive a rule of exchange that the chapter does not have, and find the best
# length of a run. Read [chapter 4](../../book/04_annealing.ipynb) first. Allow about 110 minutes;
# there are 24 points, of which 4 are for an open question that a reader marks.
#
# **How it grades itself.** Each question has a cell with `...` where your answer goes. The cell
# below it, `grader.check`, says at once whether the answer is right and, if not, what may have
# gone wrong. When you hand in, your functions are tried on other inputs too: write them for any
# size. No question needs your answer to another, so you may skip one.
#
# **Conventions.** A network has n units, numbered from 0, with states $s_i = \pm 1$. Weights
# $w_{ij} = w_{ji}$, biases $b_i$, energies and temperatures $T > 0$ are all measured in the same
# unit of energy. In code, `W` has shape (n, n); `b` and `s` have shape (n,). A sweep is one turn
# for every unit, and the length of a run is counted in sweeps.

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
    os.chdir("course/exercises/04_annealing")
missing = [name for name in ("ebm", "otter") if importlib.util.find_spec(name) is None]
root = next((p for p in Path.cwd().parents if (p / "lib" / "ebm").is_dir()), None)
if missing and root is None:
    raise ModuleNotFoundError(
        f"{' and '.join(missing)} not installed. Put this notebook back into the course's "
        "folder exercises/04_annealing and run this cell again (on Colab: fill in COURSE)."
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

from ebm import annealing, exact, ising

grader = otter.Notebook(tests_dir="tests")

# %% [raw]
# # BEGIN QUESTION
# name: q1
# points: 3
# all_or_nothing: true

# %% [markdown]
# ## 1. Three straight lines
#
# A schedule is a list of temperatures $T_1, \dots, T_K$ that fall from `T_start` to `T_end`, both
# of them included. The usual three are all straight lines, if one draws the right thing against
# the right thing:
#
# | kind | straight line | idea |
# |---|---|---|
# | `"linear"` | $T_k$ against $k$ | the same step each time |
# | `"geometric"` | $\log T_k$ against $k$ | the same factor each time |
# | `"logarithmic"` | $1/T_k$ against $\log k$ | $T \approx c / \log k$: the guarantee of the chapter |
#
# The steps are counted from $k = 1$ to $K$. So $K$ temperatures have $K - 1$ gaps between them.
#
# *By hand.* From 4 to 1 in three steps. Linear: 4, 2.5, 1. Geometric: 4, 2, 1. Logarithmic: $1/T$
# goes from 1/4 to 1, and at $k = 2$ it has covered $\log 2 / \log 3 = 0.631$ of the way:
# $1/T = 0.723$, so $T = 1.383$.
#
# **Write `schedule`.** It returns an array of `steps` temperatures, `steps` at least 2.

# %% [raw]
# # BEGIN SOLUTION


# %%
def schedule(kind, T_start, T_end, steps):
    """Temperatures from T_start to T_end, both included; kind is linear, geometric or logarithmic."""
    # BEGIN SOLUTION
    k = np.arange(1, steps + 1)
    if kind == "linear":
        return T_start + (T_end - T_start) * (k - 1) / (steps - 1)
    if kind == "geometric":
        return T_start * (T_end / T_start) ** ((k - 1) / (steps - 1))
    return 1 / (1 / T_start + (1 / T_end - 1 / T_start) * np.log(k) / np.log(steps))
    # END SOLUTION


schedule("logarithmic", 4, 1, 3)  # by hand: 4, 1.383, 1

# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS


# %%
def test_both_ends(schedule):
    """From 8 to 0.5 in five steps: the number of steps, and the ends."""
    import numpy as np

    assert callable(schedule), "There is no function `schedule`: run the cell that defines it"
    for kind in ("linear", "geometric", "logarithmic"):
        T = schedule(kind, 8, 0.5, 5)
        assert T is not None, "Not answered yet? `schedule` gives nothing back"
        T = np.asarray(T, dtype=float)
        assert T.shape == (5,), f"Five steps are five temperatures, shape (5,); {kind} has {T.shape}"
        assert not np.isclose(T[0], 0.5), f"The {kind} schedule rises: it should fall from T_start"
        assert np.isclose(T[0], 8), f"The {kind} schedule starts at {T[0]:.4g}: T_start comes first"
        gaps = f"The {kind} schedule ends at {T[4]:.4g}: 5 temperatures have 4 gaps between them"
        assert np.isclose(T[4], 0.5), gaps


test_both_ends(schedule)


# %%
def test_between_the_ends(schedule):
    """The second of five temperatures."""
    import numpy as np

    wanted = {"linear": 6.125, "geometric": 4.0, "logarithmic": 1.0723647}
    mistakes = {
        6.125: "T itself falls on a straight line there",
        4.0: "log T against k is a straight line there: the same factor each time",
        1.684: "1/T against k is a straight line there",
        4.77: "T against log k is a straight line there, where it should be 1/T",
        2.424: "log T against log k is a straight line there, where it should be 1/T",
        1.224: "k is counted from 2 there, or log(1 + k) taken: the first step is k = 1",
    }
    for kind, T_2 in wanted.items():
        T = schedule(kind, 8, 0.5, 5)
        assert T is not None, "Not answered yet? `schedule` gives nothing back"
        found = np.asarray(T, dtype=float).ravel()[1]
        hint = f"the second temperature should be {T_2:.4g} and is {found:.4g}"
        for number, mistake in mistakes.items():
            hint = mistake if np.isclose(found, number, atol=0.001) else hint
        assert np.isclose(found, T_2, atol=1e-5), f"In the {kind} schedule: {hint}"


test_between_the_ends(schedule)


# %%
# HIDDEN
def test_any_schedule(schedule):
    """Any ends and lengths: what should be straight has equal slopes from end to end."""
    import numpy as np

    rng = np.random.default_rng(41_001)
    for trial in range(40):
        steps = 2 + trial % 14
        T_end = float(rng.uniform(0.05, 2))
        T_start = T_end * float(rng.uniform(1.5, 50))
        k = np.arange(1, steps + 1)
        drawn = {"linear": (lambda T: T, k), "geometric": (np.log, k)}
        drawn["logarithmic"] = (lambda T: 1 / T, np.log(k))
        for kind, (y, x) in drawn.items():
            T = np.asarray(schedule(kind, T_start, T_end, steps), dtype=float)
            assert T.shape == (steps,), "wrong number of steps"
            assert np.allclose(T[[0, -1]], [T_start, T_end], rtol=1e-6), "wrong ends"
            assert np.all(np.diff(T) < 0), "does not fall"
            share = (y(T) - y(T_start)) / (y(T_end) - y(T_start))
            wanted = (x - x[0]) / (x[-1] - x[0])
            assert np.allclose(share, wanted, rtol=0, atol=1e-5), "not a straight line"


test_any_schedule(schedule)

# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [markdown]
# The three between the same ends. Which of them spends most of its time in the cold?

# %%
fig, ax = plt.subplots(figsize=(6, 2.8))
for kind, colour in [("linear", "#0072B2"), ("geometric", "#D55E00"), ("logarithmic", "#009E73")]:
    T = schedule(kind, 2.0, 0.2, 100)
    if T is not None:
        ax.plot(np.arange(1, 101), T, color=colour, label=kind)
        ax.legend()
ax.set(xlabel="step k", ylabel="T (units of energy)", title="The same ends, three ways between")
plt.show()

# %% [raw]
# # BEGIN QUESTION
# name: q2
# points: 5
# all_or_nothing: true

# %% [markdown]
# ## 2. An annealing by Metropolis' rule
#
# The chapter cools with the heat bath. Kirkpatrick and his colleagues used the rule of
# Metropolis: propose to flip a unit, and work out what that costs,
#
# $$\Delta E = 2 s_i \Big( \sum_j w_{ij} s_j + b_i \Big) .$$
#
# What costs nothing or gains is always done. What costs $\Delta E > 0$ is done with probability
# $e^{-\Delta E / T}$. Whether a thing of probability p happens is decided by a random number $u$
# from 0 to 1: it happens if $u < p$. Here the random numbers are an argument, so that your answer
# can be compared with ours: at step k, unit i uses `u[k, i]`, whether it needs it or not.
#
# One sweep at each temperature; in a sweep the units take turns, 0, 1, ..., n - 1, and each sees
# the newest states of the others. A cooled run need not end where it was lowest. So keep the
# lowest state seen: compare after each sweep, and let the start count too.
#
# *By hand.* Two units that want to agree, $w_{01} = 1$, no biases, $s = (1, 1)$: $E = -1$. One
# sweep at $T = 2$ with $u = (0.3, 0.9)$. Unit 0: $\Delta E = 2$, $e^{-1} = 0.37 > 0.3$, it flips.
# Unit 1 now has $\Delta E = -2$ and flips whatever $u$ is. The sweep ends at $(-1, -1)$ with
# $E = -1$.
#
# **Write `anneal`.** It returns two things: the lowest state seen, shape (n,), and the energies
# after each sweep, shape (K,) for K temperatures. `s` stays as it was. (When $T$ is small,
# $e^{-\Delta E/T}$ can be too large a number for `math.exp`: look at the sign of $\Delta E$
# first.)

# %% [raw]
# # BEGIN SOLUTION


# %%
def anneal(W, b, s, schedule, u):
    """Cool s by Metropolis' rule; the lowest state seen, and the energies after each sweep."""

    # BEGIN SOLUTION
    def energy(s):
        return -0.5 * s @ W @ s - b @ s

    s = s.copy()
    lowest, energies = s.copy(), []
    for T, u_k in zip(schedule, u, strict=True):
        for i in range(len(s)):
            dE = 2 * s[i] * (W[i] @ s + b[i])
            if dE <= 0 or u_k[i] < np.exp(-dE / T):
                s[i] = -s[i]
        energies.append(energy(s))
        if energies[-1] < energy(lowest):
            lowest = s.copy()
    return lowest, np.array(energies)
    # END SOLUTION


# by hand: one of the two lowest states, and the energy -1
anneal(np.array([[0, 1], [1, 0]]), np.zeros(2), np.array([1, 1]), [2.0], np.array([[0.3, 0.9]]))

# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS


# %%
def test_three_sweeps(anneal):
    """Four units at T = 4, 2 and 0.01: the energies after the sweeps."""
    import numpy as np

    assert callable(anneal), "There is no function `anneal`: run the cell that defines it"
    W = np.array([[0, 1, -1, 0], [1, 0, 2, 0], [-1, 2, 0, 0], [0, 0, 0, 0]])
    b, s = np.array([-1, 0, 2, 2]), np.array([-1, -1, 1, -1])
    u = np.array([[0.6, 0.9, 0.2, 0.8], [0.4, 0.1, 0.3, 0.5], [0.2, 0.8, 0.2, 0.1]])
    found = anneal(W, b, s, np.array([4, 2, 0.01]), u)
    assert found is not None, "Not answered yet? `anneal` gives nothing back"
    assert np.array_equal(s, [-1, -1, 1, -1]), "The start has been overwritten: anneal a copy of it"
    assert isinstance(found, tuple | list) and len(found) == 2, "Return two things: a state, and the energies"
    E = np.asarray(found[1], dtype=float)
    assert E.shape == (3,), f"There is one energy for each temperature, shape (3,); yours: {E.shape}"
    mistakes = {
        (3, 1, 3): "Update one unit at a time: unit 1 must see the new unit 0",
        (3, 3, -3): "The biases are missing: is there a term b_i in the cost of a flip?",
        (3, 1, -7): "A flip turns s_i into -s_i, a change by two: is there a factor 2 in its cost?",
        (3, 5, 7): "What raises the energy is done rarely: look at the sign in the exponent",
        (1, -5, -7): "That is the heat bath: by Metropolis' rule what costs nothing is always done",
        (-7, -7, -7): "Nothing ever climbs: what costs energy is done too, with probability e^(-dE/T)",
        (-7, -7, 3): "The colder it is, the rarer a climb: divide by T",
        (-7, -1, -1): "Each sweep has a temperature of its own: T does not change in your loop",
        (-7, -3, 5): "The schedule runs backwards: its first temperature comes first",
        (5, 5, 5): "A flip of probability p happens if u < p, not if u > p",
        (-7, -5, -7): "The temperature is missing: divide the cost by T",
    }
    hint = f"The energies after the sweeps are -7, -3, -5; yours are {E}"
    assert np.allclose(E, [-7, -3, -5]), mistakes.get(tuple(np.round(E, 6)), hint)


test_three_sweeps(anneal)


# %%
def test_the_lowest_is_kept(anneal):
    """The lowest state seen is neither the last nor, the second time, after any sweep."""
    import numpy as np

    W = np.array([[0, 1, -1, 0], [1, 0, 2, 0], [-1, 2, 0, 0], [0, 0, 0, 0]])
    b, s = np.array([-1, 0, 2, 2]), np.array([-1, -1, 1, -1])
    u = np.array([[0.6, 0.9, 0.2, 0.8], [0.4, 0.1, 0.3, 0.5], [0.2, 0.8, 0.2, 0.1]])
    found = anneal(W, b, s, np.array([4, 2, 0.01]), u)
    assert found is not None, "Not answered yet? `anneal` gives nothing back"
    state = np.asarray(found[0], dtype=float)
    assert state.shape == (4,), f"The lowest state has shape (4,); yours has {state.shape}"
    last = "That is the last state: if you kept the lowest one, keep a copy, for `s` goes on changing"
    assert not np.array_equal(state, [-1, -1, 1, 1]), last
    assert np.array_equal(state, [-1, 1, 1, 1]), f"The lowest state is (-1, 1, 1, 1); yours: {state}"
    found = anneal(np.zeros((2, 2)), np.ones(2), np.ones(2), [10, 9], np.array([[0, 0.9], [0.9, 0.9]]))
    start = "The start counts too: here it is lower than all that comes after it"
    assert np.array_equal(found[0], [1, 1]) or not np.all(np.asarray(found[1]) > -2), start


test_the_lowest_is_kept(anneal)


# %%
# HIDDEN
def test_any_annealing(anneal):
    """Random networks, against the recomputed energy of every flip."""
    import numpy as np

    def E(W, b, s):
        n = len(s)
        return -sum(W[i, j] * s[i] * s[j] for i in range(n) for j in range(i)) - sum(b * s)

    rng = np.random.default_rng(41_002)
    for trial in range(40):
        n, steps = 1 + trial % 7, 1 + trial % 11
        W = np.triu(rng.normal(size=(n, n)), 1)
        W, b = W + W.T, rng.normal(size=n)
        if trial % 4 == 0:  # whole numbers: many flips cost exactly 0
            W, b = np.round(W), np.round(b)
        s = rng.choice([-1, 1], size=n).astype([int, float, np.int8][trial % 3])
        T = np.sort(rng.uniform(0.005, 3, size=steps))[::-1].copy()
        u = rng.uniform(size=(steps, n))
        state, energies = s.copy(), []
        best = E(W, b, s)
        for k in range(steps):
            for i in range(n):
                flipped = state.copy()
                flipped[i] = -flipped[i]
                dE = E(W, b, flipped) - E(W, b, state)
                if dE < 1e-9 or u[k, i] < np.exp(-dE / T[k]):
                    state = flipped
            energies.append(E(W, b, state))
            best = min(best, energies[-1])
        given = W.copy(), b.copy(), s.copy(), T.copy(), u.copy()
        lowest, found = anneal(W, b, s, T, u)
        unchanged = all(np.array_equal(x, y) for x, y in zip(given, (W, b, s, T, u), strict=True))
        assert unchanged, "an argument was changed"
        assert np.allclose(found, energies, rtol=0, atol=1e-6), "wrong energies"
        lowest = np.asarray(lowest, dtype=float)
        assert lowest.shape == (n,) and np.all(np.abs(lowest) == 1), "not a state"
        assert np.isclose(E(W, b, lowest), best, rtol=0, atol=1e-6), "not the lowest state seen"


test_any_annealing(anneal)

# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [markdown]
# Predict before you run: a glass of 20 spins, cooled twenty times with 2, 5 and 20 sweeps. By how
# much do the lowest energies seen improve, and how often is the lowest of all found? (The
# library's exact answer is there to compare with.)

# %%
rng = np.random.default_rng(20)
glass = annealing.sherrington_kirkpatrick(20, rng=rng)
floor = exact.ground_states(glass).energy
for sweeps in (2, 5, 20):
    T = annealing.geometric(1.5, 0.1, sweeps)
    starts = annealing.random_starts(glass, 20, rng=rng)
    runs = [anneal(glass.W, glass.b, s.astype(int), T, rng.random((sweeps, 20))) for s in starts]
    if runs[0] is not None:
        lowest = np.array([np.asarray(s) for s, _ in runs])
        seen = -0.5 * np.sum(lowest @ glass.W * lowest, axis=1)
        print(f"{sweeps:3} sweeps: mean {seen.mean():.2f}, at the floor {np.sum(seen < floor + 1e-9)} of 20")
print(f"the floor: {floor:.2f}")

# %% [raw]
# # BEGIN QUESTION
# name: q3
# points: 4
# all_or_nothing: true

# %% [markdown]
# ## 3. How long until it is found?
#
# A run of t sweeps succeeds with probability p. So k runs *all* fail with probability
# $(1 - p)^k$. Ask for 99% certainty, $(1-p)^k = 0.01$, and solve for k; the time to solution is
# $t\,k$. Let k be a fraction, but never less than one run: if $p \ge 0.99$, the time is t. If
# $p = 0$, it is infinite (`np.inf`).
#
# You do not know p. You know that `hits` of `runs` succeeded, a share $\hat p$. Wilson's interval
# keeps every p that could well have shown that share, where p *itself* says how much shares
# scatter:
#
# $$|\hat p - p| \le z \sqrt{\frac{p (1 - p)}{\mathrm{runs}}}, \qquad z = 1.96 .$$
#
# Square it. At the two ends of the interval both sides are equal, and that is a quadratic
# equation for p. Each end, put into the formula above, is an end of the interval of the time.
#
# *By hand.* 4 hits in 4 runs of 50 sweeps: $\hat p = 1$, the time is 50. The equation is
# $(1-p)^2 = z^2 p (1 - p)/4$, with the roots $p = 1$ and $p = 4/(4 + z^2) = 0.51$. So the time
# may be as long as $50 \ln 0.01 / \ln 0.49 = 323$. Four of four is not much of a proof.
#
# **Write `time_to_solution`.** It returns three numbers: the time for $\hat p$, and the short and
# the long end of its interval. (Rounding may leave a root a hair below 0 or above 1: treat p
# below $10^{-12}$ as 0.)

# %% [raw]
# # BEGIN SOLUTION


# %%
def time_to_solution(hits, runs, sweeps):
    """Sweeps until a ground state is found with 99% certainty: value, short end, long end."""

    # BEGIN SOLUTION
    def time(p):
        if p < 1e-12:
            return np.inf
        return sweeps if p >= 0.99 else sweeps * np.log(0.01) / np.log(1 - p)

    # (1 + z^2/runs) p^2 - (2 share + z^2/runs) p + share^2 = 0
    share, c = hits / runs, 1.96**2 / runs
    middle = share + c / 2
    half = np.sqrt(middle**2 - (1 + c) * share**2)
    return time(share), time((middle + half) / (1 + c)), time((middle - half) / (1 + c))
    # END SOLUTION


time_to_solution(4, 4, 50)  # by hand: 50, 50, 323

# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS


# %%
def test_thirty_of_a_hundred(time_to_solution):
    """30 of 100 runs of 50 sweeps."""
    import numpy as np

    assert callable(time_to_solution), "There is no function `time_to_solution`: run its cell"
    found = time_to_solution(30, 100, 50)
    assert found is not None, "Not answered yet? `time_to_solution` gives nothing back"
    assert np.size(found) == 3, "Return three numbers: the time, its short end, its long end"
    time, short, long = np.asarray(found, dtype=float).ravel()
    times = {
        12.911: "That is the number of runs: times the sweeps of each",
        650.0: "Here k may be a fraction: do not round it up",
        191.25: "It is the failures that multiply: (1 - p)^k, not p^k",
        166.67: "That is the mean wait, t/p: wanted is the time for 99% certainty",
        1.4089: "That is the time for 1% certainty: all k runs fail with probability 0.01",
    }
    hint = times.get(float(f"{time:.5g}"), f"For 30 of 100 runs of 50 sweeps it is 645.6; yours: {time:.5g}")
    assert np.isclose(time, 645.57, rtol=1e-3), hint
    exchanged = np.isclose(short, 931.79, rtol=1e-3) and np.isclose(long, 456.92, rtol=1e-3)
    assert not exchanged, "The likelier success is, the sooner it comes: exchange the two ends"
    ends = {
        466.11: "That is the interval p +- z sqrt(p(1-p)/runs) about the measured p: Wilson's p is unknown",
        434.92: "Almost: is the quadratic term of the equation 1 + z^2/runs?",
        539.08: "That is the interval for z = 1: take z = 1.96",
    }
    hint = ends.get(
        float(f"{short:.5g}"), f"The interval is 456.9 to 931.8; yours: {short:.5g} to {long:.5g}"
    )
    assert np.allclose([short, long], [456.92, 931.79], rtol=1e-3), hint


test_thirty_of_a_hundred(time_to_solution)


# %%
def test_none_and_all(time_to_solution):
    """No success at all, and nothing but successes."""
    import numpy as np

    found = time_to_solution(0, 20, 50)
    assert found is not None, "Not answered yet? `time_to_solution` gives nothing back"
    time, short, long = np.asarray(found, dtype=float).ravel()
    assert time == np.inf, f"If no run succeeds the time is infinite; yours is {time:.4g}"
    assert long == np.inf, f"If no run succeeds the long end is infinite; yours is {long:.4g}"
    zero = "None of 20 does not mean never: the short end comes from p = z^2/(20 + z^2) = 0.161"
    assert np.isclose(short, 1310.5, rtol=1e-3), zero
    time, short, long = np.asarray(time_to_solution(20, 20, 50), dtype=float).ravel()
    once = "A success takes one run at least: for p of 0.99 and more the time is that of one run"
    assert np.isclose(time, 50) and np.isclose(short, 50), once
    assert np.isclose(long, 126.13, rtol=1e-3), "Twenty of twenty may be luck: the long end is 126.1"


test_none_and_all(time_to_solution)


# %%
# HIDDEN
def test_any_count(time_to_solution):
    """Any count: the ends of the interval solve the equation that they are made from."""
    import numpy as np

    rng = np.random.default_rng(41_003)
    for trial in range(60):
        runs = int(rng.integers(1, 400))
        hits = [int(rng.integers(0, runs + 1)), 0, runs][0 if trial % 10 else trial // 10 % 3]
        sweeps = float(rng.uniform(1, 2000))
        grid = np.linspace(0, 1, 200_001)
        kept = grid[(hits / runs - grid) ** 2 <= 1.96**2 * grid * (1 - grid) / runs + 1e-15]
        found = np.asarray(time_to_solution(hits, runs, sweeps), dtype=float).ravel()
        assert found.shape == (3,), "not three numbers"
        for time, p in zip(found, (hits / runs, kept.max(), kept.min()), strict=True):
            if p < 1e-12:
                assert time == np.inf, "not infinite"
            elif p >= 0.99 + 1e-5:
                assert np.isclose(time, sweeps), "less or more than one run"
            else:
                near = np.clip([p - 1e-5, p + 1e-5], 1e-9, 0.99)
                high, low = sweeps * np.log(0.01) / np.log1p(-near)
                assert low * (1 - 1e-6) <= time <= high * (1 + 1e-6), "wrong time"


test_any_count(time_to_solution)

# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %% [raw]
# # BEGIN QUESTION
# name: q4
# points: 4
# all_or_nothing: true

# %% [markdown]
# ## 4. Exchange between two landscapes
#
# In the chapter, copies at different temperatures exchange states, all in the same landscape. Now
# give each its own landscape too: copy 0 has the energy $E_0(s)$ and the temperature $T_0$, copy
# 1 has $E_1(s)$ and $T_1$. (This is of use: let $E_1$ be a smoothed $E_0$, and less heat is
# needed to cross its ridges.) Copy 0 is in the state x and copy 1 in y. Together they have the
# weight
#
# $$\pi(x, y) \propto e^{-E_0(x)/T_0 - E_1(y)/T_1} .$$
#
# An exchange leads from $(x, y)$ to $(y, x)$. **Derive** the largest probability that detailed
# balance permits: $\pi(x, y)\, P = \pi(y, x)\, P'$, where $P'$ is the probability of the way
# back, and the larger of the two is 1.
#
# *By hand.* One landscape with $E(x) = -5$, $E(y) = -3$, $T_0 = 1/2$, $T_1 = 1$. Before:
# $e^{10 + 3}$, after: $e^{6 + 5}$. So $P = e^{-2} = 0.135$. If x and y are the other way round,
# $P = 1$.
#
# **Write `swap_probability`.** `E` is an array of shape (2, 2), in which `E[c, k]` is the energy
# of state k in the landscape of copy c, with state 0 for x and 1 for y. `T` holds the two
# temperatures. Exponents may be large: avoid an overflow.

# %% [raw]
# # BEGIN SOLUTION


# %%
def swap_probability(E, T):
    """Probability that copies 0 and 1 exchange their states 0 and 1; E[c, k]: state k, seen by copy c."""
    # BEGIN SOLUTION
    before = -E[0, 0] / T[0] - E[1, 1] / T[1]
    after = -E[0, 1] / T[0] - E[1, 0] / T[1]
    return np.exp(min(0, after - before))
    # END SOLUTION


swap_probability(np.array([[-5, -3], [-5, -3]]), np.array([0.5, 1]))  # by hand: 0.135

# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS


# %%
def test_two_landscapes(swap_probability):
    """Two landscapes, at T = 0.8 and T = 1.6."""
    import numpy as np

    assert callable(swap_probability), "There is no function `swap_probability`: run its cell"
    p = swap_probability(np.array([[-4, -3], [-1, -2.4]]), np.array([0.8, 1.6]))
    assert p is not None, "Not answered yet? `swap_probability` gives nothing back"
    assert np.size(p) == 1, "A probability is one number, not an array"
    p = np.asarray(p, dtype=float).item()
    mistakes = {
        1.0: "This exchange makes both copies less likely: look at the sign of the exponent",
        8.373: "This exchange makes both copies less likely: look at the sign of the exponent",
        0.05: "Copy 1 has a temperature of its own: divide its energies by T[1]",
        0.223: "Copy 0 has a temperature of its own: divide its energies by T[0]",
        0.368: "After the exchange copy 0 sees state 1 with its own energy, E[0, 1]",
        0.535: "Copy 1 has a landscape of its own: E[1, 0] and E[1, 1]",
        0.034: "Rows are landscapes and columns are states: E[c, k]",
        0.048: "Divide energies by temperatures",
        0.091: "The temperatures are missing: divide each energy by that of its copy",
        0.107: "Detailed balance holds so, too, but a larger probability is permitted: one of P, P' is 1",
    }
    hint = f"The probability is 0.119; yours is {p:.3g}"
    assert np.isclose(p, 0.11943297, atol=1e-6), mistakes.get(round(p, 3), hint)


test_two_landscapes(swap_probability)


# %%
def test_far_apart(swap_probability):
    """What is sure, and what is all but impossible."""
    import numpy as np

    T = np.array([0.01, 0.02])
    sure = swap_probability(np.array([[40, -40], [-30, 30]]), T)
    assert sure is not None, "Not answered yet? `swap_probability` gives nothing back"
    assert np.isfinite(sure), "Infinite, or not a number: keep the exponent from growing above 0"
    assert sure <= 1, "No probability is above 1: take the smaller of 1 and the ratio of the weights"
    assert np.isclose(sure, 1), "This exchange makes both copies likelier: it is always made"
    never = swap_probability(np.array([[-40, 40], [30, -30]]), T)
    assert 0 <= never < 1e-9, "This exchange costs 80/T_0 + 60/T_1: it is never made"


test_far_apart(swap_probability)


# %%
# HIDDEN
def test_detailed_balance(swap_probability):
    """Every pair of states of two random systems: balance, and one of the two probabilities is 1."""
    import numpy as np

    rng = np.random.default_rng(41_004)
    for trial in range(12):
        E = rng.normal(size=(2, 5)) * (3 if trial % 2 else 1)
        if trial % 3 == 0:
            E[1] = E[0]
        T = rng.uniform(0.3, 3, size=2)
        for x in range(5):
            for y in range(5):
                given = E[:, [x, y]].copy()
                there = float(np.asarray(swap_probability(given, T), dtype=float).item())
                back = float(np.asarray(swap_probability(E[:, [y, x]].copy(), T), dtype=float).item())
                assert np.array_equal(given, E[:, [x, y]]), "an argument was changed"
                gain = (E[0, y] - E[0, x]) / T[0] + (E[1, x] - E[1, y]) / T[1]
                # pi(y, x) / pi(x, y) = e^-gain
                assert np.isclose(there, np.exp(-gain) * back, rtol=1e-6, atol=1e-12), "no balance"
                assert np.isclose(max(there, back), 1, rtol=0, atol=1e-9), "not the largest"


test_detailed_balance(swap_probability)

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
# ## 5. The best length of a run
#
# One long cooling, or many short ones? The chapter found two extremes: for 24 spins the shortest
# runs are best, for the lattice of 256 the short ones never succeed. Between them is a lattice of
# $6 \times 6$ spins with bonds of $\pm 1$. Predict first: runs of which length?
#
# **Write `count_hits`.** It makes `runs` runs from random starts,
# `annealing.random_starts(model, runs, rng=rng)`, cools all of them by
# `annealing.anneal(model, starts, T, rng=rng)`, where `T` is the library's geometric schedule
# from 2.0 to 0.2 with `sweeps` temperatures, and returns how many end at the energy `floor`.
# `anneal` gives a record after each temperature; `*_, last = ...` keeps the last, which has the
# `energies` of all runs. Energies are sums, and sums are rounded: count those below
# `floor + 1e-9`.
#
# **Then measure** on `lattice`, 2000 runs of each of the lengths 4, 8, 16, 32, 64 and 128: `hits`
# are the six counts, and `best` the length with the shortest time to solution for 99% certainty
# (yours of question 3, or `annealing.time_to_solution`). The figure below shows whether the
# answer is a close one.

# %%
lattice = ising.spin_glass((6, 6), rng=np.random.default_rng(1), periodic=(False, True))
floor = exact.lattice_ground_state(lattice).energy
lattice = ising.to_network(lattice)
lengths = [4, 8, 16, 32, 64, 128]

# %% [raw]
# # BEGIN SOLUTION


# %%
def count_hits(model, floor, sweeps, runs, rng):
    """How many of so many annealings of so many sweeps end at the floor."""
    # BEGIN SOLUTION
    starts = annealing.random_starts(model, runs, rng=rng)
    T = annealing.geometric(2.0, 0.2, sweeps)
    *_, last = annealing.anneal(model, starts, T, rng=rng)
    return int(np.sum(last.energies < floor + 1e-9))
    # END SOLUTION


# %%
rng = np.random.default_rng(36)

hits = [count_hits(lattice, floor, sweeps, 2000, rng) for sweeps in lengths]  # SOLUTION
times = np.array(lengths) * np.log(0.01) / np.log(1 - np.array(hits) / 2000)  # SOLUTION
best = lengths[np.argmin(times)]  # SOLUTION

print("hits of 2000:", hits, "  best length:", best)

# %% [raw]
# # END SOLUTION

# %% [raw]
# # BEGIN TESTS


# %%
def test_a_glass_of_eight(count_hits):
    """2000 runs of six sweeps on a small glass."""
    import numpy as np

    from ebm import annealing, exact

    assert callable(count_hits), "There is no function `count_hits`: run its cell"
    glass = annealing.sherrington_kirkpatrick(8, rng=np.random.default_rng(9))
    floor = exact.ground_states(glass).energy
    found = count_hits(glass, floor, 6, 2000, np.random.default_rng(1))
    assert found is not None, "Not answered yet? `count_hits` gives nothing back"
    assert np.size(found) == 1, "Return one number: how many runs end at the floor"
    again = count_hits(glass, floor, 6, 2000, np.random.default_rng(1))
    assert found == again, "The same rng gave two results: draw from the given `rng` only"
    found = np.asarray(found, dtype=float).item()
    assert found == 0 or found > 1, "That is a share: return the number of runs"
    few = "Rounding: some of these energies are a hair above `floor`. Count what is below floor + 1e-9"
    assert found > 20, few
    mistake = "Too few: is the schedule `annealing.geometric`, from 2.0 to 0.2?"
    hint = f"About 1320 of 2000 runs of six sweeps end at the floor; yours: {found:.0f}"
    assert 1190 < found < 1450, mistake if 950 < found < 1145 else hint


test_a_glass_of_eight(count_hits)


# %%
def test_measurement(hits, best):
    """The numbers read off: six lengths, 2000 runs of each."""
    import numpy as np

    missing = [x is None or x is Ellipsis for x in (hits, best)]
    assert not any(missing), "Not answered yet: `hits` and `best` are still `...`"
    hits = np.asarray(hits, dtype=float).ravel()
    assert hits.shape == (6,), "`hits` are six counts, one for each length"
    assert not np.all(hits <= 1), "Those are shares: `hits` are counts, of 2000 runs each"
    wanted = np.array([36, 181, 422, 663, 910, 1199])
    hint = f"The counts should be near {wanted}; yours are {hits}"
    assert np.all(np.abs(hits - wanted) < 6 * np.sqrt(wanted)), hint
    best = np.asarray(best, dtype=float).item()
    assert best in (4, 8, 16, 32, 64, 128), "`best` is one of the six lengths"
    surest = "The longest runs succeed most often, but what do they cost? Compare times, not shares"
    assert best != 128, surest
    times = np.array([4, 8, 16, 32, 64, 128]) / -np.log1p(-hits / 2000)
    hint = "Not the shortest of the times that your hits give: t ln 0.01 / ln(1 - p)"
    assert best == [4, 8, 16, 32, 64, 128][np.argmin(times)], hint


test_measurement(hits, best)


# %%
# HIDDEN
def test_hits_against_the_exact_chain(count_hits):
    """Small glasses: the share of successes by following all 32 states through the cooling."""
    import numpy as np

    from ebm import annealing

    rng = np.random.default_rng(41_005)
    states = 1 - 2 * (np.arange(32)[:, None] >> np.arange(5) & 1)
    for sweeps, runs in ((1, 4000), (3, 4000), (8, 4000)):
        glass = annealing.sherrington_kirkpatrick(5, rng=rng)
        E = -0.5 * np.einsum("si,ij,sj->s", states, glass.W, states)
        p = np.full(32, 1 / 32)
        for T in 2.0 * 0.1 ** (np.arange(sweeps) / max(sweeps - 1, 1)):
            one = np.zeros((32, 32))
            for k in range(32):
                for i in range(5):
                    flip = 1 / (1 + np.exp((E[k ^ (1 << i)] - E[k]) / T))
                    one[k, k ^ (1 << i)] += flip / 5
                    one[k, k] += (1 - flip) / 5
            p = p @ np.linalg.matrix_power(one, 5)
        share = p[E < E.min() + 1e-9].sum()
        found = np.asarray(count_hits(glass, E.min(), sweeps, runs, rng), dtype=float).item()
        assert found == round(found), "not a count"
        error = np.sqrt(share * (1 - share) / runs)
        assert abs(found / runs - share) < 6 * error + 1 / runs, "wrong number of hits"


test_hits_against_the_exact_chain(count_hits)


# %%
# HIDDEN
def test_measurement_in_errors(hits):
    """Within five standard errors of shares from 200,000 runs."""
    import numpy as np

    p = np.array([0.01817, 0.090465, 0.210835, 0.33142, 0.455155, 0.59962])
    hits = np.asarray(hits, dtype=float).ravel()
    assert np.all(np.abs(hits / 2000 - p) < 5.5 * np.sqrt(p * (1 - p) / 2000)), "hits"


test_measurement_in_errors(hits)

# %% [raw]
# # END TESTS

# %% [raw]
# # END QUESTION

# %%
fig, ax = plt.subplots(figsize=(6, 3))
if hits is not ...:
    found = [annealing.time_to_solution(np.arange(2000) < h, t) for h, t in zip(hits, lengths, strict=True)]
    value, low, high = np.transpose([(time.value, time.low, time.high) for time in found])
    ax.errorbar(lengths, value, [value - low, high - value], fmt="o-", color="#0072B2")
ax.set(xscale="log", yscale="log", xlabel="sweeps of one run", ylabel="time to solution (sweeps)")
ax.set_xticks(lengths, lengths)
ax.set_title("Too short fails, too long overpays")
plt.show()

# %% [raw]
# # BEGIN QUESTION
# name: q6
# points: 4
# manual: true

# %% [markdown]
# ## 6. Whose method is better?
#
# Two students look for the ground state of one and the same glass of 100 spins. One says: "Nine
# of my ten annealings, of 10,000 sweeps each, found the ground state, E = -75.2." The other:
# "Three of my ten, of 100 sweeps each, found it too. So yours is three times as good as mine."
# **What do you answer?** Write 150 to 250 words.
#
# A reader marks this question. There is one point for each of these:
#
# - **The price.** The times to solution of both, with their intervals, as numbers; and what these
#   numbers do and do not say about who is ahead.
# - **What was found.** What the words "the ground state" rest on here, how one could get to know
#   it, and what becomes of the counts if a lower state turns up.
# - **What cannot be said yet.** Two reasons why ten runs each on one glass do not settle which
#   method is better, neither of them "there should be more runs".
# - **A test that decides.** Glasses, lengths, runs and the quantity to be compared, all fixed
#   beforehand, with a number of runs that you can justify, and an outcome that would change your
#   mind.
#
# Style and length bring no points and cost none.

# %% [raw]
# # BEGIN SOLUTION

# %% [markdown]
# *One answer that gets 4 points (there are others).* Success is not free. Nine of ten at 10,000
# sweeps make a time to solution of 20,000 sweeps, with an interval from 11,500 to 50,800. Three
# of ten at 100 sweeps make 1,290, from 500 to 4,040. The intervals are far apart: on this glass
# the short runs are ahead by a factor that may be 3 or 100, but hardly below 1. But -75.2 is only
# the lowest energy that anybody saw. If one run in ten thousand would end lower, all twelve
# "successes" are failures, and nothing is known about either method. An exact method (branch and
# bound, or a lattice that a transfer matrix can do) would tell; a second, different search that
# ends there as well would at least raise my trust. And even then: glasses differ, some are ten
# times as hard as others, and this is one of them. Nor do I know how the lengths were chosen: 100
# may have been the best of twenty that were tried on this very glass, and 10,000 the first. Test:
# thirty new glasses of a kind with known ground states; lengths 30, 100, ..., 10,000, each chosen
# on ten of the glasses and compared on the other twenty; 400 runs each, so that a share near 0.3
# is known to 0.02; compare the median over glasses of the ratio of the times, its interval by a
# bootstrap over glasses. If that lies above 1 for the long runs I take it back.
#
# **For the reader who marks.**
#
# - *The price.* The numbers within some per cent, both intervals, and the remark that they do not
#   overlap (or that the factor itself is badly known). The times alone, without intervals: no
#   point.
# - *What was found.* That it is the lowest seen. "They both found it, so it must be the ground
#   state": no point, though it may be said that two methods that agree are better than one.
# - *What cannot be said yet.* Two of: one instance; lengths chosen afterwards, or not chosen at
#   all; other sizes; what a sweep costs in seconds; whether the runs were independent. "Ten is
#   too few" is what the interval says already.
# - *A test.* Something that could be carried out as it is written and can come out against the
#   writer. A number of runs without a reason: no point.

# %% [raw]
# # END SOLUTION

# %% [raw]
# # END QUESTION

# %% [markdown]
# What a search costs depends on what it is to find. [Chapter 4](../../book/04_annealing.ipynb)
# has the cases in which annealing loses.
#
# *Text: [CC BY 4.0](https://creativecommons.org/licenses/by/4.0/). Code: BSD 3-Clause. See
# [LICENSE](../../LICENSE).*
