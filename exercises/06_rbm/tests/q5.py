from otter.test_files import test_case

OK_FORMAT = False

name = "q5"
points = 4
all_or_nothing = True


@test_case(points=None, hidden=False)
def test_planted_curve(read_off):
    """Five records of which everything is known: the highest likelihood is at epoch 30."""
    import numpy as np
    from ebm import rbm

    assert callable(read_off), "There is no function `read_off`: run the cell that defines it"
    biases, errors = ([0.0, 2.0, 1.0, -1.0, -3.0], [0.5, 0.3, 0.2, 0.05, 0.1])
    records = [
        rbm.Epoch(10 * k + 10, rbm.RBM(np.zeros((1, 2)), b_v=[b]), error, np.zeros((1, 1), dtype=int))
        for k, (b, error) in enumerate(zip(biases, errors, strict=True))
    ]
    found = read_off(iter(records), np.array([[1], [1], [1], [0]]))
    assert found is not None, "Not answered yet? `read_off` gives nothing back"
    triple = isinstance(found, (tuple, list)) and len(found) == 3 and all((np.size(x) == 1 for x in found))
    assert triple, "Return three numbers: the best epoch, the highest mean, and the last mean"
    best, highest, last = (np.asarray(x, dtype=float).item() for x in found)
    which = {
        40: "That is the epoch of the lowest error of reconstruction: look for the highest likelihood",
        50: "That is the last epoch, or the one of the lowest likelihood: look for the highest",
        2: "That is the place in the list, counted from 0: return `record.epoch`",
        3: "That is the place in the list, counted from 1: return `record.epoch`",
        20: "Compare means of log p(v) over all pictures: not of -F(v), where Z is missing, nor of p(v)",
    }
    hint = f"Here the likelihood is highest at epoch 30; you found {best:.4g}"
    assert best == 30, which.get(best, hint)
    total = "That is the sum over the four pictures: take the mean"
    hint = f"The highest mean log-likelihood is -0.5633 here; yours is {highest:.4g}"
    hint = total if np.isclose(highest, -2.253046, rtol=0, atol=0.0001) else hint
    assert np.isclose(highest, -0.563262, rtol=0, atol=0.0001), hint
    hint = f"The mean at the last record is -2.299; yours is {last:.4g}"
    assert np.isclose(last, -2.298587, rtol=0, atol=0.0001), hint


@test_case(points=None, hidden=False)
def test_two_numbers(best, lost):
    """The numbers read off: eight machines of 9 and 9 units."""
    import numpy as np

    missing = [x is None or x is Ellipsis for x in (best, lost)]
    assert not any(missing), "Not answered yet: `best` and `lost` are still `...`"
    assert np.size(best) == 1 and np.size(lost) == 1, (
        "`best` and `lost` are one number each, means over the machines"
    )
    best, lost = (np.asarray(best, dtype=float).item(), np.asarray(lost, dtype=float).item())
    late = (
        "At the last epochs? The likelihood peaks long before: look for the highest, not for the lowest error"
    )
    assert best < 1200, late
    assert best > 100, "`best` is a number of epochs: a few hundred, not a place in the list"
    assert lost > 0, "`lost` is the highest mean minus the last one, which is lower"
    assert lost < 3.6, "That is too much to lose: the mean over 14 pictures and 8 machines, not a sum"
