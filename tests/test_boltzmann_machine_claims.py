"""What the experiments on Boltzmann machines measure is what they say: beside the slow way."""

from itertools import combinations

import numpy as np
import pytest

from ebm import boltzmann, data
from ebm.experiments import boltzmann_cost, boltzmann_learning, encoder_recall, encoders, shifter


def rng(seed=0):
    return np.random.default_rng(seed)


# The gradient, teachers, parity.


@pytest.mark.parametrize("n", [3, 4, 5])
def test_parity_looks_like_coins_to_units_and_pairs(n):
    v = boltzmann_learning.even_states(n)
    assert len(v) == 2 ** (n - 1) and not (v.sum(axis=1) % 2).any()
    assert (v.mean(axis=0) == 0.5).all()
    assert all((v[:, i] * v[:, j]).mean() == 0.25 for i, j in combinations(range(n), 2))
    triples = [v[:, list(c)].prod(axis=1).mean() for c in combinations(range(n), 3)]
    assert (np.array(triples) == 0.125).all() is np.bool_(n > 3)


def test_parity_stays_at_log_2_without_hidden_units_and_not_with():
    v = boltzmann_learning.even_states(4)
    assert boltzmann_learning.final_kl(v, None, 0, 1000, 0.5, rng=rng()) == pytest.approx(np.log(2), abs=1e-6)
    assert boltzmann_learning.final_kl(v, None, 4, 3000, 0.5, rng=rng()) < 0.3


def test_differences_and_averages_give_one_gradient_and_notice_another():
    model = boltzmann.initial(3, 2, rng=rng(), scale=1.0)
    v, p = np.eye(3, dtype=np.int8), np.array([0.5, 0.3, 0.2])
    finite = boltzmann_learning.finite_differences(model, v, p)
    exactly = boltzmann_learning.packed(boltzmann.gradient(model, v, p))
    assert finite == pytest.approx(exactly, abs=1e-8)
    assert abs(finite - boltzmann_learning.packed(boltzmann.gradient(model, v, p[::-1]))).max() > 0.01


def ratios(machines):
    return np.array([boltzmann_learning.gradient_errors(rng=rng(k))["ratio"] for k in range(machines)])


def test_sampled_gradients_scatter_about_the_exact_one_and_a_hasty_cooling_is_noticed(monkeypatch):
    good = ratios(12)
    assert abs(good.mean() - 1) < 4 * good.std(ddof=1) / np.sqrt(len(good))
    monkeypatch.setattr(boltzmann_learning, "_COOLING", (8.0,))
    hasty = ratios(12)
    assert hasty.min() > good.max()


def test_results_are_summed_up():
    kinds = {
        "gradient": [{"finite": 1e-9, "ratio": 0.5}, {"finite": 3e-9, "ratio": 1.5}],
        "teacher": [1e-9, 4e-9],
        "parity 0": [0.69, 0.6931],
        "parity 4": [0.3, 0.1],
    }
    found = [({"what": what}, result) for what, results in kinds.items() for result in results]
    summary = boltzmann_learning.summarise(found)
    values = {key: summary[key].value for key in summary if key != "parities"}
    assert values == {
        "finite": 3e-9,
        "ratio": 1.0,
        "teacher": 4e-9,
        "parity_visible": 0.69,
        "parity_hidden": 0.1,
    }
    assert summary["ratio"].error == pytest.approx(0.5)


# The encoders.


def test_a_code_is_the_likeliest_state_of_the_hidden_units():
    *_, last = encoders.learning(4, 3, 60, rng=rng())
    patterns = data.encoder(4)
    for pattern, code in zip(patterns, encoders.codes(last.model, patterns), strict=True):
        s, clamped = np.append(pattern, [0, 0, 0]), np.append(np.ones(8, dtype=int), [0, 0, 0])
        listed = boltzmann.distribution(last.model, encoders.T, s=s, clamped=clamped)
        assert listed.states[listed.p.argmax(), 8:].tolist() == code.tolist()


