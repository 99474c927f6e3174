# loses: q4
# hint: The noise grows with the root of time: its standard deviation is sqrt(2 T dt)


def step_back(x, t, dt, score, k, T, rng):
    return x + (k * x + 2 * T * score(x, t)) * dt + 2 * T * dt * rng.normal(size=x.shape)
