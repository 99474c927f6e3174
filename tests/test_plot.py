"""The drawings: what lands on the axes, and a style that can be read by all and in the dark."""

import matplotlib
import numpy as np
import pytest
from matplotlib.colors import rgb_to_hsv, to_rgb, to_rgba
from matplotlib.figure import Figure

from ebm import data, plot


@pytest.fixture
def ax():
    return Figure().subplots()


def colours(ax, k=0):
    """What the cells of picture k are painted with, row by row from the top."""
    picture = ax.collections[k]
    return [tuple(colour) for colour in picture.to_rgba(picture.get_array().ravel())]


def luminance(colour):
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    return np.dot(linear, [0.2126, 0.7152, 0.0722])


def contrast(one, other):
    low, high = sorted([luminance(one), luminance(other)])
    return (high + 0.05) / (low + 0.05)


@pytest.fixture
def style():
    with matplotlib.rc_context():
        plot.style()
        yield matplotlib.rcParams


def test_ink_is_dark_paper_is_light(ax):
    assert plot.spins(data.letters("L", "3x3")[0], (3, 3), ax) is ax
    found = colours(ax)
    paper, ink = found[1], found[0]
    assert contrast(ink, paper) > 4.5
    assert [c == ink for c in found] == [bool(s > 0) for s in data.letters("L", "3x3")[0]]


def test_wrong_cells_keep_their_lightness_and_turn_orange(ax):
    plot.spins([1, -1, 1, -1], (1, 4), ax, against=[1, -1, -1, 1])
    ink, paper, too_much, missing = colours(ax)
    assert len({ink, paper, too_much, missing}) == 4
    for wrong in (too_much, missing):
        hue = rgb_to_hsv(wrong[:3])[0] * 360
        assert 15 < hue < 45
    assert luminance(too_much) < luminance(missing)


def test_pictures_stand_side_by_side_without_touching(ax):
    plot.spins(data.letters("TLO", "3x3"), (3, 3), ax, labels=["T", "L", "O"])
    assert len(ax.collections) == 3
    spans = [(c.get_coordinates()[..., 0].min(), c.get_coordinates()[..., 0].max()) for c in ax.collections]
    assert spans == [(0, 3), (4, 7), (8, 11)]
    assert ax.get_xlim() == (0, 11)
    assert [t.get_text() for t in ax.get_xticklabels()] == ["T", "L", "O"]


def test_the_first_row_is_on_top(ax):
    plot.spins(data.letters("T", "5x7"), data.SHAPES["5x7"], ax)
    bottom, top = ax.get_ylim()
    assert (bottom, top) == (7, 0)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"s": [1, 0, 1, 1]}, "s holds 0"),
        ({"s": [1, 1, 1]}, r"s has shape \(3,\)"),
        ({"against": [1, 1, 1]}, r"against has shape \(3,\)"),
        ({"against": [[1, 1, 1, 1]] * 2}, "against holds 2 states; wanted 1"),
        ({"labels": ["a", "b"]}, "labels holds 2 texts; wanted 1"),
    ],
)
def test_spins_names_what_does_not_fit(ax, arguments, message):
    given = {"s": [1, 1, -1, 1], "shape": (2, 2), "ax": ax} | arguments
    with pytest.raises(ValueError, match=message):
        plot.spins(**given)


def test_weights_of_opposite_sign_are_as_far_from_white(ax):
    assert plot.weights([[0, 0.2], [0.2, -0.5]], ax) is ax
    image = ax.images[0]
    assert image.get_clim() == (-0.5, 0.5)
    assert to_rgba(plot.BLUE) == pytest.approx(image.cmap(1.0), abs=0.01)
    assert to_rgba(plot.ORANGE) == pytest.approx(image.cmap(0.0), abs=0.01)


def test_weights_of_nothing(ax):
    plot.weights(np.zeros((2, 2)), ax)
    assert ax.images[0].get_clim() == (-1, 1)


