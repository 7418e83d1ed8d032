"""Who measured, and on which screen: the parts of a stream's metadata beside its channels.

Written and read by the names of the XDF convention (``acquisition``); ``display`` is ours.
"""

from __future__ import annotations

from typing import Any

from gazeannotator.tracking.layouts import StreamDescription


def write(desc: Any, description: StreamDescription) -> None:  # noqa: ANN401 - pylsl's XMLElement
    """Append them to the ``desc`` element of a stream's info, as far as they are known."""
    sizes = {"px": description.screen_px, "mm": description.screen_mm}
    if any(sizes.values()):
        display = desc.append_child("display")
        for unit, size in sizes.items():
            for name, value in zip(("width", "height"), size or (), strict=False):
                display.append_child_value(f"{name}_{unit}", f"{value:g}")
    if description.acquisition:
        acquisition = desc.append_child("acquisition")
        for name, text in description.acquisition.items():
            acquisition.append_child_value(name, text)


def screen(desc: Any, unit: str) -> tuple[float, float] | None:  # noqa: ANN401
    """Read the size of the tracked display area in ``px`` or ``mm``; None where it is not told."""
    display = desc.child("display")
    try:
        return float(display.child_value(f"width_{unit}")), float(display.child_value(f"height_{unit}"))
    except ValueError:
        return None


def acquisition(desc: Any) -> dict[str, str]:  # noqa: ANN401
    """Read what the sender tells of its device; groups inside it are left out."""
    facts = {}
    element = desc.child("acquisition").first_child()
    while not element.empty():
        if element.child_value():
            facts[element.name()] = element.child_value()
        element = element.next_sibling()
    return facts
