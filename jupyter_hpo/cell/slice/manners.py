"""What calls are known to do to the objects they get: tables, and one rule over them.

Wherever nothing is known, the rule answers "may change it": that costs a statement run again,
where the other answer could cost a wrong result.
"""

from __future__ import annotations

from .values import ObjectKind

How = str
"""What is done to an object: "set" (an item, an attribute, `+=`, by itself), "called",
"handed" (to a call whose body can't be read), "iterated" (which changes an iterator only),
"stepped" (`next`), "deep" (as "handed", to what a changed object holds),
".name" (a method is called), "!name" (a method is called with `inplace=True`)."""

PURE_CALLS = frozenset(
    {
        *("abs", "all", "any", "ascii", "bin", "bool", "bytes", "callable", "chr", "complex"),
        *("dict", "dir", "display", "divmod", "enumerate", "float", "format", "frozenset"),
        *("getattr", "hasattr", "hash", "help", "hex", "id", "int", "isinstance", "issubclass"),
        *("len", "list", "max", "memoryview", "min", "object", "oct", "ord", "pow", "print"),
        *("range", "repr", "reversed", "round", "set", "slice", "sorted", "str", "sum", "super"),
        *("tuple", "type", "vars", "zip", "partial", "deepcopy", "copy", "tqdm", "trange"),
        *("Counter", "defaultdict", "OrderedDict", "deque", "namedtuple", "SimpleNamespace"),
        *("pprint", "summary", "clone", "warn", "info", "debug", "plot_model", "iter", "map"),
        *("filter", "chain", "cycle", "islice", "cross_val_score", "cross_validate"),
        *("cross_val_predict", "learning_curve", "validation_curve", "train_test_split"),
    }
)
"""Functions, by their last name, that change nothing they are handed."""

PURE_LIBRARIES = (
    *("numpy.", "pandas.", "math.", "statistics.", "json.dumps", "sklearn.metrics."),
    *("matplotlib.", "seaborn.", "plotly.", "collections.", "functools.", "itertools."),
    *("operator.", "os.path.", "torch.nn.functional.", "torch.tensor", "torch.stack"),
    *("torch.cat", "torch.as_tensor", "torch.from_numpy", "torch.mean", "torch.sum"),
    *("torch.argmax", "torch.max", "torch.utils.data.", "scipy.", "time.", "pathlib."),
)
"""Beginnings of dotted names of functions that change nothing they are handed, but for those in
`FILLS_ARGUMENT`."""

CONSUMES = frozenset(
    {
        *("all", "any", "bytes", "dict", "enumerate", "frozenset", "list", "max", "min", "set"),
        *("sorted", "sum", "tuple", "zip", "tqdm", "Counter", "OrderedDict", "deque"),
    }
)
"""Those of them that go through what they are handed, at once or later."""

HOLD_NOTHING = frozenset(
    {
        *("abs", "all", "any", "ascii", "bin", "bool", "bytes", "callable", "chr", "complex"),
        *("dir", "display", "divmod", "float", "format", "hasattr", "hash", "help", "hex", "id"),
        *("int", "isinstance", "issubclass", "len", "oct", "ord", "pow", "print", "range"),
        *("repr", "round", "str", "sum", "type", "deepcopy", "pprint", "clone", "item", "tolist"),
        *("mean", "std", "var", "sum", "min", "max", "argmax", "argmin", "numel", "size", "dim"),
        *("score", "shape", "ndim", "nunique", "any", "all", "count", "index", "keys"),
        *("startswith", "endswith", "join", "split", "strip", "lower", "upper", "format"),
        *("encode", "decode", "isin", "accuracy_score", "f1_score", "log_loss"),
        *("mean_squared_error", "r2_score", "roc_auc_score"),
    }
)
"""Functions and methods whose result holds nothing of what they are handed."""

VIEWS = frozenset(
    {
        *("T", "asanyarray", "asarray", "ascontiguousarray", "as_tensor", "atleast_1d"),
        *("atleast_2d", "broadcast_to", "contiguous", "cpu", "cuda", "data", "detach"),
        *("diagonal", "double", "expand", "flatten", "float", "from_numpy", "get", "half", "int"),
        *("long", "moveaxis", "narrow", "numpy", "permute", "pop", "popitem", "ravel"),
        *("requires_grad_", "reshape", "select", "setdefault", "split", "squeeze", "swapaxes"),
        *("to", "to_numpy", "transpose", "type", "unsqueeze", "values", "view", "view_as"),
        *("chunk", "unbind", "array_split", "get_group", "head", "tail"),
        *("getattr",),
    }
)
"""Functions and methods whose result may share its memory with what they are handed."""

