from otter.test_files import test_case

OK_FORMAT = False

name = "q4"
points = 5
all_or_nothing = True


@test_case(points=None, hidden=False)
def test_three_steps(learn):
    """Two units and slopes that pull towards known weights and biases."""
    import numpy as np

    assert callable(learn), "There is no function `learn`: run the cell that defines it"
    calls = []

    def slope(W, b):
        calls.append(1)
        W, b = (np.asarray(W, dtype=float), np.asarray(b, dtype=float))
        assert np.allclose(np.diag(W), 0), "The diagonal of G belongs to the biases: W keeps its zeros"
        return np.array([[2 - b[0], 1 - W[0, 1]], [1 - W[1, 0], -4 - b[1]]])

    W, b = (np.zeros((2, 2)), np.zeros(2))
    found = learn(W, b, slope, 0.5, 3)
    assert found is not None, "Not answered yet? `learn` gives nothing back"
    two = isinstance(found, tuple | list) and len(found) == 2
    assert two, "Return two things: the weights, and the biases"
    assert np.all(W == 0) and np.all(b == 0), "The start has been overwritten: work on a copy of it"
    W, b = (np.asarray(x, dtype=float) for x in found)
    assert W.shape == (2, 2) and b.shape == (2,), "W has the shape (2, 2) and b (2,)"
    assert np.allclose(np.diag(W), 0), "The diagonal of G belongs to the biases: W keeps its zeros"
    mistakes = {
        1.5: "Each step needs the slopes of where it is: call `slope` in every step",
        0.5: "One step only: go on for `steps` of them",
        -2.375: "That is uphill: G is minus the derivative of KL, so add it",
        1.0: "A step is `rate` times the slope",
        0.0: "The weights have not moved",
    }
    hint = f"After three steps w_01 is 0.875; yours is {W[0, 1]:.4g}"
    assert np.isclose(W[0, 1], 0.875), mistakes.get(round(W[0, 1], 6), hint)
    assert np.allclose(b, [1.75, -3.5]), f"The biases move by the diagonal of G, to 1.75, -3.5; yours: {b}"


@test_case(points=None, hidden=False)
def test_measurement(bare, kl_bare, hidden, kl_hidden):
    """Parity without and with hidden units."""
    import numpy as np

    found = (bare, kl_bare, hidden, kl_hidden)
    missing = [x is None or x is Ellipsis for x in found]
    assert not any(missing), "Not answered yet: `bare`, `kl_bare`, `hidden`, `kl_hidden` are still `...`"
    for machine, n in ((bare, 4), (hidden, 8)):
        shapes = [np.shape(x) for x in machine]
        assert shapes == [(n, n), (n,)], f"This machine has {n} units: W and b have shapes {(n, n)}, {(n,)}"
    ones = np.size(kl_bare) == 1 and np.size(kl_hidden) == 1
    assert ones, "`kl_bare` and `kl_hidden` are one number each"
    kl_bare, kl_hidden = (np.asarray(x, dtype=float).item() for x in (kl_bare, kl_hidden))
    bits = f"Without hidden units nothing gets below log 2 = 0.6931; yours is {kl_bare:.4f}"
    assert 0.6931 < kl_bare < 0.6935, bits
    stuck = f"KL = {kl_hidden:.3f} with hidden units: more steps, or another start"
    assert kl_hidden < 0.15, stuck
