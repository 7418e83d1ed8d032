"""How good the gaze of a reading was, and what follows from it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt

from gazeannotator.dataset.reading_gaze import reading_loss
from gazeannotator.errors import StorageError
from gazeannotator.settings import Settings
from gazeannotator.study.store import Store
from gazeannotator.ui.reading import course, judging
from gazeannotator.ui.reading.room import Phase

Open = Callable[..., Any]
Make = Callable[..., Any]
Key = Qt.Key

pytestmark = pytest.mark.timeout(90)


def look_and_answer(reading: Any, wait_ms: int = 400, key: Key = Key.Key_1) -> None:
    reading.qtbot.wait(wait_ms)
    reading.answer(key)


def judged(reading: Any, count: int) -> None:
    reading.qtbot.waitUntil(lambda: reading.events().count("quality") == count)


def test_what_is_noted_is_what_a_data_set_will_say(
    make_study: Make, open_window: Open, make_tracker: Make
) -> None:
    tracker = make_tracker()
    settings = Settings(onset_correction_s=0.05)
    reading = open_window(make_study(3), without_gaze=False, settings=settings).connect()
    reading.start()
    look_and_answer(reading)
    reading.qtbot.wait(200)
    tracker.lose()
    look_and_answer(reading, 200)
    tracker.look(0.5, 0.5)
    reading.qtbot.wait(200)
    tracker.stop()
    reading.qtbot.wait(200)
    tracker.start()
    look_and_answer(reading, 100)
    assert reading.controller.phase is Phase.DONE
    reading.leave()
    noted = {each.reading: each.data for each in reading.entries() if each.event == "quality"}
    with Store.open(reading.study) as store:
        (session,) = store.sessions()
        made = store.readings()
        losses = [reading_loss(store, session, each) for each in made]
    assert session.onset_correction_s == 0.05
    assert [noted[each.id]["data_loss"] for each in made] == pytest.approx(losses, abs=1e-9)
    assert [each.data_loss for each in made] == pytest.approx(losses, abs=1e-9)
    assert losses[0] < 0.1
    assert all(0.2 < loss < 1 for loss in losses[1:])
    assert [noted[each.id]["below"] for each in made] == [
        ["data_loss"] if loss > 0.3 else [] for loss in losses
    ]
    # Marked, not offered again: the protocol does not say so.
    assert reading.summary["answered"] == 3


def test_marks_come_while_the_reading_goes_on(
    make_study: Make, open_window: Open, make_tracker: Make
) -> None:
    make_tracker()
    reading = open_window(make_study(2), without_gaze=False).connect()
    reading.start()
    look_and_answer(reading)
    assert reading.controller.phase is Phase.VIEWING
    judged(reading, 1)
    entries = reading.entries()
    offset = next(each for each in entries if each.event == "offset")
    mark = next(each for each in entries if each.event == "quality")
    assert mark.reading == offset.reading
    assert mark.image == offset.image
    assert 0 < mark.t_s - offset.t_s < 3


def test_reading_that_was_cut_off_is_not_judged(
    make_study: Make, open_window: Open, make_tracker: Make
) -> None:
    make_tracker().lose()
    reading = open_window(make_study(1, offer_again=True), without_gaze=False).connect()
    reading.start()
    reading.qtbot.wait(300)
    reading.press(Key.Key_Escape)
    reading.press(Key.Key_Return)
    reading.qtbot.waitUntil(lambda: reading.summary is not None)
    assert "quality" not in reading.events()


def test_answer_after_the_time_limit_is_judged_too(
    make_study: Make, open_window: Open, make_tracker: Make
) -> None:
    make_tracker()
    reading = open_window(make_study(1, time_limit_s=0.3), without_gaze=False).connect()
    reading.start()
    reading.until(Phase.TIME_OVER)
    reading.qtbot.wait(800)
    assert "quality" not in reading.events()
    reading.answer()
    judged(reading, 1)


def test_without_gaze_there_is_nothing_to_judge(make_study: Make, open_window: Open) -> None:
    reading = open_window(make_study(2, offer_again=True))
    reading.start()
    reading.answer()
    reading.answer()
    assert reading.controller.phase is Phase.DONE
    reading.leave()
    assert "quality" not in reading.events()


def test_poor_images_come_once_more_at_the_end(
    make_study: Make, open_window: Open, make_tracker: Make
) -> None:
    tracker = make_tracker()
    tracker.lose()
    reading = open_window(make_study(3, offer_again=True), without_gaze=False).connect()
    reading.start()
    progress = reading.window.signs.progress
    assert progress.text() == "1 / 3"
    look_and_answer(reading)
    look_and_answer(reading)
    tracker.look(0.5, 0.5)
    reading.qtbot.wait(500)
    assert progress.text() == "3 / 3"
    # The last one's gaze is not judged yet when it is answered; what is poor is known all the same.
    reading.press(Key.Key_1)
    reading.until(Phase.AGAIN)
    assert "All images are read" in reading.said
    assert "2 images are shown once more: the eye tracker did not follow your eyes" in reading.said
    reading.press(Key.Key_Space)
    reading.until(Phase.VIEWING)
    assert progress.text() == "Once more: 1 / 2"
    look_and_answer(reading, key=Key.Key_2)
    assert progress.text() == "Once more: 2 / 2"
    reading.press(Key.Key_Space)
    assert "Pause" in reading.said
    reading.press(Key.Key_Space)
    reading.until(Phase.VIEWING)
    look_and_answer(reading, key=Key.Key_2)
    assert reading.controller.phase is Phase.DONE
    assert "All 3 images are read, 3 of them in this session" in reading.said
    assert "Shown once more: 2" in reading.said
    assert "Corrected" not in reading.said
    assert reading.leave()["answered"] == 5
    with Store.open(reading.study) as store:
        made = [each for each in store.readings() if each.state == "done"]
    valid = [each for each in made if not each.replaced_by]
    assert sorted(each.label for each in valid) == [0, 1, 1]
    assert [each.reason for each in valid] == ["", "quality", "quality"]
    assert all(each.below == () for each in valid)
    assert sum(each.below == ("data_loss",) for each in made) == 2


def test_last_image_is_waited_for_before_the_end(
    make_study: Make, open_window: Open, make_tracker: Make
) -> None:
    make_tracker().lose()
    reading = open_window(make_study(1, offer_again=True), without_gaze=False).connect()
    reading.start()
    reading.qtbot.wait(400)
    reading.press(Key.Key_1)
    assert reading.controller.phase is Phase.CROSS
    reading.until(Phase.AGAIN, Phase.DONE)
    assert "One image is shown once more" in reading.said
    reading.press(Key.Key_Space)
    reading.until(Phase.VIEWING)
    look_and_answer(reading)
    # Poor again, and not a third time.
    assert reading.controller.phase is Phase.DONE


def test_end_comes_also_where_the_marks_take_too_long(
    make_study: Make, open_window: Open, make_tracker: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(course, "JUDGED_WITHIN_MS", 300)
    tracker = make_tracker()
    reading = open_window(make_study(1, offer_again=True), without_gaze=False).connect()
    reading.start()
    reading.qtbot.wait(400)
    # No sample from after the image is ever stored, so the mark comes only when it is hurried.
    patient = judging.data_loss_of
    asked: list[bool] = []

    def never_complete(*case: Any, as_it_is: bool) -> float | None:
        asked.append(as_it_is)
        return patient(*case, as_it_is=True) if as_it_is else None

    monkeypatch.setattr(judging, "data_loss_of", never_complete)
    tracker.lose()
    reading.press(Key.Key_1)
    assert reading.controller.phase is Phase.CROSS
    reading.until(Phase.AGAIN, Phase.DONE)
    assert asked[0] is False
    assert asked[-1] is True
    judged(reading, 1)


def test_all_that_comes_again_is_told_at_once(
    make_study: Make, open_window: Open, make_tracker: Make
) -> None:
    make_tracker().lose()
    reading = open_window(make_study(2, offer_again=True), without_gaze=False).connect()
    reading.start()
    look_and_answer(reading, 800)
    reading.qtbot.wait(800)
    # The first one is known to be poor; the last one's gaze is waited for.
    reading.press(Key.Key_1)
    reading.until(Phase.AGAIN, Phase.VIEWING)
    assert "2 images are shown once more" in reading.said


def test_next_session_says_on_its_ready_page_what_comes_again(
    make_study: Make, open_window: Open, make_tracker: Make
) -> None:
    tracker = make_tracker()
    tracker.lose()
    study = make_study(1, offer_again=True)
    first = open_window(study, without_gaze=False).connect()
    first.start()
    first.qtbot.wait(400)
    first.press(Key.Key_1)
    first.until(Phase.AGAIN)
    first.press(Key.Key_Escape)
    first.press(Key.Key_Return)
    first.qtbot.waitUntil(lambda: first.summary is not None)
    tracker.look(0.5, 0.5)
    second = open_window(study, without_gaze=False).connect()
    assert "All 1 images are read. One image is shown once more" in second.said
    second.press(Key.Key_Space)
    second.until(Phase.VIEWING)
    assert second.window.signs.progress.text() == "Once more: 1 / 1"
    look_and_answer(second)
    assert second.controller.phase is Phase.DONE


def test_end_waits_for_gaze_that_cannot_be_read(
    make_study: Make, open_window: Open, make_tracker: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_tracker()
    reading = open_window(make_study(1), without_gaze=False).connect()
    gaze, locked = Store.gaze, [True]

    def failing(self: Store, *args: Any) -> Any:
        if locked[0]:
            raise StorageError("The database is locked.", "Close the other program.")
        return gaze(self, *args)

    monkeypatch.setattr(Store, "gaze", failing)
    reading.start()
    look_and_answer(reading)
    reading.press(Key.Key_Space)
    reading.until(Phase.SAVING)
    reading.qtbot.waitUntil(lambda: "Saving…" in reading.said)
    assert "The database is locked" in reading.window.signs.trouble.text()
    reading.qtbot.wait(1300)
    assert reading.summary is None
    assert "Saving…" in reading.said
    locked[0] = False
    reading.qtbot.waitUntil(lambda: reading.summary is not None)
    assert reading.events()[-2:] == ["quality", "session_ended"]


def test_reader_may_leave_without_the_marks(
    make_study: Make, open_window: Open, make_tracker: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_tracker()
    reading = open_window(make_study(1), without_gaze=False).connect()

    def failing(*_: Any) -> Any:
        raise StorageError("The database is locked.", "Close the other program.")

    monkeypatch.setattr(Store, "gaze", failing)
    reading.start()
    look_and_answer(reading)
    reading.press(Key.Key_Space)
    reading.qtbot.waitUntil(lambda: "Saving…" in reading.said)
    reading.press(Key.Key_Escape)
    reading.qtbot.waitUntil(lambda: reading.summary is not None)
    monkeypatch.undo()
    # Only the mark is missing, and the next session closes this one.
    assert [each for each in reading.events() if each in ("key", "quality", "session_ended")] == ["key"]
    again = open_window(reading.study)
    again.start()
    assert reading.events()[-1] == "session_ended"
    # Which makes up for it, once.
    (lost,) = (each for each in reading.entries() if each.event == "key")
    judged(again, 1)
    (mark,) = (each for each in again.entries() if each.event == "quality")
    assert (mark.reading, mark.image) == (lost.reading, lost.image)
    again.leave()
    with Store.open(reading.study) as store:
        (made,) = store.readings()
        session = store.sessions()[0]
        assert made.session == session.id
        assert made.data_loss == pytest.approx(reading_loss(store, session, made), abs=1e-9)
    third = open_window(reading.study)
    third.start()
    third.leave()
    assert "quality" not in third.events()


def test_lost_mark_that_was_poor_brings_the_image_again(
    make_study: Make, open_window: Open, make_tracker: Make
) -> None:
    tracker = make_tracker()
    tracker.lose()
    reading = open_window(make_study(1, offer_again=True), without_gaze=False).connect()
    reading.start()
    reading.qtbot.wait(400)
    reading.press(Key.Key_1)
    reading.controller.abandon()  # as after a crash
    reading.qtbot.waitUntil(lambda: reading.summary is not None)
    assert "quality" not in reading.events()
    tracker.look(0.5, 0.5)
    again = open_window(reading.study, without_gaze=False).connect()
    assert again.controller.progress == (1, 1)
    again.press(Key.Key_Space)
    again.until(Phase.AGAIN, Phase.DONE)
    assert "One image is shown once more" in again.said
    again.press(Key.Key_Space)
    again.until(Phase.VIEWING)
    look_and_answer(again)
    again.leave()
    with Store.open(reading.study) as store:
        old, new = store.readings()
    assert old.below == ("data_loss",)
    assert (new.reason, new.below, old.replaced_by) == ("quality", (), new.id)


def test_mark_that_cannot_be_written_is_tried_again(
    make_study: Make, open_window: Open, make_tracker: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_tracker()
    reading = open_window(make_study(2), without_gaze=False).connect()
    append, full = Store.append, [True]

    def failing(self: Store, session: str, event: str, **more: Any) -> Any:
        if full[0] and event == "quality":
            raise StorageError("The disk is full.", "Make room.")
        return append(self, session, event, **more)

    monkeypatch.setattr(Store, "append", failing)
    reading.start()
    look_and_answer(reading)
    reading.qtbot.waitUntil(lambda: reading.window.signs.trouble.isVisible())
    full[0] = False
    judged(reading, 1)
    reading.qtbot.waitUntil(lambda: not reading.window.signs.trouble.isVisible())
    look_and_answer(reading)
    reading.leave()
    assert reading.events().count("quality") == 2
