"""What a statement does besides computing: the clock, chance, files, the network, processes.

Read from the syntax tree alone, by dotted names, so it is a forecast: what it can't see (a
library that writes a file) the worker notices while the statement runs (`worker.watch`).
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from .program import STATES
from .scopes import (
    FUNCTIONS,
    alias_name,
    at_once,
    class_reads,
    comprehension_reads,
    outer_reads,
    own_scope,
    walk,
)
from .values import literal_of

LIBRARIES = ("random", "numpy", "torch")
"""Libraries with a global generator that a trial seeds and restores."""

_USUAL = {"np": "numpy", "nn": "torch.nn", "F": "torch.nn.functional", "pd": "pandas"}

_CLOCK = {
    *(f"time.{n}" for n in ("time", "perf_counter", "monotonic", "process_time", "thread_time")),
    *(f"time.{n}_ns" for n in ("time", "perf_counter", "monotonic", "process_time", "thread_time")),
    *(f"time.{n}" for n in ("ctime", "localtime", "gmtime", "strftime", "asctime")),
    *("time.clock_gettime", "time.clock_gettime_ns", "timeit.default_timer", "timeit.timeit"),
}
_NOW = {"now", "utcnow", "today"}
_ENTROPY = {
    *("os.urandom", "os.getrandom", "uuid.uuid1", "uuid.uuid4", "random.SystemRandom"),
    *("torch.seed", "torch.random.seed"),
}
_GENERATORS = {
    *("default_rng", "RandomState", "Random", "SeedSequence"),
    *("PCG64", "PCG64DXSM", "MT19937", "Philox", "SFC64"),
}
_SEEDERS = {
    "random.seed": "random",
    "random.setstate": "random",
    "numpy.random.seed": "numpy",
    "numpy.random.set_state": "numpy",
    "torch.manual_seed": "torch",
    "torch.random.manual_seed": "torch",
    "torch.set_rng_state": "torch",
}
SEEDS_ALL = re.compile(
    r"(?:(?:set|fix)_)?(?:all_|global_|random_)?seeds?(?:_all|_everything)?|seed_torch|set_determinism"
)
_NO_DRAW = {
    *("seed", "get_state", "set_state", "getstate", "setstate", "default_rng", "RandomState"),
    *("Random", "SystemRandom", "Generator", "BitGenerator", "SeedSequence", "mtrand"),
    *("PCG64", "PCG64DXSM", "MT19937", "Philox", "SFC64"),
}
_TORCH_DRAWS = {
    *("rand", "randn", "randint", "randperm", "rand_like", "randn_like", "randint_like"),
    *("normal", "bernoulli", "multinomial", "poisson"),
}
_IN_PLACE_DRAWS = {
    *("normal_", "uniform_", "bernoulli_", "random_", "exponential_", "cauchy_"),
    *("geometric_", "log_normal_"),
}
_LAYERS = re.compile(
    r"torch\.nn\.(?:Linear|LazyLinear|Bilinear|(?:Lazy)?Conv\w*|Embedding\w*|RNN\w*|LSTM\w*|GRU\w*"
    r"|MultiheadAttention|Transformer\w*)|torch\.nn\.init\.(?!zeros_|ones_|constant_|eye_|dirac_)\w+"
)
_STATE = ("random_state", "seed", "generator", "rng")
_DRAWN_BY_NUMPY = {"train_test_split", "resample", "sample"}
_MAKES_DATA = re.compile(r"sklearn\.datasets\.(?:\w+\.)*make_\w+|sklearn\.utils\.(?:\w+\.)*shuffle")

_WRITES = {
    *("write_text", "write_bytes", "to_csv", "to_parquet", "to_pickle", "to_excel", "to_hdf"),
    *("to_sql", "to_feather", "savefig", "save_pretrained", "mkdir", "unlink", "touch", "rmdir"),
}
_WRITERS = {
    *("torch.save", "numpy.save", "numpy.savez", "numpy.savez_compressed", "numpy.savetxt"),
    *("joblib.dump", "pickle.dump", "json.dump", "yaml.dump", "os.remove", "os.rename"),
    *("os.makedirs", "os.mkdir", "os.rmdir", "os.unlink", "os.replace", "os.symlink"),
    *("os.link", "os.chmod", "os.truncate"),
}
_PROCESS = {
    *("os.system", "os.popen", "os.fork", "os.forkpty", "os.posix_spawn", "os.posix_spawnp"),
    *("os.kill", "os.killpg", "threading.Thread", "threading.Timer", "signal.signal"),
    *("signal.alarm", "signal.setitimer", "pty.spawn"),
}
_ENDS = {"os._exit", "os.abort", "sys.exit"}
_CALLED = {
    **dict.fromkeys(("input", "breakpoint"), "asks the person"),
    **dict.fromkeys(("exit", "quit"), "ends the process"),
    "report": "reports",
}
"""Only a call counts: people name variables like these."""
_NO_GPU_YET = {"torch.cuda.manual_seed", "torch.cuda.manual_seed_all"}
_THREAD_COUNT = {
    *("torch.set_num_threads", "torch.set_num_interop_threads", "threadpoolctl.threadpool_limits"),
    *("mkl.set_num_threads", "numexpr.set_num_threads"),
}
_SEES_ALL = {"exec", "eval", "globals", "locals", "sys._getframe", "inspect.currentframe"}
_SEES_ALL |= {"inspect.stack", "pandas.eval", "numexpr.evaluate", "__main__"}
_ROOTS = {
    "secrets": "draws randomness without a seed",
    "shutil": "writes files",
    "tempfile": "writes files",
    "sqlite3": "opens a database",
    "socket": "uses the network",
    "requests": "uses the network",
    "httpx": "uses the network",
    "aiohttp": "uses the network",
    "ftplib": "uses the network",
    "smtplib": "uses the network",
    "urllib.request": "uses the network",
    "http.client": "uses the network",
    "wandb": "uses the network",
    "mlflow": "writes files",
    "subprocess": "starts a process",
    "multiprocessing": "starts a process",
    "torch.multiprocessing": "starts a process",
    "concurrent.futures": "starts threads or processes",
    "_thread": "starts threads",
    "getpass": "asks the person",
    "torch.cuda": "uses the GPU",
    "torch.mps": "uses the GPU",
}
_ADDRESS = re.compile(r"(?:https?|s3|gs|ftp|hf|az|abfss?)://")
_WORD = re.compile(r"[^\W\d]\w*")


@dataclass
class Facts:
    """What some code does. mentions: outer names it reads, binds or changes, and `module.name`
    for attributes. effects: why it may not run once for all, a few words each ("reads the
    clock"). draws: libraries whose global generator it draws from; seeds: those it seeds;
    seeders: functions it calls that by their name seed them all."""

    mentions: set[str] = field(default_factory=set)
    effects: list[str] = field(default_factory=list)
    draws: set[str] = field(default_factory=set)
    seeds: set[str] = field(default_factory=set)
    seeders: set[str] = field(default_factory=set)

    def add(self, other: Facts) -> None:
        self.mentions |= other.mentions
        self.effects += other.effects
        self.draws |= other.draws
        self.seeds |= other.seeds
        self.seeders |= other.seeders


def origins_in(nodes: Iterable[ast.AST]) -> dict[str, str]:
    """Name -> dotted origin, for the names that imports in these nodes bind."""
    found: dict[str, str] = {}
    for node in nodes:
        if isinstance(node, ast.Import):
            for alias in node.names:
                found[alias_name(alias)] = alias.name if alias.asname else alias_name(alias)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                found[alias_name(alias)] = f"{node.module}.{alias.name}"
    return found


def facts_of_running(statement: ast.stmt, origins: Mapping[str, str]) -> Facts:
    """What executing a top-level statement does; for a `def` that is its defaults and
    decorators, for a `class` its body without the methods."""
    facts = Facts()
    if is_definition(statement):
        nodes = list(_at_definition(statement))
        facts.mentions |= {n for node in nodes for n in _outer_names(node)} | _bound(statement)
    else:
        nodes = walk(statement)
        facts.mentions |= {n for node in nodes for n in _names(node)}
    _observe(nodes, origins, facts)
    return facts


def facts_of_calling(node: ast.AST, origins: Mapping[str, str]) -> Facts:
    """What the functions in a definition may do when they are called."""
    origins = {**origins, **origins_in(walk(node))}
    facts = Facts()
    inner = walk(node)
    for one in inner:
        if isinstance(one, FUNCTIONS):
            facts.mentions |= {name for name, _ in outer_reads(one)}
        elif isinstance(one, ast.ClassDef):
            facts.mentions |= {name for name, _ in class_reads(one)}
        elif isinstance(one, ast.Global):
            facts.mentions |= {*one.names, *(f"global {name}" for name in one.names)}
    facts.mentions |= set(_attributes(inner))
    _observe(inner, origins, facts)
    return facts


def facts_of_later(statement: ast.stmt, origins: Mapping[str, str]) -> Facts:
    """What functions and generators made within a statement may do after it has run."""
    facts = Facts()
    for node in walk(statement):
        if isinstance(node, FUNCTIONS | ast.ClassDef):
            facts.add(facts_of_calling(node, origins))
        elif isinstance(node, ast.GeneratorExp):
            facts.mentions |= {name for name, _ in comprehension_reads(node)}
    return facts


def is_definition(statement: ast.stmt) -> bool:
    """`def`, `class`, or `name = lambda ...`: running it calls nothing in its body."""
    match statement:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return True
        case ast.Assign(targets=[ast.Name()], value=ast.Lambda()):
            return True
    return False


def _at_definition(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Assign):
        node = node.value
    for part in at_once(node):
        yield from walk(part)
    if isinstance(node, ast.ClassDef):
        for inner in own_scope(list(node.body)):
            if isinstance(inner, ast.ClassDef):
                yield from _at_definition(inner)
            yield inner


def _bound(statement: ast.stmt) -> set[str]:
    if isinstance(statement, ast.Assign):
        return {t.id for t in statement.targets if isinstance(t, ast.Name)}
    return {getattr(statement, "name", "")}


def _outer_names(node: ast.AST) -> Iterator[str]:
    """Names of a node at a definition's level; what only functions inside read comes later."""
    if not isinstance(node, FUNCTIONS):
        yield from _names(node)


def _names(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Name(id=name):
            yield name
        case ast.Global(names=names):
            yield from names
            yield from (f"global {name}" for name in names)
        case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
            yield from (alias_name(a) for a in aliases)
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case (
            ast.ExceptHandler(name=str(name))
            | ast.MatchAs(name=str(name))
            | ast.MatchStar(name=str(name))
            | ast.MatchMapping(rest=str(name))
        ):
            yield name
        case ast.Attribute():
            yield from _attributes([node])
        case ast.Call():
            yield from _in_formulas(node)


def _attributes(nodes: Iterable[ast.AST]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            yield f"{node.value.id}.{node.attr}"


def _in_formulas(call: ast.Call) -> Iterator[str]:
    """Words of `df.query("a > @limit")` and `ols("y ~ x")`: such strings may read names."""
    for argument in [*call.args, *(k.value for k in call.keywords)]:
        text = literal_of(argument)
        if isinstance(text, str) and ("@" in text or "~" in text):
            yield from _WORD.findall(text)


# what is done -------------------------------------------------------------------------


def _observe(nodes: list[ast.AST], origins: Mapping[str, str], facts: Facts) -> None:
    inside = {id(n.value) for n in nodes if isinstance(n, ast.Attribute)}
    for node in nodes:
        match node:
            case ast.Await() | ast.AsyncFor() | ast.AsyncWith():
                facts.effects.append("awaits")
            case ast.Import(names=[ast.alias(name="__main__")]):
                facts.effects.append("reaches into the notebook")
            case ast.Name(ctx=ast.Load()) | ast.Attribute(ctx=ast.Load()) if id(node) not in inside:
                _of_name(origin(node, origins), facts)
            case ast.Call():
                _of_call(node, origin(node.func, origins), facts)


def origin(node: ast.AST, origins: Mapping[str, str]) -> str:
    """The dotted name with its root resolved; `?.last` for an attribute of anything else."""
    names: list[str] = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return f"?.{names[0]}" if names else ""
    root = origins.get(node.id) or _USUAL.get(node.id, node.id)
    return ".".join([root, *reversed(names)])


def _of_name(name: str, facts: Facts) -> None:
    """What a mention alone tells, called or handed on."""
    last = name.rpartition(".")[2]
    if name in _CLOCK or (last in _NOW and "." in name):
        facts.effects.append("reads the clock")
    elif name in _ENTROPY:
        facts.effects.append("draws randomness without a seed")
    elif name in _WRITERS or (last in _WRITES and "." in name):
        facts.effects.append("writes files")
    elif name in _PROCESS or name.startswith(("os.spawn", "os.exec")):
        facts.effects.append("starts a process, a thread or a signal")
    elif name in _ENDS or name.startswith("sys.stdin"):
        facts.effects.append("reads its input or ends the process")
    elif name in _THREAD_COUNT:
        facts.effects.append("sets the number of threads, which each trial has its own of")
    elif name in _SEES_ALL:
        facts.effects.append("may read or run anything in the notebook")
    elif name == "get_ipython":
        facts.effects.append("uses a magic or a shell command")
    elif last == "report" and name.startswith("jupyter_hpo."):
        facts.effects.append("reports")
    elif name not in _NO_GPU_YET:
        for root, effect in _ROOTS.items():
            if name == root or name.startswith(root + "."):
                facts.effects.append(effect)
                return


def _of_call(call: ast.Call, name: str, facts: Facts) -> None:
    last = name.rpartition(".")[2]
    if last == "open" and _opens_for_writing(call, name):
        facts.effects.append("writes files")
    elif last == "cuda" or any(_is_cuda(a) for a in call.args):
        facts.effects.append("uses the GPU")
    elif name in _CALLED:
        facts.effects.append(_CALLED[name])
    elif name in ("vars", "dir") and not call.args:
        facts.effects.append("may read or run anything in the notebook")
    elif any(_is_address(a) for a in walk(call)):
        facts.effects.append("uses the network")
    elif last in _GENERATORS and not _given(call, 0, ("seed", "x", "entropy")):
        facts.effects.append("draws randomness without a seed")
    elif name == STATES:
        facts.seeds.update(LIBRARIES)
    elif name in _SEEDERS or SEEDS_ALL.fullmatch(last):
        if not _given(call, 0, ("seed", "a", "state", "new_state")):
            if last == "seed":
                facts.effects.append("draws randomness without a seed")
            elif "." not in name:  # `set_seed()` of the notebook: its default is its own
                facts.seeders.add(name)
        elif name in _SEEDERS:
            facts.seeds.add(_SEEDERS[name])
        else:
            facts.seeders.add(name)
    else:
        facts.draws |= _drawn_from(call, name, last)


def _drawn_from(call: ast.Call, name: str, last: str) -> set[str]:
    if any(_given(call, None, (state,)) for state in _STATE):
        return set()
    if name.startswith("random.") and last not in _NO_DRAW:
        return {"random"}
    if name.startswith("numpy.random.") and last not in _NO_DRAW:
        return {"numpy"}
    torch = name.startswith("torch.") and (last in _TORCH_DRAWS or last == "random_split")
    if torch or last in _IN_PLACE_DRAWS or _LAYERS.fullmatch(name):
        return {"torch"}
    if last in _DRAWN_BY_NUMPY or _MAKES_DATA.fullmatch(name):
        return {"numpy"}
    return set()


def _given(call: ast.Call, position: int | None, keywords: Collection[str | None]) -> bool:
    """Whether the argument is there and is not None."""
    found: list[ast.expr] = [k.value for k in call.keywords if k.arg in keywords]
    if position is not None and len(call.args) > position:
        found.append(call.args[position])
    return any(literal_of(value) is not None for value in found)


def _opens_for_writing(call: ast.Call, name: str) -> bool:
    mode: Any = next((k.value for k in call.keywords if k.arg == "mode"), None)
    if mode is None:
        plain = name in ("open", "io.open", "codecs.open", "gzip.open", "bz2.open", "lzma.open")
        rest = call.args[1:] if plain else call.args[:2]
        modes = [a for a in rest if isinstance(literal_of(a), str) or plain]
        if not plain:
            modes = [a for a in modes if re.fullmatch(r"[rwaxbtU+]{1,4}", str(literal_of(a)))]
        mode = modes[0] if modes else None
    if mode is None:
        return False
    text = literal_of(mode)
    return not isinstance(text, str) or bool(set(text) & set("wax+"))


def _is_cuda(node: ast.AST) -> bool:
    text = literal_of(node)
    return isinstance(text, str) and (text.startswith("cuda") or text == "mps")


def _is_address(node: ast.AST) -> bool:
    text = literal_of(node)
    return isinstance(text, str) and bool(_ADDRESS.match(text))
