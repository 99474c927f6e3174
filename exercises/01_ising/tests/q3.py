from otter.test_files import test_case

OK_FORMAT = False

name = "q3"
points = 5
all_or_nothing = True


@test_case(points=None, hidden=False)
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
        (0.7, 0.82, "Too strongly: the two states differ by 2 field, not by 4"),
        (0.93, 1.01, "The spins hardly ever leave the field: energies are divided by T, not multiplied"),
        (-0.1, 0.1, "The field B has no effect: it belongs to the field of a spin"),
    ]
    hint = f"Free spins at B = 1 and T = 2 have the mean 0.46; yours have {mean:.2f}"
    for low, high, mistake in mistakes:
        hint = mistake if low < mean < high else hint
    assert 0.37 < mean < 0.555, hint


@test_case(points=None, hidden=False)
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


@test_case(points=None, hidden=False)
def test_no_edge(heat_bath):
    """All down and cold; a field that four neighbours withstand and three do not."""
    import numpy as np

    down = -np.ones((4, 6), dtype=int)
    states = heat_bath(down, 1.0, 3.5, 0.02, 20, np.random.default_rng(6))
    assert states is not None, "Not answered yet? `heat_bath` gives nothing back"
    edge = "A spin has lost a neighbour: the lattice closes on itself, and no spin sits at an edge"
    assert np.all(np.asarray(states)[-1] == -1), edge
