"""The reporting loop: the one whose turns move the objective.

A loop over folds or seeds reports wherever each turn's own value can be told (`fold_loops`). Else
the outermost loop around a change of the objective reports, and a loop of repeats gives way to
the one in it, whose turns then count on from one fold to the next, so that step k is the same
fold and epoch in each trial. Of several such loops the last does: a
warm-up before it doesn't. Loops that only look (under `no_grad`, over test data) never do.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from ..study.objective import Objective
from .captured import Loop
from .flow import Functions, Site, Turn, bound_names, find_sites, same_figures
from .flow.paths import substitute
from .fold_loops import appended_to, is_fold_loop, own_value
from .names import reads
from .scopes import FUNCTIONS, stored
from .values import place_of

LOOPS = ast.For | ast.AsyncFor | ast.While
_REPEATS = re.compile(
    r"(?:^|_)(?:k?folds?|splits?|splitter|[a-z]*kf|k|cv|seeds?|repeats?|reps?|repetitions?|runs?"
    r"|trials?|restarts?|replicates?|train_?(?:idx|index|indices|ids)|tr_?(?:idx|index))(?:$|_)"
)
_LOOKS_AT = re.compile(r"(?:^|_)(?:test|val|valid|validation|eval|dev|holdout)")
_DATA = re.compile(
    r"(?:^|_)(?:loaders?|dl|dataloaders?|datasets?|ds|data|batches|batch|x|y|xs|ys|samples?"
    r"|images?|inputs?|iterator|generator|gen|sentences|texts|rows|docs|corpus)(?:$|_)"
)
_TRAINS = {
    *("apply_gradients", "backward", "fit", "minimize", "partial_fit", "step", "train_on_batch"),
    *("training_step", "train_step", "update", "apply_updates", "optimize"),
}


def find_loop(
    tree: ast.Module,
    objectives: Sequence[Objective],
    said: Mapping[int, ast.expr] | None = None,
) -> Loop | None:
    """The loop whose turns are reports, in the cell or in a function that it calls; None when
    no loop moves an objective. tree: the cell, or all statements of the trial. said: by index,
    what stands for an objective that is printed."""
    loop = _find(tree, objectives, said or {}, is_fold_loop)
    return loop if loop is not None and loop.own else _find(tree, objectives, said or {}, _none)


Choice = Callable[[ast.stmt], bool]
"""Whether a loop is to report before all others around the same change."""


def _none(loop: ast.stmt) -> bool:
    return False


def _find(
    tree: ast.Module,
    objectives: Sequence[Objective],
    said: Mapping[int, ast.expr],
    first: Choice,
) -> Loop | None:
    table, bound = Functions.of(tree), bound_names(tree)
    chosen: tuple[int, ast.stmt] | None = None
    turns: dict[int, list[tuple[int, Site, Turn]]] = {}
    for i, objective in enumerate(objectives):
        expression = said.get(i) or expression_of(objective)
        if expression is None:
            continue
        sites = find_sites(tree, expression, table, floating=_floats(expression, bound))
        found = _reporting(sites, first)
        if found is None and isinstance(expression, ast.Name) and i not in said:
            found = _reporting(same_figures(tree, expression.id, table), first)
        if found is not None:
            turns.setdefault(id(found[1].loop), []).append((i, *found))
    for identity, moved in turns.items():
        if chosen is None or len(moved) >= chosen[0]:
            chosen = (len(moved), moved[0][2].loop)
            best = identity
    if chosen is None:
        return None
    loop = _loop(turns[best], objectives, bound, set(said))
    if first(chosen[1]):
        loop = _with_own(loop, turns[best], objectives)
    return None if _too_early(tree, chosen[1], loop) else loop


def _too_early(tree: ast.Module, node: ast.stmt, loop: Loop) -> bool:
    """Whether what a top-level loop would report reads a name that is bound only after it:
    then the loop prepares what the objective is computed from (`loss = len(rows) * k`)."""
    if loop.function or not loop.expressions:
        return False
    at = next((i for i, s in enumerate(tree.body) if any(n is node for n in ast.walk(s))), None)
    before = set(stored(tree.body[: None if at is None else at + 1]))
    after = set(stored(tree.body[at + 1 :])) if at is not None else set()
    told = [ast.parse(text, mode="eval").body for text in loop.expressions if text]
    return any(reads(expression) & (after - before) for expression in told)


def expression_of(objective: Objective) -> ast.expr | None:
    """The objective as an expression over names; None for one that is only printed."""
    if objective.printed is not None:
        return None
    try:
        return ast.parse(objective.source.strip(), mode="eval").body
    except (SyntaxError, ValueError):
        return None


def _floats(expression: ast.expr, bound: set[str]) -> bool:
    """Whether it is over a function's own names: a bare name that the module doesn't bind."""
    return isinstance(expression, ast.Name) and expression.id not in bound


def _loop(
    moved: list[tuple[int, Site, Turn]],
    objectives: Sequence[Objective],
    bound: set[str],
    printed: set[int],
) -> Loop:
    _, site, turn = moved[0]
    why = _why(site, turn)
    place = place_of(turn.loop)
    said = {i: _so_far(s, t) for i, s, t in moved}
    expressions = tuple(ast.unparse(said[i]) if i in said else "" for i in range(len(objectives)))
    if turn.function is None:
        asked = [o.source if i in printed else _plain(o) for i, o in enumerate(objectives)]
        as_asked = all(expressions[i] == asked[i] for i, _, _ in moved)
        return Loop(place, why, expressions=() if as_asked else expressions)
    last = tuple(
        i
        for i, _, _ in moved
        if (expression := expression_of(objectives[i])) is not None and _floats(expression, bound)
    )
    return Loop(place, why, turn.function.name, expressions, last)


def _with_own(
    loop: Loop, moved: list[tuple[int, Site, Turn]], objectives: Sequence[Objective]
) -> Loop:
    """The loop, knowing what to evaluate of one turn alone, where each objective has that."""
    own = {i: own_value(site, turn, _so_far(site, turn)) for i, site, turn in moved}
    found = [own.get(i) for i in range(len(objectives))]
    if not all(found):
        return loop
    texts = tuple(ast.unparse(one[0]) for one in found if one)
    means = tuple(i for i, one in enumerate(found) if one and one[1])
    grows = dict.fromkeys(filter(None, (appended_to(site) for _, site, _ in moved)))
    return replace(loop, own=texts, means=means, grows=tuple(grows))


def _plain(objective: Objective) -> str:
    expression = expression_of(objective)
    return "" if expression is None else ast.unparse(expression)


def _so_far(site: Site, turn: Turn) -> ast.expr:
    """The objective at the loop's place. Of an array filled in turn by turn (`accs[epoch] = `)
    only what is filled is read: `accs[-1]` as `accs[:epoch + 1][-1]`."""
    assert turn.expression is not None
    filled = site.node
    if not isinstance(filled, ast.Subscript) or turn.function is not site.function:
        return turn.expression
    index = filled.slice.elts[0] if isinstance(filled.slice, ast.Tuple) else filled.slice
    names = {n.id for n in ast.walk(index) if isinstance(n, ast.Name)}
    if not names or not names <= _counted(turn.loop):
        return turn.expression
    after = ast.BinOp(index, ast.Add(), ast.Constant(1))
    part = ast.Subscript(filled.value, ast.Slice(None, after), ast.Load())
    return substitute(turn.expression, filled.value, part)


def _counted(loop: ast.stmt) -> set[str]:
    """Names that count a loop's turns."""
    match loop:
        case ast.For(target=ast.Name(id=name), iter=ast.Call(func=func)) if _words([func])[-1:] in (
            ["range"],
            ["trange"],
        ):
            return {name}
        case ast.For(target=ast.Name(id=name), iter=ast.Call(args=[ast.Call(func=func), *_])) if (
            _words([func])[-1:] == ["range"]
        ):
            return {name}
        case ast.For(
            target=ast.Tuple(elts=[ast.Name(id=name), *_]),
            iter=ast.Call(func=ast.Name(id="enumerate")),
        ):
            return {name}
    return set()


