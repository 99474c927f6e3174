"""Every public function with one argument spoilt at a time: an error that names it, at the call."""

import inspect
import itertools
import pickle
import re

import numpy as np
import pytest

import every_function
from ebm import boltzmann, rbm

PUBLIC = every_function.public()
CALLS = every_function.calls()
NONSENSE = {
    "text": "nonsense",
    "NaN": float("nan"),
    "an array of NaN": np.full((2, 3, 4, 5), np.nan),
    "nothing": [],
    "a thing": object(),
}
# Not asked for arguments that can be spoilt, and why.
KERNELS = {name for name, thing in PUBLIC.items() if hasattr(thing, "py_func")}  # do not check, and say so
NO_ARGUMENTS = {"dbn.digit_network", "dbn.digit_record", "plot.style"}
# Arguments that another library answers for.
FREE = {"ax", "kernels", "dtype", "progress", "line"}
NETWORKS = ("hopfield.", "annealing.")  # they take any network of spins as `model`
# Any value is fine: a text for a label, a flag.
TAKEN = (
    {("plot.trace", "per", kind): "a text" for kind in NONSENSE}
    | {
        ("hopfield.recall", argument, kind): "a flag; and random numbers are not needed for all at once"
        for argument in ("at_once", "rng")
        for kind in NONSENSE
    }
    | {
        ("data.read_idx", "path", "text"): "a file that is not there is named",
        ("data.mnist", "folder", "text"): "a folder that is not there is named",
        ("boltzmann.links", "joined", "nothing"): "no weights at all",
        ("dbn.DBN", "layers", "nothing"): "a memory alone",
        ("plot.distribution", "labels", "an array of NaN"): "two things that can be written",
    }
)


def call(name, **changed):
    arguments = {**CALLS[name], **changed}
    if "rng" in inspect.signature(PUBLIC[name]).parameters:
        arguments.setdefault("rng", every_function.rng())
    series = [arguments.pop("function"), arguments.pop("series")] if name == "diagnostics.bootstrap" else []
    return PUBLIC[name](*series, **arguments)


def said(name, argument, kind):
    """What a call with that argument spoilt raises, or that it raises nothing."""
    try:
        call(name, **{argument: NONSENSE[kind]})
    except (TypeError, ValueError) as error:
        return str(error)
    return "nothing is raised"


def test_no_function_is_left_out():
    """A new public function belongs into `every_function.calls`."""
    assert set(PUBLIC) - KERNELS - NO_ARGUMENTS == set(CALLS)


@pytest.mark.parametrize("name", sorted(set(CALLS) - {"data.mnist"}))
def test_the_call_works_unspoilt(name):
    found = call(name)
    if inspect.isgenerator(found):
        next(found)


@pytest.mark.parametrize("name", CALLS)
def test_nonsense_is_named(name):
    wanted = set(inspect.signature(PUBLIC[name]).parameters) & {*CALLS[name], "rng"}
    keys = [(argument, kind) for argument in sorted(wanted - FREE) for kind in NONSENSE]
    heard = {key: said(name, *key) for key in keys if (name, *key) not in TAKEN}
    # "argument is this; wanted that": the name is no good in the second half.
    named = {key for key, text in heard.items() if re.search(rf"\b{key[0]}\b", text.split("wanted")[0])}
    assert {key: text for key, text in heard.items() if key not in named} == {}


@pytest.mark.parametrize(
    "name", [name for name in CALLS if name.startswith(NETWORKS) and "model" in CALLS[name]]
)
def test_units_of_0_and_1_are_not_read_as_spins(name):
    bits = boltzmann.Boltzmann(CALLS[name]["model"].W, CALLS[name]["model"].b, units="bits")
    with pytest.raises(ValueError, match="model has units of 0 and 1"):
        call(name, model=bits)


BARS = [name for name in CALLS if "progress" in inspect.signature(PUBLIC[name]).parameters]


@pytest.mark.parametrize("name", BARS)
def test_a_bar_is_shown_when_asked_for_and_only_then(name, capfd):
    unknown = {"log_Z": None} if name == "rbm.log_likelihood" else {}  # given, there is nothing to wait for
    for wanted in (False, True):
        found = call(name, progress=wanted, **unknown)
        if inspect.isgenerator(found):
            next(found)
            found.close()
        assert bool(capfd.readouterr().err) == wanted


@pytest.mark.parametrize("name", BARS)
def test_a_bar_changes_nothing(name):
    """Work in parts, so that a bar can move, comes to the same numbers."""
    found = [call(name, progress=wanted) for wanted in (False, True)]
    plain, barred = (list(itertools.islice(x, 3)) if inspect.isgenerator(x) else x for x in found)
    assert pickle.dumps(plain) == pickle.dumps(barred)


def sections(name):
    """The parts of a docstring in numpydoc's form: title to text."""
    text = inspect.getdoc(getattr(PUBLIC[name], "py_func", PUBLIC[name])) or ""
    parts = re.split(r"^(\w[\w ]*)\n-{3,}$", text, flags=re.M)
    return dict(zip(["Summary", *parts[1::2]], parts[0::2], strict=True))


@pytest.mark.parametrize("name", PUBLIC)
def test_docstrings_have_every_part(name):
    """A sentence, each argument, what comes back, what is raised, and an example that is run as a test."""
    found, thing = sections(name), PUBLIC[name]
    arguments = list(inspect.signature(getattr(thing, "py_func", thing)).parameters)
    described = re.findall(r"^[*\w, \\]+", found.get("Parameters", ""), re.M)
    assert set(arguments) <= set(re.findall(r"\w+", " ".join(described)))
    assert found["Summary"].strip() and ">>>" in found["Examples"]
    assert "Returns" in found or "Yields" in found or inspect.isclass(thing) or name in IN_PLACE
    assert "Raises" in found or not arguments or name in KERNELS | NO_ARGUMENTS | RAISE_NOTHING


IN_PLACE = {"random.shuffle", "plot.style"}
RAISE_NOTHING = {  # they take a model alone, which was checked when it was made
    "boltzmann.to_network",
    "ising.cold_start",
    "ising.couplings",
    "rbm.to_network",
    "rbm.transposed",
}
OF_THEIR_KIND = [
    name for name in CALLS if name.startswith("rbm.") and "model" in CALLS[name] and "gaussian" not in name
]


@pytest.mark.parametrize("name", OF_THEIR_KIND)
def test_a_machine_of_real_numbers_is_not_read_as_one_of_bits(name):
    model = CALLS[name]["model"]
    other = rbm.gaussian.GaussianRBM(model.W, model.b_v, model.b_h)
    with pytest.raises(TypeError, match="model is a GaussianRBM; wanted an instance of RBM"):
        call(name, model=other)