@pytest.mark.parametrize(
    ("codes", "bits"),
    [(["00", "01", "10", "11"], 1), (["000", "011", "101", "110"], 2), (["01", "01", "10"], 0)],
)
def test_how_far_codes_are_apart(codes, bits):
    assert encoders.nearest(np.array([[int(c) for c in code] for code in codes])) == bits


def test_a_cycle_moves_each_weight_by_two_or_not_at_all_and_only_where_there_is_a_link():
    steps = list(encoders.learning(4, 2, 30, rng=rng()))
    W = np.array([np.zeros((10, 10)), *(step.model.W for step in steps)])
    assert set(np.unique(abs(np.diff(W, axis=0)))) == {0.0, 2.0}
    for i, j in [(0, 4), (3, 7), (8, 9)]:  # across the groups, and between the hidden units
        assert not W[:, i, j].any()
    for before, step, after in zip(W, steps, W[1:], strict=False):
        assert np.array_equal(
            after - before, 2 * np.sign(step.positive.W - step.negative.W) * (after != before)
        )


def test_clamped_patterns_are_as_noisy_as_they_should_be():
    counted = [step.positive.b[:8].sum() for step in encoders.learning(4, 2, 1500, rng=rng())]
    wanted = 2 * (1 - 0.15) + 6 * 0.05  # units that are on, of eight
    assert abs(np.mean(counted) - wanted) < 4 * np.std(counted) / np.sqrt(len(counted))


def test_both_phases_count_ten_sweeps_of_eight_annealings():
    step = next(encoders.learning(4, 2, 1, rng=rng()))
    for phase in (step.positive, step.negative):
        counts = phase.b * 80
        assert np.allclose(counts, counts.round())
        assert not np.allclose(counts / 2, (counts / 2).round())


def test_decay_takes_its_share():
    plain, decayed = (next(encoders.learning(4, 2, 2, decay, rng=rng())).model.W for decay in (0.0, 0.25))
    assert np.array_equal(plain, decayed)  # there was nothing to lose yet
    (_, plain), (first, decayed) = (list(encoders.learning(4, 2, 2, d, rng=rng())) for d in (0.0, 0.25))
    assert np.allclose(decayed.model.W, plain.model.W - 0.5 * first.model.W)


def test_a_run_is_solved_in_the_first_cycle_with_codes_apart():
    cycle, most = encoders.solve(4, 2, 1, 10_000, 0.0, rng=rng(5))
    patterns = data.encoder(4)
    for step in encoders.learning(4, 2, 10_000, rng=rng(5)):
        different = len({tuple(code) for code in encoders.codes(step.model, patterns).tolist()})
        if different == 4:
            break
    assert (step.step, most) == (cycle, 4)
    assert encoders.solve(8, 3, 1, 3, 0.0, rng=rng())[0] is None


def test_runs_are_counted_with_those_that_failed():
    found = [
        ({"encoder": name, "run": k}, {"cycle": cycle, "codes": 3})
        for name in encoders.ENCODERS
        for k, cycle in enumerate([30, None, 10, 20])
    ]
    summary = encoders.summarise(found)
    assert summary["4-2-4_share"].value == 0.75
    assert summary["4-2-4_share"].error == pytest.approx(np.sqrt(4 / 6 * 2 / 6 / 4))
    assert encoders.share(1, 4).value == 0.25
    assert encoders.share(25, 25).error == pytest.approx(np.sqrt(26 / 27 / 27 / 25))
    assert summary["8-3-8_median"].value == 20
    assert summary["runs"][0] == {"encoder": "4-2-4", "runs": 4, "solved": 3, "longest": 30}
    assert [row["cycle"] for row in summary["cycles"][:3]] == [10, 20, 30]


