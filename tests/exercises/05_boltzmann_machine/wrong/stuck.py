# loses: q4
# hint: KL = 0.693 with hidden units: more steps, or another start
# ruff: noqa: F821 (some names are the notebook's)
import numpy as np

without = boltzmann.initial(4, 0, rng=np.random.default_rng(1), scale=0.5)
bare = learn(without.W, without.b, slope_of_parity, 0.5, 500)
kl_bare = distance(*bare)
start = boltzmann.initial(4, 4, rng=np.random.default_rng(3), scale=0.5)
hidden = learn(start.W, start.b, slope_of_parity, 0.5, 300)
kl_hidden = distance(*hidden)
