"""What earlier cells made arrives in a trial as it was: another process, each library's kinds.

Each case is an earlier cell and a cell that checks; `x` is its objective.
"""

from __future__ import annotations

import sys

import pytest

CLASSES = """
import abc, collections, contextlib, dataclasses, enum, functools, typing, weakref
class Meta(type):
    def __new__(mcs, name, bases, body, **more):
        made = super().__new__(mcs, name, bases, body)
        made.registered = name.lower()
        return made
class Base(abc.ABC):
    kinds = {}
    def __init_subclass__(cls, kind=None, **more):
        super().__init_subclass__(**more)
        Base.kinds[kind] = cls
    @abc.abstractmethod
    def area(self): ...
    @property
    def twice(self): return 2 * self.area()
class Square(Base, kind="square"):
    def __init__(self, side): self.side = side
    def area(self): return self.side ** 2 * unit
class Odd(metaclass=Meta):
    class Inner:
        value = 4
    @staticmethod
    def static(): return unit
    @classmethod
    def named(cls): return cls.registered
class Slots:
    __slots__ = ("a", "b", "__weakref__")
    def __init__(self, a): self.a = a
@dataclasses.dataclass(frozen=True, order=True)
class Config:
    lr: float = 0.1
    layers: list = dataclasses.field(default_factory=list)
class Colour(enum.Enum):
    RED = 1
    BLUE = 2
    def shout(self): return self.name + "!"
class Bits(enum.IntFlag):
    A = 1
    B = 2
Point = collections.namedtuple("Point", "x y")
class Typed(typing.NamedTuple):
    a: int
    b: str = "b"
class Options(typing.TypedDict):
    lr: float
T = typing.TypeVar("T")
class Box(typing.Generic[T]):
    def __init__(self, v): self.v = v
class Trouble(ValueError):
    pass
class Node:
    def __init__(self, parent=None):
        self.parent = weakref.ref(parent) if parent else None
        self.children = []
unit = 3
square, odd, inner = Square(2), Odd(), Odd.Inner()
slots = Slots(5)
config, colour, bits = Config(0.5, [1]), Colour.RED, Bits.A | Bits.B
point, typed, options, box = Point(1, 2), Typed(3), Options(lr=1.0), Box(9)
box_of_int = Box[int]
root = Node(); child = Node(root); root.children.append(child)
table = collections.defaultdict(lambda: [unit])
ordered = collections.Counter("abca")
errors = [Trouble("t", 1)]
members = {Colour.RED: "r", Config(1.0, ()): "c"}
"""

CHECK_CLASSES = """
assert square.area() == 12 and square.twice == 24 and isinstance(square, Base)
assert Base.kinds["square"] is Square
try:
    Base()
    raise SystemError
except TypeError:
    pass
class Circle(Base, kind="circle"):
    def area(self): return 1
assert Circle().twice == 2 and set(Base.kinds) == {"square", "circle"}
assert Odd.registered == "odd" and type(Odd) is Meta and odd.named() == "odd"
assert odd.static() == 3 and inner.value == 4 and type(inner) is Odd.Inner
unit = 4
assert square.area() == 16 and odd.static() == 4
assert slots.a == 5 and not hasattr(slots, "b") and not hasattr(slots, "__dict__")
assert config == Config(0.5, [1]) and config < Config(0.6)
assert colour is Colour.RED and colour.shout() == "RED!" and bits == Bits.A | Bits.B
assert type(bits) is Bits and Colour(2) is Colour.BLUE
assert point == Point(1, 2) and typed.b == "b" and isinstance(typed, Typed)
assert options["lr"] == 1.0 and box.v == 9 and box_of_int(1).v == 1
assert child.parent() is root and root.children == [child]
assert table["new"] == [4] and ordered["a"] == 2
assert isinstance(errors[0], Trouble) and errors[0].args == ("t", 1)
assert members[Colour.RED] == "r"
x = 1
"""

