"""Which statements run again, as tables: `>` marks them, `~` those that are only reached."""

from __future__ import annotations

from typing import Any

import pytest

KINDS = {
    "np": "module",
    "pd": "module",
    "torch": "module",
    "nn": "module",
    "df": "data",
    "X": "data",
    "y": "data",
    "Z": "data",
    "X_train": "data",
    "X_test": "data",
    "loader": "data",
    "dataset": "data",
    "model": "library",
    "optimizer": "library",
    "scheduler": "library",
    "trainer": "library",
    "criterion": "library",
    "scaler": "library",
    "clf": "library",
    "rng": "library",
}

# Cells stand between lines of ---, the training cell is the last. `«5»` is the tuned value.
CASES = {
    "nothing tuned, nothing changed": """
~ a = 1
~ b = a + 1
  c = 3
---
print(b)
""",
    "a tuned constant and what it reaches": """
> a = «1»
> b = a + 1
  c = a + 2
---
print(b)
""",
    "a decorator puts a function away": """
> steps = {}
~ def step_of(f):
      steps[f.__name__] = f
      return f
> lr = «1»
> @step_of
  def one(x):
      return x * lr
---
print(steps["one"](2))
""",
    "a decorator that is called first": """
> steps = []
~ def step_of(size):
      def put(f):
          steps.append(size)
          return f
      return put
> @step_of(«1»)
  def one(x):
      return x
---
print(steps[0])
""",
    "a class's own statements": """
> sizes = []
> class Net:
      sizes.append(«1»)
---
print(sizes)
""",
    "a tuned value in the training cell alone": """
~ X = load()
---
lr = «1»
loss = X.sum() * lr
""",
    "data is inherited, the model is built afresh": """
~ import torch
~ X = torch.load("x")
> model = Net()
---
model.fit(X)
""",
    "an optimiser built from the model": """
> model = Net()
> optimizer = Adam(model.parameters())
> scheduler = StepLR(optimizer)
---
scheduler.step()
""",
    "a change through the optimiser changes the model": """
> model = Net()
> optimizer = Adam(model.parameters())
---
optimizer.step()
print(model)
""",
    "a trainer leaves its data": """
~ loader = DataLoader(load())
> model = Net()
> trainer = Trainer(model, loader)
---
trainer.fit()
""",
    "a pure reader changes nothing": """
~ clf = SVC().fit(load(), 1)
---
acc = clf.score(X, y)
p = clf.predict(X)
""",
    "a scaler fitted in the cell": """
~ X = load()
> scaler = StandardScaler()
---
Z = scaler.fit_transform(X)
""",
    "calling a torch module may change it": """
> model = Net()
---
out = model(X)
""",
    "printing changes nothing": """
~ model = Net()
---
print(model, len(model))
""",
    "a list appended to": """
> history = []
---
history.append(1)
""",
    "a list only read": """
~ sizes = [1, 2]
---
n = sizes.index(2) + len(sizes)
""",
    "an item of a dict": """
> config = {"lr": 1}
---
config["lr"] = «2»
""",
    "a dict read": """
> config = {"lr": «1», "n": 2}
---
lr = config["lr"]
""",
    "a dict changed later in the past": """
> config = {"lr": «1»}
> config["n"] = 3
> config.update(m=4)
---
lr = config["lr"]
""",
    "data changed in place before a tuned step": """
~ df = read_csv("x")
~ df["a"] = 1
> X = df.values[:«100»]
---
loss = X.sum()
""",
    "data changed in place after a tuned step": """
> df = read_csv("x")
> X = df.head(«100»)
> df["a"] = 1
---
loss = X.sum() + df.sum()
""",
    "data rebound after a tuned step, not read again": """
> df = pd.read_csv("x")
> X = df.a * «2»
  df = df.drop(1)
---
loss = X.sum()
""",
    "a name rebound between": """
> x = «1»
> a = x + 1
> x = 5
---
print(a, x)
""",
    "augmented assignment": """
> x = 1
> x += «2»
---
print(x)
""",
    "a tuned default argument": """
> def f(x, k=«3»):
    return x + k
~ y1 = load()
> z = f(y1)
---
print(z)
""",
    "a function that reads a tuned global late": """
~ def f(x):
    return x + K
> K = «3»
> z = f(1)
---
print(z)
""",
    "a function called only in the training cell": """
> K = «3»
~ def f(x):
    return x + K
---
print(f(1))
""",
    "a function that calls another": """
> K = «3»
~ def g(x):
    return x + K
~ def f(x):
    return g(x)
---
print(f(1))
""",
    "a default that reads a tuned global": """
> K = «3»
> def f(x, k=K):
    return x + k
---
print(f(1))
""",
    "a decorator that reads one": """
> K = «3»
~ def times(n):
    return lambda f: f
> @times(K)
  def f(x):
    return x
---
print(f(1))
""",
    "a base class that is made anew": """
> class A:
    n = «3»
> class B(A):
    pass
---
print(B.n)
""",
    "a class attribute, the class made anew": """
> class Config:
    lr = «1»
    n = 3
---
print(Config.lr)
""",
    "a class whose method reads a tuned global": """
> K = «3»
~ class Net:
    def forward(self, x):
        return x * K
~ net = Net
---
print(net().forward(2))
""",
    "a function that changes its parameter": """
~ def grow(x, n):
    x.append(n)
~ def look(x, n):
    return x[n]
> a = [1]
~ b = [2]
---
grow(a, 1)
look(b, 0)
""",
    "a function that changes it through another": """
~ def inner(x):
    x.clear()
~ def outer(y):
    inner(y)
> a = [1]
---
outer(a)
""",
    "a recursive function": """
~ def walk(x, n):
    if n:
        walk(x, n - 1)
    x.append(n)
> a = [1]
---
walk(a, 3)
""",
    "a function that changes a global": """
~ def log(x):
    history.append(x)
> history = []
---
log(1)
""",
    "a function with global": """
> n = «0»
~ def up():
    global n
    n += 1
> up()
---
print(n)
""",
    "a function that trains what it is handed": """
~ def train(m, data):
    m.fit(data)
~ X = load()
> model = SVC()
---
train(model, X)
""",
    "a function that only evaluates": """
~ def evaluate(m, data):
    return m.predict(data)
~ model = fitted()
---
acc = evaluate(model, X)
""",
    "an alias": """
> a = [1]
> b = a
---
b.append(2)
print(a)
""",
    "an element": """
> models = [A(), B()]
> best = models[0]
---
best.train_on(1)
""",
    "a view of an array": """
> X = load()
> Z = X[:10]
> Z *= «2»
---
print(Z)
""",
    "computed data is its own": """
~ X = load()
~ Z = X * 2
  X = None
---
Z = Z + «1»
""",
    "if": """
> a = 1
~ flag = True
> if flag:
    a = «2»
---
print(a)
""",
    "for": """
> total = 0
> for i in range(«3»):
    total += i
---
print(total)
""",
    "try": """
> n = 1
> try:
    n = int(«2»)
  except ValueError:
    pass
---
print(n)
""",
    "with": """
> with open("x") as f:
    n = len(f.read()) + «1»
---
print(n)
""",
    "match": """
~ kind = "a"
> match kind:
    case "a":
        n = «1»
    case _:
        n = 2
---
print(n)
""",
    "walrus": """
> if (n := «3») > 2:
    pass
---
print(n)
""",
    "a comprehension": """
> k = «3»
> squares = [i * k for i in range(4)]
---
print(squares)
""",
    "a comprehension's own name": """
  i = «3»
~ squares = [i * 2 for i in range(4)]
---
print(squares)
""",
    "a lambda": """
> k = «3»
~ f = lambda x: x * k
---
print(f(2))
""",
    "del": """
> a = «1»
> b = a + 1
  del a
---
print(b)
""",
    "del of an item": """
> a = {"x": «1», "y": 2}
> del a["y"]
---
print(a)
""",
    "a tuple assignment": """
> lr, n = «1», 2
~ m = 3
---
print(lr, m)
""",
    "an import in the middle": """
  import os
> a = «1»
~ import math
> b = math.sqrt(a)
---
print(b)
""",
    "an attribute": """
~ from types import SimpleNamespace
> cfg = SimpleNamespace(lr=1)
> cfg.lr = «2»
> cfg.n = 3
---
print(cfg.lr)
""",
    "a generator that is used up": """
> it = (i for i in [1, 2, 3])
---
for i in it:
    print(i)
""",
    "next": """
~ a = [1, 2]
> it = iter(a)
> first = next(it)
---
print(next(it) * «2»)
""",
    "a file that is read again": """
> f = open("x")
---
print(f.read())
""",
    "a method's result is the object": """
> model = Net()
> m = model.to("cpu")
---
m.fit(X)
""",
    "in place by its name": """
~ df = read_csv("x")
> y = df.a.sample(«3»)
---
df.fillna(0, inplace=True)
print(y)
""",
    "a frame changed in place in the past": """
> df = read_csv(«"x"»)
> df.dropna(inplace=True)
> X = df.a
---
print(X)
""",
    "sort in place": """
> a = [«3», 1]
> a.sort()
---
print(a)
""",
    "a shell line": """
  get_ipython().system('ls')
> a = «1»
---
print(a)
""",
    "a class of the person's that changes itself": """
~ class Counter:
    def __init__(self):
        self.n = 0
    def add(self):
        self.n += 1
> counter = Counter()
---
counter.add()
""",
    "an object that holds a list changed through it": """
~ class Bag:
    def __init__(self, items):
        self.items = items
    def add(self, x):
        self.items.append(x)
> items = [1]
> bag = Bag(items)
---
bag.add(2)
print(items)
""",
    "an ensemble that holds the model": """
> model = Net()
> ensemble = [model]
---
model.fit(X)
print(ensemble)
""",
    "a score made before training": """
> model = Net()
~ before = model.score(X, y)
---
model.fit(X)
print(before)
""",
    "star arguments": """
> config = {"n": «3»}
~ def make(n):
    return [n]
> a = make(**config)
---
print(a)
""",
    "async": """
> k = «3»
~ async def f(x):
    return x * k
---
print(f(2))
""",
}


