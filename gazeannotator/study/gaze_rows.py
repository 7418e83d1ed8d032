"""How gaze is kept in rows: packed samples, their hash chain, and the clock of their sender."""

from __future__ import annotations

import hashlib
import zlib
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from gazeannotator.samples import GazeChunk
from gazeannotator.study.journal import canonical_json

FloatArray = NDArray[np.float64]

CLOCK_RESET_S = 0.1
"""A change of the offset above this from one measurement to the next is a reset, not drift."""

SAME_CLOCK_S = 0.01
"""The LSL clocks of two machines are never as near, whatever their names: they count from their starts."""

_WITH_ORIGINS = b"\x01"
"""First byte of packed samples that hold the eyes' origins; a zlib stream begins with none such."""

_COLUMNS = {True: 15, False: 9}
"""With origins, and without, as the first version of the program wrote them."""


@dataclass(frozen=True)
class GazeRow:
    """One row of a session's gaze: some samples, or one measurement of the sender's clock.

    Attributes
    ----------
    kind : str
        ``samples`` or ``clock``.
    at_s : float
        `local_clock()` when the samples were received or the offset was measured.
    samples : int
        Number of samples, 0 for a clock row.
    data : bytes
        `packed` samples, or the offset as one little-endian float64.
    """

    session: str
    seq: int
    kind: str
    at_s: float
    samples: int
    data: bytes


@dataclass(frozen=True)
class PackedGaze:
    """What is to become a row: all of it but its place in the chain.

    Attributes
    ----------
    kind, at_s, samples, data
        As in `GazeRow`.
    first_s, last_s : float or None
        Earliest and latest raw stamp.
    """

    kind: str
    at_s: float
    samples: int
    data: bytes
    first_s: float | None = None
    last_s: float | None = None

    @classmethod
    def of_samples(cls, chunk: GazeChunk, received_s: float) -> PackedGaze:
        """Pack samples, at least one, which were received at that time of the local clock.

        Raises
        ------
        ValueError
            A sample has no stamp.
        """
        if not np.isfinite(chunk.time_s).all():
            raise ValueError("gaze samples without a time stamp")
        span = float(chunk.time_s.min()), float(chunk.time_s.max())
        return cls("samples", received_s, len(chunk), packed(chunk), *span)

    @classmethod
    def of_offset(cls, at_s: float, offset_s: float) -> PackedGaze:
        """Pack a measurement of the sender's clock.

        Raises
        ------
        ValueError
            It is no number.
        """
        if not np.isfinite(offset_s):
            raise ValueError("a clock offset that is no number")
        return cls("clock", at_s, 0, packed_offset(offset_s))


def gaze_hash(previous: str, row: GazeRow) -> str:
    """Hash a row onto the session's gaze chain, SHA-256 in hex, as `journal.chain_hash` does for entries."""
    head = canonical_json([row.session, row.seq, row.kind, row.at_s, row.samples])
    return hashlib.sha256(previous.encode() + head.encode() + b"\n" + row.data).hexdigest()


def packed(chunk: GazeChunk) -> bytes:
    """Pack samples without loss: zlib over little-endian float64, column by column."""
    known = not np.isnan(chunk.origin_mm).all()
    names = [field.name for field in fields(chunk) if known or field.name != "origin_mm"]
    columns = [getattr(chunk, name).reshape(len(chunk), -1).T for name in names]
    data = zlib.compress(np.concatenate(columns).astype("<f8").tobytes(), 1)
    return _WITH_ORIGINS + data if known else data


