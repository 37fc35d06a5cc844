"""Pieces of Python source: literals, comments, calls and definitions that stay within the width of a page."""

from __future__ import annotations

import builtins
import io
import keyword
import re
import textwrap
import tokenize
from collections.abc import Iterable, Mapping, Sequence

WIDTH = 100
INDENT = "    "
_INTERMEDIATE = re.compile("t[0-9]+")


def comment(text: str) -> list[str]:
    """Return ``text``, which may be a user's, as lines of comment: nothing in it can end the comment."""
    line = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in " ".join(text.split()))
    return textwrap.wrap(line, WIDTH, initial_indent="# ", subsequent_indent="# ")


def docstring(text: str) -> list[str]:
    """Return our own ``text`` as the lines of a docstring in the body of a function."""
    quoted = f'{INDENT}"""{text}"""'
    if len(quoted) <= WIDTH and "\n" not in text:
        return [quoted]
    paragraphs = [textwrap.fill(" ".join(part.split()), WIDTH - 8) for part in text.split("\n\n")]
    return textwrap.indent('"""' + "\n\n".join(paragraphs) + '\n"""', INDENT).split("\n")


def literal(text: str) -> str:
    """Return ``text``, which may be a user's, as a string literal."""
    quoted = repr(text)
    return f'"{quoted[1:-1]}"' if quoted[0] == "'" and '"' not in quoted else quoted


def number(value: float) -> str:
    """Return the shortest literal that reads back as ``value``."""
    return repr(float(value))


def numbers(values: Iterable[float]) -> str:
    """Return a tuple of them."""
    parts = [number(value) for value in values]
    return f"({parts[0]},)" if len(parts) == 1 else f"({', '.join(parts)})"


def call(head: str, arguments: Sequence[str], tail: str = "", *, depth: int = 0) -> list[str]:
    """Return ``head(arguments)`` and ``tail`` behind it, on one line or, where that is too long, on several.

    ``depth`` says how many times the lines will be indented.
    """
    joined, room = ", ".join(arguments), WIDTH - len(INDENT) * depth
    line = f"{head}({joined}){tail}"
    if len(line) <= room:
        return [line]
    if len(INDENT + joined) <= room:
        return [f"{head}(", INDENT + joined, f"){tail}"]
    return [f"{head}(", *(f"{INDENT}{argument}," for argument in arguments), f"){tail}"]


def arguments_of(written: str) -> tuple[str, list[str]]:
    """Take the text of a call apart: what is called, and its arguments."""
    head, _, inner = written.removesuffix(")").partition("(")
    arguments, depth = [""], 0
    for character in inner:
        depth += (character in "([{") - (character in ")]}")
        if character == "," and depth == 0:
            arguments.append("")
        else:
            arguments[-1] += character
    return head, [argument.strip() for argument in arguments]


def broken(line: str) -> list[str]:
    """Return an assignment or a ``return`` that is too long as several lines, within brackets."""
    depth = (len(line) - len(line.lstrip())) // len(INDENT)
    statement = line.strip()
    left, _, right = statement.partition(" " if statement.startswith("return ") else " = ")
    parts = _parts(right)
    if len(line) <= WIDTH or not right:
        return [line]
    between = " " if left == "return" else " = "
    if len(parts) == 1 and right.endswith(")"):
        return indented(call(*arguments_of(statement), depth=depth), depth)
    room = WIDTH - len(INDENT) * (depth + 1)
    targets = _parts(left)
    if len(targets) > 1 and len(right) < len(left):
        return indented(["(", *indented(_fitted(targets, room)), f") = {right}"], depth)
    return indented([f"{left}{between}(", *indented(_fitted(parts, room)), ")"], depth)


def _parts(text: str) -> list[str]:
    """Take an expression apart behind its commas, and before the operators that bind least; not within brackets."""
    parts, depth = [""], 0
    for index, character in enumerate(text):
        depth += (character in "([{") - (character in ")]}")
        if depth == 0 and text.startswith((" if ", " else ", " and ", " + ", " - "), index):
            parts.append("")
        parts[-1] += character
        if depth == 0 and character == ",":
            parts.append("")
    return parts


def _fitted(parts: Sequence[str], room: int) -> list[str]:
    """Return ``parts`` on as few lines as fit into ``room``."""
    lines = [""]
    for part in parts:
        if lines[-1] and len(lines[-1] + part) > room:
            lines.append("")
        lines[-1] = (lines[-1] + part).lstrip()
    return lines


def indented(lines: Iterable[str], depth: int = 1) -> list[str]:
    return [INDENT * depth + line if line else line for line in lines]


def comprehension(head: str, inner: Sequence[str], each: str, tail: str, *, depth: int = 0) -> list[str]:
    """Return ``inner``, the lines of what is made for ``each``, between ``head`` and ``tail``; ``depth`` as above."""
    line = f"{head}{inner[0]} {each}{tail}"
    if len(inner) == 1 and len(line) + len(INDENT) * depth <= WIDTH:
        return [line]
    return [head, *indented([*inner, each]), tail]


def filled(head: str, items: Sequence[str], tail: str) -> list[str]:
    """Return ``head``, ``items`` with commas between them, and ``tail``, with as many items on a line as fit."""
    line = f"{head}{', '.join(items)}{tail}"
    if len(line) <= WIDTH:
        return [line]
    lines, current = [head], ""
    for item in items:
        if current and len(INDENT + current + item) + 2 > WIDTH:
            lines.append(INDENT + current.rstrip())
            current = ""
        current += f"{item}, "
    return [*lines, INDENT + current.rstrip(), tail]


class Functions:
    """The functions of a script, in the order in which they were added."""

    def __init__(self) -> None:
        self._bodies: dict[str, tuple[list[str], list[str]]] = {}

    def add(self, name: str, parameters: Sequence[str], body: Sequence[str]) -> str:
        """Add a function, unless it is there; return what it is called: ``name``, or that with a number behind it
        where another one has the name."""
        function, taken, n = (list(parameters), list(body)), name, 1
        while self._bodies.setdefault(taken, function) != function:
            n += 1
            taken = f"{name}_{n}"
        return taken

    @property
    def sources(self) -> list[list[str]]:
        """The lines of each."""
        return [[*call(f"def {name}", parameters, ":"), *body] for name, (parameters, body) in self._bodies.items()]


def names_in(source: str) -> set[str]:
    """Return the words of ``source``, Python's own as well."""
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return {token.string for token in tokens if token.type == tokenize.NAME}


def free_names(wanted: Sequence[str], source: str) -> Mapping[str, str]:
    """Return a name for each of ``wanted``, itself where Python, its builtins and ``source`` leave it free.

    Names such as t1 are never free: how many intermediate results there are depends on the length of names.
    """
    taken = names_in(source) | set(dir(builtins)) | set(keyword.kwlist) | set(keyword.softkwlist)
    names: dict[str, str] = {}
    for name in wanted:
        free = name
        while free in taken or _INTERMEDIATE.fullmatch(free):
            free += "_"
        taken.add(free)
        names[name] = free
    return names
