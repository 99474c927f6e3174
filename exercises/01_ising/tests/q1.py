from otter.test_files import test_case

OK_FORMAT = False

name = "q1"
points = 4
all_or_nothing = True


@test_case(points=None, hidden=False)
def test_three_spins(log_Z):
    """Three spins with three couplings, in a field."""
    import numpy as np

    assert callable(log_Z), "There is no function `log_Z`: run the cell that defines it"
    found = log_Z(np.array([1.0, -0.5, 2.0]), 0.4, 1.5)
    assert found is not None, "Not answered yet? `log_Z` gives nothing back"
    assert np.size(found) == 1, "log Z is one number, not an array"
    found = np.asarray(found, dtype=float).item()
    mistakes = {
        3.5663: "The field counts twice: a spin sits on two bonds, so each bond carries half of its share",
        2.9218: "The field counts half: over both of its bonds, a spin must get the whole of B",
        2.8709: "The field is missing: each spin brings a factor e^(B s / T)",
        3.8399: "You sum over both ends of the product; on a ring they are one spin: take the trace",
        2.4001: "That is a chain with open ends: the last bond leads back to the first spin",
        2.6506: "To sum over the spin between two bonds is to multiply matrices (@), not entries (*)",
        3.2395: "Spins that agree along a positive J lower the energy: look at the sign of J",
        4.0107: "Where is the temperature? The weight of a state is e^(-E/T)",
        5.6626: "Energies are divided by T, not multiplied",
        21.4783: "That is Z itself: its logarithm is asked for",
        -4.6006: "That is the free energy -T log Z: log Z itself is asked for",
        3.1336: "Every bond has a matrix of its own: not a power of the first, but a product of all",
        2.8751: "Every bond has a matrix of its own: the mean coupling does not do",
        3.1964: "That is the larger eigenvalue only: on a short ring the other counts too",
        1.0223: "That is log Z per spin: log Z of the whole ring is asked for",
    }
    hint = f"For J = (1, -0.5, 2), B = 0.4 and T = 1.5, log Z is 3.0670; yours is {found:.4f}"
    assert np.isclose(found, 3.0670423, rtol=0, atol=1e-05), mistakes.get(round(found, 4), hint)


@test_case(points=None, hidden=False)
def test_long_ring(log_Z):
    """Two thousand spins: a number with more digits than fit."""
    import numpy as np

    with np.errstate(all="ignore"):
        found = log_Z(np.ones(2000), 0.0, 0.5)
    assert found is not None, "Not answered yet? `log_Z` gives nothing back"
    found = np.asarray(found, dtype=float)
    large = "Z of 2000 spins is too large for a number: divide the product by its largest entry as you go"
    assert np.all(np.isfinite(found)), f"{large}, and add up the logarithms"
    right = np.all(np.isclose(found, 4036.2999, rtol=0, atol=0.001))
    assert right, "For 2000 equal bonds J = 1 at T = 0.5, without a field, log Z is 4036.2999"
