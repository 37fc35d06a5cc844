"""Tells which critical points are places where a race can end: isolated minima, or maxima for who climbs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from gradsim.core.critical_points.search import CriticalPoint, CriticalPoints
    from gradsim.core.scene import Domain
    from gradsim.core.surface import Surface

Floats = NDArray[np.float64]

N_DIRECTIONS = 64
PROBE_SHARES = (1e-2, 1e-3, 1e-4)  # of the domain's widths: how far around a point is looked
ISOLATED_SHARE = 0.02  # an undecided box wider than this part of the domain holds a curve of points, or a plain


def isolated_extrema(
    points: CriticalPoints, surface: Surface, domain: Domain, goal: Literal["minimize", "maximize"] = "minimize"
) -> tuple[CriticalPoint, ...]:
    """Return the isolated minima among ``points`` (maxima when the goal is to maximise), the best first.

    Where the eigenvalues do not tell, at degenerate and at non-smooth points, the surface itself is asked: around a
    minimum, at a hundredth, a thousandth and a ten-thousandth of the domain, no value is lower. A point that stands for
    a whole curve of minima is none of its own, since a race may end anywhere on the curve.
    """
    kind, sign = ("minimum", 1.0) if goal == "minimize" else ("maximum", -1.0)
    box = np.array(domain.axes, dtype=np.float64)
    widths = box[:, 1] - box[:, 0]
    found = [
        point
        for point in points
        if point.kind == kind
        or (
            point.kind in ("degenerate", "nonsmooth")
            and _is_isolated(point.position, points.undecided, widths)
            and _is_lowest_around(point, surface, sign, widths)
        )
    ]
    return tuple(sorted(found, key=lambda point: (sign * point.value, *point.position.tolist())))


def _is_isolated(position: Floats, undecided: Floats, widths: Floats) -> bool:
    slack = 1e-9 * widths
    around = (undecided[..., 0] - slack <= position) & (position <= undecided[..., 1] + slack)
    holding = undecided[around.all(axis=1)]
    return bool(np.all(holding[..., 1] - holding[..., 0] <= ISOLATED_SHARE * widths))


def _is_lowest_around(point: CriticalPoint, surface: Surface, sign: float, widths: Floats) -> bool:
    if len(widths) == 1:
        directions = np.array([[-1.0], [1.0]])
    else:
        angles = np.arange(N_DIRECTIONS) * (2.0 * np.pi / N_DIRECTIONS)
        directions = np.stack([np.cos(angles), np.sin(angles)], axis=-1)
    for share in PROBE_SHARES:
        values = sign * surface.value(point.position + share * widths * directions)
        values = values[np.isfinite(values)]  # the surface may end beside the point
        if not values.size or values.min() < sign * point.value or values.max() == sign * point.value:
            return False
    return True
