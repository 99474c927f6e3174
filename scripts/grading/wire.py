"""What passes between a sandbox and its judge: plain data, calls and callbacks, in frames of JSON.

A frame is four bytes of length and a JSON text. Numbers, text, lists, tuples, dicts, arrays of
numbers, random generators and the library's records travel as copies. A function or an iterator
travels as a number, and a call to it goes back to where it lives; what a call changes in its
arguments is changed in the caller's. Anything else arrives as an `Opaque`, of which only the type
is known. Both ends run this file.
"""

import base64
import dataclasses
import importlib
import json
import select
import struct
import time
from collections.abc import Iterator

import numpy as np

LARGEST = 16 * 2**20  # bytes in a frame
_PLAIN = "biufc"  # kinds of numbers an array may hold
_RECORDS = "ebm"  # the package whose records may pass


class WireError(Exception):
    """The other end is gone, silent for too long, or does not keep to the protocol."""


class RemoteError(Exception):
    """An exception at the other end: its type and message."""


class Opaque:
    """Something that cannot pass."""

    def __init__(self, kind):
        self.kind = str(kind)[:100]

    def __repr__(self):
        return f"<{self.kind}>"


class Wire:
    """One end of a socket.

    handlers : dict of functions, for the requests this end answers by name
    """

    def __init__(self, socket, handlers):
        self.socket, self.handlers = socket, handlers
        self.deadline = None
        self.objects = {}  # functions and iterators the other end may use, by number
        self.raised = {}  # exceptions of callbacks, by number: raised again if they come home

    # Requests

    def ask(self, name, *arguments):
        """The other end's answer; meanwhile its own requests are served."""
        self._send({"ask": name, "with": [self.pack(x) for x in arguments]})
        while True:
            frame = self._receive()
            if "ask" in frame:
                self._serve(frame)
            elif "error" in frame:
                raise self._exception(frame["error"])
            else:
                return self._settle(frame, arguments)

    def serve(self):
        """Answer requests until the other end hangs up."""
        while True:
            try:
                frame = self._receive()
            except WireError:
                return
            self._serve(frame)

    def _serve(self, frame):
        try:
            if frame["ask"] in self.handlers:
                arguments = [self.unpack(x) for x in frame["with"]]
                answer = {"value": self.pack(self.handlers[frame["ask"]](*arguments))}
            else:
                answer = self._use(frame)
        except WireError:
            raise
        except BaseException as error:
            number = len(self.raised)
            self.raised[number] = error
            known = error.number if isinstance(error, _Tagged) else None
            answer = {
                "error": {"kind": type(error).__name__, "text": _text(error), "at": number, "home": known}
            }
        self._send(answer)

    def _use(self, frame):
        """A call of a function, or the next of an iterator."""
        target = self.objects[int(frame["ask"])]
        arguments, named = (self.unpack(x) for x in frame["with"])
        if isinstance(target, Iterator) and not callable(target):
            try:
                return {"value": self.pack([next(target)])}
            except StopIteration:
                return {"value": self.pack([])}
        value = target(*arguments, **named)
        return {"value": self.pack(value), "after": [self.pack(x) for x in _changeable([arguments, named])]}

    def _settle(self, frame, arguments):
        value = self.unpack(frame["value"])
        if "after" in frame:
            here = _changeable(arguments)
            after = [self.unpack(x) for x in frame["after"]]
            if len(here) != len(after):
                raise RemoteError("TypeError: an argument was changed beyond recognition")
            for mine, new in zip(here, after, strict=True):
                _change(mine, new)
        return value

    def _exception(self, told):
        home = told.get("home")
        if isinstance(home, int) and home in self.raised:
            return self.raised[home]
        return _Tagged(f"{told.get('kind', 'Error')}: {told.get('text', '')}"[:2000], told.get("at"))

    # Frames

    def _send(self, frame):
        raw = json.dumps(frame).encode()
        if len(raw) > LARGEST:
            raise ValueError(f"too much to send: {len(raw):,} bytes; at most {LARGEST:,} are allowed")
        try:
            self.socket.sendall(struct.pack(">I", len(raw)) + raw)
        except OSError as error:
            raise WireError("ended") from error

    def _receive(self):
        (size,) = struct.unpack(">I", self._read(4))
        if size > LARGEST:
            raise WireError("sent too much at once")
        try:
            frame = json.loads(self._read(size))
        except (ValueError, RecursionError) as error:
            raise WireError("does not keep to the protocol") from error
        if not isinstance(frame, dict) or not {"ask", "value", "error"} & set(frame):
            raise WireError("does not keep to the protocol")
        return frame

    def _read(self, size):
        found = bytearray()
        while len(found) < size:
            left = None if self.deadline is None else self.deadline - time.monotonic()
            if left is not None and (left <= 0 or not select.select([self.socket], [], [], left)[0]):
                raise WireError("took too long")
            try:
                part = self.socket.recv(min(size - len(found), 2**20))
            except OSError as error:
                raise WireError("ended") from error
            if not part:
                raise WireError("ended")
            found += part
        return bytes(found)

    # Data

    def pack(self, x):
        """As JSON. A dict of one letter says what is meant where JSON has no word for it."""
        if x is None or type(x) in (bool, str):
            return x
        if type(x) in (int, float):
            return x
        if x is Ellipsis:
            return {"e": 0}
        if isinstance(x, np.ndarray | np.generic):
            return self._pack_array(x)
        if isinstance(x, np.random.Generator):
            return {
                "g": [type(x.bit_generator).__name__, json.dumps(x.bit_generator.state, default=_as_list)]
            }
        if isinstance(x, tuple) and type(x).__module__.split(".")[0] == _RECORDS:
            return {"r": [type(x).__module__, type(x).__qualname__, [self.pack(y) for y in x]]}
        if dataclasses.is_dataclass(x) and type(x).__module__.split(".")[0] == _RECORDS:
            fields = [self.pack(getattr(x, field.name)) for field in dataclasses.fields(x) if field.init]
            return {"r": [type(x).__module__, type(x).__qualname__, fields]}
        return self._pack_containers(x)

    def _pack_array(self, x):
        if x.dtype.kind not in _PLAIN:
            return {"o": f"array of {x.dtype}"}
        letter = "n" if isinstance(x, np.generic) else "a"
        data = base64.b64encode(np.ascontiguousarray(x).tobytes()).decode()
        return {letter: [x.dtype.str, list(x.shape), data]}

    def _pack_containers(self, x):
        if isinstance(x, complex):
            return {"c": [x.real, x.imag]}
        for kind, plain in ((bool, bool), (int, int), (float, float), (str, str)):
            if isinstance(x, kind):
                return plain(x)
        if isinstance(x, range):
            return {"w": [x.start, x.stop, x.step]}
        for kind, letter in ((list, "l"), (tuple, "t"), (frozenset | set, "s")):
            if isinstance(x, kind):
                return {letter: [self.pack(y) for y in x]}
        if isinstance(x, dict):
            return {"d": [[self.pack(key), self.pack(value)] for key, value in x.items()]}
        if callable(x) or isinstance(x, Iterator):
            number = len(self.objects)
            self.objects[number] = x
            return {"f" if callable(x) else "i": number}
        return {"o": type(x).__name__}

    def unpack(self, x):
        try:
            return self._unpack(x)
        except (RemoteError, WireError):
            raise
        except (ValueError, TypeError, KeyError, AttributeError, ImportError, RecursionError) as error:
            raise WireError("does not keep to the protocol") from error

    def _unpack(self, x):
        if not isinstance(x, dict):
            if isinstance(x, list):
                raise ValueError("a list without its letter")
            return x
        ((letter, y),) = x.items()
        if letter in "ltsd":
            parts = [[self._unpack(z) for z in pair] for pair in y] if letter == "d" else map(self._unpack, y)
            return {"l": list, "t": tuple, "s": set, "d": dict}[letter](parts)
        if letter in "an":
            dtype = np.dtype(y[0])
            if dtype.kind not in _PLAIN:
                raise ValueError("not numbers")
            array = np.frombuffer(base64.b64decode(y[2]), dtype).reshape(y[1]).copy()
            return array if letter == "a" else array[()]
        simple = {"e": lambda y: ..., "c": lambda y: complex(*y), "w": lambda y: range(*y), "o": Opaque}
        if letter in simple:
            return simple[letter](y)
        if letter == "g":
            return _generator(*y)
        if letter == "r":
            return self._record(*y)
        return {"f": Function, "i": Items}[letter](self, int(y))

    def _record(self, module, name, fields):
        if module.split(".")[0] != _RECORDS:
            raise ValueError("a record of another package")
        kind = getattr(importlib.import_module(module), name)
        if not (isinstance(kind, type) and (dataclasses.is_dataclass(kind) or hasattr(kind, "_fields"))):
            raise ValueError("not a record")
        values = [self._unpack(y) for y in fields]
        try:
            return kind(*values)
        except (TypeError, ValueError) as error:
            raise RemoteError(f"{type(error).__name__}: {error}") from error


