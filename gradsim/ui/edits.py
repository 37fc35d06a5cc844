"""Edits that touch several parts of a scene at once: a formula of another dimension, a preset, a kind of starts."""

from __future__ import annotations

import math

from msgspec.structs import replace

from gradsim.core.formula.graph import build_formula
from gradsim.core.gallery import GALLERY, GallerySurface
from gradsim.core.scene import (
    Box,
    Domain,
    FormulaSurface,
    GaussianStarts,
    GridStarts,
    LineStarts,
    OptimizerEntry,
    Point,
    PointStarts,
    RingStarts,
    Scene,
    Starts,
    UniformStarts,
)

CLOUD_SIZE = 1000
START_FRACTIONS = (0.2, 0.75)
CLOUD_SPREAD = 0.08


def with_formula(scene: Scene, source: str) -> Scene:
    """The scene on another formula: known parameters keep their values, domain and starts take on its dimension.

    Raises FormulaError when the formula cannot be read.
    """
    formula = build_formula(source)
    known = scene.surface.parameters
    if source != scene.surface.formula and _names_preset(scene):
        scene = replace(scene, title="", description="")  # else they would tell of a surface that is gone
    surface = FormulaSurface(
        formula=source, parameters={name: known[name] for name in formula.parameters if name in known}
    )
    if formula.dimension == scene.domain.dimension:
        return replace(scene, surface=surface)
    domain = Domain(x=scene.domain.x, y=scene.domain.x if formula.dimension == 2 else None)
    return replace(
        scene,
        surface=surface,
        domain=domain,
        optimizers=tuple(_with_fitted_box(entry, domain) for entry in scene.optimizers),
        starts=fitted_starts(scene.starts, domain),
        view=replace(scene.view, x=None, y=None),
    )


def with_surface(scene: Scene, surface: FormulaSurface, domain: Domain, start: Point, title: str) -> Scene:
    """The scene on a preset: a single start moves to the preset's own, a cloud keeps its kind and size."""
    if isinstance(scene.starts, PointStarts):
        starts: Starts = PointStarts(points=(start,))
    else:
        starts = starts_of_kind(type(scene.starts), fitted_starts(scene.starts, domain), domain, start)
    # A box that is the domain goes on being it; one of the user's own stays where it was.
    entries = tuple(
        replace(entry, box=domain.axes) if entry.box == scene.domain.axes else _with_fitted_box(entry, domain)
        for entry in scene.optimizers
    )
    view = replace(scene.view, x=None, y=None, sliders={})
    return replace(
        scene,
        surface=surface,
        domain=domain,
        optimizers=entries,
        starts=starts,
        title=title,
        description="",
        view=view,
    )


def domain_point(domain: Domain) -> Point:
    """A point off the middle of the domain, where a race usually has somewhere to go."""
    return tuple(
        tidy(low + (high - low) * share, high - low)
        for (low, high), share in zip(domain.axes, START_FRACTIONS, strict=False)
    )


def fitted_point(point: Point, domain: Domain) -> Point:
    """``point`` in the dimension of ``domain``: a coordinate is dropped, or taken from ``domain_point``."""
    return (*point, *domain_point(domain)[len(point) :])[: domain.dimension]


def fitted_starts(starts: Starts, domain: Domain) -> Starts:
    """The same kind of starts in the dimension of ``domain``."""
    match starts:
        case PointStarts(points=points):
            # Two starts that differ in y alone are one start in 1-D.
            return PointStarts(points=tuple(dict.fromkeys(fitted_point(point, domain) for point in points)))
        case GridStarts(n=n):
            return GridStarts(n=_grid(math.prod(n), domain.dimension))
        case UniformStarts(n=n):
            return UniformStarts(n=n)
        case GaussianStarts(center=center):
            return replace(starts, center=fitted_point(center, domain))
        case LineStarts(start=start, end=end):
            return replace(starts, start=fitted_point(start, domain), end=fitted_point(end, domain))
        case RingStarts(center=center):
            if domain.dimension == 2:
                return replace(starts, center=fitted_point(center, domain))
            return PointStarts(points=(fitted_point(center, domain),))


def _with_fitted_box(entry: OptimizerEntry, domain: Domain) -> OptimizerEntry:
    """``entry`` with its box, if it has one, in the dimension of ``domain``, which lends it an axis that it lacks."""
    if entry.box is None:
        return entry
    box: Box = (*entry.box, *domain.axes[len(entry.box) :])[: domain.dimension]
    return replace(entry, box=box)


def starts_of_kind(kind: type[Starts], starts: Starts, domain: Domain, around: Point | None = None) -> Starts:
    """Starts of another kind around the place of the old ones, or ``around``; a cloud keeps its size."""
    center = around or starts_center(starts, domain)
    n = cloud_size(starts)
    spread = tidy(CLOUD_SPREAD * min(high - low for low, high in domain.axes), 1.0)
    if kind is PointStarts:
        return PointStarts(points=(center,))
    if kind is UniformStarts:
        return UniformStarts(n=n)
    if kind is GaussianStarts:
        return GaussianStarts(center=center, std=spread, n=n)
    if kind is GridStarts:
        return GridStarts(n=_grid(n, domain.dimension))
    if kind is RingStarts:
        return RingStarts(center=center, radius=spread, n=n)
    low, high = (tidy(end, domain.axes[0][1] - domain.axes[0][0]) for end in domain.axes[0])
    return LineStarts(start=(low, *center[1:]), end=(high, *center[1:]), n=n)


def starts_center(starts: Starts, domain: Domain) -> Point:
    """A point that stands for all the starts."""
    match starts:
        case PointStarts(points=(first, *_)):
            return first
        case GaussianStarts(center=center) | RingStarts(center=center):
            return center
        case LineStarts(start=start, end=end):  # off its middle, as domain_point
            share = START_FRACTIONS[0]
            return tuple(
                tidy(a + (b - a) * share, high - low) for a, b, (low, high) in zip(start, end, domain.axes, strict=True)
            )
        case _:
            return domain_point(domain)


def cloud_size(starts: Starts) -> int:
    """How many particles a cloud has; a few points count as none, and get the usual size."""
    match starts:
        case PointStarts():
            return CLOUD_SIZE
        case GridStarts(n=n):
            return math.prod(n)
        case _:
            return starts.n


def preset_of(scene: Scene) -> GallerySurface | None:
    """The surface of the gallery whose formula the scene has, None for a formula of one's own."""
    return next((preset for preset in GALLERY.values() if preset.formula == scene.surface.formula), None)


def _names_preset(scene: Scene) -> bool:
    preset = preset_of(scene)
    return preset is not None and preset.title.split()[0] in scene.title


def _grid(n: int, dimension: int) -> tuple[int] | tuple[int, int]:
    side = max(1, round(math.sqrt(n)))
    return (n,) if dimension == 1 else (side, side)


def tidy(value: float, extent: float) -> float:
    """``value`` without digits that mean nothing across ``extent``."""
    if extent <= 0 or not math.isfinite(extent):
        return value
    return round(value, max(0, 2 - math.floor(math.log10(extent)))) or 0.0
