# loses: q2
# hint: The second machine learns from what the first makes of the data, not from the data


def grow(data, sizes, train):
    return [train(data, n_h) for n_h in sizes]
