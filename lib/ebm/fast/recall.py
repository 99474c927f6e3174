"""`hopfield._descend_sweep` for many cues at once, from the patterns alone: W is never built.

    n field_i = sum over mu of xi_i^mu (sum over j of xi_j^mu s_j) - P s_i

The inner sum, the pull of each pattern, is kept for every cue: P numbers in place of n fields.
Units are visited in blocks, and the cues are the columns of fields and states:

    pulls  (cues, P)       1. fields of a block = patterns of the block @ pulls^T: a product of matrices
    fields (BLOCK, cues)   2. unit by unit: flip where s and field differ in sign; a flip changes the
    s      (n, cues)          fields of the units after it in the block, by the overlaps of their rows,
                              and adds a row of patterns to the cue's pulls

That is for the first sweep, in which one unit in ten flips. Later it is one in hundreds. Then all fields
of a cue are kept, and a flip changes them by its unit's overlaps with the others. These are counted anew
each time, 64 patterns at once:

    unit i   0110...1   a bit for each pattern      overlap = P - 2 times the bits in which they differ
    unit j   0011...1

With all units at once all is simpler, and a cue lies in a row. A cue at rest is dropped.

All numbers are whole, and small enough for single precision, so that a sum is the same in any
order, and a field of zero is zero.
"""

import numpy as np
from tqdm import tqdm

from ebm import random
from ebm._blas import one_thread
from ebm._kernel import kernel

BLOCK = 64
_1, _2, _4, _56 = (np.uint64(k) for k in (1, 2, 4, 56))
_55, _33, _0F, _01 = (np.uint64(k * 0x0101010101010101) for k in (0x55, 0x33, 0x0F, 0x01))
_EXACT = 2**24  # whole numbers up to here are exact in single precision


@one_thread
def asynchronous(patterns, s, words, progress=False):
    """Descend from every row of s, in place, all in the same random orders; the number of sweeps of each."""
    P, n = patterns.shape
    xi = np.ascontiguousarray(patterns.T, dtype=_number(P, n))
    order, sweeps = np.arange(n), np.ones(len(s), dtype=np.int64)
    bar = tqdm(total=len(s), disable=not progress, unit="cue")
    random.shuffle(words, order)
    pulls, flipped = _by_blocks(xi, s, order)
    moving, fields = np.flatnonzero(flipped), pulls[flipped] @ xi.T
    states, bits = s[moving].astype(xi.dtype), _packed(xi > 0)
    bar.update(len(s) - len(moving))
    active = np.arange(len(moving))
    while len(active):
        random.shuffle(words, order)
        flipped = np.zeros(len(active), dtype=np.bool_)
        _visit(order, active, states, fields, xi.dtype.type(P), bits, flipped)
        sweeps[moving[active]] += 1
        bar.update(len(active) - int(flipped.sum()))
        active = active[flipped]
    bar.close()
    s[moving] = states
    return sweeps


def _by_blocks(xi, s, order):
    """One sweep, in place; the pulls after it, and which cues have flipped anything."""
    states, flipped = np.ascontiguousarray(s.T, dtype=xi.dtype), np.zeros(len(s), dtype=np.bool_)
    pulls = states.T @ xi
    for start in range(0, len(order), BLOCK):
        units = order[start : start + BLOCK]
        rows = xi.take(units, axis=0)
        fields = rows @ pulls.T
        if _any_wants(fields, states, units, xi.dtype.type(xi.shape[1])):
            _settle(fields, states, units, rows, rows @ rows.T, pulls, flipped)
    s[:] = states.T
    return pulls, flipped


