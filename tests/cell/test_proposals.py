"""Ranges an expert would propose, and what nobody would tune."""

from __future__ import annotations

import pytest

from jupyter_hpo.cell import capture
from jupyter_hpo.cell.objectives import candidates, direction_of, is_test, propose_objective
from jupyter_hpo.space import Categorical, Distribution, Float, Int

PROPOSED: dict[str, tuple[str, str, Distribution]] = {
    "learning rate": ("lr = 1e-3", "lr", Float(1e-5, 1e-1, log=True)),
    "a large one": ("lr = 1.0", "lr", Float(1e-2, 10, log=True)),
    "keyword": ("f(learning_rate=0.1)", "learning_rate", Float(1e-3, 1, log=True)),
    "weight decay of 0": ("f(weight_decay=0)", "weight_decay", Float(1e-6, 1e-1, log=True)),
    "momentum": ("f(momentum=0.9)", "momentum", Float(0, 0.99)),
    "dropout": ("dropout = 0.5", "dropout", Float(0, 0.7)),
    "dropout layer": ("nn.Dropout(0.5)", "Dropout.p", Float(0, 0.7)),
    "dropout layer's p": ("nn.Dropout(p=0.5)", "Dropout.p", Float(0, 0.7)),
    "width": ("hidden_size = 64", "hidden_size", Int(16, 256, log=True)),
    "batch size": ("batch_size = 64", "batch_size", Categorical((16, 32, 64, 128, 256))),
    "trees": ("F(n_estimators=100)", "n_estimators", Int(25, 400, log=True)),
    "depth": ("F(max_depth=6)", "max_depth", Int(2, 16)),
    "no depth": ("F(max_depth=None)", "max_depth", Categorical((None, 3, 5, 8, 12, 20))),
    "leaf": ("F(min_samples_leaf=1)", "min_samples_leaf", Int(1, 20, log=True)),
    "C": ("SVC(C=1)", "C", Float(1e-3, 1e3, log=True)),
    "layers": ("n_layers = 2", "n_layers", Int(1, 6)),
    "kernel": ("Conv2d(a, b, kernel_size=3, padding='same')", "kernel_size",
               Categorical((3, 5, 7))),
    "optimiser": ("optimizer = 'sgd'", "optimizer",
                  Categorical(("adam", "sgd", "rmsprop", "adamw"))),
    "activation": ("f(activation='relu')", "activation",
                   Categorical(("relu", "tanh", "gelu", "silu"))),
    "flag": ("f(nesterov=True)", "nesterov", Categorical((False, True))),
    "in a dict": ("c = {'lr': 1e-2}", "lr", Float(1e-4, 1e-1, log=True)),
    "activation of scikit-learn": ("MLPClassifier(activation='relu')", "activation",
                                   Categorical(("relu", "tanh", "logistic"))),
    "boosting": ("XGBClassifier(learning_rate=0.1)", "learning_rate", Float(1e-2, 0.3, log=True)),
    "Ridge": ("Ridge(alpha=1.0)", "alpha", Float(1e-2, 1e3, log=True)),
    "smoothing": ("f(label_smoothing=0.1)", "label_smoothing", Float(0, 0.3)),
    "a rate above a decade": ("lr = 0.05", "lr", Float(1e-4, 0.5, log=True)),
    "k of k-means": ("KMeans(init='k-means++')", "init", Categorical(("k-means++", "random"))),
    "whitening": ("PCA(whiten=False)", "whiten", Categorical((False, True))),
    "as many components again": ("PCA(n_components=3)", "n_components", Int(1, 6)),
    "as many as the data have": ("X = load_iris().data; PCA(n_components=3)", "n_components",
                                 Int(1, 4)),
    "as many as are made": ("X = make_blobs(n_features=12); SelectKBest(k=10)", "SelectKBest.k",
                            Int(2, 12, log=True)),
    "the best features": ("SelectKBest(k=10)", "SelectKBest.k", Int(2, 20, log=True)),
    "a spread of weights": ("nn.init.normal_(w, std=0.02)", "std", Float(2e-3, 0.2, log=True)),
    "its place": ("nn.init.normal_(w, 0, 0.02)", "std", Float(2e-3, 0.2, log=True)),
    "between the layers": ("BertConfig(intermediate_size=64)", "intermediate_size",
                           Int(16, 256, log=True)),
    "steps of a schedule": ("ExponentialDecay(decay_steps=50)", "decay_steps",
                            Int(25, 100, log=True)),
    "an int by argparse": ("p.add_argument('--step-size', type=int, default=8)", "step_size",
                           Int(4, 16, log=True)),
    "few filters": ("Conv2D(filters=8, kernel_size=c)", "Conv2D.filters", Int(4, 32, log=True)),
    "in a function's call": ("def g():\n    return f(lr=1e-2)", "lr", Float(1e-4, 0.1, log=True)),
}  # fmt: skip


