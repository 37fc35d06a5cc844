"""How exact values, derivatives and elementary functions are on the machine that this runs on."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from gradsim.core.conformance.findings import Finding, measured
from gradsim.core.conformance.jets import Real, jet_of
from gradsim.core.gallery import GALLERY, GallerySurface
from gradsim.core.scene import FormulaSurface
from gradsim.core.surface import Surface, compile_surface

N_POINTS = 1000
RELATIVE = 1e-12
"""Of the largest magnitude that a derivative has over the domain."""
PLACE, EIGENVALUE = 1e-10, 1e-8
"""To which digits the gallery tells its critical points, and the eigenvalues there."""
ULPS = 2.0 if np.finfo(Real).nmant > 52 else 3.0
"""Units in the last place. Where long double is no longer than double, the reference is itself off by one."""

RANGES = {
    "sin": (-20.0, 20.0),
    "cos": (-20.0, 20.0),
    "tan": (-20.0, 20.0),
    "exp": (-700.0, 700.0),
    "log": (1e-3, 1e3),
    "sqrt": (0.0, 1e3),
    "sinh": (-20.0, 20.0),
    "cosh": (-20.0, 20.0),
    "tanh": (-20.0, 20.0),
    "atan": (-50.0, 50.0),
}
"""Where functions are compared, each with that of the C library in long double."""

Row = tuple[str, str, Finding]
"""A surface or a function, what is checked, and what was found."""


def surfaces() -> Iterator[Row]:
    """Measure value, gradient and Hessian of every surface of the gallery, and the facts that it tells."""
    for name, preset in GALLERY.items():
        surface = compile_surface(preset.surface)
        for check, error in _derivative_errors(preset, surface).items():
            yield name, check, measured(error, RELATIVE)
        if preset.n_critical_points is not None:  # none of them is a cusp, from which no Newton step leads
            points = [*preset.minima, *preset.saddles, *preset.maxima]
            steps = [np.linalg.solve(surface.hessian(p), surface.gradient(p)) for p in points]
            yield name, "critical_points", measured(float(np.abs(steps).max()), PLACE)
        if preset.minimum_eigenvalues:
            eigenvalues = np.linalg.eigvalsh(surface.hessian(preset.minima[0]))
            apart = np.abs(eigenvalues / preset.minimum_eigenvalues - 1.0).max()
            yield name, "eigenvalues", measured(float(apart), EIGENVALUE)


def _derivative_errors(preset: GallerySurface, surface: Surface) -> dict[str, float]:
    low, high = np.array(preset.domain.axes).T
    points = np.random.default_rng(0).uniform(low, high, (N_POINTS, len(low)))
    exact = jet_of(preset.formula, preset.parameters, points)
    return {
        "value": _relative(surface.value(points)[None], exact.value[None]),
        "gradient": _relative(surface.gradient(points).T, exact.gradient),
        "hessian": _relative(
            np.moveaxis(surface.hessian(points), 0, -1).reshape(-1, N_POINTS), exact.hessian.reshape(-1, N_POINTS)
        ),
    }


def _relative(ours: NDArray[np.float64], exact: NDArray[np.longdouble]) -> float:
    """Return the largest error of rows (derivatives, points), each relative to the largest magnitude of its row."""
    scale = np.abs(exact).max(axis=1, keepdims=True)
    return float((np.abs(ours - exact) / np.where(scale > 0, scale, Real(1))).max())


def functions() -> Iterator[Row]:
    """Measure the elementary functions that formulas may call, in units in the last place."""
    for name, (low, high) in RANGES.items():
        x = np.random.default_rng(0).uniform(low, high, 20 * N_POINTS)
        ours = compile_surface(FormulaSurface(formula=f"{name}(x)")).value(x[:, None])
        exact = getattr(np, {"atan": "arctan"}.get(name, name))(x.astype(Real))
        ulps = np.abs(ours - exact) / np.spacing(np.abs(exact).astype(np.float64))
        yield name, "ulps", measured(float(ulps.max()), ULPS)
