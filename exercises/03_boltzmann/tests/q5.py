from otter.test_files import test_case

OK_FORMAT = False

name = "q5"
points = 5
all_or_nothing = True


@test_case(points=None, hidden=False)
def test_a_known_integral(log_Z):
    """Three units at T = 2, and a mean that is known: 3 + 2 x, with the integral 4."""
    import numpy as np

    assert callable(log_Z), "There is no function `log_Z`: run the cell that defines it"
    asked = []

    def pairs(x):
        assert len(asked) < 5000, "Twenty places or so are enough: yours has asked for 5000"
        asked.append(1)
        return 3 + 2 * np.asarray(x, dtype=float)

    found = log_Z(np.array([1.0, -2.0, 0.5]), 2.0, pairs)
    assert found is not None, "Not answered yet? `log_Z` gives nothing back"
    assert np.size(found) == 1, "log Z is one number, not an array"
    found = np.asarray(found, dtype=float).item()
    mistakes = {
        2.0: "The start is missing: at lambda = 0, Z is a product with a factor for each unit",
        4.0794: "n log 2 is the start of coins: here the biases are at work from the beginning",
        6.1133: "The derivative of log Z is the mean over T: divide the integral by T",
        10.1133: "The integral is divided by T, not multiplied",
        0.1133: "Weights that are wanted make Z larger: look at the sign of the integral",
        2.1133: "The way is missing: add the integral over lambda, divided by T",
        4.4143: "The start is at the temperature T as well: its factors are 1 + e^(b/T)",
        6.2266: "The start counts twice",
        1.75: "At the start a unit has two states, off and on: a factor 1 + e^(b/T), not e^(b/T)",
        4.6643: "A unit of 0 and 1 has the factor 1 + e^(b/T): the hyperbolic cosine is for -1 and +1",
    }
    hint = f"For b = (1, -2, 0.5), T = 2 and the mean 3 + 2x, log Z is 4.1133; yours is {found:.4f}"
    if abs(found - 4.1133) < 0.3:
        hint = "Close, but the sum is not the integral: the two ends count half (trapezoidal rule)"
    for wrong, mistake in mistakes.items():
        hint = mistake if abs(found - wrong) < 0.004 else hint
    assert abs(found - 4.1133) < 0.005, hint


@test_case(points=None, hidden=False)
def test_measurement(log_Z_20, log_Z_error, S):
    """The numbers read off: 20 units, ten runs."""
    import numpy as np

    missing = [x is None or x is Ellipsis for x in (log_Z_20, log_Z_error, S)]
    assert not any(missing), "Not answered yet: `log_Z_20`, `log_Z_error` and `S` are still `...`"
    sizes = [np.size(x) == 1 for x in (log_Z_20, log_Z_error, S)]
    assert all(sizes), "`log_Z_20`, `log_Z_error` and `S` are one number each"
    log_Z_20, log_Z_error, S = (np.asarray(x, dtype=float).item() for x in (log_Z_20, log_Z_error, S))
    mistakes = [(120, 128, "That is the sum of ten results: take their mean")]
    hint = f"A sum over all 2^20 states gives log Z = 12.375; yours is {log_Z_20:.3f}"
    for low, high, mistake in mistakes:
        hint = mistake if low < log_Z_20 < high else hint
    assert abs(log_Z_20 - 12.375) < 0.07, hint
    spread = "That is the spread of single runs: the mean of ten is sqrt(10) times surer"
    assert not 0.0195 < log_Z_error < 0.1, spread
    assert 0.0014 < log_Z_error < 0.0195, "The standard error should be near 0.009"
    mistakes = [
        (13.8, 14.2, "Low energy leaves fewer states: S = (U - F) / T has U with a plus, and U is negative"),
        (10.2, 10.5, "U has to be divided by T before it is added to log Z"),
        (12.2, 12.5, "That is log Z: S has U / T in it as well"),
        (13.3, 13.55, "That is T S: divide U - F by T"),
        (-14.2, -13.8, "S = (U - F) / T, and F = -T log Z: look at the sign of F"),
    ]
    hint = f"The entropy is 10.74 here; yours is {S:.2f}"
    for low, high, mistake in mistakes:
        hint = mistake if low < S < high else hint
    assert abs(S - 10.744) < 0.12, hint
