"""The functions of a rule as source that stands by itself: their own lines, and those of all that they call.

Only their ``math`` becomes ``np``: NumPy's functions return numbers that divide by zero as compiled code does.
"""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections.abc import Callable, Iterable, Iterator
from types import CodeType, FunctionType
from typing import Any

from gradsim.core.optimizers.base import Rule
from gradsim.core.scripts.source_text import WIDTH, broken, call, docstring

_MATH = re.compile(r"\bmath\.")
_REMARK = re.compile(r"^( *)(\S.*?)  # (.*)$")


class RuleSource:
    """What the functions of some rules consist of.

    Attributes:
        functions: source of each function by its name; those that are called come first.
        constants: numbers that the functions name.
    """

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.functions: dict[str, list[str]] = {}
        self.constants: dict[str, float] = {}
        for rule in rules:
            for function in rule.functions:
                self._add(function)

    def _add(self, function: Callable[..., Any]) -> None:
        if function.__name__ in self.functions:
            return
        assert isinstance(function, FunctionType)
        for name in dict.fromkeys(_names(function.__code__)):
            known = function.__globals__.get(name)
            if inspect.isfunction(known):
                self._add(known)
            elif isinstance(known, int | float):
                self.constants[name] = float(known)
        self.functions[function.__name__] = function_source(function)


def function_source(function: Callable[..., Any]) -> list[str]:
    """Return the lines of ``function`` as they are written, but without annotations, and within the page's width."""
    source = _MATH.sub("np.", textwrap.dedent(inspect.getsource(function)))
    definition = ast.parse(source).body[0]
    assert isinstance(definition, ast.FunctionDef)
    lines = source.rstrip().split("\n")
    head = call(f"def {function.__name__}", list(inspect.signature(function).parameters), ":")
    body, text = definition.body, ast.get_docstring(definition)
    if text is None:
        return [*head, *_within_width(lines[body[0].lineno - 1 :])]
    return [*head, *docstring(text), *_within_width(lines[body[0].end_lineno :])]


def _within_width(lines: list[str]) -> Iterator[str]:
    """Break lines that are too long; a comment behind one moves above it."""
    for line in lines:
        if len(line) > WIDTH and (parts := _REMARK.match(line)) is not None:
            yield f"{parts[1]}# {parts[3]}"
            yield from broken(parts[1] + parts[2])
        elif len(line) > WIDTH and line.lstrip().startswith("#"):
            indent = line[: len(line) - len(line.lstrip())]
            begin = f"{indent}# "
            yield from textwrap.wrap(line.strip()[2:], WIDTH, initial_indent=begin, subsequent_indent=begin)
        else:
            yield from broken(line)


def _names(code: CodeType) -> Iterator[str]:
    """Yield the names that ``code`` and the functions within it look up."""
    yield from code.co_names
    for each in code.co_consts:
        if isinstance(each, CodeType):
            yield from _names(each)
