"""One update of one particle, taken apart: what the rule saw, what it remembered, and what it made of both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gradsim.core.formula.tape_layout import scratch
from gradsim.core.optimizers.base import Rule
from gradsim.core.race.arguments import Records, RuleSettings
from gradsim.core.race.competitors import Competitor, goal_sign, prepare, race, surface_code
from gradsim.core.race.kernel import prepare_update
from gradsim.core.race.starts import count_particles, start_positions
from gradsim.core.run import Run
from gradsim.core.scene import Scene
from gradsim.core.surface import Surface

Floats = NDArray[np.float64]

GREATEST_SQUARED = 1e150  # squares of larger numbers, and sums of them, may overflow


@dataclass(frozen=True, eq=False)
class Update:
    """What one update reads and writes.

    Attributes:
        gradient_point: float64 (D,), where the gradient is taken: the position, or the look-ahead from it.
        exact_gradient: float64 (D,), of f at that point.
        gradient: float64 (D,), as the rule sees it: with the race's noise, and negated where the goal is to maximise.
        hessian: float64 (D (D + 1) / 2,), upper triangle row by row, as the rule sees it; None where it reads none.
        hyperparameters: every one that the rule takes; ``learning_rate`` is that of this update.
        loss: f as the rule sees it, at that point.
        remembered: what the rule remembers when it makes the update, by the names of ``Rule.state``: as before it, but
            for what a probe has noted down. float64 (D,) each; (1,) for a number, (D (D + 1) / 2,) for a matrix.
        state: the same after the update.
        position: float64 (D,), where the rule goes: not finite where this update makes the particle diverge.
        gradient_part: float64 (D,), the part of the movement that this gradient alone makes, a negative multiple of it;
            the rest comes from what the rule remembers. None for rules in which the two do not simply add.
    """

    gradient_point: Floats
    exact_gradient: Floats
    gradient: Floats
    hessian: Floats | None
    loss: float
    hyperparameters: Mapping[str, float]
    remembered: Mapping[str, Floats]
    state: Mapping[str, Floats]
    position: Floats
    gradient_part: Floats | None

    @property
    def diverges(self) -> bool:
        """Whether the particle stops here, because the rule leads nowhere."""
        return not bool(np.all(np.isfinite(self.position)))


@dataclass(frozen=True, eq=False)
class Anatomy:
    """A particle after ``step`` updates, and its next one.

    Attributes:
        optimizer, particle: which one: its optimizer's place in ``scene.racing``, and its number in the scene.
        rule: of its optimizer.
        sign: 1 where the goal is to minimise, −1 to maximise: the rule follows the gradient of ``sign * f`` downhill.
        step: updates made so far; the next one is counted ``step + 1`` in formulas.
        position: float64 (D,).
        last_position: float64 (D,), before the last update; None at the start.
        loss: f at the position; inf for a particle that has diverged.
        gradient: float64 (D,), the exact one of f at the position.
        state: what the rule remembers, by the names of ``Rule.state``, as ``Update.remembered`` says.
        update: the next one; None at the last step, and once the particle has diverged.
    """

    optimizer: int
    particle: int
    rule: Rule
    sign: float
    step: int
    position: Floats
    last_position: Floats | None
    loss: float
    gradient: Floats
    state: Mapping[str, Floats]
    update: Update | None

    @property
    def diverged(self) -> bool:
        """Whether the particle has stopped, because f, its gradient or a position was not finite."""
        return self.loss == np.inf

    @property
    def movement(self) -> Floats | None:
        """The next movement, float64 (D,): zero where the particle diverges, None where there is no next update."""
        if self.update is None:
            return None
        return np.zeros_like(self.position) if self.update.diverges else self.update.position - self.position

    @property
    def last_movement(self) -> Floats | None:
        """The last movement, float64 (D,); None at the start."""
        return None if self.last_position is None else self.position - self.last_position


def dissect(run: Run, surface: Surface, optimizer: int, *, particle: int, step: int) -> Anatomy:
    """Take the update of a particle after ``step`` updates apart.

    The particle races again from its start, alone, by the kernel of the race, which gives the very numbers of the race
    whatever was recorded of it: about 0.2 s for a million steps.

    Args:
        surface: of the run's scene.
        optimizer: its place in ``scene.racing``.
        particle: its number in the scene, whether it is recorded or not.
        step: clipped to the run.

    Raises:
        IndexError: there is no such optimizer or particle.
    """
    if not (0 <= optimizer < run.n_optimizers and 0 <= particle < count_particles(run.scene.starts)):
        raise IndexError(f"the race has no particle {particle} of optimizer {optimizer}")
    scene = run.scene
    step = min(max(step, 0), scene.steps)
    competitor = prepare(scene.racing[optimizer], run.dimension)
    records, settings = _race_again(run, surface, competitor, particle, step)
    position = records.positions[-1, :, 0].copy()
    loss = float(records.losses[-1, 0])
    return Anatomy(
        optimizer=optimizer,
        particle=particle,
        rule=competitor.rule,
        sign=goal_sign(scene),
        step=step,
        position=position,
        last_position=records.positions[0, :, 0].copy() if step else None,
        loss=loss,
        gradient=surface.gradient(position),
        state=_remembered(competitor, settings.state[:, 0], run.dimension),
        update=None
        if step == scene.steps or loss == np.inf
        else _update(scene, surface, competitor, settings, np.array([particle]), step),
    )


def _remembered(competitor: Competitor, column: Floats, dimension: int) -> dict[str, Floats]:
    """Return the state variables in ``column`` (n_rows,) of a state, by their names."""
    rows = competitor.rule.state_rows(dimension)
    return {name: column[places.start : places.stop].copy() for name, places in rows.items()}


def _race_again(
    run: Run, surface: Surface, competitor: Competitor, particle: int, step: int
) -> tuple[Records, RuleSettings]:
    """Return the records before and after the last of ``step`` updates, and the rule with the state behind it."""
    starts = _start_of(run, particle)[:, np.newaxis]
    steps = np.array([step - 1, step] if step else [0], dtype=np.int64)
    records = Records(
        steps=steps,
        positions=np.empty((len(steps), run.dimension, 1)),
        losses=np.empty((len(steps), 1)),
        outcomes=np.empty(1, dtype=np.uint8),
        evaluations=np.zeros(len(steps), dtype=np.int64),
    )
    signals = np.zeros(2, dtype=np.int64)
    number, settings = np.array([particle]), competitor.settings(run.scene, range(step))
    race(competitor, run.scene, surface, starts, (0, 1), records, signals, settings=settings, numbers=number)
    return records, settings


def _start_of(run: Run, particle: int) -> Floats:
    """Return where a particle of the scene begins, float64 (D,): as recorded, if it is, for many are placed slowly."""
    index = int(np.searchsorted(run.particles, particle))
    if index < run.n_particles and run.particles[index] == particle:
        return run.positions[0, 0, index].copy()
    scene = run.scene
    return start_positions(scene.starts, scene.domain, scene.seed)[particle].copy()


def _update(
    scene: Scene, surface: Surface, competitor: Competitor, settings: RuleSettings, number: NDArray[np.int64], step: int
) -> Update:
    """Make the next update, as the race's kernel does, with everything kept. The state is overwritten.

    ``number`` int64 (1,) is the particle's in the scene.
    """
    dimension = surface.dimension
    program = surface_code(competitor.program(surface))
    rows, state = program.rows, settings.state
    first, end = dimension + 1, 2 * dimension + 1  # the gradient's rows, behind the coordinates and f
    settings = settings._replace(learning_rates=competitor.settings(scene, range(step, step + 1)).learning_rates)
    _, look_ahead, probe = competitor.kernels
    options = competitor.gradient_options(scene, number)
    prepare_update(program, look_ahead, probe, settings, options, dimension, step)
    point = rows[:dimension, 0].copy()
    seen = rows[first:end, 0].copy()
    hessian = rows[end : dimension + program.n_outputs, 0].copy() if competitor.needs_hessian else None

    def follow(multiple: float) -> Floats:
        """Return the state behind an update with a multiple of the gradient, float64 (n_rows,)."""
        after = scratch(len(state))
        after[:, 0] = state[:, 0]
        rows[first:end, 0] = multiple * seen if multiple else 0.0  # also of an infinite gradient
        competitor.lifted.update(after, rows, settings.factors, 1)
        return after[:, 0].copy()

    after = follow(1.0)
    none, double = follow(0.0)[:dimension], follow(2.0)[:dimension]
    box = settings.box.T
    return Update(
        gradient_point=point,
        exact_gradient=surface.gradient(point),
        gradient=seen,
        hessian=hessian,
        hyperparameters={**competitor.hyperparameters, "learning_rate": float(settings.learning_rates[0, 0])},
        loss=float(rows[dimension, 0]),
        remembered=_remembered(competitor, state[:, 0], dimension),
        state=_remembered(competitor, after, dimension),
        position=np.clip(after[:dimension], *box),
        gradient_part=_gradient_part(seen, none, after[:dimension], double),
    )


def _gradient_part(gradient: Floats, none: Floats, once: Floats, double: Floats) -> Floats | None:
    """Return how much farther the gradient leads than none does, if twice of it leads twice as far, the same way.

    ``none``, ``once`` and ``double`` are the places, (D,), where 0, 1 and 2 times the gradient lead.
    """
    if not np.all(np.abs(np.concatenate([gradient, none, once, double])) < GREATEST_SQUARED):  # or nan
        return None
    part, again = once - none, double - once
    rounding = 1e-9 * np.max(np.abs(part)) + 8 * np.spacing(np.max(np.abs([none, once, double])))
    along = -float(part @ gradient) / max(float(gradient @ gradient), float(np.finfo(float).tiny))
    adds = np.max(np.abs(again - part)) <= rounding and np.max(np.abs(part + along * gradient)) <= rounding
    return -along * gradient if adds and along > 0.0 else None
