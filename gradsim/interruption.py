"""How a command is ended from outside: Ctrl-C and a polite kill leave nothing half written behind."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

from gradsim.core.errors import Cancelled

STATUS = 128 + signal.SIGINT


@contextmanager
def termination_unwinds() -> Iterator[None]:
    """Let a polite kill unwind the stack, as Ctrl-C does, so that no temporary file stays behind.

    Not for the window: within Qt's loop a signal waits until some Python runs, so the kill would be ignored till then.
    """

    def unwind(number: int, _frame: FrameType | None) -> NoReturn:
        raise SystemExit(128 + number)

    with _handled_by(unwind, signal.SIGTERM):
        yield


@contextmanager
def signals_cancel() -> Iterator[Callable[[], bool]]:
    """Give the ``cancelled`` of a job that calls Qt: true once Ctrl-C or a polite kill has come.

    An exception that a signal raises amid Qt's calls leaves painters without their picture, which crashes, or turns
    into an error of the call. A second signal of the same kind ends the process at once.

    Raises:
        SystemExit: instead of the job's Cancelled after a polite kill.
    """
    came: list[int] = []

    def note(number: int, _frame: FrameType | None) -> None:
        came.append(number)
        signal.signal(number, signal.SIG_DFL)
        compiled = sys.modules.get("gradsim.core.compiled")
        if compiled is not None:  # kernels take half a minute on the first start, and nobody polls meanwhile
            compiled.stop_compiling()

    try:
        with _handled_by(note, signal.SIGINT, signal.SIGTERM):
            yield lambda: bool(came)
    except Cancelled:
        if signal.SIGTERM in came:
            raise SystemExit(128 + signal.SIGTERM) from None
        raise


@contextmanager
def _handled_by(handler: Callable[[int, FrameType | None], None], *numbers: signal.Signals) -> Iterator[None]:
    try:
        before = {number: signal.signal(number, handler) for number in numbers}
    except ValueError:  # not the main thread, which alone may handle signals
        yield
        return
    try:
        yield
    finally:
        for number, earlier in before.items():
            signal.signal(number, earlier)
