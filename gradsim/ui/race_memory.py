"""How much memory a race may take: what takes more is not recorded but replayed from checkpoints."""

from __future__ import annotations

from PySide6.QtCore import QSettings

from gradsim.ui.engine_calls import DEFAULT_BUDGET_BYTES

MEMORY_MIB = (512, 1024, 2048, 4096, 8192)
_KEY = "race memory"


def saved_memory_mib() -> int:
    """The memory chosen last time, in MiB."""
    try:
        saved = int(QSettings().value(_KEY, 0))
    except (TypeError, ValueError):
        saved = 0
    return saved if saved in MEMORY_MIB else DEFAULT_BUDGET_BYTES // 2**20


def save_memory_mib(mib: int) -> None:
    QSettings().setValue(_KEY, mib)
