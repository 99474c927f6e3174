# loses: q5
# hint: That is the stack before back-propagation: take `tuned.network`, not the one from `grown`
import numpy as np

from ebm import data, dbn

train, test = data.digits()
rng = np.random.default_rng(7)
*_, grown = dbn.greedy(train.v, [64, 4], rng=rng, epochs=10, rate=0.1, batch=20)
network = dbn.autoencoder(grown.model)
linear = pca_error(train.v, test.v, 4)  # noqa: F821 (the student's own)
deep = np.mean((dbn.decode(network, dbn.encode(network, test.v)) - test.v) ** 2)
