from otter.test_files import test_case

OK_FORMAT = False

name = "q5"
points = 5
all_or_nothing = True


@test_case(points=None, hidden=False)
def test_unstable_share(unstable_share):
    """Ten networks of 200 units and 37 patterns."""
    import numpy as np

    assert callable(unstable_share), "There is no function `unstable_share`: run its cell"
    found = [unstable_share(200, 0.185, np.random.default_rng(k)) for k in range(10)]
    missing = [x is None for x in found]
    assert not any(missing), "Not answered yet? `unstable_share` gives nothing back"
    assert np.shape(found) == (10,), "A share is one number: the mean over all P n bits"
    again = [unstable_share(200, 0.185, np.random.default_rng(k)) for k in range(10)]
    assert found == again, "The same rng gave two results: draw from the given `rng` only"
    assert len(set(found)) > 1, "Ten networks, one result: draw new patterns from `rng` each time"
    steps = np.array(found) * 200
    one = np.allclose(steps, np.round(steps)) and np.mean(found) < 0.5
    assert not one, "These shares go in steps of 1/n: count the bits of all P patterns, not of one"
    mean = np.mean(found)
    mistakes = [
        (0.988, 0.993, "That is the share of stable bits: unstable ones oppose their field"),
        (0.976, 0.986, "That is the overlap after one step: count the unstable bits instead"),
        (0.7, 0.86, "That is the share of patterns with an unstable bit: count the bits"),
        (0.86, 0.976, "That is a percentage: a share lies between 0 and 1"),
        (50, 90, "That is the number of unstable bits: divide by all P n of them"),
        (1.3, 2.5, "That is the number of unstable bits a pattern: divide by all P n bits"),
        (0.0015, 0.0045, "Too stable: does a unit push itself? The diagonal of W must be 0"),
    ]
    hint = f"At n = 200 and P = 37 a share of 0.0094 is unstable; yours is {mean:.2g}"
    for low, high, mistake in mistakes:
        hint = mistake if low < mean < high else hint
    assert 0.0065 < mean < 0.0125, hint


@test_case(points=None, hidden=False)
def test_measurement(share, error):
    """The numbers read off: n = 500, load 0.138, 20 networks."""
    import numpy as np

    missing = [x is None or x is Ellipsis for x in (share, error)]
    assert not any(missing), "Not answered yet: `share` and `error` are still `...`"
    assert np.size(share) == 1 and np.size(error) == 1, "`share` and `error` are one number each"
    share, error = (np.asarray(share, dtype=float).item(), np.asarray(error, dtype=float).item())
    bits = f"At n = 500 and load 0.138 a share of 0.0034 is unstable; yours is {share:.2g}"
    assert 0.0028 < share < 0.0039, bits
    spread = "That is the spread of single networks: the mean of 20 is sqrt(20) times surer"
    assert not 0.00025 < error < 0.0009, spread
    assert 4e-05 < error < 0.00025, "The standard error should be near 0.0001"
