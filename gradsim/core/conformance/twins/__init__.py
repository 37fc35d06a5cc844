"""Every optimizer a second time, in plain NumPy on whole vectors, from the papers and the libraries' documentation.

Nothing here looks at gradsim's rules. A twin takes a problem (for its ``value``, ``gradient`` and ``hessian``), the
start (D,), the hyperparameters by name, of which ``learning_rate`` may be one number or one for each step, and the
number of steps; it returns the positions (steps + 1, D) float64. Where a paper gives a sum over the past, the twin
keeps the past and sums.
"""

from __future__ import annotations

from gradsim.core.conformance.twins.adam import ADAM_TWINS
from gradsim.core.conformance.twins.curvature import CURVATURE_TWINS
from gradsim.core.conformance.twins.first_order import FIRST_ORDER_TWINS
from gradsim.core.conformance.twins.history import Twin
from gradsim.core.conformance.twins.quasi_newton import QUASI_NEWTON_TWINS
from gradsim.core.conformance.twins.signs import SIGN_TWINS
from gradsim.core.conformance.twins.squared_gradients import SQUARED_GRADIENT_TWINS
from gradsim.core.conformance.twins.step_lengths import STEP_LENGTH_TWINS
from gradsim.core.conformance.twins.successors import SUCCESSOR_TWINS

__all__ = ["TWINS", "Twin"]

TWINS: dict[tuple[str, str], Twin] = {
    **FIRST_ORDER_TWINS,
    **STEP_LENGTH_TWINS,
    **SIGN_TWINS,
    **SQUARED_GRADIENT_TWINS,
    **ADAM_TWINS,
    **SUCCESSOR_TWINS,
    **CURVATURE_TWINS,
    **QUASI_NEWTON_TWINS,
}
"""By optimizer and convention."""
