"""The displayed formula of every rule says what its code does, in the symbols of its hyperparameters."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import assume, given, reject, settings
from hypothesis import strategies as st
from test_rules import METHODS, OPTIMIZERS, every_method

from gradsim.core.optimizers import HYPERPARAMETERS, Rule, rule_symbols
from gradsim.core.optimizers.notation import GRADIENT, LOSS_ELSEWHERE, parse_equation, plain_symbol

numbers = st.floats(-3.0, 3.0).map(lambda value: round(value, 3))
positive = st.floats(0.01, 3.0)
POSITIVE_STATE = {
    *("accumulator", "mean_square", "mean_square_step", "v", "v_max", "s", "n", "u"),
    *("weight_sum", "highest_rate", "distance"),
}


ON_A_LINE = {"I": 1.0, "T": 1.0}  # what the identity and transposition are to numbers
# What a probe notes down for the update, and the formula calls g and f.
NOTES = {"old_gradient", "old_loss", "too_short", "too_long"}
# Those with steps that no line can work out: the minimum of a parabola in a ball, and five updates of a matrix.
BEYOND_FORMULAS = {"trust_region", "lbfgs"}


def gradient(position: float) -> float:
    return 3.0 * position + 1.0


def loss(position: float) -> float:
    return 1.5 * position**2 + position + 5.0


def by_code(rule: Rule, known: dict[str, float]) -> tuple[float, ...]:
    """The new position and state of a particle with one coordinate, from the functions that are compiled."""

    def call(function: Callable[..., Any], **more: float) -> tuple[float, ...]:
        values = {**known, **more}
        if rule.whole_vector:
            numbers = (
                "loss",
                "probes",
                "step",
                *rule.defaults,
                *(s for s in rule.state if rule.shapes.get(s) == "scalar"),
            )
            values = {name: value if name in numbers else (value,) for name, value in values.items()}
        answer = function(**{name: values[name] for name in inspect.signature(function).parameters})
        answer = answer if isinstance(answer, tuple) and (rule.state or function is rule.probe) else (answer,)
        return tuple(each[0] if isinstance(each, tuple) else each for each in answer)

    decay = known["weight_decay"] if rule.couples_weight_decay else 0.0

    def seen(place: float) -> dict[str, float]:
        return {"gradient": gradient(place) + decay * place, "loss": loss(place)}

    place = known["position"]
    if rule.look_ahead is not None:
        (place,) = call(rule.look_ahead)
    for probes in range(rule.max_probes):
        asks, next_place, *state = call(rule.probe, **seen(place), probes=float(probes))
        known = {**known, **dict(zip(rule.state, state, strict=True))}
        if not asks:
            break
        place = next_place
    return call(rule.update, **seen(place))


def by_formula(rule: Rule, known: dict[str, float], found: dict[str, float]) -> tuple[float, ...]:
    """The same from the lines that are displayed; ``found`` is what a search within limits has found, by its symbol."""
    symbols = rule_symbols(rule)
    values = {symbols[name]: value for name, value in known.items()}
    values |= {"g": gradient(known["position"]), "f": loss(known["position"])}
    values |= {GRADIENT: gradient, LOSS_ELSEWHERE: loss, **ON_A_LINE}
    values |= {r"\lambda_1": known["hessian"], "v_1": 1.0} if "v_1" in " ".join(rule.latex) else {}
    for equation in rule.equations:
        if equation.words:
            continue
        if equation.condition is not None and equation.condition.word == "within":
            values[equation.target.text] = found[equation.target.text]
            assume(values[equation.target.text] < 100.0 * known["learning_rate"])  # beyond which no search goes
            assert equation.applies(values)
            continue
        made = 0
        while equation.applies(values) and (made == 0 or equation.repeats):
            values[equation.target.text] = equation.evaluate(values)
            made += 1
            assume(made < max(rule.max_probes, 2))  # where a search gives up, its formula would go on
    return tuple(values[symbol] for symbol in ("x", *(rule.symbols[name] for name in told(rule))))


def told(rule: Rule) -> tuple[str, ...]:
    """The state variables that lines of the formula are about."""
    return tuple(name for name in rule.state if name not in NOTES)


@pytest.mark.parametrize(("name", "convention"), [method for method in METHODS if method[0] not in BEYOND_FORMULAS])
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_the_formula_says_what_the_code_does(name: str, convention: str, data: st.DataObject) -> None:
    rule = OPTIMIZERS[name].rule(convention)
    known = {
        "position": data.draw(numbers),
        "hessian": data.draw(positive),
        "step": float(data.draw(st.integers(1, 9))),
    }
    known |= {state: data.draw(positive if state in POSITIVE_STATE else numbers) for state in rule.state}
    known |= {hyperparameter: data.draw(st.floats(0.01, 0.99)) for hyperparameter in rule.defaults}
    position, *state = by_code(rule, known)
    after = dict(zip(rule.state, state, strict=True))
    found = {rule.symbols[name]: value for name, value in after.items()}
    state = [after[name] for name in told(rule)]
    try:
        displayed = by_formula(rule, known, found)
    except ZeroDivisionError:
        reject()  # the code says what 0/0 is
    assert displayed == pytest.approx((position, *state), rel=1e-9, abs=1e-12)


@every_method
def test_every_hyperparameter_and_state_variable_stands_in_the_formula(name: str, convention: str) -> None:
    rule = OPTIMIZERS[name].rule(convention)
    text = " ".join(rule.latex)
    for hyperparameter in rule.defaults:
        assert re.search(re.escape(HYPERPARAMETERS[hyperparameter].latex) + r"(?![A-Za-z_])", text), hyperparameter
        assert HYPERPARAMETERS[hyperparameter].symbol in rule.formula
    assert set(rule.symbols) == set(rule.state)
    assert len(set(rule_symbols(rule).values())) == len(rule_symbols(rule))


@every_method
def test_initial_values_are_told(name: str, convention: str) -> None:
    rule = OPTIMIZERS[name].rule(convention)
    told = [(line.target.text, line.expression.text) for line in rule.equations if line.words]
    symbols = rule_symbols(rule)
    assert told == [(rule.symbols[state], symbols[at]) for state, at in rule.initial_state.items()]


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_formula_is_type_set(name: str) -> None:
    ziamath = pytest.importorskip("ziamath")
    for line in {line for rule in OPTIMIZERS[name].conventions.values() for line in rule.latex}:
        drawn = ziamath.Latex(line).svg()
        assert drawn.count("<path") + drawn.count("<use") >= 3, line


@pytest.mark.parametrize(
    ("latex", "plain"),
    [
        (r"x \leftarrow x - \eta g", "x ← x − ηg"),
        (r"v = \frac{a}{b c}", "v = a/(bc)"),
        (r"v = \frac{a + b}{c} d", "v = (a + b)/c·d"),
        (r"v = \sqrt{a} b", "v = √a·b"),
        (r"v = \sqrt{a b}", "v = √(ab)"),
        (r"v = -a + b^2", "v = −a + b²"),
        (r"v = (1 - \beta_1^t) \hat m", "v = (1 − β₁ᵗ)m̂"),
        (r"x \leftarrow x - \eta \operatorname{sign}(v)", "x ← x − η·sign(v)"),
        (r"x \leftarrow H^{-1} \nabla f(x - \mu v)", "x ← H⁻¹∇f(x − μv)"),
        (r"\text{at first } G = G_0", "at first G = G₀"),
        (r"x \leftarrow x - \eta \frac{f - f_{*}}{\lVert g \rVert^2} g", "x ← x − η·(f − f*)/‖g‖²·g"),
        (r"\text{if } s \ge 0\text{: } d \leftarrow -d", "if s ≥ 0: d ← −d"),
        (
            r"\text{while } f(x + \alpha p) > f_0 - c \alpha\text{: } \alpha \leftarrow \rho \alpha",
            "while f(x + αp) > f₀ − cα: α ← ρα",
        ),
        (r"\Delta \leftarrow \eta_{+} \Delta_{max}", "Δ ← η₊Δₘₐₓ"),
        (r"r \leftarrow r + w \langle g, x_0 - x \rangle", "r ← r + w⟨g, x₀ − x⟩"),
        (r"d = \frac{r}{\lVert s \rVert_1}", "d = r/‖s‖₁"),
        (r"\text{if } a > 0 \text{ and } b \le 1\text{: } v \leftarrow a", "if a > 0 and b ≤ 1: v ← a"),
        (r"M \leftarrow \frac{s s^T}{\langle y, s \rangle}", "M ← ssᵀ/⟨y, s⟩"),
        (r"v \leftarrow \rho v + \bar g^2", "v ← ρv + g\u0304²"),
        (r"q = \beta_1^{t + 1} + 0.96^{t \psi}", "q = β₁ᵗ⁺¹ + 0.96^(tψ)"),
        (r"u \leftarrow \max(\beta_2 u, \lvert g \rvert + \varepsilon)", "u ← max(β₂u, |g| + ε)"),
    ],
)
def test_plain_text_of_a_formula(latex: str, plain: str) -> None:
    assert parse_equation(latex).plain_text == plain


@pytest.mark.parametrize(
    "latex",
    [
        "x",
        r"x + y = z",
        r"x = \frac{a}",
        "x = (a",
        "x = a)",
        r"x = a +",
        r"x = a ? b",
        r"\text{if } s\text{: } x = a",
        "",
    ],
)
def test_what_is_no_equation_is_refused(latex: str) -> None:
    with pytest.raises(ValueError, match=re.escape(repr(latex))):
        parse_equation(latex)


def test_numbers_take_the_place_of_symbols() -> None:
    equation = parse_equation(r"x \leftarrow x - \eta \frac{\hat m}{\sqrt{\hat v} + \varepsilon}")
    filled = equation.fill({"x": "1.5", r"\eta": "0.1", r"\hat m": "-0.3", r"\hat v": "0.04"})
    assert filled == r"1.5 - 0.1 \cdot \frac{-0.3}{\sqrt{0.04} + \varepsilon}"
    assert parse_equation(r"d = \frac{r}{\lVert s \rVert_1} + \langle g, x \rangle").fill({"s": "4", "g": "-2"}) == (
        r"\frac{r}{\left\lVert4\right\rVert_1} + \left\langle -2, x \right\rangle"
    )
    assert parse_equation(r"x \leftarrow a - b^2 c").fill({"a": "1", "b": "-2", "c": "-3"}) == (
        r"1 - \left(-2\right)^{2} \cdot \left(-3\right)"
    )


def test_symbols_in_plain_text() -> None:
    assert plain_symbol(r"\beta_1") == "β₁"
    assert plain_symbol(r"\hat m") == "m̂"
