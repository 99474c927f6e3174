"""What networks remember and learn from: letters to store (`glyphs`), digits and puzzles (`sets`)."""

from ebm.data.glyphs import SHAPES, available, erase, letters
from ebm.data.sets import (
    Examples,
    Split,
    bars_and_stripes,
    binary,
    digits,
    encoder,
    mnist,
    read_idx,
    shifter,
    to_bits,
    to_spins,
)

__all__ = [
    "SHAPES",
    "Examples",
    "Split",
    "available",
    "bars_and_stripes",
    "binary",
    "digits",
    "encoder",
    "erase",
    "letters",
    "mnist",
    "read_idx",
    "shifter",
    "to_bits",
    "to_spins",
]