def taken_apart(case: str) -> tuple[list[str], str, list[str], list[str]]:
    """(cells, training cell, lines that run again, lines that are reached)."""
    *parts, training = case.strip("\n").split("---\n")
    cells, again, reached = [], [], []
    for part in parts:
        lines = []
        for line in part.split("\n"):
            mark, line = line[:2], line[2:] if line[:2] in ("> ", "~ ", "  ") else line
            plain = line.replace("«", "").replace("»", "")
            if mark == "> ":
                again.append(plain)
            if mark in ("> ", "~ "):
                reached.append(plain)
            lines.append(line)
        cells.append("\n".join(lines))
    return cells, training, again, reached


def read(session: Any, case: str, **options: Any) -> tuple[Any, list[str], list[str], list[str]]:
    cells, training, again, reached = taken_apart(case)
    tuned = [line.strip() for line in "\n".join([*cells, training]).split("\n") if "«" in line]
    cells = [c.replace("«", "").replace("»", "") for c in cells]
    plain = training.replace("«", "").replace("»", "")
    options.setdefault("kinds", KINDS)
    return session(cells, plain, run=False, **options), tuned, again, reached


@pytest.mark.parametrize("name", CASES)
def test_what_runs_again(session: Any, name: str) -> None:
    one, tuned, again, reached = read(session, CASES[name])
    assert one.lines(*tuned) == again
    assert one.reached() == reached
