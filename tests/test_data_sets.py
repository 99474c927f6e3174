"""Data sets: what they hold, that train and test stay apart, and files that are not what they say."""

import gzip
import hashlib
import sys
from types import SimpleNamespace
from urllib.error import URLError

import numpy as np
import pytest

from ebm.data import sets


def rng(seed=0):
    return np.random.default_rng(seed)


# --- 8x8 digits ---


def test_digits_are_those_of_scikit_learn_cut_once():
    load_digits = pytest.importorskip("sklearn.datasets").load_digits
    train, test = sets.digits()
    whole = load_digits()
    assert (np.vstack([train.v, test.v]) * 16 == whole.data).all()
    assert (np.concatenate([train.labels, test.labels]) == whole.target).all()


def test_digits_are_cut_between_two_forms_and_share_no_picture():
    train, test = sets.digits()
    assert len(train.v) == len(train.labels) == 1415 and len(test.v) == len(test.labels) == 382
    assert test.labels[:30].tolist() == list(range(10)) * 3
    assert not {row.tobytes() for row in train.v} & {row.tobytes() for row in test.v}
    assert np.bincount(test.labels).min() >= 35


def test_digits_are_fresh_each_time():
    sets.digits().train.v[:] = 7
    assert sets.digits().train.v.max() == 1


def test_binary_by_threshold_and_by_coin():
    v = np.array([[0, 0.25, 0.49, 0.5, 0.75, 1]])
    assert sets.binary(v).tolist() == [[0, 0, 0, 1, 1, 1]]
    drawn = sets.binary(np.repeat(v, 40_000, axis=0), rng=rng())
    assert drawn.dtype == np.int8
    assert np.abs(drawn.mean(axis=0) - v[0]).max() < 5 * 0.5 / np.sqrt(40_000)
    assert (drawn[:, 0] == 0).all() and (drawn[:, 5] == 1).all()


@pytest.mark.parametrize("bad", [[[1.5]], [[-1.0, 1.0]], [[np.nan]], [], [[]], [0.5]])
def test_binary_wants_shares_of_ink(bad):
    with pytest.raises(ValueError, match="v (holds|has shape|is empty).*numbers between"):
        sets.binary(bad)


# --- puzzles ---


@pytest.mark.parametrize("n", [2, 3, 4])
def test_bars_and_stripes_are_all_pictures_of_that_kind(n):
    v = sets.bars_and_stripes(n)
    every = ((np.arange(2 ** (n * n))[:, None] >> np.arange(n * n)) & 1).reshape(-1, n, n)
    rows = (every == every[:, :, :1]).all(axis=(1, 2))
    columns = (every == every[:, :1, :]).all(axis=(1, 2))
    expected = every[rows | columns].reshape(-1, n * n)
    assert v.dtype == np.int8 and v.shape == (2 ** (n + 1) - 2, n * n)
    assert sorted(v.tolist()) == sorted(expected.tolist())


def test_shifter_says_which_way_the_row_went():
    v = sets.shifter(5)
    assert v.shape == (96, 13) and len(np.unique(v[:, :10], axis=0)) < 96 == len(np.unique(v, axis=0))
    for row in v:
        by = row[10:].argmax() - 1
        assert row[10:].sum() == 1 and (row[5:10] == np.roll(row[:5], by)).all()


def test_shifter_units_tell_nothing_by_themselves_but_two_do():
    v = 2.0 * sets.shifter(6) - 1
    with_label = v[:, :12].T @ v[:, 12:] / len(v) - np.outer(v[:, :12].mean(axis=0), v[:, 12:].mean(axis=0))
    assert np.abs(with_label).max() < 1e-12
    same = v[:, 0] * v[:, 6]
    assert np.cov(same, v[:, 13])[0, 1] > 0.1


def test_encoder_rows_are_two_equal_units():
    v = sets.encoder(8)
    assert v.shape == (8, 16) and (v[:, :8] == v[:, 8:]).all() and (v[:, :8] == np.eye(8)).all()


@pytest.mark.parametrize(
    ("function", "low", "high"),
    [(sets.bars_and_stripes, 2, 10), (sets.shifter, 3, 14), (sets.encoder, 2, 1000)],
)
def test_bad_sizes(function, low, high):
    for n in (low - 1, high + 1, -1):
        with pytest.raises(ValueError, match=f"n is {n}; wanted a whole number"):
            function(n)
    with pytest.raises(TypeError, match="n is 4.0; wanted a whole number"):
        function(4.0)


