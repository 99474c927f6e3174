from otter.test_files import test_case

OK_FORMAT = False

name = "q2"
points = 5
all_or_nothing = True


@test_case(points=None, hidden=False)
def test_three_sweeps(anneal):
    """Four units at T = 4, 2 and 0.01: the energies after the sweeps."""
    import numpy as np

    assert callable(anneal), "There is no function `anneal`: run the cell that defines it"
    W = np.array([[0, 1, -1, 0], [1, 0, 2, 0], [-1, 2, 0, 0], [0, 0, 0, 0]])
    b, s = (np.array([-1, 0, 2, 2]), np.array([-1, -1, 1, -1]))
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


@test_case(points=None, hidden=False)
def test_the_lowest_is_kept(anneal):
    """The lowest state seen is neither the last nor, the second time, after any sweep."""
    import numpy as np

    W = np.array([[0, 1, -1, 0], [1, 0, 2, 0], [-1, 2, 0, 0], [0, 0, 0, 0]])
    b, s = (np.array([-1, 0, 2, 2]), np.array([-1, -1, 1, -1]))
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
