# loses: q2
# hint: A unit does not push itself: the diagonal of W must be 0


def hebb(patterns):
    return patterns.T @ patterns / patterns.shape[1]