FUNCTIONS = """
import functools, itertools, operator, random, re, datetime, decimal, fractions, pathlib
def fib(n): return n if n < 2 else fib(n - 1) + fib(n - 2)
@functools.lru_cache(maxsize=None)
def cached(n): return n if n < 2 else cached(n - 1) + cached(n - 2)
@functools.cache
def doubled(n): return 2 * n * factor
@functools.singledispatch
def kind(v): return "other"
@kind.register
def _(v: int): return "int"
def timed(f):
    @functools.wraps(f)
    def inner(*a, **k):
        inner.calls += 1
        return f(*a, **k)
    inner.calls = 0
    return inner
@timed
def worked(a, b=2, *rest, c: int = 3, **more): return a + b + c + factor
def counter():
    n = 0
    def up():
        nonlocal n
        n += 1
        return n
    def read(): return n
    return up, read
up, read = counter(); up()
def gen(n): yield from range(n)
async def later(v): return v * factor
factor = 10
part = functools.partial(worked, 1, c=5)
table = {"double": lambda v: 2 * v, "nested": {"f": lambda: table["double"](factor)}}
choose = operator.itemgetter(1)
numbers = itertools.count(5)
pattern, day, exact, third = re.compile("a+"), datetime.date(2020, 1, 1), decimal.Decimal("1.1"), fractions.Fraction(1, 3)
path, rng, span = pathlib.Path("data"), random.Random(7), range(10)
expected = random.Random(7).random()
method = "a-b".split
class Adder:
    def __init__(self, n): self.n = n
    def __call__(self, v): return v + self.n
    def bound(self, v): return v * self.n
adder = Adder(3); bound = adder.bound
"""

CHECK_FUNCTIONS = """
import inspect, asyncio
assert fib(10) == 55 and cached(30) == 832040 and cached.cache_info().hits > 0
factor = 100
assert doubled(3) == 600 and worked(1) == 106 and worked.calls == 1 and part() == 108
assert kind(1) == "int" and kind("s") == "other"
assert up() == 2 and read() == 2
assert list(gen(3)) == [0, 1, 2] and asyncio.run(later(2)) == 200
assert table["nested"]["f"]() == 200 and choose([1, 2]) == 2 and next(numbers) == 5
assert pattern.match("aaa") and day.year == 2020 and str(exact) == "1.1" and third * 3 == 1
assert path.name == "data" and rng.random() == expected and list(span)[-1] == 9
assert method("-") == ["a", "b"] and adder(1) == 4 and bound(2) == 6 and bound.__self__ is adder
assert inspect.signature(worked).parameters["c"].default == 3
x = 1
"""

NUMPY = """
import numpy as np, scipy.sparse as sparse, os, tempfile
base = np.arange(100_000.0)
view, row, back, strided, cube = base[100:200], base.reshape(100, -1)[3], base[::-1], base[::3], base.reshape(10, 100, 100).transpose(2, 0, 1)
read_only = np.arange(5000); read_only.setflags(write=False)
structured = np.zeros(3000, dtype=[("a", "i4"), ("b", "f8", (2,))]); fields = structured["b"]
objects = np.array([None, {"k": 1}, "s"], dtype=object)
words = np.array(["ab", "cde"] * 2000)
strings = np.array(["x" * n for n in range(100)], dtype=np.dtypes.StringDType()) if hasattr(np.dtypes, "StringDType") else words
days = np.arange("2020-01-01", "2030-01-01", dtype="datetime64[D]")
masked = np.ma.masked_greater(np.arange(6000.0), 5)
record = np.rec.array([(1, 2.0)] * 1000, names="i,f")
matrix = np.asmatrix(np.eye(50))
class Unit(np.ndarray):
    unit = "?"
    def __array_finalize__(self, obj): self.unit = getattr(obj, "unit", "?")
sub = np.arange(2000.0).view(Unit)
folder = tempfile.mkdtemp(); file = os.path.join(folder, "big.dat")
np.arange(10_000.0).tofile(file)
mapped = np.memmap(file, dtype="f8", mode="r+"); part = mapped[10:20]
rng = np.random.default_rng(3); rng.random(5)
old = np.random.RandomState(3)
expected = np.random.default_rng(3).random(6)[5], np.random.RandomState(3).rand()
csr = sparse.random(500, 500, 0.1, format="csr", random_state=0)
coo = csr.tocoo(); array = sparse.csr_array(csr)
f_order = np.asfortranarray(base.reshape(100, -1))
zero, empty, scalar, poly = np.array(3.5), np.zeros((0, 4)), np.float32(2), np.polynomial.Polynomial([1, 2])
dtype, vectorised = np.dtype("f4"), np.vectorize(lambda a: a * 2)
"""

