# loses: q1
# hint: Each pair is counted twice in s.W.s: is there a factor 1/2?


def energy(W, b, s):
    return -s @ W @ s - b @ s
