"""Where libraries keep their figures: histories, best scores, logged metrics.

Read from the text alone: `fit` with `validation_data` is Keras', `GridSearchCV` scikit-learn's,
`self.log("val_loss", ...)` Lightning's, and so on. Names are looked up in the whole tree, for
the class of an object mostly stands some lines above.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from .candidate import KEPT, LISTED
from .directions import HELD_OUT, SPLIT, direction_of, words_of


@dataclass(frozen=True)
class Figure:
    """source: the expression. name: the metric's, for direction and split. why: for a person.
    worse: of two figures of one object the lesser, a loss beside a score."""

    source: str
    name: str
    why: str
    node: ast.expr
    worse: int = 0
    kind: int = KEPT


_SEARCHES = re.compile(r"(?:Halving)?(?:Grid|Random|Bayes|Optuna|Tune)\w*Search\w*")
_CROSS = {"cross_val_score"}
_SKORCH = re.compile(r"Neural(?:Net\w*|Network\w*)")
_XGB_SK = re.compile(r"XGB(?:Classifier|Regressor|Ranker)")
_LGB_SK = re.compile(r"LGBM(?:Classifier|Regressor|Ranker)")


class Libraries:
    """Figures that library objects of a tree keep."""

    def __init__(self, tree: ast.Module, known: Collection[str] = ()) -> None:
        self.nodes = list(ast.walk(tree))
        self.classes = {n.name for n in self.nodes if isinstance(n, ast.ClassDef)}
        self.names = {n.id for n in self.nodes if isinstance(n, ast.Name)} | set(known)
        self.calls = [n for n in self.nodes if isinstance(n, ast.Call)]
        self.lists: set[str] = set()
        """Names that hold several figures, though they sound like one."""
        self.made: dict[str, ast.Call] = {}
        self.bound: dict[int, str] = {}
        for statement in self.nodes:
            if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
                value, name = statement.value, statement.targets[0].id
                call = value.value if isinstance(value, ast.Await) else value
                if isinstance(call, ast.Call):
                    self.made[name] = call
                    self.bound[id(call)] = name

    def figures(self) -> Iterator[Figure]:
        yield from self._made()
        for call in self.calls:
            name = _last(call.func)
            if name in ("fit", "fit_generator"):
                yield from self._fit(call)
            elif name == "train":
                yield from self._train(call)
            elif name == "evaluate" and isinstance(call.func, ast.Attribute):
                yield from self._evaluate(call)
        yield from self._lightning()

    # objects by the class that made them ----------------------------------------------

    def _made(self) -> Iterator[Figure]:
        for name, call in self.made.items():
            made = _last(call.func)
            if _SEARCHES.fullmatch(made):
                scoring = _text(_keyword(call, "scoring")) or "score"
                yield Figure(
                    f"{name}.best_score_",
                    "cv_score",
                    f"the best cross-validated {scoring} of {made}",
                    call,
                )
            elif made in _CROSS:
                yield Figure(f"{name}.mean()", "cv_score", f"the mean of {made}", call)
            elif made == "cross_validate":
                for i, scorer in enumerate(_scorers(_keyword(call, "scoring"))):
                    why = f"the mean of {made}"
                    figure = f"cv_{scorer}" if direction_of(scorer) else "cv_score"
                    yield Figure(f'{name}["test_{scorer}"].mean()', figure, why, call, worse=i)
            elif made == "cv" and isinstance(call.func, ast.Attribute):
                yield from self._boosted_cv(name, call)
            elif _is_true(_keyword(call, "oob_score")):
                yield Figure(f"{name}.oob_score_", "oob_score", "the out-of-bag score", call)
            elif _SKORCH.fullmatch(made):
                yield from self._skorch(name, made, call)

    def _boosted_cv(self, name: str, call: ast.Call) -> Iterator[Figure]:
        assert isinstance(call.func, ast.Attribute)
        library = ast.unparse(call.func.value)
        given = _keyword(call, "metrics")
        metric = _text(given) or _text(_first(given))
        if library in ("xgb", "xgboost"):
            metric = metric or self._metric_of_params("eval_metric")
            frame = not _is_false(_keyword(call, "as_pandas"))
            last = ".iloc[-1]" if frame else "[-1]"
            source = f'{name}["test-{metric}-mean"]{last}'
        elif library in ("lgb", "lightgbm"):
            metric = metric or self._metric_of_params("metric")
            source = f'{name}["valid {metric}-mean"][-1]'
        else:
            return
        if metric:
            yield Figure(source, f"cv_{metric}", f"what {library}.cv() gives", call)

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
        kept = self._kept_class(call.func.value)
        if kept in self.classes:  # the person's own
            return
        if _XGB_SK.fullmatch(kept) or _LGB_SK.fullmatch(kept):
            yield from self._boosted(receiver, kept, call)
        elif self._is_keras(call):
            yield from self._keras(receiver, call)

    def _is_keras(self, call: ast.Call) -> bool:
        words = {k.arg for k in call.keywords}
        if words & {"validation_data", "validation_split", "steps_per_epoch"}:
            return True
        compiled = any(_last(c.func) == "compile" for c in self.calls)
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
            if _last(call.func) != "compile":
                continue
            given = _keyword(call, "metrics") or (call.args[2] if len(call.args) > 2 else None)
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

    def _boosted(self, receiver: str, kept: str, call: ast.Call) -> Iterator[Figure]:
        if _keyword(call, "eval_set") is None:
            return
        made = self._maker(receiver)
        metric = _text(_keyword(made, "eval_metric")) or _text(_keyword(call, "eval_metric"))
        xgb = bool(_XGB_SK.fullmatch(kept))
        metric = metric or self._default_metric(kept)
        sets = _keyword(call, "eval_set")
        count = len(sets.elts) if isinstance(sets, ast.List | ast.Tuple) else 1
        last = f"validation_{count - 1}" if xgb else f"valid_{count - 1}"
        results = f"{receiver}.evals_result()" if xgb else f"{receiver}.evals_result_"
        why = f"what {kept} keeps of its last eval_set"
        yield Figure(f'{results}["{last}"]["{metric}"][-1]', f"val_{metric}", why, call)

    def _default_metric(self, kept: str) -> str:
        if kept.startswith("XGB"):
            return "rmse" if kept.endswith("Regressor") else "logloss"
        return "l2" if kept.endswith("Regressor") else "binary_logloss"

    # train ----------------------------------------------------------------------------

    def _train(self, call: ast.Call) -> Iterator[Figure]:
        module = ast.unparse(call.func.value) if isinstance(call.func, ast.Attribute) else ""
        xgb = module in ("xgb", "xgboost") and _keyword(call, "evals") is not None
        lgb = module in ("lgb", "lightgbm") and _keyword(call, "valid_sets") is not None
        if not (xgb or lgb):
            return
        name = self.bound.get(id(call))
        metric = self._metric_of_params("eval_metric" if xgb else "metric")
        sets = _keyword(call, "evals" if xgb else "valid_sets")
        last = _set_name(sets, xgb) if xgb else _set_name(_keyword(call, "valid_names"), xgb)
        count = len(sets.elts) if isinstance(sets, ast.List | ast.Tuple) else 1
        last = last or ("eval" if xgb else f"valid_{count - 1}")
        results = _keyword(call, "evals_result") or self._recorded(call)
        if isinstance(results, ast.Name) and metric:
            yield Figure(
                f'{results.id}["{last}"]["{metric}"][-1]',
                f"val_{metric}",
                f"the last {metric} on {last!r}",
                call,
            )
        elif name and xgb and _keyword(call, "early_stopping_rounds") is not None:
            yield Figure(f"{name}.best_score", f"val_{metric or 'loss'}", "its best round", call)
        elif name and lgb and metric:
            yield Figure(
                f'{name}.best_score["{last}"]["{metric}"]',
                f"val_{metric}",
                f"what LightGBM keeps of {last!r}",
                call,
            )

    def _recorded(self, call: ast.Call) -> ast.expr | None:
        callbacks = _keyword(call, "callbacks")
        for inner in ast.walk(callbacks) if callbacks is not None else ():
            if isinstance(inner, ast.Call) and _last(inner.func) == "record_evaluation":
                return inner.args[0] if inner.args else _keyword(inner, "eval_result")
        return None

    def _metric_of_params(self, key: str) -> str:
        for node in self.nodes:
            if isinstance(node, ast.Dict):
                for k, value in zip(node.keys, node.values, strict=True):
                    if isinstance(k, ast.Constant) and k.value == key:
                        if isinstance(value, ast.List | ast.Tuple) and value.elts:
                            value = value.elts[-1]
                        if name := _text(value):
                            return name
            elif isinstance(node, ast.keyword) and node.arg == key and (name := _text(node.value)):
                return name
        return ""

    # trainers -------------------------------------------------------------------------

    def _evaluate(self, call: ast.Call) -> Iterator[Figure]:
        assert isinstance(call.func, ast.Attribute)
        metrics = list(dict.fromkeys(self._metrics()))
        name = self.bound.get(id(call))
        if name and metrics and any(_last(c.func) == "compile" for c in self.calls):
            self.lists.add(name)
            split = " ".join(_names_in(call))
            for i, metric in enumerate(metrics, 1):
                label = f"{_split_word(split)}_{metric}"
                yield Figure(
                    f"{name}[{i}]", label, "what Keras' evaluate() gives", call, kind=LISTED
                )
            return
        made = self._kept_class(call.func.value)
        if not made.endswith("Trainer") or not self._is_hugging_face(call.func.value):
            return
        where = self.bound.get(id(call)) or ast.unparse(call)
        why = f"what {ast.unparse(call.func.value)}.evaluate() gives"
        own = list(dict.fromkeys(self._computed()))
        for i, metric in enumerate(own):
            yield Figure(f'{where}["eval_{metric}"]', f"eval_{metric}", why, call, worse=i)
        yield Figure(f'{where}["eval_loss"]', "eval_loss", why, call, worse=len(own))

    def _is_hugging_face(self, receiver: ast.expr) -> bool:
        made = self._maker(ast.unparse(receiver))
        words = {k.arg for k in made.keywords} if made is not None else set()
        return bool(words & {"args", "train_dataset", "eval_dataset", "compute_metrics"})

    def _computed(self) -> Iterator[str]:
        """Keys of what a `compute_metrics` function returns."""
        for node in self.nodes:
            if isinstance(node, ast.FunctionDef) and "metric" in node.name:
                for inner in ast.walk(node):
                    if isinstance(inner, ast.Dict) and inner.keys:
                        for key in inner.keys:
                            text = _text(key)
                            if text and direction_of(text):
                                yield text

    def _lightning(self) -> Iterator[Figure]:
        fits = [
            c
            for c in self.calls
            if isinstance(c.func, ast.Attribute)
            and c.func.attr == "fit"
            and self._kept_class(c.func.value) == "Trainer"
        ]
        if not fits:
            return
        trainer = ast.unparse(fits[0].func.value)  # type: ignore[attr-defined]
        logged: dict[str, ast.Call] = {}
        for call in self.calls:
            if ast.unparse(call.func) in ("self.log", "self.log_dict") and call.args:
                if name := _text(call.args[0]):
                    logged[name] = call
                elif isinstance(call.args[0], ast.Dict):
                    for key in call.args[0].keys:
                        if name := _text(key):
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

    # looking up -----------------------------------------------------------------------

    def _maker(self, name: str) -> ast.Call | None:
        return self.made.get(name)

    def _kept_class(self, receiver: ast.expr) -> str:
        if isinstance(receiver, ast.Call):
            return _last(receiver.func)
        made = self._maker(ast.unparse(receiver))
        return _last(made.func) if made is not None else ""

    def _is_method(self, call: ast.Call, name: str, method: str) -> bool:
        func = call.func
        return (
            isinstance(func, ast.Attribute)
            and func.attr == method
            and isinstance(func.value, ast.Name)
            and func.value.id == name
        )


def _last(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _keyword(call: ast.Call | None, name: str) -> ast.expr | None:
    if call is None:
        return None
    return next((k.value for k in call.keywords if k.arg == name), None)


def _text(node: ast.expr | None) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _is_true(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is True


def _metric_name(node: ast.expr | None) -> str:
    """Under which name Keras' history keeps a metric."""
    if isinstance(node, ast.Constant):
        return _text(node)
    if isinstance(node, ast.Call):
        if name := _text(_keyword(node, "name")):
            return name
        made = _last(node.func)
        return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", made).lower()
    return _last(node) if isinstance(node, ast.Name | ast.Attribute) else ""


def _set_name(node: ast.expr | None, pairs: bool) -> str:
    """The name of the last evaluation set."""
    if not isinstance(node, ast.List | ast.Tuple) or not node.elts:
        return ""
    last = node.elts[-1]
    if pairs:
        return _text(last.elts[1]) if isinstance(last, ast.Tuple) and len(last.elts) == 2 else ""
    return _text(last)


def _first(node: ast.expr | None) -> ast.expr | None:
    return node.elts[0] if isinstance(node, ast.List | ast.Tuple | ast.Set) and node.elts else None


def _is_false(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is False


def _scorers(node: ast.expr | None) -> list[str]:
    """Under which names `cross_validate` keeps its scores."""
    if isinstance(node, ast.List | ast.Tuple):
        return [name for element in node.elts if (name := _text(element))]
    if isinstance(node, ast.Dict):
        return [name for key in node.keys if (name := _text(key))]
    return ["score"]


def _names_in(node: ast.AST) -> list[str]:
    return [n.id for n in ast.walk(node) if isinstance(n, ast.Name)]


def _split_word(names: str) -> str:
    found = [w for w in words_of(names) if w in (*SPLIT, *HELD_OUT, "train")]
    return found[-1] if found else ""
