"""The tables of all optimizers and of all hyperparameters: what the program offers is what stands here."""

from __future__ import annotations

from typing import Protocol

from gradsim.core.optimizers.adaptive import ADAPTIVE
from gradsim.core.optimizers.base import Hyperparameter, Optimizer, Rule
from gradsim.core.optimizers.curvature import CURVATURE
from gradsim.core.optimizers.first_order import FIRST_ORDER

__all__ = ["HYPERPARAMETERS", "OPTIMIZERS", "Hyperparameter", "Optimizer", "Rule", "label_of", "rule_symbols"]

OPTIMIZERS: dict[str, Optimizer] = {optimizer.name: optimizer for optimizer in (*FIRST_ORDER, *ADAPTIVE, *CURVATURE)}

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
            description="Turned up, the mean squared gradient remembers more steps, and the scale adapts more slowly.",
            high=1.0,
            high_open=True,
            slider=(0.0, 0.9999),
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
            name="initial_accumulator",
            latex="G_0",
            description="Turned up, the first steps are shorter, because the sum of the squares starts higher.",
        ),
    )
}


class Competitor(Protocol):
    """What a label asks of an entry of a scene."""

    @property
    def name(self) -> str: ...
    @property
    def label(self) -> str | None: ...


def label_of(entry: Competitor) -> str:
    """Return what a competitor is called wherever it is shown: its own label, or the title of its method."""
    return entry.label or OPTIMIZERS[entry.name].title


def rule_symbols(rule: Rule) -> dict[str, str]:
    """LaTeX of everything that the update function of ``rule`` takes, by its name, as ``rule.latex`` writes it."""
    known = {"position": "x", "gradient": "g", "hessian": "H", "step": "t"}
    return {**known, **rule.symbols, **{name: HYPERPARAMETERS[name].latex for name in rule.defaults}}
