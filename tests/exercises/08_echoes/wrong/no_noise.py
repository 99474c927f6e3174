# loses: q4
# hint: There is no noise, or far too little: add sqrt(2 T dt) z
def step_back(x, t, dt, score, k, T, rng):
    return x + (k * x + 2 * T * score(x, t)) * dt
