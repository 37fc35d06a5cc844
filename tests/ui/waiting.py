"""How long tests of the window wait for the engine."""

from __future__ import annotations

RUN_TIMEOUT_MS = 60_000
"""The first run of a fresh checkout compiles the kernels."""
