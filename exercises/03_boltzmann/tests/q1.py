from otter.test_files import test_case

OK_FORMAT = False

name = "q1"
points = 3
all_or_nothing = True


@test_case(points=None, hidden=False)
def test_three_states(distribution):
    """Three states of energies 0, 1 and 3 at T = 2."""
    import numpy as np

    assert callable(distribution), "There is no function `distribution`: run the cell that defines it"
    answer = distribution(np.array([0.0, 1.0, 3.0]), 2.0)
    assert answer is not None, "Not answered yet? `distribution` gives nothing back"
    two = isinstance(answer, tuple | list) and len(answer) == 2
    assert two, "Return two things, the probabilities and log Z: `return p, log_Z`"
    p, log_Z = answer
    assert np.shape(p) == (3,), f"Three states have three probabilities; the shape is {np.shape(p)}"
    assert np.size(log_Z) == 1, "log Z is one number, not an array"
    p, log_Z = (np.asarray(p, dtype=float), np.asarray(log_Z, dtype=float).item())
    mistakes = {
        0.1402: "A high energy should make a state unlikely: look at the sign in the exponent",
        0.7054: "Where is the temperature? A weight is e^(-E/T)",
        0.8789: "Energies are divided by T, not multiplied",
        1.0: "These are the weights: divide them by their sum, so that they add up to 1",
        -0.6041: "That is log p: the probabilities themselves are asked for",
    }
    hint = f"The state of energy 0 has the probability 0.5465; yours is {p[0]:.4f}"
    right = np.allclose(p, [0.546549, 0.331499, 0.121952], rtol=0, atol=1e-05)
    assert right, mistakes.get(round(float(p[0]), 4), hint)
    mistakes = {
        1.8297: "That is Z itself: its logarithm is asked for",
        -0.6041: "Z is a sum of positive weights: look at the sign of its logarithm",
        -1.2083: "That is the free energy -T log Z: log Z itself is asked for",
        0.2624: "That is a logarithm to the base 10: take the natural one",
    }
    hint = f"For the energies 0, 1 and 3 at T = 2, log Z is 0.6041; yours is {log_Z:.4f}"
    assert np.isclose(log_Z, 0.6041306, rtol=0, atol=1e-05), mistakes.get(round(log_Z, 4), hint)


@test_case(points=None, hidden=False)
def test_far_from_zero(distribution):
    """The same states, measured from another zero."""
    import numpy as np

    for zero in (-5000.0, 5000.0):
        with np.errstate(all="ignore"):
            answer = distribution(zero + np.array([0.0, 1.0, 3.0]), 2.0)
        assert answer is not None, "Not answered yet? `distribution` gives nothing back"
        if len(answer) != 2 or np.shape(answer[0]) != (3,) or np.size(answer[1]) != 1:
            return
        p, log_Z = (np.asarray(answer[0], dtype=float), np.asarray(answer[1], dtype=float).item())
        overflow = "e^(-E/T) is too large or too small for a number: measure energies from the lowest"
        assert np.all(np.isfinite(p)) and np.isfinite(log_Z), overflow
        back = "log Z knows the zero of the energy: what you took off the energies has to come back into it"
        assert abs(log_Z) > 100, back
        sign = "log Z falls by E_0 / T if all energies rise by E_0: look at the sign of what comes back"
        assert log_Z * zero < 0, sign
        assert abs(log_Z + zero / 2) < 10, "What comes back into log Z is E_0 / T: is it divided by T?"