CHECK_NUMPY = """
base[150] = -1; assert view[50] == -1 and row.base is not None and back[-151] == -1 and strided[50] == -1
assert np.shares_memory(cube, base) and cube.shape == (100, 10, 100) and cube.strides == (8, 80000, 800)
row[0] = 7; assert base[3000] == 7
try:
    read_only[0] = 1
    raise SystemError
except ValueError:
    pass
fields[0] = 5; assert structured[0]["b"][1] == 5
assert objects[1] == {"k": 1} and words[1] == "cde" and strings[-1] == strings[-1] and days[31].astype(str) == "2020-02-01"
assert masked.mask.sum() == 5994 and record.f[0] == 2.0 and (matrix * matrix == np.eye(50)).all()
assert type(sub) is Unit and sub.sum() == 1999000
assert mapped[15] == 15; mapped[15] = -9; assert part[5] == -9
assert rng.random() == expected[0] and old.rand() == expected[1]
assert (csr @ np.ones(500)).shape == (500,) and (coo != csr).nnz == 0 and abs(array - csr).sum() == 0
csr.data[:] = 0; assert array.sum() == 0 and coo.nnz == 25_000
assert f_order.flags.f_contiguous and f_order[1, 0] == 1000
assert zero == 3.5 and empty.shape == (0, 4) and scalar == 2 and poly(1) == 3
assert dtype == np.float32 and vectorised([1])[0] == 2
x = 1
"""

TORCH = """
import torch
from torch import nn
import torch.nn.functional as F
from torch.utils.data import DataLoader, Dataset, TensorDataset, Subset, random_split
torch.manual_seed(0)
class Rows(Dataset):
    def __init__(self, n): self.x = torch.arange(n * 100.0).reshape(n, 100)
    def __len__(self): return len(self.x)
    def __getitem__(self, i): return self.x[i], i % 2
class Tied(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Linear(100, 100, bias=False)
        self.decoder = nn.Linear(100, 100, bias=False)
        self.decoder.weight = self.encoder.weight
        self.norm = nn.BatchNorm1d(100)
        self.register_buffer("scale", torch.ones(100))
        self.blocks = nn.ModuleList([nn.Sequential(nn.Linear(100, 100), nn.Dropout(0.1)) for _ in range(2)])
        self.extra = nn.ParameterDict({"a": nn.Parameter(torch.zeros(3))})
        self.act = lambda v: F.relu(v)
        self.seen = []
        self.blocks[0].register_forward_hook(lambda m, i, o: self.seen.append(o.shape))
    def forward(self, v):
        for block in self.blocks:
            v = block(self.act(v))
        return self.decoder(self.norm(self.encoder(v)) * self.scale)
model = Tied()
optimizer = torch.optim.AdamW([{"params": [p for n, p in model.named_parameters() if "norm" not in n]}, {"params": model.norm.parameters(), "lr": 0.5}], lr=1e-3)
scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 10)
one_cycle = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda e: 0.9 ** e)
for _ in range(2):
    optimizer.zero_grad(); model(torch.randn(8, 100)).sum().backward(); optimizer.step(); scheduler.step()
step = optimizer.state[model.encoder.weight]["step"].item()
ema = torch.optim.swa_utils.AveragedModel(model)
data = Rows(50); train, held = random_split(data, [40, 10], generator=torch.Generator().manual_seed(1))
loader = DataLoader(train, 8, shuffle=True, collate_fn=lambda rows: torch.stack([r[0] for r in rows]))
generator = torch.Generator().manual_seed(9)
expected = torch.rand(3, generator=torch.Generator().manual_seed(9))
criterion, device, dtype, size = nn.CrossEntropyLoss(weight=torch.ones(3)), torch.device("cpu"), torch.float16, torch.Size([2, 3])
scripted = torch.jit.script(nn.Linear(2, 2)) if False else None
state = model.state_dict(); weights = model.encoder.weight
frozen = nn.Linear(3, 3).requires_grad_(False)
quantised = torch.quantize_per_tensor(torch.ones(2000), 0.1, 0, torch.qint8)
big = torch.arange(20_000.0); views = big.view(100, 200)[:, 3:9], big[::2].unflatten(0, (100, 100)).T
dist, packed = torch.distributions.Normal(0.0, torch.ones(2)), nn.utils.rnn.pack_sequence([torch.ones(3), torch.ones(2)])
scaler = torch.amp.GradScaler("cpu")
param_norm = nn.utils.parametrizations.weight_norm(nn.Linear(4, 4))
"""

