"""Which package for Tobii trackers is installed, and finding and opening trackers with it.

They are imported here only, when they are needed: none is a dependency of ours, and Tobii's licence
is the user's to accept.
"""

from __future__ import annotations

import importlib
import importlib.util
from types import ModuleType

from gazeannotator.errors import TrackerError
from gazeannotator.tracking.tobii.model import HINT, Sdk, Tracker, TrackerInfo
from gazeannotator.tracking.tobii.research import ResearchSdk
from gazeannotator.tracking.tobii.titta import TittaSdk

LICENCE_URL = "https://go.tobii.com/tobii-pro-sdk-license-agreement"
INSTALL = 'pip install "gazeannotator[tobii]"'
FAST_HZ = 250.0
"""Above it TittaPy is taken where it is there too: tobii_research calls Python for each sample."""

# The first two have Tobii's library for the trackers of today in them, the last that for older ones.
_TODAY = ("tobii_research", "TittaPy_v2")
_OLDER = ("TittaPy_v1",)


def is_installed() -> bool:
    """Whether there is a package at all; imports none."""
    return any(importlib.util.find_spec(name) is not None for name in (*_TODAY, *_OLDER))


def load() -> list[Sdk]:
    """Import what is installed, in the order in which it is asked for trackers.

    Raises
    ------
    TrackerError
        None is installed, or none can be loaded.
    """
    sdks: list[Sdk] = []
    reasons: list[str] = []
    for name in (*_TODAY, *_OLDER):
        if importlib.util.find_spec(name) is None:
            continue
        try:
            module = importlib.import_module(name)
        except (ImportError, OSError) as error:
            reasons.append(f"{name} cannot be loaded ({str(error).splitlines()[0]})")
        else:
            sdks.append(_wrapped(module))
    if sdks:
        return sdks
    hint = f"Install one with: {INSTALL}. Tobii's licence allows non-commercial research only: {LICENCE_URL}"
    if reasons:
        raise TrackerError(f"{'; '.join(reasons)}.", hint)
    raise TrackerError("No package for Tobii eye trackers is installed.", hint)


def find_trackers(sdks: list[Sdk] | None = None) -> list[TrackerInfo]:
    """List the trackers that answer: those of today, and older ones where none of these does.

    Takes two to four seconds, in which TittaPy lets no other thread of Python run.

    Raises
    ------
    TrackerError
        No package is there, or it cannot search.
    """
    for each in _one_of_each_kind(load() if sdks is None else sdks):
        found = each.find()
        if found:
            return sorted(found, key=lambda info: (info.model, info.serial))
    return []


def open_tracker(address: str | None = None, rate_hz: float | None = None) -> tuple[Sdk, Tracker]:
    """Connect to a tracker and set its rate.

    Parameters
    ----------
    address : str or None
        As found; None takes the only tracker that there is.
    rate_hz : float or None
        None leaves the rate as it is.

    Raises
    ------
    TrackerError
        No package, no such tracker or several, or one that refuses the rate.
    """
    sdks = load()
    if address is None:
        address = _only(find_trackers(sdks)).address
    sdk, tracker = _opened(sdks, address)
    try:
        fast = (tracker.rate_hz() if rate_hz is None else rate_hz) > FAST_HZ
        buffered = [each for each in sdks if isinstance(each, TittaSdk) and each.name in _TODAY]
        if fast and sdk.name == "tobii_research" and buffered:
            tracker.close()
            sdk, tracker = buffered[0], buffered[0].open(address)
        if rate_hz is not None:
            tracker.set_rate(rate_hz)
    except TrackerError:
        tracker.close()
        raise
    return sdk, tracker


def _opened(sdks: list[Sdk], address: str) -> tuple[Sdk, Tracker]:
    errors: list[TrackerError] = []
    for each in _one_of_each_kind(sdks):
        try:
            return each, each.open(address)
        except TrackerError as error:
            errors.append(error)
    raise errors[0]


def _one_of_each_kind(sdks: list[Sdk]) -> list[Sdk]:
    """Leave out a second package for the same trackers."""
    kinds = ([each for each in sdks if each.name in names] for names in (_TODAY, _OLDER))
    return [kind[0] for kind in kinds if kind]


def _only(found: list[TrackerInfo]) -> TrackerInfo:
    if len(found) == 1:
        return found[0]
    if not found:
        raise TrackerError(
            "No Tobii eye tracker answers.",
            HINT,
        )
    listed = ", ".join(f"{each.called} at {each.address}" for each in found)
    raise TrackerError(f"{len(found)} Tobii eye trackers answer: {listed}.", "Name one with --address.")


def _wrapped(module: ModuleType) -> Sdk:
    return ResearchSdk(module) if module.__name__ == "tobii_research" else TittaSdk(module)
