"""Small runs that together go through every kernel of the library, compiled or as plain Python.

`test_every_kernel` makes both and compares what they leave behind. As a script it makes the plain ones:
numba's `njit` is replaced before the library is loaded, so that callees are plain too, and each
kernel tells when it is called.
"""

import hashlib
import importlib
import json
import math
import pkgutil

import numpy as np

defined, called = set(), set()


def plain_njit(*given, **settings):
    """In place of numba's: the function itself, which is written down when it is called."""

    def decorate(function):
        name = f"{function.__module__}.{function.__qualname__}"
        defined.add(name)

        def run(*arguments):
            called.add(name)
            return function(*arguments)

        run.py_func = function
        return run

    return decorate(*given) if given else decorate


def modules():
    """Every module of the library."""
    import ebm

    names = [module.name for module in pkgutil.walk_packages(ebm.__path__, "ebm.")]
    return [importlib.import_module(name) for name in names if not name.endswith("__main__")]


def rng(seed=0):
    return np.random.default_rng(seed)


def words(seed=1):
    return rng(seed).integers(0, 2**64, size=4, dtype=np.uint64)


def spins(*shape):
    return rng(2).choice(np.array([-1, 1], dtype=np.int8), size=shape)


def network(n, seed=3):
    W = np.triu(rng(seed).normal(size=(n, n)), 1)
    return W + W.T, rng(seed + 1).normal(size=n)


def left(kernel, *given):
    """What a kernel returns and what it leaves in the arrays that it was handed."""
    return kernel(*given), *(array for array in given if isinstance(array, np.ndarray))


def numbers():
    from ebm import maths, random

    x = np.concatenate([rng().uniform(-710, 711, 200), [0.0, -708.5, 709.9, 5e-324, math.inf, math.nan]])
    own, order = words(), np.arange(30)
    yield [(maths.exp(v), maths.log(v), maths.sigmoid(v)) for v in x]
    yield [random.next_word(own) for _ in range(50)], [random.uniform(own) for _ in range(50)]
    yield [random.below(own, n) for n in (1, 6, 3 * 2**30) for _ in range(50)]
    yield left(random.shuffle, own, order), [random.normal(own) for _ in range(50)], own


def hopfield():
    from ebm import hopfield

    patterns, W = spins(3, 12), np.zeros((12, 12))
    yield left(hopfield._hebb, patterns, W)
    yield left(hopfield._pseudo_inverse, patterns, np.zeros((3, 12)), np.zeros((12, 12)))
    yield left(hopfield._scatter, words(), np.zeros((2, 9), np.int8))
    yield left(hopfield._flip, words(), patterns[0].copy(), np.arange(12), 4)
    yield left(hopfield._pulls, patterns, patterns[1], np.zeros(3))
    model = hopfield.Hopfield(*network(9))
    start = spins(9)
    yield hopfield.energy(model, start), hopfield.field(model, spins(4, 9))
    yield hopfield._is_fixed_point(model.W, model.b, start, 1e-9)
    for path in (
        hopfield.heat_bath(model, start, 0.8, rng=rng(), updates=200),
        hopfield.descend(model, start, rng=rng()),
    ):
        yield path.s, path.energies
    yield hopfield.sample(model, start, 0.8, rng=rng(), sweeps=10)
    yield hopfield.recall(patterns, spins(5, 12), rng=rng()).s
    yield hopfield.recall(patterns, spins(5, 12), at_once=True).s


def dense():
    from ebm import dense

    patterns = spins(5, 12)
    pulls = patterns.astype(float) @ spins(12)
    for degree in (2, 5, math.inf):
        path = dense.descend(dense.Dense(patterns, degree), spins(12), rng=rng())
        yield path.s, path.energies
    for k in (0, 3):
        yield left(dense._shares, pulls, 12, k, np.zeros(5))
    yield left(dense._attend, rng().normal(size=(5, 4)), pulls / 12, 2.0, np.zeros(5), np.zeros(4))


def ising():
    from ebm import ising

    model = ising.Ising((6, 6), J=0.9, B=0.1)
    for order in ("random", "checkerboard"):
        for sampler in (ising.metropolis, ising.heat_bath):
            for record in sampler(model, ising.cold_start(model), 2.1, rng=rng(), sweeps=3, order=order):
                yield record.u, record.m, record.s
    for record in ising.wolff(model, ising.cold_start(model), 2.1, rng=rng(), clusters=5):
        yield record.size, record.u, record.m, record.s
    for small in (model, ising.Ising((5, 3))):
        run = ising.wolff(small, ising.cold_start(small), 2.1, rng=rng(), clusters=8, method="stack")
        yield [(record.size, record.u, record.m, record.s) for record in run]


