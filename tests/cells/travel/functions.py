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
# %% trial
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
