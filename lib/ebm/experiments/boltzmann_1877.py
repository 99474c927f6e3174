"""Boltzmann's urn of 1877: seven slips are drawn, and septets whose numbers do not sum to 7 are thrown away.

He drew none. He counted: 7 molecules share 7 equal pieces of energy in 1716 ways, his
"complexions", which fall into 15 "state distributions"; the likeliest of these is his tenth, in which
three molecules have nothing, two have 1, one has 2 and one has 3 [boltzmann1877, sharp2015].
Here the ways are listed, and the urn is emptied a few million times beside.
"""

from collections import Counter
from itertools import product

import numpy as np

from ebm.diagnostics import Estimate

SEED = 1877
MOLECULES = TOTAL = 7
_SEPTETS = 2_000_000  # drawn in a task; about 1 in 1200 is kept


def tasks(size):
    """Batches of draws."""
    return [{"batch": batch} for batch in range(6 if size == "quick" else 150)]


def measure(task, *, rng):
    """How many of the septets kept are of each state distribution, in his order."""
    rows = distributions()
    drawn = rng.integers(0, TOTAL + 1, size=(_SEPTETS, MOLECULES), dtype=np.int8)
    kept = np.sort(drawn[drawn.sum(axis=1) == TOTAL], axis=1)
    found = Counter(map(tuple, kept.tolist()))
    return [found[row] for row in rows]


def complexions():
    """Every way to deal TOTAL pieces of energy to the molecules: a list of tuples."""
    return [way for way in product(range(TOTAL + 1), repeat=MOLECULES) if sum(way) == TOTAL]


def distributions():
    """The state distributions, each a sorted tuple, with the number of its permutations; in his order.

    Returns
    -------
    dict of tuple to int
    """
    return dict(sorted(Counter(tuple(sorted(way)) for way in complexions()).items()))


def summarise(found):
    """The counts, exact; shares in the urn, with standard errors; and Boltzmann's table beside the urn."""
    rows = distributions()
    counts = np.sum([result for _, result in found], axis=0)
    kept = int(counts.sum())
    shares = counts / kept
    errors = np.sqrt(shares * (1 - shares) / kept)
    exact = np.array(list(rows.values())) / sum(rows.values())
    at_zero = np.array([row.count(0) for row in rows])
    empty = (shares @ at_zero) / MOLECULES
    scatter = (shares @ at_zero**2 / MOLECULES**2 - empty**2) / kept
    return {
        "complexions": Estimate(sum(rows.values()), 0),
        "distributions": Estimate(len(rows), 0),
        "likeliest": Estimate(max(rows.values()), 0),
        "place": Estimate(int(np.argmax(list(rows.values()))) + 1, 0),
        "kept": Estimate(kept, 0),
        "share_10": Estimate(shares[9], errors[9]),
        "share_1": Estimate(shares[0], errors[0]),
        "empty": Estimate(empty, np.sqrt(scatter)),
        "table": [
            {"row": "".join(map(str, row)), "permutations": P, "exact": e, "share": share, "error": error}
            for (row, P), e, share, error in zip(rows.items(), exact, shares, errors, strict=True)
        ],
    }