def lattices():
    """64 spins a word: one lattice in strips that are turned, one in strips that are not, and 65 of them."""
    from ebm import ising
    from ebm.fast import coins, multispin, multispin_field

    for shape, batch in (((4, 6), ()), ((4, 128), ()), ((4, 4), (65,))):
        model, s = ising.Ising(shape), spins(*batch, *shape)
        for sampler in (ising.metropolis, ising.heat_bath):
            run = sampler(model, s, 1.7, rng=rng(), sweeps=2, order="checkerboard", method="multispin")
            yield [(record.u, record.m, record.s) for record in run]
    many = multispin.Lattices(s, shape, rng())
    flip = np.empty((2, 9))
    ising._heat_bath(1.0, 0.0, 1.7, 0, flip)
    rule = multispin._rule(flip, 1.0)
    yield left(
        multispin._sweeps_of_groups,
        many.words,
        many.streams,
        *rule.coins,
        *rule[1:],
        *many.layout[:2],
        1,
    )
    stream = coins.streams(rng(), 1)[0]
    yield coins.toss(stream, *coins.pair([0.3, 0.123])), stream
    ising._metropolis(1.0, 0.3, 1.7, 0, flip)
    rule, rooms = multispin_field.rule_of(flip), coins.room(2, 5)
    multispin_field.sweep(many, flip, 2)
    yield left(
        multispin_field._sweeps_of_groups,
        many.words,
        many.streams,
        rooms,
        *rule.coins,
        np.array(rule.favoured),
        rule.heat_bath,
        *many.layout[:2],
        1,
    )


def exact():
    from ebm import exact, hopfield, ising

    W, b = network(4)
    s = -np.ones(4)
    yield left(exact._gray_energies, W, b, s, W @ s + b, np.zeros(16))
    yield exact.moments(hopfield.Hopfield(W, b), 1.5)
    for periodic in ((True, True), (False, True)):
        glass = ising.spin_glass((4, 5), rng=rng(), periodic=periodic)
        yield exact.lattice(glass, 0.9), exact.lattice_ground_state(glass)


def annealing():
    from ebm import annealing
    from ebm.annealing import schedules
    from ebm.annealing.success import _interval
    from ebm.fast import ladder
    from ebm.widgets import _annealing_networks as page

    model = annealing.sherrington_kirkpatrick(7, rng=rng())
    starts = annealing.random_starts(model, 3, rng=rng())
    for fill, ends in (
        (schedules._linear, (2.0, 0.3)),
        (schedules._geometric, (2.0, 0.3)),
        (schedules._logarithmic, (2.0,)),
    ):
        yield left(fill, *ends, np.zeros(7))
    yield left(_interval, 3, 40, np.zeros(2)), annealing.quench(model, starts, rng=rng())
    for order in ("random", "sequential"):
        yield list(annealing.anneal(model, starts, [2, 1, 0.5], rng=rng(), order=order))
        for method in ("plain", "auto"):
            yield annealing.replica_exchange(
                model, starts, [0.2, 0.5, 1], rng=rng(), sweeps=6, order=order, method=method
            )
    lanes = np.full((4, 2), 0, np.uint64)
    lanes[3] = rng().integers(1, 2**64, 2, dtype=np.uint64)
    yield left(ladder._throw_plainly, lanes, 7, 3, np.zeros(6, np.int64), np.zeros(6))
    yield left(page._deal, words(), np.zeros((3, 4), np.uint64))
    patterns, outcomes = spins(2, 7), np.zeros((2, 3), np.int8)
    yield left(
        page._judge, *network(7), patterns, np.vstack([patterns, spins(7)]), 0.0, np.zeros(2), *outcomes
    )


