"""Sine, cosine and tangent without libm calls, with an error of less than 2 units in the last place.

Where ``has_short_reduction`` holds, ``sin``, ``cos`` and ``tan`` are branch-free, and loops over them vectorise.
Beyond, ``sin_of_huge`` and its like take more digits of 2/π: block kernels call them in a second pass, for those
particles alone, so that a particle's value never depends on its company.

Reduction after Cody and Waite (1980) with fused multiply-add, and after Payne and Hanek (1983, "Radian reduction for
trigonometric functions", ACM SIGNUM Newsletter 18); polynomials from FreeBSD msun's k_sin.c and k_cos.c; the rational
function for the tangent from Moshier's Cephes library (1989).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from gradsim.core.compiled import inlined
from gradsim.core.formula.vector_math import ROUND, SIGN_BIT, bits_of, float_of, fused_multiply_add

SHORT_REDUCTION_LIMIT = 2.0**30
TWO_OVER_PI = 2.0 / math.pi
# π/2 in three parts. With fused multiply-add, a - k·HALF_PI_1 is exact where k is the whole number nearest a·2/π: it is
# below 1, and a multiple of 2⁻⁵² or of a's last bit.
HALF_PI_1 = float.fromhex("0x1.921fb54442d18p+0")
HALF_PI_2 = float.fromhex("0x1.1a62633145c07p-54")
HALF_PI_3 = float.fromhex("-0x1.f1976b7ed8fbcp-110")

S1, S2, S3 = -1.66666666666666324348e-01, 8.33333333332248946124e-03, -1.98412698298579493134e-04
S4, S5, S6 = 2.75573137070700676789e-06, -2.50507602534068634195e-08, 1.58969099521155010221e-10
C1, C2, C3 = 4.16666666666666019037e-02, -1.38888888888741095749e-03, 2.48015872894767294178e-05
C4, C5, C6 = -2.75573143513906633035e-07, 2.08757232129817482790e-09, -1.13596475577881948265e-11
TP0, TP1, TP2 = -1.30936939181383734205e4, 1.15351664838587416140e6, -1.79565251976484877988e7
TQ1, TQ2 = 1.36812963470692954678e4, -1.32089234440210967447e6
TQ3, TQ4 = 2.50083801823357915839e7, -5.38695755929454629881e7


@inlined
def has_short_reduction(x):  # type: ignore[no-untyped-def]
    """Whether ``sin``, ``cos`` and ``tan`` hold for ``x``; false for infinities and nan."""
    return abs(x) < SHORT_REDUCTION_LIMIT


@inlined
def sin(x):  # type: ignore[no-untyped-def]
    """Sine, where ``has_short_reduction(x)``."""
    r, quadrant = _reduce(abs(x))
    return _sine(r, quadrant, x)


@inlined
def cos(x):  # type: ignore[no-untyped-def]
    """Cosine, where ``has_short_reduction(x)``."""
    r, quadrant = _reduce(abs(x))
    return _cosine(r, quadrant)


@inlined
def tan(x):  # type: ignore[no-untyped-def]
    """Tangent, where ``has_short_reduction(x)``."""
    fma = fused_multiply_add
    first, k, quadrant = _reduce_coarsely(abs(x))
    # Near a pole, what r is rounded by counts, so that it is kept: r + rest = |x| - k·π/2.
    product = k * HALF_PI_2
    product_rest = fma(k, HALF_PI_2, -product)
    r = first - product
    rest = fma(k, -HALF_PI_3, ((first - r) - product) - product_rest)
    return _tangent(r, rest, quadrant, x)


@inlined
def sin_of_huge(x):  # type: ignore[no-untyped-def]
    """Sine, for |x| ≥ 1; nan for infinities and nan."""
    r, _, quadrant = _reduce_huge(x)
    return _sine(r, quadrant, x)


@inlined
def cos_of_huge(x):  # type: ignore[no-untyped-def]
    """Cosine, for |x| ≥ 1; nan for infinities and nan."""
    r, _, quadrant = _reduce_huge(x)
    return _cosine(r, quadrant)


@inlined
def tan_of_huge(x):  # type: ignore[no-untyped-def]
    """Tangent, for |x| ≥ 1; nan for infinities and nan."""
    r, rest, quadrant = _reduce_huge(x)
    return _tangent(r, rest, quadrant, x)


@inlined
def _reduce_coarsely(a):  # type: ignore[no-untyped-def]
    """a - k·HALF_PI_1 without rounding, the whole number k nearest a·2/π, and its last bits."""
    shifted = fused_multiply_add(a, TWO_OVER_PI, ROUND)
    k = shifted - ROUND
    return fused_multiply_add(k, -HALF_PI_1, a), k, bits_of(shifted)


@inlined
def _reduce(a):  # type: ignore[no-untyped-def]
    """r in [-π/4, π/4], rounded once, and the last bits of k, with a = r + k·π/2."""
    r, k, quadrant = _reduce_coarsely(a)
    r = fused_multiply_add(k, -HALF_PI_2, r)
    return fused_multiply_add(k, -HALF_PI_3, r), quadrant


@inlined
def _sine_and_cosine(r):  # type: ignore[no-untyped-def]
    fma = fused_multiply_add
    z = r * r
    sine = fma(r * z, fma(z, fma(z, fma(z, fma(z, fma(z, S6, S5), S4), S3), S2), S1), r)
    cosine = fma(z * z, fma(z, fma(z, fma(z, fma(z, fma(z, C6, C5), C4), C3), C2), C1), fma(z, -0.5, 1.0))
    return sine, cosine


@inlined
def _sine(r, quadrant, x):  # type: ignore[no-untyped-def]
    """sin(r + quadrant·π/2) with the sign changed where ``x`` is negative."""
    sine, cosine = _sine_and_cosine(r)
    s = cosine if (quadrant & 1) != 0 else sine
    return float_of(bits_of(s) ^ ((quadrant & 2) << 62) ^ (bits_of(x) & SIGN_BIT))


@inlined
def _cosine(r, quadrant):  # type: ignore[no-untyped-def]
    """cos(r + quadrant·π/2)."""
    sine, cosine = _sine_and_cosine(r)
    c = sine if (quadrant & 1) != 0 else cosine
    return float_of(bits_of(c) ^ (((quadrant + 1) & 2) << 62))


@inlined
def _tangent(r, rest, quadrant, x):  # type: ignore[no-untyped-def]
    """tan(r + rest + quadrant·π/2) with the sign changed where ``x`` is negative."""
    fma = fused_multiply_add
    z = r * r
    p = fma(fma(TP0, z, TP1), z, TP2)
    q = fma(fma(fma(z + TQ1, z, TQ2), z, TQ3), z, TQ4)
    curved = r * (z * (p / q))
    t = r + curved
    curved = fma(rest, fma(t, t, 1.0), curved)  # the derivative of the tangent is 1 + tan²
    t = r + curved
    t_rest = curved - (t - r)
    cotangent = -1.0 / t  # and one Newton step, which takes the rest in
    cotangent = fma(cotangent, fma(cotangent, t_rest, fma(cotangent, t, 1.0)), cotangent)
    result = cotangent if (quadrant & 1) != 0 else t
    return float_of(bits_of(result) ^ (bits_of(x) & SIGN_BIT))


@intrinsic
def _high_product(typing_context: Any, a: Any, b: Any) -> Any:
    """The upper 64 bits of the product of two uint64."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        wide = ir.IntType(128)
        product = builder.mul(*(builder.zext(argument, wide) for argument in arguments))
        return builder.trunc(builder.lshr(product, ir.Constant(wide, 64)), ir.IntType(64))

    return types.uint64(types.uint64, types.uint64), generate


