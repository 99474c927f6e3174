from otter.test_files import test_case

OK_FORMAT = False

name = "q2"
points = 3
all_or_nothing = True


@test_case(points=None, hidden=False)
def test_three_machines(grow):
    """A trainer that writes down what it is given: three machines of 2, 2 and 1 hidden units."""
    import numpy as np

    assert callable(grow), "There is no function `grow`: run the cell that defines it"
    data, given = (np.array([[1, 0], [0, 1], [1, 1]]), [])
    machines = [
        (np.log([[2.0, 3.0], [4.0, 0.5]]), np.array([5.0, 6.0]), np.log([1.0, 2.0])),
        (np.array([[1.0, -1.0], [2.0, 0.0]]), np.zeros(2), np.array([0.0, 1.0])),
        (np.array([[1.0], [1.0]]), np.zeros(2), np.zeros(1)),
    ]

    def train(x, n_h):
        given.append((np.array(x, dtype=float), n_h))
        assert len(given) <= 3, "Three sizes, three machines: `train` was called a fourth time"
        return machines[len(given) - 1]

    found = grow(data, [2, 2, 1], train)
    assert found is not None or given, "Not answered yet? `grow` gives nothing back"
    assert len(given) == 3, f"Three sizes, three machines: `train` was called {len(given)} times"
    asked = [n_h for _, n_h in given]
    assert asked == [2, 2, 1], f"The sizes are 2, 2, 1, from the bottom; `train` was asked for {asked}"
    assert np.array_equal(given[0][0], data), "The first machine learns from the data themselves"
    second = given[1][0]
    mistakes = [
        (data, "The second machine learns from what the first makes of the data, not from the data"),
        (np.log([[2, 6], [4, 1], [8, 3]]), "These are fields: a unit is on with probability sigma(field)"),
        (
            [[2 / 3, 3 / 4], [4 / 5, 1 / 3], [8 / 9, 3 / 5]],
            "The field on a hidden unit is v.W + b_h: is its bias in it?",
        ),
        ([[2 / 3, 6 / 7], [4 / 5, 1 / 2], [8 / 9, 3 / 4]], ""),
    ]
    hint = "The second machine learns from p(h = 1 | v) of the first, one row for each example"
    if np.isin(second, (0, 1)).all() and (not np.array_equal(second, data)):
        hint = "Pass up the probabilities of the hidden units, not states of 0 and 1"
    for values, mistake in mistakes:
        alike = np.shape(values) == second.shape and np.allclose(second, values, rtol=0, atol=1e-07)
        hint = mistake if alike else hint
    assert not hint, hint
    field = np.array(second) @ machines[1][0] + machines[1][2]
    third = "The third machine learns from what the second makes of what the first has found"
    assert np.allclose(given[2][0], 1 / (1 + np.exp(-field)), rtol=0, atol=1e-07), third
    assert found is not None and len(found) == 3, "Return the list of the three machines"
    kept = all(
        (
            np.array_equal(x, y)
            for a, b in zip(found, machines, strict=True)
            for x, y in zip(a, b, strict=True)
        )
    )
    assert kept, "Return the machines as `train` gave them, from the bottom"