def _why(site: Site, turn: Turn) -> str:
    where = place_of(turn.loop).where
    inside = f" of {turn.function.name}()" if turn.function is not None else ""
    node = site.node
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return f"the loop in {where}{inside} changes {ast.unparse(node.func.value)!r}"
    assigned = isinstance(node, ast.Name)
    word = "assigns" if assigned else "changes"
    if not assigned and isinstance(node, ast.Subscript):
        node = node.value
    return f"the loop in {where}{inside} {word} {ast.unparse(node)!r}"


# which loop ---------------------------------------------------------------------------


def _reporting(sites: Sequence[Site], first: Choice) -> tuple[Site, Turn] | None:
    """The last change that a loop's turns make, and that loop."""
    best: tuple[bool, Site, Turn] | None = None
    for site in sites:
        turn = None if site.resets else _turn_of(site, first)
        if turn is None:
            continue
        repeats = is_repeat(turn.loop) and not first(turn.loop)
        if best is not None and best[2].loop is turn.loop and best[1].function is turn.function:
            continue  # the change in the loop's own words is the better reason
        if best is None or repeats <= best[0]:
            best = (repeats, site, turn)
    return None if best is None else best[1:]


def _turn_of(site: Site, first: Choice) -> Turn | None:
    """The outermost loop around a change that is none of repeats; of those the innermost."""
    said = [turn for turn in site.turns if turn.expression is not None]
    wanted = [turn for turn in said if first(turn.loop) and not turn.looks]
    if wanted:
        return wanted[-1]
    possible = [turn for turn in said if not _only_looks(turn, site)]
    for turn in possible:
        if not is_repeat(turn.loop):
            return turn
    return possible[-1] if possible else None


