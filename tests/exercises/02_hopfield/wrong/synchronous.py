# loses: q3
# hint: Update one unit at a time: unit 0 must see the new unit 1


def sweep(W, b, s, order):
    against = s * (W @ s + b) < 0
    s[against] = -s[against]
    return against.sum()
