"""Search: the Sampler protocol and its Optuna implementation. Imported only when a study runs."""
