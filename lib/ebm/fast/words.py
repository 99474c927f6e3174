"""`random.next_word` for generators side by side: the four words of each are numbers at hand, not an array.

word, s0, s1, s2, s3 = after(s0, s1, s2, s3)      in a loop over generators the compiler puts it in place
                                                  and moves eight of them on with each instruction
"""

import numpy as np

from ebm._kernel import kernel

_17, _19, _23, _41, _45 = (np.uint64(k) for k in (17, 19, 23, 41, 45))


@kernel
def after(s0, s1, s2, s3):
    """The next 64 random bits, and the generator's words after them."""
    word = s0 + s3
    word = ((word << _23) | (word >> _41)) + s0
    shifted = s1 << _17
    s2 ^= s0
    s3 ^= s1
    s1 ^= s2
    s0 ^= s3
    s2 ^= shifted
    s3 = (s3 << _45) | (s3 >> _19)
    return word, s0, s1, s2, s3
