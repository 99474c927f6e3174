"""Real-valued visible units: the formulas by numerical integration, the sampler, and learning."""

import numpy as np
import pytest
from scipy import integrate, optimize, stats
from scipy.special import logsumexp

from ebm import rbm
from ebm.rbm import gaussian
from ebm.rbm.gaussian import GaussianRBM

TEMPERATURES = [0.5, 1.0, 2.0]


def rng(seed=0):
    return np.random.default_rng(seed)


def machine(n_v=2, n_h=3, seed=0, dtype=np.float64):
    draw = rng(seed)
    parts = (
        draw.normal(size=(n_v, n_h)),
        draw.normal(size=n_v),
        draw.normal(size=n_h),
        draw.uniform(0.5, 2, n_v),
    )
    return GaussianRBM(*(x.astype(dtype) for x in parts))


def formula(model, v, h):
    E = sum((v[i] - model.b_v[i]) ** 2 / (2 * model.sigma[i] ** 2) for i in range(model.n_v))
    for i in range(model.n_v):
        for j in range(model.n_h):
            E -= v[i] / model.sigma[i] * model.W[i, j] * h[j]
    return E - sum(model.b_h[j] * h[j] for j in range(model.n_h))


def test_energy_is_the_formula():
    model = machine(3, 2)
    v, h = rng(1).normal(size=(6, 3)), rng(2).integers(0, 2, (6, 2))
    by_hand = [formula(model, *pair) for pair in zip(v, h, strict=True)]
    assert np.allclose(gaussian.energy(model, v, h), by_hand, atol=1e-12)
    assert gaussian.energy(model, v[0], h[0]) == pytest.approx(by_hand[0])


@pytest.mark.parametrize("T", TEMPERATURES)
def test_free_energy_and_p_h_are_sums_over_the_hidden_units(T):
    model, v = machine(3, 4), rng(1).normal(size=(7, 3))
    h = rbm.states(4)
    E = np.array([[formula(model, x, y) for y in h] for x in v])
    assert np.allclose(gaussian.free_energy(model, v, T), -T * logsumexp(-E / T, axis=1), atol=1e-11)
    weights = np.exp(-(E - E.min()) / T)
    assert np.allclose(
        gaussian.p_h(model, v, T), weights @ h / weights.sum(axis=1, keepdims=True), atol=1e-12
    )


@pytest.mark.parametrize("T", TEMPERATURES)
def test_the_density_integrates_to_one(T):
    model = machine(2, 3)

    def density(y, x):
        return np.exp(gaussian.log_likelihood(model, [x, y], T, log_Z=log_Z))

    log_Z = gaussian.log_Z(model, T)
    assert integrate.dblquad(density, -20, 20, -20, 20, epsabs=1e-6)[0] == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("T", TEMPERATURES)
def test_the_density_is_a_mixture_of_gaussians_of_one_shape(T):
    """p(h) from log Z with all other hidden states forbidden; p(v | h) normal around mean_v."""
    model, v = machine(2, 3), rng(1).normal(size=(9, 2))
    density = np.zeros(9)
    for h in rbm.states(3):
        only = GaussianRBM(model.W, model.b_v, np.where(h, 400.0, -400.0) * T, model.sigma)
        shift = ((np.where(h, 400.0, -400.0) * T - model.b_h) @ h) / T
        share = np.exp(gaussian.log_Z(only, T) - shift - gaussian.log_Z(model, T))
        centre = gaussian.mean_v(model, h)
        density += share * stats.norm.pdf(v, centre, model.sigma * np.sqrt(T)).prod(axis=1)
    assert np.allclose(gaussian.log_likelihood(model, v, T), np.log(density), atol=1e-9)


@pytest.mark.parametrize("T", TEMPERATURES)
def test_samples_follow_the_density(T):
    """Each visible unit against its exact distribution function; a wrong width is found."""
    model = machine(1, 2)
    v, h = gaussian.gibbs(model, np.zeros((20_000, 1)), T, rng=rng(), sweeps=30)
    grid = np.linspace(-30, 30, 200_001)
    cumulative = np.cumsum(np.exp(gaussian.log_likelihood(model, grid[:, None], T))) * (grid[1] - grid[0])

    def cdf(x):
        return np.interp(x, grid, cumulative)

    assert stats.kstest(v[:, 0], cdf).pvalue > 1e-3
    assert stats.kstest(v[:, 0] * 1.05, cdf).pvalue < 1e-3
    wrong, _ = gaussian.gibbs(model, np.zeros((20_000, 1)), 1.3 * T, rng=rng(), sweeps=30)
    assert stats.kstest(wrong[:, 0], cdf).pvalue < 1e-3
    states = rbm.states(2)
    x = states @ model.W.T
    weights = np.exp((states @ model.b_h + x @ (model.b_v / model.sigma) + (x**2).sum(axis=1) / 2) / T)
    assert np.abs(h.mean(axis=0) - weights @ states / weights.sum()).max() < 5 * 0.5 / np.sqrt(20_000)


