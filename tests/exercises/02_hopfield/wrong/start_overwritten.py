# loses: q4
# hint: The start has been overwritten: sweep a copy of it


def recall(W, b, s, order, sweep=None):
    for _ in range(100):
        if sweep(W, b, s, order) == 0:
            break
    return s
