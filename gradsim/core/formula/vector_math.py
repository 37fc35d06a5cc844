"""Elementary functions without libm calls, so that LLVM vectorises loops over them (12 times faster).

Every function is branch-free over its main range: polynomial or rational approximations on a reduced argument, with
selections instead of branches. Where an argument is outside the range that a docstring names, the block kernels
recompute that one particle with libm, so that a particle's value never depends on its company.

Argument reduction after Cody and Waite with fused multiply-add; sine and cosine polynomials from FreeBSD's k_sin.c and
k_cos.c; the logarithm after e_log.c; tanh, sinh and atan from Moshier's Cephes library.
"""

from __future__ import annotations

import math
from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from gradsim.core.compiled import inlined

TRIGONOMETRIC_LIMIT = 2.0**30  # beyond it the three-part reduction loses digits
HYPERBOLIC_LIMIT = 709.0  # beyond it exp overflows before sinh and cosh do
SMALLEST_NORMAL = 2.0**-1022
LARGEST = 1.7976931348623157e308


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
TWO_OVER_PI = 2.0 / math.pi
HALF_PI_1 = float.fromhex("0x1.921fb54400000p+0")
HALF_PI_2 = float.fromhex("0x1.0b4611a600000p-34")
HALF_PI_3 = float.fromhex("0x1.3198a2e037073p-69")
S1, S2, S3 = -1.66666666666666324348e-01, 8.33333333332248946124e-03, -1.98412698298579493134e-04
S4, S5, S6 = 2.75573137070700676789e-06, -2.50507602534068634195e-08, 1.58969099521155010221e-10
C1, C2, C3 = 4.16666666666666019037e-02, -1.38888888888741095749e-03, 2.48015872894767294178e-05
C4, C5, C6 = -2.75573143513906633035e-07, 2.08757232129817482790e-09, -1.13596475577881948265e-11


@inlined
def _sine_and_cosine(x):  # type: ignore[no-untyped-def]
    fma = fused_multiply_add
    shifted = fma(x, TWO_OVER_PI, ROUND)
    quadrant = bits_of(shifted)
    k = shifted - ROUND
    r = fma(k, -HALF_PI_1, x)
    r = fma(k, -HALF_PI_2, r)
    r = fma(k, -HALF_PI_3, r)
    z = r * r
    sine = fma(r * z, fma(z, fma(z, fma(z, fma(z, fma(z, S6, S5), S4), S3), S2), S1), r)
    cosine = fma(z * z, fma(z, fma(z, fma(z, fma(z, fma(z, C6, C5), C4), C3), C2), C1), fma(z, -0.5, 1.0))
    odd = (quadrant & 1) != 0
    s = cosine if odd else sine
    c = sine if odd else cosine
    s = float_of(bits_of(s) ^ ((quadrant & 2) << 62))
    c = float_of(bits_of(c) ^ (((quadrant + 1) & 2) << 62))
    return s, c


@inlined
def sin(x):  # type: ignore[no-untyped-def]
    """Sine, for |x| < TRIGONOMETRIC_LIMIT."""
    return _sine_and_cosine(x)[0]


@inlined
def cos(x):  # type: ignore[no-untyped-def]
    """Cosine, for |x| < TRIGONOMETRIC_LIMIT."""
    return _sine_and_cosine(x)[1]


@inlined
def tan(x):  # type: ignore[no-untyped-def]
    """Tangent, for |x| < TRIGONOMETRIC_LIMIT."""
    s, c = _sine_and_cosine(x)
    return s / c


LOG2_E = 1.4426950408889634
LN2_HIGH, LN2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10
E2, E3, E4, E5, E6, E7, E8, E9, E10, E11, E12, E13 = (1.0 / math.factorial(n) for n in range(2, 14))


@inlined
def exp(x):  # type: ignore[no-untyped-def]
    """Exponential, for every x: 0 and inf where it underflows and overflows, nan for nan."""
    fma = fused_multiply_add
    y = 709.9 if x > 709.9 else x
    y = -746.0 if y < -746.0 else y
    shifted = fma(y, LOG2_E, ROUND)
    k = shifted - ROUND
    r = fma(k, -LN2_HIGH, y)
    r = fma(k, -LN2_LOW, r)
    p = fma(r, fma(r, fma(r, fma(r, fma(r, fma(r, E13, E12), E11), E10), E9), E8), E7)
    p = fma(r, fma(r, fma(r, fma(r, fma(r, p, E6), E5), E4), E3), E2)
    p = fma(r * r, p, r) + 1.0
    exponent = (bits_of(shifted) << 12) >> 12
    half = exponent >> 1  # two factors, because 2**exponent alone may not be representable
    p = p * float_of((half + 1023) << 52)
    return p * float_of((exponent - half + 1023) << 52)


L1, L2, L3, L4 = 6.666666666666735130e-01, 3.999999999940941908e-01, 2.857142874366239149e-01, 2.222219843214978396e-01
L5, L6, L7 = 1.818357216161805012e-01, 1.531383769920937332e-01, 1.479819860511658591e-01
SQRT_HALF_BITS = 0x3FE6A09E667F3BCD


@inlined
def log(x):  # type: ignore[no-untyped-def]
    """Natural logarithm, for SMALLEST_NORMAL ≤ x ≤ LARGEST."""
    bits = bits_of(x)
    shifted = bits - SQRT_HALF_BITS
    exponent = shifted >> 52
    f = float_of(bits - (exponent << 52)) - 1.0  # x = 2**exponent · (1 + f) with 1 + f in [√½, √2)
    k = exponent * 1.0
    s = f / (2.0 + f)
    z = s * s
    w = z * z
    t1 = w * (L2 + w * (L4 + w * L6))
    t2 = z * (L1 + w * (L3 + w * (L5 + w * L7)))
    half_square = 0.5 * f * f
    return k * LN2_HIGH - ((half_square - (s * (half_square + t1 + t2) + k * LN2_LOW)) - f)


@inlined
def tanh(x):  # type: ignore[no-untyped-def]
    """Hyperbolic tangent, for every x."""
    z = x * x
    p = (-9.64399179425052238628e-1 * z - 9.92877231001918586564e1) * z - 1.61468768441708447952e3
    q = ((z + 1.12811678491632931402e2) * z + 2.23548839060100448583e3) * z + 4.84406305325125486048e3
    small = x + x * z * (p / q)
    a = abs(x)
    large = 1.0 - 2.0 / (exp(2.0 * a) + 1.0)
    large = -large if x < 0.0 else large
    return small if a < 0.625 else large


@inlined
def sinh(x):  # type: ignore[no-untyped-def]
    """Hyperbolic sine, for |x| < HYPERBOLIC_LIMIT."""
    z = x * x
    p = (-7.89474443963537015605e-1 * z - 1.63725857525983828727e2) * z - 1.15614435765005216044e4
    p = p * z - 3.51754964808151394800e5
    q = ((z - 2.77711081420602794433e2) * z + 3.61578279834431989373e4) * z - 2.11052978884890840399e6
    small = x + x * z * (p / q)
    a = abs(x)
    e = exp(a)
    large = 0.5 * e - 0.5 / e
    large = -large if x < 0.0 else large
    return small if a < 1.0 else large


@inlined
def cosh(x):  # type: ignore[no-untyped-def]
    """Hyperbolic cosine, for |x| < HYPERBOLIC_LIMIT."""
    e = exp(abs(x))
    return 0.5 * e + 0.5 / e


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
    return -result if x < 0.0 else result