def test_spins_and_bits_are_inverse():
    v = sets.bars_and_stripes(3)
    assert (sets.to_bits(sets.to_spins(v)) == v).all()
    assert sets.to_spins(v).dtype == sets.to_bits(sets.to_spins(v)).dtype == np.int8
    with pytest.raises(ValueError, match="v holds -1; wanted an array of 0 and 1"):
        sets.to_spins([1, -1])
    with pytest.raises(ValueError, match=r"s holds 0; wanted an array of \+1 and -1"):
        sets.to_bits([1, 0])


# --- IDX files ---


def idx(x, kind=8):
    return bytes([0, 0, kind, x.ndim]) + b"".join(n.to_bytes(4) for n in x.shape) + x.tobytes()


@pytest.mark.parametrize("compressed", [False, True])
@pytest.mark.parametrize(
    ("kind", "dtype"), [(8, ">u1"), (9, ">i1"), (11, ">i2"), (12, ">i4"), (13, ">f4"), (14, ">f8")]
)
def test_idx_files_are_read_whole(tmp_path, kind, dtype, compressed):
    x = rng().integers(0, 100, (3, 4, 5)).astype(dtype)
    content = idx(x, kind)
    (tmp_path / "file").write_bytes(gzip.compress(content) if compressed else content)
    found = sets.read_idx(tmp_path / "file")
    assert (found == x).all() and found.dtype == np.dtype(dtype).newbyteorder("=") and found.flags.writeable


GOOD = idx(np.arange(24, dtype=np.uint8).reshape(2, 3, 4))
PACKED = gzip.compress(GOOD, mtime=0)  # no time in it: every test process must find tests of the same names


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "file is not an IDX file: it starts with nothing"),
        (b"PNG?" + GOOD, "file is not an IDX file: it starts with 50 4e 47 3f"),
        (GOOD[:2] + b"\x07" + GOOD[3:], "file is not an IDX file: it starts with 00 00 07 03"),
        (GOOD[:9], "file is cut short: it ends within its header"),
        (GOOD[:-1], r"file has 39 bytes; wanted 40 for an array of shape \[2, 3, 4\]"),
        (GOOD + b"\0", "file has 41 bytes; wanted 40"),
        (GOOD[:4] + b"\xff" * 12 + GOOD[16:], "file has 40 bytes; wanted 79228162458924105385300197391"),
        (PACKED[:-9], "file is damaged: it does not decompress"),
        (PACKED[:20] + b"????" + PACKED[24:], "file is damaged: it does not decompress"),
    ],
)
def test_damaged_idx_files(tmp_path, content, message):
    (tmp_path / "file").write_bytes(content)
    with pytest.raises(ValueError, match=message):
        sets.read_idx(tmp_path / "file")


def test_no_such_file(tmp_path):
    with pytest.raises(FileNotFoundError, match="nothing_here"):
        sets.read_idx(tmp_path / "nothing_here")


# --- MNIST, with a small stand-in whose hashes are put in place of the real ones ---

IMAGES = rng().integers(0, 256, (7, 28, 28), dtype=np.uint8)
LABELS = np.array([5, 0, 4, 1, 9, 2, 1], dtype=np.uint8)
CONTENTS = dict(zip(sets._MNIST, map(idx, (IMAGES[:4], LABELS[:4], IMAGES[4:], LABELS[4:])), strict=True))


@pytest.fixture
def stand_in(monkeypatch, tmp_path):
    monkeypatch.setattr(
        sets, "_MNIST", {name: hashlib.sha256(content).hexdigest() for name, content in CONTENTS.items()}
    )
    monkeypatch.setattr(sets, "_MNIST_TRAIN", 4)
    monkeypatch.setenv("EBM_DATA", str(tmp_path / "kept"))
    return tmp_path


def fill(folder, compressed=lambda name: False):
    for name, content in CONTENTS.items():
        if compressed(name):
            (folder / f"{name}.gz").write_bytes(gzip.compress(content))
        else:
            (folder / name).write_bytes(content)


