# loses: q4
# hint: Stopped with 1 of 4 dominoes down: go on until a sweep flips nothing


def recall(W, b, s, order, sweep=None):
    s = s.copy()
    sweep(W, b, s, order)
    return s