def test_the_error_of_a_median_is_how_much_medians_scatter():
    samples = np.sort(rng().exponential(size=(2000, 100)), axis=1)
    said = np.mean([encoders.median(sample).error for sample in samples])
    assert said == pytest.approx(np.median(samples, axis=1).std(), rel=0.1)


# The recall of the 40-10-40 encoder.


def coded(n, weight, extra=0.0):
    """An encoder with a hidden unit for each pattern; the units of a group keep each other off."""
    links = boltzmann.links([n, n, n], [(0, 0), (1, 1)])
    W = -weight * links
    for i in range(n):
        for j in (i, n + i):
            W[j, 2 * n + i] = W[2 * n + i, j] = weight
    b = np.repeat([-weight / 2, -weight / 2 + extra, -weight / 2], n)
    return boltzmann.Boltzmann(W, b, 2 * n)


def test_recall_is_right_if_the_right_unit_is_on_and_no_other():
    assert encoder_recall.right(coded(5, 80.0), 1000, rng=rng(), each=40) > 0.95
    good = coded(5, 80.0)
    order = [0, 1, 2, 3, 4, 6, 5, 7, 8, 9, *range(10, 15)]  # two units of the second group, exchanged
    swapped = boltzmann.Boltzmann(good.W[np.ix_(order, order)], good.b, 10)
    assert encoder_recall.right(swapped, 1000, rng=rng(), each=40) == pytest.approx(0.6, abs=0.05)
    crowded = coded(5, 80.0, extra=1000.0)  # all units of the second group are on, the right one among them
    assert encoder_recall.right(crowded, 1000, rng=rng(), each=40) == 0


def test_recall_in_haste_is_worse():
    model = coded(5, 60.0)
    slow, fast = (encoder_recall.right(model, sweeps, rng=rng(), each=100) for sweeps in (160, 5))
    assert slow > fast + 0.1


def test_a_recall_takes_the_sweeps_it_says_and_ends_at_half_the_temperature_of_learning():
    assert tuple(encoder_recall.temperatures(20)) == encoder_recall.RECALL
    assert (encoder_recall.temperatures(40) == np.repeat(encoder_recall.RECALL, 2)).all()
    for sweeps in encoder_recall.SWEEPS:
        assert len(encoder_recall.temperatures(sweeps)) == sweeps
        assert encoder_recall.temperatures(sweeps)[[0, -1]].tolist() == [20, encoders.T / 2]


def test_the_groups_learn_alone_before_the_hidden_units_join():
    noisy, model = encoder_recall.learned(4, 2, (40, 1, 1), rng=rng())
    outer = noisy.W[:8, :8]
    assert outer[:4, :4][~np.eye(4, dtype=bool)].max() < 0  # one unit of a group keeps the others off
    assert not outer[:4, 4:].any() and not noisy.W[8, 9]
    assert abs(noisy.W[:8, 8:]).max() == encoder_recall.STEP
    assert abs(model.W - noisy.W).max() == encoder_recall.LAST_STEP
    small = boltzmann.initial(4, 0, rng=rng(), scale=1.0)
    larger = encoder_recall.joined(small, 2)
    assert (larger.n_visible, larger.n) == (4, 6)
    assert not larger.W[4:].any() and np.array_equal(larger.W[:4, :4], small.W)


def test_the_noise_ends_before_the_last_cycles(monkeypatch):
    seen, learn = [], boltzmann.learn
    monkeypatch.setattr(boltzmann, "learn", lambda *given, **how: seen.append(how) or learn(*given, **how))
    encoder_recall.learned(4, 2, (3, 4, 5), rng=rng())
    assert [(how["steps"], how["rate"], how["noise"]) for how in seen] == [
        (3, 1.0, (0.1, 0.0025)),
        (4, 1.0, (0.1, 0.0025)),
        (5, 0.5, (0.0, 0.0)),
    ]
    assert all(how["rule"] == "sign" and how["positive"].chains == 4 for how in seen)


