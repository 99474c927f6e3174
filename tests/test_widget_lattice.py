"""The lattice view as Python sees it."""

import base64

import numpy as np
import pytest
import traitlets
from matplotlib.figure import Figure

from ebm import exact, ising
from ebm.widgets import lattice


def test_what_is_known_is_what_onsager_and_yang_say():
    known = np.frombuffer(lattice(size=64).view.known).reshape(-1, 3)
    T = 0.5 + 0.01 * np.arange(len(known))
    assert T[-1] == pytest.approx(5.0)
    for k in (0, 100, 176, 177, 300, 450):
        expected = exact.onsager_energy(T[k]), exact.yang_magnetisation(T[k]), exact.chain(T[k]).u
        assert np.allclose(known[k], expected, atol=1e-9)


@pytest.mark.parametrize("rule", ["Metropolis", "heat bath", "Wolff"])
@pytest.mark.parametrize("ring", [False, True])
def test_advance_agrees_with_the_exact_energy(rule, ring):
    T = 0.6 if ring else 1.7
    every = 60 if ring and rule == "Wolff" else 2  # clusters of a ring are small
    w = lattice(size=64, temperature=T, begin="cold", rule=rule, ring=ring, seed=5)
    w.view.advance(100 * every)
    seen = []
    for _ in range(150):
        w.view.advance(every)
        seen.append(w.energy)
    blocks = np.reshape(seen, (10, 15)).mean(axis=1)
    truth = exact.chain(T).u if ring else exact.onsager_energy(T)
    assert abs(blocks.mean() - truth) < 4.5 * blocks.std(ddof=1) / np.sqrt(10) + 1e-4


def test_traits_belong_to_the_state():
    w = lattice(size=64, field=0.25, seed=1)
    s = np.frombuffer(w.state, dtype=np.int8).reshape(64, 64)
    assert w.magnetisation == s.mean()
    assert w.energy == pytest.approx(ising.energy(ising.Ising((64, 64), B=0.25), s) / 4096)


def test_energy_and_magnetisation_follow_the_state_and_the_field():
    w = lattice(size=64)
    w.state = bytes([1]) * 4096
    assert (w.energy, w.magnetisation) == (-2, 1)
    w.field = 0.25
    assert (w.energy, w.magnetisation) == (-2.25, 1)


def test_while_the_page_runs_it_tells_what_it_measured():
    w = lattice(size=64)
    w.view.set_state({"steps": 9, "energy": -1.25, "magnetisation": 0.5})
    assert (w.steps, w.energy, w.magnetisation) == (9, -1.25, 0.5)


def test_the_seed_and_the_start_begin_anew():
    w = lattice(size=64, seed=1)
    opened = w.state
    w.view.advance(3)
    w.begin = "cold"
    assert w.steps == 0 and w.magnetisation == 1
    w.begin, w.seed = "random", 2
    assert w.state != opened
    w.seed = 1
    assert w.state == opened
    w.size = 128
    assert len(w.state) == 128 * 128


def test_the_page_sends_its_state_when_it_pauses():
    w = lattice(size=64)
    message = {
        "content": {
            "data": {"method": "update", "buffer_paths": [["state"], ["words"]], "state": {"steps": 7}}
        },
        "buffers": [memoryview(b"\1" * 4096), memoryview(bytes(range(32)))],
    }
    w.view._handle_msg(message)
    assert w.steps == 7 and w.state == b"\1" * 4096


def test_the_still_figure():
    w = lattice(size=64, temperature=1.0, begin="cold")
    ax = Figure().subplots()
    assert w.figure(ax) is ax and ax.get_title() == "T = 1.00, m = 1.00"
    assert base64.b64decode(w._repr_mimebundle_()["image/png"]).startswith(b"\x89PNG")
    assert "temperature 1.00" in w.view.alt


@pytest.mark.parametrize(
    ("trait", "value", "message"),
    [
        ("temperature", -1, "temperature is -1.0; wanted a temperature from 0.5 to 5.0"),
        ("temperature", float("nan"), "temperature is nan"),
        ("field", 3, "field is 3.0; wanted a field from -0.5 to 0.5"),
        ("size", 100, "size"),
        ("rule", "Swendsen", "rule"),
        ("begin", "hot", "begin"),
        ("pace", 0, "pace"),
        ("seed", -1, "seed"),
        ("state", b"\1\1", "state has shape"),
        ("state", bytes(4096), "state holds 0"),
        ("running", "yes", "running"),
        ("energy", -1.0, "energy is -1.0; it follows from the state"),
        ("energy", float("nan"), "energy is nan; it follows"),
        ("magnetisation", 0.5, "magnetisation is 0.5; it follows from the state"),
        ("magnetisation", float("nan"), "magnetisation is nan"),
    ],
)
def test_nonsense_is_refused_and_changes_nothing(trait, value, message):
    w = lattice(size=64)
    before = {name: getattr(w, name) for name in w.names}
    with pytest.raises((ValueError, TypeError, traitlets.TraitError), match=message):
        setattr(w, trait, value)
    assert {name: getattr(w, name) for name in w.names} == before
    assert {name: getattr(w.view, name) for name in w.names} == before