def many_runs():
    """Annealing 64 runs a word, and tabu search."""
    from ebm import annealing
    from ebm.fast import bonds, descents, glass, limits
    from ebm.hopfield import Hopfield

    model = annealing.spin_glass(4, rng=rng())
    starts = annealing.random_starts(model, 66, rng=rng())
    for order in ("checkerboard", "sequential", "random"):
        for method in ("plain", "multispin")[: 1 + (order != "random")]:
            yield list(
                annealing.anneal(
                    model, starts, [5, 1, 0.3], rng=rng(), order=order, rule="metropolis", method=method
                )
            )
    board = glass.Runs(glass.bonds(model.W, model.b), starts, rng())
    yield left(glass._cool_groups, board.words, board.signs, board.streams, np.array([1.0]), 1)
    graph = bonds.Runs(model.W, 1.0, starts, rng())
    yield left(bonds._cool_groups, graph.words, graph.streams, *graph.graph, np.array([1.0]), 1)
    model = Hopfield(*network(7))
    starts = annealing.random_starts(model, 2, rng=rng())
    for rule in ("metropolis", "heat bath"):
        yield list(annealing.anneal(model, starts, [2, 0.5], rng=rng(), order="sequential", rule=rule))
    s, own = starts.copy(), rng().integers(0, 2**64, size=(2, 4), dtype=np.uint64)
    scratch = np.zeros((2, 7)), np.zeros((2, 7))
    schedule = np.array([1.0, 0.5])
    yield left(limits._on_threads, model.W, s, s @ model.W + model.b, schedule, own, True, 2, *scratch)
    for method in ("plain", "vectors"):
        yield annealing.tabu(model, starts, rng=rng(), steps=30, tenure=2, method=method)
    given = descents.setting(model.W, model.b, starts)
    own = rng().integers(0, 2**64, size=(2, 4), dtype=np.uint64)
    yield left(descents._on_threads, *given, own, 20, 2)


def boltzmann():
    from ebm import boltzmann
    from ebm.boltzmann import Annealed, Persistent
    from ebm.fast import lanes

    for units, off in (("bits", 0), ("spins", -1)):
        model = boltzmann.Boltzmann(*network(5), n_visible=3, units=units)
        data = np.where(np.eye(3) == 1, 1, off)
        for negative in ("exact", Annealed([3, 2, 1.2], 2, 4), Persistent(4, 3)):
            steps = boltzmann.learn(
                model, data, steps=2, rate=0.5, T=1.2, negative=negative, rng=rng(), noise=(0.2, 0.1)
            )
            yield [(step.model.W, step.model.b, step.kl) for step in steps]
        yield boltzmann.distribution(model), boltzmann.log_likelihood(model, data)
        yield boltzmann.gibbs(model, np.full((3, 5), off), rng=rng(), sweeps=5, clamped=[0, 1, 0, 0, 0])
        yield boltzmann.sample(model, np.full(5, off), rng=rng(), sweeps=9, order="sequential")
        yield boltzmann.complete(model, data, [1, 0, 0], rng=rng(), sweeps=2, schedule=[2.0, 1.0])
        for run in (lanes._blocks, lanes._blocks_on_threads):
            s, own = np.full((2, 5), off, np.int8), rng().integers(0, 2**64, (2, 4), dtype=np.uint64)
            scratch = np.zeros((1, 5, lanes.LANES)), np.zeros((1, lanes.LANES))
            yield left(run, model.W, model.b, off, s, np.arange(5), 0.9, own, 2, *scratch)


def many_units():
    """Kernels that take the place of the plain one for few units, many units, and many chains of many."""
    from ebm import boltzmann
    from ebm.boltzmann import sampling
    from ebm.fast import blocks, few, rows

    for units, off in (("bits", 0), ("spins", -1)):
        model = boltzmann.Boltzmann(*network(34), units=units)
        start = np.full((3, 34), off, np.int8)
        for in_order in (0, 1):
            given = model.W, model.b, off, start.copy(), np.arange(34), 2.0
            own, states = rng().integers(0, 2**64, (3, 4), dtype=np.uint64), np.zeros((1, 34), np.int8)
            yield left(rows.chains, *given, own, in_order, 2, states)
        margin = blocks.margins(*given[:3], 2.0)
        yield (
            left(blocks.chains, *given, own, 2, margin),
            left(blocks.chains, *given, own, 1, 0 * margin + 0.4),
        )
        small = boltzmann.Boltzmann(*network(3), units=units)
        yield boltzmann.sample(small, np.full(3, off), rng=rng(), sweeps=40)
        given = small.W, small.b, off, start[:, :3].copy(), np.arange(3), 0.8, own
        yield left(few.chains, *given, 1, 2, sampling._NO_STATES)