def test_samples_of_one_layer():
    model, T = machine(3, 2), 1.6
    h = np.tile([1, 0], (40_000, 1))
    v = gaussian.sample_v(model, h, T, rng=rng())
    assert np.abs(v.mean(axis=0) - gaussian.mean_v(model, [1, 0])).max() < 5 * 2 * np.sqrt(T / 40_000)
    assert np.allclose(v.std(axis=0), model.sigma * np.sqrt(T), rtol=0.03)
    drawn = gaussian.sample_h(model, np.tile([1.0, 0.0, -1.0], (40_000, 1)), T, rng=rng())
    assert np.abs(drawn.mean(axis=0) - gaussian.p_h(model, [1.0, 0.0, -1.0], T)).max() < 5 * 0.5 / 200


@pytest.mark.parametrize(("n_v", "n_h"), [(1, 1), (2, 3), (5, 2)])
def test_gradient_is_the_slope_of_the_mean_log_likelihood(n_v, n_h):
    model, data, step = machine(n_v, n_h), rng(1).normal(size=(6, n_v)), 1e-5
    found = gaussian.gradient(model, data)

    def changed(name, index, change):
        parts = {name: getattr(model, name).copy() for name in ("W", "b_v", "b_h", "sigma")}
        parts[name][index] += change
        return gaussian.log_likelihood(GaussianRBM(**parts), data).mean()

    for name in ("W", "b_v", "b_h"):
        assert getattr(found, name).shape == getattr(model, name).shape
        for index in np.ndindex(getattr(model, name).shape):
            slope = (changed(name, index, step) - changed(name, index, -step)) / (2 * step)
            assert getattr(found, name)[index] == pytest.approx(slope, abs=1e-8)


def test_gradient_vanishes_where_the_likelihood_is_highest():
    """Uphill by scipy's own means: nothing but the slope leads there, and the slope is 0 at the end."""
    start, data = machine(2, 2), rng(1).normal(size=(300, 2))
    shapes = [(2, 2), (2,), (2,)]

    def unpacked(theta):
        return GaussianRBM(*(x.reshape(s) for x, s in zip(np.split(theta, [4, 6]), shapes, strict=True)))

    def downhill(theta):
        model = unpacked(theta)
        slope = np.concatenate([x.ravel() for x in gaussian.gradient(model, data)])
        return -gaussian.log_likelihood(model, data).mean(), -slope

    theta = np.concatenate([x.ravel() for x in (start.W, start.b_v, start.b_h)])
    end = optimize.minimize(downhill, theta, jac=True, method="BFGS")
    assert end.fun < downhill(theta)[0] - 0.1
    assert np.abs(np.concatenate([x.ravel() for x in gaussian.gradient(unpacked(end.x), data)])).max() < 1e-4


def test_an_update_has_the_right_mean():
    """With chains that have settled a PCD update is the gradient, scaled data and all."""
    model, data = machine(2, 2), rng(1).normal(size=(5, 2))
    record = next(gaussian.pcd(model, data, rng=rng(), epochs=1, rate=1, k=40, chains=100_000))
    slope = gaussian.gradient(model, data)
    for name, scale in (("W", 1), ("b_v", model.sigma**2), ("b_h", 1)):
        change = getattr(record.model, name) - getattr(model, name)
        assert np.allclose(change, scale * getattr(slope, name), atol=0.03)
    assert (record.model.sigma == model.sigma).all()

    h = rbm.states(2)
    x = h @ model.W.T
    p = np.exp(h @ model.b_h + x @ (model.b_v / model.sigma) + (x**2).sum(axis=1) / 2)
    mean = (p / p.sum()) @ gaussian.mean_v(model, h)
    assert np.abs(record.v.mean(axis=0) - mean).max() < 5 * 3 / np.sqrt(100_000)


def clouds(seed=0):
    centres = np.array([[-2.0, -2.0], [2.0, -2.0], [-2.0, 2.0], [2.0, 2.0]])
    draw = rng(seed)
    return centres[draw.integers(0, 4, 1000)] + draw.normal(0, 0.6, (1000, 2))


