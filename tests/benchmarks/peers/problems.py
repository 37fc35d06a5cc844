"""What is raced on: surfaces and methods, as every peer takes them."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

DOMAIN = ((-2.0, 2.0), (-1.0, 3.0))
TWO_PI = 2 * math.pi


@dataclass(frozen=True)
class Surface:
    """A surface as a formula for gradsim, as array functions for Python peers and as statements in C.

    Attributes:
        value, gradient: take an array module (numpy, torch, jax.numpy) and the coordinates x and y.
        c_gradient: sets ``gx`` and ``gy`` from ``x`` and ``y``.
        c_value: an expression, which may use what ``c_gradient`` declares.
    """

    name: str
    formula: str
    value: Callable[[Any, Any, Any], Any]
    gradient: Callable[[Any, Any, Any], tuple[Any, Any]]
    c_gradient: str
    c_value: str


@dataclass(frozen=True)
class Method:
    """An optimizer by gradsim's name, with its hyperparameters by theirs."""

    name: str
    title: str
    hyperparameters: dict[str, float]


def rosenbrock(_: Any, x: Any, y: Any) -> Any:
    return (1 - x) ** 2 + 100 * (y - x * x) ** 2


def rosenbrock_gradient(_: Any, x: Any, y: Any) -> tuple[Any, Any]:
    u = 200 * (y - x * x)
    return 2 * (x - 1) - 2 * x * u, u


def rastrigin(xp: Any, x: Any, y: Any) -> Any:
    return 20 + x * x + y * y - 10 * (xp.cos(TWO_PI * x) + xp.cos(TWO_PI * y))


def rastrigin_gradient(xp: Any, x: Any, y: Any) -> tuple[Any, Any]:
    return 2 * x + 10 * TWO_PI * xp.sin(TWO_PI * x), 2 * y + 10 * TWO_PI * xp.sin(TWO_PI * y)


def ackley(xp: Any, x: Any, y: Any) -> Any:
    radius = xp.sqrt((x * x + y * y) / 2)
    return 20 + math.e - 20 * xp.exp(-0.2 * radius) - xp.exp((xp.cos(TWO_PI * x) + xp.cos(TWO_PI * y)) / 2)


def ackley_gradient(xp: Any, x: Any, y: Any) -> tuple[Any, Any]:
    radius = xp.sqrt((x * x + y * y) / 2)
    pull = 2 * xp.exp(-0.2 * radius) / radius
    ripple = math.pi * xp.exp((xp.cos(TWO_PI * x) + xp.cos(TWO_PI * y)) / 2)
    return pull * x + ripple * xp.sin(TWO_PI * x), pull * y + ripple * xp.sin(TWO_PI * y)


SURFACES = {
    surface.name: surface
    for surface in (
        Surface(
            name="Rosenbrock",
            formula="(1 - x)^2 + 100*(y - x^2)^2",
            value=rosenbrock,
            gradient=rosenbrock_gradient,
            c_gradient="double u = y - x*x; gx = 2*(x - 1) - 400*x*u; gy = 200*u;",
            c_value="(1 - x)*(1 - x) + 100*u*u",
        ),
        Surface(
            name="Rastrigin",
            formula="20 + x^2 + y^2 - 10*(cos(2*pi*x) + cos(2*pi*y))",
            value=rastrigin,
            gradient=rastrigin_gradient,
            c_gradient="gx = 2*x + 20*PI*sin(2*PI*x); gy = 2*y + 20*PI*sin(2*PI*y);",
            # Cosines are sines of a shifted argument: gcc merges the two of one argument into a call that has no
            # vector form, which would cost C a factor.
            c_value="20 + x*x + y*y - 10*(sin(2*PI*x + PI/2) + sin(2*PI*y + PI/2))",
        ),
        Surface(
            name="Ackley",
            formula="20 + e - 20*exp(-0.2*sqrt((x^2 + y^2)/2)) - exp((cos(2*pi*x) + cos(2*pi*y))/2)",
            value=ackley,
            gradient=ackley_gradient,
            c_gradient=(
                "double r = sqrt(0.5*(x*x + y*y)), well = exp(-0.2*r), ax = 2*PI*x, ay = 2*PI*y;"
                " double waves = exp(0.5*(sin(ax + PI/2) + sin(ay + PI/2)));"
                " gx = 2*well/r*x + PI*waves*sin(ax); gy = 2*well/r*y + PI*waves*sin(ay);"
            ),
            c_value="20 + 2.718281828459045 - 20*well - waves",
        ),
    )
}

# Steps small enough that no particle leaves on any of the surfaces: a race of NaNs would measure something else.
METHODS = {
    method.name: method
    for method in (
        Method("gradient_descent", "GD", {"learning_rate": 1e-4}),
        Method("momentum", "momentum", {"learning_rate": 1e-5, "momentum": 0.9}),
        Method("adam", "Adam", {"learning_rate": 1e-2, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8}),
    )
}
