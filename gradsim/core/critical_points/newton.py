"""Newton's method on the gradient of a surface, for many points at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from gradsim.core.critical_points.krawczyk import inverse_matrices

if TYPE_CHECKING:
    from gradsim.core.surface import Surface

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

SNAP_DIGITS = (6, 9, 12)  # decimals relative to the widths of the domain


def polish(surface: Surface, points: Floats, *, within: Floats, n_steps: int) -> tuple[Floats, Floats]:
    """Follow Newton's steps from ``points`` (n, D) and stop each at the point of least gradient that it saw.

    ``within``, float64 (n, D, 2), holds every point back. Returns the positions (n, D) and the length (n,) of the last
    step, before it was held back, relative to the size of the box, which tells whether a point has converged.
    """
    width = within[..., 1] - within[..., 0]
    position, best = points.copy(), points.copy()
    gradient = surface.gradient(position)
    least = np.linalg.norm(gradient, axis=-1)
    length = np.full(len(points), np.inf)
    active = np.arange(len(points))
    for _ in range(n_steps):
        step = _newton_steps(gradient, surface.hessian(position[active]))
        moved = np.clip(position[active] - step, within[active, :, 0], within[active, :, 1])
        length[active] = (np.abs(step) / width[active]).max(axis=-1)
        going = (moved != position[active]).any(axis=-1)
        position[active] = moved
        active = active[going]
        if not active.size:
            break
        gradient = surface.gradient(position[active])
        norm = np.linalg.norm(gradient, axis=-1)
        better = norm < least[active]
        least[active[better]] = norm[better]
        best[active[better]] = position[active[better]]
    return best, length


def _newton_steps(gradient: Floats, hessian: Floats) -> Floats:
    """Return H⁻¹·∇f, its least solution where H is singular, and zero where that is not finite."""
    with np.errstate(all="ignore"):
        step = np.einsum("ijn,nj->ni", inverse_matrices(np.moveaxis(hessian, 0, 2)), gradient)
        singular = ~np.isfinite(step).all(axis=-1) & np.isfinite(hessian).all(axis=(1, 2))
        if singular.any():  # along a straight valley, say: the way across it is still known
            inverse = np.linalg.pinv(hessian[singular], hermitian=True)
            step[singular] = np.einsum("nij,nj->ni", inverse, gradient[singular])
        step[~np.isfinite(step).all(axis=-1)] = 0.0
    return step


def snap(surface: Surface, points: Floats, *, domain: Floats) -> Floats:
    """Round coordinates of ``points`` (n, D) to a few decimals where the gradient does not grow by it.

    Newton's method ends within roundings of a point; where the point itself is a short number, this finds it.
    """
    points = points.copy()
    norm = np.linalg.norm(surface.gradient(points), axis=-1)
    for axis, (lower, upper) in enumerate(domain):
        scale = int(np.floor(np.log10(upper - lower)))
        for digits in SNAP_DIGITS:
            rounded = points.copy()
            rounded[:, axis] = np.round(points[:, axis], digits - scale) + 0.0  # -0.0 becomes 0.0
            rounded_norm = np.linalg.norm(surface.gradient(rounded), axis=-1)
            accepted = rounded_norm <= norm
            points[accepted] = rounded[accepted]
            norm[accepted] = rounded_norm[accepted]
    return points


def first_of_each(points: Floats, boxes: Floats, *, tolerance: Floats) -> Flags:
    """Return bool (n,): true for one of all ``points`` (n, D) that are the same critical point.

    Each is the only critical point of its box (n, D, 2), so two are the same when they agree to ``tolerance`` (D,) and
    one lies in the other's box.
    """
    order = np.lexsort(points.T[::-1])
    points, boxes = points[order], boxes[order]
    first = np.ones(len(points), dtype=np.bool_)
    for offset in range(1, len(points)):
        left, right = points[:-offset], points[offset:]
        if not (right[:, 0] - left[:, 0] <= tolerance[0]).any():
            break
        same = (np.abs(right - left) <= tolerance).all(axis=-1)
        same &= contains(boxes[:-offset], right) | contains(boxes[offset:], left)
        first[offset:] &= ~same
    result = np.empty_like(first)
    result[order] = first
    return result


def contains(boxes: Floats, points: Floats) -> Flags:
    """Return whether each box (..., D, 2) contains its point (..., D); both broadcast."""
    inside = (boxes[..., 0] <= points) & (points <= boxes[..., 1])
    return np.asarray(inside.all(axis=-1))
