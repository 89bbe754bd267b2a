"""`%%hpo?` and `%hpo?`: complete, readable, and their examples work."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from jupyter_hpo.arguments import parse_line
from jupyter_hpo.help_text import WIDTH, command_help, search_help
from jupyter_hpo.line_magic import COMMANDS
from jupyter_hpo.parser import EXAMPLES, build_parser
from jupyter_hpo.space.marks import mark_of_comment, parse_mark


def test_every_option_is_explained_in_a_group_with_an_example():
    text = search_help()
    grouped = [action for _, actions in build_parser().groups for action in actions]
    assert [a.dest for a in grouped] == [a.dest for a in build_parser()._actions]
    for action in grouped:
        name = action.option_strings[0] if action.option_strings else "space"
        assert action.help
        assert EXAMPLES[name] in text
        if action.option_strings:
            assert f"\n  {name}" in text
        for choice in action.choices or ():
            assert str(choice) in text
    assert set(EXAMPLES) == {*build_parser().flags, "space"}


@pytest.mark.parametrize("example", EXAMPLES.values())
def test_the_examples_are_understood(example):
    assert parse_line(example)


def test_the_marks_shown_are_understood():
    lines = [line for line in search_help().splitlines() if "# hpo:" in line]
    assert len(lines) > 8
    for line in lines:
        specs, problems = parse_mark(mark_of_comment(line[line.index("#") :]))
        assert specs
        assert problems == []


def test_every_command_is_explained():
    for word, command in COMMANDS.items():
        assert f"\n  {word} {command.usage}".rstrip() in command_help()
        assert command.help in " ".join(command_help().split())


@pytest.mark.parametrize("text", [search_help(), command_help()])
def test_no_line_is_wider_than_a_pager(text):
    assert max(map(len, text.splitlines())) <= WIDTH
    assert all(line == line.rstrip() for line in text.splitlines())


def test_the_readme_names_every_option():
    readme = (Path(__file__).parents[1] / "README.md").read_text()
    options = [o for action in build_parser()._actions for o in action.option_strings]
    assert [o for o in options if not re.search(rf"(?<!\S)`?{o}(?![\w-])", readme)] == []
