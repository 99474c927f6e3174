# loses: q2
# hint: Pass up the probabilities of the hidden units, not states of 0 and 1


def grow(data, sizes, train):
    machines, x = [], data
    for n_h in sizes:
        machines.append(train(x, n_h))
        x = (x @ machines[-1][0] + machines[-1][2] > 0).astype(int)
    return machines
