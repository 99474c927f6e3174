# loses: q5
# hint: 0.347 is the theory for infinitely many dimensions: what do your 40 runs say for 12?
t_half = 0.347
error = 0.0043
