"""What the view of the restricted Boltzmann machine computes, in the page and in Python."""

import numpy as np

from ebm import random
from ebm._kernel import kernel
from ebm.maths import exp, log, sigmoid
from ebm.rbm import sampling, training


@kernel
def _softplus(x):
    """log(1 + e^x), and never an overflow."""
    return x + log(1 + exp(-x)) if x > 0 else log(1 + exp(x))


@kernel
def _log_Z(W, b_v, b_h):
    """log of the sum over all hidden states of e^(b_h.h) times, for each visible unit, 1 + e^field."""
    n_v, n_h = W.shape
    total = -np.inf
    for state in range(1 << n_h):
        term = 0.0
        for j in range(n_h):
            if (state >> j) & 1:
                term += b_h[j]
        for i in range(n_v):
            field = b_v[i]
            for j in range(n_h):
                if (state >> j) & 1:
                    field += W[i, j]
            term += _softplus(field)
        high = max(total, term)
        total = high + log(exp(total - high) + exp(term - high))
    return total


@kernel
def log_likelihoods(W, b_v, b_h, letters, logs):
    """log p(v) of each letter, exactly; their mean."""
    n_v, n_h = W.shape
    log_Z, mean = _log_Z(W, b_v, b_h), 0.0
    for k in range(len(letters)):
        logs[k] = -log_Z
        for i in range(n_v):
            logs[k] += b_v[i] * letters[k, i]
        for j in range(n_h):
            field = b_h[j]
            for i in range(n_v):
                field += letters[k, i] * W[i, j]
            logs[k] += _softplus(field)
        mean += logs[k] / len(letters)
    return mean


@kernel
def error(W, b_v, b_h, letters, p):
    """Mean squared difference, per unit, of the letters and what p(h | v) gives back for them."""
    n_v, n_h = W.shape
    total = 0.0
    for k in range(len(letters)):
        for j in range(n_h):
            field = b_h[j]
            for i in range(n_v):
                field += letters[k, i] * W[i, j]
            p[j] = sigmoid(field)
        for i in range(n_v):
            field = b_v[i]
            for j in range(n_h):
                field += W[i, j] * p[j]
            total += (letters[k, i] - sigmoid(field)) ** 2
    return total / (len(letters) * n_v)


@kernel
def learn(W, b_v, b_h, letters, order, rate, words, v, h, p0, p, logs, measured):
    """len(measured) epochs of CD-1; error and mean log-likelihood after each."""
    for k in range(len(measured)):
        training._cd1_epoch(W, b_v, b_h, letters, order, rate, words, v, h, p0, p)
        measured[k, 0] = error(W, b_v, b_h, letters, p)
        measured[k, 1] = log_likelihoods(W, b_v, b_h, letters, logs)


@kernel
def forget(words, scale, W, b_v, b_h, order):
    """Small random weights, no biases, the letters in order."""
    for i in range(len(b_v)):
        b_v[i] = 0.0
        for j in range(len(b_h)):
            W[i, j] = scale * random.normal(words)
    for j in range(len(b_h)):
        b_h[j] = 0.0
    for k in range(len(order)):
        order[k] = k


@kernel
def round_trip(W, b_v, b_h, v, words, p, h, chances, back):
    """v -> h -> v': p(h | v) and h drawn from it, the chances p(v' | h) and v' drawn from them."""
    sampling._draw_h(W, b_h, v, 1.0, words, p, h)
    for i in range(len(v)):
        field = b_v[i]
        for j in range(len(h)):
            field += W[i, j] * h[j]
        chances[i] = sigmoid(field)
    sampling._draw_v(W, b_v, h, 1.0, words, back)


@kernel
def corrupt(words, v):
    """Turn one unit over, any of them."""
    i = random.below(words, len(v))
    v[i] = 1 - v[i]


_MACHINE = "float64[:, ::1], float64[::1], float64[::1]"
KERNELS = {
    "learn": (
        learn,
        f"void({_MACHINE}, int8[:, ::1], int64[::1], float64, uint64[::1], int8[::1], int8[::1], "
        "float64[::1], float64[::1], float64[::1], float64[:, ::1])",
    ),
    "log_likelihoods": (log_likelihoods, f"float64({_MACHINE}, int8[:, ::1], float64[::1])"),
    "exp": (exp, "float64(float64)"),
    "error": (error, f"float64({_MACHINE}, int8[:, ::1], float64[::1])"),
    "forget": (forget, f"void(uint64[::1], float64, {_MACHINE}, int64[::1])"),
    "round_trip": (
        round_trip,
        f"void({_MACHINE}, int8[::1], uint64[::1], float64[::1], int8[::1], float64[::1], int8[::1])",
    ),
    "corrupt": (corrupt, "void(uint64[::1], int8[::1])"),
}
