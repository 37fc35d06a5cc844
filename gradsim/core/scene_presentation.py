"""How a scene is shown, played and exported, as plain, immutable data, which is saved but not undone."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

Range = tuple[float, float]


class ParameterSlider(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """How a parameter of the formula is slid and animated.

    Attributes:
        low, high: ends of the slider.
        step: values are multiples of it; 0 for a smooth slider.
        period_s: seconds that an animation takes from ``low`` to ``high`` and back.
    """

    low: float
    high: float
    step: Annotated[float, Meta(ge=0)] = 0.0
    period_s: Annotated[float, Meta(gt=0, le=3600)] = 6.0


class View(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """How a race is shown.

    Attributes:
        x, y: ranges of the map; None fits the domain. In 1-D, ``y`` is the range of f.
        layout: all optimizers on one map, or a panel for each.
        trail: length of the trails in steps.
        contours: how many contour lines; ``contour_scale`` spaces them and the colours evenly in log f or in f, and
            ``contour_labels`` writes their values on them.
        colors: name of the colour map.
        dimming: 0 shows the colours at their full strength, 1 lets them vanish in the background.
        vector_field: arrows along −∇f.
        critical_points: marks of minima, saddles and maxima.
        letters: the letter of its optimizer on every head.
        tangents: in 1-D, the tangent at every ball, and an arrow along its next movement.
        snap: dragged starts go to round numbers and to critical points.
        all_events: events of the race on the timeline before they are reached.
        loss_scale, distance_scale: of the vertical axes of the plots of losses and of distances to the nearest minimum.
        sliders: ranges of the sliders of parameters; those left out are chosen by the window.
    """

    x: Range | None = None
    y: Range | None = None
    layout: Literal["map", "panels"] = "map"
    trail: Annotated[int, Meta(ge=0)] = 200
    contours: Annotated[int, Meta(ge=0, le=100)] = 18
    contour_scale: Literal["log", "linear"] = "log"
    contour_labels: bool = False
    colors: Literal["slate", "viridis", "cividis", "magma", "gray"] = "slate"
    dimming: Annotated[float, Meta(ge=0, le=1)] = 0.5
    vector_field: bool = False
    critical_points: bool = True
    letters: bool = False
    tangents: bool = True
    snap: bool = False
    all_events: bool = False
    loss_scale: Literal["log", "linear"] = "log"
    distance_scale: Literal["log", "linear"] = "log"
    sliders: dict[str, ParameterSlider] = {}


class Playback(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """How the race is played.

    Attributes:
        speed: steps per second.
        loop: whether it starts over at its end.
        range: the first and the last step that are played; None for the whole race.
        timeline: whether the timeline gives every step the same room, or every decade of steps.
    """

    speed: Annotated[float, Meta(gt=0)] = 40.0
    loop: bool = True
    range: tuple[Annotated[int, Meta(ge=0)], Annotated[int, Meta(ge=0)]] | None = None
    timeline: Literal["linear", "log"] = "linear"


class Export(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """The video's size in pixels, frames per second, and length in seconds (None plays at the playback's speed)."""

    width: Annotated[int, Meta(ge=16, le=7680)] = 1920
    height: Annotated[int, Meta(ge=16, le=4320)] = 1080
    fps: Annotated[int, Meta(ge=1, le=240)] = 60
    seconds: Annotated[float, Meta(gt=0, le=3600)] | None = None
    theme: Literal["dark", "light"] = "dark"
