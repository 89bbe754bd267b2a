"""From an objective to an expression over what a fit tells while it runs.

The objective's names are followed back through the assignments before it. What comes from a fit
becomes a placeholder, `__fit__(i)`; what is left may only be arithmetic and a few functions
that can be evaluated at every epoch without doing anything (`max`, `np.mean`, `.item()`).
Anything else, and there is no formula: no reports are better than wrong ones.
"""

from __future__ import annotations

import ast
import copy

from .arguments import data_of, is_dotted, is_log, keyword_of, parameters_of
from .asks import PLACEHOLDER, Ask, Formula, Opaque
from .flow import FOLDS, FitCall, Flow, flow_of, tail
from .metrics import FUNCTIONS, canonical
from .predicted import SCALED, predicting, predicts

_FUNCTIONS = frozenset(
    {"float", "int", "abs", "max", "min", "round", "sum", "len", "mean", "median", "std"}
    | {"nanmean", "nanmax", "nanmin", "sqrt", "exp", "log", "average", "amax", "amin"}
    | {"array", "asarray"}
)
_METHODS = frozenset(
    {"item", "mean", "max", "min", "median", "std", "sum", "cpu", "detach", "numpy", "tolist"}
    | {"get", "keys", "values", "items", "evals_result", "get_booster", "attr", "tail", "head"}
)
"""What may be called at every epoch: it computes a number of numbers, and does nothing else."""


_AS_LOGGED = ("y_true", "y_pred", "y_prob", "y_score", "squared", "labels")
"""Arguments of a metric that leave it what frameworks log."""

_EVALUATE = ("evaluate", "validate")
_CALLBACKS = ("ModelCheckpoint", "EarlyStopping")


def formula_of(tree: ast.Module, objective: str) -> Formula | None:
    """What a fit's epochs say of an objective (a name or an expression); None: nothing."""
    try:
        expression = ast.parse(objective.strip(), mode="eval").body
    except SyntaxError:
        return None
    flow = flow_of(tree.body)
    reader = _Reader(flow)
    end = 1 << 30
    try:
        code = reader.read(expression, end)
    except Opaque as opaque:
        if opaque.final or not isinstance(expression, ast.Name):
            return None
        reader = _Reader(flow)
        named = reader.named(expression.id)
        if named is None:
            return None
        code = named
    if not reader.asks:
        return None
    body = ast.fix_missing_locations(ast.Expression(code))
    aliases = {
        name: flow.texts(ast.Name(name, ast.Load()), end)
        for name, found in flow.definitions.items()
        if found[-1][1] is not None and name.isidentifier()
    }
    spans = frozenset((call.cell, call.line, call.end_line) for call in reader.calls)
    return Formula(body, tuple(reader.asks), spans, aliases, reader.says())


