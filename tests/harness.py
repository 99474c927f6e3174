"""The one statistical test all samplers go through: a long run against full enumeration."""

import numpy as np
from scipy import stats

from ebm import exact

BLOCKS = 40
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
    s = samples.astype(float)
    measured = np.hstack([s, s[:, i] * s[:, j]])
    expected = np.concatenate([truth.mean, truth.correlations[i, j]])
    blocks = measured[: len(s) // BLOCKS * BLOCKS].reshape(BLOCKS, -1, measured.shape[1]).mean(axis=1)
    error = blocks.std(axis=0, ddof=1) / np.sqrt(BLOCKS)
    z = np.abs(blocks.mean(axis=0) - expected) / np.maximum(error, 1e-12)
    bound = stats.t.isf(LEVEL / (2 * len(expected)), BLOCKS - 1)
    return f"a moment is {z.max():.1f} standard errors off (bound {bound:.1f})" if z.max() > bound else ""


def _wrong_counts(truth, visited):
    """Chi-square of how often each state was seen, on visits far enough apart to be independent."""
    stride = _memory(truth.energies[visited])
    kept = visited[::stride]
    counts = np.bincount(kept, minlength=len(truth.p))
    expected = truth.p * len(kept)
    common = expected >= 5
    rare = counts[~common].sum(), expected[~common].sum()
    counts, expected = np.append(counts[common], rare[0]), np.append(expected[common], rare[1])
    if rare[1] < 5:
        counts, expected = counts[:-1], expected[:-1] * counts[:-1].sum() / expected[:-1].sum()
    assert len(counts) > 2, "too few states to compare: a longer run, or a higher temperature"
    p = stats.chisquare(counts, expected).pvalue
    return f"state counts have chi-square p = {p:.2g} (stride {stride})" if p < LEVEL else ""


def _memory(series):
    """Steps until the autocorrelation of a series falls below 0.01."""
    x = series - series.mean()
    power = np.abs(np.fft.rfft(x, 2 * len(x))) ** 2
    autocorrelation = np.fft.irfft(power)[: len(x) // 10]
    return int(np.argmax(autocorrelation < 0.01 * autocorrelation[0])) + 1
