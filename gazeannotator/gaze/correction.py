"""A correction of gaze that is systematically off, fitted on the points of a validation.

Off unless somebody chooses it; what is stored is always the raw gaze, with the correction beside it.

The correction of each axis is a polynomial of the gaze point, by least squares: of the second
order, x' = x + a₀ + a₁x + a₂y + a₃x² + a₄xy + a₅y², where at least six points are spread so that it is
determined, else of the first order (three points), else it is refused. A polynomial knows nothing
beyond its points: outside their convex hull a gaze point is corrected by as much as the nearest
point of the hull.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from gazeannotator.errors import BadInput
from gazeannotator.geometry import Screen, angle_deg, normalised_to_screen_px
from gazeannotator.samples import FloatArray, GazeChunk

Order = Literal[1, 2]

Coefficients = tuple[tuple[float, ...], tuple[float, ...]]

ORDERS: tuple[tuple[Order, int, float], ...] = ((2, 6, 30.0), (1, 3, 10.0))
"""What is tried in turn: order, terms (as many points are needed) and greatest condition number of the
design. Beyond that the points are too close together or too much in one line: of the nine validation
targets any eight pass for the second order, as does a grid over half of the screen."""


@dataclass(frozen=True)
class Correction:
    """How much to add to tracker-normalised gaze points.

    Attributes
    ----------
    order : {1, 2}
    coefficients : tuple of tuple of float, 2 × 3 or 2 × 6
        For x and y; terms 1, u, v (, u², uv, v²) with (u, v) = 2 (x, y) − 1.
    hull : tuple of tuple of float
        Corners of the convex hull of the fitted gaze points, tracker-normalised.
    before_deg, residual_deg, left_out_deg : tuple of float
        For each point the angle between gaze and target as it was, with the correction, and with a
        correction fitted without this point (NaN where the others determine none). Only the last
        tells what the correction is worth: with six points a second order fits any error.
    """

    order: Order
    coefficients: Coefficients
    hull: tuple[tuple[float, float], ...]
    before_deg: tuple[float, ...]
    residual_deg: tuple[float, ...]
    left_out_deg: tuple[float, ...]

    def apply(self, xy: FloatArray) -> FloatArray:
        """Correct tracker-normalised points, any shape (..., 2); NaN stays NaN."""
        points = np.asarray(xy, np.float64)
        inside = _nearest_in_hull(points.reshape(-1, 2), np.array(self.hull)).reshape(points.shape)
        return np.asarray(points + _added(inside, self.order, self.coefficients))

    def as_data(self) -> dict[str, Any]:
        """Return JSON types; what is not known is None."""
        return {
            "order": self.order,
            "coefficients": [list(axis) for axis in self.coefficients],
            "hull": [list(corner) for corner in self.hull],
            "before_deg": list(self.before_deg),
            "residual_deg": list(self.residual_deg),
            "left_out_deg": [None if math.isnan(each) else each for each in self.left_out_deg],
        }

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> Correction:
        """Read what `as_data` wrote.

        Raises
        ------
        KeyError, TypeError, ValueError
            It is something else.
        """
        x, y = data["coefficients"]
        return cls(
            order=data["order"],
            coefficients=(tuple(x), tuple(y)),
            hull=tuple((corner[0], corner[1]) for corner in data["hull"]),
            before_deg=tuple(data["before_deg"]),
            residual_deg=tuple(data["residual_deg"]),
            left_out_deg=tuple(math.nan if each is None else each for each in data["left_out_deg"]),
        )


def fit_correction(gaze: FloatArray, target: FloatArray, screen: Screen) -> Correction:
    """Fit a correction on points where somebody looked at known targets.

    Parameters
    ----------
    gaze, target : ndarray, shape (n, 2)
        Tracker-normalised: where the gaze was found, and where it should have been.
    screen : Screen
        For the angles.

    Raises
    ------
    BadInput
        There are too few points, or they are not spread well enough for a first order.
    """
    gaze, target = np.asarray(gaze, np.float64), np.asarray(target, np.float64)
    order, coefficients = _fitted(gaze, target)
    left_out = np.full(gaze.shape, np.nan)
    for point in range(len(gaze)):
        others = np.arange(len(gaze)) != point
        try:
            # The polynomial itself: held fast at the hull of the others it would hardly move a corner.
            left_out[point] = gaze[point] + _added(gaze[point], *_fitted(gaze[others], target[others]))
        except BadInput:
            continue
    return Correction(
        order=order,
        coefficients=coefficients,
        hull=_hull(gaze),
        before_deg=_angles(gaze, target, screen),
        residual_deg=_angles(gaze + _added(gaze, order, coefficients), target, screen),
        left_out_deg=_angles(left_out, target, screen),
    )


@dataclass(frozen=True)
class Corrections:
    """One correction for each eye."""

    left: Correction
    right: Correction

    def apply(self, chunk: GazeChunk) -> GazeChunk:
        """Correct the gaze points of some samples."""
        return replace(chunk, left=self.left.apply(chunk.left), right=self.right.apply(chunk.right))

    def as_data(self) -> dict[str, Any]:
        """Return JSON types."""
        return {"left": self.left.as_data(), "right": self.right.as_data()}

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> Corrections:
        """Read what `as_data` wrote.

        Raises
        ------
        KeyError, TypeError, ValueError
            It is something else.
        """
        return cls(Correction.from_data(data["left"]), Correction.from_data(data["right"]))


def _fitted(gaze: FloatArray, target: FloatArray) -> tuple[Order, Coefficients]:
    for order, needed, max_condition in ORDERS:
        design = _terms(gaze, order)
        if len(gaze) >= needed and np.linalg.cond(design) <= max_condition:
            x, y = np.linalg.lstsq(design, target - gaze, rcond=None)[0].T.tolist()
            return order, (tuple(x), tuple(y))
    raise BadInput(
        f"The gaze cannot be corrected by {len(gaze)} points: at least three are needed, not in one line "
        "and not close together.",
        "Validate with nine points, and repeat those at which no gaze was found.",
    )


def _added(xy: FloatArray, order: Order, coefficients: Coefficients) -> FloatArray:
    return np.asarray(_terms(xy, order) @ np.array(coefficients).T)


def _terms(xy: FloatArray, order: Order) -> FloatArray:
    u, v = np.moveaxis(2 * xy - 1, -1, 0)
    first = [np.ones_like(u), u, v]
    return np.stack(first if order == 1 else [*first, u * u, u * v, v * v], axis=-1)


def _angles(gaze: FloatArray, target: FloatArray, screen: Screen) -> tuple[float, ...]:
    gaze_px, target_px = (normalised_to_screen_px(xy, screen.size_px) for xy in (gaze, target))
    return tuple(angle_deg(gaze_px, target_px, screen).tolist())


def _hull(points: FloatArray) -> tuple[tuple[float, float], ...]:
    """Corners of the convex hull in their order around it (Andrew's monotone chain)."""
    ordered = sorted({(float(x), float(y)) for x, y in points})
    chains = []
    for way in (ordered, ordered[::-1]):
        chain: list[tuple[float, float]] = []
        for point in way:
            while len(chain) > 1 and _turn(chain[-2], chain[-1], point) <= 0:
                chain.pop()
            chain.append(point)
        chains += chain[:-1]
    return tuple(chains)


def _turn(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float]) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _nearest_in_hull(xy: FloatArray, hull: FloatArray) -> FloatArray:
    """Points inside stay, others go to the nearest point of the hull's edges, shape (n, 2)."""
    edge = np.roll(hull, -1, axis=0) - hull
    from_corner = xy[:, None] - hull
    outside = np.any(edge[:, 0] * from_corner[..., 1] - edge[:, 1] * from_corner[..., 0] < 0, axis=1)
    along = np.sum(from_corner * edge, axis=-1) / np.sum(edge**2, axis=-1)
    on_edges = hull + np.clip(along, 0, 1)[..., None] * edge
    nearest = np.argmin(np.sum((on_edges - xy[:, None]) ** 2, axis=-1), axis=1)
    return np.where(outside[:, None], on_edges[np.arange(len(xy)), nearest], xy)
