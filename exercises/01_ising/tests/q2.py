from otter.test_files import test_case

OK_FORMAT = False

name = "q2"
points = 3
all_or_nothing = True


@test_case(points=None, hidden=False)
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


@test_case(points=None, hidden=False)
def test_the_edges(flip_costs):
    """A spin in a corner has four neighbours as well."""
    import numpy as np

    s = np.array([[1, 1, 1, -1], [1, 1, 1, -1], [1, -1, 1, 1]])
    cost = flip_costs(s, 2.0, 0.5)
    assert cost is not None, "Not answered yet? `flip_costs` gives nothing back"
    cost = np.asarray(cost, dtype=float)
    middle_first = cost.shape != (3, 4) or not np.isclose(cost[1, 1], 9)
    edges = middle_first or np.allclose(cost[[0, 0, 2, 2], [0, 3, 0, 3]], [9, -9, 9, 1])
    assert edges, "The lattice closes on itself: next to the last column comes the first, and so with rows"