def _packed(on):
    """(n, P) bools as (words, n) uint64: for each unit the bits of all patterns, 64 a word."""
    octets = np.packbits(on, axis=1)
    padded = np.zeros((len(on), -(-on.shape[1] // 64) * 8), dtype=np.uint8)
    padded[:, : octets.shape[1]] = octets
    return np.ascontiguousarray(padded.view(np.uint64).T)


@kernel
def _visit(order, active, states, fields, P, bits, flipped):
    """A sweep of the active cues; which of them have flipped anything. fields : without the - P s."""
    for k in range(len(active)):
        s, field = states[active[k]], fields[active[k]]
        if _any(field, s, P, 0, len(s)):
            flipped[k] = True
            for i in order:
                if s[i] * field[i] < P:
                    change = -2 * s[i]
                    s[i] += change
                    for word in range(len(bits)):
                        _differ(
                            bits[word], bits[word, i], change * P if word == 0 else 0 * P, 2 * change, field
                        )


@kernel(apart=True)
def _differ(bits, own, common, each, field):
    """field += common, less `each` for every bit in which a unit differs from the one that flips."""
    for j in range(np.uint64(len(field))):
        x = bits[j] ^ own
        x -= (x >> _1) & _55
        x = (x & _33) + ((x >> _2) & _33)
        x = (((x + (x >> _4)) & _0F) * _01) >> _56
        field[j] += common - each * np.int64(x)


def _number(P, n):
    return np.float32 if 2 * P * n < _EXACT else np.float64


@kernel
def _any_wants(fields, states, units, P):
    """Whether any unit would flip, before any has."""
    for k in range(len(units)):
        i, wants = units[k], 0
        for c in range(fields.shape[1]):
            wants += states[i, c] * fields[k, c] < P
        if wants:
            return True
    return False


@kernel
def _settle(fields, states, units, rows, overlaps, pulls, flipped):
    """The units of a block in turn, for all cues. fields: without the - P s."""
    count, cues = fields.shape
    changes, moved = np.empty(cues, dtype=pulls.dtype), np.empty(cues + 1, dtype=np.int64)
    for k in range(count):
        if not _turn(fields[k], states[units[k]], changes, pulls.dtype.type(rows.shape[1])):
            continue
        for c in range(cues):
            if changes[c] != 0:
                flipped[c] = True
        _pull(changes, rows[k], pulls, moved)
        for later in range(k + 1, count):
            together = overlaps[later, k]
            for c in range(cues):
                fields[later, c] += together * changes[c]


@kernel
def _turn(field, s, changes, P):
    """One unit of all cues follows its field; changes gets the new s - the old. How many flip."""
    flips = 0
    for c in range(len(s)):
        turn = s[c] * field[c] < P
        changes[c] = -2 * s[c] if turn else 0 * s[c]
        s[c] += changes[c]
        flips += turn
    return flips


@kernel
def _pull(changes, row, pulls, cues):
    """Each cue in which a unit has changed is pulled by other amounts. cues : scratch"""
    count = 0
    for c in range(
        len(changes)
    ):  # a list is made without a branch, which would be guessed wrong at each flip
        cues[count] = c
        count += changes[c] != 0
    for k in range(count):
        _add(changes[cues[k]], row, pulls[cues[k]])


@one_thread
def synchronous(patterns, s, most, progress=False):
    """All units of every row of s at once, until nothing moves or two states take turns.

    Returns the steps of each, up to `most`, and whether it came to rest.
    """
    number = _number(*patterns.shape)
    patterns, states = patterns.astype(number), s.astype(number)
    xi = np.ascontiguousarray(patterns.T)
    steps, rests = np.zeros(len(s), dtype=np.int64), np.zeros(len(s), dtype=bool)
    moving, pulls = np.arange(len(s)), states @ xi
    turned, before = np.zeros(s.shape, dtype=np.int32), np.zeros(len(s), dtype=np.int64)
    bar = tqdm(total=len(s), disable=not progress, unit="cue")
    for step in range(1, most + 1):
        flips, again = np.zeros((2, len(moving)), dtype=np.int64)
        _step(pulls @ patterns, states, moving, xi, pulls, turned, step, flips, again)
        steps[moving], rests[moving] = step, flips == 0
        going = (flips > again) | (flips != before)  # or the same units have flipped back
        going &= flips > 0
        if not going.all():
            bar.update(int((~going).sum()))
            moving, pulls, flips = moving[going], pulls[going], flips[going]
        if not len(moving):
            break
        before = flips
    bar.close()
    s[:] = states
    return steps, rests


@kernel
def _step(fields, states, moving, xi, pulls, turned, step, flips, again):
    """All units of the moving cues follow their fields (given without the - P s).

    turned : for each unit of each cue the step in which it last flipped
    flips, again : how many units of a cue flip, and how many of these did so in the step before
    """
    n, P = xi.shape
    units = np.empty(n + 1, dtype=np.int64)
    for k in range(len(moving)):
        s, when = states[moving[k]], turned[moving[k]]
        flips[k] = _wanting(fields[k], s, xi.dtype.type(P), units)
        for q in range(flips[k]):
            i = units[q]
            again[k] += when[i] == step - 1
            when[i] = step
            _add(-2 * s[i], xi[i], pulls[k])
            s[i] = -s[i]


@kernel
def _wanting(field, s, P, units):
    """The units whose state and field differ in sign, in order; how many."""
    count = 0
    for start in range(0, len(s), BLOCK):
        stop = min(start + BLOCK, len(s))
        if _any(field, s, P, start, stop):
            for i in range(start, stop):
                units[count] = i
                count += s[i] * field[i] < P
    return count


@kernel
def _any(field, s, P, start, stop):
    wants = np.int32(0)
    for i in range(np.uint64(start), np.uint64(stop)):
        wants |= np.int32(s[i] * field[i] < P)
    return wants


@kernel(apart=True)
def _add(change, row, pulls):
    for mu in range(np.uint64(len(pulls))):
        pulls[mu] += change * row[mu]
