# loses: q1
# hint: beta multiplies the products x.q, it does not divide them
from scipy.special import softmax


def attend(X, q, beta):
    return softmax(X @ q / beta) @ X
