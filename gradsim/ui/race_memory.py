"""How much memory a race may take: what takes more is not recorded but replayed from checkpoints."""

from __future__ import annotations

from PySide6.QtCore import QSettings

from gradsim.core.errors import BudgetError, SimulationError
from gradsim.ui.engine_calls import DEFAULT_BUDGET_BYTES

MEMORY_MIB = (512, 1024, 2048, 4096, 8192)
RACE_MEMORY = "Memory for races"
"""What the menu is called, in the menu View."""
_KEY = "race memory"


def memory_text(mib: int) -> str:
    """What the menu calls this much memory: "2 GiB"."""
    return f"{mib // 1024} GiB" if mib >= 1024 else f"{mib} MiB"


def with_window_remedy(error: Exception) -> Exception:
    """Return ``error`` as the window tells it: of a race over the budget, with what can be done about it here."""
    if not isinstance(error, BudgetError):
        return error
    enough = next((mib for mib in MEMORY_MIB if mib * 2**20 >= error.least_budget), None)
    choice = f", or choose {memory_text(enough)} in View ▸ {RACE_MEMORY}" if enough is not None else ""
    return SimulationError(f"{error.reason}; use fewer particles{choice}")


def saved_memory_mib() -> int:
    """The memory chosen last time, in MiB."""
    try:
        saved = int(QSettings().value(_KEY, 0))
    except (TypeError, ValueError):
        saved = 0
    return saved if saved in MEMORY_MIB else DEFAULT_BUDGET_BYTES // 2**20


def save_memory_mib(mib: int) -> None:
    QSettings().setValue(_KEY, mib)
