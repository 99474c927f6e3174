from otter.test_files import test_case

OK_FORMAT = False

name = "q1"
points = 3
all_or_nothing = True


@test_case(points=None, hidden=False)
def test_both_ends(schedule):
    """From 8 to 0.5 in five steps: the number of steps, and the ends."""
    import numpy as np

    assert callable(schedule), "There is no function `schedule`: run the cell that defines it"
    for kind in ("linear", "geometric", "logarithmic"):
        T = schedule(kind, 8, 0.5, 5)
        assert T is not None, "Not answered yet? `schedule` gives nothing back"
        T = np.asarray(T, dtype=float)
        assert T.shape == (5,), f"Five steps are five temperatures, shape (5,); {kind} has {T.shape}"
        assert not np.isclose(T[0], 0.5), f"The {kind} schedule rises: it should fall from T_start"
        assert np.isclose(T[0], 8), f"The {kind} schedule starts at {T[0]:.4g}: T_start comes first"
        gaps = f"The {kind} schedule ends at {T[4]:.4g}: 5 temperatures have 4 gaps between them"
        assert np.isclose(T[4], 0.5), gaps


@test_case(points=None, hidden=False)
def test_between_the_ends(schedule):
    """The second of five temperatures."""
    import numpy as np

    wanted = {"linear": 6.125, "geometric": 4.0, "logarithmic": 1.0723647}
    mistakes = {
        6.125: "T itself falls on a straight line there",
        4.0: "log T against k is a straight line there: the same factor each time",
        1.684: "1/T against k is a straight line there",
        4.77: "T against log k is a straight line there, where it should be 1/T",
        2.424: "log T against log k is a straight line there, where it should be 1/T",
        1.224: "k is counted from 2 there, or log(1 + k) taken: the first step is k = 1",
    }
    for kind, T_2 in wanted.items():
        T = schedule(kind, 8, 0.5, 5)
        assert T is not None, "Not answered yet? `schedule` gives nothing back"
        found = np.asarray(T, dtype=float).ravel()[1]
        hint = f"the second temperature should be {T_2:.4g} and is {found:.4g}"
        for number, mistake in mistakes.items():
            hint = mistake if np.isclose(found, number, atol=0.001) else hint
        assert np.isclose(found, T_2, atol=1e-05), f"In the {kind} schedule: {hint}"