CHECK_TORCH = """
assert model.encoder.weight is model.decoder.weight is weights
assert state["encoder.weight"].data_ptr() == weights.data_ptr()
assert optimizer.param_groups[0]["params"][0] is weights and optimizer.param_groups[1]["lr"] < 0.5
assert optimizer.state[weights]["step"].item() == step == 2
assert scheduler.optimizer is optimizer and scheduler.last_epoch == 2 and one_cycle.lr_lambdas[0](1) == 0.9
before, seen = weights.detach().clone(), len(model.seen)
for batch in loader:
    optimizer.zero_grad(); loss = (model(batch) ** 2).mean(); loss.backward(); optimizer.step()
assert not torch.equal(before, weights) and len(model.seen) > seen
assert not torch.equal(next(ema.parameters()), weights)
assert train.dataset is data and len(held) == 10 and loader.dataset is train
assert torch.equal(torch.rand(3, generator=generator), expected)
assert criterion(torch.zeros(2, 3), torch.tensor([0, 1])).item() > 0 and device.type == "cpu" and dtype is torch.float16
assert not frozen.weight.requires_grad and quantised.int_repr()[0] == 10
big[3] = -1; assert views[0][0, 0] == -1 and views[1].shape == (100, 100)
big[2] = -2; assert views[1][1, 0] == -2
assert dist.sample().shape == (2,) and packed.batch_sizes.tolist() == [2, 2, 1]
assert param_norm(torch.ones(4)).shape == (4,) and scaler.is_enabled() in (True, False)
x = 1
"""

PANDAS = """
import pandas as pd, numpy as np
raw = np.arange(30_000.0).reshape(-1, 3)
frame = pd.DataFrame(raw, columns=["a", "b", "c"], copy=False)
mixed = pd.DataFrame({"i": range(5000), "s": ["x", "y"] * 2500, "t": pd.date_range("2020", periods=5000, tz="UTC"),
    "c": pd.Categorical(["u", "v"] * 2500), "n": pd.array([1, None] * 2500, dtype="Int64"), "o": [{}] * 5000})
mixed.attrs["unit"] = "m"
indexed = mixed.set_index(["i", "s"]); series = frame["a"]; part = frame.iloc[5:10]
grouped, period, spars = mixed.groupby("s"), pd.period_range("2020", periods=3, freq="M"), pd.Series(pd.arrays.SparseArray([0, 0, 1]))
interval = pd.cut(frame["a"], 3)
"""

