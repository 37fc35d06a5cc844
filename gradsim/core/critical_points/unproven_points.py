"""Looks for critical points in the parts of a domain where no proof succeeded."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gradsim.core.critical_points.krawczyk import GradientField, is_inside
from gradsim.core.critical_points.newton import contains, first_of_each, polish, snap
from gradsim.core.errors import Cancelled

if TYPE_CHECKING:
    from gradsim.core.surface import Surface

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Labels = NDArray[np.intp]

# Lengths are relative to the widths of the domain.
MOST_SEEDS = 2000
SEED_STEPS = 60
BOUND = 0.05  # how far Newton's method may stray from its seed
CONVERGED = 1e-8  # length of the last step
GRADIENT_RATIO = 1e-6  # of the gradient's usual size
VANISHED_RATIO = 1e-13
PROOF_RADII = (1e-5, 1e-7, 1e-9)
SEPARATE = 1e-6  # uncertain points closer than this are the same
SMALL = 1e-5  # clusters that may be a single kink
KINK_RADIUS = 1e-5
KINK_SHRINKING = 64.0


class Undecided(NamedTuple):
    """What a subdivision left open.

    Attributes:
        boxes: float64 (n, D, 2).
        continuous: bool (n,), whether the Hessian is known to be continuous there.
        flat: bool (n,), whether the gradient is zero up to underflow there.
        labels: int (n,), the cluster of each box.
        clusters: float64 (k, D, 2).
    """

    boxes: Floats
    continuous: Flags
    flat: Flags
    labels: Labels
    clusters: Floats


class Unproven(NamedTuple):
    """Points, each float64 (n, D).

    Attributes:
        regular: each the proven, only critical point of its small neighbourhood.
        uncertain: where the gradient vanishes but nothing is proven: degenerate, most likely.
        nonsmooth: kinks and cusps.
        settled: bool (k,), the clusters in which a regular point turned out to be all there is.
    """

    regular: Floats
    uncertain: Floats
    nonsmooth: Floats
    settled: Flags


def find_unproven(
    surface: Surface,
    field: GradientField,
    known: Floats,
    undecided: Undecided,
    *,
    domain: Floats,
    cancelled: Callable[[], bool] | None = None,
) -> Unproven:
    """Look in what is undecided for critical points beside the ``known`` ones, float64 (m, D).

    Raises Cancelled.
    """
    width = domain[:, 1] - domain[:, 0]
    kinks = _find_kinks(surface, undecided, domain)
    _check(cancelled)
    candidates = _newton_limits(surface, undecided.boxes[~undecided.flat], domain)
    _check(cancelled)
    regular, neighbourhoods, uncertain = _proven_locally(surface, field, candidates, domain)
    settled = _is_within_any(undecided.clusters, neighbourhoods)
    regular = _apart(regular, known, SEPARATE * width)
    uncertain = _apart(uncertain, np.concatenate([known, regular, kinks]), 10.0 * PROOF_RADII[0] * width)
    flat = np.isin(np.arange(len(undecided.clusters)), undecided.labels[undecided.flat])
    uncertain = _one_of_each_curve(surface, uncertain, undecided.clusters[~settled & ~flat], domain)
    return Unproven(regular, uncertain, kinks, settled)


def _check(cancelled: Callable[[], bool] | None) -> None:
    if cancelled is not None and cancelled():
        raise Cancelled


def _newton_limits(surface: Surface, boxes: Floats, domain: Floats) -> Floats:
    """Return where Newton's method leads from the middles of (a selection of) the boxes."""
    width = domain[:, 1] - domain[:, 0]
    chosen = np.unique(np.linspace(0, len(boxes) - 1, min(len(boxes), MOST_SEEDS)).astype(np.intp))
    seeds = boxes[chosen].mean(axis=2)
    reach = np.array([-BOUND, BOUND]) * width[:, None]
    positions, length = polish(surface, seeds, within=seeds[:, :, None] + reach, n_steps=SEED_STEPS)
    gradient = np.abs(surface.gradient(positions))
    usual = _usual_gradient(surface, domain)
    # Along a curve of points Newton may want to go on for ever: there the gradient alone must tell.
    good = (length <= CONVERGED) & (gradient <= GRADIENT_RATIO * usual).all(axis=1)
    good |= (gradient <= VANISHED_RATIO * usual).all(axis=1)
    good &= contains(domain + 1e-9 * width[:, None] * np.array([-1.0, 1.0]), positions)
    positions = positions[good]
    readable = np.isfinite(surface.value(positions)) & np.isfinite(surface.hessian(positions)).all(axis=(1, 2))
    positions = positions[readable]
    return snap(surface, positions, domain=domain)


def _usual_gradient(surface: Surface, domain: Floats) -> Floats:
    """Return the median size (D,) of each partial derivative on a grid, where it is finite and not zero."""
    axes = [np.linspace(lower, upper, 19)[1:-1] for lower, upper in domain]
    grid = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, len(domain))
    sizes = np.abs(surface.gradient(grid))
    usable = [column[np.isfinite(column) & (column > 0.0)] for column in sizes.T]
    return np.array([np.median(column) if column.size else 0.0 for column in usable])


