"""From the clock of Tobii's library to the LSL clock."""

from __future__ import annotations

from collections.abc import Callable

from gazeannotator.samples import FloatArray
from gazeannotator.tracking.tobii.model import GazeSamples, Sdk

SAME_CLOCK_S = 0.01
TRIES = 5
# A look at the other clock that took longer says nothing: the process stood still meanwhile.
LONGEST_LOOK_S = 0.002


class SdkClock:
    """Maps system time stamps to `local_clock()`.

    Tobii's library and LSL both count with the system's monotonic clock, so as a rule the offset is
    exactly 0 and stamps stay as they are. Where the clocks differ, they are mapped by the measured offset.

    Attributes
    ----------
    offset_s : float
        To be added to a system time stamp.
    """

    def __init__(self, sdk: Sdk, local_clock: Callable[[], float]) -> None:
        self.offset_s = 0.0
        self._sdk = sdk
        self._local_clock = local_clock

    def check(self) -> bool:
        """Compare the clocks; True where they have come apart and the offset is another one from now on."""
        looks = []
        for _ in range(TRIES):
            before_s = self._local_clock()
            theirs_s = self._sdk.clock_us() / 1e6
            after_s = self._local_clock()
            looks.append((after_s - before_s, (before_s + after_s) / 2 - theirs_s))
        took_s, offset_s = min(looks)
        if took_s > LONGEST_LOOK_S or abs(offset_s - self.offset_s) <= SAME_CLOCK_S:
            return False
        self.offset_s = offset_s
        return True

    def stamps(self, samples: GazeSamples) -> FloatArray:
        """Give the samples' time stamps in `local_clock()` seconds, shape (n,)."""
        stamps: FloatArray = samples.system_us / 1e6
        return stamps + self.offset_s if self.offset_s else stamps
