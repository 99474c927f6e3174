from otter.test_files import test_case

OK_FORMAT = False

name = "q1"
points = 3
all_or_nothing = True


@test_case(points=None, hidden=False)
def test_two_hidden_units(free_energy):
    """Three visible and two hidden units at T = 2; the fields are 3 and 1."""
    import numpy as np

    assert callable(free_energy), "There is no function `free_energy`: run the cell that defines it"
    W = np.array([[1, -2], [3, 1], [-2, 4]])
    F = free_energy(W, np.array([1, -2, 3]), np.array([-1, 2]), np.array([1, 1, 0]), 2)
    assert F is not None, "Not answered yet? `free_energy` gives nothing back"
    assert np.size(F) == 1, "The free energy of one visible state is one number, not an array"
    F = np.asarray(F, dtype=float).item()
    mistakes = {
        -6.350981: "A visible unit that follows its bias lowers F: look at the sign of b_v.v",
        6.350981: "F is -T times the logarithm: hidden units that may be on lower F. Look at the sign",
        4.350981: "F is -T times the logarithm: look at the sign of the whole",
        -1.67549: "The logarithm is of e^(-F/T): is it multiplied by T?",
        -3.361849: "The temperature is missing: it divides each field, and multiplies the logarithm",
        -7.723698: "Each field is divided by T before it goes into the exponent",
        -5.350981: "The biases of the visible units are missing: is there a term b_v.v?",
        -4.20201: "The field on a hidden unit is v.W + b_h: is its bias in it?",
        -2.928738: "Sum over j outside of the logarithm: each hidden unit has a sum of its own, of two terms",
        -3.191223: "Sum over j outside of the logarithm: it is a product of sums, not a sum of sums",
        -3.0: "That is the lowest energy that v can have, F at T = 0: all hidden states take part",
        -2.075183: "That is the mean energy: F also counts how many hidden states there are",
    }
    hint = f"Here the free energy is -4.351; yours is {F:.4g}"
    assert np.isclose(F, -4.350981, rtol=0, atol=1e-05), mistakes.get(round(F, 6), hint)


@test_case(points=None, hidden=False)
def test_large_field(free_energy):
    """A field of 3000 at T = 1."""
    import numpy as np

    with np.errstate(all="ignore"):
        F = free_energy(np.array([[3000.0]]), np.zeros(1), np.zeros(1), np.array([1]), 1)
    assert F is not None, "Not answered yet? `free_energy` gives nothing back"
    finite = np.size(F) != 1 or np.all(np.isfinite(np.asarray(F, dtype=float)))
    assert finite, "e^3000 is too large for the computer: let np.logaddexp take the logarithm"
