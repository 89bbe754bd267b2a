"""Writes the messages of `protocol.py` as TypeScript types.

    python -m jupyter_hpo.widgets.typescript

writes `js/src/core/protocol.ts` of the checkout the package lies in.
"""

from __future__ import annotations

import dataclasses
import json
import sys
import types
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from . import protocol

COMMAND = "python -m jupyter_hpo.widgets.typescript"
TARGET = Path(__file__).resolve().parents[2] / "js" / "src" / "core" / "protocol.ts"

CONSTANTS = (
    "REQUEST_TYPE",
    "REPLY_TYPE",
    "SNAPSHOT_TYPE",
    "SNAPSHOT_FORMAT",
    "VIEW_TYPE",
    "LOBBY",
    "ROW_STATES",
    "WAITS",
    "FIGURES",
)
ALIASES = (
    "Direction",
    "StudyState",
    "RowState",
    "Waits",
    "ParamKind",
    "DeclaredBy",
    "ValueKind",
    "CommandName",
    "ColumnType",
)
_PLAIN = {str: "string", int: "number", float: "number", bool: "boolean", type(None): "null"}


def generate() -> str:
    """The whole text of protocol.ts."""
    parts = [f"// Generated from jupyter_hpo/widgets/protocol. Do not edit; run\n//   {COMMAND}\n"]
    for name in CONSTANTS:
        value = getattr(protocol, name)
        if isinstance(value, str | int):
            parts.append(f"export const {name} = {json.dumps(value)};\n")
        else:
            parts.append(f"export const {name} = {json.dumps(list(value))} as const;\n")
    named = {getattr(protocol, name): name for name in ALIASES}
    for alias, name in named.items():
        parts.append(f"export type {name} = {_literal(alias)};\n")
    parts.extend(_interface(message, named) for message in protocol.MESSAGES)
    return "\n".join(parts)


def _interface(message: type, named: dict[Any, str]) -> str:
    hints = get_type_hints(message)
    lines = [f"export interface {message.__name__} {{"]
    for item in dataclasses.fields(message):
        lines.append(f"  {item.name}: {_type(hints[item.name], named)};")
    lines.append("}\n")
    return "\n".join(lines)


def _type(hint: Any, named: dict[Any, str]) -> str:
    if hint in named:
        return named[hint]
    if hint is Any:
        return "unknown"
    if hint in _PLAIN:
        return _PLAIN[hint]
    if dataclasses.is_dataclass(hint):
        return str(getattr(hint, "__name__", hint))
    origin, args = get_origin(hint), get_args(hint)
    if origin is Literal:
        return _literal(hint)
    if origin in (Union, types.UnionType):
        return " | ".join(_type(arg, named) for arg in args)
    if origin is list:
        inner = _type(args[0], named)
        return f"({inner})[]" if " " in inner else f"{inner}[]"
    if origin is dict and args[0] is str:
        return f"Record<string, {_type(args[1], named)}>"
    raise TypeError(f"protocol.py uses {hint!r}, which this generator can't write.")


def _literal(hint: Any) -> str:
    return " | ".join(json.dumps(value) for value in get_args(hint))


def main() -> int:
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(generate(), encoding="utf-8")
    print(f"wrote {TARGET}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
