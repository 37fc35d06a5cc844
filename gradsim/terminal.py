"""What the command line shows: tables and JSON on standard output, a progress bar on standard error."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

_FILE_WIDTH = 200  # columns of a table that goes to a file or a pipe, where nothing tells the width


def print_json(rows: Iterable[dict[str, Any]]) -> None:
    """Print ``rows`` as a JSON array; numbers that JSON cannot say, inf and nan, become null."""
    print(json.dumps([_finite(row) for row in rows], indent=2, allow_nan=False))


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def format_number(value: float) -> str:
    """Eight significant digits, enough to tell critical points apart; no negative zero, and a dash for nan."""
    return "–" if math.isnan(value) else f"{float(value) + 0.0:.8g}"


def print_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print rows of text under ``columns``; as wide as the terminal, or wide enough when piped."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))  # Text: brackets in a formula are no markup
    console = Console(width=None if sys.stdout.isatty() else _FILE_WIDTH, highlight=False)
    with console.capture() as captured:  # rich would end the process itself when the pipe is closed
        console.print(Text(title, style="bold"), soft_wrap=True)  # a table's own title is broken to the table's width
        if table.rows:
            console.print(table)
    print("\n".join(line.rstrip() for line in captured.get().splitlines()))


@contextmanager
def progress_bar(label: str) -> Iterator[Callable[[float], None] | None]:
    """Show a bar on standard error while the context lasts; give the function that moves it to a fraction in [0, 1].

    Gives None, which every long job takes for "nobody looks", when standard error is not a terminal.
    """
    if sys.stderr is None or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    columns = TextColumn(label), BarColumn(), TaskProgressColumn(), TimeRemainingColumn()
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(label, total=1.0)
        yield lambda fraction: progress.update(task, completed=fraction)


@contextmanager
def note(text: str) -> Iterator[None]:
    """Show ``text`` on standard error while the context lasts, if that is a terminal."""
    if sys.stderr is None or not sys.stderr.isatty():
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status(text):
        yield