def is_stand_in(split):
    assert (split.train.v * 255 == IMAGES[:4].reshape(4, 784)).all() and split.train.v.dtype == np.float32
    assert (split.test.v * 255 == IMAGES[4:].reshape(3, 784)).all() and split.test.v.max() <= 1
    assert (split.train.labels == LABELS[:4]).all() and (split.test.labels == LABELS[4:]).all()
    return True


@pytest.mark.parametrize("compressed", [lambda name: False, lambda name: True, lambda name: "t10k" in name])
def test_mnist_from_a_folder(stand_in, compressed):
    fill(stand_in, compressed)
    assert is_stand_in(sets.mnist(stand_in)) and is_stand_in(sets.mnist(str(stand_in)))


def test_a_missing_file_is_named(stand_in):
    fill(stand_in)
    (stand_in / "t10k-labels-idx1-ubyte").unlink()
    with pytest.raises(FileNotFoundError, match=r"folder .* has no t10k-labels-idx1-ubyte, plain or .gz"):
        sets.mnist(stand_in)


def test_train_and_test_files_exchanged_are_found_by_their_hash(stand_in):
    fill(stand_in)
    (stand_in / "train-images-idx3-ubyte").write_bytes(CONTENTS["t10k-images-idx3-ubyte"])
    with pytest.raises(ValueError, match="train-images-idx3-ubyte is not the file of MNIST: its SHA-256 is"):
        sets.mnist(stand_in)


def test_one_wrong_bit_is_found(stand_in):
    fill(stand_in)
    content = bytearray(CONTENTS["t10k-images-idx3-ubyte"])
    content[-1] ^= 1
    (stand_in / "t10k-images-idx3-ubyte").write_bytes(content)
    with pytest.raises(ValueError, match="t10k-images-idx3-ubyte is not the file of MNIST"):
        sets.mnist(stand_in)


def openml(monkeypatch, answer):
    """Put `answer` in the place of scikit-learn's fetch_openml; the list of its calls."""
    calls = []

    def fetch_openml(*args, **kwargs):
        calls.append((args, kwargs))
        return answer()

    monkeypatch.setitem(sys.modules, "sklearn", SimpleNamespace())
    monkeypatch.setitem(sys.modules, "sklearn.datasets", SimpleNamespace(fetch_openml=fetch_openml))
    return calls


def table():
    return SimpleNamespace(
        data=IMAGES.reshape(-1, 784).astype(float), target=LABELS.astype(str).astype(object)
    )


def test_mnist_is_fetched_once_and_kept(stand_in, monkeypatch):
    calls = openml(monkeypatch, table)
    assert is_stand_in(sets.mnist())
    assert sorted(path.name for path in (stand_in / "kept").iterdir()) == sorted(f"{n}.gz" for n in CONTENTS)
    assert is_stand_in(sets.mnist())
    assert len(calls) == 1 and calls[0][0] == ("mnist_784",)


def test_a_folder_that_is_given_is_never_filled_from_the_network(stand_in, monkeypatch):
    calls = openml(monkeypatch, table)
    with pytest.raises(FileNotFoundError, match="has no train-images"):
        sets.mnist(stand_in)
    assert calls == [] and list(stand_in.iterdir()) == []


def unreachable():
    raise URLError("Name or service not known")


def no_pandas():
    raise ImportError("pandas is not here")


def other_data():
    return SimpleNamespace(data=np.zeros((7, 784)), target=LABELS)


@pytest.mark.parametrize(
    ("answer", "error", "message"),
    [
        (
            unreachable,
            ConnectionError,
            r"could not be fetched from OpenML .*Name or service.*; give a folder",
        ),
        (
            no_pandas,
            FileNotFoundError,
            r"fetching it needs scikit-learn and pandas .*; install them, or give a",
        ),
        (other_data, ValueError, "train-images-idx3-ubyte as OpenML has it is not the file of MNIST"),
    ],
)
def test_a_failed_fetch_leaves_nothing_behind(stand_in, monkeypatch, answer, error, message):
    openml(monkeypatch, answer)
    with pytest.raises(error, match=message):
        sets.mnist()
    assert list(stand_in.iterdir()) == []


def test_without_scikit_learn(stand_in, monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)
    with pytest.raises(FileNotFoundError, match=r"needs scikit-learn and pandas .*or use digits\(\)"):
        sets.mnist()