def rbm():
    from ebm import rbm
    from ebm.fast import contrast
    from ebm.widgets import _rbm_kernels as page

    model = rbm.initial(6, 3, rng=rng(), scale=1.0, dtype=np.float64)
    v = (spins(4, 6) > 0).astype(np.int8)
    yield rbm.sample(model, np.ones(6), 0.8, rng=rng(), sweeps=20)
    yield [record.model.W for record in rbm.online(model, v, rng=rng(), epochs=2, rate=[0.1, 0.2])]
    for of_type in (np.float32, np.float64):
        yield left(
            contrast.move, *rng().normal(size=(3, 20)).astype(of_type), *map(of_type, (0.1, 0.9, 0.01))
        )
    W, b_v, b_h = model.W.copy(), model.b_v.copy(), model.b_h.copy()
    own, order = words(), np.arange(4)
    yield left(page.forget, own, 0.5, W, b_v, b_h, order)
    units, scratch = (np.zeros(6, np.int8), np.zeros(3, np.int8)), np.zeros((2, 3))
    yield left(page.learn, W, b_v, b_h, v, order, 0.2, own, *units, *scratch, np.zeros(4), np.zeros((2, 2)))
    trip = np.zeros(3), np.zeros(3, np.int8), np.zeros(6), np.zeros(6, np.int8)
    yield left(page.round_trip, W, b_v, b_h, v[0], own, *trip), left(page.corrupt, own, v[0].copy())


def layers():
    """Single precision: layers of 0 and 1, and the weights of annealed chains."""
    from ebm.fast import layers, softplus

    stream, field = layers.stream(rng()), rng().normal(0, 9, 300).astype(np.float32)
    field[:6] = 0, 1e4, -1e4, math.inf, -math.inf, 1e-30
    yield [layers.exp(x) for x in field], softplus.gain(field[6:].reshape(2, 147), 0.4, 0.5)
    p = field.copy()
    yield left(layers.sigmoid, p), left(layers.toss, p, stream, np.zeros_like(p))


def products():
    """Products of 0 and 1, and passes of contrastive divergence made of them."""
    from ebm import rbm
    from ebm.fast import annealed, binary, contrast

    v, W, b = ((rng(k).normal(size=s) > 0).astype(np.float32) for k, s in enumerate([(9, 37), (37, 66), 66]))
    yield binary.Fields(W - np.float32(0.3), b)(v), binary.only(v.ravel())
    across = np.zeros((37, binary.groups(9)), np.uint16)
    yield left(binary.number_transposed, v, across)
    model = rbm.RBM(rng().normal(size=(5, 4)).astype(np.float32))
    theta = [x.copy() for x in (model.W, model.b_v, model.b_h)]
    for chains in (None, 3):
        run = contrast.Passes(theta, [0 * x for x in theta], v[:, :5].copy(), chains, 4, 2, rng())
        yield run(np.arange(9), 0.1, 0.5, 0.01), theta
    chains = annealed.Chains(*theta, theta[1] + np.float32(0.5), rng())
    yield chains.step(0.2, 0.3, v[:, :5].copy())


def diffusion():
    from ebm import _diffuse
    from ebm.widgets import _diffusion_film as page

    means, few, shares = rng().normal(size=(3, 2)), page.TIMES[:4], np.log([0.2, 0.3, 0.5])
    own, film = words(), np.zeros((4, 5, 2))
    yield left(page._develop, means, 0.1, few, own, film)
    for k, way in ((0, 1), (3, -1)):
        yield left(page._shoot, means, shares, 0.1, few, film, k, way, own, np.zeros(3))
    yield left(page._measure, means, 0.1, few[2], film[0], film, 2, np.zeros((2, 3)), np.zeros(5))
    yield left(page._shares, 0.3, np.zeros(2)), left(page._noise, film, own)
    yield left(_diffuse._log_density, means, shares, 0.01, 0.3, film[1], np.zeros(3), np.zeros(5))