@pytest.mark.parametrize(
    ("learn", "more"), [(gaussian.cd, {"k": 3}), (gaussian.pcd, {"k": 5})], ids=["CD-3", "PCD"]
)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_four_clouds_are_learned(learn, more, dtype):
    """The best density there is is known: that of the clouds themselves."""
    data, unseen = clouds(0), clouds(1)
    start = GaussianRBM(rng(2).normal(0, 0.1, (2, 4)).astype(dtype), sigma=[0.6, 0.6])
    best = np.mean(
        logsumexp(-((unseen[:, None] - [[-2, -2], [2, -2], [-2, 2], [2, 2]]) ** 2).sum(-1) / 0.72, axis=1)
    )
    best -= np.log(4 * 2 * np.pi * 0.36)
    rate = np.linspace(0.05, 0.0005, 150)
    *_, last = learn(start, data, rng=rng(), epochs=150, rate=rate, batch=50, **more)
    found = gaussian.log_likelihood(last.model, unseen).mean()
    assert gaussian.log_likelihood(start, unseen).mean() < -10 and best - 0.1 < found < best + 0.05
    assert last.model.W.dtype == last.v.dtype == dtype and last.v.shape[1] == 2
    assert last.error < 0.6


MODEL = machine(2, 3)


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        (([[1.0]], [0], [0], [0.0]), "sigma holds 0.0; wanted standard deviations > 0"),
        (([[1.0]], [0], [0], [-1.0]), "sigma holds -1.0"),
        (([[1.0]], [0], [0], [1.0, 2.0]), r"sigma has shape \(2,\)"),
        (([[1.0]], [0], [0], [np.nan]), "sigma holds NaN"),
        (([[1.0]], [0, 0]), r"b_v has shape \(2,\)"),
        (([1.0],), r"W has shape \(1,\)"),
    ],
)
def test_bad_machines(parts, message):
    with pytest.raises(ValueError, match=message):
        GaussianRBM(*parts)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: gaussian.energy(MODEL, [0.0, np.nan], [0, 0, 1]), "v holds NaN"),
        (lambda: gaussian.energy(MODEL, [0.0], [0, 0, 1]), r"v has shape \(1,\); wanted .* \(2,\)"),
        (lambda: gaussian.energy(MODEL, [[0.0, 1.0]], [0, 0, 1]), "wanted one h for each v"),
        (lambda: gaussian.energy(MODEL, [0.0, 1.0], [0, -1, 1]), "h holds -1"),
        (lambda: gaussian.mean_v(MODEL, [0, 0.5, 1]), "h holds 0.5"),
        (lambda: gaussian.p_h(MODEL, [0.0, 1.0], 0), "T is 0.0"),
        (lambda: gaussian.sample_v(MODEL, [0, 0, 1], -1, rng=rng()), "T is -1.0"),
        (lambda: gaussian.gibbs(MODEL, [0.0, 1.0], rng=rng(), sweeps=0), "sweeps is 0"),
        (lambda: gaussian.log_Z(GaussianRBM(np.zeros((1, 21)))), "21 hidden units; wanted at most 20"),
        (lambda: gaussian.gradient(GaussianRBM(np.zeros((1, 21))), [[0.0]]), "wanted at most 20"),
        (lambda: gaussian.gradient(MODEL, [0.0, 1.0]), r"v has shape \(2,\); wanted .* \(batch, 2\)"),
        (lambda: gaussian.log_likelihood(MODEL, [0.0, 1.0], log_Z=np.inf), "log_Z is inf"),
        (lambda: gaussian.cd(MODEL, [[0.0]], rng=rng(), epochs=1, rate=0.1), r"data has shape \(1, 1\)"),
        (lambda: gaussian.cd(MODEL, [[0, np.inf]], rng=rng(), epochs=1, rate=0.1), "data holds NaN or inf"),
        (lambda: gaussian.cd(MODEL, [[0, 1]], rng=rng(), epochs=1, rate=0.1, k=0), "k is 0"),
        (lambda: gaussian.pcd(MODEL, [[0, 1]], rng=rng(), epochs=1, rate=0.1, chains=0), "chains is 0"),
    ],
)
def test_bad_arguments(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_weights_that_grow_beyond_all_bounds_name_the_rate():
    with pytest.raises(ValueError, match="rate is 10.0 in epoch"):
        for _ in gaussian.cd(MODEL, clouds(), rng=rng(), epochs=500, rate=10.0):
            pass
