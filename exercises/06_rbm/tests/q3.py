from otter.test_files import test_case

OK_FORMAT = False

name = "q3"
points = 5
all_or_nothing = True


@test_case(points=None, hidden=False)
def test_sure_reconstruction(cd1):
    """Biases that make the reconstruction (1, 0, 1) for sure: two examples, rate 0.2."""
    import numpy as np

    assert callable(cd1), "There is no function `cd1`: run the cell that defines it"
    W, b_v, b_h = (np.log([[2.0, 3.0], [4.0, 1.0], [0.5, 2.0]]), np.array([60.0, -60.0, 60.0]), np.zeros(2))
    v = np.array([[1, 0, 0], [0, 1, 0]])
    given = (W.copy(), b_v.copy(), b_h.copy(), v.copy())
    found = cd1(W, b_v, b_h, v, 0.2, np.random.default_rng(0))
    assert found is not None, "Not answered yet? `cd1` gives nothing back"
    same = all((np.array_equal(x, y) for x, y in zip(given, (W, b_v, b_h, v), strict=True)))
    assert same, "An argument was changed: return new arrays, W + change rather than W += change"
    triple = isinstance(found, (tuple, list)) and len(found) == 3
    assert triple, "Return three arrays: W, b_v and b_h"
    new = [np.asarray(x, dtype=float) for x in found]
    shapes = [x.shape for x in new]
    assert shapes == [(3, 2), (3,), (2,)], f"The new W, b_v and b_h have the shapes {shapes}"
    dW, db_v, db_h = (x - y for x, y in zip(new, (W, b_v, b_h), strict=True))
    right = 0.1 * np.array([[-1 / 3, -27 / 28], [4 / 5, 1 / 2], [-1, -12 / 7]])
    mistakes = [
        (2 * right, "Average over the examples of the batch: a sum grows with the batch"),
        (-right, "Learning lowers the energy of the data: data minus reconstruction, not the reverse"),
        (0 * right, "W has not changed at all: is the new one returned?"),
        (
            [[1 / 15, 3 / 40], [2 / 25, 1 / 20], [0, 0]],
            "The negative phase is missing: subtract the reconstruction's",
        ),
        (
            [[-2 / 25, -1 / 20], [2 / 25, 1 / 20], [-11 / 75, -1 / 8]],
            "The negative phase needs p(h | v'), worked out anew from v', the reconstruction",
        ),
        (right / 0.2, "The step is the rate times the difference: is the rate in it?"),
    ]
    hint = "The change of W is not rate (<v p> - <v' p'>) for the reconstruction v' = (1, 0, 1)"
    steps = np.round(dW * 10, 9)
    whole = np.array_equal(steps, np.round(steps)) and np.any(dW != 0)
    if whole:
        hint = "In the averages stands the probability of h, not its sample: the mean is the same, the noise less"
    for values, mistake in mistakes:
        hint = mistake if np.allclose(dW, values, rtol=0, atol=1e-07) else hint
    assert np.allclose(dW, right, rtol=0, atol=1e-07), hint
    biases = "The biases of the {} units: the rate times the mean of data minus reconstruction"
    assert np.allclose(db_v, [-0.1, 0.1, -0.2], rtol=0, atol=1e-07), biases.format("visible")
    assert np.allclose(db_h, [7 / 150, -13 / 280], rtol=0, atol=1e-07), biases.format("hidden")


@test_case(points=None, hidden=False)
def test_what_is_sampled(cd1):
    """Two visible units that do what a fair coin h does: 40 steps from the same machine."""
    import numpy as np

    W, b_v, b_h = (np.array([[100.0], [100.0]]), np.array([-50.0, -50.0]), np.array([-200.0]))
    rng, steps = (np.random.default_rng(4), [])
    for _ in range(40):
        found = cd1(W, b_v, b_h, np.array([[1, 1]]), 1.0, rng)
        assert found is not None, "Not answered yet? `cd1` gives nothing back"
        steps.append(np.asarray(found[1], dtype=float) - b_v)
    steps = np.round(np.array(steps), 6)
    whole = np.isin(steps, (0, 1)).all()
    assert whole, "The reconstruction is a sample: its units are 0 or 1, not probabilities"
    agree = np.array_equal(steps[:, 0], steps[:, 1])
    assert agree, (
        "The reconstruction is drawn from a sample of h, not from its probability: both units must agree"
    )
    moves = len(np.unique(steps)) == 2
    assert moves, "In 40 steps h, a fair coin, always fell the same way: draw it from `rng`"
