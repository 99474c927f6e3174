# loses: q1
# hint: The biases change places too: the features, hidden below, are the visible units here


def upside_down(machine):
    W, b_v, b_h = machine
    return W.T, b_v, b_h