def test_recalls_of_all_runs_are_summed_up():
    right = np.linspace(0.3, 0.9, len(encoder_recall.SWEEPS))
    found = [
        ({"run": k}, {"right": right + by, "noisy": right - 0.2, "apart": 3 - k})
        for k, by in enumerate((0.0, 0.1))
    ]
    summary = encoder_recall.summarise(found)
    assert summary["right_320"].value == pytest.approx(0.95)
    assert summary["right_320"].error == pytest.approx(0.05)
    assert summary["haste"].value == pytest.approx(0.1) and summary["apart"].value == 2
    assert summary["recall"][0]["noisy"] == pytest.approx(0.1)
    alone = encoder_recall.summarise(found[:1])["right_5"]
    assert alone.error == pytest.approx(np.sqrt(0.3 * 0.7 / 400))
    assert encoder_recall.share(np.ones(3)).error > 0


# The shifter.


def answered(model, n):
    """p of the right answer to each case, by listing what is not held; and the units that are on in the first row."""
    cases, right = data.shifter(n), []
    for case in cases:
        s = np.append(case, np.zeros(model.n_hidden, dtype=int))
        listed = boltzmann.distribution(model, shifter.T, s=s, clamped=np.arange(model.n) < 2 * n)
        told = (listed.states[:, 2 * n : 2 * n + 3] == case[2 * n :]).all(axis=1)
        right.append(listed.p[told].sum())
    return np.array(right), cases[:, :n].sum(axis=1)


@pytest.fixture(scope="module")
def shifted():
    *_, model = shifter.learning(4, 6, 250, rng=rng())
    return model


@pytest.fixture
def slowly(monkeypatch):
    monkeypatch.setattr(shifter, "COOLING", np.repeat(encoders.COOLING, 40))


def test_answers_are_as_likely_as_the_machine_makes_them(shifted, slowly):
    p, on = answered(shifted, 4)
    exactly = np.array([p[on == k].mean() for k in (1, 2, 3)])
    found = shifter.answers(shifted, rng=rng(), each=400)
    error = np.sqrt(0.25 / (3 * 400 * np.array([4, 6, 4])))
    assert (abs(found - exactly) < 4 * error).all()
    assert exactly.max() > 0.45  # it has learned; a machine that has not says any of 8 things


def test_held_averages_are_those_of_the_listed_machine(shifted, slowly):
    case = data.shifter(4)[17]
    s, clamped = np.append(case, np.zeros(6, dtype=int)), np.arange(17) < 8
    listed = boltzmann.distribution(shifted, shifter.T, s=s, clamped=clamped)
    exactly = np.einsum("s,si,sj->ij", listed.p, listed.states, listed.states)
    found = shifter.counted(shifted, np.tile(case, (4000, 1)), 8, rng=rng())
    assert abs(found - exactly).max() < 0.03
    assert abs(shifter.counted(shifted, np.tile(case, (4000, 1)), 11, rng=rng()) - exactly).max() > 0.1


def test_only_what_is_coupled_learns_and_the_rows_do_not():
    first, second = shifter.learning(4, 6, 2, rng=rng())
    change = abs(second.W - first.W)
    assert set(np.unique(change.round(9))) == {0.0, shifter.STEP}
    assert not second.W[:8, :11].any() and not second.W[11:, 11:].any()
    assert not second.b[:8].any() and second.b[8:].any()


def test_answers_of_all_runs_are_summed_up():
    shares = np.array([0.4, 0.6, 0.7, 0.8, 0.9, 0.7, 0.5])
    found = [
        ({"run": k}, {str(cycle): (shares * cycle / 1000 + 0.02 * k).tolist() for cycle in shifter.CYCLES})
        for k in range(2)
    ]
    summary = shifter.summarise(found)
    assert (summary["lowest"].value, summary["highest"].value) == pytest.approx((0.41, 0.91))
    assert summary["lowest"].error == pytest.approx(0.01)
    assert [row["on"] for row in summary["answers"]] == [1, 2, 3, 4, 5, 6, 7] * 3
    alone = shifter.summarise(found[:1])
    assert alone["highest"].error == pytest.approx(np.sqrt(0.9 * 0.1 / (30 * 56)), rel=0.01)


