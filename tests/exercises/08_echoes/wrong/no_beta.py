# loses: q1
# hint: Where is beta? It multiplies the products x.q in the exponent
from scipy.special import softmax


def attend(X, q, beta):
    return softmax(X @ q) @ X
