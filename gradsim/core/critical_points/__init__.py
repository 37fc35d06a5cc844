"""Every critical point of a surface in a domain: found, classified, and proven to be all where a proof is possible."""

from __future__ import annotations

from gradsim.core.critical_points.search import CriticalPoint, CriticalPoints, find_critical_points

__all__ = ["CriticalPoint", "CriticalPoints", "find_critical_points"]
