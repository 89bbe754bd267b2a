"""Ray Tune's public search space, as much of `ray.tune.search.sample` as is read and written.

Ray is too large for the development environment. Where it is installed, the tests use it.
"""

from __future__ import annotations

import sys
import types
from copy import copy

sample = types.ModuleType("ray.tune.search.sample")
CODE = """
class Sampler: pass
class Quantized(Sampler):
    def __init__(self, sampler, q): self.sampler, self.q = sampler, q
class Uniform(Sampler): pass
class LogUniform(Sampler): pass
class Normal(Sampler):
    def __init__(self, mean=0.0, sd=0.0): self.mean, self.sd = mean, sd
class Grid(Sampler): pass
class Domain:
    sampler = None
    def set_sampler(self, sampler, allow_override=False): self.sampler = sampler
    def get_sampler(self): return self.sampler
    def with_(self, sampler):
        new = copy(self); new.set_sampler(sampler); return new
class Float(Domain):
    class _Uniform(Uniform): pass
    class _LogUniform(LogUniform): pass
    class _Normal(Normal): pass
    def __init__(self, lower, upper):
        self.lower = lower if lower is not None else float("-inf")
        self.upper = upper if upper is not None else float("inf")
    def uniform(self): return self.with_(self._Uniform())
    def loguniform(self): return self.with_(self._LogUniform())
    def normal(self, mean=0.0, sd=1.0): return self.with_(self._Normal(mean, sd))
    def quantized(self, q): return self.with_(Quantized(self.get_sampler(), q))
class Integer(Domain):
    class _Uniform(Uniform): pass
    class _LogUniform(LogUniform): pass
    def __init__(self, lower, upper): self.lower, self.upper = lower, upper
    def uniform(self): return self.with_(self._Uniform())
    def loguniform(self): return self.with_(self._LogUniform())
    def quantized(self, q): return self.with_(Quantized(self.get_sampler(), q))
class Categorical(Domain):
    class _Uniform(Uniform): pass
    def __init__(self, categories): self.categories = list(categories)
    def uniform(self): return self.with_(self._Uniform())
class Function(Domain):
    def __init__(self, func): self.func = func
def uniform(lower, upper): return Float(lower, upper).uniform()
def quniform(lower, upper, q): return Float(lower, upper).uniform().quantized(q)
def loguniform(lower, upper): return Float(lower, upper).loguniform()
def qloguniform(lower, upper, q): return Float(lower, upper).loguniform().quantized(q)
def randint(lower, upper): return Integer(lower, upper).uniform()
def lograndint(lower, upper): return Integer(lower, upper).loguniform()
def qrandint(lower, upper, q=1): return Integer(lower, upper).uniform().quantized(q)
def qlograndint(lower, upper, q): return Integer(lower, upper).loguniform().quantized(q)
def randn(mean=0.0, sd=1.0): return Float(None, None).normal(mean, sd)
def choice(categories): return Categorical(categories).uniform()
def sample_from(func): return Function(func)
def grid_search(values): return {"grid_search": list(values)}
"""
vars(sample)["copy"] = copy
exec(CODE, vars(sample))


def install(monkeypatch) -> types.ModuleType:
    """`ray.tune`: the real one where it is, else the double."""
    try:
        from ray import tune
    except ImportError:
        ray = types.ModuleType("ray")
        ray.tune = sample
        monkeypatch.setitem(sys.modules, "ray", ray)
        monkeypatch.setitem(sys.modules, "ray.tune", sample)
        return sample
    return tune
