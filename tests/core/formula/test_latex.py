"""A formula set as mathematics says what was typed: the same value, the fewest brackets, nothing moved."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from latex_reader import LatexReader
from node_evaluator import evaluate_nodes

from gradsim.core.formula.graph import build_formula
from gradsim.core.formula.latex import formula_lines, name_latex, name_symbol
from gradsim.core.formula.vocabulary import FUNCTIONS
from gradsim.core.gallery import GALLERY

POINT = (0.37, 1.45)
PARAMETERS = {"a": 1.7, "b": 0.6, "alpha_1": 0.9, "rate": 2.3}
NAMES = {"x": POINT[0], "y": POINT[1], "a": 1.7, "b": 0.6, "alpha_{1}": 0.9, "rate": 2.3}


def typed_value(source: str) -> float:
    formula = build_formula(source)
    return evaluate_nodes(formula, POINT, PARAMETERS)[formula.value]


@pytest.mark.parametrize(
    ("typed", "latex"),
    [
        ("-x^2", "{-}x^{2}"),
        ("(-x)^2", "({-}x)^{2}"),
        ("a/(b*c)", r"\frac{a}{b c}"),
        ("a/b*c", r"\frac{a}{b} \, c"),
        ("a*b/c", r"\frac{a b}{c}"),
        ("-x/2", r"{-}\frac{x}{2}"),
        ("-(x + y)/2", r"{-}\frac{x + y}{2}"),
        ("x^y^2", "x^{y^{2}}"),
        ("(x^y)^2", "(x^{y})^{2}"),
        ("(x/y)^2", r"\left(\frac{x}{y}\right)^{2}"),
        ("x^(1/3)", "x^{1/3}"),
        ("1/(1 + 1/x)", r"\frac{1}{1 + 1/x}"),
        ("a-(b-c)", "a - (b - c)"),
        ("((a-b))-c", "a - b - c"),
        ("-(-x)", "{-}({-}x)"),
        ("a + -b", "a + ({-}b)"),
        ("sin(x)^2", r"\sin^{2}(x)"),
        ("sin(x)^-1", r"(\sin(x))^{{-}1}"),
        ("2*(x+1)", "2 (x + 1)"),
        ("a*(x+1)", r"a \, (x + 1)"),
        ("2*3*x", r"2 \cdot 3 x"),
        ("x*2", r"x \cdot 2"),
        ("2*(1/3)", r"2 \cdot \frac{1}{3}"),
        ("1e-3*x", "10^{-3} x"),
        ("2.50E+2*x", r"2.50 \cdot 10^{2} x"),
        ("sqrt(x + 1)^3", r"(\sqrt{x + 1})^{3}".replace("(", r"\left(").replace(")", r"\right)")),
        ("abs(x)^3", r"\left|x\right|^{3}"),
        ("exp(-x^2/2)", "e^{{-}x^{2}/2}"),
        ("exp(x + y)^2", "(e^{x + y})^{2}"),
        ("log(x) + ln(y) + atan(x)", r"\log(x) + \ln(y) + \arctan(x)"),
        ("max(x, y, -1)", r"\max(x, y, {-}1)"),
        ("x² · π ÷ y", r"\frac{x^{2} \pi}{y}"),
        ("sigma*rate", r"\sigma \, \mathrm{rate}"),
    ],
)
def test_hard_cases(typed: str, latex: str) -> None:
    assert formula_lines(typed) == (latex,)


@pytest.mark.parametrize(
    ("name", "latex"),
    [
        ("k", "k"),
        ("alpha", r"\alpha"),
        ("epsilon", r"\varepsilon"),
        ("Omega", r"\Omega"),
        ("lambda_", r"\lambda"),
        ("a1", "a_{1}"),
        ("beta_2", r"\beta_{2}"),
        ("x0", "x_{0}"),
        ("x_max", r"x_{\mathrm{max}}"),
        ("w_1_out", r"w_{1,\mathrm{out}}"),
        ("rate", r"\mathrm{rate}"),
        ("a1b", r"\mathrm{a1b}"),
    ],
)
def test_names_of_parameters(name: str, latex: str) -> None:
    assert name_latex(name) == latex


@pytest.mark.parametrize(
    ("name", "symbol"),
    [
        ("k", "k"),
        ("alpha", "α"),
        ("Omega", "Ω"),
        ("lambda_", "λ"),
        ("alpha_12", "α₁₂"),
        ("a1", "a₁"),
        ("x_max", "x_max"),
        ("rate", "rate"),
        ("rate2", "rate2"),
        ("a1b", "a1b"),
        ("a1_2", "a1_2"),
    ],
)
def test_names_of_parameters_in_plain_text(name: str, symbol: str) -> None:
    assert name_symbol(name) == symbol


OPERANDS = st.sampled_from(["x", "y", "a", "b", "2", "0.5", "1e-3", "3", "pi", "e", "alpha_1", "rate"])


def larger(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    operator = st.sampled_from(["+", "-", "*", "/", "^"])
    called = st.sampled_from([name for name, each in FUNCTIONS.items() if not each.variadic and each.n_arguments == 1])
    return st.one_of(
        st.builds(lambda a, o, b: f"{a}{o}{b}", parts, operator, parts),
        st.builds(lambda a: f"({a})", parts),
        st.builds(lambda a: f"-{a}", parts),
        st.builds(lambda f, a: f"{f}({a})", called, parts),
        st.builds(lambda f, a, b: f"{f}({a}, {b})", st.sampled_from(["min", "max"]), parts, parts),
    )


@given(st.recursive(OPERANDS, larger, max_leaves=12), st.sampled_from([6.0, 1e9]))
def test_latex_read_by_a_mathematician_has_the_value_that_was_typed(source: str, width: float) -> None:
    try:
        expected = typed_value(source)
    except Exception:  # not every chain of pieces is a formula: 9^9^9 is too large, 1/0 divides by zero
        return
    lines = formula_lines(source, width=width)
    try:
        value = LatexReader(" ".join(lines), NAMES).read()
    except (ValueError, OverflowError):  # no real number at this point
        return
    if not math.isfinite(value) or not math.isfinite(expected):
        return
    # What cancels has no digits to compare: sums of large terms are compared on the scale that they allow.
    assert value == pytest.approx(expected, rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("name", GALLERY)
def test_gallery_formulas_are_set_as_they_were_typed(name: str) -> None:
    source = GALLERY[name].formula
    parameters = {"a": 1.7, "b": 0.6, "c": 0.3, "k": 5.0}
    formula = build_formula(source)
    expected = evaluate_nodes(formula, POINT, parameters)[formula.value]
    latex = " ".join(formula_lines(source, width=30))
    assert LatexReader(latex, {**NAMES, **parameters}).read() == pytest.approx(expected, rel=1e-12)


def test_a_long_sum_is_broken_before_its_signs() -> None:
    lines = formula_lines(" + ".join(f"sin({i}*x)" for i in range(2, 9)), width=24)
    assert 2 < len(lines) < 7
    assert all(line.startswith(r"\quad +") for line in lines[1:])


def test_the_largest_formula_is_set_at_once() -> None:
    lines = formula_lines("+".join(["x^2"] * 600), width=36)
    assert sum(line.count("x^{2}") for line in lines) == 600
