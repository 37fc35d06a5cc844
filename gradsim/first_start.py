"""What the command line says while the engine is compiled for a new computer."""

from __future__ import annotations

from collections.abc import Callable

from gradsim import terminal


def prepare_engine(cancelled: Callable[[], bool]) -> None:
    """Compile the kernels, which the first command does that needs them. Raises Cancelled."""
    from gradsim.core.precompile import is_compiled, precompile

    if not is_compiled():
        with terminal.note("compiling the engine for this computer, once"):
            precompile(cancelled)
