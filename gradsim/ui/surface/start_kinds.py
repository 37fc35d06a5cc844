"""The kinds of starts that the window offers: how each is called, recognised and begun."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass

from msgspec.structs import replace

from gradsim.core.scene import (
    Box,
    Domain,
    GaussianStarts,
    GridStarts,
    LineStarts,
    PointStarts,
    RingStarts,
    Starts,
    UniformStarts,
)
from gradsim.ui.edits import starts_center, starts_of_kind, tidy

Dots = tuple[tuple[float, float], ...]


@dataclass(frozen=True, kw_only=True)
class StartKind:
    """A kind of starts as people see it.

    Attributes:
        name: key of ``START_KINDS``.
        title, tip: its name, and one sentence that says what it does.
        dots: its picture, places on a square from (0, 0), top left, to (1, 1).
        matches: whether starts are of this kind.
        make: starts of this kind in a domain, where the old ones were.
        dimensions: of the surfaces that it suits.
    """

    name: str
    title: str
    tip: str
    dots: Dots
    matches: Callable[[Starts], bool]
    make: Callable[[Starts, Domain], Starts]
    dimensions: tuple[int, ...] = (1, 2)


def _of(kind: type[Starts]) -> Callable[[Starts, Domain], Starts]:
    return lambda starts, domain: starts_of_kind(kind, starts, domain)


def _several_points(starts: Starts, domain: Domain) -> Starts:
    """The old start and its mirror images in the middle of the domain, as symmetric starts compare best."""
    center = starts_center(starts, domain)
    mirrored = tuple(tidy(low + high - x, high - low) for x, (low, high) in zip(center, domain.axes, strict=True))
    corners = itertools.product(*zip(center, mirrored, strict=True))
    return PointStarts(points=tuple(dict.fromkeys(tuple(corner) for corner in corners)))


def _middle_box(domain: Domain) -> Box:
    """The middle half of the domain along each axis."""
    return tuple(
        (tidy(0.75 * low + 0.25 * high, high - low), tidy(0.25 * low + 0.75 * high, high - low))
        for low, high in domain.axes
    )


def _box(starts: Starts, domain: Domain) -> Starts:
    return replace(starts_of_kind(UniformStarts, starts, domain), box=_middle_box(domain))


def _is_box(starts: Starts) -> bool:
    return isinstance(starts, UniformStarts) and starts.box is not None


# Fixed places that look evenly spread (uniform) and crowded in the middle (Gaussian) at the size of an icon.
_SPREAD = (
    (0.1, 0.2),
    (0.4, 0.05),
    (0.75, 0.2),
    (0.95, 0.5),
    (0.55, 0.4),
    (0.2, 0.55),
    (0.05, 0.9),
    (0.4, 0.8),
    (0.8, 0.85),
)
_CROWD = (
    (0.5, 0.5),
    (0.38, 0.42),
    (0.62, 0.4),
    (0.42, 0.66),
    (0.62, 0.62),
    (0.5, 0.2),
    (0.2, 0.55),
    (0.85, 0.5),
    (0.52, 0.9),
)
_THIRDS = (0.1, 0.5, 0.9)

_KINDS = (
    StartKind(
        name="point",
        title="Point",
        tip="Every optimizer starts at the same point; drag it on the map.",
        dots=((0.5, 0.5),),
        matches=lambda starts: isinstance(starts, PointStarts) and len(starts.points) == 1,
        make=_of(PointStarts),
    ),
    StartKind(
        name="points",
        title="Several points",
        tip="Every optimizer starts from each of several points; drag them on the map.",
        dots=((0.2, 0.25), (0.8, 0.15), (0.6, 0.8)),
        matches=lambda starts: isinstance(starts, PointStarts) and len(starts.points) > 1,
        make=_several_points,
    ),
    StartKind(
        name="line",
        title="Line",
        tip="Every optimizer gets particles evenly along a line; drag its ends.",
        dots=tuple((t, 0.9 - 0.8 * t) for t in (0.05, 0.35, 0.65, 0.95)),
        matches=lambda starts: isinstance(starts, LineStarts),
        make=_of(LineStarts),
    ),
    StartKind(
        name="ring",
        title="Ring",
        tip="Every optimizer gets particles evenly around a circle; drag its centre or its rim.",
        dots=tuple((0.5 + 0.45 * math.cos(a), 0.5 + 0.45 * math.sin(a)) for a in (k * math.pi / 4 for k in range(8))),
        matches=lambda starts: isinstance(starts, RingStarts),
        make=_of(RingStarts),
        dimensions=(2,),
    ),
    StartKind(
        name="grid",
        title="Grid",
        tip="Every optimizer gets a grid of particles over the domain or over a box.",
        dots=tuple((x, y) for y in _THIRDS for x in _THIRDS),
        matches=lambda starts: isinstance(starts, GridStarts),
        make=_of(GridStarts),
    ),
    StartKind(
        name="gaussian",
        title="Gaussian cloud",
        tip="Every optimizer gets a normally distributed cloud; drag its centre, or the ring at one σ.",
        dots=_CROWD,
        matches=lambda starts: isinstance(starts, GaussianStarts),
        make=_of(GaussianStarts),
    ),
    StartKind(
        name="uniform",
        title="Uniform cloud",
        tip="Every optimizer gets a cloud of particles, spread evenly over the whole domain.",
        dots=_SPREAD,
        matches=lambda starts: isinstance(starts, UniformStarts) and starts.box is None,
        make=_of(UniformStarts),
    ),
    StartKind(
        name="box",
        title="Box",
        tip="Every optimizer gets a cloud of particles, spread evenly over a box; drag its corners.",
        dots=tuple((0.25 + 0.5 * x, 0.25 + 0.5 * y) for x, y in _SPREAD),
        matches=_is_box,
        make=_box,
    ),
)

START_KINDS: dict[str, StartKind] = {kind.name: kind for kind in _KINDS}


def kind_of(starts: Starts) -> StartKind:
    """The one kind that ``starts`` are of."""
    return next(kind for kind in _KINDS if kind.matches(starts))


def with_box(starts: GridStarts, domain: Domain, *, boxed: bool) -> GridStarts:
    """The grid over a box in the middle of the domain, or over the whole of it."""
    return replace(starts, box=_middle_box(domain) if boxed else None)