PURE_METHODS = frozenset(
    {
        # dicts, lists, strings, sets
        *("get", "keys", "values", "items", "copy", "count", "index", "startswith", "endswith"),
        *("join", "split", "strip", "lower", "upper", "format", "encode", "decode", "replace"),
        *("rstrip", "lstrip", "title", "splitlines", "union", "intersection", "difference"),
        *("issubset", "issuperset", "most_common", "exists", "is_file", "is_dir", "glob"),
        *("iterdir", "read_text", "read_bytes", "group", "groups"),
        # arrays, tensors, frames
        *("mean", "std", "var", "sum", "min", "max", "argmax", "argmin", "argsort", "cumsum"),
        *("cumprod", "prod", "any", "all", "nonzero", "dot", "matmul", "astype", "reshape"),
        *("ravel", "flatten", "squeeze", "unsqueeze", "transpose", "permute", "view", "numpy"),
        *("cpu", "detach", "clone", "item", "tolist", "numel", "size", "dim", "abs", "exp"),
        *("log", "sqrt", "pow", "round", "clip", "clamp", "repeat", "tile", "head", "tail"),
        *("describe", "corr", "nunique", "unique", "value_counts", "isnull", "isna", "notnull"),
        *("notna", "groupby", "agg", "to_numpy", "to_dict", "to_list", "to_string"),
        *("memory_usage", "select_dtypes", "sample", "iterrows", "itertuples", "isin"),
        *("quantile", "median", "mode", "rolling", "shape"),
        # models, estimators, optimisers
        *("predict", "predict_proba", "predict_log_proba", "decision_function", "score"),
        *("transform", "inverse_transform", "parameters", "named_parameters", "buffers"),
        *("named_buffers", "children", "modules", "named_children", "named_modules"),
        *("state_dict", "get_params", "get_config", "get_weights", "count_params", "summary"),
        *("get_feature_names_out", "named_steps", "get_booster", "feature_importances"),
        *("get_n_splits",),
        # saving and showing
        *("savefig", "save", "to_csv", "to_parquet", "to_pickle", "to_json", "plot", "hist"),
        *("bar", "scatter", "show"),
    }
)
"""Methods that leave their object as it is, whatever its kind."""

SHALLOW = frozenset(
    {
        *("append", "appendleft", "add", "clear", "discard", "extend", "extendleft", "insert"),
        *("move_to_end", "pop", "popitem", "popleft", "remove", "reverse", "rotate"),
        *("setdefault", "sort", "update"),
    }
)
"""Methods of containers: they change their object, not what it holds."""

_CHANGES_DATA = frozenset(
    {
        *("clear", "fill", "insert", "itemset", "partition", "pop", "popitem", "put", "resize"),
        *("setfield", "setflags", "sort", "update", "__setitem__"),
    }
)

FILLS_ARGUMENT = {
    "random.shuffle": 0,
    "numpy.random.shuffle": 0,
    "numpy.put": 0,
    "numpy.place": 0,
    "numpy.copyto": 0,
    "numpy.fill_diagonal": 0,
    "numpy.putmask": 0,
    "numpy.add.at": 0,
    "heapq.heappush": 0,
    "heapq.heapify": 0,
    "heapq.heappop": 0,
    "setattr": 0,
    "delattr": 0,
}
"""Library functions that change even data: by dotted name, the argument's position."""

ITERATORS = frozenset(
    {
        *("iter", "map", "filter", "zip", "enumerate", "reversed", "open", "cycle", "chain"),
        *("islice",),
    }
)

DATA_MAKERS = (
    *("numpy.", "pandas.", "polars.", "sklearn.datasets.", "torch.utils.data."),
    *("torchvision.datasets.", "keras.datasets.", "tensorflow.keras.datasets."),
    *("datasets.load_dataset", "seaborn.load_dataset"),
)
"""Libraries whose functions make data."""


def changes(kind: ObjectKind | None, how: How) -> bool:
    """Whether an object of this kind may be another afterwards. None: nothing is known."""
    if kind == "constant":
        return False
    if how == "set":
        return True
    if how[0] == "!":
        return True
    if kind == "data":
        if how[0] != ".":
            return False
        method = how[1:]
        return method in _CHANGES_DATA or (method.endswith("_") and not method.endswith("__"))
    if kind in ("module", "callable", "type"):
        return False
    if how[0] == ".":
        return how[1:] not in PURE_METHODS
    return True
