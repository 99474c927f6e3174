from otter.test_files import test_case

OK_FORMAT = False

name = "q3"
points = 5
all_or_nothing = True


@test_case(points=None, hidden=False)
def test_weights_and_biases(slopes):
    """Two visible units and a hidden one at T = 2, with averages from a table."""
    import numpy as np

    assert callable(slopes), "There is no function `slopes`: run the cell that defines it"
    W, b = (np.array([[0, 2, -1], [2, 0, 3], [-1, 3, 0]]), np.array([1, -2, -1]))
    on = [0.37754067, 0.26894142, 0.73105858, 0.62245933]

    def averages(W, b, T, s, clamped):
        held = [bool(x) for x in clamped]
        assert held in ([True, True, False], [False] * 3), "Clamp the visible units, or none: 0 and 1 of 3"
        if not any(held):
            free = [[0.6900584, 0.45505423, 0.34645489], [0, 0.59759119, 0.38745562], [0, 0, 0.51386037]]
            return np.triu(free) + np.triu(free, 1).T
        x, y = (int(s[0]), int(s[1]))
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
    assert not np.allclose(G, -wanted, atol=1e-05), "The data pull up, the machine's own states pull down"
    assert not np.allclose(G, 2 * wanted, atol=1e-05), "The energy is divided by T, and so is its derivative"
    assert not np.allclose(G, wanted / 2, atol=1e-05), "Twice divided by T, or a pair counted by half"
    hebb = "Nothing is taken away: the average over the machine's own states is missing"
    assert not np.isclose(G[0, 1], 0.0625, atol=1e-05) and (not np.isclose(G[0, 1], 0.125, atol=1e-05)), hebb
    alike = "All visible states count the same: weigh each by its q"
    assert not np.isclose(G[0, 1], -0.102527, atol=1e-05), alike
    hint = f"G_01 is -0.1650 and G_22 is -0.0443; yours are {G[0, 1]:.4f} and {G[2, 2]:.4f}"
    assert np.allclose(G, wanted, atol=1e-05), hint


@test_case(points=None, hidden=False)
def test_temperature(slopes):
    """The same machine: should it be hotter?"""
    import numpy as np

    W, b = (np.array([[0, 2, -1], [2, 0, 3], [-1, 3, 0]]), np.array([1, -2, -1]))
    on = [0.37754067, 0.26894142, 0.73105858, 0.62245933]

    def averages(W, b, T, s, clamped):
        if not any((bool(x) for x in clamped)):
            free = [[0.6900584, 0.45505423, 0.34645489], [0, 0.59759119, 0.38745562], [0, 0, 0.51386037]]
            return np.triu(free) + np.triu(free, 1).T
        x, y = (int(s[0]), int(s[1]))
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
    assert np.isclose(slope, 0.161176, atol=1e-05), mistakes.get(round(slope, 4), hint)
