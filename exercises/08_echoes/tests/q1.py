from otter.test_files import test_case

OK_FORMAT = False

name = "q1"
points = 3
all_or_nothing = True


@test_case(points=None, hidden=False)
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
        hint = mistake if np.allclose(q, slip, atol=0.0002) else hint
    assert np.allclose(q, [1.24, 0.28]), hint


@test_case(points=None, hidden=False)
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
        assert np.allclose(q, wanted, rtol=0, atol=0.001), "With large products the weights come out wrong"