# 2/π: 64 zeros, then its first 1216 binary places, so that any exponent finds the 192 places that it needs.
TWO_OVER_PI_BITS = np.array(
    [
        *(0x0000000000000000, 0xA2F9836E4E441529, 0xFC2757D1F534DDC0, 0xDB6295993C439041, 0xFE5163ABDEBBC561),
        *(0xB7246E3A424DD2E0, 0x06492EEA09D1921C, 0xFE1DEB1CB129A73E, 0xE88235F52EBB4484, 0xE99C7026B45F7E41),
        *(0x3991D639835339F4, 0x9C845F8BBDF9283B, 0x1FF897FFDE05980F, 0xEF2F118B5A0A6D1F, 0x6D367ECF27CB09B7),
        *(0x4F463F669E5FEA2D, 0x7527BAC7EBE5F17B, 0x3D0739F78A5292EA, 0x6BFB5FB11F8D5D08, 0x56033046FC7B6BAB),
    ],
    dtype=np.uint64,
)
MANTISSA_BITS, LEADING_BIT, LOW_HALF = np.uint64(2**52 - 1), np.uint64(2**52), np.uint64(2**32 - 1)
U0, U1, U2, U6, U32, U62, U63 = (np.uint64(n) for n in (0, 1, 2, 6, 32, 62, 63))