@pytest.mark.parametrize("W", [[1, 2], [[np.nan]], [["w"]]])
def test_weights_refuses_what_is_no_matrix(ax, W):
    with pytest.raises((ValueError, TypeError), match="W h"):
        plot.weights(W, ax)


def test_trace_holds_each_energy_until_the_next_flip(ax):
    assert plot.trace([0, -1.5, -2], ax, per="update", label="run") is ax
    line = ax.lines[0]
    assert line.get_xdata().tolist() == [0, 1, 2] and line.get_ydata().tolist() == [0, -1.5, -2]
    assert line.get_drawstyle() == "steps-post" and line.get_label() == "run"
    assert ax.get_xlabel() == "updates" and ax.get_ylabel() == "energy E"


def test_trace_refuses_nan(ax):
    with pytest.raises(ValueError, match="energies holds NaN"):
        plot.trace([0, np.nan], ax)


def test_no_text_under_9_points(style):
    size = style["font.size"]
    assert size >= 9
    for key in ("axes.titlesize", "axes.labelsize", "xtick.labelsize", "ytick.labelsize", "legend.fontsize"):
        assert float(style[key]) >= 9


def test_figures_bring_their_own_opaque_light_panel(style):
    for key in ("figure.facecolor", "axes.facecolor", "savefig.facecolor"):
        assert to_rgba(style[key])[3] == 1 and luminance(style[key]) > 0.9
    assert style["savefig.transparent"] is False


def test_lines_can_be_told_from_the_panel_and_from_each_other_without_colour(style):
    cycle = list(style["axes.prop_cycle"])
    assert len({entry["marker"] for entry in cycle}) == len(cycle)
    assert all(contrast(entry["color"], style["axes.facecolor"]) > 2 for entry in cycle)
    first, second = (rgb_to_hsv(to_rgb(entry["color"]))[0] * 360 for entry in cycle[:2])
    assert 190 < first < 230 and 15 < second < 45, "blue and orange come first"


def test_receptive_fields_are_the_columns_of_W(ax):
    W = np.arange(12.0).reshape(6, 2) - 5
    assert plot.receptive_fields(W, (2, 3), ax) is ax
    assert [(picture.get_array().ravel() == W[:, k]).all() for k, picture in enumerate(ax.collections)] == [
        True,
        True,
    ]
    assert ax.collections[0].get_clim() == (-6, 6)


@pytest.mark.parametrize(
    ("W", "shape", "message"),
    [
        (np.eye(4), (3, 2), r"shape is \(3, 2\); wanted rows \* columns = 4"),
        ([1, 2], (1, 2), "W has shape"),
        ([[np.nan]], (1, 1), "W holds NaN"),
    ],
)
def test_bad_receptive_fields(ax, W, shape, message):
    with pytest.raises(ValueError, match=message):
        plot.receptive_fields(W, shape, ax)


def test_measured_shares_stand_on_the_exact_bars(ax):
    plot.distribution([0.2, 0.8], ax, measured=[0.25, 0.75], error=[0.01, 0.02], labels=["up", "down"])
    assert [bar.get_height() for bar in ax.patches] == [0.2, 0.8]
    (line, *_) = ax.get_lines()
    assert line.get_xydata().tolist() == [[0, 0.25], [1, 0.75]]
    assert [label.get_text() for label in ax.get_xticklabels()] == ["up", "down"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"p": []}, "p has shape"),
        ({"p": [0.5, -0.5]}, "p holds -0.5; wanted an array of K numbers of 0 or more"),
        ({"p": [1.0], "measured": [0.5, 0.5]}, r"measured has shape \(2,\); wanted an array of 1"),
        ({"p": [1.0], "measured": [1.0], "error": [np.nan]}, "error holds NaN"),
        ({"p": [1.0], "labels": ["a", "b"]}, "labels holds 2 texts; wanted 1"),
    ],
)
def test_bad_distributions(ax, arguments, message):
    with pytest.raises(ValueError, match=message):
        plot.distribution(ax=ax, **arguments)