@pytest.mark.parametrize(("source", "name", "meant"), PROPOSED.values(), ids=PROPOSED)
def test_proposed(source: str, name: str, meant: Distribution) -> None:
    cell = capture(f"{source}\nloss = f({name.split('[')[0].split('.')[0]}, c)", names={"f", "c"})
    found = [t for t in cell.tunables if t.distribution is not None]
    assert [(t.name, t.distribution) for t in found] == [(name, meant)]
    assert found[0].why
    value = found[0].value
    assert value == 0 or (isinstance(meant, Float | Int | Categorical) and meant.contains(value))


NOT_PROPOSED = [
    "seed = 3",
    "torch.manual_seed(0)",
    "F(random_state=0, n_jobs=-1, verbose=1)",
    "epochs = 20",
    "device = 'cuda'",
    "train_test_split(X, y, test_size=0.2)",
    "nn.Linear(784, 10)",
    "for i in range(10): pass",
    "print('lr', 3, sep='')",
    "plt.plot(x, alpha=0.5)",
    "DataLoader(d, shuffle=True, num_workers=2)",
    "best_loss = 1.0",
    "x = y[3]",
    "num_classes = 10",
    "optimizer = 'mine'",
    "path = 'data/lr'",
    "def g(lr=1e-3): pass",
    "LogisticRegression(solver='lbfgs', penalty='l2')",
    "lr = 1e-3",  # nobody reads it
    "max_len = 12\nf(rng.integers(9, size=(5, max_len)))",  # sizes data that are drawn
    "p.add_argument('--lr', type=int, default=1)\nf(p.lr)",  # stays an int
]


@pytest.mark.parametrize("source", NOT_PROPOSED)
def test_not_proposed(source: str) -> None:
    cell = capture(source + "\nloss = best_loss = f(seed, epochs, device)")
    assert [t.name for t in cell.tunables if t.distribution is not None] == []


def test_a_variable_nobody_knows_is_shown_without_a_range() -> None:
    cell = capture("zeta = 3\nloss = f(zeta)", names={"f"}, auto=True)
    assert [(t.name, t.distribution) for t in cell.tunables] == [("zeta", None)]
    assert [p.code for p in cell.problems] == ["nothing_to_tune"]


DIRECTIONS = {
    "val_loss": "minimize",
    "valLoss": "minimize",
    "rmse": "minimize",
    "perplexity": "minimize",
    "accuracy": "maximize",
    "val_acc": "maximize",
    "f1_score": "maximize",
    "r2_score": "maximize",
    "val_score": "maximize",
    "auc_mean": "maximize",
    "lossless_name": None,
    "model": None,
    "_": None,
}


@pytest.mark.parametrize(("name", "direction"), DIRECTIONS.items())
def test_directions(name: str, direction: str | None) -> None:
    assert direction_of(name) == direction


CHOSEN = {
    "validation first": (["loss", "train_acc", "val_loss"], "val_loss"),
    "plain before training": (["running_loss", "acc"], "acc"),
    "test before training": (["train_loss", "test_acc"], "test_acc"),
    "training alone": (["train_loss"], "train_loss"),
    "not the best so far": (["best_acc", "acc"], "acc"),
}


@pytest.mark.parametrize(("names", "chosen"), CHOSEN.values(), ids=CHOSEN)
def test_the_objective_proposed(names: list[str], chosen: str) -> None:
    objectives, problem = propose_objective(names)
    assert problem is None
    assert [o.source for o in objectives] == [chosen]


def test_candidates_are_variables_only() -> None:
    cell = capture("def accuracy(): pass\nfrom m import f1_score\nloss = 1\nval_acc = 2")
    assert [o.source for o in candidates(cell)] == ["val_acc", "loss"]
    assert candidates(capture("loss = (")) == ()


def test_is_test() -> None:
    assert is_test("test_acc")
    assert is_test("model.score(X_test, y_test)")
    assert not is_test("latest_loss")
