from otter.test_files import test_case

OK_FORMAT = False

name = "q5"
points = 4
all_or_nothing = True


@test_case(points=None, hidden=False)
def test_binder(binder):
    """Eight values of m."""
    import numpy as np

    assert callable(binder), "There is no function `binder`: run the cell that defines it"
    U = binder(np.array([0.5, -0.5, 1.0, -1.0, 0.25, 0.75, 1.0, 0.5]))
    assert U is not None, "Not answered yet? `binder` gives nothing back"
    assert np.size(U) == 1, "Binder's cumulant is one number: take means over the series"
    U = np.asarray(U, dtype=float).item()
    mistakes = {
        -0.46612: "The 3 is missing: perfect order has U = 2/3, and U = 0 needs <m^4> = 3 <m^2>^2",
        0.73274: "The mean of m^2 has to be squared, or U would depend on the unit of m",
        1.46612: "That is <m^4> / <m^2>^2: U is 1 minus a third of it",
        0.48871: "That is the ratio itself: U is 1 minus it",
        0.19695: "Do not take the mean off: without a field <m> is 0, and what remains of it is chance",
        0.4783: "Take m as it is, and do not take a mean off",
        0.77264: "The ratio is upside down: <m^4> goes above",
        0.34576: "That has <|m|>^4 below: U has <m^2>^2",
        0.66667: "A power of the mean is not the mean of a power: first m^4, then the mean",
        0.95629: "Division and multiplication go from left to right: put brackets around 3 <m^2>^2",
    }
    hint = f"For the eight values U is 0.5113; yours is {U:.4f}"
    assert np.isclose(U, 0.511294, rtol=0, atol=0.0001), mistakes.get(round(U, 5), hint)


@test_case(points=None, hidden=False)
def test_crossing(crossing):
    """Two straight lines."""
    import numpy as np

    assert callable(crossing), "There is no function `crossing`: run the cell that defines it"
    T = np.array([1.0, 2.0, 3.0, 4.0])
    found = crossing(T, 0.5 - 0.1 * T, 0.9 - 0.3 * T)
    assert found is not None, "Not answered yet? `crossing` gives nothing back"
    assert np.size(found) == 1, "The lines cross at one temperature: return one number"
    found = np.asarray(found, dtype=float).item()
    mistakes = {
        -2.0: "The line a T + b is zero at T = -b/a: look at the sign",
        0.5: "The line a T + b is zero at T = -b/a: what is above, what is below?",
        0.3: "That is the height at which the lines cross: the temperature is asked for",
    }
    hint = f"0.5 - 0.1 T and 0.9 - 0.3 T are equal at T = 2; yours cross at {found:.4g}"
    assert np.isclose(found, 2), mistakes.get(round(found, 6), hint)


@test_case(points=None, hidden=False)
def test_measurement(T_cross, T_error):
    """The numbers read off: sides of 8 and 32, ten runs."""
    import numpy as np

    missing = [x is None or x is Ellipsis for x in (T_cross, T_error)]
    assert not any(missing), "Not answered yet: `T_cross` and `T_error` are still `...`"
    assert np.size(T_cross) == 1 and np.size(T_error) == 1, "`T_cross` and `T_error` are one number each"
    T_cross, T_error = (np.asarray(x, dtype=float).item() for x in (T_cross, T_error))
    where = f"On sides of 8 and 32 the lines cross near T = 2.257; yours cross at {T_cross:.4f}"
    assert 2.244 < T_cross < 2.27, where
    spread = "That is the spread of single crossings: the mean of ten is sqrt(10) times surer"
    assert not 0.0028 < T_error < 0.02, spread
    assert 0.0002 < T_error < 0.0028, "The standard error should be near 0.001"
