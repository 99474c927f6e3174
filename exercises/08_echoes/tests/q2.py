from otter.test_files import test_case

OK_FORMAT = False

name = "q2"
points = 3
all_or_nothing = True


@test_case(points=None, hidden=False)
def test_half_way(moments):
    """A time after which half of the mean is left; k = 0.5, T = 3."""
    import numpy as np

    assert callable(moments), "There is no function `moments`: run the cell that defines it"
    found = moments(8, 5, 2 * np.log(2), 0.5, 3)
    assert found is not None, "Not answered yet? `moments` gives nothing back"
    assert np.size(found) == 2, "Return two numbers, `mean, variance`"
    mean, variance = np.ravel(np.asarray(found, dtype=float))
    means = {
        2.0: "dm/dt = -k m: where is the spring k in the exponent?",
        8.0: "The spring pulls the mean to 0 as well: dm/dt = -k m",
        16.0: "The spring pulls towards 0: look at the sign in the exponent",
    }
    hint = f"A mean of 8 becomes 4 here, and yours {mean:.4g}"
    assert np.isclose(mean, 4), means.get(round(mean, 6), hint)
    variances = {
        9.5: "The spring also shrinks the variance that was there at the start",
        7.0: "The variance at the start shrinks twice as fast as the mean: dv/dt = -2 k v + ...",
        4.5: "Points that were apart at the start are still apart: the first variance is missing",
        2.0: "1 - e^-2t holds for k = T = 1 only: in the end the variance must be T / k",
        3.5: "In the end the variance must be T / k: a stiff spring leaves little room",
        10.25: "In the end the variance must be T / k: in dv/dt = -2 k v + 2 T the two 2 cancel",
        4.25: "Noise fades as the variance does, with e^-2kt, not e^-kt",
        1.25: "Heat is missing: dv/dt = -2 k v + 2 T",
        2.3979: "That is the standard deviation: return its square, the variance",
        9.5678: "Noise of earlier times is pulled back, too: it does not grow as 2 T t",
        13.3178: "Without a spring it would be so: solve dv/dt = -2 k v + 2 T",
    }
    hint = f"A variance of 5 becomes 5.75 here, and yours {variance:.4g}"
    assert np.isclose(variance, 5.75), variances.get(round(variance, 4), hint)
