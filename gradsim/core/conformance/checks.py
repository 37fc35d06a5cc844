"""The conformance table: what every convention of every optimizer is measured by, on the machine that it runs on.

A check is one small function of an optimizer and a convention. What differs among optimizers (where they settle, what
a huge learning rate does to them, …) is declared by their rules, and a declaration that is too modest is as false as
one that is too bold.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from gradsim.core.conformance.behaviour import bowl, huge_rate, scale, zero_gradient
from gradsim.core.conformance.findings import Finding
from gradsim.core.conformance.races import Method
from gradsim.core.conformance.repetition import company, deterministic
from gradsim.core.conformance.trajectories import later, library, twin
from gradsim.core.optimizers import OPTIMIZERS

__all__ = ["CHECKS", "Check", "Method", "methods"]


@dataclass(frozen=True)
class Check:
    """A row of the table: ``title`` is for a column, ``question`` says what is checked."""

    name: str
    title: str
    measure: Callable[[Method], Finding]

    @property
    def question(self) -> str:
        return str(self.measure.__doc__)


CHECKS = {
    check.name: check
    for check in (
        Check("bowl", "bowl", bowl),
        Check("twin", "twin", twin),
        Check("library", "library", library),
        Check("later", "later", later),
        Check("deterministic", "deterministic", deterministic),
        Check("company", "company", company),
        Check("zero_gradient", "zero gradient", zero_gradient),
        Check("huge_rate", "huge rate", huge_rate),
        Check("scale", "scale", scale),
    )
}


def methods(names: Iterable[str] | None = None) -> list[Method]:
    """Return every convention of the optimizers ``names``, or of all."""
    return [(name, convention) for name in names or OPTIMIZERS for convention in OPTIMIZERS[name].conventions]
