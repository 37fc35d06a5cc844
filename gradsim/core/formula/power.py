"""Powers without libm calls, so that LLVM vectorises loops over them; the error is below 1 unit in the last place.

pow(x, y) = exp(y · log x) with a logarithm of some 65 correct bits, as the sum of two float64 (Dekker 1971): the error
of an exponent near 745 becomes that of the power. The logarithm is the series of 2·artanh((m - 1)/(m + 1)), its first
two terms in double arithmetic, after N. Shibata's SLEEF; the exceptions are those of IEEE 754 and of C's pow.
"""

from __future__ import annotations

import math

from gradsim.core.compiled import inlined
from gradsim.core.formula.vector_math import (
    LARGEST,
    LN2_HIGH,
    LN2_LOW,
    LOG2_E,
    ROUND,
    SIGN_BIT,
    bits_of,
    exp_remainder,
    float_of,
    fused_multiply_add,
    mantissa_and_exponent,
    scaled,
)

TWO_THIRDS, TWO_THIRDS_REST = 6.66666666666666629659e-01, 3.70074341541718828e-17
# 2/5 + 2/7 z + 2/9 z² + …, minimax for 0 ≤ z ≤ 0.02944 (Remez 1934): error below 2⁻⁵⁸.
A0, A1, A2, A3 = 0.4, 0.28571428571429375, 0.22222222221651683, 0.18181818336242392
A4, A5, A6, A7 = 0.15384594880772087, 0.1333480873074063, 0.11706137501962893, 0.11724129160880982
# Any |log x| but 0 is at least 2⁻⁵³, so that a larger exponent overflows or underflows like this one.
LARGEST_EXPONENT = 2.0**65
WHOLE_FROM, EVEN_FROM = 2.0**52, 2.0**53  # larger float64 have no fraction, or are even


@inlined
def power(x, y):  # type: ignore[no-untyped-def]
    """``x`` to the power ``y``, for every x and y; negative ``x`` have powers for whole ``y`` only, else nan."""
    result = _exp_of_product(y, *_log(abs(x)))
    size = abs(y)
    # Adding 2⁵² rounds to a whole number and leaves its parity in the lowest bit.
    shifted = size if size >= WHOLE_FROM else size + WHOLE_FROM
    whole = (size >= WHOLE_FROM) | (shifted - WHOLE_FROM == size)
    odd = whole & (size < EVEN_FROM) & ((bits_of(shifted) & 1) != 0)
    result = float_of(bits_of(result) ^ (bits_of(x) & (SIGN_BIT if odd else 0)))
    result = math.nan if (x < 0.0) & (x >= -LARGEST) & (not whole) else result
    return 1.0 if (y == 0.0) | (x == 1.0) else result


@inlined
def _log(a):  # type: ignore[no-untyped-def]
    """log(a) for a ≥ 0, and what it was rounded by."""
    fma = fused_multiply_add
    mantissa, k = mantissa_and_exponent(a)
    numerator = mantissa - 1.0
    denominator = mantissa + 1.0
    denominator_rest = mantissa - (denominator - 1.0)
    reciprocal = 1.0 / denominator
    s = numerator * reciprocal
    s_rest = fma(-s, denominator_rest, fma(-s, denominator, numerator)) * reciprocal
    z = s * s
    z_rest = fma(s, s, -z) + 2.0 * s * s_rest
    cube = s * z
    cube_rest = fma(s, z, -cube) + fma(s, z_rest, s_rest * z)
    second = cube * TWO_THIRDS
    second_rest = fma(cube, TWO_THIRDS, -second) + fma(cube, TWO_THIRDS_REST, cube_rest * TWO_THIRDS)
    others = fma(z, fma(z, fma(z, fma(z, fma(z, fma(z, fma(z, A7, A6), A5), A4), A3), A2), A1), A0)
    # From the largest to the smallest: k·ln 2, 2·s, the second term, all others.
    largest = k * LN2_HIGH
    total = largest + 2.0 * s
    rest = 2.0 * s - (total - largest)
    previous = total
    total = previous + second
    rest += second - (total - previous)
    fifth = (cube + cube_rest) * (z + z_rest)  # s⁵, where the errors of five factors would add up
    rest += fma(fifth, others, fma(k, LN2_LOW, fma(2.0, s_rest, second_rest)))
    result = total + rest
    rest -= result - total
    # Infinity and nan pass through.
    return -math.inf if a == 0.0 else (result if a <= LARGEST else a), rest


@inlined
def _exp_of_product(y, factor, factor_rest):  # type: ignore[no-untyped-def]
    """exp(y · (factor + factor_rest))."""
    fma = fused_multiply_add
    y = LARGEST_EXPONENT if y > LARGEST_EXPONENT else y
    y = -LARGEST_EXPONENT if y < -LARGEST_EXPONENT else y
    exact = y * factor
    rest = fma(y, factor, -exact) + y * factor_rest
    product = 711.0 if exact > 711.0 else exact
    product = -746.0 if product < -746.0 else product
    rest = rest if product == exact else 0.0
    shifted = fma(product, LOG2_E, ROUND)
    k = shifted - ROUND
    coarse = fma(k, -LN2_HIGH, product)  # exact
    correction = fma(k, -LN2_LOW, rest)
    r = coarse + correction
    r_rest = correction - (r - coarse)
    total = 1.0 + r
    total_rest = (r - (total - 1.0)) + fma(r * r, exp_remainder(r), r_rest)
    return scaled(total + total_rest, shifted, 0)
