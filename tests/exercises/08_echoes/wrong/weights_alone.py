# loses: q1
# hint: Those are the weights of the memories: return their weighted mean, of shape (n,)
from scipy.special import softmax


def attend(X, q, beta):
    return softmax(beta * X @ q)
