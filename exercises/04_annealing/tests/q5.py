from otter.test_files import test_case

OK_FORMAT = False

name = "q5"
points = 4
all_or_nothing = True


@test_case(points=None, hidden=False)
def test_a_glass_of_eight(count_hits):
    """2000 runs of six sweeps on a small glass."""
    import numpy as np
    from ebm import annealing, exact

    assert callable(count_hits), "There is no function `count_hits`: run its cell"
    glass = annealing.sherrington_kirkpatrick(8, rng=np.random.default_rng(9))
    floor = exact.ground_states(glass).energy
    found = count_hits(glass, floor, 6, 2000, np.random.default_rng(1))
    assert found is not None, "Not answered yet? `count_hits` gives nothing back"
    assert np.size(found) == 1, "Return one number: how many runs end at the floor"
    again = count_hits(glass, floor, 6, 2000, np.random.default_rng(1))
    assert found == again, "The same rng gave two results: draw from the given `rng` only"
    found = np.asarray(found, dtype=float).item()
    assert found == 0 or found > 1, "That is a share: return the number of runs"
    few = "Rounding: some of these energies are a hair above `floor`. Count what is below floor + 1e-9"
    assert found > 20, few
    mistake = "Too few: is the schedule `annealing.geometric`, from 2.0 to 0.2?"
    hint = f"About 1320 of 2000 runs of six sweeps end at the floor; yours: {found:.0f}"
    assert 1190 < found < 1450, mistake if 950 < found < 1145 else hint


@test_case(points=None, hidden=False)
def test_measurement(hits, best):
    """The numbers read off: six lengths, 2000 runs of each."""
    import numpy as np

    missing = [x is None or x is Ellipsis for x in (hits, best)]
    assert not any(missing), "Not answered yet: `hits` and `best` are still `...`"
    hits = np.asarray(hits, dtype=float).ravel()
    assert hits.shape == (6,), "`hits` are six counts, one for each length"
    assert not np.all(hits <= 1), "Those are shares: `hits` are counts, of 2000 runs each"
    wanted = np.array([36, 181, 422, 663, 910, 1199])
    hint = f"The counts should be near {wanted}; yours are {hits}"
    assert np.all(np.abs(hits - wanted) < 6 * np.sqrt(wanted)), hint
    best = np.asarray(best, dtype=float).item()
    assert best in (4, 8, 16, 32, 64, 128), "`best` is one of the six lengths"
    surest = "The longest runs succeed most often, but what do they cost? Compare times, not shares"
    assert best != 128, surest
    times = np.array([4, 8, 16, 32, 64, 128]) / -np.log1p(-hits / 2000)
    hint = "Not the shortest of the times that your hits give: t ln 0.01 / ln(1 - p)"
    assert best == [4, 8, 16, 32, 64, 128][np.argmin(times)], hint
