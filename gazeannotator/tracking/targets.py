"""Where targets appear and in which order.

Places are tracker-normalised and keep a tenth of the screen from its edges. Those of a validation
are others than those of any calibration: at the calibrated points a tracker is at its best.
"""

from __future__ import annotations

import numpy as np

from gazeannotator.errors import BadInput
from gazeannotator.geometry import Placement, image_px_to_screen_px

Places = tuple[tuple[float, float], ...]

CENTRE = (0.5, 0.5)
_CORNERS: Places = ((0.1, 0.1), (0.9, 0.1), (0.1, 0.9), (0.9, 0.9))
_EDGES: Places = ((0.5, 0.1), (0.1, 0.5), (0.9, 0.5), (0.5, 0.9))
_INNER: Places = ((0.3, 0.3), (0.7, 0.3), (0.3, 0.7), (0.7, 0.7))

CALIBRATION: dict[int, Places] = {
    5: (CENTRE, *_CORNERS),
    9: (CENTRE, *_CORNERS, *_EDGES),
    13: (CENTRE, *_CORNERS, *_EDGES, *_INNER),
}
"""By the number of points."""

_CROSS: Places = ((0.2, 0.5), (0.5, 0.8), (0.8, 0.5), (0.5, 0.2))
"""Those of Titta."""

_NEAR_CENTRE = (0.4, 0.4)
_SQUARE: Places = ((0.2, 0.2), (0.8, 0.2), (0.2, 0.8), (0.8, 0.8))

VALIDATION: dict[int, Places] = {
    4: _CROSS,
    5: (*_CROSS, _NEAR_CENTRE),
    9: (*_CROSS, _NEAR_CENTRE, *_SQUARE),
}
"""By the number of points; only the nine carry a second-order correction."""


def places(of: dict[int, Places], count: int) -> Places:
    """Choose the places of a `CALIBRATION` or `VALIDATION` by their number.

    Raises
    ------
    BadInput
        There are none of this number.
    """
    if count not in of:
        numbers = ", ".join(str(number) for number in of)
        raise BadInput(f"There is no set of {count} targets.", f"Choose one of {numbers}.")
    return of[count]


def on_screen_px(where: Places, area: Placement) -> tuple[tuple[float, float], ...]:
    """Spread places over an area of the screen, in screen px."""
    # A place is a point of an image of one px that fills the area.
    return tuple((float(x), float(y)) for x, y in image_px_to_screen_px(np.array(where), area, (1, 1)))


def in_random_order(
    numbers: range | tuple[int, ...],
    seed: int,
    *,
    first: int | None = None,
    last_shown: int | None = None,
) -> tuple[int, ...]:
    """Shuffle the numbers of targets; none follows itself.

    Parameters
    ----------
    numbers : sequence of int
        Each once.
    seed : int
        Equal seeds give equal orders.
    first : int, optional
        The one to begin with, if it is among them.
    last_shown : int, optional
        The one that was shown before: the others come first, if there are any.
    """
    order = [int(number) for number in np.random.default_rng(seed).permutation(numbers)]
    if first in order:
        order.insert(0, order.pop(order.index(first)))
    elif len(order) > 1 and order[0] == last_shown:
        order.append(order.pop(0))
    return tuple(order)
