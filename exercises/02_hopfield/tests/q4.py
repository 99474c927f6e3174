from otter.test_files import test_case

OK_FORMAT = False

name = "q4"
points = 4
all_or_nothing = True


@test_case(points=None, hidden=False)
def test_dominoes(recall):
    """Four dominoes fall, one a sweep."""
    import numpy as np

    assert callable(recall), "There is no function `recall`: run the cell that defines it"
    calls = []

    def one_falls(W, b, s, order):
        calls.append(1)
        assert len(calls) < 1000, "Still sweeping after 1000 sweeps: stop when nothing flips"
        standing = [i for i in range(4) if s[i] < 0]
        if standing:
            s[standing[-1]] = 1
        return 1 if standing else 0

    W = np.array([[0, 1, 0, 0], [1, 0, 2, 0], [0, 2, 0, 3], [0, 0, 3, 0]])
    s = np.array([-1, -1, -1, -1])
    rest = recall(W, np.array([0, 0, 0, 4]), s, np.arange(4), sweep=one_falls)
    assert rest is not None, "Not answered yet? `recall` gives nothing back"
    units = len(rest) if hasattr(rest, "__len__") else 1
    assert units == 4, "Return the state only: an array of shape (n,)"
    fallen = np.sum(np.asarray(rest) > 0)
    early = f"Stopped with {fallen} of 4 dominoes down: go on until a sweep flips nothing"
    assert np.array_equal(rest, [1, 1, 1, 1]), early


@test_case(points=None, hidden=False)
def test_start_is_kept(recall):
    """The start is still there afterwards."""
    import numpy as np

    calls = []

    def all_up(W, b, s, order):
        calls.append(1)
        assert len(calls) < 1000, "Still sweeping after 1000 sweeps: stop when nothing flips"
        flips = int(np.sum(s < 0))
        s[:] = 1
        return flips

    s = np.array([1, -1, -1])
    rest = recall(np.zeros((3, 3)), np.ones(3), s, np.arange(3), sweep=all_up)
    assert rest is not None, "Not answered yet? `recall` gives nothing back"
    assert np.array_equal(s, [1, -1, -1]), "The start has been overwritten: sweep a copy of it"
