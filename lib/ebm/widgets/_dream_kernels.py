"""The kernels of a deep belief network that dreams: its memory, the way down to a picture and up again."""

import numpy as np

from ebm import random
from ebm._kernel import kernel
from ebm.maths import exp, log, sigmoid
from ebm.rbm.sampling import _draw_h, _draw_v


@kernel
def _coins(words, on):
    """Units that are on with probability 1/2."""
    for i in range(len(on)):
        on[i] = 1 if random.uniform(words) < 0.5 else 0


@kernel
def _name(k, labels):
    """Switch on label unit k and no other."""
    for j in range(len(labels)):
        labels[j] = 1 if j == k else 0


@kernel
def _label_chances(W, b, h, T, p):
    """p(label | h) of label units of which one is on: a softmax of their fields / T."""
    highest = -np.inf
    for k in range(len(p)):
        field = b[k]
        for j in range(len(h)):
            field += W[k, j] * h[j]
        p[k] = field / T
        highest = max(highest, p[k])
    _share_out(p, highest)


@kernel
def _share_out(p, highest):
    """e^(p - highest), divided by its sum, in place."""
    total = 0.0
    for k in range(len(p)):
        p[k] = exp(p[k] - highest)
        total += p[k]
    for k in range(len(p)):
        p[k] /= total


@kernel
def _remember(W, b_x, b_h, W_labels, b_labels, held, T, words, x, labels, h, p_h, p_labels):
    """A sweep of the memory: the top given features and label, then these given the top.

    held : a label that is kept on, or -1 for none
    """
    if held >= 0:
        _name(held, labels)
    for j in range(len(h)):
        field = b_h[j]
        for i in range(len(x)):
            field += x[i] * W[i, j]
        for k in range(len(labels)):
            field += labels[k] * W_labels[k, j]
        p_h[j] = sigmoid(field / T)
        h[j] = 1 if random.uniform(words) < p_h[j] else 0
    _draw_v(W, b_x, h, T, words, x)
    _label_chances(W_labels, b_labels, h, T, p_labels)
    if held < 0:
        below, share = random.uniform(words), p_labels[0]
        k = 0
        while below >= share and k < len(labels) - 1:
            k += 1
            share += p_labels[k]
        _name(k, labels)


@kernel
def _infer(W, b, below, p):
    """p(above | below), for units or their probabilities."""
    for j in range(len(p)):
        field = b[j]
        for i in range(len(below)):
            field += below[i] * W[i, j]
        p[j] = sigmoid(field)


@kernel
def _read(W, b_h, W_labels, b_labels, x, p):
    """p(label | features), by the free energy of the memory with each label in turn."""
    for k in range(len(p)):
        p[k] = b_labels[k]
    for j in range(len(b_h)):
        field = b_h[j]
        for i in range(len(x)):
            field += x[i] * W[i, j]
        for k in range(len(p)):
            saved = field + W_labels[k, j]
            p[k] += max(saved, 0.0) + log(1.0 + exp(-abs(saved)))
    highest = p[0]
    for k in range(1, len(p)):
        highest = max(highest, p[k])
    _share_out(p, highest)


@kernel
def _shade(p, shades):
    """Grey levels from 0 to 255, halves up."""
    for i in range(len(p)):
        shades[i] = int(p[i] * 255 + 0.5)


@kernel
def _begin(words, held, x, labels, h):
    """A memory with nothing in mind: features and top by coins, and any label if none is held."""
    _coins(words, x)
    _coins(words, h)
    _name(held if held >= 0 else random.below(words, len(labels)), labels)


@kernel
def _scaled(whole, scale, W):
    """Weights from whole numbers."""
    for k in range(len(W)):
        W[k] = whole[k] * scale


_A, _B, _W, _WORDS = "int8[::1]", "float64[::1]", "float64[:, ::1]", "uint64[::1]"
KERNELS = {
    "scaled": (_scaled, f"void({_A}, float64, {_B})"),
    "begin": (_begin, f"void({_WORDS}, int64, {_A}, {_A}, {_A})"),
    "remember": (
        _remember,
        f"void({_W}, {_B}, {_B}, {_W}, {_B}, int64, float64, {_WORDS}, {_A}, {_A}, {_A}, {_B}, {_B})",
    ),
    "down": (_draw_h, f"void({_W}, {_B}, {_A}, float64, {_WORDS}, {_B}, {_A})"),
    "label_chances": (_label_chances, f"void({_W}, {_B}, {_A}, float64, {_B})"),
    "means": (_infer, f"void({_W}, {_B}, {_A}, {_B})"),
    "infer": (_infer, f"void({_W}, {_B}, {_B}, {_B})"),
    "read": (_read, f"void({_W}, {_B}, {_W}, {_B}, {_B}, {_B})"),
    "shade": (_shade, f"void({_B}, uint8[::1])"),
}
