"""Elementary functions without libm calls, so that LLVM vectorises loops over them (12 times faster).

Every function is branch-free: polynomial or rational approximations on a reduced argument, and selections instead of
branches. Each holds for all of float64 (zeros with their signs, subnormal numbers, infinities, nan) with an error of
less than 2 units in the last place, so that no second pass is needed and a particle's value never depends on its
company. Sine, cosine and tangent are in ``trigonometry``, powers in ``power``.

Argument reduction after Cody and Waite (1980) with fused multiply-add; the logarithm after FreeBSD msun's e_log.c;
tanh, sinh and atan from Moshier's Cephes library (1989).
"""

from __future__ import annotations

import math
from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from gradsim.core.compiled import inlined

SMALLEST_NORMAL = 2.0**-1022
LARGEST = 1.7976931348623157e308
SIGN_BIT = -(2**63)


@intrinsic
def fused_multiply_add(typing_context: Any, a: Any, b: Any, c: Any) -> Any:
    """``a * b + c`` with one rounding."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        double = ir.DoubleType()
        function = builder.module.globals.get("llvm.fma.f64") or ir.Function(
            builder.module, ir.FunctionType(double, [double] * 3), "llvm.fma.f64"
        )
        return builder.call(function, arguments)

    return types.float64(types.float64, types.float64, types.float64), generate


@intrinsic
def bits_of(typing_context: Any, value: Any) -> Any:
    """The bit pattern of a float64 as an int64."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.bitcast(arguments[0], ir.IntType(64))

    return types.int64(types.float64), generate


