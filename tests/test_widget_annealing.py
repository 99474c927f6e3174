"""Quench, fixed T and annealing as Python sees them: the networks, the run, and a race checked by the library."""

import numpy as np
import pytest
import traitlets
from ipywidgets.widgets.widget import _instances
from ipywidgets.widgets.widget_link import Link
from matplotlib.figure import Figure

from ebm import annealing as physics
from ebm import exact, hopfield, random
from ebm.widgets import annealing
from ebm.widgets._annealing import METHODS
from ebm.widgets._annealing_networks import networks

NAMES = [
    "memories",
    "method",
    "T",
    "T_start",
    "T_end",
    "sweeps",
    "state",
    "energy",
    "running",
    "results",
    "seed",
]


class Words(np.random.Generator):
    """A generator whose integers are these very words, which the library then uses up."""

    def __init__(self, words):
        super().__init__(np.random.PCG64(0))
        self.words = words

    def integers(self, *args, **kwargs):
        return self.words


class TestNetworks:
    @pytest.mark.parametrize("name", ["pictures", "letters"])
    def test_every_memory_is_a_minimum(self, name):
        network = networks()[name]
        assert hopfield.is_fixed_point(network.model, network.patterns).all()
        assert len(network.names) == len(network.patterns) == {"pictures": 8, "letters": 5}[name]

    def test_no_state_lies_below_the_pictures(self):
        """E = -n/2 sum m^2 + P/2, and the m^2 of orthogonal patterns sum to 1 at most (Bessel)."""
        network = networks()["pictures"]
        patterns = network.patterns.astype(int)
        assert (patterns @ patterns.T == 64 * np.eye(8)).all()
        assert network.lowest == -64 / 2 + 8 / 2
        assert hopfield.energy(network.model, network.patterns).tolist() == [network.lowest] * 8

    def test_a_blend_lies_below_the_letters(self):
        """E is concave in the sum of units that agree in all patterns: at the bottom they are alike."""
        network = networks()["letters"]
        columns = network.patterns * network.patterns[0]
        groups, member, sizes = np.unique(columns, axis=1, return_inverse=True, return_counts=True)
        W = np.outer(sizes, sizes) * (groups.T.astype(float) @ groups) / 64
        own = W.diagonal().sum() / 2
        np.fill_diagonal(W, 0)
        found = exact.ground_states(hopfield.Hopfield(W))
        assert found.energy - own + 5 / 2 == network.lowest
        state = (found.states[0][member.ravel()] * network.patterns[0]).astype(np.int8)
        assert hopfield.energy(network.model, state) == network.lowest
        overlaps = np.abs(hopfield.overlap(network.patterns, state))
        assert found.count == 2 and overlaps.max() == pytest.approx(29 / 32)

    def test_mixtures_of_three_pictures_are_spurious_minima(self):
        network = networks()["pictures"]
        mixture = np.sign(network.patterns[:3].sum(axis=0)).astype(np.int8)
        assert hopfield.is_fixed_point(network.model, mixture)
        assert hopfield.energy(network.model, mixture) == -64 / 2 * 3 / 4 + 8 / 2 > network.lowest


