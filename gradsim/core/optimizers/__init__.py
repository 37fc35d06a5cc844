"""The tables of all optimizers and of all hyperparameters: what the program offers is what stands here."""

from __future__ import annotations

from typing import Protocol

from gradsim.core.optimizers.adam import ADAM_AND_ADAMW
from gradsim.core.optimizers.adam_momenta import ADAM_MOMENTA
from gradsim.core.optimizers.adam_scales import ADAM_SCALES
from gradsim.core.optimizers.adam_successors import ADAM_SUCCESSORS
from gradsim.core.optimizers.adam_surprises import ADAM_SURPRISES
from gradsim.core.optimizers.adan import ADAN_ALONE
from gradsim.core.optimizers.base import HUGE_RATES, Hyperparameter, Optimizer, Rule
from gradsim.core.optimizers.curvature import CURVATURE
from gradsim.core.optimizers.first_order import FIRST_ORDER
from gradsim.core.optimizers.hyperparameters import HYPERPARAMETERS
from gradsim.core.optimizers.layerwise import LAYERWISE
from gradsim.core.optimizers.limited_memory import LIMITED_MEMORY
from gradsim.core.optimizers.probing import PROBING
from gradsim.core.optimizers.search_directions import SEARCH_DIRECTIONS
from gradsim.core.optimizers.self_tuning import SELF_TUNING
from gradsim.core.optimizers.signs import SIGNS
from gradsim.core.optimizers.sophia import SOPHIA
from gradsim.core.optimizers.squared_gradients import SQUARED_GRADIENTS
from gradsim.core.optimizers.step_lengths import STEP_LENGTHS
from gradsim.core.optimizers.trust_region import TRUST_REGION

__all__ = [
    "HUGE_RATES",
    "HYPERPARAMETERS",
    "OPTIMIZERS",
    "Hyperparameter",
    "Optimizer",
    "Rule",
    "label_of",
    "rule_symbols",
]

_GROUPS = (
    FIRST_ORDER,
    STEP_LENGTHS,
    SIGNS,
    SQUARED_GRADIENTS,
    ADAM_AND_ADAMW,
    ADAM_MOMENTA,
    ADAM_SCALES,
    ADAM_SURPRISES,
    ADAN_ALONE,
    ADAM_SUCCESSORS,
    LAYERWISE,
    SELF_TUNING,
    CURVATURE,
    TRUST_REGION,
    SEARCH_DIRECTIONS,
    LIMITED_MEMORY,
    SOPHIA,
    PROBING,
)
OPTIMIZERS: dict[str, Optimizer] = {optimizer.name: optimizer for group in _GROUPS for optimizer in group}


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
    known = {"position": "x", "gradient": "g", "hessian": "H", "loss": "f", "step": "t"}
    return {**known, **rule.symbols, **{name: HYPERPARAMETERS[name].latex for name in rule.defaults}}
