"""``gradsim verify``: measures the conformance table on this machine, and says whether all of it holds."""

from __future__ import annotations

import platform
import time
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

import gradsim
from gradsim import interruption, terminal
from gradsim.core.errors import GradsimError, did_you_mean
from gradsim.first_start import prepare_engine
from gradsim.interruption import polled

if TYPE_CHECKING:
    from gradsim.core.conformance.findings import Finding

SURFACE_CHECKS = {
    "value": "value",
    "gradient": "gradient",
    "hessian": "Hessian",
    "critical_points": "critical points",
    "eigenvalues": "eigenvalues",
}


class _Row(NamedTuple):
    """One check of one thing; ``convention`` is None for what is no optimizer."""

    name: str
    convention: str | None
    check: str
    finding: Finding

    @property
    def thing(self) -> tuple[str, str]:
        return self.name, self.convention or ""


def verify(names: Sequence[str], *, as_json: bool) -> None:
    """Measure the optimizers ``names``, or without any all of them, the surfaces and the functions, and print it.

    Raises GradsimError for an unknown name, and behind the table if a check does not hold.
    """
    for name in names:
        if name not in gradsim.OPTIMIZERS:
            raise GradsimError(f"there is no optimizer {name!r}{did_you_mean(name, gradsim.OPTIMIZERS)}")
    begun = time.perf_counter()
    with interruption.signals_cancel() as cancelled:
        prepare_engine(cancelled)
        optimizers = _optimizers(names, cancelled)
        surfaces, functions = ([], []) if names else _numerics(cancelled)
    rows = [*optimizers, *surfaces, *functions]
    if as_json:
        terminal.print_json(map(_plain, rows))
    else:
        _print_tables(optimizers, surfaces, functions)
        n_failed = sum(not row.finding.holds for row in rows)
        verdict = f"{n_failed} of {len(rows)} checks do not hold" if n_failed else f"All {len(rows)} checks hold"
        machine = f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
        print(f"\n{verdict}: {machine}, {time.perf_counter() - begun:.0f} s.")
    failed = [_told(row) for row in rows if not row.finding.holds]
    if failed:
        more = f"; and {len(failed) - 3} more" if len(failed) > 3 else ""
        raise GradsimError(f"does not hold: {'; '.join(failed[:3])}{more}")


def _optimizers(names: Sequence[str], cancelled: Callable[[], bool]) -> list[_Row]:
    from gradsim.core.conformance.checks import CHECKS, methods

    rows, chosen = [], methods(dict.fromkeys(names))
    with terminal.progress_bar("verifying") as progress:
        for done, method in enumerate(chosen):
            checks = polled(CHECKS.values(), cancelled)
            rows += [_Row(*method, check.name, check.measure(method)) for check in checks]
            if progress is not None:
                progress((done + 1) / len(chosen))
    return rows


def _numerics(cancelled: Callable[[], bool]) -> tuple[list[_Row], list[_Row]]:
    from gradsim.core.conformance import numerics

    surfaces, functions = (
        [_Row(name, None, check, finding) for name, check, finding in polled(measured, cancelled)]
        for measured in (numerics.surfaces(), numerics.functions())
    )
    return surfaces, functions


def _plain(row: _Row) -> dict[str, object]:
    finding = row.finding
    return {
        "name": row.name,
        "convention": row.convention,
        "check": row.check,
        "error": finding.error,
        "limit": finding.limit,
        "holds": finding.holds,
        "note": finding.note,
    }


def _print_tables(optimizers: list[_Row], surfaces: list[_Row], functions: list[_Row]) -> None:
    from gradsim.core.conformance.checks import CHECKS

    columns = {check.name: check.title for check in CHECKS.values()}
    _print_table("Optimizers", ("optimizer", "convention"), columns, optimizers)
    for check in CHECKS.values():
        print(f"{check.title}: {check.question}")
    print("–: nothing to measure. chaotic: more than 1e-12, for the last digit of a gradient leads as far.")
    if surfaces:
        print()
        _print_table("Surfaces, against long double and what the gallery tells", ("surface",), SURFACE_CHECKS, surfaces)
        _print_table("Functions", ("function",), {"ulps": "units in the last place"}, functions)


def _print_table(title: str, heads: tuple[str, ...], columns: dict[str, str], rows: Iterable[_Row]) -> None:
    cells: dict[tuple[str, str], dict[str, str]] = {}
    for row in rows:
        cells.setdefault(row.thing, {})[row.check] = _cell(row.finding)
    terminal.print_table(
        title,
        (*heads, *columns.values()),
        [(*thing[: len(heads)], *(found.get(check, "–") for check in columns)) for thing, found in cells.items()],
    )


def _cell(finding: Finding) -> str:
    if not finding.holds:
        return f"✗ {_bounded(finding)} {finding.note}".replace("  ", " ").rstrip()
    if finding.error is None:
        return "–"
    return finding.note if finding.limit is None else f"{finding.error:.2g} {finding.note}".rstrip()


def _bounded(finding: Finding) -> str:
    if finding.error is None:
        return ""
    return f"{finding.error:.2g}" + ("" if finding.limit is None else f" > {finding.limit:.2g}")


def _told(row: _Row) -> str:
    told = ", ".join(each for each in (_bounded(row.finding), row.finding.note) if each)
    return f"{' '.join(filter(None, row.thing))}: {row.check} ({told})"
