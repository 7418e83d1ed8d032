"""All streams that are known, by the name of their layout."""

from __future__ import annotations

from gazeannotator.tracking.senders.eyelink import EYELINK
from gazeannotator.tracking.senders.eyelogic import EYELOGIC
from gazeannotator.tracking.senders.eyetech import EYETECH
from gazeannotator.tracking.senders.gazepoint import GAZEPOINT, GAZEPOINT_BEST, GAZEPOINT_FULL
from gazeannotator.tracking.senders.own import PLAIN, SIMULATED, XDF_PIXELS
from gazeannotator.tracking.senders.scene_cameras import (
    PUPIL_CORE,
    PUPIL_NEON,
    PUPIL_RELAY,
    SMI_IVIEWNG,
    TOBII_GLASSES3,
)
from gazeannotator.tracking.senders.sender import Sender
from gazeannotator.tracking.senders.smi import SMI_IVIEWX, SMI_UDP
from gazeannotator.tracking.senders.titta import TITTA
from gazeannotator.tracking.senders.tobii import (
    TOBII_BRIDGE,
    TOBII_LEGACY,
    TOBII_PRO_APP,
    TOBII_STREAM_ENGINE,
)

SENDERS: dict[str, Sender] = {
    "tobii": TOBII_BRIDGE,
    "gazeannotator": SIMULATED,
    "tobii-pro-app": TOBII_PRO_APP,
    "titta": TITTA,
    "tobii-stream-engine": TOBII_STREAM_ENGINE,
    "tobii-legacy": TOBII_LEGACY,
    "eyelink": EYELINK,
    "eyelogic": EYELOGIC,
    "smi-iviewx": SMI_IVIEWX,
    "smi-udp": SMI_UDP,
    "eyetech": EYETECH,
    "gazepoint-full": GAZEPOINT_FULL,
    "gazepoint-best": GAZEPOINT_BEST,
    "gazepoint": GAZEPOINT,
    "xdf": XDF_PIXELS,
    "plain": PLAIN,
    "pupil-core": PUPIL_CORE,
    "pupil-relay": PUPIL_RELAY,
    "pupil-neon": PUPIL_NEON,
    "tobii-glasses3": TOBII_GLASSES3,
    "smi-iviewng": SMI_IVIEWNG,
}
"""``xdf`` and ``plain`` are no programs: examples of the convention in pixels, and of a stream that does
not describe itself."""

# Glasses may carry all channels of a tracker that stands at a screen.
IN_ORDER: tuple[tuple[str, Sender], ...] = tuple(
    sorted(SENDERS.items(), key=lambda each: not each[1].scene_camera)
)
"""The first of these that fits a stream is taken: of two senders with the same channels the one with more
of them stands first."""
