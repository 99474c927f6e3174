from otter.test_files import test_case

OK_FORMAT = False

name = "q3"
points = 5
all_or_nothing = True


@test_case(points=None, hidden=False)
def test_units_alone(gibbs):
    """A hundred units that nothing but their biases moves."""
    import numpy as np

    assert callable(gibbs), "There is no function `gibbs`: run the cell that defines it"
    n = 100
    W, b, start = (np.zeros((n, n)), np.ones(n), np.zeros(n, dtype=int))
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
        (0.7, 0.76, "Where is the temperature? It is field / T that goes into the sigmoid"),
        (0.59, 0.65, "The field is divided by T, not multiplied"),
        (0.09, 0.15, "Units are on when they should be off: look at the sign in the exponent"),
        (0.47, 0.53, "The bias has no effect: it belongs to the field"),
    ]
    hint = f"Free units with b = 1 are on for 0.88 of the time at T = 0.5; yours for {mean:.2f}"
    for low, high, mistake in mistakes:
        hint = mistake if low < mean < high else hint
    assert 0.85 < mean < 0.91, hint


@test_case(points=None, hidden=False)
def test_a_pair_that_agrees(gibbs):
    """Two units that cost 4 if just one of them is on, from such a state."""
    import numpy as np

    W, b = (np.array([[0.0, 8.0], [8.0, 0.0]]), np.array([-4.0, -4.0]))
    states = gibbs(W, b, np.array([0, 1]), 0.5, 50, np.random.default_rng(5))
    assert states is not None, "Not answered yet? `gibbs` gives nothing back"
    states = np.asarray(states, dtype=float)
    agree = np.mean(states[:, 0] == states[:, 1]) > 0.7
    blink = np.mean(states[1:, 0] != states[:-1, 0]) > 0.7
    at_once = "Units must not move at once: the second has to see what the first has done"
    field = "Two units with a large weight agree nearly always: is the field that of the others' states?"
    assert agree, at_once if blink else field
