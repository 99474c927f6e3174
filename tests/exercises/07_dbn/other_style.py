# Right answers as another student may write them: loops for products and products for loops,
# lists for arrays, numbers as one-element arrays, own code for the library's.
import itertools
import math

import numpy as np


def upside_down(machine):
    W, b_v, b_h = machine
    turned = np.empty((W.shape[1], W.shape[0]))
    for i, j in np.ndindex(*W.shape):
        turned[j, i] = W[i, j]
    return [turned, list(b_h), list(b_v)]


# %%
def log_chance(x, field):
    """Log probability of these bits at these fields."""
    return sum(-math.log1p(math.exp(-f)) if on else -math.log1p(math.exp(f)) for on, f in zip(x, field))


def features(second):
    """Each state of the second machine's visible units with its log probability."""
    W, b_v, b_h = second
    weights = {}
    for h in itertools.product((0, 1), repeat=len(b_v)):
        field = np.dot(h, W) + b_h
        weights[h] = math.exp(np.dot(h, b_v)) * np.prod([1 + math.exp(f) for f in field])
    total = sum(weights.values())
    return {h: math.log(weight / total) for h, weight in weights.items()}


def log_p(first, second, v):
    W, b_v, _ = first
    found = []
    for picture in v:
        p = [
            math.exp(log_chance(picture, np.dot(W, h) + b_v) + prior) for h, prior in features(second).items()
        ]
        found.append([math.log(math.fsum(p))])
    return np.ravel(found)


# %%
def grow(data, sizes, train):
    examples = np.array(data, dtype=float)
    stack = []
    while len(stack) < len(sizes):
        machine = train(examples, sizes[len(stack)])
        stack.append(machine)
        examples = np.array([1 / (1 + np.exp(-machine[2] - machine[0].T @ example)) for example in examples])
    return tuple(stack)


# %%
def bound(first, second, v):
    W, b_v, b_h = (np.asarray(x) for x in first)
    top = rbm.RBM(*second)
    result = []
    for picture in v:
        q = 1 / (1 + np.exp(-(b_h + picture @ W)))
        entropy = -np.sum(q * np.log(q) + (1 - q) * np.log(1 - q))
        mean = 0
        for h in itertools.product((0, 1), repeat=len(q)):
            p = 1 / (1 + np.exp(-(b_v + W @ h)))
            chance = np.prod([a if on else 1 - a for a, on in zip(q, h)])
            below = np.sum(np.log([a if on else 1 - a for a, on in zip(p, picture)]))
            mean += chance * (below + rbm.log_likelihood(top, np.array(h)))
        result.append(mean + entropy)
    return result


# %%
def dream(layers, memory, labels, classes, sweeps, rng):
    W, b_v, b_h = memory
    n, pictures = len(b_v) - classes, []
    for label in labels:
        x = np.zeros(n + classes)
        x[:n] = rng.random(n) < 0.5
        x[n + label] = 1
        for _ in range(sweeps):
            h = rng.binomial(1, expit(x @ W + b_h))
            x[:n] = rng.binomial(1, expit((W @ h + b_v)[:n]))
        state = x[:n]
        for weights, biases in layers[:0:-1]:
            state = rng.binomial(1, expit(weights @ state + biases))
        pictures.append(list(expit(layers[0][0] @ state + layers[0][1])))
    return pictures


# %%
def pca_error(train, test, k):
    m = np.mean(train, axis=0)
    covariance = (train - m).T @ (train - m) / len(train)
    values, vectors = np.linalg.eigh(covariance)
    error = 0.0
    for x in test:
        back = np.array(m, dtype=float)
        for u in vectors.T[::-1][:k]:
            back += np.dot(u, x - m) * u
        error += np.mean((x - back) ** 2) / len(test)
    return [error]


# %%
digits = data.digits()
generator = np.random.default_rng(7)
stacks = list(dbn.greedy(digits.train.v, [64, 4], rng=generator, epochs=10, rate=0.1, batch=20))
start = dbn.autoencoder(stacks[-1].model)
x = digits.train.v
last = list(dbn.fit(start, x, x, rng=generator, epochs=40, rate=0.005, batch=50))[-1].network
linear = pca_error(digits.train.v, digits.test.v, 4)
deep = np.square(dbn.decode(last, dbn.encode(last, digits.test.v)) - digits.test.v).sum() / digits.test.v.size
