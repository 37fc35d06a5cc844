"""An optimizer of a scene made ready for the kernel, and the call that races its particles."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gradsim.core.formula.tape_kernel import run_tape, scratch
from gradsim.core.lifting import LiftedRule, lift
from gradsim.core.optimizers import OPTIMIZERS
from gradsim.core.optimizers.base import Rule
from gradsim.core.race_kernel import race_blocks
from gradsim.core.scene import NoisyGradient, OptimizerEntry, Scene, Schedule
from gradsim.core.schedules import learning_rates
from gradsim.core.surface import Program, Surface

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Competitor:
    """One optimizer, ready for the kernel.

    Attributes:
        hyperparameters: the value of each that its rule takes; ``learning_rate`` before the schedule.
        factors: float64, as ``LiftedRule`` says; the kernel sets the first two.
        initial_state: float64 (n_state,).
        noise_std: of the gradient's noise.
    """

    rule: Rule
    lifted: LiftedRule
    schedule: Schedule
    hyperparameters: Mapping[str, float]
    factors: Floats
    initial_state: Floats
    noise_std: float

    @property
    def needs_hessian(self) -> bool:
        return "hessian" in inspect.signature(self.rule.update).parameters

    def program(self, surface: Surface) -> Program:
        """The tape of what the rule reads: f, the gradient and, where the rule wants it, the Hessian."""
        return surface.second_order_program if self.needs_hessian else surface.first_order_program

    def learning_rates(self, steps: int) -> Floats:
        """The learning rate of every update of a race over ``steps``, float64 (steps,)."""
        return learning_rates(self.schedule, self.hyperparameters["learning_rate"], steps)


@dataclass(frozen=True)
class Recording:
    """The arrays that the kernel fills, particles along the last axis so that a record of a block is one copy.

    Attributes:
        steps: int64 (records,), ascending; the race ends with the last.
        positions: float64 (optimizers, records, D, particles); without the first axis for one optimizer.
        losses: float64 (optimizers, records, particles).
        outcomes: uint8 (optimizers, particles).
    """

    steps: NDArray[np.int64]
    positions: Floats
    losses: Floats
    outcomes: NDArray[np.uint8]

    def of(self, optimizer: int) -> Recording:
        """The arrays of one optimizer, shared with this."""
        return Recording(self.steps, self.positions[optimizer], self.losses[optimizer], self.outcomes[optimizer])


def prepare(entry: OptimizerEntry, dimension: int) -> Competitor:
    """Return the optimizer that ``entry`` describes, compiled for ``dimension`` coordinates."""
    rule = OPTIMIZERS[entry.name].rule(entry.convention)
    values = {name: float(value) for name, value in (dict(rule.defaults) | entry.hyperparameters).items()}
    lifted = lift(rule, dimension)
    return Competitor(
        rule=rule,
        lifted=lifted,
        schedule=entry.schedule,
        hyperparameters=values,
        factors=np.array([0.0, 0.0, *(values[name] for name in lifted.factor_names)]),
        initial_state=np.array([values[rule.initial_state[s]] if s in rule.initial_state else 0.0 for s in rule.state]),
        noise_std=entry.gradient.std if isinstance(entry.gradient, NoisyGradient) else 0.0,
    )


def goal_sign(scene: Scene) -> float:
    """Return what derivatives are multiplied by before a rule sees them: 1 to minimise, −1 to maximise."""
    return 1.0 if scene.goal == "minimize" else -1.0


def race(
    competitor: Competitor,
    scene: Scene,
    surface: Surface,
    starts: Floats,
    particles: tuple[int, int],
    recording: Recording,
    signals: NDArray[np.int64],
) -> Floats:
    """Race particles ``particles[0]`` … ``particles[1] − 1`` up to the last step of ``recording``, one optimizer's.

    Args:
        starts: float64 (D, all particles), C-contiguous.
        signals: int64 (2,): [0] is polled, and nonzero cancels; to [1] the made particle-steps are added.

    Returns:
        The state at the end of the block raced last, float64 (D·(1 + n_state), BLOCK), as ``LiftedRule`` says.
    """
    program = competitor.program(surface)
    lifted = competitor.lifted
    state = scratch(len(starts) * (1 + len(competitor.rule.state)))
    race_blocks(
        run_tape,
        program.tape.code,
        program.scalars,
        program.scratch(),
        program.tape.n_outputs,
        lifted.update,
        lifted.look_ahead or lifted.update,
        lifted.look_ahead is not None,
        state,
        competitor.initial_state,
        competitor.learning_rates(scene.steps)[: recording.steps[-1]],  # 80 MB each in a long race
        competitor.factors.copy(),
        goal_sign(scene),
        competitor.noise_std,
        scene.seed,
        starts,
        *particles,
        recording.steps,
        recording.positions,
        recording.losses,
        recording.outcomes,
        np.array(scene.domain.axes, dtype=np.float64),
        signals,
    )
    return state
