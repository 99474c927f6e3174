"""Energy-based models, from the Ising model to deep belief networks."""
