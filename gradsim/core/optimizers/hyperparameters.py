"""Every hyperparameter that a rule may take: its letter, its range, and what turning it up does."""

from __future__ import annotations

import math

from gradsim.core.optimizers.base import Hyperparameter

HYPERPARAMETERS: dict[str, Hyperparameter] = {
    hyperparameter.name: hyperparameter
    for hyperparameter in (
        Hyperparameter(
            name="learning_rate",
            latex=r"\eta",
            description="Turned up, every step is longer; above a limit set by the curvature the method diverges.",
            slider=(1e-5, 10.0),
            logarithmic=True,
        ),
        Hyperparameter(
            name="momentum",
            latex=r"\mu",
            description="Turned up, more of the velocity survives each step; 1 is a ball without friction.",
            high=1.0,
            slider=(0.0, 0.9999),
        ),
        Hyperparameter(
            name="beta1",
            latex=r"\beta_1",
            description="Turned up, the mean gradient remembers more steps, and the direction turns more slowly.",
            high=1.0,
            high_open=True,
            slider=(0.0, 0.9999),
        ),
        Hyperparameter(
            name="beta2",
            latex=r"\beta_2",
            description="Turned up, more steps are remembered in the mean square (in Lion, in the mean gradient).",
            high=1.0,
            high_open=True,
            slider=(0.0, 0.9999),
        ),
        Hyperparameter(
            name="beta3",
            latex=r"\beta_3",
            description="Turned up, the slow mean gradient remembers more steps, and gathers weight more slowly.",
            high=1.0,
            high_open=True,
            slider=(0.0, 0.9999),
        ),
        Hyperparameter(
            name="alpha",
            latex=r"\alpha",
            description="Turned up, the slow mean gradient counts for more, and old slopes lead on.",
            slider=(0.0, 10.0),
        ),
        Hyperparameter(
            name="nu1",
            latex=r"\nu_1",
            description="Turned up, the mean gradient counts for more and the slope right here for less; 1 is Adam.",
            high=1.0,
        ),
        Hyperparameter(
            name="nu2",
            latex=r"\nu_2",
            description="Turned up, the scale follows the mean square and less the slope right here; 1 is Adam.",
            high=1.0,
        ),
        Hyperparameter(
            name="interpolation",
            latex=r"\beta",
            description="Turned up, the slope is taken nearer to the average, which then moves more calmly.",
            high=1.0,
        ),
        Hyperparameter(
            name="decay",
            latex=r"\rho",
            description="Turned up, the mean of the squares remembers more steps, and the scale adapts more slowly.",
            high=1.0,
            high_open=True,
            slider=(0.0, 0.9999),
        ),
        Hyperparameter(
            name="epsilon",
            latex=r"\varepsilon",
            description="Turned up, directions with small gradients are magnified less.",
            slider=(1e-12, 1.0),
            logarithmic=True,
        ),
        Hyperparameter(
            name="weight_decay",
            latex=r"\lambda",
            description="Turned up, every step pulls the position harder towards the origin.",
            slider=(1e-6, 1.0),
            logarithmic=True,
        ),
        Hyperparameter(
            name="radius",
            latex="r",
            description="Turned up, the slope is taken farther away, and narrower minima are avoided.",
            slider=(1e-4, 10.0),
            logarithmic=True,
        ),
        Hyperparameter(
            name="lowest_loss",
            latex="f_{*}",
            description="The loss that is aimed at: too low, steps overshoot; too high, they end before the minimum.",
            low=-math.inf,
            slider=(-10.0, 10.0),
        ),
        Hyperparameter(
            name="initial_accumulator",
            latex="G_0",
            description="Turned up, the first steps are shorter, because the sum of the squares starts higher.",
        ),
        Hyperparameter(
            name="nu",
            latex=r"\nu",
            description="Turned up, more of the step follows the velocity and less the slope; 0 is plain descent.",
            high=1.0,
            slider=(0.0, 1.0),
        ),
        Hyperparameter(
            name="eta_minus",
            latex=r"\eta_{-}",
            description="Turned up, step sizes shrink less when the slope has changed its sign.",
            high=1.0,
            high_open=True,
            slider=(0.05, 0.95),
        ),
        Hyperparameter(
            name="eta_plus",
            latex=r"\eta_{+}",
            description="Turned up, step sizes grow faster while the slope keeps its sign.",
            low=1.0,
            slider=(1.0, 2.0),
        ),
        Hyperparameter(
            name="min_step_size",
            latex=r"\Delta_{-}",
            description="Turned up, the last steps stay longer, and it settles less closely.",
            slider=(1e-12, 1.0),
            logarithmic=True,
        ),
        Hyperparameter(
            name="max_step_size",
            latex=r"\Delta_{+}",
            description="Turned up, steps may grow longer on steady slopes.",
            slider=(1e-3, 100.0),
            logarithmic=True,
        ),
        Hyperparameter(
            name="contraction",
            latex=r"\rho",
            description="Turned up, a step that is too long is shortened less at a time: more trials, longer steps.",
            high=1.0,
            high_open=True,
            slider=(0.05, 0.95),
        ),
        Hyperparameter(
            name="sufficient_decrease",
            latex="c",
            description="Turned up, the loss must fall more for a step to be taken, and steps are shorter.",
            high=1.0,
            high_open=True,
            slider=(1e-6, 0.9),
            logarithmic=True,
        ),
        Hyperparameter(
            name="lambd",
            latex=r"\lambda",
            description="Turned up, the learning rate falls sooner, and the position is pulled towards the origin.",
            slider=(1e-6, 1.0),
            logarithmic=True,
        ),
        Hyperparameter(
            name="power",
            latex=r"\alpha",
            description="Turned up, the learning rate falls faster with the steps.",
            slider=(0.0, 1.5),
        ),
        Hyperparameter(
            name="trust_coefficient",
            latex="c",
            description="Turned up, steps are a larger share of the distance from the origin.",
            slider=(1e-5, 1.0),
            logarithmic=True,
        ),
        Hyperparameter(
            name="initial_distance",
            latex="d_0",
            description="Turned up, the method gets going sooner; above the true distance, its steps are too long.",
            slider=(1e-8, 1.0),
            logarithmic=True,
        ),
    )
}
