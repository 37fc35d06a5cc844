"""Type-setting: LaTeX as pictures, with brackets as high as what is in them and lines at even distances."""

from __future__ import annotations

import re
from functools import lru_cache

from PySide6.QtCore import QByteArray, QRectF
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

LINE_GAP = 0.3
LEAST_ASCENT, LEAST_DESCENT = 0.7, 0.22
"""Of a line, in heights of the text, like the gap: a line of low letters is as far from its neighbours as others."""

LONGEST_CONDITIONAL = 23
"""In characters; a longer line goes on below its condition, or the whole formula would have to shrink."""
COLON = r"\text{: }"

_FRACTION = re.compile(r"\\frac\{([^{}]*(?:\{[^{}]*\}[^{}]*)*)\}\{([^{}]*(?:\{[^{}]*\}[^{}]*)*)\}")
_SILENT = re.compile(r"\\(?:left|right|hat|bar|text|sqrt\b)|[{}_^ ]")
_COMMAND = re.compile(r"\\[A-Za-z]+")
_SIGN = re.compile(r"(^|= |\\leftarrow |,\\ |[({,] ?|& |\\\\ |\\text\{: \})- ?(?=[\w\\(])")
_TOKEN = re.compile(r"\\(?:left|right)\s*[()]|\\[A-Za-z]+|\\.|[(){}]")

WIDE_HAT, NARROW_HAT = "<mo>&#x00302;</mo>", "<mo>\u02c6</mo>"
"""The type-setter would stretch a hat over its letter and push the letter aside."""
NORM, UPRIGHT_NORM = "<mo>&#x02016;</mo>", '<mo stretchy="false">&#x02016;</mo>'
"""It would stretch the bars of a norm to the height of the highest fraction in the line."""


def visible_length(line: str) -> int:
    """Return about how many characters wide a line of LaTeX is: of a fraction, the wider part."""
    line = _FRACTION.sub(lambda match: max(match[1], match[2], key=len), line)
    return len(_COMMAND.sub("#", _SILENT.sub("", line)))


def break_conditionals(lines: tuple[str, ...]) -> tuple[str, ...]:
    """Return ``lines`` with what a long one does under a condition on a line of its own."""
    broken: list[str] = []
    for line in lines:
        condition, colon, rest = line.partition(COLON)
        if colon and visible_length(line) > LONGEST_CONDITIONAL:
            broken += [condition + r"\text{:}", r"\quad " + rest.lstrip()]
        else:
            broken.append(line)
    return tuple(broken)


def with_high_brackets(latex: str) -> str:
    """Return ``latex`` with round brackets that grow around fractions: plain ones are as high as a letter."""
    opened: list[tuple[int, int]] = []
    grown: set[int] = set()
    depth = 0
    for token in _TOKEN.finditer(latex):
        match token[0]:
            case "{":
                depth += 1
            case "}":
                depth -= 1
                opened = [each for each in opened if each[1] <= depth]
            case "(":
                opened.append((token.start(), depth))
            case ")" if opened and opened[-1][1] == depth:
                start, _ = opened.pop()
                if r"\frac" in latex[start : token.start()]:
                    grown |= {start, token.start()}
    ways = {"(": r"\left(", ")": r"\right)"}
    return "".join(ways[letter] if place in grown else letter for place, letter in enumerate(latex))


def with_close_signs(latex: str) -> str:
    """Return ``latex`` with a sign close to what it belongs to: an operator would stand as far from it as between two
    terms.
    """
    return _SIGN.sub(r"\1{-}", latex)


@lru_cache(maxsize=512)
def set_formula(latex: str, pixels: float, color: str) -> bytes:
    """Return ``latex`` as SVG, UTF-8; ``pixels`` is the size of its text. Takes about 10 ms: call it on a worker.

    Raises whatever the type-setter raises for what is not LaTeX: formulas are made by the program, not typed.
    """
    import ziamath  # loads in 0.15 s

    ziamath.config.svg2 = False  # Qt draws SVG 1.2
    mathml = ziamath.tex.tex2mml(with_high_brackets(with_close_signs(latex)), inline=False)
    for broken, whole in ((WIDE_HAT, NARROW_HAT), (NORM, UPRIGHT_NORM)):
        mathml = mathml.replace(broken, whole)
    return ziamath.Math(mathml.replace("<math ", f'<math mathcolor="{color}" ', 1), size=pixels).svg().encode()


def paint_formulas(lines: tuple[str, ...], pixels: float, color: str, ratio: float = 1.0) -> QImage:
    """Return the ``lines`` of LaTeX below each other on a transparent image with ``ratio`` device pixels per pixel."""
    pictures = [QSvgRenderer(QByteArray(set_formula(line, pixels, color))) for line in lines]
    least = QRectF(0.0, -LEAST_ASCENT * pixels, 0.0, (LEAST_ASCENT + LEAST_DESCENT) * pixels)  # about the line's foot
    boxes = [picture.viewBoxF() for picture in pictures]
    tops = [min(box.top(), least.top()) for box in boxes]
    heights = [max(box.bottom(), least.bottom()) - top for box, top in zip(boxes, tops, strict=True)]
    gap = LINE_GAP * pixels
    width = max((box.width() for box in boxes), default=1.0)
    height = sum(heights) + gap * max(0, len(boxes) - 1)
    image = QImage(
        max(1, round(width * ratio)), max(1, round(height * ratio)), QImage.Format.Format_ARGB32_Premultiplied
    )
    image.setDevicePixelRatio(ratio)
    image.fill(0)
    painter = QPainter(image)
    y = 0.0
    for picture, box, top, line_height in zip(pictures, boxes, tops, heights, strict=True):
        picture.render(painter, QRectF(0.0, y + box.top() - top, box.width(), box.height()))
        y += line_height + gap
    painter.end()
    return image
