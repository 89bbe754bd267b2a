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
proxy, gone = weakref.proxy(root), weakref.ref(Node())
by_name, known, seen = weakref.WeakValueDictionary(root=root), weakref.WeakKeyDictionary({child: 1}), weakref.WeakSet([root, child])
method = weakref.WeakMethod(square.area)
table = collections.defaultdict(lambda: [unit])
ordered = collections.Counter("abca")
errors = [Trouble("t", 1)]
members = {Colour.RED: "r", Config(1.0, ()): "c"}
# %% trial
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
assert proxy.children == [child] and gone() is None and by_name["root"] is root
assert known[child] == 1 and set(seen) == {root, child} and method()() == 16
assert table["new"] == [4] and ordered["a"] == 2
assert isinstance(errors[0], Trouble) and errors[0].args == ("t", 1)
assert members[Colour.RED] == "r"
x = 1
