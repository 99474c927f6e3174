# loses: q4
# hint: Hold the labels in every sweep: left alone, these label units go where they like
import numpy as np
from scipy.special import expit


def dream(layers, memory, labels, classes, sweeps, rng):
    W, b_v, b_h = memory
    n = len(b_v) - classes
    held = np.eye(classes)[np.asarray(labels, dtype=int)]
    x = rng.integers(0, 2, size=(len(held), n))
    for _ in range(sweeps):
        p = expit(np.hstack([x, held]) @ W + b_h)
        h = rng.random(p.shape) < p
        x = rng.random(x.shape) < expit(h @ W[:n].T + b_v[:n])
        held = rng.random(held.shape) < expit(h @ W[n:].T + b_v[n:])
    for W, b in reversed(layers):
        p = expit(x @ W.T + b)
        x = rng.random(p.shape) < p
    return p
