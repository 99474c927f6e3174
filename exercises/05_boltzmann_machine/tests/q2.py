from otter.test_files import test_case

OK_FORMAT = False

name = "q2"
points = 3
all_or_nothing = True


@test_case(points=None, hidden=False)
def test_one_hidden_unit(kl):
    """Two visible units and a hidden one at T = 2."""
    import numpy as np

    assert callable(kl), "There is no function `kl`: run the cell that defines it"
    W, b = (np.array([[0, 2, -1], [2, 0, 3], [-1, 3, 0]]), np.array([1, -2, -1]))
    found = kl(W, b, 2, np.array([0.5, 0.25, 0.125, 0.125]))
    assert found is not None, "Not answered yet? `kl` gives nothing back"
    assert np.size(found) == 1, "A distance is one number, not an array"
    found = np.asarray(found, dtype=float).item()
    mistakes = {
        0.409: "That is KL(p || q): the data say how often each logarithm counts",
        0.555: "That is in bits: take the natural logarithm",
        0.797: "The temperature is missing: a state has the weight e^(-E/T)",
        0.986: "That is p(v, h) for one state of the hidden unit: sum over both",
        0.265: "The hidden unit is held off in your p(v): sum over what it may do",
        0.798: "That is the likeliest state of the hidden unit: sum over all of them",
        0.198: "The visible units come first: state k shows the visible state k % 2**n_v",
        -0.067: "The logarithms are averaged over all states alike: weigh them by q",
        1.598: "That is -sum q log p: the term sum q log q is missing",
        -0.385: "KL is never negative: look at the sign",
    }
    hint = f"KL is 0.385 nats; yours is {found:.4g}"
    assert np.isclose(found, 0.384637, atol=1e-05), mistakes.get(round(found, 3), hint)


@test_case(points=None, hidden=False)
def test_what_never_occurs(kl):
    """Two of the visible states have the probability 0."""
    import numpy as np

    W, b = (np.array([[0, 2, -1], [2, 0, 3], [-1, 3, 0]]), np.array([1, -2, -1]))
    found = kl(W, b, 2, np.array([0.5, 0, 0, 0.5]))
    assert found is not None, "Not answered yet? `kl` gives nothing back"
    found = np.asarray(found, dtype=float).item()
    assert np.isfinite(found), "0 log 0 is not a number: leave out the states with q = 0"
    assert np.isclose(found, 0.594191, atol=1e-05), f"KL is 0.594 nats; yours is {found:.4g}"
