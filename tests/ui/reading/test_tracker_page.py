"""The eye tracker's page, over real LSL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from PySide6.QtWidgets import QAbstractButton, QLabel, QWidget
from pytestqt.qtbot import QtBot

from gazeannotator.settings import LastStream, Settings
from gazeannotator.tracking.mapping import StreamMapping
from gazeannotator.ui.dialogs.stream_mapping import StreamMappingDialog
from gazeannotator.ui.pages.tracker import TrackerPage

pytestmark = pytest.mark.timeout(60)
SOON_MS = 30_000


@pytest.fixture
def open_page(qtbot: QtBot) -> Iterator[Callable[..., TrackerPage]]:
    pages: list[TrackerPage] = []

    def make(settings: Settings | None = None) -> TrackerPage:
        page = TrackerPage(settings or Settings())
        qtbot.addWidget(page)
        page.resize(1000, 700)
        page.show()
        pages.append(page)
        return page

    yield make
    for each in pages:
        each.close()


def words(page: QWidget) -> str:
    return "\n".join(each.text() for each in page.findChildren(QLabel) if each.isVisible())


def click(page: QWidget, name: str) -> None:
    button = page.findChild(QAbstractButton, name)
    assert button.isVisible()
    button.click()


def test_nothing_there(qtbot: QtBot, open_page: Callable[..., TrackerPage]) -> None:
    page = open_page()
    assert "Looking for eye trackers" in words(page)
    qtbot.waitUntil(lambda: "No gaze stream is there yet" in words(page), timeout=SOON_MS)
    assert not page.use_button.isVisible()


def test_only_stream_is_shown_and_can_be_used(
    qtbot: QtBot, open_page: Callable[..., TrackerPage], make_tracker: Callable[..., Any]
) -> None:
    tracker = make_tracker()
    page = open_page()
    qtbot.waitUntil(lambda: "Good signal" in words(page), timeout=SOON_MS)
    assert "SIMULATED" in words(page)
    qtbot.waitUntil(lambda: page.signal_card.rate.value.text() == "250", timeout=SOON_MS)
    assert page.signal_card.found.value.text() == "100%"
    tracker.stop()
    qtbot.waitUntil(lambda: "Lost" in words(page), timeout=SOON_MS)
    assert page.signal_card.rate.value.text() == "–"
    tracker.start()
    qtbot.waitUntil(lambda: "Good signal" in words(page), timeout=SOON_MS)
    chosen: list[tuple[str, str, str]] = []
    page.stream_chosen.connect(lambda *each: chosen.append(each))
    with qtbot.waitSignal(page.left):
        click(page, "useStream")
    assert chosen == [(tracker.description.source_id, tracker.description.name, "")]


def test_eyes_are_drawn_where_they_look(
    qtbot: QtBot, open_page: Callable[..., TrackerPage], make_tracker: Callable[..., Any]
) -> None:
    make_tracker(values=[0.25, 0.75, 0.75, 0.25, 3, 3, 0])
    page = open_page()
    sketch = page.signal_card.sketch

    def dots() -> tuple[tuple[int, int, int], tuple[int, int, int]]:
        picture, area = sketch.grab().toImage(), sketch._screen()
        left = picture.pixelColor(
            round(area.x() + 0.25 * area.width()), round(area.y() + 0.75 * area.height())
        )
        ring = picture.pixelColor(
            round(area.x() + 0.75 * area.width()) + 10, round(area.y() + 0.25 * area.height())
        )
        return left.getRgb()[:3], ring.getRgb()[:3]

    qtbot.waitUntil(lambda: dots()[0] == (0x0F, 0x76, 0x6E), timeout=SOON_MS)
    red, green, blue = dots()[1]
    assert red > 150 > green > blue


def dialog_of(qtbot: QtBot, page: TrackerPage) -> StreamMappingDialog:
    qtbot.waitUntil(lambda: page.findChild(StreamMappingDialog) is not None, timeout=SOON_MS)
    dialog = page.findChild(StreamMappingDialog)
    qtbot.waitUntil(lambda: dialog.channels.rows[0].now.text() == "200", timeout=SOON_MS)
    return dialog


def test_unknown_coordinates_are_told_in_a_dialog(
    qtbot: QtBot, open_page: Callable[..., TrackerPage], make_tracker: Callable[..., Any]
) -> None:
    tracker = make_tracker("plain", [200.0, 600.0])
    page = open_page()
    dialog = dialog_of(qtbot, page)
    assert not page.use_button.isEnabled()
    assert dialog.channels.roles == {"x": 0, "y": 1}
    assert dialog.coordinates.currentData() == "screen_px"
    dialog.accept()
    qtbot.waitUntil(lambda: "Good signal" in words(page), timeout=SOON_MS)
    assert page._feed.latest(1).left[-1].tolist() == [0.25, 0.75]
    chosen: list[tuple[str, str, object]] = []
    page.stream_chosen.connect(lambda *each: chosen.append(each))
    click(page, "useStream")
    told = StreamMapping(("", ""), {"x": 0, "y": 1}, "screen_px")
    assert chosen == [(tracker.description.source_id, tracker.description.name, told)]


def test_unknown_channels_are_told_in_a_dialog_that_can_be_opened_again(
    qtbot: QtBot, open_page: Callable[..., TrackerPage], make_tracker: Callable[..., Any]
) -> None:
    make_tracker(values=[200.0, 600.0, 0, 0, 0, 0, 0], name="Lab", label="ch")
    page = open_page()
    dialog = dialog_of(qtbot, page)
    dialog.reject()
    assert "does not say what its numbers mean" in words(page)
    assert not page.use_button.isEnabled()
    qtbot.waitUntil(lambda: page._dialog is None, timeout=SOON_MS)
    click(page, "openMapping")
    dialog = page._dialog
    dialog.channels.set_roles({"x": 0, "y": 1})
    dialog.channels.changed.emit()
    qtbot.waitUntil(dialog.accept_button.isEnabled, timeout=SOON_MS)
    dialog.accept_button.click()
    qtbot.waitUntil(lambda: "Good signal" in words(page), timeout=SOON_MS)
    assert page._feed.latest(1).right[-1].tolist() == [0.25, 0.75]
    assert page._feed.gaze_stream.layout == "mapped"
    # The mapping is known when the stream is opened again, and can be told anew.
    page.open(page._feed.description)
    qtbot.waitUntil(lambda: page.change_button.isVisible(), timeout=SOON_MS)
    assert page._dialog is None
    page.change_button.click()
    qtbot.waitUntil(lambda: page._dialog is not None, timeout=SOON_MS)
    assert page._dialog.channels.roles == {"x": 0, "y": 1}
    page.hide()
    assert page._dialog is None


def test_a_stream_that_says_everything_cannot_be_told_otherwise(
    qtbot: QtBot, open_page: Callable[..., TrackerPage], make_tracker: Callable[..., Any]
) -> None:
    tracker = make_tracker()
    page = open_page(Settings().with_coordinates(tracker.description.source_id, "screen_px"))
    qtbot.waitUntil(lambda: "Good signal" in words(page), timeout=SOON_MS)
    assert not page.change_button.isVisible()
    assert page._feed.latest(1).left[-1].tolist() == [0.5, 0.5]


def test_several_streams(
    qtbot: QtBot, open_page: Callable[..., TrackerPage], make_tracker: Callable[..., Any]
) -> None:
    make_tracker()
    other = make_tracker("xdf").description
    page = open_page(Settings(last_stream=LastStream(source_id="gone", name="gone")))
    name = f"stream:{other.source_id}"
    qtbot.waitUntil(lambda: len(page.findChildren(QAbstractButton, name)) == 2, timeout=SOON_MS)
    entry = next(
        each for each in page.findChildren(QAbstractButton, name) if other.name == each.accessibleName()
    )
    entry.click()
    qtbot.waitUntil(lambda: "Good signal" in words(page), timeout=SOON_MS)
    assert page.signal_card.name.text() == other.name


def test_glasses_are_refused_with_the_reason(
    qtbot: QtBot, open_page: Callable[..., TrackerPage], make_tracker: Callable[..., Any]
) -> None:
    make_tracker("pupil-core")
    page = open_page()
    reason = "'pupil_capture' gives gaze in the picture of a head-worn camera"
    qtbot.waitUntil(lambda: reason in words(page), timeout=SOON_MS)
    assert not page.use_button.isVisible()
    assert page.findChild(StreamMappingDialog) is None


def test_nothing_runs_when_the_page_is_not_seen(
    qtbot: QtBot, open_page: Callable[..., TrackerPage], make_tracker: Callable[..., Any]
) -> None:
    make_tracker()
    page = open_page()
    qtbot.waitUntil(lambda: "Good signal" in words(page), timeout=SOON_MS)
    page.hide()
    assert page._feed is None
    assert page._search is None
    page.show()
    qtbot.waitUntil(lambda: "Good signal" in words(page), timeout=SOON_MS)


def test_simulated_eye_starts_and_ends(qtbot: QtBot, open_page: Callable[..., TrackerPage]) -> None:
    page = open_page()
    click(page, "startSimulator")
    assert page.simulate_button.text() == "Stop simulated eye"
    qtbot.waitUntil(lambda: "Good signal" in words(page), timeout=20_000)
    assert "SIMULATED" in words(page)
    page.close()
    assert not page.simulator.running
