"""An update written out: the formula of the rule with the numbers of one particle and one step in it, as LaTeX."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from gradsim.core.optimizers import rule_symbols
from gradsim.core.optimizers.base import DECAYED_GRADIENT
from gradsim.core.optimizers.notation import GRADIENT, Equation, Expression, parse_equation
from gradsim.ui.numbers import MINUS, format_number
from gradsim.ui.widgets.type_setting import visible_length

if TYPE_CHECKING:
    from gradsim.core.anatomy import Anatomy, Update
    from gradsim.core.optimizers import Rule

AXES = ("x", "y")
DECAY = parse_equation(DECAYED_GRADIENT)
_DIGITS, _MOST_DIGITS = 4, 6
LONGEST_LINE = 33
_SIGN = re.compile(
    r"(\\left\(|= |\\leftarrow |\{|pmatrix\}|& |\\\\ )-(?=\d)"
)  # set close to its number, as no operator
_RAISED = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")


def shown_number(value: float) -> str:
    """Return ``value`` in full where that takes at most 6 figures, as in a calculation by hand, else with 4."""
    exact = np.isfinite(value) and abs(float(f"{value:.{_MOST_DIGITS}g}") - value) <= 1e-11 * abs(value)
    return format_number(value, digits=_MOST_DIGITS if exact else _DIGITS)


def latex_number(value: float) -> str:
    """Return the same as LaTeX."""
    text = shown_number(value).replace(MINUS, "-")
    if text in ("undefined", "∞", "-∞"):
        return {"undefined": r"\text{undefined}", "∞": r"\infty", "-∞": r"-\infty"}[text]
    mantissa, cross, power = text.partition("×")
    if not cross and not text.endswith(tuple("⁰¹²³⁴⁵⁶⁷⁸⁹")):
        return text
    sign = "-" if not cross and text.startswith("-") else ""
    exponent = (power or text.removeprefix("-"))[2:].translate(_RAISED)
    return (rf"{mantissa} \cdot " if cross else sign) + f"10^{{{exponent}}}"


def filled_lines(anatomy: Anatomy, axis: int) -> tuple[str, ...]:
    """Return the update of coordinate ``axis`` as lines of LaTeX, first the gradient; none where there is no update."""
    return tuple(_SIGN.sub(r"\1{-}", line) for line in _lines(anatomy, axis))


def _lines(anatomy: Anatomy, axis: int) -> tuple[str, ...]:
    update = anatomy.update
    if update is None:
        return ()
    if anatomy.rule.whole_vector:
        write = _newton_lines if r"H^{-1}" in anatomy.rule.latex[0] else _whole_vector_lines
        return write(anatomy, update) if axis == 0 else ()
    symbols = rule_symbols(anatomy.rule)
    values: dict[str, float] = {
        symbols["position"]: float(anatomy.position[axis]),
        symbols["gradient"]: float(_undecayed_gradient(anatomy.rule, update)[axis]),
        symbols["step"]: anatomy.step + 1.0,
        **{symbols[name]: value for name, value in update.hyperparameters.items()},
        **{symbols[name]: float(remembered[axis]) for name, remembered in anatomy.state.items()},
    }
    results = {symbols[name]: float(made[axis]) for name, made in update.state.items()}
    results[symbols["position"]] = float(update.position[axis])
    fixed = {symbols[name]: value for name, value in update.hyperparameters.items()}
    lines = [_gradient_line(anatomy, update, axis)]
    made = [line for line in anatomy.rule.equations if not line.words]  # words say how the race began
    last = {line.target.text: k for k, line in enumerate(made)}
    decay = _decay(anatomy.rule, update)
    for k, equation in enumerate(made):
        target = equation.target.text
        if not equation.applies(values) or (equation == DECAY and not decay):
            continue
        filled = replace(equation, expression=_with_gradient(equation.expression, symbols["gradient"]))
        folded = replace(filled, expression=_folded(filled.expression, fixed))
        text = folded.fill({symbol: latex_number(value) for symbol, value in values.items()})
        is_last = last[target] == k and target in results
        values[target] = results[target] if is_last else _worked_out(filled, values)
        name = AXES[axis] if target == symbols["position"] else _indexed(target, axis, anatomy)
        value = latex_number(values[target])
        lines.append(rf"{name} {equation.relation} {text}" + (f" = {value}" if text != value else ""))
    return tuple(lines)


def broken_lines(lines: tuple[str, ...]) -> tuple[str, ...]:
    """Return ``lines`` with the result of a long one on a line of its own, so that it need not shrink."""
    result: list[str] = []
    for line in lines:
        calculation, equals, value = line.rpartition(" = ")
        if equals and visible_length(line) > LONGEST_LINE and "pmatrix" not in line:
            result += [calculation, rf"\quad = {value}"]
        else:
            result.append(line)
    return tuple(result)


def _with_gradient(expression: Expression, gradient: str) -> Expression:
    """Return ``expression`` with the gradient's symbol where it takes the gradient somewhere else: the first line says
    where."""
    if expression.kind == "call" and expression.text == GRADIENT:
        return Expression("symbol", gradient)
    return replace(expression, parts=tuple(_with_gradient(part, gradient) for part in expression.parts))


def _folded(expression: Expression, fixed: dict[str, float]) -> Expression:
    """Return ``expression`` with sums of hyperparameters worked out: 1 - β is one number, as one says it."""
    if expression.kind == "sum" and _is_fixed(expression, fixed):
        return Expression("number", latex_number(Equation(expression, "=", expression).evaluate(fixed)))
    return replace(expression, parts=tuple(_folded(part, fixed) for part in expression.parts))


def _is_fixed(expression: Expression, fixed: dict[str, float]) -> bool:
    match expression.kind:
        case "number":
            return True
        case "symbol":
            return expression.text in fixed
        case "sum" | "product":
            return all(_is_fixed(part, fixed) for part in expression.parts)
    return False


def _worked_out(equation: Equation, values: dict[str, float]) -> float:
    try:
        return equation.evaluate(values)
    except (ZeroDivisionError, OverflowError, ValueError):  # where the engine goes on with inf or nan
        return float("nan")


def _indexed(symbol: str, axis: int, anatomy: Anatomy) -> str:
    if len(anatomy.position) == 1:
        return symbol
    letter, _, index = symbol.partition("_")
    return f"{letter}_{{{index.strip('{}')},{AXES[axis]}}}" if index else f"{letter}_{AXES[axis]}"


def _decay(rule: Rule, update: Update) -> float:
    """Return λ of the term λx that has been added to the gradient."""
    return update.hyperparameters["weight_decay"] if rule.couples_weight_decay else 0.0


def _undecayed_gradient(rule: Rule, update: Update) -> np.ndarray:
    decay = _decay(rule, update)
    return update.gradient - decay * update.gradient_point if decay else update.gradient


def _gradient_line(anatomy: Anatomy, update: Update, axis: int) -> str:
    """``g_x = \\partial_x f = 1.84``, with the noise, the sign and the look-ahead where there are such."""
    one = len(anatomy.position) == 1
    derivative = "f'" if one else rf"\partial_{AXES[axis]} f"
    if not np.array_equal(update.gradient_point, anatomy.position):
        derivative += rf"\left({_vector(update.gradient_point)}\right)"
    name = _indexed("g", axis, anatomy)
    exact, seen = float(update.exact_gradient[axis]), float(_undecayed_gradient(anatomy.rule, update)[axis])
    sign = "-" if anatomy.sign < 0.0 else ""
    signed = anatomy.sign * exact
    rounding = 1e-12 * abs(float(update.gradient[axis]) - seen)  # from taking the decay out again
    if seen == signed or abs(seen - signed) <= rounding:
        return rf"{name} = {sign}{derivative} = {latex_number(seen)}"
    noise = seen - signed
    joined = f"{latex_number(signed)} {'-' if noise < 0.0 else '+'} {latex_number(abs(noise))}"
    return rf"{name} = {sign}{derivative} + \text{{noise}} = {joined} = {latex_number(seen)}"


def _vector(values: np.ndarray) -> str:
    return r",\ ".join(latex_number(value) for value in values.tolist())


def _matrix(rows: list[list[float]]) -> str:
    return r"\begin{pmatrix}" + r" \\ ".join(" & ".join(map(latex_number, row)) for row in rows) + r"\end{pmatrix}"


def _column(values: np.ndarray) -> str:
    return _matrix([[value] for value in values.tolist()])


def _whole_vector_lines(anatomy: Anatomy, update: Update) -> tuple[str, ...]:
    """What a rule that sees all coordinates at once has seen, what it remembers of it, and where it goes."""
    rule, symbols, sign = anatomy.rule, rule_symbols(anatomy.rule), "-" if anatomy.sign < 0.0 else ""
    elsewhere = "" if np.array_equal(update.gradient_point, anatomy.position) else f"({_vector(update.gradient_point)})"
    lines = [rf"f{elsewhere} = {latex_number(update.loss)}"] if "loss" in rule.reads else []
    decayed = r" + \lambda x" if _decay(rule, update) else ""
    lines.append(rf"g = {sign}\nabla f{elsewhere}{decayed} = {_shaped(update.gradient, 'vector')}")
    if update.hessian is not None:
        lines.append(rf"H = {sign}\nabla^2 f = {_shaped(update.hessian, 'triangle')}")
    for name, values in update.state.items():
        lines.append(f"{symbols[name]} = {_shaped(values, rule.shapes.get(name, 'vector'))}")
    movement = update.position - anatomy.position
    names = "x" if len(movement) == 1 else r"\begin{pmatrix}x \\ y\end{pmatrix}"
    moved = rf"{_shaped(anatomy.position, 'vector')} + {_shaped(movement, 'vector')}"
    lines.append(rf"{names} \leftarrow {moved} = {_shaped(update.position, 'vector')}")
    return tuple(lines)


def _shaped(values: np.ndarray, shape: str) -> str:
    """Return a number, a column, or the symmetric matrix of which ``values`` are the upper triangle."""
    if len(values) == 1:
        return latex_number(float(values[0]))
    if shape == "vector":
        return _column(values)
    xx, xy, yy = values.tolist()
    return _matrix([[xx, xy], [xy, yy]])


def _newton_lines(anatomy: Anatomy, update: Update) -> tuple[str, ...]:
    """The update of Newton's method: the gradient, the Hessian, the step to the bottom of the local parabola."""
    assert update.hessian is not None
    rate = update.hyperparameters["learning_rate"]
    sign = "-" if anatomy.sign < 0.0 else ""
    place, target = anatomy.position, update.position
    if len(place) == 1:
        g, h = float(update.gradient[0]), float(update.hessian[0])
        text = f"{latex_number(place[0])} - {latex_number(rate)} \\cdot "
        quotient = rf"\frac{{{latex_number(g)}}}{{{latex_number(h)}}}"
        return (
            rf"g = {sign}f' = {latex_number(g)}",
            rf"H = {sign}f'' = {latex_number(h)}",
            rf"x \leftarrow {text}{quotient} = {latex_number(target[0])}",
        )
    xx, xy, yy = update.hessian.tolist()
    step = (place - target) / rate if rate else np.zeros_like(place)
    return (
        rf"g = {sign}\nabla f = {_column(update.gradient)}",
        rf"H = {sign}\nabla^2 f = {_matrix([[xx, xy], [xy, yy]])}",
        rf"d = H^{{-1}} g = {_column(step)}",
        rf"\begin{{pmatrix}}x \\ y\end{{pmatrix}} \leftarrow {_column(place)} - {latex_number(rate)}\, d"
        rf" = {_column(target)}",
    )