def _proven_locally(
    surface: Surface, field: GradientField, candidates: Floats, domain: Floats
) -> tuple[Floats, Floats, Floats]:
    """Return the candidates that are alone in some neighbourhood, each once, these neighbourhoods, and all others."""
    width = domain[:, 1] - domain[:, 0]
    proven = np.zeros(len(candidates), dtype=np.bool_)
    boxes = np.repeat(candidates[:, :, None], 2, axis=2)
    for radius in PROOF_RADII:
        open_ = np.flatnonzero(~proven)
        if not open_.size:
            break
        tried = candidates[open_, :, None] + radius * width[:, None] * np.array([-1.0, 1.0])
        columns = np.moveaxis(tried, 0, 2)
        success = is_inside(field.image(columns), columns)
        boxes[open_[success]] = tried[success]
        proven[open_[success]] = True
    regular, boxes = candidates[proven], boxes[proven]
    first = first_of_each(regular, boxes, tolerance=1e-9 * width)
    return regular[first], boxes[first], candidates[~proven]


def _is_within_any(inner: Floats, outer: Floats) -> Flags:
    """Return bool (n,): whether each box (n, D, 2) lies within one of the boxes (m, D, 2)."""
    within = contains(outer, inner[:, None, :, 0]) & contains(outer, inner[:, None, :, 1])
    return np.asarray(within.any(axis=1))


def _apart(points: Floats, taken: Floats, distance: Floats) -> Floats:
    """Return the points (n, D) that are further than ``distance`` (D,) from all ``taken`` (m, D)."""
    if not len(points) or not len(taken):
        return points
    near = contains(np.stack([taken - distance, taken + distance], axis=2)[None], points[:, None])
    return points[~near.any(axis=1)]


def _one_of_each_curve(surface: Surface, points: Floats, clusters: Floats, domain: Floats) -> Floats:
    """Keep the degenerate point of least gradient in each cluster, and all points whose Hessian is regular."""
    width = domain[:, 1] - domain[:, 0]
    if not len(points):
        return points
    sizes = np.abs(np.linalg.eigvalsh(surface.hessian(points)))
    is_regular = sizes.min(axis=1) > 1e-6 * sizes.max(axis=1)
    gradient = np.linalg.norm(surface.gradient(points), axis=1)
    order = np.lexsort((*points.T[::-1], gradient))
    kept = np.empty((0, points.shape[1]))
    margin = SEPARATE * width[:, None] * np.array([-1.0, 1.0])
    served = np.zeros(len(clusters), dtype=np.bool_)
    for i in order:
        home = contains(clusters + margin, points[i])
        if not home.any() or (not is_regular[i] and (served & home).any()):
            continue
        if not len(_apart(points[i : i + 1], kept, 10.0 * PROOF_RADII[0] * width)):
            continue
        kept = np.concatenate([kept, points[i : i + 1]])
        served |= home
    return kept


def _find_kinks(surface: Surface, undecided: Undecided, domain: Floats) -> Floats:
    """Return the clusters that are one point at which the gradient or the Hessian jumps, diverges or does not exist."""
    width = domain[:, 1] - domain[:, 0]
    kinks = []
    for label in np.unique(undecided.labels[~undecided.continuous]):
        hull = undecided.clusters[label]
        if (hull[:, 1] - hull[:, 0] > SMALL * width).any():
            continue
        members = undecided.boxes[(undecided.labels == label) & ~undecided.continuous]
        hull = np.stack([members[..., 0].min(axis=0), members[..., 1].max(axis=0)], axis=1)
        position = _shortest_number(hull, domain)
        if np.isfinite(surface.value(position)) and _is_kink(surface, position, width):
            kinks.append(position)
    return np.array(kinks).reshape(-1, len(domain))


def _shortest_number(hull: Floats, domain: Floats) -> Floats:
    """Return the point of ``hull`` (D, 2), give or take a rounding, whose coordinates have the fewest decimals."""
    middle = hull.mean(axis=1)
    margin = 1e-12 * (domain[:, 1] - domain[:, 0])
    for axis, (lower, upper) in enumerate(hull):
        for digits in range(13):
            rounded = np.round(middle[axis], digits) + 0.0
            if lower - margin[axis] <= rounded <= upper + margin[axis]:
                middle[axis] = rounded
                break
    return middle


def _is_kink(surface: Surface, position: Floats, width: Floats) -> bool:
    """Whether jumps of the gradient or the Hessian across a point persist when they are looked at more closely."""
    if not np.isfinite(surface.hessian(position)).all():
        return True
    directions = _directions(len(position)) * width
    jumps = []
    for radius in (KINK_RADIUS, KINK_RADIUS / KINK_SHRINKING):
        gradient = surface.gradient(position + radius * directions)
        ahead, behind = (surface.hessian(position + sign * radius * directions) for sign in (1.0, -1.0))
        jumps.append((np.abs(gradient).max(), np.abs(ahead - behind).max(), np.abs(ahead).max()))
    far, near = np.array(jumps)
    if not np.isfinite(near).all():
        return True
    gradient_jumps = near[0] > 0.5 * far[0]
    hessian_jumps = near[1] > max(0.5 * far[1], 1e-6 * near[2])
    return bool(gradient_jumps or hessian_jumps or near[2] > 2.0 * far[2])


def _directions(dimension: int) -> Floats:
    if dimension == 1:
        return np.array([[1.0], [-1.0]])
    angles = (np.arange(8) + 0.37) * (np.pi / 4.0)
    plane = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    return np.concatenate([np.pad(plane, ((0, 0), (i, dimension - 2 - i))) for i in range(dimension - 1)])
