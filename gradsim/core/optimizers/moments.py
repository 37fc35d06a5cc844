"""The lines of mathematics that the Adam family has in common."""

from __future__ import annotations

MEANS = (r"m \leftarrow \beta_1 m + (1 - \beta_1) g", r"v \leftarrow \beta_2 v + (1 - \beta_2) g^2")
M_HAT, V_HAT = r"\hat m = \frac{m}{1 - \beta_1^t}", r"\hat v = \frac{v}{1 - \beta_2^t}"
CORRECTED_MEANS = (*MEANS, M_HAT, V_HAT)
"""Means of the gradient and of its square, freed of the bias of starting at zero: Kingma & Ba 2015, algorithm 1."""
STEP = r"x \leftarrow x - \eta \frac{\hat m}{\sqrt{\hat v} + \varepsilon}"
