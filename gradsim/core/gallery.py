"""The gallery: named surfaces with their formulas and the facts that are known about them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from gradsim.core.scene import Domain, FormulaSurface, ParameterSlider, Point


@dataclass(frozen=True, kw_only=True)
class GallerySurface:
    """A preset surface; the facts hold for ``parameters`` as given here.

    Attributes:
        name: identifier in snake_case.
        title: name for people.
        formula: as ``build_formula`` reads it.
        parameters: values of the formula's parameters.
        sliders: ranges of the parameters that leave the lesson standing; one for each.
        domain: box to show and to search.
        start: a usual start point.
        minima: known minima, the lowest first, each true to the last digit given; all of them in ``domain`` unless
            ``notes`` says otherwise.
        minimum_eigenvalues: ascending eigenvalues of the Hessian at the first minimum, to 1e-8 relative; empty where it
            does not exist.
        saddles: known saddles.
        maxima: known maxima.
        n_critical_points: how many critical points ``domain`` holds, None where a cusp makes that a matter of taste.
        source: where the surface comes from.
        lesson: what it teaches, in one line.
        notes: what else to know.
    """

    name: str
    title: str
    formula: str
    parameters: dict[str, float] = field(default_factory=dict)
    sliders: dict[str, ParameterSlider] = field(default_factory=dict)
    domain: Domain
    start: Point
    minima: tuple[Point, ...] = ()
    minimum_eigenvalues: tuple[float, ...] = ()
    saddles: tuple[Point, ...] = ()
    maxima: tuple[Point, ...] = ()
    n_critical_points: int | None = None
    source: str
    lesson: str
    notes: str = ""

    @property
    def surface(self) -> FormulaSurface:
        """The surface as a scene holds it."""
        return FormulaSurface(formula=self.formula, parameters=self.parameters)


def _mirrored(*points: tuple[float, float]) -> tuple[Point, ...]:
    """Return each point and its reflection through the origin."""
    return tuple(point for x, y in points for point in ((x, y), (-x, -y)))


_SURFACES = (
    GallerySurface(
        name="himmelblau",
        title="Himmelblau",
        formula="(x^2 + y - 11)^2 + (x + y^2 - 7)^2",
        domain=Domain(x=(-6.0, 6.0), y=(-6.0, 6.0)),
        start=(-0.5, -1.0),
        minima=(
            (3.0, 2.0),
            (-2.80511808695, 3.13131251825),
            (-3.77931025338, -3.28318599129),
            (3.58442834033, -1.84812652696),
        ),
        minimum_eigenvalues=(25.7157288, 82.2842712),
        saddles=(
            (3.38515418361, 0.0738518798377),
            (0.0866775045554, 2.88425470117),
            (-3.07302575076, -0.081353044288),
            (-0.127961346731, -1.95371498024),
        ),
        maxima=((-0.270844590667, -0.92303855648),),
        n_critical_points=9,
        source="D. M. Himmelblau, Applied Nonlinear Programming (1972)",
        lesson="Four equally deep minima: where an optimizer ends depends on its path, not only on its start.",
    ),
    GallerySurface(
        name="rosenbrock",
        title="Rosenbrock",
        formula="(a - x)^2 + b*(y - x^2)^2",
        parameters={"a": 1.0, "b": 100.0},
        sliders={"a": ParameterSlider(low=-1.5, high=1.5), "b": ParameterSlider(low=1.0, high=200.0)},
        domain=Domain(x=(-2.0, 2.0), y=(-1.0, 3.0)),
        start=(-1.2, 1.0),
        minima=((1.0, 1.0),),
        minimum_eigenvalues=(0.399360767, 1001.60063923),
        n_critical_points=1,
        source="H. H. Rosenbrock, The Computer Journal 3, 175 (1960)",
        lesson="Finding the curved valley is easy; following its nearly flat floor is what takes the steps.",
        notes="Gradient descent is stable at the minimum for learning rates below 0.001997.",
    ),
    GallerySurface(
        name="beale",
        title="Beale",
        formula="(1.5 - x + x*y)^2 + (2.25 - x + x*y^2)^2 + (2.625 - x + x*y^3)^2",
        domain=Domain(x=(-4.5, 4.5), y=(-4.5, 4.5)),
        start=(1.0, 1.5),
        minima=((3.0, 0.5),),
        minimum_eigenvalues=(0.301463647, 48.9797864),
        saddles=((0.0, 1.0), (0.100537937324, -2.644513585023)),
        n_critical_points=3,
        source="E. M. L. Beale, Technical Report 25, Statistical Techniques Research Group, Princeton (1958)",
        lesson="Steep walls around a flat plain: a learning rate that suits one of them fails on the other.",
    ),
    GallerySurface(
        name="six_hump_camel",
        title="Six-hump camel",
        formula="(4 - 2.1*x^2 + x^4/3)*x^2 + x*y + (4*y^2 - 4)*y^2",
        domain=Domain(x=(-3.0, 3.0), y=(-2.0, 2.0)),
        start=(1.3, -1.5),
        minima=_mirrored(
            (0.0898420131003, -0.712656403021),
            (1.70360671497, -0.796083568673),
            (1.60710475292, 0.568651454884),
        ),
        minimum_eigenvalues=(7.68225141, 16.4931952),
        saddles=(
            (0.0, 0.0),
            *_mirrored(
                (1.1092053368, -0.76826809251),
                (1.29607026717, 0.605084388039),
                (1.63806798419, 0.228674069044),
            ),
        ),
        maxima=_mirrored((1.23022987652, 0.162334584459)),
        n_critical_points=15,
        source="L. C. W. Dixon and G. P. Szegő, Towards Global Optimisation 2 (1978)",
        lesson="Six minima in three depths: a good start or noise decides whether the deepest is found.",
    ),
    GallerySurface(
        name="rastrigin",
        title="Rastrigin",
        formula="20 + x^2 + y^2 - 10*(cos(2*pi*x) + cos(2*pi*y))",
        domain=Domain(x=(-5.12, 5.12), y=(-5.12, 5.12)),
        start=(-2.0, 3.5),
        minima=((0.0, 0.0),),
        minimum_eigenvalues=(396.784176, 396.784176),
        n_critical_points=441,
        source="L. A. Rastrigin, Systems of Extremal Control (1974)",
        lesson="A bowl under an egg crate: local gradients say nothing about the bowl.",
        notes="Only the lowest of 121 minima is listed; there are 220 saddles and 100 maxima.",
    ),
    GallerySurface(
        name="ackley",
        title="Ackley",
        formula="20 + e - 20*exp(-0.2*sqrt((x^2 + y^2)/2)) - exp((cos(2*pi*x) + cos(2*pi*y))/2)",
        domain=Domain(x=(-5.0, 5.0), y=(-5.0, 5.0)),
        start=(-2.5, 3.4),
        minima=((0.0, 0.0),),
        source="D. H. Ackley, A Connectionist Machine for Genetic Hillclimbing (1987)",
        lesson="A funnel with ripples that ends in a cusp: the slope does not fade near the minimum, so steps must.",
        notes="The minimum at 0 is a cusp and has no Hessian; the other minima are not listed.",
    ),
    GallerySurface(
        name="saddle",
        title="Saddle",
        formula="x^2 - y^2",
        domain=Domain(x=(-1.5, 1.5), y=(-1.5, 1.5)),
        start=(1.2, 0.001),
        saddles=((0.0, 0.0),),
        n_critical_points=1,
        source="Y. Dauphin et al., Identifying and attacking the saddle point problem, NeurIPS 27 (2014)",
        lesson="Next to a saddle the gradient fades: methods that rescale each coordinate leave it first.",
        notes="Unbounded below: every optimizer leaves the domain in the end.",
    ),
    GallerySurface(
        name="ravine",
        title="Ravine",
        formula="(x^2 + k*y^2)/2",
        parameters={"k": 100.0},
        sliders={"k": ParameterSlider(low=1.0, high=200.0)},
        domain=Domain(x=(-3.0, 3.0), y=(-3.0, 3.0)),
        start=(-2.5, 1.0),
        minima=((0.0, 0.0),),
        minimum_eigenvalues=(1.0, 100.0),
        n_critical_points=1,
        source="G. Goh, Why Momentum Really Works, Distill (2017)",
        lesson="The condition number k rules gradient descent: it zigzags across the ravine and crawls along it.",
        notes="Gradient descent is stable for learning rates below 0.02; 2/101 is its best.",
    ),
    GallerySurface(
        name="styblinski_tang",
        title="Styblinski–Tang",
        formula="(x^4 - 16*x^2 + 5*x + y^4 - 16*y^2 + 5*y)/2",
        domain=Domain(x=(-5.0, 5.0), y=(-5.0, 5.0)),
        start=(0.5, 0.2),
        minima=tuple((x, y) for x in (-2.903534027771, 2.746802770991) for y in (-2.903534027771, 2.746802770991)),
        minimum_eigenvalues=(34.583059, 34.583059),
        saddles=tuple(
            point for x in (-2.903534027771, 2.746802770991) for point in ((x, 0.1567312567803), (0.1567312567803, x))
        ),
        maxima=((0.1567312567803, 0.1567312567803),),
        n_critical_points=9,
        source="M. A. Styblinski and T.-S. Tang, Neural Networks 3, 467 (1990)",
        lesson="In D dimensions only (2/3)^D of its critical points are minima: high up, saddles rule.",
    ),
    GallerySurface(
        name="two_wells",
        title="Two wells",
        formula="x^2 + y^2 - 2*exp(-((x - 1)^2 + y^2)/0.2) - 3*exp(-((x + 1)^2 + y^2)/0.2)",
        domain=Domain(x=(-2.0, 2.0), y=(-2.0, 2.0)),
        start=(0.75, 1.5),
        minima=((-0.936300634011, 0.0), (0.90531789916, 0.0)),
        minimum_eigenvalues=(30.2046506, 31.3974913),
        saddles=((0.0686024367081, 0.0),),
        n_critical_points=3,
        source="E. Dupont, Interactive Visualization of Optimization Algorithms in Deep Learning (2018)",
        lesson="Two wells in a bowl, one deeper: momentum may roll through the near one into the better one.",
    ),
    GallerySurface(
        name="double_well",
        title="Double well (1-D)",
        formula="(x^2 - 1)^2 - c*x",
        parameters={"c": 0.3},
        sliders={"c": ParameterSlider(low=-1.0, high=1.0)},
        domain=Domain(x=(-2.0, 2.0)),
        start=(-1.4,),
        minima=((1.035578714089,), (-0.9601495555191,)),
        minimum_eigenvalues=(8.8690793,),
        maxima=((-0.07542915856975,),),
        n_critical_points=3,
        source="S. H. Strogatz, Nonlinear Dynamics and Chaos (1994), tilted",
        lesson="Gradient descent stays in the first well; a heavy ball rolls over the hill into the better one.",
    ),
    GallerySurface(
        name="forrester",
        title="Forrester (1-D)",
        formula="(6*x - 2)^2*sin(12*x - 4)",
        domain=Domain(x=(0.0, 1.0)),
        start=(0.5,),
        minima=((0.7572487578419,), (0.1425891893247,)),
        minimum_eigenvalues=(1068.0081514,),
        maxima=((0.524077477342,),),
        n_critical_points=4,
        source="A. Forrester, A. Sóbester and A. Keane, Engineering Design via Surrogate Modelling (2008)",
        lesson="A shallow and a deep valley of very unlike curvature: what is stable in one diverges in the other.",
        notes="At x = 1/3 slope and curvature are both 0: a degenerate critical point that is no extremum.",
    ),
)

GALLERY: Mapping[str, GallerySurface] = MappingProxyType({surface.name: surface for surface in _SURFACES})
