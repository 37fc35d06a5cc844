"""An optimizer of a scene made ready for the kernel, and the call that races its particles."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gradsim.core.formula.tape_kernel import run_tape
from gradsim.core.formula.tape_layout import BLOCK, scratch
from gradsim.core.kernel_calls import address_of
from gradsim.core.optimizers import OPTIMIZERS
from gradsim.core.optimizers.base import Rule
from gradsim.core.race.arguments import WHOLE_RACE, Handover, Records, RuleSettings, SurfaceCode
from gradsim.core.race.gradient import GradientOptions
from gradsim.core.race.kernel import race_blocks
from gradsim.core.race.lifting import LiftedRule, lift
from gradsim.core.race.native_steps import FEW_PARTICLES, compile_step
from gradsim.core.race.schedules import learning_rates_at
from gradsim.core.scene import (
    AccumulatedGradient,
    ConstantSchedule,
    GradientSequence,
    NoisyGradient,
    OptimizerEntry,
    Scene,
    Schedule,
)
from gradsim.core.surface import Program, Surface

Floats = NDArray[np.float64]
PerParticle = Mapping[str, Floats]
"""Hyperparameters that differ among particles, each float64 (particles,), by their names."""

NONE: PerParticle = {}


@dataclass(frozen=True)
class Competitor:
    """One optimizer, ready for the kernel.

    Attributes:
        entry: what the scene says of it.
        hyperparameters: the value of each that its rule takes; ``learning_rate`` before the schedule.
        per_particle: those that differ among particles instead.
    """

    entry: OptimizerEntry
    rule: Rule
    lifted: LiftedRule
    hyperparameters: Mapping[str, float]
    per_particle: PerParticle

    @property
    def needs_hessian(self) -> bool:
        return "hessian" in self.rule.reads

    @property
    def kernels(self) -> tuple[int, int, int]:
        """Addresses of update, look-ahead and probe; 0 of what there is not."""
        lifted = self.lifted
        update, look_ahead, probe = (
            0 if kernel is None else address_of(kernel) for kernel in (lifted.update, lifted.look_ahead, lifted.probe)
        )
        return update, look_ahead, probe

    @property
    def schedule(self) -> Schedule:
        return self.entry.schedule

    def program(self, surface: Surface) -> Program:
        """The tape of what the rule reads: f, the gradient and, where the rule wants it, the Hessian."""
        return surface.second_order_program if self.needs_hessian else surface.first_order_program

    def compile_native(self, surface: Surface, *, n_particles: int) -> None:
        """Compile its updates on ``surface`` to machine code, with the same results bit for bit; 20 to 100 ms.

        The code is made for about ``n_particles``, but fit for any number.
        """
        program, is_few = self.program(surface), n_particles <= FEW_PARTICLES
        program.compile(
            self._step_key(is_few),
            lambda tape: compile_step(tape, self.rule, surface.dimension, varied=self.per_particle, is_few=is_few),
        )
        program.compile_native(surface.dimension)  # for what a whole update cannot do

    def step_address(self, surface: Surface, *, n_particles: int) -> int:
        """Where the machine code of its updates on ``surface`` begins; 0 if there is none.

        That for about ``n_particles``, or else that for another number.
        """
        program, is_few = self.program(surface), n_particles <= FEW_PARTICLES
        return program.code_address(self._step_key(is_few)) or program.code_address(self._step_key(not is_few))

    def _step_key(self, is_few: bool) -> Hashable:
        # Rules that look elsewhere, of which no such code is made, share updates with others that do not.
        return self.rule.update, self.rule.look_ahead, self.rule.probe, frozenset(self.per_particle), is_few

    def gradient_options(self, scene: Scene, numbers: NDArray[np.int64]) -> GradientOptions:
        """How its gradient is made for the particles with these ``numbers``, int64 (particles,)."""
        gradient, clip = self.entry.gradient, self.entry.clip
        given = gradient.values if isinstance(gradient, GradientSequence) else ()
        return GradientOptions(
            sign=goal_sign(scene),
            sequence=np.repeat(np.array(given, dtype=np.float64)[:, None], scene.domain.dimension, axis=1),
            noise_std=gradient.std if isinstance(gradient, NoisyGradient) else 0.0,
            seed=scene.seed,
            accumulates=isinstance(gradient, AccumulatedGradient),
            clip_value=clip.limit if clip is not None and clip.by == "value" else np.inf,
            clip_norm=clip.limit if clip is not None and clip.by == "norm" else np.inf,
            weight_decays=self._weight_decays(),
            numbers=numbers,
        )

    def _weight_decays(self) -> Floats:
        """Those that act through the gradient, as ``GradientOptions`` says."""
        if not self.rule.couples_weight_decay:
            return np.empty(0)
        decays = self.per_particle.get("weight_decay", np.array([self.hyperparameters["weight_decay"]]))
        return decays if decays.any() else np.empty(0)

    def n_rows(self, dimension: int) -> int:
        """How many numbers a particle carries from one update to the next, its coordinates among them."""
        sums = dimension if isinstance(self.entry.gradient, AccumulatedGradient) else 0
        return self.rule.n_rows(dimension) + sums

    def settings(self, scene: Scene, updates: range) -> RuleSettings:
        """The rule for the ``updates`` of a race that are counted from 0; ``with_workspace`` makes it one thread's."""
        dimension, lifted = scene.domain.dimension, self.lifted
        rows = self.rule.state_rows(dimension)
        n_rows = self.n_rows(dimension)
        values, axes = np.zeros(n_rows - dimension), np.full(n_rows - dimension, -1, dtype=np.int64)
        for name, source in self.rule.initial_state.items():
            place = slice(rows[name].start - dimension, rows[name].stop - dimension)
            if source == "position":
                axes[place] = range(dimension)
            else:
                values[place] = self.hyperparameters[source]
        factors = np.zeros((2 + len(lifted.factor_names), BLOCK))
        factors[2:, 0] = [self.hyperparameters[name] for name in lifted.factor_names]
        varied = [name for name in lifted.factor_names if name in self.per_particle]
        rates, rate_places = self._rates(scene.steps, updates)
        box = self.entry.box
        return RuleSettings(
            looks_ahead=lifted.look_ahead is not None,
            max_probes=self.rule.max_probes,
            state=scratch(n_rows),
            initial_values=values,
            initial_axes=axes,
            factors=factors,
            learning_rates=rates,
            rate_places=rate_places,
            varied=np.array([2 + lifted.factor_names.index(name) for name in varied], dtype=np.int64),
            varied_values=np.stack([self.per_particle[name] for name in varied]) if varied else np.empty((0, 0)),
            box=np.array(box or [(-np.inf, np.inf)] * dimension),
            projects=box is not None,
        )

    def _rates(self, steps: int, updates: range) -> tuple[Floats, NDArray[np.int64]]:
        """Return the learning rates and which of them each particle takes, as ``RuleSettings`` says."""
        varied = self.per_particle.get("learning_rate")
        is_constant = self.schedule == ConstantSchedule()
        if varied is None:
            bases, places = np.array([self.hyperparameters["learning_rate"]]), np.empty(0, dtype=np.int64)
        elif is_constant:
            bases, places = varied, np.arange(len(varied))
        else:  # every different one needs a rate for every update
            bases, places = np.unique(varied, return_inverse=True)
        if is_constant:
            return bases[np.newaxis], places
        numbers = np.arange(updates.start, updates.stop)
        by_base = [learning_rates_at(self.schedule, base, numbers, steps=steps) for base in bases.tolist()]
        return np.ascontiguousarray(np.transpose(by_base)), places


