from otter.test_files import test_case

OK_FORMAT = False

name = "q4"
points = 4
all_or_nothing = True


@test_case(points=None, hidden=False)
def test_short_and_long_memory(error_of_mean):
    """Series with no memory, and with rho(t) = 0.8^t; their mean is 3."""
    import numpy as np
    from scipy.signal import lfilter

    assert callable(error_of_mean), "There is no function `error_of_mean`: run its cell"
    rng = np.random.default_rng(7)
    ratios = {}
    for a in (0.8, 0.0):
        true = np.sqrt((1 + a) / (1 - a) / 4000)
        found = []
        for _ in range(30):
            noise = rng.normal(size=4300) * np.sqrt(1 - a**2)
            with np.errstate(all="ignore"):
                found.append(error_of_mean(3 + lfilter([1], [1, -a], noise)[300:]))
        missing = [x is None for x in found]
        assert not any(missing), "Not answered yet? `error_of_mean` gives nothing back"
        assert np.shape(np.squeeze(found)) == (30,), "The error of a mean is one number"
        found = np.array(found, dtype=float).ravel()
        noisy = "The sum of rho over all distances is -1/2 for any data: stop adding at a few tau"
        assert np.all(np.isfinite(found)) and np.mean(found) > true / 1000, (
            noisy if a else "A series without memory has tau = 1/2, not 0: the sum starts with one half"
        )
        ratios[a] = float(np.mean(found) / true)
    mistakes = [
        (0.25, 0.4, "That is the naive error: it forgets that successive measurements are alike"),
        (0.66, 0.75, "N measurements are worth N / (2 tau): a factor 2 is missing under the root"),
        (50, 80, "That is the scatter of single measurements: the mean of N is much surer"),
        (15, 24, "That is sigma sqrt(2 tau / N) without the division by N, or the scatter of blocks"),
        (0.03, 0.06, "That is the variance of the mean: the error is its square root"),
        (2.5, 12, "Take the mean off the series before you multiply it by itself"),
        (1.3, 1.55, "Too much by sqrt(2): is tau one half plus the sum, and the sum over t >= 1?"),
    ]
    hint = f"At rho(t) = 0.8^t your error is {ratios[0.8]:.2f} times the true one"
    for low, high, mistake in mistakes:
        hint = mistake if low < ratios[0.8] < high else hint
    assert 0.8 < ratios[0.8] < 1.25, hint
    free = f"Without memory the error is sigma / sqrt(N); yours is {ratios[0.0]:.2f} times that"
    assert 0.8 < ratios[0.0] < 1.25, free
