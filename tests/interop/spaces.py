"""Strategies: search spaces, and parts of them that other tools can say."""

from __future__ import annotations

from hypothesis import strategies as st

from jupyter_hpo.space import Categorical, Float, Int, SearchSpace

names = st.text("abcdlrxyz", min_size=1, max_size=6)


def ends(low, high):
    return st.tuples(st.floats(low, high), st.floats(low, high)).map(sorted)


floats = ends(-1e6, 1e6).map(lambda e: Float(*e))
log_floats = ends(1e-8, 1e6).map(lambda e: Float(*e, log=True))
ints = st.tuples(st.integers(-1000, 1000), st.integers(0, 1000)).map(
    lambda e: Int(e[0], e[0] + e[1])
)
log_ints = st.tuples(st.integers(1, 1000), st.integers(1, 1000)).map(
    lambda e: Int(e[0], e[0] + e[1], log=True)
)
steps = st.tuples(st.integers(-20, 20), st.integers(0, 50), st.integers(2, 16))
stepped_ints = steps.map(lambda e: Int(e[0] * e[2], (e[0] + e[1]) * e[2], step=e[2]))
stepped_floats = steps.map(lambda e: Float(e[0] * 0.25, (e[0] + e[1]) * 0.25, step=0.25))
primitives = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-9, 9),
    st.sampled_from([0.5, 1e-3]),
    st.text("ab é\"'#]{},:", max_size=5),
)
choices = st.lists(primitives, min_size=1, max_size=5, unique_by=lambda v: (type(v), v)).map(
    lambda values: Categorical(tuple(values))
)


def spaces(*kinds):
    return st.dictionaries(names, st.one_of(*kinds), max_size=5).map(SearchSpace)