class TestRace:
    @pytest.mark.parametrize("memories", ["pictures", "letters"])
    @pytest.mark.parametrize(("seed", "sweeps", "T"), [(0, 30, 0.2), (7, 5, 0.4)])
    def test_it_is_the_librarys_own_runs_of_the_same_seeds(self, memories, seed, sweeps, T):
        w = annealing(memories=memories, seed=seed, sweeps=sweeps, T=T, T_start=1.5, T_end=0.05)
        words = np.frombuffer(w.view.race_words, dtype=np.uint64).copy()
        ended = w.view.race()
        rows = np.array([[random.next_word(words) for _ in range(4)] for _ in range(200)], dtype=np.uint64)
        starts = np.array([[2 * random.below(words, 2) - 1 for _ in range(64)] for _ in range(200)])
        assert w.view.race_words == words.tobytes()
        network = networks()[memories]
        schedules = [
            None,
            np.full(sweeps, T),
            physics.linear(1.5, 0.05, sweeps),
            physics.geometric(1.5, 0.05, sweeps),
            physics.logarithmic(1.5, sweeps),
        ]
        for k, (method, schedule) in enumerate(zip(METHODS, schedules, strict=True)):
            s, rng = starts, Words(rows.copy())
            if schedule is not None:
                *_, last = physics.anneal(network.model, starts, schedule, rng=rng)
                s = last.s
            ends = physics.quench(network.model, s, rng=rng)
            hits = (np.abs(ends.s.astype(int) @ network.patterns.T) == 64).any(axis=1)
            assert ended[method].tolist() == hits.tolist()
            lowest = int((ends.energies < network.lowest + 1e-9).sum())
            made = int(ends.sweeps.sum()) + 200 * (0 if schedule is None else sweeps)
            found = {name: w.results[name][k] for name in ("hits", "lowest", "sweeps")}
            assert found == {"hits": hits.sum(), "lowest": lowest, "sweeps": made}
        assert w.results["settings"] == [T, 1.5, 0.05, sweeps]

    def test_among_pictures_slower_is_better(self):
        quick, slow = (annealing(sweeps=sweeps).results["hits"] for sweeps in (5, 100))
        assert quick[0] == slow[0] < 125  # a quench takes its own time
        assert all(fast + 20 < late for fast, late in zip(quick[2:], slow[2:], strict=True))
        assert min(slow[2:4]) >= 195

    def test_among_letters_slower_finds_the_lowest_state_and_so_loses_the_memories(self):
        quick, slow = (annealing(memories="letters", sweeps=sweeps).results for sweeps in (5, 100))
        assert quick["hits"][0] > 60
        assert max(slow["hits"][2:4]) <= 4 and min(slow["lowest"][2:4]) >= 196
        assert all(fast > late for fast, late in zip(quick["hits"][2:], slow["hits"][2:], strict=True))

    def test_a_fixed_temperature_has_a_best_value(self):
        shares = [annealing(T=T).results["hits"][1] for T in (0.05, 0.4, 1.0)]
        assert shares[0] < 150 and shares[1] > 190 and shares[2] < 140

    def test_races_go_on_with_other_numbers_and_the_seed_brings_the_first_back(self):
        w = annealing(seed=4, sweeps=5)
        first = w.results
        second = {name: hits.tolist() for name, hits in w.view.race().items()}
        assert w.results != first
        w.seed = 5
        assert w.results != first
        w.seed = 4
        assert w.results == first == w.view.start["results"]
        assert {name: hits.tolist() for name, hits in w.view.race().items()} == second


class TestRun:
    @pytest.mark.parametrize("memories", ["pictures", "letters"])
    @pytest.mark.parametrize("method", METHODS[1:])
    def test_it_is_the_librarys_and_comes_to_rest(self, memories, method):
        w = annealing(memories=memories, method=method, seed=2, sweeps=20)
        words, s = np.frombuffer(w.view.words, dtype=np.uint64).copy(), w.state
        model = networks()[memories].model
        expected = [r.energies for r in physics.anneal(model, s, w.view.schedule(), rng=Words(words[None]))]
        assert w.view.advance(20).tolist() == expected and w.view.words == words.tobytes()
        assert not w.view.at_rest
        quenched = w.view.advance(200)
        assert w.view.at_rest and hopfield.is_fixed_point(model, w.state)
        assert (np.diff([expected[-1], *quenched]) <= 0).all() and quenched[-1] == w.energy
        assert w.view.advance(5).tolist() == []

    def test_a_quench_only_goes_down(self):
        w = annealing(method="quench", seed=1)
        energies = [w.energy, *w.view.advance(200)]
        assert (np.diff(energies[:-1]) < 0).all() and energies[-1] == energies[-2]
        assert w.view.trace == energies

    def test_other_settings_start_the_same_run_anew(self):
        w = annealing(seed=3)
        cue, words, trace = w.state, w.view.words, w.view.trace
        w.view.advance(7)
        w.T = 0.5  # of no account for a linear schedule
        assert len(w.view.trace) == 8
        w.T_start = 1.5
        assert (w.state, w.view.words, w.view.trace) == (cue, words, trace)
        w.view.advance(100)
        w.method = "quench"
        assert (w.state, w.view.words, w.view.trace) == (cue, words, trace)
        w.view.advance(100)
        w.memories = "letters"
        assert (w.state, w.view.words) == (cue, words) and w.results == {}
        assert w.energy == hopfield.energy(networks()["letters"].model, cue) == w.view.trace[0]

    def test_a_state_from_outside_starts_a_run(self):
        w, memory = annealing(), networks()["pictures"].patterns[4]
        w.view.advance(3)
        w.state = -memory
        assert w.energy == -28.0 and w.view.trace == [-28.0] and w.view.cue == (-memory).tolist()
        w.state = memory  # of the same energy
        assert w.view.trace == [-28.0] and w.view.cue == memory.tolist()

    def test_what_the_page_tells_is_no_new_start(self):
        w, twin = annealing(seed=6), annealing(seed=6)
        twin.view.method = "geometric"
        twin.view.advance(4)
        view = twin.view
        state = {"method": "geometric", "state": twin.state, "trace": view.trace, "cue": view.cue}
        message = {
            "content": {
                "data": {
                    "method": "update",
                    "buffer_paths": [["words"], ["cue_words"]],
                    "state": state,
                },
            },
            "buffers": [memoryview(view.words), memoryview(view.cue_words)],
        }
        w.view._handle_msg(message)
        assert (w.method, w.state, w.energy, len(w.view.trace)) == (
            "geometric",
            twin.state,
            twin.energy,
            5,
        )
        assert w.view.advance(50).tolist() == view.advance(50).tolist() and w.view.words == view.words


