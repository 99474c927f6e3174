from otter.test_files import test_case

OK_FORMAT = False

name = "q4"
points = 4
all_or_nothing = True


@test_case(points=None, hidden=False)
def test_a_thousand_energies(from_sample):
    """A sample at T = 2: 500 times the energy 0, 300 times 1, 200 times 3. And at 1.25?"""
    import numpy as np

    assert callable(from_sample), "There is no function `from_sample`: run the cell that defines it"
    answer = from_sample(np.repeat([0.0, 1.0, 3.0], [500, 300, 200]), 2.0, 1.25)
    assert answer is not None, "Not answered yet? `from_sample` gives nothing back"
    three = np.size(answer) == 3
    assert three, "Return three numbers: `return U, C, U_new`"
    U, C, U_new = (np.asarray(x, dtype=float).item() for x in answer)
    assert np.isclose(U, 0.9), f"The mean of the energies is 0.9; yours is {U:.4g}"
    mistakes = {
        0.645: "The variance is divided by T squared: dU/dT brings a second 1/T",
        1.29: "That is the variance of the energy: C is the variance over T^2",
        0.284: "That has the standard deviation in it: C has its square, the variance",
        0.525: "The square of the mean has to come off the mean of the squares",
        0.826: "C at T is asked for, not at T_new",
        5.16: "The variance is divided by T^2, not multiplied",
    }
    hint = f"C is 0.3225 here; yours is {C:.4g}"
    for wrong, mistake in mistakes.items():
        hint = mistake if abs(C / wrong - 1) < 0.005 else hint
    assert abs(C / 0.3225 - 1) < 0.005, hint
    mistakes = {
        1.3464: "Colder must be lower in energy: look at the sign of 1/T_new - 1/T",
        0.2898: "The sample is distributed as e^(-E/T) already: weigh by what is missing, the ratio of the two",
        0.4347: "The weights know T only: where does T_new come in?",
        0.4662: "Divide by the sum of the weights, not by N",
        466.1873: "A weighted mean is divided by the sum of the weights",
        0.6581: "A straight line is a start, but the weights give more: U_new is their weighted mean of E",
        2.0865: "It is the difference of 1/T that counts, not that of T",
        0.3092: "It is the difference of 1/T that counts, not that of T",
        0.9: "That is U at T: weigh the energies",
    }
    hint = f"At T = 1.25, U is 0.5802; yours is {U_new:.4f}"
    right = np.isclose(U_new, 0.5801528, rtol=0, atol=0.0001)
    assert right, mistakes.get(round(U_new, 4), hint)


@test_case(points=None, hidden=False)
def test_another_zero(from_sample):
    """The same sample with all energies lower by 5000."""
    import numpy as np

    with np.errstate(all="ignore"):
        answer = from_sample(np.repeat([0.0, 1.0, 3.0], [500, 300, 200]) - 5000, 2.0, 1.25)
    assert answer is not None, "Not answered yet? `from_sample` gives nothing back"
    whole = np.size(answer) == 3 and np.all(np.isfinite(np.asarray(answer, dtype=float)))
    overflow = "A weight is too large for a number: take the same energy off all of them, inside the exponent"
    assert whole or np.size(answer) != 3, overflow
