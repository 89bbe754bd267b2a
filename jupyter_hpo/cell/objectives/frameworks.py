"""Where libraries keep their figures: histories, best scores, logged metrics.

Read from the text alone: `fit` with `validation_data` is Keras', `GridSearchCV` scikit-learn's,
`self.log("val_loss", ...)` Lightning's, and so on. Names are looked up in the whole tree, for
the class of an object mostly stands some lines above.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from . import boosting
from .calls import Code, Figure, is_true, keyword, last, text
from .candidate import LISTED
from .directions import HELD_OUT, SPLIT, direction_of, words_of

_SEARCHES = re.compile(r"(?:Halving)?(?:Grid|Random|Bayes|Optuna|Tune)\w*Search\w*")
_CROSS = {"cross_val_score"}
_SKORCH = re.compile(r"Neural(?:Net\w*|Network\w*)")


class Libraries(Code):
    """Figures that library objects of a tree keep."""

    def figures(self) -> Iterator[Figure]:
        yield from self._made()
        for call in self.calls:
            name = last(call.func)
            if name in ("fit", "fit_generator"):
                yield from self._fit(call)
            elif name == "train":
                yield from boosting.trained(self, call)
            elif name == "evaluate" and isinstance(call.func, ast.Attribute):
                yield from self._evaluate(call)
        yield from self._lightning()

    # objects by the class that made them ----------------------------------------------

    def _made(self) -> Iterator[Figure]:
        for name, call in self.made.items():
            made = last(call.func)
            if _SEARCHES.fullmatch(made):
                scoring = text(keyword(call, "scoring")) or "score"
                yield Figure(
                    f"{name}.best_score_",
                    "cv_score",
                    f"the best cross-validated {scoring} of {made}",
                    call,
                )
            elif made in _CROSS:
                yield Figure(f"{name}.mean()", "cv_score", f"the mean of {made}", call)
            elif made == "cross_validate":
                for i, scorer in enumerate(_scorers(keyword(call, "scoring"))):
                    why = f"the mean of {made}"
                    figure = f"cv_{scorer}" if direction_of(scorer) else "cv_score"
                    yield Figure(f'{name}["test_{scorer}"].mean()', figure, why, call, worse=i)
            elif made == "cv" and isinstance(call.func, ast.Attribute):
                yield from boosting.cross_validated(self, name, call)
            elif is_true(keyword(call, "oob_score")):
                yield Figure(f"{name}.oob_score_", "oob_score", "the out-of-bag score", call)
            elif _SKORCH.fullmatch(made):
                yield from self._skorch(name, made, call)

    def _skorch(self, name: str, made: str, call: ast.Call) -> Iterator[Figure]:
        if not any(self._is_method(c, name, "fit") for c in self.calls):
            return
        if "Classifier" in made:
            yield Figure(f'{name}.history[-1, "valid_acc"]', "valid_acc", "skorch's history", call)
        yield Figure(
            f'{name}.history[-1, "valid_loss"]', "valid_loss", "skorch's history", call, worse=1
        )

    # fit ------------------------------------------------------------------------------

    def _fit(self, call: ast.Call) -> Iterator[Figure]:
        if not isinstance(call.func, ast.Attribute):
            return
        receiver = ast.unparse(call.func.value)
        kept = self.class_of(call.func.value)
        if kept in self.classes:  # the person's own
            return
        if boosting.is_estimator(kept):
            yield from boosting.fitted(self, receiver, kept, call)
        elif self._is_keras(call):
            yield from self._keras(receiver, call)

    def _is_keras(self, call: ast.Call) -> bool:
        words = {k.arg for k in call.keywords}
        if words & {"validation_data", "validation_split", "steps_per_epoch"}:
            return True
        compiled = any(last(c.func) == "compile" for c in self.calls)
        said = compiled or bool(self.names & {"keras", "tf", "tensorflow"})
        return said and bool(words & {"batch_size", "callbacks", "epochs"})

    def _keras(self, receiver: str, call: ast.Call) -> Iterator[Figure]:
        words = {k.arg for k in call.keywords}
        validated = bool(words & {"validation_data", "validation_split"})
        history = f"{self.bound[id(call)]}.history" if id(call) in self.bound else (
            f"{receiver}.history.history"
        )  # fmt: skip
        prefix = "val_" if validated else ""
        said = f"Keras keeps it for each epoch{' on the validation data' if validated else ''}"
        for i, metric in enumerate(dict.fromkeys(self._metrics())):
            key = prefix + metric
            label = key if validated else f"train_{metric}"
            yield Figure(f'{history}["{key}"][-1]', label, said, call, worse=i)
        yield Figure(
            f'{history}["{prefix}loss"][-1]',
            f"{prefix or 'train_'}loss",
            said,
            call,
            worse=1 + any(True for _ in self._metrics()),
        )

    def _metrics(self) -> Iterator[str]:
        """What `compile(metrics=[...])` asks for, under the names of Keras' history."""
        for call in self.calls:
            if last(call.func) != "compile":
                continue
            given = keyword(call, "metrics") or (call.args[2] if len(call.args) > 2 else None)
            while isinstance(given, ast.Name):
                given = next(
                    (
                        n.value
                        for n in self.nodes
                        if isinstance(n, ast.Assign)
                        and isinstance(n.targets[0], ast.Name)
                        and n.targets[0].id == given.id
                        and not isinstance(n.value, ast.Name)
                    ),
                    None,
                )
            elements = given.elts if isinstance(given, ast.List | ast.Tuple) else [given]
            for element in elements:
                if (name := _metric_name(element)) and direction_of(name):
                    yield name

    # trainers -------------------------------------------------------------------------

    def _evaluate(self, call: ast.Call) -> Iterator[Figure]:
        assert isinstance(call.func, ast.Attribute)
        metrics = list(dict.fromkeys(self._metrics()))
        name = self.bound.get(id(call))
        if name and metrics and any(last(c.func) == "compile" for c in self.calls):
            self.lists.add(name)
            split = " ".join(_names_in(call))
            for i, metric in enumerate(metrics, 1):
                label = f"{_split_word(split)}_{metric}"
                yield Figure(
                    f"{name}[{i}]", label, "what Keras' evaluate() gives", call, kind=LISTED
                )
            return
        made = self.class_of(call.func.value)
        if not made.endswith("Trainer") or not self._is_hugging_face(call.func.value):
            return
        where = self.bound.get(id(call)) or ast.unparse(call)
        why = f"what {ast.unparse(call.func.value)}.evaluate() gives"
        own = list(dict.fromkeys(self._computed()))
        for i, metric in enumerate(own):
            yield Figure(f'{where}["eval_{metric}"]', f"eval_{metric}", why, call, worse=i)
        yield Figure(f'{where}["eval_loss"]', "eval_loss", why, call, worse=len(own))

    def _is_hugging_face(self, receiver: ast.expr) -> bool:
        made = self.maker(ast.unparse(receiver))
        words = {k.arg for k in made.keywords} if made is not None else set()
        return bool(words & {"args", "train_dataset", "eval_dataset", "compute_metrics"})

    def _computed(self) -> Iterator[str]:
        """Keys of what a `compute_metrics` function returns."""
        for node in self.nodes:
            if isinstance(node, ast.FunctionDef) and "metric" in node.name:
                for inner in ast.walk(node):
                    if isinstance(inner, ast.Dict) and inner.keys:
                        for key in inner.keys:
                            name = text(key)
                            if name and direction_of(name):
                                yield name

    def _lightning(self) -> Iterator[Figure]:
        fits = [
            c
            for c in self.calls
            if isinstance(c.func, ast.Attribute)
            and c.func.attr == "fit"
            and self.class_of(c.func.value) == "Trainer"
        ]
        if not fits:
            return
        trainer = ast.unparse(fits[0].func.value)  # type: ignore[attr-defined]
        logged: dict[str, ast.Call] = {}
        for call in self.calls:
            if ast.unparse(call.func) in ("self.log", "self.log_dict") and call.args:
                if name := text(call.args[0]):
                    logged[name] = call
                elif isinstance(call.args[0], ast.Dict):
                    for key in call.args[0].keys:
                        if name := text(key):
                            logged[name] = call
        for name in logged:
            if direction_of(name):
                loss = 1 if direction_of(name) == "minimize" else 0
                yield Figure(
                    f'{trainer}.callback_metrics["{name}"]',
                    name,
                    "what the module logs",
                    fits[0],
                    worse=loss,
                )

    def _is_method(self, call: ast.Call, name: str, method: str) -> bool:
        func = call.func
        return (
            isinstance(func, ast.Attribute)
            and func.attr == method
            and isinstance(func.value, ast.Name)
            and func.value.id == name
        )


def _metric_name(node: ast.expr | None) -> str:
    """Under which name Keras' history keeps a metric."""
    if isinstance(node, ast.Constant):
        return text(node)
    if isinstance(node, ast.Call):
        if name := text(keyword(node, "name")):
            return name
        made = last(node.func)
        return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", made).lower()
    return last(node) if isinstance(node, ast.Name | ast.Attribute) else ""


def _scorers(node: ast.expr | None) -> list[str]:
    """Under which names `cross_validate` keeps its scores."""
    if isinstance(node, ast.List | ast.Tuple):
        return [name for element in node.elts if (name := text(element))]
    if isinstance(node, ast.Dict):
        return [name for key in node.keys if (name := text(key))]
    return ["score"]


def _names_in(node: ast.AST) -> list[str]:
    return [n.id for n in ast.walk(node) if isinstance(n, ast.Name)]


def _split_word(names: str) -> str:
    found = [w for w in words_of(names) if w in (*SPLIT, *HELD_OUT, "train")]
    return found[-1] if found else ""
