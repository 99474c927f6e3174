"""The two halves of the still figure of `rbm`: receptive fields, and the curve of the log-likelihood."""

import numpy as np

from ebm import plot


def fields(ax, W):
    """A square of weights for each hidden unit, with its numbers; W is (side^2, 4)."""
    largest, side = np.abs(W).max() or 1.0, round(len(W) ** 0.5)
    for j, field in enumerate(np.transpose(W)):
        left, top = (j % 2) * (side + 1), (j // 2) * (side + 1)
        edges = left + np.arange(side + 1), top + np.arange(side + 1)
        look = {"cmap": plot._WEIGHTS, "vmin": -largest, "vmax": largest, "rasterized": True}
        ax.pcolormesh(*edges, field.reshape(side, side), **look)
        for i, w in enumerate(field):
            text = f"{w:+.1f}".replace("-", "\u2212")
            colour = "white" if abs(w) > 0.6 * largest else "black"
            place = left + i % side + 0.5, top + i // side + 0.5
            ax.text(*place, text, color=colour, ha="center", va="center", fontsize=7)
    ax.set(xlim=(0, 2 * side + 1), ylim=(2 * side + 1, 0), aspect="equal")
    ax.set_axis_off()


def curve(ax, points, best, last):
    """The log-likelihood of points [epoch, error, log-likelihood], up to the last epoch there can be."""
    epochs, _, logs = np.reshape(points, (-1, 3)).T
    ax.plot(epochs, logs, marker="")
    ax.axhline(best, linestyle="--", color="0.35", linewidth=1)
    ax.text(1.2, best + 0.15, "best possible", fontsize=8)
    ax.set(xscale="log", xlim=(1, last), ylim=(-8, 0), xlabel="epochs", ylabel="log-likelihood")
