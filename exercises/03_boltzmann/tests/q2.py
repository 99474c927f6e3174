from otter.test_files import test_case

OK_FORMAT = False

name = "q2"
points = 3
all_or_nothing = True


@test_case(points=None, hidden=False)
def test_one_of_three(p_on):
    """The first of three units."""
    import numpy as np

    assert callable(p_on), "There is no function `p_on`: run the cell that defines it"
    W = np.array([[0, 2, -1], [2, 0, 0.5], [-1, 0.5, 0]])
    p = p_on(W, np.array([0.5, -1, 0.25]), np.array([0, 1, 0]), 0, 1.25)
    assert p is not None, "Not answered yet? `p_on` gives nothing back"
    assert np.size(p) == 1, "The probability of one unit is one number, not an array"
    p = np.asarray(p, dtype=float).item()
    mistakes = {
        0.982: "2 field is what a unit of -1 and +1 saves; between 0 and 1 it is half as much: no factor 2",
        0.1192: "That is the probability of being off: look at the sign in the exponent",
        0.9241: "Where is the temperature? It is the energy saved *over T* that counts",
        0.9579: "The energy saved is divided by T, not multiplied",
        0.832: "The bias is part of what a unit saves by being on",
        0.7685: "A bias wants its unit on: look at its sign",
        0.7311: "Each w_ij stands twice in the double sum, so that the 1/2 is used up: no factor 1/2",
        0.9427: "The others are 0 or 1 here: a unit that is off adds nothing to the field",
        0.9963: "The units are 0 or 1 here, not -1 and +1: derive it anew from E(v)",
        2.0: "That is the energy saved over T: the sigmoid of it is asked for",
        1.0: "At T > 0 nothing is certain: a unit follows its field with a probability",
    }
    hint = f"Unit 0 has the field 2.5 and is on with probability 0.8808; yours is {p:.4f}"
    assert np.isclose(p, 0.880797, rtol=0, atol=1e-05), mistakes.get(round(p, 4), hint)
