config = {
    "lr": 0.05,  # hpo: 1e-3..1 log
    "model": {"hidden": 16, "dropout": 0.1},  # hpo: hidden = 4..64 log
    "optimizer": "sgd",
    "epochs": 5,
    "seed": 0,
}
rng = np.random.default_rng(config["seed"])
W = rng.normal(size=(X.shape[1], config["model"]["hidden"]))
v = np.zeros(config["model"]["hidden"])
H = np.tanh(X @ W) * (1 - config["model"]["dropout"])
history = {"loss": []}
for epoch in range(config["epochs"]):
    residual = H @ v - y
    v -= config["lr"] * H.T @ residual / len(y)
    history["loss"].append(float((residual**2).mean()))
