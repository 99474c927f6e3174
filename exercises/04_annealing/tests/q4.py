from otter.test_files import test_case

OK_FORMAT = False

name = "q4"
points = 4
all_or_nothing = True


@test_case(points=None, hidden=False)
def test_two_landscapes(swap_probability):
    """Two landscapes, at T = 0.8 and T = 1.6."""
    import numpy as np

    assert callable(swap_probability), "There is no function `swap_probability`: run its cell"
    p = swap_probability(np.array([[-4, -3], [-1, -2.4]]), np.array([0.8, 1.6]))
    assert p is not None, "Not answered yet? `swap_probability` gives nothing back"
    assert np.size(p) == 1, "A probability is one number, not an array"
    p = np.asarray(p, dtype=float).item()
    mistakes = {
        1.0: "This exchange makes both copies less likely: look at the sign of the exponent",
        8.373: "This exchange makes both copies less likely: look at the sign of the exponent",
        0.05: "Copy 1 has a temperature of its own: divide its energies by T[1]",
        0.223: "Copy 0 has a temperature of its own: divide its energies by T[0]",
        0.368: "After the exchange copy 0 sees state 1 with its own energy, E[0, 1]",
        0.535: "Copy 1 has a landscape of its own: E[1, 0] and E[1, 1]",
        0.034: "Rows are landscapes and columns are states: E[c, k]",
        0.048: "Divide energies by temperatures",
        0.091: "The temperatures are missing: divide each energy by that of its copy",
        0.107: "Detailed balance holds so, too, but a larger probability is permitted: one of P, P' is 1",
    }
    hint = f"The probability is 0.119; yours is {p:.3g}"
    assert np.isclose(p, 0.11943297, atol=1e-06), mistakes.get(round(p, 3), hint)


@test_case(points=None, hidden=False)
def test_far_apart(swap_probability):
    """What is sure, and what is all but impossible."""
    import numpy as np

    T = np.array([0.01, 0.02])
    sure = swap_probability(np.array([[40, -40], [-30, 30]]), T)
    assert sure is not None, "Not answered yet? `swap_probability` gives nothing back"
    assert np.isfinite(sure), "Infinite, or not a number: keep the exponent from growing above 0"
    assert sure <= 1, "No probability is above 1: take the smaller of 1 and the ratio of the weights"
    assert np.isclose(sure, 1), "This exchange makes both copies likelier: it is always made"
    never = swap_probability(np.array([[-40, 40], [30, -30]]), T)
    assert 0 <= never < 1e-09, "This exchange costs 80/T_0 + 60/T_1: it is never made"
