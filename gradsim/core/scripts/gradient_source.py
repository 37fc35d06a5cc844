"""What stands between the surface and the rule, as lines of plain Python; ``gradient`` says what each of them does."""

from __future__ import annotations

from gradsim.core.scene import AccumulatedGradient, GradientSequence, NoisyGradient, OptimizerEntry
from gradsim.core.scripts.source_text import filled, number

NOISE = '''\
def mix(z):
    """Scatter the bits of a 64-bit number: SplitMix64's finaliser, Steele, Lea and Flood 2014."""
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) % 2**64
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) % 2**64
    return z ^ (z >> 31)


def normal(particle, update, axis):
    """Return a standard normal number that depends on nothing else: Box and Muller 1958."""
    golden = 0x9E3779B97F4A7C15
    stream = mix((SEED + golden * (2 * update + 1)) % 2**64) ^ mix((axis + 1) * golden % 2**64)
    a = mix((stream + golden * (2 * particle + 1)) % 2**64)
    b = mix((a + golden) % 2**64)
    u, v = ((a >> 11) + 0.5) * 2.0**-53, (b >> 11) * 2.0**-53
    return math.sqrt(-2.0 * math.log(u)) * math.cos(2.0 * math.pi * v)'''
"""The noise of ``gradsim.core.race.noise`` in Python's integers; the script has ``SEED``."""


def gradient_arguments(entry: OptimizerEntry) -> dict[str, str]:
    """Return what a race is told of the entry's gradient, clipping and box: arguments and their values."""
    arguments: dict[str, str] = {}
    match entry.gradient:
        case NoisyGradient(std=std) if std > 0.0:
            arguments["std"] = number(std)
        case GradientSequence():
            arguments["values"] = "values"
    if entry.clip is not None:
        arguments["limit"] = number(entry.clip.limit)
    if entry.box is not None:
        arguments["low"] = f"({', '.join(number(low) for low, _ in entry.box)},)"
        arguments["high"] = f"({', '.join(number(high) for _, high in entry.box)},)"
    return arguments


def given_source(entry: OptimizerEntry) -> list[str]:
    """Return the lines that assign the given gradients of ``entry`` to ``values``, if it has any."""
    if not isinstance(entry.gradient, GradientSequence):
        return []
    values = entry.gradient.values
    return filled("values = [", [number(value) for value in values], "]")


def is_noisy(entry: OptimizerEntry) -> bool:
    return isinstance(entry.gradient, NoisyGradient) and entry.gradient.std > 0.0


def accumulates(entry: OptimizerEntry) -> bool:
    return isinstance(entry.gradient, AccumulatedGradient)


def is_given(entry: OptimizerEntry) -> bool:
    return isinstance(entry.gradient, GradientSequence)


def changed_gradient(entry: OptimizerEntry, dimension: int, *, hessian: bool, climbs: bool, decays: bool) -> list[str]:
    """Return the lines that make of ``loss`` and ``gradient`` at ``place`` what a rule sees."""
    lines = []
    if climbs:
        lines.append("loss, gradient = -loss, tuple(-g for g in gradient)  # uphill is downhill on -f")
        if hessian:
            lines.append("hessian = tuple(-h for h in hessian)")
    if is_given(entry):
        lines.append(f"gradient = (values[update % len(values)],) * {dimension}")
    if is_noisy(entry):
        lines.append("gradient = tuple(g + std * normal(particle, update, i) for i, g in enumerate(gradient))")
    if accumulates(entry):
        lines.append("gradient = total = tuple(t + g for t, g in zip(total, gradient))")
    if entry.clip is not None and entry.clip.by == "value":
        lines.append("gradient = tuple(min(max(g, -limit), limit) for g in gradient)")
    elif entry.clip is not None:
        length = "np.hypot(*gradient)" if dimension == 2 else "abs(gradient[0])"
        lines += [
            f"length = {length}",
            "if length > limit:",
            "    gradient = tuple(g * (limit / length) for g in gradient)",
        ]
    if decays:
        lines.append("gradient = tuple(g + weight_decay * x for g, x in zip(gradient, place))")
    return lines
