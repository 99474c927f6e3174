# loses: q1
# hint: The biases are missing: is there a term b.s?


def energy(W, b, s):
    return -0.5 * s @ W @ s
