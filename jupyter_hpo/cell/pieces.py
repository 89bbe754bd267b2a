"""The pieces (`jupyter_hpo.pieces`) as the search sees them: what each may be tuned in.

One table says, for each piece, its hyperparameters with their defaults and the marks that go
with them. From it come the proposals for a call, the arguments that a call leaves out, and the
code that the editor inserts. A test holds that the defaults are those of the functions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..errors import Problem
from ..space import Distribution
from ..space.grammar import Choices, Spec, Word, parse_spec
from ..space.marks import to_distribution
from ..space.space import MISSING


@dataclass(frozen=True)
class Setting:
    """A hyperparameter. mark: its range in the grammar of marks; of one piece's settings a
    condition names the others by their bare name. asked: tuned only where a call writes it."""

    name: str
    default: Any
    mark: str
    asked: bool = False

    @property
    def spec(self) -> Spec:
        found = parse_spec(self.mark)
        assert not isinstance(found, Problem), self.mark
        return found

    def range_for(self, value: Any) -> Distribution | None:
        """What a value that stands in the code may become; None for one of another kind."""
        found = to_distribution(self.spec, value)
        return None if isinstance(found, Problem) else found


@dataclass(frozen=True)
class Piece:
    """name: of the function. title, sentence: for a person. holder: the name that its result is
    bound to where it is inserted. given: arguments that the code must give. after: what else has
    to be called, as a comment. positional: names of the parameters that come first."""

    name: str
    title: str
    sentence: str
    holder: str
    given: tuple[str, ...]
    positional: tuple[str, ...]
    settings: tuple[Setting, ...]
    after: tuple[str, ...] = ()
    replaces: str = ""


_NOT_LBFGS = "if kind != lbfgs"

PIECES: dict[str, Piece] = {
    piece.name: piece
    for piece in (
        Piece(
            "optimizer",
            "Optimiser",
            "SGD, momentum, Nesterov, AdaGrad, RMSprop, Adam or AdamW, each with its own values.",
            "optimizer",
            ("model.parameters()",),
            ("params", "kind", "lr"),
            (
                Setting(
                    "kind",
                    "adamw",
                    "sgd | momentum | nesterov | adagrad | rmsprop | adam | adamw",
                ),
                Setting("lr", 1e-3, "1e-5..1e-1 log"),
                Setting("weight_decay", 1e-4, f"1e-6..1e-1 log {_NOT_LBFGS}"),
                Setting("momentum", 0.9, "0.5..0.99 if kind in (momentum, nesterov)"),
                Setting("beta1", 0.9, "0.8..0.99 if kind in (adam, adamw)"),
                Setting("beta2", 0.999, "0.9..0.9999 if kind in (adam, adamw)"),
                Setting("alpha", 0.99, "0.8..0.999 if kind == rmsprop"),
                Setting("history", 10, "3..50 log if kind == lbfgs"),
            ),
            replaces="optim",
        ),
        Piece(
            "lr_schedule",
            "Learning-rate schedule",
            "Fixed, exponential, in steps, cosine, on a plateau, after a warm-up, or one cycle.",
            "schedule",
            ("optimizer", "epochs=epochs"),
            ("optimizer", "kind", "epochs"),
            (
                Setting(
                    "kind",
                    "cosine",
                    "fixed | exponential | step | cosine | plateau | warmup | onecycle",
                ),
                Setting("gamma", 0.95, "0.8..0.999 if kind == exponential"),
                Setting("drops", 2, "1..5 if kind == step"),
                Setting("factor", 0.3, "0.1..0.8 if kind in (step, plateau)"),
                Setting("patience", 3, "1..10 if kind == plateau"),
                Setting("warmup", 0.1, "0.02..0.4 if kind in (warmup, onecycle)"),
                Setting("floor", 0.0, "0.0..0.1 if kind in (cosine, warmup)"),
            ),
            ("at the end of every epoch: schedule.step(val_loss)",),
            replaces="lr_scheduler",
        ),
        Piece(
            "loss",
            "Loss",
            "Cross-entropy with label smoothing or hinge for classes; MSE or Huber for numbers.",
            "loss_fn",
            (),
            ("kind",),
            (
                Setting("kind", "cross_entropy", "cross_entropy | hinge"),
                Setting("label_smoothing", 0.0, "0.0..0.3 if kind == cross_entropy"),
                Setting("margin", 1.0, "0.1..2.0 log if kind == hinge"),
                Setting("delta", 1.0, "0.1..10.0 log if kind == huber"),
            ),
            replaces="criterion",
        ),
        Piece(
            "regularization",
            "Regularisation",
            "L1, L2 or elastic net, gradient clipping, early stopping; pruning and quantisation.",
            "regularize",
            ("model",),
            ("model", "kind"),
            (
                Setting("kind", "l2", "none | l1 | l2 | elastic_net"),
                Setting("l1", 1e-5, "1e-8..1e-2 log if kind in (l1, elastic_net)"),
                Setting("l2", 1e-4, "1e-7..1e-1 log if kind in (l2, elastic_net)"),
                Setting("clip", 1.0, "0.1..10.0 log"),
                Setting("dropout", None, "0.0..0.7", asked=True),
                Setting("patience", 5, "2..20", asked=True),
            ),
            (
                "loss = loss_fn(model(x), y) + regularize.penalty()",
                "loss.backward(); regularize.clip(); optimizer.step()",
            ),
        ),
        Piece(
            "augment",
            "Augmentation of images",
            "Batches of images flipped, shifted, turned, with noise; and normalised.",
            "augment",
            (),
            (),
            (
                Setting("flip", 0.5, "0.0..0.5"),
                Setting("crop", 2, "0..8"),
                Setting("rotate", 10.0, "0.0..30.0"),
                Setting("noise", 0.02, "0.0..0.3"),
                Setting("normalize", True, "bool"),
            ),
            ("in training: x = augment(x); in validation: x = augment(x, training=False)",),
        ),
        Piece(
            "truncate",
            "Truncation of sequences",
            "How much of each sequence is looked at.",
            "tokens",
            ("tokens",),
            ("tokens", "length"),
            (Setting("length", 128, "16..512 log"), Setting("side", "end", "end | start")),
        ),
        Piece(
            "hypergradient",
            "Learning rate by its gradient",
            "The rate grows or shrinks at every step of SGD, Adam or AdamW, as its gradient says.",
            "optimizer",
            ("optimizer",),
            ("optimizer", "beta"),
            (Setting("beta", 0.02, "1e-3..0.1 log"),),
        ),
        Piece(
            "folds",
            "Folds of cross-validation",
            "Indices to train and to validate on, fold by fold: plain, stratified, or in time.",
            "folds",
            ("X", "y"),
            ("X", "y", "k", "kind"),
            (),
            ("for train_idx, val_idx in folds: train on the ones, validate on the others",),
        ),
        Piece(
            "split",
            "Training, validation and test data",
            "Cuts the data into three parts that share no row.",
            "train, val, test",
            ("X", "y"),
            ("X", "y"),
            (),
        ),
    )
}
INSERTED = {
    **PIECES,
    "metrics": Piece(
        "metrics.accuracy",
        "Metrics",
        "Accuracy; or precision, recall, F1, MSE, perplexity, BLEU: the search knows which way.",
        "val_accuracy",
        ("y_val", "model(X_val)"),
        ("true", "predicted"),
        (),
        ("or: precision, recall, f1, mse; perplexity(val_loss); bleu(texts, references)",),
    ),
}
"""What the editor can put into a cell."""

LOSSES = ("cross_entropy | hinge", "mse | huber")
"""Losses that stand in for one another: of classes, of numbers."""


def setting_of(piece: str, name: str, value: Any) -> Setting | None:
    """The setting of a piece's argument, with the choices that the value in the code is of."""
    found = next((s for s in PIECES[piece].settings if s.name == name), None)
    if found is not None and piece == "loss" and name == "kind" and value in ("mse", "huber"):
        return Setting(found.name, found.default, LOSSES[1])
    if found is not None and piece == "optimizer" and name == "kind" and value == "lbfgs":
        return Setting(found.name, found.default, f"{found.mark} | lbfgs")
    return found


def reachable(piece: str, kind: Any) -> list[Setting]:
    """The settings that count for some kind that a call with this one may become; kind: MISSING
    where the code computes it."""
    chosen = setting_of(piece, "kind", kind)
    kinds = set() if chosen is None else {w.text for w in _words(chosen)} | {str(kind)}
    found = []
    for setting in PIECES[piece].settings:
        words = {w.text for term in setting.spec.terms for w in term.words}
        negated = any(term.op == "!=" for term in setting.spec.terms)
        if not words or kind is MISSING or (kinds - words if negated else kinds & words):
            found.append(setting)
    return found


def _words(setting: Setting) -> tuple[Word, ...]:
    body = setting.spec.body
    return body.words if isinstance(body, Choices) else ()


def as_code(value: Any) -> str:
    return f'"{value}"' if isinstance(value, str) else repr(value)
