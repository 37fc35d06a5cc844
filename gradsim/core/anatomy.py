"""One update of one particle, taken apart: what the rule saw, what it remembered, and what it made of both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gradsim.core.competitors import Competitor, Recording, goal_sign, prepare, race
from gradsim.core.formula.tape_kernel import run_tape, scratch
from gradsim.core.noise import add_noise_of_particle
from gradsim.core.optimizers.base import Rule
from gradsim.core.run import Run
from gradsim.core.scene import Scene
from gradsim.core.surface import Surface

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Update:
    """What one update reads and writes.

    Attributes:
        gradient_point: float64 (D,), where the gradient is taken: the position, or the look-ahead from it.
        exact_gradient: float64 (D,), of f at that point.
        gradient: float64 (D,), as the rule sees it: with the race's noise, and negated where the goal is to maximise.
        hessian: float64 (D (D + 1) / 2,), upper triangle row by row, as the rule sees it; None where it reads none.
        hyperparameters: every one that the rule takes; ``learning_rate`` is that of this update.
        state: float64 (D,) each, what the rule has remembered, by the names of ``Rule.state``, after the update.
        position: float64 (D,), where the rule goes: not finite where this update makes the particle diverge.
        gradient_part: float64 (D,), the part of the movement that this gradient alone makes, a negative multiple of it;
            the rest comes from what the rule remembers. None for rules in which the two do not simply add.
    """

    gradient_point: Floats
    exact_gradient: Floats
    gradient: Floats
    hessian: Floats | None
    hyperparameters: Mapping[str, float]
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
        optimizer, particle: which one, as in ``Run.positions``.
        rule: of its optimizer.
        sign: 1 where the goal is to minimise, −1 to maximise: the rule follows the gradient of ``sign * f`` downhill.
        step: updates made so far; the next one is counted ``step + 1`` in formulas.
        position: float64 (D,).
        last_position: float64 (D,), before the last update; None at the start.
        loss: f at the position; inf for a particle that has diverged.
        gradient: float64 (D,), the exact one of f at the position.
        state: float64 (D,) each, what the rule remembers, by the names of ``Rule.state``.
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
        optimizer, particle: as in ``run.positions``.
        step: clipped to the run.

    Raises:
        IndexError: there is no such optimizer or particle.
    """
    if not (0 <= optimizer < run.n_optimizers and 0 <= particle < run.n_particles):
        raise IndexError(f"the run has no particle {particle} of optimizer {optimizer}")
    scene = run.scene
    step = min(max(step, 0), scene.steps)
    competitor = prepare(scene.racing[optimizer], run.dimension)
    recording, state = _race_again(run, surface, competitor, optimizer, particle, step)
    dimension = run.dimension
    remembered = {
        name: state[dimension * (k + 1) : dimension * (k + 2), 0].copy() for k, name in enumerate(competitor.rule.state)
    }
    position = recording.positions[-1, :, particle].copy()
    loss = float(recording.losses[-1, particle])
    return Anatomy(
        optimizer=optimizer,
        particle=particle,
        rule=competitor.rule,
        sign=goal_sign(scene),
        step=step,
        position=position,
        last_position=recording.positions[0, :, particle].copy() if step else None,
        loss=loss,
        gradient=surface.gradient(position),
        state=remembered,
        update=None
        if step == scene.steps or loss == np.inf
        else _update(scene, surface, competitor, state, particle, step),
    )


def _race_again(
    run: Run, surface: Surface, competitor: Competitor, optimizer: int, particle: int, step: int
) -> tuple[Recording, Floats]:
    """Return the records before and after the last of ``step`` updates, and the state behind it.

    Noise depends on the particle's number: it keeps its place in arrays of which nothing else is touched.
    """
    n = particle + 1
    starts = np.empty((run.dimension, n))
    starts[:, particle] = run.positions[optimizer, 0, particle]
    steps = np.array([step - 1, step] if step else [0], dtype=np.int64)
    recording = Recording(
        steps=steps,
        positions=np.empty((len(steps), run.dimension, n)),
        losses=np.empty((len(steps), n)),
        outcomes=np.empty(n, dtype=np.uint8),
    )
    signals = np.zeros(2, dtype=np.int64)
    return recording, race(competitor, run.scene, surface, starts, (particle, n), recording, signals)


def _update(scene: Scene, surface: Surface, competitor: Competitor, state: Floats, particle: int, step: int) -> Update:
    """Make the next update, as ``race_kernel`` does, with everything kept. ``state`` is overwritten."""
    dimension, rule = surface.dimension, competitor.rule
    program = competitor.program(surface)
    rows = program.scratch()
    first, end = dimension + 1, 2 * dimension + 1  # the gradient's rows, behind the coordinates and f
    rates = competitor.learning_rates(scene.steps)
    factors = competitor.factors.copy()
    factors[:2] = rates[step], step + 1.0
    rows[:dimension] = state[:dimension]
    if competitor.lifted.look_ahead is not None:
        competitor.lifted.look_ahead(state, rows, factors, 1)
    point = rows[:dimension, 0].copy()
    run_tape(program.tape.code, program.scalars, rows, 1)
    exact = rows[first:end, 0].copy()
    rows[first : dimension + program.tape.n_outputs] *= goal_sign(scene)
    if competitor.noise_std > 0.0:
        add_noise_of_particle(rows, first, dimension, competitor.noise_std, scene.seed, particle, step)
    seen = rows[first:end, 0].copy()
    hessian = rows[end : dimension + program.tape.n_outputs, 0].copy() if competitor.needs_hessian else None

    def follow(multiple: float) -> Floats:
        """Return the state behind an update with a multiple of the gradient, float64 (D·(1 + n_state),)."""
        after = scratch(len(state))
        after[:, 0] = state[:, 0]
        rows[first:end, 0] = multiple * seen
        competitor.lifted.update(after, rows, factors, 1)
        return after[:, 0].copy()

    after = follow(1.0)
    none, double = follow(0.0)[:dimension], follow(2.0)[:dimension]
    return Update(
        gradient_point=point,
        exact_gradient=exact,
        gradient=seen,
        hessian=hessian,
        hyperparameters={**competitor.hyperparameters, "learning_rate": float(rates[step])},
        state={name: after[dimension * (k + 1) : dimension * (k + 2)] for k, name in enumerate(rule.state)},
        position=after[:dimension],
        gradient_part=_gradient_part(seen, none, after[:dimension], double),
    )


def _gradient_part(gradient: Floats, none: Floats, once: Floats, double: Floats) -> Floats | None:
    """Return how much farther the gradient leads than none does, if twice of it leads twice as far, the same way.

    ``none``, ``once`` and ``double`` are the places, (D,), where 0, 1 and 2 times the gradient lead.
    """
    part, again = once - none, double - once
    if not np.all(np.isfinite(double)):
        return None
    rounding = 1e-9 * np.max(np.abs(part)) + 8 * np.spacing(np.max(np.abs([none, once, double])))
    along = -float(part @ gradient) / max(float(gradient @ gradient), float(np.finfo(float).tiny))
    adds = np.max(np.abs(again - part)) <= rounding and np.max(np.abs(part + along * gradient)) <= rounding
    return -along * gradient if adds and along >= 0.0 else None
