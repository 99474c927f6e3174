from otter.test_files import test_case

OK_FORMAT = False

name = "q5"
points = 4
all_or_nothing = True


@test_case(points=None, hidden=False)
def test_four_points(pca_error):
    """Training points along a line that does not go through 0, and two test points beside it."""
    import numpy as np

    assert callable(pca_error), "There is no function `pca_error`: run the cell that defines it"
    train = np.array([[4.0, 1, 0], [4, 3, 0], [4, 5, 0], [4, 7, 1]])
    error = pca_error(train, np.array([[5.0, 2, 0], [3, 9, 2]]), 1)
    assert error is not None, "Not answered yet? `pca_error` gives nothing back"
    assert np.size(error) == 1, "One number: the mean over all test digits and units"
    error = np.asarray(error, dtype=float).item()
    mistakes = [
        (
            3.547849,
            "Subtract the mean of the training digits first: directions of variation are about the mean",
        ),
        (
            5.354167,
            "Those are the directions of least variation: np.linalg.eigh lists the smallest eigenvalue first",
        ),
        (0.0, "The components come from the training digits: here they were fitted to the test digits"),
        (1.479276, "That is a sum over the units: take the mean over digits and units"),
        (2.958552, "That is the sum over digits and units: take the mean"),
        (0.702205, "That is the root of it: the mean of the squares is asked for"),
    ]
    hint = f"Here the error is 0.4931; yours is {error:.4g}"
    for value, mistake in mistakes:
        hint = mistake if np.isclose(error, value, rtol=0, atol=1e-05) else hint
    assert np.isclose(error, 0.493092, rtol=0, atol=1e-05), hint


@test_case(points=None, hidden=False)
def test_linear_and_deep(linear, deep):
    """The numbers read off: codes of four numbers."""
    import numpy as np

    missing = [x is None or x is Ellipsis for x in (linear, deep)]
    assert not any(missing), "Not answered yet: `linear` and `deep` are still `...`"
    assert np.size(linear) == 1 and np.size(deep) == 1, "`linear` and `deep` are one number each"
    linear, deep = (np.asarray(linear, dtype=float).item(), np.asarray(deep, dtype=float).item())
    assert abs(linear - 0.0382) < 0.0003, f"Four components leave an error of 0.0382; yours is {linear:.3g}"
    early = "That is the stack before back-propagation: take `tuned.network`, not the one from `grown`"
    assert not 0.05 < deep < 0.09, early
    assert deep < 1, "That is a sum over the units: take the mean over digits and units"
    assert 0.015 < deep < 0.037, f"The tuned autoencoder's error should be near 0.027; yours is {deep:.3g}"