@intrinsic
def float_of(typing_context: Any, bits: Any) -> Any:
    """The float64 with the bit pattern of an int64."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.bitcast(arguments[0], ir.DoubleType())

    return types.float64(types.int64), generate


# Adding and subtracting 1.5·2⁵² rounds to the nearest integer and leaves that integer in the low bits.
ROUND = 3.0 * 2.0**51
LOG2_E = 1.4426950408889634
# ln 2 in two parts; the first has 32 bits, so that its products with exponents are exact.
LN2_HIGH, LN2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10
E2, E3, E4, E5, E6, E7, E8, E9, E10, E11, E12, E13 = (1.0 / math.factorial(n) for n in range(2, 14))


@inlined
def with_sign_of(x, magnitude):  # type: ignore[no-untyped-def]
    """``magnitude``, which is not negative, with the sign of ``x``: odd functions keep that of zeros."""
    return float_of(bits_of(magnitude) | (bits_of(x) & SIGN_BIT))


@inlined
def exp_remainder(r):  # type: ignore[no-untyped-def]
    """(exp(r) - 1 - r) / r², |r| < 0.35: the Taylor series in pairs, which wait less for each other (Estrin 1960)."""
    fma = fused_multiply_add
    z = r * r
    w = z * z
    p1 = fma(z, fma(r, E5, E4), fma(r, E3, E2))
    p2 = fma(z, fma(r, E9, E8), fma(r, E7, E6))
    p3 = fma(z, fma(r, E13, E12), fma(r, E11, E10))
    return fma(w, fma(w, p3, p2), p1)


@inlined
def scaled(x, shifted, extra):  # type: ignore[no-untyped-def]
    """``x`` · 2**(k + extra) with ``shifted`` = k + ROUND, |k| < 2000, rounded once where the result is subnormal."""
    exponent = bits_of(shifted)  # only its low bits matter: the shifts below drop the others
    half = exponent >> 1  # two factors, because 2**exponent alone may not be representable
    x = x * float_of((half + 1023) << 52)
    return x * float_of((exponent - half + 1023 + extra) << 52)


@inlined
def _exp_times_power_of_two(x, extra):  # type: ignore[no-untyped-def]
    """exp(x) · 2**extra for x ≥ -746 and extra = 0 or -1, also where exp(x) alone would overflow."""
    fma = fused_multiply_add
    y = 711.0 if x > 711.0 else x
    shifted = fma(y, LOG2_E, ROUND)
    k = shifted - ROUND
    r = fma(k, -LN2_HIGH, y)
    r = fma(k, -LN2_LOW, r)
    return scaled(fma(r * r, exp_remainder(r), r) + 1.0, shifted, extra)


@inlined
def exp(x):  # type: ignore[no-untyped-def]
    """Exponential, for every x: 0 and inf where it underflows and overflows, nan for nan."""
    return _exp_times_power_of_two(-746.0 if x < -746.0 else x, 0)


L1, L2, L3, L4 = 6.666666666666735130e-01, 3.999999999940941908e-01, 2.857142874366239149e-01, 2.222219843214978396e-01
L5, L6, L7 = 1.818357216161805012e-01, 1.531383769920937332e-01, 1.479819860511658591e-01
SQRT_HALF_BITS = 0x3FE6A09E667F3BCD
SUBNORMAL_SHIFT = 54  # binary places that make every subnormal number normal


@inlined
def mantissa_and_exponent(x):  # type: ignore[no-untyped-def]
    """m in [√½, √2) and the whole number k with x = m · 2**k, both float64, for positive finite x."""
    subnormal = x < SMALLEST_NORMAL
    bits = bits_of(x * 2.0**SUBNORMAL_SHIFT if subnormal else x)
    exponent = (bits - SQRT_HALF_BITS) >> 52
    k = exponent * 1.0 - (1.0 * SUBNORMAL_SHIFT if subnormal else 0.0)
    return float_of(bits - (exponent << 52)), k


@inlined
def log(x):  # type: ignore[no-untyped-def]
    """Natural logarithm, for every x: -inf for both zeros, nan for negative numbers."""
    fma = fused_multiply_add
    mantissa, k = mantissa_and_exponent(x)
    k = k if x <= LARGEST else x  # as k·ln 2 is part of the sum, exceptions pass through k
    k = math.nan if x < 0.0 else k
    k = -math.inf if x == 0.0 else k
    f = mantissa - 1.0
    s = f / (2.0 + f)
    z = s * s
    w = z * z
    t1 = w * fma(w, fma(w, L6, L4), L2)
    t = fma(z, fma(w, fma(w, fma(w, L7, L5), L3), L1), t1)
    half_square = 0.5 * f * f
    return fma(k, LN2_HIGH, f - (half_square - fma(s, half_square + t, k * LN2_LOW)))


@inlined
def tanh(x):  # type: ignore[no-untyped-def]
    """Hyperbolic tangent, for every x."""
    a = abs(x)
    z = a * a
    p = (-9.64399179425052238628e-1 * z - 9.92877231001918586564e1) * z - 1.61468768441708447952e3
    q = ((z + 1.12811678491632931402e2) * z + 2.23548839060100448583e3) * z + 4.84406305325125486048e3
    small = a + a * z * (p / q)
    large = 1.0 - 2.0 / (exp(2.0 * a) + 1.0)
    return with_sign_of(x, small if a < 0.625 else large)


@inlined
def sinh(x):  # type: ignore[no-untyped-def]
    """Hyperbolic sine, for every x; ±inf where it overflows, beyond 710.47."""
    a = abs(x)
    z = a * a
    p = (-7.89474443963537015605e-1 * z - 1.63725857525983828727e2) * z - 1.15614435765005216044e4
    p = p * z - 3.51754964808151394800e5
    q = ((z - 2.77711081420602794433e2) * z + 3.61578279834431989373e4) * z - 2.11052978884890840399e6
    small = a + a * z * (p / q)
    half_exp = _exp_times_power_of_two(a, -1)  # exp itself overflows before sinh does
    large = half_exp - 0.25 / half_exp
    return with_sign_of(x, small if a < 1.0 else large)


@inlined
def cosh(x):  # type: ignore[no-untyped-def]
    """Hyperbolic cosine, for every x; inf where it overflows, beyond 710.47."""
    half_exp = _exp_times_power_of_two(abs(x), -1)  # exp itself overflows before cosh does
    return half_exp + 0.25 / half_exp


@inlined
def atan(x):  # type: ignore[no-untyped-def]
    """Inverse tangent, for every x."""
    a = abs(x)
    far = a > 2.41421356237309504880
    middle = a > 0.66
    reduced = -1.0 / a if far else ((a - 1.0) / (a + 1.0) if middle else a)
    offset = math.pi / 2 if far else (math.pi / 4 if middle else 0.0)
    correction = 6.123233995736765886130e-17 if far else (3.061616997868382943065e-17 if middle else 0.0)
    z = reduced * reduced
    p = (-8.750608600031904122785e-1 * z - 1.615753718733365076637e1) * z - 7.500855792314704667340e1
    p = (p * z - 1.228866684490136173410e2) * z - 6.485021904942025371773e1
    q = ((z + 2.485846490142306297962e1) * z + 1.650270098316988542046e2) * z + 4.328810604912902668951e2
    q = (q * z + 4.853903996359136964868e2) * z + 1.945506571482613964425e2
    result = offset + ((reduced * (z * p / q) + correction) + reduced)
    return with_sign_of(x, result)
