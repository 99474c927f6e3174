"""A call that works for every public function of the library: tests spoil one argument at a time."""

import dataclasses
import importlib
import inspect
import tempfile
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

from ebm import boltzmann, dbn, dense, diffusion, hopfield, ising, maths, rbm
from ebm.rbm import gaussian

# The course's own machinery is elsewhere: `test_claims`, `test_experiments`, `test_quiz`, and `test_widget_*`,
# where a trait that is wrong names itself.
MODULES = [
    "ais",
    "annealing",
    "boltzmann",
    "data",
    "dbn",
    "dense",
    "diagnostics",
    "diffusion",
    "exact",
    "hopfield",
    "ising",
    "maths",
    "plot",
    "random",
    "rbm",
    "rbm.gaussian",
    "wasm",
]


def public():
    """Every public function and model of these modules, by name. Records, which nobody makes, are left out."""
    found = {}
    for home in MODULES:
        module = importlib.import_module(f"ebm.{home}")
        names = getattr(module, "__all__", [name for name in vars(module) if not name.startswith("_")])
        for name in names:
            thing = getattr(module, name)
            plain = getattr(thing, "py_func", thing)
            own = hasattr(module, "__all__") or getattr(plain, "__module__", "") == module.__name__
            is_model = inspect.isclass(plain) and dataclasses.is_dataclass(plain)
            if own and (inspect.isfunction(plain) or is_model):
                found[f"{home}.{name}"] = thing
    return found


def rng(seed=0):
    return np.random.default_rng(seed)


NET = hopfield.hebb([[1, 1, -1, 1], [1, -1, 1, 1]])
LATTICE = ising.Ising((4, 4))
BITS = boltzmann.Boltzmann([[0, 1, 0], [1, 0, 2], [0, 2, 0]], [0.1, 0.2, 0.3], n_visible=2)
RBM = rbm.RBM(rng().normal(size=(4, 2)))
GAUSS = gaussian.GaussianRBM(rng().normal(size=(4, 2)))
LABELLED = rbm.RBM(rng().normal(size=(4 + 3, 2)))
DBN = dbn.stack([rbm.RBM(rng().normal(size=(4, 3))), rbm.RBM(rng().normal(size=(3 + 2, 2)))], classes=2)
PLAIN_DBN = dbn.stack([rbm.RBM(rng().normal(size=(4, 3))), rbm.RBM(rng().normal(size=(3, 2)))])
MIXTURE = diffusion.Mixture([[0.0, 1.0], [2.0, -1.0]], 0.1)
MEMORY = dense.Dense([[1, 1, -1, 1], [1, -1, 1, 1]])
S, S2, V, V2 = [1, -1, 1, 1], [[1, -1, 1, 1], [1, 1, 1, 1]], [1, 0, 1, 1], [[1, 0, 1, 1], [0, 1, 1, 0]]
R2 = [[0.1, 0.2, 0.3, -1.0], [1.0, 2.0, 0.0, 0.5]]
COLD = ising.cold_start(LATTICE)
SERIES = rng().normal(size=400)
H2 = [[1, 0], [0, 1]]
TARGET = [[1, 0], [0, 1]]