class _Reader:
    """Turns one objective's expression into a formula's code."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self.asks: list[Ask] = []
        self.calls: list[FitCall] = []
        self.parameters: frozenset[str] = frozenset()
        self.key = ""
        self.depth = 0

    def says(self) -> tuple[str, str]:
        where = self.calls[-1].name if self.calls else ""
        ask = self.asks[0]
        return where, self.key or ask.name or ask.what

    def read(self, node: ast.expr, order: int) -> ast.expr:
        """The expression with its placeholders. Raises Opaque."""
        self.depth += 1
        if self.depth > 200:
            raise Opaque
        match node:
            case ast.Constant():
                return node
            case ast.Name(id=name):
                return self._name(name, order)
            case ast.Call():
                return self._call(node, order)
            case ast.Subscript(value=value, slice=ast.Constant(value=str(key))) if is_log(value):
                self._rooted(value, order)
                return self._ask(Ask("named", key))
            case ast.Subscript(value=value, slice=index):
                inner = self.read(value, order)
                at = index.value if isinstance(index, ast.Constant) else None
                if isinstance(inner, ast.Tuple) and isinstance(at, int) and at < len(inner.elts):
                    return inner.elts[at]
                place = self.read(index, order)
                self._keyed(place)
                return ast.Subscript(inner, place, ast.Load())
            case ast.Attribute(value=value, attr=attr):
                return ast.Attribute(self.read(value, order), attr, ast.Load())
            case (
                ast.BinOp()
                | ast.UnaryOp()
                | ast.Tuple()
                | ast.List()
                | ast.Slice()
                | ast.IfExp()
                | ast.Compare()
                | ast.BoolOp()
            ):
                return self._rebuilt(node, order)
        raise Opaque

    def named(self, name: str) -> ast.expr | None:
        """A placeholder for the logged key that is called like the objective, when its name
        says that it is of the validation data."""
        if canonical(name)[0] != "val":
            return None
        found = [call for call in self.flow.fits if not call.looped]
        if len({call.receiver for call in found}) > 1 or len(found) != len(self.flow.fits):
            return None
        self.calls = found
        return self._ask(Ask("named", name))

    # ------------------------------------------------------------------------------- names
    def _name(self, name: str, order: int) -> ast.expr:
        if self._receives(name, order):
            return self._ask(Ask("model", name))
        place = self.flow.before(name, order)
        if place is None:
            if name in self.parameters:
                raise Opaque
            return ast.Name(name, ast.Load())
        at, value = place
        if value is None:
            raise Opaque(final=True)
        if isinstance(value, ast.Call) and tail(value.func) in _CALLBACKS:
            return self._callback(name, at)
        filled = self._filling(name, at)
        if filled is not None:
            self._count(filled)
            return self._ask(Ask("argument", name))
        return self.read(value, at)

    def _callback(self, name: str, order: int) -> ast.expr:
        """A callback whose `best_model_score` says something, of the one fit that follows."""
        calls = [call for call in self.flow.fits if call.order > order]
        if not calls:
            raise Opaque
        for call in calls:
            self._count(call)
        return self._ask(Ask("live", name))

    def _receives(self, text: str, order: int) -> bool:
        """Whether `text` stands before `.fit` of calls that count; then they do."""
        calls = [c for c in self.flow.fits if c.receiver == text and c.order < order]
        if not calls or self._is_library(text):
            return False
        for call in calls:
            self._count(call)
        return True

    def _is_library(self, text: str) -> bool:
        """Whether a name is a module's (`xgb` of `xgb.train`) rather than a model's."""
        return text in self.flow.modules or text in ("xgb", "lgb", "xgboost", "lightgbm")

    def _filling(self, name: str, order: int) -> FitCall | None:
        """The fit that is handed the dictionary `name` to fill."""
        for call in self.flow.fits:
            if call.order > order:
                for keyword in call.node.keywords:
                    if keyword.arg in ("evals_result", "callbacks"):
                        for inner in ast.walk(keyword.value):
                            if isinstance(inner, ast.Name) and inner.id == name:
                                return call
        return None

    # ------------------------------------------------------------------------------- calls
    def _call(self, node: ast.Call, order: int) -> ast.expr:
        fit = next((call for call in self.flow.fits if call.node is node), None)
        if fit is not None:
            self._count(fit)
            if not self._is_library(fit.receiver) and fit.receiver.isidentifier():
                self._receives(fit.receiver, 1 << 30)
            return self._ask(Ask("result"))
        if tail(node.func) in FOLDS:  # it stands in the objective itself
            raise Opaque
        metric = self._metric(node, order)
        if metric is not None:
            return metric
        func = node.func
        if isinstance(func, ast.Name):
            if func.id in self.flow.functions:
                return self._returned(self.flow.functions[func.id], node, order)
            if func.id not in _FUNCTIONS:
                raise Opaque
            return self._rebuilt(node, order, skip=func)
        if isinstance(func, ast.Attribute):
            if func.attr in _EVALUATE and self._receives(ast.unparse(func.value), order):
                given = data_of(node)
                data: frozenset[str] = frozenset()
                data = data if given is None else self.flow.texts(given, order)
                as_dict = isinstance(keyword_of(node, "return_dict"), ast.Constant)
                return self._ask(Ask("evaluate", data=data, as_dict=as_dict))
            if func.attr in _METHODS or (func.attr in _FUNCTIONS and is_dotted(func.value)):
                return self._rebuilt(node, order)
        raise Opaque

    def _metric(self, node: ast.Call, order: int) -> ast.expr | None:
        """`accuracy_score(y_val, model.predict(X_val))`, `clf.score(X_val, y_val)`,
        `(model.predict(X_val) == y_val).mean()`."""
        func = node.func
        match node:
            case ast.Call(func=ast.Attribute(value=value, attr="score"), args=[given, *_]):
                if self._receives(ast.unparse(value), order):
                    return self._ask(Ask("metric", "score", self.flow.texts(given, order)))
        if tail(func) in FUNCTIONS:
            name = FUNCTIONS[tail(func)]
            if any(keyword.arg not in _AS_LOGGED for keyword in node.keywords):
                raise Opaque(final=True)  # weighted, averaged, counted: another figure
            if name == "mse" and isinstance(squared := keyword_of(node, "squared"), ast.Constant):
                name = "mse" if squared.value else "rmse"
            for given in [*node.args, *(k.value for k in node.keywords)]:
                data = self._predicted(given, order, name)
                if data is not None:
                    return self._ask(Ask("metric", name, data))
            raise Opaque(final=name in SCALED or predicts(node))
        equal: ast.expr | None = None
        if isinstance(func, ast.Attribute) and func.attr == "mean":
            equal = node.args[0] if node.args else func.value
        if isinstance(equal, ast.Name) and (place := self.flow.before(equal.id, order)):
            order, equal = place
        match equal:
            case ast.Compare(left=left, ops=[ast.Eq()], comparators=[right]):
                for given in (left, right):
                    data = self._predicted(given, order, "accuracy")
                    if data is not None:
                        return self._ask(Ask("metric", "accuracy", data))
        return None

    def _predicted(self, node: ast.expr, order: int, metric: str) -> frozenset[str] | None:
        """The data of the prediction of a fitted model that a metric is given."""
        self.depth += 1
        if self.depth > 200:
            raise Opaque
        match predicting(node, metric):
            case ast.Call(func=ast.Attribute(value=value), args=[given, *_]):
                return self.flow.texts(given, order) if self._fitted(value, order) else None
            case ast.Name(id=name):
                place = self.flow.before(name, order)
                if place is not None and place[1] is not None and name != "_":
                    return self._predicted(place[1], place[0], metric)
        return None

    def _fitted(self, node: ast.expr, order: int) -> bool:
        """Whether `node` is a model that a fit trains: its receiver, or what it returned."""
        text = ast.unparse(node)
        if self._receives(text, order):
            return True
        place = self.flow.before(text, order)
        if place is None or place[1] is None:
            return False
        fit = next((call for call in self.flow.fits if call.node is place[1]), None)
        if fit is None:
            return False  # an estimator that nobody here has fitted, or a pipeline's
        self._count(fit)
        return True

    def _returned(self, function: ast.AST, node: ast.Call, order: int) -> ast.expr:
        """What a function of the trial's code returns, when a fit in it says so."""
        body: list[ast.stmt] = getattr(function, "body", [])
        returns = [s for s in ast.walk(function) if isinstance(s, ast.Return)]  # type: ignore[arg-type]
        if len(returns) != 1 or returns[0] is not body[-1] or returns[0].value is None:
            raise Opaque
        inner = _Reader(flow_of(body))
        inner.depth = self.depth
        inner.flow.modules |= self.flow.modules
        inner.asks, inner.calls = self.asks, self.calls
        inner.parameters = parameters_of(function)
        code = inner.read(returns[0].value, 1 << 30)
        self.key = self.key or inner.key
        return code

    # -------------------------------------------------------------------------------- else
    def _rooted(self, node: ast.expr, order: int) -> None:
        """Count the fits of the name at the root of a dotted expression. Raises Opaque."""
        while isinstance(node, ast.Attribute | ast.Subscript):
            node = node.value
        if not self._receives(ast.unparse(node), order):
            raise Opaque

    def _count(self, call: FitCall) -> None:
        if call.looped:
            raise Opaque(final=True)
        if call not in self.calls:
            self.calls.append(call)

    def _ask(self, ask: Ask) -> ast.expr:
        self.asks.append(ask)
        index = ast.Constant(len(self.asks) - 1)
        return ast.Call(ast.Name(PLACEHOLDER, ast.Load()), [index], [])

    def _keyed(self, key: ast.expr) -> None:
        parts = key.elts if isinstance(key, ast.Tuple) else [key]
        for part in parts:
            if isinstance(part, ast.Constant) and isinstance(part.value, str):
                self.key = f"{self.key} {part.value}".strip()

    def _rebuilt(self, node: ast.expr, order: int, skip: ast.expr | None = None) -> ast.expr:
        """A copy of `node`, the expressions in it read; `skip` stays as it is."""
        made = copy.copy(node)
        for name, value in ast.iter_fields(node):
            if isinstance(value, ast.expr) and value is not skip:
                setattr(made, name, self.read(value, order))
            elif isinstance(value, list):
                setattr(made, name, [self._element(item, order) for item in value])
        return made

    def _element(self, item: ast.AST, order: int) -> ast.AST:
        if isinstance(item, ast.keyword):
            return ast.keyword(item.arg, self.read(item.value, order))
        return self.read(item, order) if isinstance(item, ast.expr) else item
