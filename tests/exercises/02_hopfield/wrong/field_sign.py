# loses: q3
# hint: The field pulls a unit towards its own sign: look at the sign


def sweep(W, b, s, order):
    flips = 0
    for i in order:
        if s[i] * (W[i] @ s + b[i]) > 0:
            s[i] = -s[i]
            flips += 1
    return flips