def unpacked(data: bytes) -> GazeChunk:
    """Unpack samples.

    Raises
    ------
    ValueError
        If the bytes are not what `packed` made.
    """
    known = data.startswith(_WITH_ORIGINS)
    try:
        table = zlib.decompress(data.removeprefix(_WITH_ORIGINS))
    except zlib.error as error:
        raise ValueError("gaze samples that cannot be unpacked") from error
    columns = np.frombuffer(table, "<f8").reshape(_COLUMNS[known], -1).astype(float)
    t, lx, ly, rx, ry, left_pupil, right_pupil, distance, sequence = columns[:9]
    left, right = np.column_stack((lx, ly)), np.column_stack((rx, ry))
    pupil_mm = np.column_stack((left_pupil, right_pupil))
    origin_mm = columns[9:].T.reshape(-1, 2, 3) if known else np.full((len(t), 2, 3), np.nan)
    return GazeChunk(t, left, right, pupil_mm, distance, sequence, origin_mm)


def packed_offset(offset_s: float) -> bytes:
    """Pack the clock offset of a clock row."""
    return np.array(offset_s, "<f8").tobytes()


def unpacked_offset(data: bytes) -> float:
    """Unpack the clock offset of a clock row."""
    return float(np.frombuffer(data, "<f8")[0])


def applied_offset(offset_s: FloatArray, same_machine: bool) -> FloatArray:
    """Tell what measured offsets are worth: within one machine, which has one clock, they are noise.

    Parameters
    ----------
    offset_s : ndarray
        As measured.
    same_machine : bool
        Whether sender and receiver run on one computer, by its name.

    Returns
    -------
    ndarray
        0 where it is one clock.
    """
    if not same_machine:
        return offset_s
    return np.where(np.abs(offset_s) < SAME_CLOCK_S, 0.0, offset_s)


class SenderClock:
    """From the sender's stamps to `local_clock()`, by the offsets that were measured meanwhile.

    Between two measurements the offset is interpolated, beyond the first and last it stays.
    Where the sender's clock was reset (it was restarted, or set), it is stepped: each sample
    then takes the side on which its corrected time agrees with when it was received.

    Parameters
    ----------
    at_s, offset_s : ndarray, shape (k,)
        When measured (`local_clock()`), and what is to be added to a raw stamp.
    """

    def __init__(self, at_s: FloatArray, offset_s: FloatArray) -> None:
        order = np.argsort(at_s, kind="stable")
        at_s, offset_s = at_s[order], offset_s[order]
        cuts = np.flatnonzero(np.abs(np.diff(offset_s)) > CLOCK_RESET_S) + 1
        self._at = np.split(at_s, cuts)
        self._offset = np.split(offset_s, cuts)

    def corrected(self, raw_s: FloatArray, received_s: float) -> FloatArray:
        """Correct the stamps of samples that were received together.

        Parameters
        ----------
        raw_s : ndarray, shape (n,)
        received_s : float
            `local_clock()` when the last of them had arrived.

        Returns
        -------
        ndarray, shape (n,)
        """
        if not self._at[0].size:
            return raw_s
        sides = [self._by(k, raw_s) for k in range(len(self._at)) if self._may_hold(k, received_s)]
        if len(sides) == 1:
            return sides[0]
        expected = received_s - _usual_step(raw_s) * np.arange(len(raw_s))[::-1]
        distance = np.abs(np.array(sides) - expected)
        return np.asarray(np.take_along_axis(np.array(sides), distance.argmin(axis=0)[None], axis=0)[0])

    def _by(self, segment: int, raw_s: FloatArray) -> FloatArray:
        at, offset = self._at[segment], self._offset[segment]
        return np.asarray(raw_s + np.interp(raw_s, at - offset, offset))

    def _may_hold(self, segment: int, received_s: float) -> bool:
        # A chunk that arrives just after a reset was seen may hold samples from before it.
        begins = self._at[segment - 1][-1] if segment > 0 else -np.inf
        ends = self._at[segment + 1][0] + 1.0 if segment + 1 < len(self._at) else np.inf
        return bool(begins < received_s <= ends)


def _usual_step(raw_s: FloatArray) -> float:
    """Time between samples, of stamps among which the clock may have been reset."""
    steps = np.abs(np.diff(raw_s))
    regular = steps[steps <= CLOCK_RESET_S]
    return float(np.median(regular)) if len(regular) else float(steps.min(initial=0.0))
