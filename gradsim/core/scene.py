"""The scene: plain, immutable data that says everything about a race and how it is shown.

These structs hold shapes, types and defaults only; ``checks`` knows which names and ranges the program accepts, and
``scene_file`` reads and writes them. Edit a scene with ``msgspec.structs.replace``.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import Meta, Struct

from gradsim.core.scene_presentation import Export as Export
from gradsim.core.scene_presentation import ParameterSlider as ParameterSlider
from gradsim.core.scene_presentation import Playback as Playback
from gradsim.core.scene_presentation import Range as Range
from gradsim.core.scene_presentation import View as View
from gradsim.core.scene_schedules import ConstantSchedule as ConstantSchedule
from gradsim.core.scene_schedules import CosineRestartsSchedule as CosineRestartsSchedule
from gradsim.core.scene_schedules import CosineSchedule as CosineSchedule
from gradsim.core.scene_schedules import CyclicSchedule as CyclicSchedule
from gradsim.core.scene_schedules import ExponentialSchedule as ExponentialSchedule
from gradsim.core.scene_schedules import InverseSqrtSchedule as InverseSqrtSchedule
from gradsim.core.scene_schedules import InverseTimeSchedule as InverseTimeSchedule
from gradsim.core.scene_schedules import LinearSchedule as LinearSchedule
from gradsim.core.scene_schedules import OneCycleSchedule as OneCycleSchedule
from gradsim.core.scene_schedules import PolynomialSchedule as PolynomialSchedule
from gradsim.core.scene_schedules import PositiveCount as PositiveCount
from gradsim.core.scene_schedules import Schedule as Schedule
from gradsim.core.scene_schedules import StepSchedule as StepSchedule
from gradsim.core.scene_schedules import WsdSchedule as WsdSchedule

# One entry for each axis. Meta bounds the lengths because msgspec refuses unions of tuples; ``checks`` compares them
# with the dimension of the surface.
_PER_AXIS = Meta(min_length=1, max_length=2)

Point = Annotated[tuple[float, ...], _PER_AXIS]
Box = Annotated[tuple[Range, ...], _PER_AXIS]

SCHEMA_VERSION = 1
MAX_OPTIMIZERS = 64


class FormulaSurface(
    Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, tag_field="kind", tag="formula"
):
    """A surface typed as a formula in x, or in x and y; parameters left out are 1.0."""

    formula: str
    parameters: dict[str, float] = {}


Surface = FormulaSurface


class Domain(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """The box that is searched for critical points and shown at first; ``y`` is None for a 1-D surface."""

    x: Range
    y: Range | None = None

    @property
    def axes(self) -> tuple[Range, ...]:
        """One (low, high) pair for each dimension."""
        return (self.x,) if self.y is None else (self.x, self.y)

    @property
    def dimension(self) -> int:
        return len(self.axes)


class ExactGradient(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="exact"):
    """The gradient of the surface itself."""


class NoisyGradient(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind", tag="noise"):
    """The gradient plus Gaussian noise of standard deviation ``std`` in every coordinate."""

    std: float


class AccumulatedGradient(
    Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind", tag="accumulated"
):
    """The sum of the gradients of all updates so far: what PyTorch hands over when ``zero_grad`` is forgotten."""


class GradientSequence(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind", tag="sequence"):
    """Given ``values``, one for each update and repeated, for every coordinate, whatever the surface is."""

    values: Annotated[tuple[float, ...], Meta(min_length=1, max_length=100_000)]


class MinibatchGradient(
    Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, tag_field="kind", tag="minibatch"
):
    """The gradient over ``batch_size`` rows of the data that the surface is made of; ``minibatch`` says which.

    An epoch goes through all rows once, its last batch being as small as it is. With ``replacement`` every row of a
    batch is drawn from all. More rows than there are stand for all of them.
    """

    batch_size: PositiveCount
    replacement: bool = False


Gradient = ExactGradient | NoisyGradient | AccumulatedGradient | GradientSequence | MinibatchGradient


class Clip(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Gradients are made no larger than ``limit``: every coordinate by itself, or their norm."""

    by: Literal["value", "norm"]
    limit: float


class OptimizerEntry(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One competitor.

    ``convention`` None is the method's default; ``color`` None is its place in the list. Updates that would leave the
    ``box``, where there is one, are projected back into it.
    """

    name: str
    convention: str | None = None
    hyperparameters: dict[str, float] = {}
    schedule: Schedule = ConstantSchedule()
    gradient: Gradient = ExactGradient()
    clip: Clip | None = None
    box: Box | None = None
    label: str | None = None
    color: Annotated[int, Meta(ge=0, le=11)] | str | None = None
    enabled: bool = True


class PointStarts(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind", tag="points"):
    """Exactly these points."""

    points: tuple[Point, ...]


class GridStarts(
    Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, tag_field="kind", tag="grid"
):
    """A grid of ``n`` points along each axis that includes the corners of the box (the domain when None)."""

    n: Annotated[tuple[PositiveCount, ...], _PER_AXIS]
    box: Box | None = None


class RingStarts(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind", tag="ring"):
    """``n`` points evenly on a circle."""

    center: Point
    radius: float
    n: PositiveCount


class LineStarts(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind", tag="line"):
    """``n`` points evenly from one point to another, both included."""

    start: Point = msgspec.field(name="from")
    end: Point = msgspec.field(name="to")
    n: PositiveCount


class GaussianStarts(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind", tag="gaussian"):
    """``n`` normally distributed points."""

    center: Point
    std: float
    n: PositiveCount


class UniformStarts(
    Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, tag_field="kind", tag="uniform"
):
    """``n`` points drawn evenly from the box (the domain when None)."""

    n: PositiveCount
    box: Box | None = None


Starts = PointStarts | GridStarts | RingStarts | LineStarts | GaussianStarts | UniformStarts


class Scene(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A whole race. ``view``, ``playback`` and ``export`` are saved with it but are not part of its undo history.

    ``description`` says, in plain text of several lines, what the race is there to show.
    """

    schema: int = SCHEMA_VERSION
    title: str = ""
    description: str = ""
    surface: Surface
    domain: Domain
    optimizers: tuple[OptimizerEntry, ...] = (OptimizerEntry(name="gradient_descent"),)
    starts: Starts
    goal: Literal["minimize", "maximize"] = "minimize"
    steps: PositiveCount = 500
    seed: Annotated[int, Meta(ge=0, le=2**63 - 1)] = 0
    view: View = View()
    playback: Playback = Playback()
    export: Export = Export()

    PRESENTATION_FIELDS: ClassVar[tuple[str, ...]] = ("view", "playback", "export")

    def shown_like(self, other: Scene) -> Scene:
        """Return this race in the presentation of ``other``; equal to ``other`` if both are the same race."""
        return msgspec.structs.replace(self, **{name: getattr(other, name) for name in self.PRESENTATION_FIELDS})

    @property
    def racing_places(self) -> tuple[int, ...]:
        """The places in ``optimizers`` of those that are switched on."""
        return tuple(place for place, entry in enumerate(self.optimizers) if entry.enabled)

    @property
    def racing(self) -> tuple[OptimizerEntry, ...]:
        """The optimizers that are switched on, in order: the first axis of a run."""
        return tuple(entry for entry in self.optimizers if entry.enabled)
