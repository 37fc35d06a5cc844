"""The errors that a user can mend: each is one plain line that names the value, the place and the remedy."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class GradsimError(Exception):
    """Something the user can mend; ``str(error)`` is one line, fit for standard error or a status bar."""


class SceneError(GradsimError):
    """A scene that cannot be raced.

    Attributes:
        path: JSON path of the offending value, such as ``$.optimizers[2].hyperparameters.beta``.
        reason: the line without the path.
    """

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


class SceneFileError(GradsimError):
    """A scene file that cannot be opened, written, or read as JSON."""


class FormulaError(GradsimError):
    """A formula that cannot be read.

    Attributes:
        reason: what is wrong and how to mend it, without the place.
        start: first offending character, counted from 0 in the formula as the user typed it.
        end: one past the last offending character (``end > start``).
        suggestion: text that may replace ``[start:end]``, or None.
    """

    def __init__(self, reason: str, *, start: int, end: int, suggestion: str | None = None) -> None:
        super().__init__(f"{reason} (column {start + 1})")
        self.reason = reason
        self.start = start
        self.end = end
        self.suggestion = suggestion


class SimulationError(GradsimError):
    """A run that cannot be made, such as one that would not fit into the memory budget."""


class BudgetError(SimulationError):
    """A run that would take more memory than it may, however few of its steps are kept.

    Attributes:
        reason: the line without the remedy: who shows it may have another one than ``memory_budget``.
        least_budget: bytes that would be enough.
    """

    def __init__(self, reason: str, *, least_budget: int) -> None:
        whole = -(-least_budget // 2**30)
        super().__init__(f"{reason}; use fewer particles, or in Python memory_budget={whole} * 2**30")
        self.reason = reason
        self.least_budget = least_budget


class ExportError(GradsimError):
    """A video or picture that cannot be written."""


class Cancelled(Exception):
    """The work was cancelled by its owner; not an error, and never shown."""


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that ``word`` was most likely meant to be, or None."""
    matches = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return matches[0] if matches else None


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return ``"; did you mean 'sin'?"``, or the whole list of known words when none is near."""
    known = list(known)
    match = nearest(word, known)
    return f"; did you mean {match!r}?" if match else f"; known are {', '.join(known)}"


def shown(value: object, *, max_length: int = 40) -> str:
    """Return ``value`` as one short printable piece of a line, in the words of a scene file; text is cut off."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            return repr(value) if len(value) <= max_length else f"{value[:max_length]!r}… ({len(value):,} characters)"
        case int():
            # Python refuses to print integers of more than 4300 digits.
            return str(value) if abs(value) < 10**20 else f"a whole number of {value.bit_length()} bits"
        case float():
            return repr(value)
        case list() | tuple():
            return "an empty list" if not value else f"a list of {len(value)}"
        case dict():
            return "an object"
    return f"{type(value).__name__}"
