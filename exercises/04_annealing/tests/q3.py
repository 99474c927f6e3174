from otter.test_files import test_case

OK_FORMAT = False

name = "q3"
points = 4
all_or_nothing = True


@test_case(points=None, hidden=False)
def test_thirty_of_a_hundred(time_to_solution):
    """30 of 100 runs of 50 sweeps."""
    import numpy as np

    assert callable(time_to_solution), "There is no function `time_to_solution`: run its cell"
    found = time_to_solution(30, 100, 50)
    assert found is not None, "Not answered yet? `time_to_solution` gives nothing back"
    assert np.size(found) == 3, "Return three numbers: the time, its short end, its long end"
    time, short, long = np.asarray(found, dtype=float).ravel()
    times = {
        12.911: "That is the number of runs: times the sweeps of each",
        650.0: "Here k may be a fraction: do not round it up",
        191.25: "It is the failures that multiply: (1 - p)^k, not p^k",
        166.67: "That is the mean wait, t/p: wanted is the time for 99% certainty",
        1.4089: "That is the time for 1% certainty: all k runs fail with probability 0.01",
    }
    hint = times.get(float(f"{time:.5g}"), f"For 30 of 100 runs of 50 sweeps it is 645.6; yours: {time:.5g}")
    assert np.isclose(time, 645.57, rtol=0.001), hint
    exchanged = np.isclose(short, 931.79, rtol=0.001) and np.isclose(long, 456.92, rtol=0.001)
    assert not exchanged, "The likelier success is, the sooner it comes: exchange the two ends"
    ends = {
        466.11: "That is the interval p +- z sqrt(p(1-p)/runs) about the measured p: Wilson's p is unknown",
        434.92: "Almost: is the quadratic term of the equation 1 + z^2/runs?",
        539.08: "That is the interval for z = 1: take z = 1.96",
    }
    hint = ends.get(
        float(f"{short:.5g}"), f"The interval is 456.9 to 931.8; yours: {short:.5g} to {long:.5g}"
    )
    assert np.allclose([short, long], [456.92, 931.79], rtol=0.001), hint


@test_case(points=None, hidden=False)
def test_none_and_all(time_to_solution):
    """No success at all, and nothing but successes."""
    import numpy as np

    found = time_to_solution(0, 20, 50)
    assert found is not None, "Not answered yet? `time_to_solution` gives nothing back"
    time, short, long = np.asarray(found, dtype=float).ravel()
    assert time == np.inf, f"If no run succeeds the time is infinite; yours is {time:.4g}"
    assert long == np.inf, f"If no run succeeds the long end is infinite; yours is {long:.4g}"
    zero = "None of 20 does not mean never: the short end comes from p = z^2/(20 + z^2) = 0.161"
    assert np.isclose(short, 1310.5, rtol=0.001), zero
    time, short, long = np.asarray(time_to_solution(20, 20, 50), dtype=float).ravel()
    once = "A success takes one run at least: for p of 0.99 and more the time is that of one run"
    assert np.isclose(time, 50) and np.isclose(short, 50), once
    assert np.isclose(long, 126.13, rtol=0.001), "Twenty of twenty may be luck: the long end is 126.1"