CHECK_PANDAS = """
assert frame.shape == (10_000, 3) and (series == frame["a"]).all() and mixed.attrs["unit"] == "m"
frame.loc[5, "a"] = -1; assert frame["a"][5] == -1 and part.iloc[0, 0] != -1 and series[5] != -1
frame += 1
assert mixed.dtypes["n"] == "Int64" and mixed["n"].isna().sum() == 2500 and str(mixed.dtypes["t"]).startswith("datetime64")
assert indexed.loc[(0, "x"), "c"] == "u" and grouped["i"].mean()["x"] == 2499 and len(period) == 3 and spars.sum() == 1
mixed["new"] = mixed["i"] * 2; mixed.loc[0, "s"] = "z"
assert interval.cat.categories.size == 3
x = 1
"""

SKLEARN = """
import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin, clone
from sklearn.compose import ColumnTransformer
from sklearn.datasets import load_digits
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, GridSearchCV
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
class Clip(TransformerMixin, BaseEstimator):
    def __init__(self, at=1.0): self.at = at
    def fit(self, X, y=None): return self
    def transform(self, X): return np.clip(X, -self.at, self.at)
X, y = load_digits(return_X_y=True)
pipe = make_pipeline(StandardScaler(), Clip(2.0), FunctionTransformer(lambda v: v * 2), LogisticRegression(max_iter=20)).fit(X, y)
forest = RandomForestClassifier(5, random_state=0).fit(X, y)
boost = HistGradientBoostingClassifier(max_iter=3).fit(X, y)
near = KNeighborsClassifier(algorithm="kd_tree").fit(X, y)
search = GridSearchCV(LogisticRegression(max_iter=5), {"C": [1, 2]}, cv=2)
folds = StratifiedKFold(3)
scores = [m.score(X, y) for m in (pipe, forest, boost, near)]
"""

CHECK_SKLEARN = """
assert [m.score(X, y) for m in (pipe, forest, boost, near)] == scores
assert pipe.named_steps["clip"].at == 2.0 and isinstance(clone(pipe)[1], Clip)
pipe.set_params(clip__at=0.5).fit(X, y)
assert search.estimator.max_iter == 5 and folds.get_n_splits() == 3
x = 1
"""

CASES = {
    "classes": (CLASSES, CHECK_CLASSES, ()),
    "functions": (FUNCTIONS, CHECK_FUNCTIONS, ()),
    "numpy": (NUMPY, CHECK_NUMPY, ("scipy",)),
    "torch": (TORCH, CHECK_TORCH, ("torch",)),
    "pandas": (PANDAS, CHECK_PANDAS, ("pandas",)),
    "sklearn": (SKLEARN, CHECK_SKLEARN, ("sklearn",)),
}


@pytest.mark.parametrize("name", CASES)
def test_what_earlier_cells_made_arrives_as_it_was(workers, name):
    earlier, check, needs = CASES[name]
    for module in needs:
        pytest.importorskip(module)
    workers.open(check, earlier=earlier, jobs=1)
    assert [workers.value(i) for i in range(2)] == [1, 1]  # the second finds it as the first


def test_modules_beside_the_notebook(workers, tmp_path, monkeypatch):
    (tmp_path / "beside.py").write_text(
        "count = 0\nclass Net:\n    def __init__(self): self.w = 1\n"
        "def bump():\n    global count\n    count += 1\n    return count\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.chdir(tmp_path)
    earlier = "import beside\nfrom beside import Net, bump\nnet = Net()"
    cell = "import os\nassert type(net) is Net is beside.Net and os.path.exists('beside.py')\nx = bump()"
    workers.open(cell, earlier=earlier, jobs=1)
    assert [workers.value(i) for i in range(2)] == [1, 1]
    sys.modules.pop("beside")