# What noise costs.


def test_the_covariances_are_the_curvature_of_log_z():
    model = boltzmann.initial(3, rng=rng(), scale=1.0)
    F = boltzmann_cost.fisher(model)
    W = model.W.copy()
    W[0, 1] = W[1, 0] = W[0, 1] + 1e-5
    nudged = boltzmann_learning.packed(boltzmann.negative(boltzmann.Boltzmann(W, model.b)))
    slope = (nudged - boltzmann_learning.packed(boltzmann.negative(model))) / 1e-5
    assert F[0] == pytest.approx(slope, abs=1e-4)
    assert np.allclose(F, F.T)


def test_the_expected_floor_is_that_of_noisy_steps_in_a_bowl():
    F, rate, chains, steps = np.diag([1.0, 0.3, 0.02]), 0.5, 40, 30
    x, noise = np.zeros((4000, 3)), rng()
    for _ in range(steps):
        x += rate * (noise.normal(size=x.shape) @ np.sqrt(F / chains) - x @ F)
    kls = 0.5 * np.einsum("ki,ij,kj->k", x, F, x)
    wanted = boltzmann_cost.expected_kl(F, rate, chains, steps)
    assert abs(kls.mean() - wanted) < 4 * kls.std() / np.sqrt(len(kls))
    late = boltzmann_cost.expected_kl(F, 1e-3, chains, 10**7)
    assert late == pytest.approx(1e-3 * np.trace(F) / (4 * chains), rel=1e-3)


def test_learners_stay_at_the_floor_and_not_at_twice_it():
    teachers = [boltzmann.initial(5, rng=rng(k), scale=0.5) for k in range(16)]
    found = [boltzmann_cost.floor(teacher, rng=rng(k)) for k, teacher in enumerate(teachers)]
    ratio = np.array([one["found"] / one["expected"] for one in found])
    error = ratio.std(ddof=1) / np.sqrt(len(ratio))
    assert abs(ratio.mean() - 1) < 4 * error < 0.5


def test_work_is_counted_to_where_kl_is_small_enough():
    teacher = boltzmann.initial(4, rng=rng(1), scale=1.0)
    found = boltzmann_cost.work(teacher, rng=rng(2))
    v, p = boltzmann_cost.visible(teacher)
    start, kls = boltzmann.initial(4, rng=rng(2), scale=0.1), []
    for step in boltzmann.learn(start, v, p, steps=1000, rate=boltzmann_cost.RATE):
        kls.append(step.kl)
        if step.kl < boltzmann_cost.WANTED:
            break
    assert found["listed"] == 16 * len(kls)
    assert found["updates"] == found["steps"] * found["chains"] * 21 * 4
    trace = np.trace(boltzmann_cost.fisher(teacher))
    assert (
        found["chains"] - 1 < boltzmann_cost.RATE * trace / 4 / (boltzmann_cost.WANTED / 2) <= found["chains"]
    )


def test_a_planted_power_is_found():
    found = [({"what": "floor", "n": 4, "run": k}, {"found": 2.0 + k, "expected": 2.0}) for k in range(2)]
    for n in (4, 6, 8):
        for k in range(3):
            work = {"chains": n, "steps": 1, "updates": 7.0 * n**3, "listed": 2**n}
            found.append(({"what": "work", "n": n, "run": k}, work))
    summary = boltzmann_cost.summarise(found)
    assert summary["power"].value == pytest.approx(3)
    assert summary["ratio"].value == 1.25
    assert [row["listed"] for row in summary["work"]] == [16, 64, 256]