def reporting_among(loops: Sequence[ast.stmt]) -> ast.stmt | None:
    """Of loops around something, the outermost first, the one whose turns would be reports."""
    outer = next((loop for loop in loops if not is_repeat(loop)), None)
    return outer or (loops[-1] if loops else None)


def loops_around(tree: ast.Module) -> dict[int, list[ast.stmt]]:
    """For the id of each node the loops of its own scope that it is in, the outermost first."""
    found: dict[int, list[ast.stmt]] = {}

    def visit(node: ast.AST, around: list[ast.stmt]) -> None:
        found[id(node)] = around
        if isinstance(node, LOOPS):
            around = [*around, node]
        elif isinstance(node, FUNCTIONS):
            around = []
        for child in ast.iter_child_nodes(node):
            visit(child, around)

    visit(tree, [])
    return found


def is_repeat(loop: ast.stmt) -> bool:
    """Whether a loop does the same training again, on other folds or seeds."""
    if isinstance(loop, ast.While) or not isinstance(loop, ast.For | ast.AsyncFor):
        return False
    return any(_REPEATS.search(word) for word in _words([loop.target, loop.iter]))


def _only_looks(turn: Turn, site: Site) -> bool:
    """Whether the loop evaluates and doesn't train: its turns are no progress."""
    loop = turn.loop
    if turn.looks:
        return True
    trains = any(
        isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute) and n.func.attr in _TRAINS
        for n in ast.walk(loop)
    )
    if trains or isinstance(loop, ast.While):
        return turn.function is not None and site.adds and site.function is turn.function
    words = list(_words([loop.iter]))
    if any(_LOOKS_AT.search(word) for word in words):
        return True
    if turn.function is None:
        return False
    return (site.adds and site.function is turn.function) or any(map(_DATA.search, words))


def _words(nodes: Sequence[ast.expr]) -> list[str]:
    """Names in expressions, lower case with underscores."""
    names = []
    for node in nodes:
        for inner in ast.walk(node):
            if isinstance(inner, ast.Name):
                names.append(inner.id)
            elif isinstance(inner, ast.Attribute):
                names.append(inner.attr)
    return [re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower() for name in names]
