"""What a reader does, and what is on disk after it: without an eye tracker."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLabel

from gazeannotator.errors import StorageError, UserError
from gazeannotator.geometry import largest_placement
from gazeannotator.study.model import CANNOT_BE_ASSESSED
from gazeannotator.study.scheme import load_scheme
from gazeannotator.study.store import Store
from gazeannotator.ui.image_view import Frame
from gazeannotator.ui.reading import course
from gazeannotator.ui.reading.room import Phase

Open = Callable[..., Any]
MakeStudy = Callable[..., Path]
Key = Qt.Key


def readings(study: Path) -> list:
    with Store.open(study) as store:
        return store.readings()


def test_answers_are_on_disk_one_after_the_other(make_study: MakeStudy, open_window: Open) -> None:
    reading = open_window(make_study(3))
    answered: list[tuple[str, str, int]] = []
    reading.window.answered.connect(lambda *each: answered.append(each))
    assert "Press Space to start" in reading.said
    reading.start()
    reading.answer(Key.Key_2)
    reading.answer(Key.Key_3, shift=True)
    reading.answer(Key.Key_0)
    assert reading.controller.phase is Phase.DONE
    assert "All 3 images are read" in reading.said
    made = readings(reading.study)
    assert [(each.label, each.confidence) for each in made] == [(1, 2), (2, 1), (CANNOT_BE_ASSESSED, 0)]
    assert answered == [(each.id, each.image, each.label) for each in made]
    assert len({each.image for each in made}) == 3
    for each in made:
        assert each.state == "done"
        assert each.onset_method == "paint"
        assert each.onset_s < each.onset_s + each.response_s <= each.offset_s
    # Nothing overtakes an answer: it is written before the next image can appear.
    events = [each for each in reading.events() if each in ("onset", "key", "offset")]
    assert events == ["onset", "key", "offset"] * 3
    summary = reading.leave()
    assert summary["answered"] == 3
    assert (summary["done"], summary["total"], summary["unsaved"]) == (3, 3, "")
    assert reading.events()[-1] == "session_ended"


def test_image_lies_where_geometry_says(make_study: MakeStudy, open_window: Open) -> None:
    reading = open_window(make_study(1, size=(61, 40)))
    reading.start()
    (made,) = readings(reading.study)
    assert made.placement == largest_placement((61, 40), (800, 800))
    frame = reading.window.view.frame
    assert frame.corner_px == (made.placement.x0_px, made.placement.y0_px)
    assert (frame.image.width(), frame.image.height()) == (made.placement.width_px, made.placement.height_px)


def test_placement_counts_from_the_screen_not_from_the_window(
    make_study: MakeStudy, open_window: Open
) -> None:
    reading = open_window(make_study(1), windowed=(400, 300))
    reading.window.move(90, 70)
    origin = reading.window.mapToGlobal(reading.window.rect().topLeft())
    assert origin.x() > 50
    reading.start()
    (made,) = readings(reading.study)
    inside = largest_placement((60, 40), (400, 300))
    assert made.placement.x0_px == inside.x0_px + origin.x()
    assert made.placement.y0_px == inside.y0_px + origin.y()
    # The image is no longer where the reading says: it is interrupted, and shown again.
    reading.window.move(120, 90)
    assert reading.controller.phase is Phase.PAUSED
    reading.press(Key.Key_Space)
    reading.until(Phase.VIEWING)
    first, again = readings(reading.study)
    assert first.state == "interrupted"
    assert again.placement.x0_px - first.placement.x0_px == 30
    assert again.placement.y0_px - first.placement.y0_px == 20


def test_pause_hides_the_image_and_offers_it_again(make_study: MakeStudy, open_window: Open) -> None:
    reading = open_window(make_study(2))
    reading.start()
    reading.press(Key.Key_Space)
    assert reading.controller.phase is Phase.PAUSED
    assert reading.window.view.frame.image is None
    reading.press(Key.Key_2)
    reading.press(Key.Key_Space)
    reading.until(Phase.VIEWING)
    first, again = readings(reading.study)
    assert (first.image, first.state, first.label) == (again.image, "interrupted", None)
    assert [each for each in reading.events() if each in ("offset", "pause", "resume")] == [
        "offset",
        "pause",
        "resume",
    ]


@pytest.mark.parametrize("back", [Key.Key_Space, Key.Key_F1, Key.Key_Escape])
def test_criteria_interrupt_the_reading(make_study: MakeStudy, open_window: Open, back: Key) -> None:
    reading = open_window(make_study(1))
    reading.start()
    reading.press(Key.Key_F1)
    assert reading.controller.phase is Phase.CRITERIA
    assert reading.window.view.frame.image is None
    table = reading.window.panel.text.table
    assert [row[0] for row in table] == ["", "Colour", "Vessels", "Surface", "Most likely"]
    assert "Adenoma" in table[-1][2]
    reading.press(back)
    reading.until(Phase.VIEWING)
    assert [each.state for each in readings(reading.study)] == ["interrupted", "open"]


def test_criteria_before_the_start(make_study: MakeStudy, open_window: Open) -> None:
    reading = open_window(make_study(1))
    reading.press(Key.Key_F1)
    assert "Criteria" in reading.said
    reading.press(Key.Key_F1)
    assert "Press Space to start" in reading.said


def test_escape_asks(make_study: MakeStudy, open_window: Open) -> None:
    reading = open_window(make_study(2))
    reading.start()
    reading.answer()
    reading.press(Key.Key_Escape)
    assert "End the session?" in reading.said
    reading.press(Key.Key_Space)
    reading.until(Phase.VIEWING)
    reading.press(Key.Key_Escape)
    reading.press(Key.Key_Return)
    reading.qtbot.waitUntil(lambda: reading.summary is not None)
    assert (reading.summary["done"], reading.summary["total"]) == (1, 2)
    assert [each.state for each in readings(reading.study)] == ["done", "interrupted", "interrupted"]


def test_closing_the_window_asks_too(make_study: MakeStudy, open_window: Open) -> None:
    reading = open_window(make_study(1))
    reading.start()
    reading.window.close()
    assert reading.window.isVisible()
    assert reading.controller.phase is Phase.ASKING_END


def test_backspace_corrects_and_keeps_the_old_answer(make_study: MakeStudy, open_window: Open) -> None:
    reading = open_window(make_study(3))
    reading.start()
    reading.answer(Key.Key_1)
    reading.answer(Key.Key_1)
    reading.press(Key.Key_Backspace)
    reading.until(Phase.VIEWING)
    reading.answer(Key.Key_3)
    first, second, cut, corrected, third = readings(reading.study)
    assert (second.image, second.label, second.replaced_by) == (corrected.image, 0, corrected.id)
    assert (corrected.label, corrected.replaces) == (2, second.id)
    assert (cut.state, cut.image) == ("interrupted", third.image)
    assert first.replaced_by is None
    reading.answer(Key.Key_2)
    assert reading.controller.phase is Phase.DONE
    assert "Corrected answers: 1" in reading.said
    # Also after the last image.
    reading.press(Key.Key_Backspace)
    reading.until(Phase.VIEWING)
    assert readings(reading.study)[-1].image == third.image


def test_backspace_where_it_is_not_allowed(make_study: MakeStudy, open_window: Open) -> None:
    reading = open_window(make_study(2, allow_back=False))
    assert "Backspace" not in reading.said
    reading.start()
    reading.answer()
    reading.press(Key.Key_Backspace)
    assert reading.controller.phase is Phase.VIEWING
    assert len(readings(reading.study)) == 2


def test_flag(make_study: MakeStudy, open_window: Open) -> None:
    reading = open_window(make_study(2))
    reading.start()
    reading.press(Key.Key_F)
    assert reading.window.signs.flag.isVisible()
    reading.answer()
    assert not reading.window.signs.flag.isVisible()
    reading.press(Key.Key_F)
    reading.press(Key.Key_F)
    assert [each.flagged for each in readings(reading.study)] == [True, False]


def test_session_goes_on_where_it_stopped(make_study: MakeStudy, open_window: Open) -> None:
    study = make_study(4)
    first = open_window(study)
    first.start()
    first.answer()
    first.answer()
    shown = first.controller.session.next_image()
    first.leave()
    second = open_window(study)
    assert "2 of 4 images are left" in second.said
    second.start()
    assert second.controller.session.next_image() == shown
    second.answer()
    second.answer()
    assert second.controller.phase is Phase.DONE
    assert len({each.image for each in readings(study) if each.state == "done"}) == 4


def test_random_order_differs_between_readers(make_study: MakeStudy, open_window: Open) -> None:
    study = make_study(8)
    orders = []
    for reader in ("A", "B"):
        reading = open_window(study, reader, exit_when_done=True)
        reading.start()
        for _ in range(8):
            reading.answer()
        reading.qtbot.waitUntil(lambda each=reading: each.summary is not None)
        orders.append([each.image for each in readings(study) if each.reader == reader])
    assert sorted(orders[0]) == sorted(orders[1])
    assert orders[0] != orders[1]


def test_failing_disk_keeps_the_image_and_the_answer(
    make_study: MakeStudy, open_window: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    reading = open_window(make_study(2))
    reading.start()
    shown = reading.window.view.frame
    append, full = Store.append, [True]

    def failing(self: Store, *args: Any, **more: Any) -> Any:
        if full[0]:
            raise StorageError("The disk is full.", "Make room.")
        return append(self, *args, **more)

    monkeypatch.setattr(Store, "append", failing)
    reading.press(Key.Key_1)
    assert reading.controller.phase is Phase.VIEWING
    assert reading.window.view.frame is shown
    sign = reading.window.signs.trouble
    assert sign.isVisible()
    assert sign.text().startswith("Not saved yet: The disk is full. Make room.")
    # The reader may think better of it, and any key tries again.
    reading.press(Key.Key_3)
    reading.press(Key.Key_Space)
    assert reading.window.view.frame is shown
    full[0] = False
    # By itself: nothing is pressed.
    reading.qtbot.waitUntil(lambda: reading.controller.answers == 1)
    reading.until(Phase.VIEWING)
    assert not sign.isVisible()
    assert [each.label for each in readings(reading.study)] == [2, None]
    assert reading.events().count("key") == 1


def test_failing_disk_at_the_onset(
    make_study: MakeStudy, open_window: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    reading = open_window(make_study(2))
    append, full = Store.append, [True]

    def failing(self: Store, session: str, event: str, **more: Any) -> Any:
        if full[0] and event == "onset":
            raise StorageError("The database is locked.", "Close the other program.")
        return append(self, session, event, **more)

    monkeypatch.setattr(Store, "append", failing)
    reading.start()
    assert "locked" in reading.window.signs.trouble.text()
    reading.press(Key.Key_2)
    full[0] = False
    reading.qtbot.waitUntil(lambda: reading.controller.answers == 1)
    reading.until(Phase.VIEWING)
    first, _second = readings(reading.study)
    assert (first.label, first.state) == (1, "done")
    assert first.response_s > 0


def test_key_before_the_image_is_no_answer(make_study: MakeStudy, open_window: Open) -> None:
    reading = open_window(make_study(1))
    window = reading.window

    def press_at(stamp_ms: int) -> None:
        event = QKeyEvent(QEvent.Type.KeyPress, Key.Key_1, Qt.KeyboardModifier.NoModifier)
        event.setTimestamp(stamp_ms)
        QCoreApplication.sendEvent(window, event)

    clock_ms = round(window.view._clock() * 1000)
    press_at(clock_ms)  # teaches the offset of the two clocks, and is none of the answers
    reading.start()
    onset_s = readings(reading.study)[0].onset_s
    press_at(round(onset_s * 1000) - 30)
    assert reading.controller.answers == 0
    reading.qtbot.wait(60)
    press_at(round(onset_s * 1000) + 30)
    assert reading.controller.answers == 1
    (made,) = readings(reading.study)
    assert made.response_s == pytest.approx(0.030, abs=0.005)


def test_keys_of_the_pause_between_images_are_no_answers(make_study: MakeStudy, open_window: Open) -> None:
    reading = open_window(make_study(2, fixation_cross_s=0.3))
    reading.start()
    reading.press(Key.Key_1)
    reading.until(Phase.CROSS)
    reading.press(Key.Key_3)
    reading.press(Key.Key_3, repeated=True)
    reading.until(Phase.VIEWING)
    assert [each.label for each in readings(reading.study)] == [0, None]


def test_held_key_answers_once(make_study: MakeStudy, open_window: Open) -> None:
    reading = open_window(make_study(2))
    reading.start()
    reading.answer(Key.Key_1)
    reading.press(Key.Key_1, repeated=True)
    assert reading.controller.answers == 1


def test_minimum_viewing_time(make_study: MakeStudy, open_window: Open) -> None:
    reading = open_window(make_study(1, minimum_viewing_s=0.4))
    reading.start()
    reading.press(Key.Key_1)
    assert reading.controller.answers == 0
    reading.qtbot.wait(450)
    reading.press(Key.Key_1)
    assert reading.controller.answers == 1


def test_time_limit_takes_the_image_away_and_waits_for_the_answer(
    make_study: MakeStudy, open_window: Open
) -> None:
    reading = open_window(make_study(2, time_limit_s=0.2))
    reading.start()
    reading.until(Phase.TIME_OVER)
    assert reading.window.view.frame.image is None
    reading.press(Key.Key_Space)
    reading.press(Key.Key_Backspace)
    assert reading.controller.phase is Phase.TIME_OVER
    reading.press(Key.Key_F1)
    reading.press(Key.Key_Space)
    assert reading.controller.phase is Phase.TIME_OVER
    reading.answer(Key.Key_2)
    first = readings(reading.study)[0]
    assert (first.state, first.label) == ("done", 1)
    assert first.offset_s - first.onset_s == pytest.approx(0.2, abs=0.1)
    assert first.response_s > first.seen(0.0)[1]


def test_confidence_is_not_asked(make_study: MakeStudy, open_window: Open) -> None:
    reading = open_window(make_study(1, ask_confidence=False))
    assert "not sure" not in reading.said
    reading.start()
    reading.answer(Key.Key_1, shift=True)
    assert readings(reading.study)[0].confidence == 0


def test_no_cross_at_all(make_study: MakeStudy, open_window: Open) -> None:
    reading = open_window(make_study(3, fixation_cross_s=0.0))
    reading.start()
    for _ in range(3):
        reading.answer()
    made = readings(reading.study)
    assert [each.state for each in made] == ["done"] * 3
    # One image takes the other's place: the same frame ends one and begins the next.
    assert [each.offset_s for each in made[:2]] == [each.onset_s for each in made[1:]]


def test_cross_lasts_as_long_as_the_protocol_says(make_study: MakeStudy, open_window: Open) -> None:
    reading = open_window(make_study(2, fixation_cross_s=0.25))
    shown: list[tuple[Frame, float]] = []
    reading.window.view.shown.connect(lambda frame, t_s, _method: shown.append((frame, t_s)))
    reading.start()
    (cross, cross_s), (image, image_s) = shown
    assert cross.cross_px == (400, 400)
    assert image.image is not None
    assert image_s - cross_s == pytest.approx(0.25, abs=0.1)
    assert image_s - cross_s >= 0.249


def test_exit_when_done(make_study: MakeStudy, open_window: Open) -> None:
    reading = open_window(make_study(1), exit_when_done=True)
    reading.start()
    reading.press(Key.Key_1)
    reading.qtbot.waitUntil(lambda: reading.summary is not None)
    assert reading.events()[-2:] == ["offset", "session_ended"]


def test_session_ends_by_itself_when_the_reader_has_left(
    make_study: MakeStudy, open_window: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(course, "END_AFTER_MS", 300)
    reading = open_window(make_study(1))
    reading.start()
    reading.answer()
    assert reading.controller.phase is Phase.DONE
    reading.press(Key.Key_Backspace)
    reading.until(Phase.VIEWING)
    reading.qtbot.wait(400)
    assert reading.controller.phase is Phase.VIEWING
    reading.answer()
    reading.qtbot.waitUntil(lambda: reading.summary is not None)
    assert reading.events()[-1] == "session_ended"


def test_app_that_quits_lets_the_reader_go(make_study: MakeStudy, open_window: Open) -> None:
    study = make_study(2)
    reading = open_window(study)
    reading.start()
    QCoreApplication.instance().aboutToQuit.emit()
    assert reading.summary is not None
    again = open_window(study)
    again.start()
    assert [each.state for each in readings(study)] == ["interrupted", "open"]


def test_nothing_left_to_read(make_study: MakeStudy, open_window: Open) -> None:
    study = make_study(1)
    first = open_window(study)
    first.start()
    first.answer()
    first.leave()
    second = open_window(study, exit_when_done=True)
    assert "All 1 images are read" in second.said
    second.press(Key.Key_Space)
    second.qtbot.waitUntil(lambda: second.summary is not None)
    assert len(readings(study)) == 1


def test_consent_is_asked_once(make_study: MakeStudy, open_window: Open) -> None:
    study = make_study(1)
    reading = open_window(study, consented=False)
    form = reading.window.consent
    assert form.isVisible()
    reading.press(Key.Key_Space)
    reading.press(Key.Key_1)
    assert reading.controller.phase is Phase.READY
    assert not reading.controller.start_wanted
    form.agree.click()
    assert "Press Space to start" in reading.said
    reading.press(Key.Key_Escape)
    with Store.open(study) as store:
        assert store.readers()[0].consented_utc is not None
    assert open_window(study, consented=False).window.consent is None


def test_no_consent_no_reading(make_study: MakeStudy, open_window: Open) -> None:
    study = make_study(1)
    reading = open_window(study, consented=False)
    reading.window.consent.refuse.click()
    assert reading.summary["session"] is None
    with Store.open(study) as store:
        assert store.readers()[0].consented_utc is None


def test_one_window_for_each_reader(make_study: MakeStudy, open_window: Open) -> None:
    study = make_study(1)
    first = open_window(study)
    with pytest.raises(UserError, match="already reading"):
        open_window(study)
    open_window(study, "R2")
    first.press(Key.Key_Escape)
    open_window(study)


def test_missing_image_file(make_study: MakeStudy, open_window: Open) -> None:
    study = make_study(2)
    with Store.open(study) as store:
        files = [store.image_file(each.id) for each in store.images()]
    kept = {file: file.read_bytes() for file in files}
    for file in files:
        file.unlink()
    reading = open_window(study)
    reading.press(Key.Key_Space)
    reading.until(Phase.PAUSED)
    assert reading.window.signs.trouble.isVisible()
    assert "An image cannot be shown" in reading.said
    for file, data in kept.items():
        file.write_bytes(data)
    reading.press(Key.Key_Space)
    reading.until(Phase.VIEWING)
    assert not reading.window.signs.trouble.isVisible()


def test_study_without_images(tmp_path: Path, open_window: Open) -> None:
    Store.create(tmp_path / "empty", name="empty", scheme=load_scheme("nice")).close()
    with pytest.raises(UserError, match="no images"):
        open_window(tmp_path / "empty")


def test_no_such_screen(make_study: MakeStudy, open_window: Open) -> None:
    with pytest.raises(UserError, match="There is no screen 7"):
        open_window(make_study(1), screen=7)


def test_small_screen_is_a_warning(make_study: MakeStudy, open_window: Open) -> None:
    reading = open_window(make_study(1))
    assert "smaller than 1024 × 768" in reading.said


@pytest.mark.parametrize("size", [(1024, 768), (683, 384), (3840, 2160)])
def test_every_word_of_a_page_is_seen(
    make_study: MakeStudy, open_window: Open, size: tuple[int, int]
) -> None:
    reading = open_window(make_study(3), windowed=size)
    panel = reading.window.panel

    def check() -> None:
        reading.qtbot.wait(20)  # all that is new is shown now
        assert reading.window.rect().contains(panel.geometry())
        for each in panel.findChildren(QLabel):
            if each.isVisible() and each.text():
                assert panel.rect().contains(each.geometry()), each.text()
                needed = each.heightForWidth(each.width()) if each.wordWrap() else each.sizeHint().height()
                assert each.height() >= needed, each.text()

    check()
    for key in (Key.Key_F1, Key.Key_F1, Key.Key_Space):
        reading.press(key)
        check()
    reading.until(Phase.VIEWING)
    for key in (Key.Key_F1, Key.Key_Space):
        reading.press(key)
        reading.until(Phase.VIEWING, Phase.CRITERIA)
        check()
    reading.press(Key.Key_Space)
    check()
    reading.press(Key.Key_Escape)
    check()


def test_nothing_but_the_image_while_it_is_read(make_study: MakeStudy, open_window: Open) -> None:
    reading = open_window(make_study(12))
    reading.start()
    window = reading.window
    assert not window.panel.isVisible()
    assert window.cursor().shape() is Qt.CursorShape.BlankCursor
    assert window.signs.progress.text() == "1 / 12"
    assert not window.signs.recording.isVisible()
    reading.press(Key.Key_Space)
    assert window.cursor().shape() is Qt.CursorShape.ArrowCursor