def prepare(entry: OptimizerEntry, dimension: int, per_particle: PerParticle = NONE) -> Competitor:
    """Return the optimizer that ``entry`` describes, compiled for ``dimension`` coordinates."""
    rule = OPTIMIZERS[entry.name].rule(entry.convention)
    return Competitor(
        entry=entry,
        rule=rule,
        lifted=lift(rule, dimension, varied=per_particle),
        hyperparameters={k: float(value) for k, value in (dict(rule.defaults) | entry.hyperparameters).items()},
        per_particle=per_particle,
    )


def goal_sign(scene: Scene) -> float:
    """Return what derivatives are multiplied by before a rule sees them: 1 to minimise, −1 to maximise."""
    return 1.0 if scene.goal == "minimize" else -1.0


def surface_code(program: Program) -> SurfaceCode:
    """Return what the kernel evaluates ``program`` with, in a workspace of its own."""
    tape = program.tape
    return SurfaceCode(
        program.native_address, address_of(run_tape), tape.code, program.scalars, program.scratch(), tape.n_outputs
    )


def with_workspace(settings: RuleSettings) -> RuleSettings:
    """Return the rule with a workspace of its own, for one thread."""
    return settings._replace(state=scratch(len(settings.state)), factors=settings.factors.copy())


def race(
    competitor: Competitor,
    scene: Scene,
    surface: Surface,
    starts: Floats,
    particles: tuple[int, int],
    records: Records,
    signals: NDArray[np.int64],
    *,
    settings: RuleSettings,
    numbers: NDArray[np.int64],
    handover: Handover = WHOLE_RACE,
) -> None:
    """Race particles ``particles[0]`` … ``particles[1] − 1`` up to the last step of ``records``.

    Args:
        starts: float64 (D, all particles), C-contiguous.
        signals: int64 (2,): [0] is polled, and nonzero cancels; to [1] the made particle-steps are added.
        settings: for the updates from where ``handover`` says to the last step of ``records``, with a workspace that
            nobody else uses: its state will be that at the end of the block raced last.
        numbers: int64 (all particles,), which of the scene's they are.
        handover: where another part of the race has left off, and what the next one goes on from.
    """
    program = competitor.program(surface)
    race_blocks(
        surface_code(program),
        competitor.step_address(surface, n_particles=len(numbers)),
        *competitor.kernels,
        settings,
        competitor.gradient_options(scene, numbers),
        starts,
        *particles,
        records,
        handover,
        np.array(scene.domain.axes, dtype=np.float64),
        signals,
    )
