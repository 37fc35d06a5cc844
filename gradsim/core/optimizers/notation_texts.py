"""Expressions as they are written: in plain text, and as LaTeX with their symbols filled in."""

from __future__ import annotations

from collections.abc import Mapping

from gradsim.core.optimizers.notation_tree import ACCENTS, BARS, GRADIENT, LOSS, Expression

_GREEK = "alpha beta gamma delta eta theta kappa lambda mu nu xi rho sigma tau varphi psi omega Delta"
_LETTERS = {
    **{rf"\{name}": letter for name, letter in zip(_GREEK.split(), "αβγδηθκλμνξρστφψωΔ", strict=True)},
    r"\varepsilon": "ε",
    r"\infty": "∞",
    GRADIENT: "∇f",
}
_RAISED = str.maketrans("0123456789+-tT", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ᵗᵀ")
_LOWERED = str.maketrans("0123456789+-aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ")


def plain(node: Expression) -> str:
    """Return ``node`` in plain text."""
    parts = node.parts
    match node.kind:
        case "number":
            return node.text
        case "symbol":
            accent, _, below = node.text.partition(" ")
            if accent in ACCENTS:
                return _LETTERS.get(below, below) + ACCENTS[accent]
            letter, _, index = node.text.partition("_")
            index = index.strip("{}")
            return _LETTERS.get(letter, letter) + _LETTERS.get(index, index).translate(_LOWERED)
        case "sum":
            return _joined(node, map(plain, parts), "−")
        case "product":
            return _plain_product(parts)
        case "fraction":
            return f"{_bracketed(parts[0], 'sum')}/{_bracketed(parts[1], 'sum', 'product', 'fraction')}"
        case "root":
            return "√" + _bracketed(parts[0], "sum", "product", "fraction", "power", "root")
        case "power":
            base = _bracketed(parts[0], "sum", "product", "fraction", "power", "root")
            exponent = plain(parts[1]).replace("−", "-").replace(" ", "")
            raised = exponent.translate(_RAISED)
            return base + (f"^({exponent})" if set(raised) & set(exponent) else raised)
        case "magnitude":
            bar = BARS[node.text][1]
            return f"{bar}{plain(parts[0])}{bar}{node.index.strip('_{}').translate(_LOWERED)}"
        case "inner":
            return f"⟨{plain(parts[0])}, {plain(parts[1])}⟩"
        case _:
            return f"{_function_name(node.text)}({', '.join(map(plain, parts))})"


def _plain_product(factors: tuple[Expression, ...]) -> str:
    result = ""
    for before, factor in zip((None, *factors), factors, strict=False):
        # What would run together or seem to stand below a fraction's bar is held apart.
        apart = before is not None and (
            {"fraction", "root"} & {before.kind, factor.kind}
            or (factor.kind == "call" and factor.text not in (GRADIENT, LOSS))
            or factor.kind == "number"
        )
        result += ("·" if apart else "") + _bracketed(factor, "sum")
    return result


def _bracketed(node: Expression, *kinds: str) -> str:
    return f"({plain(node)})" if node.kind in kinds else plain(node)


def _function_name(text: str) -> str:
    return _LETTERS.get(text) or text.removeprefix(r"\operatorname{").removesuffix("}").removeprefix("\\")


def _joined(node: Expression, texts: object, minus: str) -> str:
    first, *others = zip(node.signs, texts, strict=True)  # type: ignore[call-overload]
    return (
        (minus if first[0] == "-" else "") + first[1] + "".join(f" {s if s == '+' else minus} {t}" for s, t in others)
    )


def filled_latex(node: Expression, texts: Mapping[str, str]) -> str:
    """LaTeX with ``texts`` in place of symbols; numbers that would run together or carry a sign are held apart."""

    def write(part: Expression, *bracketed: str) -> str:
        text = filled_latex(part, texts)
        signed = text.startswith("-") and part.kind == "symbol"
        return rf"\left({text}\right)" if signed or part.kind in bracketed else text

    parts = node.parts
    match node.kind:
        case "number":
            return node.text
        case "symbol":
            return texts.get(node.text, node.text)
        case "sum":
            first = (
                filled_latex(parts[0], texts) if node.signs[0] == "+" else write(parts[0])
            )  # nothing stands before its sign
            return _joined(node, (first, *(write(part) for part in parts[1:])), "-")
        case "product":
            return r" \cdot ".join(write(part, "sum") for part in parts)
        case "fraction":
            return rf"\frac{{{filled_latex(parts[0], texts)}}}{{{filled_latex(parts[1], texts)}}}"
        case "root":
            return rf"\sqrt{{{filled_latex(parts[0], texts)}}}"
        case "power":
            base = write(parts[0], "sum", "product", "fraction", "power")
            if r"\cdot" in base and not base.startswith(r"\left"):  # a symbol filled with a power of ten
                base = rf"\left({base}\right)"
            return f"{base}^{{{filled_latex(parts[1], texts)}}}"
        case "magnitude":
            return rf"\left{node.text}{filled_latex(parts[0], texts)}\right{BARS[node.text][0]}{node.index}"
        case "inner":
            return rf"\left\langle {filled_latex(parts[0], texts)}, {filled_latex(parts[1], texts)} \right\rangle"
        case _:
            return rf"{node.text}\left({', '.join(filled_latex(part, texts) for part in parts)}\right)"
