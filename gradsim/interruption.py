"""How a command is ended from outside: Ctrl-C and a polite kill leave nothing half written behind."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TypeVar

from gradsim.core.ending import stop_compiling
from gradsim.core.errors import Cancelled

STATUS = 128 + signal.SIGINT
POLITE_KILLS = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))
"""What a system that shuts down sends, and a terminal that is closed; Windows has only the first."""

Item = TypeVar("Item")


@contextmanager
def signals_cancel() -> Iterator[Callable[[], bool]]:
    """Give the ``cancelled`` of a job: true once Ctrl-C or a polite kill has come.

    An exception that a signal raises wherever the program happens to be is lost in a destructor, breaks what is being
    loaded or compiled, or leaves Qt's painters without their picture, which crashes. A second signal of the same kind
    ends the process at once. Signals that whoever started the process has it ignore are ignored.

    Not for what waits, as printing into a pipe may: nobody polls meanwhile.

    Raises:
        SystemExit: instead of the job's Cancelled after a polite kill, or where a terminal was closed.
    """
    came: list[int] = []

    def note(number: int, _frame: FrameType | None) -> None:
        came.append(number)
        signal.signal(number, signal.SIG_DFL)
        stop_compiling()  # meanwhile nobody polls

    try:
        with _handled_by(note, signal.SIGINT, *POLITE_KILLS):
            yield lambda: bool(came)
    except Cancelled:
        if kills := [number for number in came if number in POLITE_KILLS]:
            raise SystemExit(128 + kills[0]) from None
        raise


def polled(items: Iterable[Item], cancelled: Callable[[], bool]) -> Iterator[Item]:
    """Give ``items`` until ``cancelled()``: then raise Cancelled."""
    for item in items:
        check(cancelled)
        yield item
    check(cancelled)


def check(cancelled: Callable[[], bool]) -> None:
    """Raise Cancelled if ``cancelled()``."""
    if cancelled():
        raise Cancelled


@contextmanager
def _handled_by(handler: Callable[[int, FrameType | None], None], *numbers: signal.Signals) -> Iterator[None]:
    heard = [number for number in numbers if signal.getsignal(number) is not signal.SIG_IGN]
    try:
        before = {number: signal.signal(number, handler) for number in heard}
    except ValueError:  # not the main thread, which alone may handle signals
        yield
        return
    try:
        yield
    finally:
        for number, earlier in before.items():
            signal.signal(number, earlier)