def test_sliders_are_linked_in_the_browser_to_the_view():
    w = annealing(T=0.35, T_start=1.2, T_end=0.25, sweeps=45)
    *sliders, view = w.children
    links = {x.source[0]: x.target for x in _instances.values() if isinstance(x, Link)}
    for slider, name in zip(sliders, ["T", "T_start", "T_end", "sweeps"], strict=True):
        assert links[slider] == (view, name) and slider.value == getattr(w, name)
        steps = (slider.value - slider.min) / slider.step
        assert steps == pytest.approx(round(steps))


def test_the_still_figure_shows_the_race():
    w = annealing(sweeps=10)
    ax = Figure().subplots()
    assert w.figure(ax) is ax
    assert [bar.get_height() for bar in ax.patches] == [hits / 200 for hits in w.results["hits"]]
    low, high = ax.collections[0].get_segments()[0][:, 1]
    share = physics.success(np.arange(200) < w.results["hits"][0])
    assert (low, high) == pytest.approx((share.low, share.high))
    w.T = 0.4  # not raced yet
    assert w.figure(Figure().subplots()).get_xlabel() == "10 sweeps; T = 0.20, or 1.00 to 0.10"
    w._repr_mimebundle_()
    assert w.view.still.startswith(b"\x89PNG") and len(w.view.still) < 40_000
    assert f"quench {w.results['hits'][0] / 200:.2f}" in w.view.alt
    w.memories = "letters"
    assert w.figure(Figure().subplots()).get_title() == "No race yet" and "wait for a race" in w.view.alt


@pytest.mark.parametrize(
    ("trait", "value", "message"),
    [
        ("memories", "faces", "memories"),
        ("method", "magic", "method"),
        ("T", -1, "T is -1.0; wanted a temperature from 0.05 to 1.5"),
        ("T", float("nan"), "T is nan"),
        ("T_start", 0.4, "T_start is 0.4; wanted a temperature from 0.5 to 2.0"),
        ("T_end", 0.6, "T_end is 0.6; wanted a temperature from 0.05 to 0.5"),
        ("T_end", "cold", "T_end"),
        ("sweeps", 4, "sweeps is 4; wanted a whole number from 5 to 100"),
        ("sweeps", 101, "sweeps"),
        ("sweeps", 7.5, "sweeps"),
        ("state", [1, -1], r"state has shape \(2,\); wanted an array of \+1 and -1 of shape \(64,\)"),
        ("state", [0] * 64, "state holds 0"),
        ("energy", 1.0, "energy is 1.0; it follows from the state"),
        ("running", "yes", "running"),
        ("results", [1], "results"),
        ("results", {"hits": [1] * 5}, "results"),
        ("seed", -1, "seed"),
    ],
)
def test_nonsense_is_refused_and_changes_nothing(trait, value, message):
    w = annealing(sweeps=5)
    w.view.advance(3)
    before = [(getattr(w, name), getattr(w.view, name)) for name in NAMES], w.view.trace, w.view.words
    with pytest.raises((ValueError, TypeError, traitlets.TraitError), match=message):
        setattr(w, trait, value)
    assert (
        [(getattr(w, name), getattr(w.view, name)) for name in NAMES],
        w.view.trace,
        w.view.words,
    ) == before


@pytest.mark.parametrize("counts", ["hits", "lowest", "sweeps"])
def test_results_hold_what_a_race_can_bring(counts):
    w = annealing(sweeps=5)
    most = 200 * 200 if counts == "sweeps" else 200
    with pytest.raises(ValueError, match=f"{counts} holds {most + 1}"):
        w.results = w.results | {counts: [most + 1, 0, 0, 0, 0]}
    with pytest.raises(ValueError, match=counts):
        w.results = w.results | {counts: [1, 2, 3]}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"T": 0}, "T is 0.0"),
        ({"sweeps": 0}, "sweeps"),
        ({"memories": 3}, "memories"),
        ({"seed": 0.5}, "seed"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises((ValueError, TypeError, traitlets.TraitError), match=message):
        annealing(**arguments)


def test_advance_wants_a_number_of_sweeps():
    w = annealing(sweeps=5)
    with pytest.raises(ValueError, match="sweeps is 0"):
        w.view.advance(0)
    with pytest.raises(ValueError, match="method is 'slow'"):
        w.view.schedule("slow")
