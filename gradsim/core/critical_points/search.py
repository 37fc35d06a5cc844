"""Finds and classifies every critical point of a surface in a domain, and says whether all were found.

The interval proof of ``krawczyk`` comes first; where it gives up, ``unproven_points`` searches on.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, overload

import numpy as np
from numpy.typing import NDArray

from gradsim.core.critical_points.clusters import cluster
from gradsim.core.critical_points.constancy import is_constant
from gradsim.core.critical_points.krawczyk import GradientField
from gradsim.core.critical_points.newton import contains, first_of_each, polish, snap
from gradsim.core.critical_points.subdivision import Search, isolate
from gradsim.core.critical_points.unproven_points import Undecided, find_unproven

if TYPE_CHECKING:
    from gradsim.core.scene import Domain
    from gradsim.core.surface import Surface

Floats = NDArray[np.float64]
Kind = Literal["minimum", "saddle", "maximum", "degenerate", "nonsmooth"]

DEGENERATE_RATIO = 1e-8
# Points this close to the domain, relative to its widths, count as inside and are moved onto its border.
BORDER_TOLERANCE = 1e-12
# Two proven points this close are the same: far more than Newton's method is off, far less than proofs can separate.
SAME_POINT = 1e-9
EVERY_POINT = "every point is critical (constant in this domain)"


@dataclass(frozen=True, eq=False, kw_only=True)
class CriticalPoint:
    """A point where the gradient vanishes, or where it does not exist and changes sign.

    Attributes:
        position: float64 (D,).
        value: f there.
        gradient_norm: ‖∇f‖ there as evaluated: a rounding away from 0, or anything (NaN too) at a nonsmooth point.
        eigenvalues: float64 (D,), of the Hessian, ascending; in 1-D the second derivative. NaN at a nonsmooth point.
        eigenvectors: float64 (D, D), unit vectors in columns, the largest component of each positive; NaN at a
            nonsmooth point.
        kind: "minimum", "saddle", "maximum"; "degenerate" where min|λ| ≤ 1e-8·max|λ| or the Hessian vanishes to
            rounding, so that eigenvalues do not tell; "nonsmooth" at a kink or cusp, such as that of abs(x).
    """

    position: Floats
    value: float
    gradient_norm: float
    eigenvalues: Floats
    eigenvectors: Floats
    kind: Kind

    @property
    def condition_number(self) -> float:
        """|λ|max / |λ|min: how much steeper the steepest direction is; inf where one is flat, NaN if nonsmooth."""
        sizes = np.abs(self.eigenvalues)
        if self.kind == "degenerate" and np.isfinite(sizes).all():
            return np.inf
        return float(sizes.max() / sizes.min())


class CriticalPoints(Sequence[CriticalPoint]):
    """An immutable sequence of critical points, by ascending value, then position.

    Attributes:
        proven: whether it is proven that the domain holds these critical points and no others.
        undecided: float64 (n, D, 2), boxes outside of which that is proven. Each surrounds one connected part of the
            domain in which there may be further critical points: a degenerate or nonsmooth point, a curve of
            points, a flat region, or whatever was not examined in time. Empty exactly when ``proven``.
        constant: whether it is proven that the surface is constant in the domain. Then every point is critical: none of
            them is in the sequence, and the whole domain is ``undecided``.
    """

    def __init__(self, points: Sequence[CriticalPoint], undecided: Floats, *, constant: bool = False) -> None:
        self._points = tuple(points)
        self._undecided = _frozen(undecided)
        self._constant = constant

    @property
    def proven(self) -> bool:
        return len(self._undecided) == 0

    @property
    def undecided(self) -> Floats:
        return self._undecided

    @property
    def constant(self) -> bool:
        return self._constant

    @property
    def summary(self) -> str:
        """In words: "all 9 found", "at least 9 found"; "none exists" (proven) or "none found" when there are none.

        Of a constant surface, whoever shows critical points says just this: ``EVERY_POINT``.
        """
        if self._constant:
            return EVERY_POINT
        n = len(self._points)
        if n == 0:
            return "none exists" if self.proven else "none found"
        return f"all {n} found" if self.proven else f"at least {n} found"

    def __len__(self) -> int:
        return len(self._points)

    @overload
    def __getitem__(self, index: int) -> CriticalPoint: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[CriticalPoint, ...]: ...
    def __getitem__(self, index: int | slice) -> CriticalPoint | tuple[CriticalPoint, ...]:
        return self._points[index]

    def __repr__(self) -> str:
        return f"<CriticalPoints: {self.summary}>"


def find_critical_points(
    surface: Surface,
    domain: Domain,
    *,
    cancelled: Callable[[], bool] | None = None,
    time_limit_s: float = 1.0,
) -> CriticalPoints:
    """Return every critical point of ``surface`` in ``domain``, its border included.

    What is proven is proven of the formula in real arithmetic, with constants and parameters taken as the doubles that
    they are, up to a relative 1e-14 of the Hessian. Where a point is degenerate or not smooth there is no proof, and
    Newton's method looks further. Of a whole curve of degenerate points one is reported, of a flat region none; where
    the whole domain is proven to be flat, the result is ``constant``.

    Args:
        cancelled: asked often; once it is true, Cancelled is raised.
        time_limit_s: seconds after which the proof gives up; the rest of the work takes tenths of a second at most.
            Within the limit the result is always the same.

    Raises ValueError when domain and surface differ in dimension.
    """
    box = np.array(domain.axes, dtype=np.float64)
    if len(box) != surface.dimension:
        raise ValueError(f"the domain has {len(box)} axes, but the surface has {surface.dimension}")
    deadline = time.monotonic() + time_limit_s
    with np.errstate(all="ignore"):  # what overflows or is undefined shows in the results
        return _find(surface, box, deadline, cancelled)


def _find(surface: Surface, domain: Floats, deadline: float, cancelled: Callable[[], bool] | None) -> CriticalPoints:
    if is_constant(surface.formula, surface.parameters, domain):
        return CriticalPoints((), domain[None], constant=True)
    field = GradientField(surface.formula, surface.parameters)
    search = isolate(field, domain, deadline=deadline, cancelled=cancelled)
    positions = _inside(_proven_positions(surface, search, domain), domain)
    points = _classified(surface, positions, trusted=True, domain=domain)
    undecided = _clipped(search, domain)
    clusters = undecided.clusters
    if len(clusters):
        unproven = find_unproven(surface, field, positions, undecided, domain=domain, cancelled=cancelled)
        points += _classified(surface, _inside(unproven.regular, domain), trusted=True, domain=domain)
        points += _classified(surface, _inside(unproven.uncertain, domain), trusted=False, domain=domain)
        points += _nonsmooth(surface, _inside(unproven.nonsmooth, domain))
        clusters = clusters[~unproven.settled]
    points.sort(key=lambda point: (point.value, *point.position))
    return CriticalPoints(points, clusters)


def _proven_positions(surface: Surface, search: Search, domain: Floats) -> Floats:
    positions, _ = polish(surface, search.positions, within=search.boxes, n_steps=12)
    snapped = snap(surface, positions, domain=domain)
    positions = np.where(contains(search.boxes, snapped)[:, None], snapped, positions)
    tolerance = SAME_POINT * (domain[:, 1] - domain[:, 0])
    return positions[first_of_each(positions, search.boxes, tolerance=tolerance)]


def _inside(positions: Floats, domain: Floats) -> Floats:
    margin = BORDER_TOLERANCE * (domain[:, 1] - domain[:, 0])
    near = contains(domain + margin[:, None] * np.array([-1.0, 1.0]), positions)
    return np.clip(positions[near], domain[:, 0], domain[:, 1])


def _clipped(search: Search, domain: Floats) -> Undecided:
    """Return the undecided boxes that meet the domain, as far as they lie in it."""
    lower, upper = search.undecided[..., 0], search.undecided[..., 1]
    meets = ((lower <= domain[:, 1]) & (upper >= domain[:, 0])).all(axis=1)
    boxes = np.clip(search.undecided[meets], domain[:, :1], domain[:, 1:])
    clusters, labels = cluster(boxes, domain=domain)
    return Undecided(boxes, search.continuous[meets], search.flat[meets], labels, clusters)


def _classified(surface: Surface, positions: Floats, *, trusted: bool, domain: Floats) -> list[CriticalPoint]:
    """Classify smooth points (n, D); those not ``trusted`` may be off, so that zero eigenvalues look nonzero."""
    hessian = surface.hessian(positions)
    unreadable = ~np.isfinite(hessian).all(axis=(1, 2))
    if unreadable.any():  # overflow on the way to a finite Hessian
        readable = _classified(surface, positions[~unreadable], trusted=trusted, domain=domain)
        return readable + _nonsmooth(surface, positions[unreadable])
    eigenvalues, eigenvectors = np.linalg.eigh(hessian)
    largest = np.take_along_axis(eigenvectors, np.abs(eigenvectors).argmax(axis=1)[:, None], axis=1)
    eigenvectors = eigenvectors * np.where(largest < 0.0, -1.0, 1.0)
    sizes = np.abs(eigenvalues)
    threshold = DEGENERATE_RATIO * sizes.max(axis=1)
    if not trusted:
        threshold = np.maximum(threshold, 1e-4 * _nearby_curvature(surface, positions, domain))
    kinds = np.where((eigenvalues > 0.0).all(axis=1), "minimum", "saddle")
    kinds = np.where((eigenvalues < 0.0).all(axis=1), "maximum", kinds)
    kinds = np.where(sizes.min(axis=1) <= threshold, "degenerate", kinds)
    return _points(surface, positions, eigenvalues + 0.0, eigenvectors + 0.0, kinds.tolist())


def _nearby_curvature(surface: Surface, positions: Floats, domain: Floats) -> Floats:
    """Return the largest entry of the Hessian a thousandth of the domain around each point (n, D), as (n,)."""
    offsets = 1e-3 * np.diag(domain[:, 1] - domain[:, 0])
    hessians = np.abs(surface.hessian(positions[:, None] + np.concatenate([offsets, -offsets])))
    return np.asarray(np.where(np.isfinite(hessians), hessians, 0.0).max(axis=(1, 2, 3)))


def _nonsmooth(surface: Surface, positions: Floats) -> list[CriticalPoint]:
    n, dimension = positions.shape
    unknown = np.full((n, dimension, dimension), np.nan)
    return _points(surface, positions, unknown[:, 0], unknown, ["nonsmooth"] * n)


def _points(
    surface: Surface, positions: Floats, eigenvalues: Floats, eigenvectors: Floats, kinds: Sequence[Kind]
) -> list[CriticalPoint]:
    values = surface.value(positions).tolist()
    norms = np.linalg.norm(surface.gradient(positions), axis=1).tolist()
    arrays = zip(_frozen(positions), _frozen(eigenvalues), _frozen(eigenvectors), strict=True)
    return [
        CriticalPoint(
            position=position,
            value=value,
            gradient_norm=norm,
            eigenvalues=point_eigenvalues,
            eigenvectors=point_eigenvectors,
            kind=kind,
        )
        for (position, point_eigenvalues, point_eigenvectors), value, norm, kind in zip(
            arrays, values, norms, kinds, strict=True
        )
    ]


def _frozen(array: Floats) -> Floats:
    array = np.array(array, dtype=np.float64)
    array.setflags(write=False)
    return array