@inlined
def _reduce_huge(x):  # type: ignore[no-untyped-def]
    """r in [-π/4, π/4], what it was rounded by, and k, with |x| = r + rest + k·π/2 up to multiples of 2π; |x| ≥ 1.

    Payne and Hanek: of |x|·2/π = m·2**e·2/π, digits of 2/π whose products are multiples of 4 do not count. From there
    on, 192 of them leave 2 bits for the quadrant, up to 62 zeros (no float64 comes closer to a multiple of π/2), more
    than 64 exact bits of the fraction, and 53 spoilt by the digits that follow.
    """
    bits = bits_of(x)
    exponent = (bits >> 52) & 0x7FF
    m = (np.uint64(bits) & MANTISSA_BITS) | LEADING_BIT
    place = np.uint64(max(exponent - 1013, 0))  # of the digit that weighs 2, as |x| = m · 2**(exponent - 1075)
    word, shift = place >> U6, place & U63
    spread = U63 - shift
    t0, t1 = TWO_OVER_PI_BITS[word], TWO_OVER_PI_BITS[word + U1]
    t2, t3 = TWO_OVER_PI_BITS[word + U2], TWO_OVER_PI_BITS[word + U1 + U2]
    w0 = (t0 << shift) | ((t1 >> U1) >> spread)
    w1 = (t1 << shift) | ((t2 >> U1) >> spread)
    w2 = (t2 << shift) | ((t3 >> U1) >> spread)
    p2 = m * w2
    carried = _high_product(m, w2)
    p1 = m * w1 + carried
    p0 = m * w0 + _high_product(m, w1) + (U1 if p1 < carried else U0)
    quadrant, high, low = p0 >> U62, (p0 << U2) | (p1 >> U62), (p1 << U2) | (p2 >> U62)
    above_half = high >> U63  # then the next multiple of π/2 is nearer
    mask = U0 - above_half
    high, low = high ^ mask, low ^ mask
    # 128 bits of the fraction as the sum of two float64.
    a, a_rest = _sum(np.float64(np.int64(high >> U32)) * 2.0**-32, np.float64(np.int64(high & LOW_HALF)) * 2.0**-64)
    b, b_rest = _sum(np.float64(np.int64(low >> U32)) * 2.0**-96, np.float64(np.int64(low & LOW_HALF)) * 2.0**-128)
    f, f_rest = _sum(a, b)
    f_rest += a_rest + b_rest
    r = f * HALF_PI_1
    rest = fused_multiply_add(f, HALF_PI_1, -r) + (f * HALF_PI_2 + f_rest * HALF_PI_1)
    sign = -1.0 if above_half == U1 else 1.0
    sign = sign if exponent < 0x7FF else math.nan
    r, rest = _sum(r * sign, rest * sign)
    return r, rest, np.int64(quadrant + above_half)


@inlined
def _sum(a, b):  # type: ignore[no-untyped-def]
    """The sum and what it was rounded by, for |a| ≥ |b| or a = 0 (Dekker 1971)."""
    total = a + b
    return total, b - (total - a)