def calls():
    """name: arguments of a call that works, by their names. `rng` is added where it is asked for."""
    train = {"epochs": 1, "rate": 0.1}
    ax = plt.figure().add_subplot()
    lattice_run = {"model": LATTICE, "s": COLD, "T": 2.0, "sweeps": 1, "order": "random", "every": 1}
    cd = {**train, "k": 1, "batch": 2, "momentum": 0.5, "decay": 0.1}
    return {
        "ais.forward": {"model": RBM, "betas": [0, 0.5, 1], "chains": 3, "T": 1.0, "base": np.zeros(4)},
        "ais.steps": {"model": RBM, "betas": [0, 0.5, 1], "chains": 3, "T": 1.0, "base": np.zeros(4)},
        "ais.reverse": {"model": RBM, "betas": [0, 0.5, 1], "v": V2, "T": 1.0, "base": np.zeros(4)},
        "annealing.anneal": {
            "model": NET,
            "s": S2,
            "schedule": [2.0, 1.0],
            "sweeps": 1,
            "order": "random",
            "rule": "metropolis",
            "every": 1,
            "method": "plain",
        },
        "annealing.tabu": {"model": NET, "s": S2, "steps": 3, "tenure": 1, "method": "plain"},
        "annealing.quench": {"model": NET, "s": S2},
        "annealing.random_starts": {"model": NET, "runs": 2},
        "annealing.replica_exchange": {
            "model": NET,
            "s": S2,
            "T": [1.0, 2.0],
            "sweeps": 2,
            "every": 1,
            "order": "random",
        },
        "annealing.sherrington_kirkpatrick": {"n": 4},
        "annealing.spin_glass": {"L": 4},
        "annealing.geometric": {"T_start": 2.0, "T_end": 1.0, "steps": 3},
        "annealing.linear": {"T_start": 2.0, "T_end": 1.0, "steps": 3},
        "annealing.logarithmic": {"T_start": 2.0, "steps": 3},
        "annealing.success": {"hits": [True, False], "confidence": 0.9},
        "annealing.time_to_solution": {
            "hits": [True, False],
            "sweeps": 10,
            "target": 0.99,
            "confidence": 0.9,
        },
        "boltzmann.learn": {
            "model": BITS,
            "data": [[0, 1], [1, 1]],
            "p": [0.5, 0.5],
            "steps": 1,
            "rate": 0.1,
            "T": 1.0,
            "positive": "exact",
            "negative": "exact",
            "rule": "gradient",
            "links": np.ones((3, 3)) - np.eye(3),
            "decay": 0.1,
            "noise": (0.1, 0.1),
        },
        "boltzmann.noisy": {
            "model": BITS,
            "data": [[0, 1], [1, 1]],
            "p": [0.5, 0.5],
            "on_off": 0.1,
            "off_on": 0.1,
        },
        "boltzmann.distribution": {"model": BITS, "T": 1.0, "s": [0, 1, 1], "clamped": [1, 0, 0]},
        "boltzmann.gradient": {"model": BITS, "data": [[0, 1]], "p": [1.0], "T": 1.0},
        "boltzmann.kl": {"model": BITS, "data": [[0, 1]], "p": [1.0], "T": 1.0},
        "boltzmann.log_likelihood": {"model": BITS, "v": [[0, 1]], "T": 1.0},
        "boltzmann.negative": {"model": BITS, "T": 1.0},
        "boltzmann.positive": {"model": BITS, "data": [[0, 1]], "p": [1.0], "T": 1.0},
        "boltzmann.visible": {"model": BITS, "T": 1.0},
        "boltzmann.Boltzmann": {"W": BITS.W, "b": BITS.b, "n_visible": 2, "units": "bits"},
        "boltzmann.dE": {"model": BITS, "s": [0, 1, 1], "i": 1},
        "boltzmann.energy": {"model": BITS, "s": [0, 1, 1]},
        "boltzmann.field": {"model": BITS, "s": [0, 1, 1]},
        "boltzmann.from_network": {"network": NET, "n_visible": 2, "units": "bits"},
        "boltzmann.initial": {
            "n_visible": 2,
            "n_hidden": 1,
            "links": np.ones((3, 3)) - np.eye(3),
            "scale": 0.1,
            "units": "bits",
        },
        "boltzmann.links": {"sizes": [2, 1], "joined": [(0, 1)]},
        "boltzmann.p_on": {"model": BITS, "s": [0, 1, 1], "T": 1.0},
        "boltzmann.to_network": {"model": BITS},
        "boltzmann.complete": {
            "model": BITS,
            "v": [0, 1],
            "known": [1, 0],
            "T": 1.0,
            "sweeps": 1,
            "schedule": [2.0, 1.0],
        },
        "boltzmann.gibbs": {
            "model": BITS,
            "s": [0, 1, 1],
            "T": 1.0,
            "sweeps": 1,
            "clamped": [1, 0, 0],
            "order": "random",
        },
        "boltzmann.random_states": {"model": BITS, "chains": 2},
        "boltzmann.sample": {
            "model": BITS,
            "s": [0, 1, 1],
            "T": 1.0,
            "sweeps": 1,
            "clamped": [1, 0, 0],
            "order": "random",
        },
        "data.available": {"size": "5x7"},
        "data.erase": {"pattern": S, "share": 0.5},
        "data.letters": {"names": "TL", "size": "3x3"},
        "data.bars_and_stripes": {"n": 3},
        "data.binary": {"v": [[0.1, 0.9]]},
        "data.digits": {},
        "data.encoder": {"n": 4},
        "data.read_idx": {"path": a_file()},
        "data.shifter": {"n": 4},
        "data.to_bits": {"s": S},
        "data.to_spins": {"v": V},
        "dbn.Network": {"weights": [np.ones((3, 2))], "biases": [np.zeros(2)], "units": ["softmax"]},
        "dbn.activities": {"network": dbn.classifier(DBN), "x": V2},
        "dbn.autoencoder": {"model": PLAIN_DBN},
        "dbn.classifier": {"model": PLAIN_DBN, "classes": 2},
        "dbn.decode": {"network": dbn.autoencoder(PLAIN_DBN), "code": [[0.5, 1.0]]},
        "dbn.encode": {"network": dbn.autoencoder(PLAIN_DBN), "v": V2},
        "dbn.fit": {
            "network": dbn.classifier(DBN),
            "x": V2,
            "target": TARGET,
            "epochs": 1,
            "rate": 0.1,
            "batch": 2,
        },
        "dbn.gradient": {"network": dbn.classifier(DBN), "x": V2, "target": TARGET},
        "dbn.loss": {"network": dbn.classifier(DBN), "x": V2, "target": TARGET},
        "dbn.dream": {"model": DBN, "labels": [0, 1], "chains": 2, "v": V2},
        "dbn.generate": {"model": DBN, "count": 2, "sweeps": 1, "labels": [0, 1]},
        "dbn.greedy": {
            "data": V2,
            "sizes": [3, 2],
            "labels": [0, 1],
            "classes": 2,
            "dtype": np.float64,
            **cd,
        },
        "dbn.initial": {"sizes": [4, 3, 2], "units": ["rectified", "softmax"], "dtype": np.float64},
        "dbn.bound": {"model": PLAIN_DBN, "v": V2, "samples": 2, "log_Z": 1.0},
        "dbn.log_Z": {"model": PLAIN_DBN},
        "dbn.DBN": {"layers": DBN.layers, "top": DBN.top, "classes": 2},
        "dbn.Layer": {
            "W_up": np.ones((3, 2)),
            "b_up": np.zeros(2),
            "W_down": np.ones((3, 2)),
            "b_down": np.zeros(3),
        },
        "dbn.classify": {"model": DBN, "v": V2},
        "dbn.features": {"model": DBN, "v": V2},
        "dbn.p_label": {"model": DBN, "v": V2},
        "dbn.reconstruct": {"model": PLAIN_DBN, "v": V2},
        "dbn.stack": {"machines": [RBM], "classes": 0},
        "dbn.pack": {"model": DBN},
        "dbn.up_down": {
            "model": DBN,
            "data": V2,
            "labels": [0, 1],
            "epochs": 1,
            "rate": 0.1,
            "k": 1,
            "batch": 2,
        },
        "dense.Dense": {"patterns": S2, "degree": 3},
        "dense.continuous_energy": {"patterns": R2, "q": R2[0], "beta": 1.0},
        "dense.retrieve": {"patterns": R2, "q": R2[0], "beta": 1.0},
        "dense.dE": {"model": MEMORY, "s": S, "i": 1},
        "dense.descend": {"model": MEMORY, "s": S},
        "dense.energy": {"model": MEMORY, "s": S},
        "diagnostics.autocorrelation": {"x": SERIES},
        "diagnostics.binder": {"m": SERIES, "blocks": 20, "resamples": 100},
        "diagnostics.blocking": {"x": SERIES},
        "diagnostics.bootstrap": {
            "function": lambda mean: mean,
            "series": SERIES,
            "blocks": 20,
            "resamples": 100,
        },
        "diagnostics.crossing": {
            "x": [0.0, 1.0, 2.0],
            "first": [(0.0, 0.1), (1.0, 0.1), (2.0, 0.1)],
            "second": [(2.0, 0.1), (1.1, 0.1), (0.0, 0.1)],
            "degree": 1,
            "resamples": 100,
        },
        "diagnostics.effective_size": {"x": SERIES},
        "diagnostics.integrated_time": {"x": SERIES, "c": 5.0},
        "diagnostics.mean": {"x": SERIES},
        "diffusion.Mixture": {"means": [[0.0], [1.0]], "variance": 0.1, "shares": [0.5, 0.5]},
        "diffusion.dissolve": {"mixture": MIXTURE, "t": 0.5},
        "diffusion.flow": {"mixture": MIXTURE, "x": [[0.0, 1.0]], "times": [1.0, 0.5]},
        "diffusion.forward": {"x": [[0.0, 1.0]], "t": 0.5},
        "diffusion.langevin": {
            "energy": lambda x: 0.5 * (x * x).sum(axis=1),
            "gradient": lambda x: x,
            "x": [[0.0, 1.0]],
            "T": 1.0,
            "step": 0.1,
            "steps": 2,
        },
        "diffusion.log_density": {"mixture": MIXTURE, "x": [[0.0, 1.0]]},
        "diffusion.reverse": {"mixture": MIXTURE, "x": [[0.0, 1.0]], "times": [1.0, 0.5]},
        "diffusion.sample": {"mixture": MIXTURE, "count": 3},
        "diffusion.score": {"mixture": MIXTURE, "x": [[0.0, 1.0]]},
        "exact.chain": {"T": 1.0, "J": 1.0, "B": 0.1, "n": 5},
        "exact.chain_correlation": {"r": 2, "T": 1.0, "J": 1.0, "B": 0.1, "n": 5},
        "exact.onsager_energy": {"T": 1.0, "J": 1.0},
        "exact.onsager_free_energy": {"T": 1.0, "J": 1.0},
        "exact.onsager_specific_heat": {"T": 1.0, "J": 1.0},
        "exact.yang_magnetisation": {"T": 1.0, "J": 1.0},
        "exact.lattice": {"model": LATTICE, "T": 2.0},
        "exact.lattice_ground_state": {"model": LATTICE},
        "exact.boltzmann": {"model": NET, "T": 1.0},
        "exact.ground_states": {"model": NET, "most": 5},
        "exact.index": {"s": S},
        "exact.moments": {"model": NET, "T": 1.0},
        "exact.states": {"n": 3},
        "hopfield.Hopfield": {"W": [[0, 1], [1, 0]], "b": [0.1, 0.2]},
        "hopfield.corrupt": {"pattern": S, "fraction": 0.5},
        "hopfield.dE": {"model": NET, "s": S, "i": 1},
        "hopfield.descend": {"model": NET, "s": S},
        "hopfield.energy": {"model": NET, "s": S},
        "hopfield.field": {"model": NET, "s": S},
        "hopfield.heat_bath": {"model": NET, "s": S, "T": 1.0, "updates": 3},
        "hopfield.hebb": {"patterns": S2},
        "hopfield.is_fixed_point": {"model": NET, "s": S},
        "hopfield.overlap": {"patterns": S2, "s": S},
        "hopfield.pseudo_inverse": {"patterns": S2},
        "hopfield.recall": {"patterns": S2, "cues": S2, "at_once": True, "most": 5},
        "hopfield.sample": {"model": NET, "s": S, "T": 1.0, "sweeps": 2},
        "hopfield.synchronous": {"model": NET, "s": S},
        "ising.Ising": {"shape": (4, 4), "J": 1.0, "B": 0.1},
        "ising.SpinGlass": {"right": np.ones((3, 4)), "down": np.ones((3, 4)), "B": 0.1},
        "ising.cold_start": {"model": LATTICE},
        "ising.couplings": {"model": LATTICE},
        "ising.dE": {"model": LATTICE, "s": COLD, "site": (1, 2)},
        "ising.energy": {"model": LATTICE, "s": COLD},
        "ising.heat_bath": {**lattice_run, "method": "auto"},
        "ising.metropolis": {**lattice_run, "method": "auto"},
        "ising.random_start": {"model": LATTICE},
        "ising.spin_glass": {"shape": (4, 4), "J": 1.0, "periodic": (True, False)},
        "ising.to_network": {"model": LATTICE},
        "ising.trace": {"run": [ising.Record(0, -2.0, 1.0, COLD)]},
        "ising.wolff": {"model": LATTICE, "s": COLD, "T": 2.0, "clusters": 1, "every": 1},
        "plot.distribution": {
            "p": [0.5, 0.5],
            "ax": ax,
            "measured": [0.4, 0.6],
            "error": [0.1, 0.1],
            "labels": ["a", "b"],
        },
        "plot.receptive_fields": {"W": np.ones((4, 3)), "shape": (2, 2), "ax": ax, "columns": 2},
        "plot.spins": {"s": S, "shape": (2, 2), "ax": ax, "labels": ["s"], "against": S},
        "plot.trace": {"energies": [1.0, 0.5], "ax": ax, "per": "flip"},
        "plot.weights": {"W": np.ones((2, 2)), "ax": ax},
        "random.state": {},
        "rbm.gaussian.GaussianRBM": {
            "W": GAUSS.W,
            "b_v": np.zeros(4),
            "b_h": np.zeros(2),
            "sigma": np.ones(4),
        },
        "rbm.gaussian.cd": {"model": GAUSS, "data": R2, **cd},
        "rbm.gaussian.energy": {"model": GAUSS, "v": R2, "h": H2},
        "rbm.gaussian.free_energy": {"model": GAUSS, "v": R2, "T": 1.0},
        "rbm.gaussian.gibbs": {"model": GAUSS, "v": R2, "T": 1.0, "sweeps": 1},
        "rbm.gaussian.gradient": {"model": GAUSS, "v": R2},
        "rbm.gaussian.log_Z": {"model": GAUSS, "T": 1.0},
        "rbm.gaussian.log_likelihood": {"model": GAUSS, "v": R2, "T": 1.0, "log_Z": 1.0},
        "rbm.gaussian.mean_v": {"model": GAUSS, "h": H2},
        "rbm.gaussian.p_h": {"model": GAUSS, "v": R2, "T": 1.0},
        "rbm.gaussian.pcd": {"model": GAUSS, "data": R2, "chains": 3, **cd},
        "rbm.gaussian.sample_h": {"model": GAUSS, "v": R2, "T": 1.0},
        "rbm.gaussian.sample_v": {"model": GAUSS, "h": H2, "T": 1.0},
        "rbm.classify": {"model": LABELLED, "v": V2, "classes": 3},
        "rbm.p_label": {"model": LABELLED, "v": V2, "classes": 3, "T": 1.0},
        "rbm.with_labels": {"v": V2, "labels": [0, 1], "classes": 3},
        "rbm.distribution": {"model": RBM, "T": 1.0},
        "rbm.draw": {"model": RBM, "count": 2, "T": 1.0},
        "rbm.gradient": {"model": RBM, "v": V2},
        "rbm.log_Z": {"model": RBM, "T": 1.0},
        "rbm.log_likelihood": {"model": RBM, "v": V2, "T": 1.0, "log_Z": 1.0},
        "rbm.log_pseudo_likelihood": {"model": RBM, "v": V2, "T": 1.0, "flips": 2},
        "rbm.negative": {"model": RBM},
        "rbm.positive": {"model": RBM, "v": V2},
        "rbm.states": {"n": 3},
        "rbm.RBM": {"W": RBM.W, "b_v": np.zeros(4), "b_h": np.zeros(2)},
        "rbm.energy": {"model": RBM, "v": V2, "h": H2},
        "rbm.field_h": {"model": RBM, "v": V2},
        "rbm.field_v": {"model": RBM, "h": H2},
        "rbm.free_energy": {"model": RBM, "v": V2, "T": 1.0},
        "rbm.initial": {"n_v": 4, "n_h": 2, "data": V2, "scale": 0.1, "dtype": np.float64},
        "rbm.mean_biases": {"data": V2},
        "rbm.p_h": {"model": RBM, "v": V2, "T": 1.0},
        "rbm.p_v": {"model": RBM, "h": H2, "T": 1.0},
        "rbm.sample_h": {"model": RBM, "v": V2, "T": 1.0},
        "rbm.sample_v": {"model": RBM, "h": H2, "T": 1.0},
        "rbm.to_network": {"model": RBM},
        "rbm.transposed": {"model": RBM},
        "rbm.complete": {"model": RBM, "v": V, "known": [1, 1, 0, 0], "T": 1.0, "sweeps": 1},
        "rbm.gibbs": {"model": RBM, "v": V2, "T": 1.0, "sweeps": 1},
        "rbm.sample": {"model": RBM, "v": V, "T": 1.0, "sweeps": 1},
        "rbm.cd": {"model": RBM, "data": V2, **cd},
        "rbm.online": {"model": RBM, "data": V2, **train},
        "rbm.pcd": {"model": RBM, "data": V2, "chains": 3, **cd},
        "wasm.build": {"kernels": {"sigmoid": (maths.sigmoid, "float64(float64)")}},
        "data.mnist": {"folder": "nowhere"},
        "dbn.unpack": {"packed": dbn.pack(DBN)},
    }


def a_file():
    place = Path(tempfile.mkdtemp()) / "one"
    place.write_bytes(bytes([0, 0, 8, 1, 0, 0, 0, 2, 3, 4]))
    return place