class Function:
    """A function at the other end."""

    def __init__(self, wire, number):
        self._wire, self._number = wire, number

    def __call__(self, *arguments, **named):
        return self._wire.ask(str(self._number), list(arguments), named)


class Items:
    """An iterator at the other end."""

    def __init__(self, wire, number):
        self._wire, self._number = wire, number

    def __iter__(self):
        return self

    def __next__(self):
        found = self._wire.ask(str(self._number), [], {})
        if not found:
            raise StopIteration
        return found[0]


class _Tagged(RemoteError):
    """A remote error that remembers its number, so that a callback's own exception can come home."""

    def __init__(self, text, number):
        super().__init__(text)
        self.number = number


def _text(error):
    try:
        return str(error)[:2000]
    except Exception:
        return ""


def _as_list(x):
    return x.tolist()


def _generator(kind, state):
    bits = {"PCG64": np.random.PCG64, "PCG64DXSM": np.random.PCG64DXSM, "MT19937": np.random.MT19937}[kind]()
    state = json.loads(state)
    bits.state = state
    return np.random.Generator(bits)


def _changeable(arguments):
    """What a call may change in place, depth first, in the arguments themselves or in lists of them."""
    found = []
    for x in arguments:
        if isinstance(x, list | tuple):
            found += _changeable(x)
        elif isinstance(x, dict):
            found += _changeable(x.values())
        elif isinstance(x, np.ndarray | np.random.Generator):
            found.append(x)
    return found


def _change(mine, new):
    """Give an argument what the call has made of it."""
    if isinstance(mine, np.random.Generator) and isinstance(new, np.random.Generator):
        mine.bit_generator.state = new.bit_generator.state
    elif isinstance(mine, np.ndarray) and isinstance(new, np.ndarray) and mine.shape == new.shape:
        if not np.array_equal(mine, new, equal_nan=mine.dtype.kind in "fc"):
            mine[...] = new
    else:
        raise RemoteError("TypeError: an argument was changed into something else")
