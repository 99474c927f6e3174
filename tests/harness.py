"""The one statistical test all samplers go through: a long run against full enumeration."""

import numpy as np
from scipy import stats

from ebm import diagnostics, exact

BLOCKS = 40
MOST_STATES = 2**10  # beyond, states are counted in classes of equal energy and magnetisation
LEVEL = 1e-3  # chance that a right sampler fails, at a seed nobody has tried


def misfit(model, T, samples):
    """Why the samples do not follow e^(-E/T) / Z, or an empty string.

    model : any with W, b and n <= 20 units
    samples : (steps, n) states of one long run, without its start
    """
    truth = exact.boltzmann(model, T)
    visited = exact.index(samples)
    return _wrong_moments(truth, samples) or _wrong_counts(truth, visited)


def _wrong_moments(truth, samples):
    """Means and pair correlations in standard errors, from blocks far longer than the memory of the run."""
    n = samples.shape[1]
    i, j = np.triu_indices(n, 1)
    s = samples[: len(samples) // BLOCKS * BLOCKS].reshape(BLOCKS, -1, n).astype(float)
    pairs = s.transpose(0, 2, 1) @ s / s.shape[1]
    blocks = np.hstack([s.mean(axis=1), pairs[:, i, j]])
    expected = np.concatenate([truth.mean, truth.correlations[i, j]])
    error = blocks.std(axis=0, ddof=1) / np.sqrt(BLOCKS)
    z = np.abs(blocks.mean(axis=0) - expected) / np.maximum(error, 1e-12)
    bound = stats.t.isf(LEVEL / (2 * len(expected)), BLOCKS - 1)
    return f"a moment is {z.max():.1f} standard errors off (bound {bound:.1f})" if z.max() > bound else ""


def _wrong_counts(truth, visited):
    """Chi-square of how often each state, or class, was seen, on visits far enough apart to be independent."""
    stride = max(_memory(truth.energies[visited]), _memory(truth.states.sum(axis=1)[visited]))
    classes = _classes(truth)
    kept = classes[visited[::stride]]
    counts = np.bincount(kept, minlength=classes.max() + 1)
    expected = np.bincount(classes, weights=truth.p) * len(kept)
    common = expected >= 5
    rare = counts[~common].sum(), expected[~common].sum()
    counts, expected = np.append(counts[common], rare[0]), np.append(expected[common], rare[1])
    if rare[1] < 5:
        counts, expected = counts[:-1], expected[:-1] * counts[:-1].sum() / expected[:-1].sum()
    assert len(counts) > 2, "too few states to compare: a longer run, or a higher temperature"
    p = stats.chisquare(counts, expected).pvalue
    return f"state counts have chi-square p = {p:.2g} (stride {stride})" if p < LEVEL else ""


def _classes(truth):
    """A number for each state: its own, or in larger networks that of its energy and magnetisation."""
    if len(truth.p) <= MOST_STATES:
        return np.arange(len(truth.p))
    features = np.column_stack([truth.energies.round(9), truth.states.sum(axis=1)])
    return np.unique(features, axis=0, return_inverse=True)[1].ravel()


def _memory(series):
    """Steps until the autocorrelation of a series falls below 0.01."""
    if series.min() == series.max():
        return 1
    forgotten = diagnostics.autocorrelation(series)[: len(series) // 10] < 0.01
    assert forgotten.any(), "the run is too short for its memory: more steps, or a higher temperature"
    return int(np.argmax(forgotten)) + 1
