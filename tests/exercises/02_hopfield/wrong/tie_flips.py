# loses: q3
# hint: A unit whose field is exactly 0 keeps its state


def sweep(W, b, s, order):
    flips = 0
    for i in order:
        new = 1 if W[i] @ s + b[i] >= 0 else -1
        flips += new != s[i]
        s[i] = new
    return flips
