# loses: q2
# hint: These are fields: a unit is on with probability sigma(field)


def grow(data, sizes, train):
    machines, x = [], data
    for n_h in sizes:
        machines.append(train(x, n_h))
        x = x @ machines[-1][0] + machines[-1][2]
    return machines
