"""What rules do with symmetric matrices: eigenvalues, the trust region, and the memories of quasi-Newton methods.

As in ``vectors``, a vector is a tuple, a matrix the tuple of its upper triangle, and compiled rules run the twins in
``lifted_vectors``.
"""

from __future__ import annotations

import math

from gradsim.core.optimizers.vectors import Triangle, Vector, add_scaled, dot, matrix_vector, norm, outer, scaled


def eigen_decomposition(matrix: Triangle) -> tuple[Vector, tuple[Vector, ...]]:
    """Return the eigenvalues, ascending, and their unit eigenvectors, for D = 1 or 2.

    By one rotation of Jacobi's, as in Golub & Van Loan 2013, algorithm 8.5.1: exact for diagonal matrices.
    """
    if len(matrix) == 1:
        return matrix, ((1.0,),)
    xx, xy, yy = matrix
    tau = (yy - xx) / (2.0 * xy) if xy != 0.0 else math.inf
    tangent = (1.0 if tau >= 0.0 else -1.0) / (abs(tau) + math.sqrt(1.0 + tau * tau))
    cosine = 1.0 / math.sqrt(1.0 + tangent * tangent)
    sine = tangent * cosine
    a, b = xx - tangent * xy, yy + tangent * xy
    along_a, along_b = (cosine, -sine), (sine, cosine)
    return ((a, b), (along_a, along_b)) if a <= b else ((b, a), (along_b, along_a))


def trust_region_step(gradient: Vector, hessian: Triangle, radius: float) -> Vector:
    """Return the p that minimises gᵀp + ½pᵀHp among all with ‖p‖ ≤ radius: Nocedal & Wright 2006, section 4.3.

    With eigenvalues λᵢ and components cᵢ of g, pᵢ = −cᵢ/(λᵢ − λ₁ + σ), where σ makes p as long as the radius, unless
    the whole Newton step fits in. It is found from below by Newton's method for 1/‖p‖ = 1/radius, concave in σ.
    """
    values, vectors = eigen_decomposition(hessian)
    step = scaled(0.0, gradient)
    if not radius > 0.0:
        return step
    lowest = values[0]
    sigma = max(lowest, 0.0)
    if lowest > 0.0:
        for k in range(len(values)):
            step = add_scaled(step, -dot(vectors[k], gradient) / values[k], vectors[k])
        if norm(step) <= radius:
            return step
    for k in range(len(values)):  # no component alone may be longer than the radius
        sigma = max(sigma, abs(dot(vectors[k], gradient)) / radius - (values[k] - lowest))
    for _ in range(100):
        squared, cubed = 0.0, 0.0
        for k in range(len(values)):
            component, shifted = dot(vectors[k], gradient), values[k] - lowest + sigma
            if component != 0.0:
                squared += component / shifted * (component / shifted)
                cubed += component / shifted * (component / shifted) / shifted
        longer = sigma + squared / cubed * (math.sqrt(squared) - radius) / radius if cubed > 0.0 else sigma
        if not longer > sigma:
            break
        sigma = longer
    step = scaled(0.0, gradient)
    for k in range(len(values)):
        component = dot(vectors[k], gradient)
        if component != 0.0:
            step = add_scaled(step, -component / (values[k] - lowest + sigma), vectors[k])
    missing = radius * radius - dot(step, step)
    if lowest < 0.0 and sigma == 0.0 and missing > 0.0:  # the slope does not say which way the lowest curvature leads
        step = add_scaled(step, math.sqrt(missing), vectors[0])
    return step


def pair_weight(s: Vector, y: Vector) -> float:
    """Return ρ = 1/yᵀs; 0 for a pair that is none, or so short that ρ would overflow."""
    curvature = dot(y, s)
    return 1.0 / curvature if abs(curvature) > 1e-290 else 0.0


def bfgs_update(inverse: Triangle, s: Vector, y: Vector) -> Triangle:
    """Return (I − ρsyᵀ) M (I − ρysᵀ) + ρssᵀ with ρ = 1/yᵀs, which takes y to s: Nocedal & Wright, equation 6.17."""
    rho = pair_weight(s, y)
    my = matrix_vector(inverse, y)
    return add_scaled(add_scaled(inverse, (1.0 + rho * dot(y, my)) * rho, outer(s, s)), -2.0 * rho, outer(s, my))


def two_loops(gradient: Vector, scale: float, steps: tuple[Vector, ...], changes: tuple[Vector, ...]) -> Vector:
    """Return the gradient times what five BFGS updates make of scale·I: Nocedal & Wright 2006, algorithm 7.4.

    ``steps`` s and ``changes`` y of the gradient begin with the newest; pairs of zeros change nothing.
    """
    rho1, rho2 = pair_weight(steps[0], changes[0]), pair_weight(steps[1], changes[1])
    rho3, rho4 = pair_weight(steps[2], changes[2]), pair_weight(steps[3], changes[3])
    rho5 = pair_weight(steps[4], changes[4])
    q = gradient
    a1 = dot(steps[0], q) * rho1
    q = add_scaled(q, -a1, changes[0])
    a2 = dot(steps[1], q) * rho2
    q = add_scaled(q, -a2, changes[1])
    a3 = dot(steps[2], q) * rho3
    q = add_scaled(q, -a3, changes[2])
    a4 = dot(steps[3], q) * rho4
    q = add_scaled(q, -a4, changes[3])
    a5 = dot(steps[4], q) * rho5
    q = add_scaled(q, -a5, changes[4])
    r = scaled(scale, q)
    r = add_scaled(r, a5 - dot(changes[4], r) * rho5, steps[4])
    r = add_scaled(r, a4 - dot(changes[3], r) * rho4, steps[3])
    r = add_scaled(r, a3 - dot(changes[2], r) * rho3, steps[2])
    r = add_scaled(r, a2 - dot(changes[1], r) * rho2, steps[1])
    return add_scaled(r, a1 - dot(changes[0], r) * rho1, steps[0])
