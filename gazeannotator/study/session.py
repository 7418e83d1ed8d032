"""A reading session: what the reading window says, as rows of the store and markers.

No Qt and no LSL here: the window calls these methods with the stamps of what was seen and
pressed. Every method writes to the store first, then publishes the row. If the store fails
nothing has changed, and the same call may be repeated.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime, timezone
from importlib.metadata import version
from typing import Any

from gazeannotator.errors import BadInput
from gazeannotator.geometry import Placement, Screen
from gazeannotator.study.model import Confidence, Entry, GazeStream, OnsetMethod, Session
from gazeannotator.study.reading_list import answered, reading_order, to_repeat
from gazeannotator.study.session_tracker import TrackerJournal, unpublished
from gazeannotator.study.store import Store


class ReadingSession(TrackerJournal):
    """One sitting of one reader; make it with `ReadingSession.start`, finish it with `end`.

    Attributes
    ----------
    protocol : Protocol
        As it was at the start: a session goes on as it began, also where the study's is changed.
    """

    def __init__(
        self, store: Store, session: Session, publish: Callable[[Entry], None], held_lock: ExitStack
    ) -> None:
        super().__init__(store, session, publish)
        self.protocol = store.protocol
        self._held_lock = held_lock
        self._sizes = {each.id: each.size_px for each in store.images()}
        self._order = reading_order(self._sizes, store.id, session.reader, self.protocol)
        readings = [each for each in store.readings() if each.reader == session.reader]
        self._answered = answered(readings, session.reader)
        # An image comes again for its quality once, in whatever session.
        self._offered_again = {each.image for each in readings if each.reason == "quality"}
        self._to_repeat = {
            image: None for image in to_repeat(self._order, readings, session.reader, self.protocol)
        }
        self._again: str | None = None
        # The last reading whose image was shown: still on screen, answered already, both or neither.
        self._image: str | None = None
        self._reading: str | None = None
        self._on_screen = False
        self._open = False
        self._flagged = False

    @classmethod
    def start(
        cls,
        store: Store,
        reader: str,
        screen: Screen,
        gaze_stream: GazeStream | None,
        simulated: bool,
        clock: Callable[[], float],
        publish: Callable[[Entry], None] = unpublished,
        *,
        session_id: str | None = None,
        onset_correction_s: float = 0.0,
        extra: dict[str, Any] | None = None,
    ) -> ReadingSession:
        """Begin a session, for a reader who is then locked against other windows.

        Parameters
        ----------
        gaze_stream : GazeStream or None
            None where nothing is recorded.
        clock : callable
            `local_clock()`.
        publish : callable, optional
            Called with every row once it is on disk; sends the marker.
        session_id : str, optional
            UUID that was chosen before, because the marker stream is announced under it.
        onset_correction_s : float
            Measured delay between stamp and light.
        extra : dict, optional
            Further data of ``session_started``.

        Raises
        ------
        BadInput
            If the study has no such reader.
        UserError
            If the reader is already reading in another window.
        StorageError
        """
        if reader not in {each.code for each in store.readers()}:
            raise BadInput(f"The study has no reader {reader}.", "Add the reader first.")
        session = Session(
            id=session_id or str(uuid.uuid4()),
            reader=reader,
            started_utc=datetime.now(timezone.utc).isoformat(timespec="milliseconds"),
            started_s=clock(),
            software=f"GazeAnnotator {version('gazeannotator')}",
            screen=screen,
            gaze_stream=gaze_stream,
            simulated=simulated,
            onset_correction_s=onset_correction_s,
        )
        with ExitStack() as stack:
            stack.enter_context(store.reader_lock(reader))
            entry = store.start_session(session, extra)
            reading_session = cls(store, session, publish, stack.pop_all())
        publish(entry)
        return reading_session

    @property
    def progress(self) -> tuple[int, int]:
        """Images that the reader has answered, in all sessions, and images in all."""
        return (sum(image in self._answered for image in self._order), len(self._order))

    @property
    def to_repeat(self) -> int:
        """Images that are offered again at the end, because their gaze was not good enough."""
        return len(self._to_repeat)

    @property
    def repeats(self) -> bool:
        """Whether the next image is one that is offered again."""
        return self._again is None and self.next_image() in self._to_repeat

    @property
    def reading(self) -> str | None:
        """Id of the reading that waits for its answer, if there is one."""
        return self._reading if self._open else None

    @property
    def flagged(self) -> bool:
        """Whether the last shown reading is flagged."""
        return self._flagged

    def next_image(self) -> str | None:
        """Return the image to show next, None when all are answered.

        That is the image to which `back` went, until it is answered, else the first without
        an answer: an interrupted one comes again. At the end come those whose gaze was not
        good enough, once, where the protocol says so.
        """
        if self._again is not None:
            return self._again
        first = next((image for image in self._order if image not in self._answered), None)
        return first if first is not None else next(iter(self._to_repeat), None)

    def show(
        self, image: str, placement: Placement, onset_s: float, method: OnsetMethod, start: str | None = None
    ) -> str:
        """Note that an image has appeared.

        Parameters
        ----------
        placement : Placement
            Where, in screen px.
        onset_s : float
            Stamp of the frame that showed it.
        start : str, optional
            Why it came where that was not a matter of time: ``gaze`` (the eye rested on the cross),
            ``key``, or ``timeout``.

        Returns
        -------
        str
            Id of the new reading.
        """
        if self._open:
            raise RuntimeError("an image is shown while another waits for its answer")
        reading = str(uuid.uuid4())
        where = {"placement": placement.as_tuple(), "image_px": self._sizes[image]}
        data: dict[str, Any] = {**where, "onset_method": method}
        if start is not None:
            data["start"] = start
        entry = self._write("onset", onset_s, reading, image, data)
        self._image, self._reading = image, reading
        self._on_screen = self._open = True
        self._flagged = False
        self._publish(entry)
        return reading

    def answer(self, key: str, label: int, confidence: Confidence, t_s: float) -> None:
        """Store the reader's answer to the open reading; it is on disk when this returns.

        Where the image was answered before, this corrects that answer, which is kept.

        Parameters
        ----------
        key : str
            What was pressed.
        label : int
            Class index, or `CANNOT_BE_ASSESSED`.
        """
        if not self._open or self._image is None or self._reading is None:
            raise RuntimeError("an answer without an open reading")
        replaces = self._answered.get(self._image)
        offered_again = self._image in self._to_repeat and self._again != self._image
        reason = "quality" if offered_again else "back" if replaces else None
        data = {
            "key": key,
            "label": label,
            "confidence": confidence,
            "replaces": replaces,
            "reason": reason,
            "reader": self.session.reader,
        }
        entry = self._write("key", t_s, self._reading, self._image, data)
        self._answered[self._image] = self._reading
        self._open = False
        if self._again == self._image:
            self._again = None
        if offered_again:
            self._offered_again.add(self._image)
        # A new answer has new gaze, whose quality is yet to be known.
        self._to_repeat.pop(self._image, None)
        self._publish(entry)

    def hidden(self, t_s: float, reason: str) -> None:
        """Note that the image has left the screen; does nothing where none was shown.

        Parameters
        ----------
        t_s : float
            Stamp of the frame that no longer showed it.
        reason : str
            ``answered``, ``pause``, ``back``, ``tracker_lost``, ``ended``, or ``time_limit``: only
            after this one the reading may still be answered; otherwise a reading that has no
            answer is interrupted.
        """
        if not self._on_screen:
            return
        entry = self._write("offset", t_s, self._reading, self._image, {"reason": reason})
        self._on_screen = False
        self._open = self._open and reason == "time_limit"
        self._publish(entry)

    def back(self) -> str | None:
        """Go back one image, so that `next_image` gives it again; None where that is not possible.

        From the last answered image on, in the order of the answers, also of earlier sessions.
        Until the new answer is given the old one stands.
        """
        if not self.protocol.allow_back:
            return None
        history = list(self._answered)
        at = history.index(self._again) if self._again is not None else len(history)
        if at == 0:
            return None
        self._again = history[at - 1]
        return self._again

    def flag(self, t_s: float) -> bool | None:
        """Flag the last shown reading for discussion, or take the flag away; None where there is none."""
        if self._reading is None:
            return None
        entry = self._write("flag", t_s, self._reading, self._image, {"flagged": not self._flagged})
        self._flagged = not self._flagged
        self._publish(entry)
        return self._flagged

    def pause(self, t_s: float, reason: str = "reader") -> None:
        """Note a pause; hide the image first."""
        self._publish(self._write("pause", t_s, data={"reason": reason}))

    def resume(self, t_s: float) -> None:
        """Note the end of a pause."""
        self._publish(self._write("resume", t_s))

    def view(self, t_s: float, placement: Placement) -> None:
        """Note that the image was zoomed or moved."""
        data = {"placement": placement.as_tuple()}
        self._publish(self._write("view", t_s, self._reading, self._image, data))

    def quality(
        self, t_s: float, reading: str, image: str, *, data_loss: float, accuracy_deg: float
    ) -> tuple[str, ...]:
        """Note how good the gaze of a reading is; returns the limits that it does not meet."""
        protocol = self.protocol
        below = tuple(
            name
            for name, value, limit in (
                ("data_loss", data_loss, protocol.max_data_loss),
                ("accuracy", accuracy_deg, protocol.max_accuracy_deg),
            )
            if value > limit
        )
        data = {"data_loss": data_loss, "accuracy_deg": accuracy_deg, "below": below}
        entry = self._write("quality", t_s, reading, image, data)
        # A reading that was corrected meanwhile, or cut off, says nothing of the one that counts.
        counts = self._answered.get(image) == reading
        if below and counts and protocol.offer_again and image not in self._offered_again:
            self._to_repeat[image] = None
        self._publish(entry)
        return below

    def note(self, t_s: float, text: str, reading: str | None = None, image: str | None = None) -> None:
        """Note what the operator has to say.

        Parameters
        ----------
        t_s : float
            What moment it is about.
        reading, image : str, optional
            What reading it is about, which may be over by now; none where nothing was shown.
        """
        self._publish(self._write("note", t_s, reading, image, {"text": text.strip()}))

    def end(self, t_s: float) -> None:
        """End the session and let the reader go; a reading without an answer is interrupted."""
        self.hidden(t_s, "ended")
        if self._open:
            # Hidden by the time limit and never answered.
            entry = self._write("interrupted", t_s, self._reading, self._image, {"reason": "ended"})
            self._open = False
            self._publish(entry)
        entry = self._store.end_session(self.id, t_s)
        self._held_lock.close()
        self._publish(entry)

    def abandon(self) -> None:
        """Let the reader go without a word to the store, where it cannot be written any more.

        The next session of the reader closes this one, as after a crash.
        """
        self._held_lock.close()