def dream():
    from ebm.widgets import _dream_kernels as page

    W, b_x, b_h, W_labels, b_labels = (rng().normal(size=s) for s in [(5, 4), 5, 4, (3, 4), 3])
    own, (x, labels, h) = words(), (np.zeros(n, np.int8) for n in (5, 3, 4))
    for held in (-1, 2):
        yield left(page._begin, own, held, x, labels, h)
        for _ in range(3):
            chances = np.zeros(4), np.zeros(3)
            yield left(
                page._remember, W, b_x, b_h, W_labels, b_labels, held, 1.3, own, x, labels, h, *chances
            )
    yield left(page._infer, W, b_h, x, np.zeros(4))
    yield left(page._read, W, b_h, W_labels, b_labels, rng().random(5), np.zeros(3))
    yield left(page._shade, rng().random(9), np.zeros(9, np.uint8))
    yield left(page._scaled, spins(6), 0.3, np.zeros(6))


def two_phase():
    from ebm.widgets import _two_phase_machine as page

    v, p = page.chosen("bars", None)
    allowed = np.ones((6, 6), np.int8) - np.eye(6, dtype=np.int8)
    one = page.Learner(v, p, 2, allowed)
    own, averages = words(), [np.zeros_like(sums) for sums in one.averages]
    yield left(page._begin, own, allowed, 0.7, one.W, one.b)
    yield left(page._sample, one.W, one.b, v, p, *one.scratch, page.COOLING, 4, own, *averages)
    yield one.exactly(averages), averages, page._norm(allowed, *averages), one.lists
    yield left(page._shares, one.lists[0], 4, np.arange(16), np.zeros(17))
    yield left(page._codes, one.W, one.b, v, one.scratch[0], one.scratch[2], one.lists[1], np.zeros((6, 2)))


def landscape():
    from ebm.experiments import landscape_waiting
    from ebm.widgets import _landscape_kernels as page

    E, valleys = np.zeros(61), np.array([0.2, 0.8, 0.5])
    of, own, counts = np.zeros(61, np.int32), words(), np.zeros(61, np.int32)
    yield left(page.curve, valleys, E), left(page.divide, E, valleys, np.zeros(3, np.int32), of)
    p = np.zeros(61)
    yield left(page.boltzmann, E, 0.5, p), left(page.gather, of, p, 1.0, np.zeros(3))
    yield left(page.barrier, E, of, 12, np.zeros(2, np.int32))
    yield left(page.wander, E, 0.8, 20, own, counts, 200), left(page.roll, E, 25, own, counts, 30)
    yield left(landscape_waiting._wait, E, 2.0, 20, 25, own, counts)


def others():
    from ebm.widgets import _distribution_kernels, _lattice, _neuron

    W, b = network(4)
    energies, p = np.zeros((2, 16))
    yield left(_distribution_kernels.solve, W, b, 0.8, np.zeros(4), np.zeros(4), energies, p, np.zeros(3))
    counts = np.zeros(16, np.int32)
    yield left(
        _distribution_kernels.visit, W, b, spins(4), 0.8, words(), np.zeros(2), p, counts, np.zeros(30)
    )
    yield _distribution_kernels.distance(p, counts, 30), _distribution_kernels.independent(p, 30.0)
    yield left(_lattice._scatter, np.zeros((4, 6), np.int8), words())
    yield _neuron._p_on(0.5, 2.0), left(_neuron._flip, 0.5, 2.0, words(), np.zeros(20, np.int32))
    yield _neuron._standard_error(0.3, 20)


RUNS = (
    numbers,
    hopfield,
    dense,
    ising,
    lattices,
    exact,
    annealing,
    many_runs,
    boltzmann,
    many_units,
    rbm,
    layers,
    products,
    diffusion,
    dream,
    two_phase,
    landscape,
    others,
)


def flat(found):
    """Every number in nested lists, tuples and arrays, as the bytes of a float64 or of a whole number."""
    if isinstance(found, np.ndarray):
        return found.tobytes()
    if isinstance(found, (list, tuple)):
        return b"(" + b",".join(map(flat, found)) + b")"
    if found is None:
        return b"-"
    if isinstance(found, (float, np.floating)):
        return np.float64(found).tobytes()
    return str(int(found)).encode()


def digests(runs=RUNS):
    """What each of the runs leaves behind, moment by moment, in short."""
    with np.errstate(all="ignore"):
        return {run.__name__: [hashlib.sha256(flat(f)).hexdigest()[:16] for f in run()] for run in runs}


if __name__ == "__main__":
    import numba

    numba.njit = plain_njit
    modules()
    found = digests()
    print(json.dumps({"defined": sorted(defined), "called": sorted(called), "digests": found}, indent=0))
