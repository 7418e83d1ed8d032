"""The dialog in which somebody tells what a stream's numbers mean."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gazeannotator.tracking.layouts import StreamDescription
from gazeannotator.tracking.mapping import Answer, StreamMapping, described, understand
from gazeannotator.tracking.senders.sender import Channel
from gazeannotator.ui.dialogs.stream_mapping import StreamMappingDialog
from gazeannotator.ui.gaze_feed import GazeFeed, LiveValues, _Seen

UNKNOWN = tuple(Channel(label) for label in ("t", "a", "b", "c", "d", "state"))
NAMED = (Channel("time"), Channel("gaze_x"), Channel("gaze_y"), Channel("pupil", "left", "", "mm"))

Open = Callable[..., StreamMappingDialog]


def stream(*channels: Channel) -> StreamDescription:
    return StreamDescription("Lab", "Gaze", "lab:1", 60.0, "float32", channels, screen_px=(1000.0, 500.0))


def live(description: StreamDescription, values: np.ndarray) -> LiveValues:
    seen = _Seen(values.shape[1])
    seen.add(values, np.arange(len(values)) / 60)
    return LiveValues(understand(description), seen.recent, seen.stamps, seen.low, seen.high)


@pytest.fixture
def open_dialog(qtbot: QtBot, look: QApplication) -> Open:
    def make(
        *channels: Channel, told: Answer | None = None, values: np.ndarray | None = None
    ) -> StreamMappingDialog:
        feed = GazeFeed(stream(*channels), (800.0, 800.0))
        dialog = StreamMappingDialog(feed, told=told)
        dialog.feed = feed  # lives as long as the dialog
        dialog.values = values if values is not None else np.full((5, len(channels)), 0.5)
        qtbot.addWidget(dialog)
        dialog.open()
        feed.asked.emit(live(feed.description, dialog.values))
        return dialog

    return make


def choose(dialog: StreamMappingDialog, channel: int, role: str) -> None:
    """Choose as with the mouse."""
    combo = dialog.channels.rows[channel].role
    combo.setCurrentIndex(combo.findData(role))
    combo.activated.emit(combo.currentIndex())


def pick(combo: object, value: str) -> None:
    combo.setCurrentIndex(combo.findData(value))
    combo.activated.emit(combo.currentIndex())


def test_every_channel_shows_what_it_sends(open_dialog: Open) -> None:
    values = np.column_stack([np.linspace(0, 9, 10), np.full(10, 3.5), *np.zeros((4, 10))])
    values[4, 1] = np.nan
    dialog = open_dialog(*UNKNOWN, values=values)
    rows = dialog.channels.rows
    assert [row.low.text() for row in rows] == ["0", "3.5", "0", "0", "0", "0"]
    assert [row.high.text() for row in rows] == ["9", "3.5", "0", "0", "0", "0"]
    assert [row.now.text() for row in rows][:2] == ["9", "3.5"]


def test_nothing_is_guessed_and_nothing_is_accepted_where_nothing_is_said(open_dialog: Open) -> None:
    dialog = open_dialog(*UNKNOWN)
    assert dialog.channels.roles == {}
    assert not dialog.accept_button.isEnabled()
    assert "Choose x and y" in dialog.error.text()
    dialog.accept()
    assert dialog.isVisible()


def test_a_guess_is_filled_in_and_waits_to_be_confirmed(qtbot: QtBot, open_dialog: Open) -> None:
    values = np.column_stack([np.arange(8), np.full(8, 250.0), np.full(8, 125.0), np.full(8, 3.0)])
    dialog = open_dialog(*NAMED, values=values)
    assert dialog.channels.roles == {"x": 1, "y": 2}
    assert dialog.coordinates.currentData() == "screen_px"
    assert dialog.accept_button.isEnabled()
    assert "25 % from the left and 25 % from the top" in dialog.where.text()
    with qtbot.waitSignal(dialog.mapped) as caught:
        dialog.accept_button.click()
    expected = StreamMapping(described(stream(*NAMED)), {"x": 1, "y": 2}, "screen_px")
    assert caught.args == [expected]


def test_x_without_y_is_not_enough(open_dialog: Open) -> None:
    dialog = open_dialog(*UNKNOWN)
    choose(dialog, 1, "left_x")
    assert not dialog.accept_button.isEnabled()
    choose(dialog, 2, "right_y")
    assert not dialog.accept_button.isEnabled()
    choose(dialog, 2, "left_y")
    assert dialog.accept_button.isEnabled()
    choose(dialog, 3, "x")
    assert "not both" in dialog.error.text()
    assert not dialog.accept_button.isEnabled()


def test_a_role_belongs_to_one_channel(open_dialog: Open) -> None:
    dialog = open_dialog(*UNKNOWN)
    choose(dialog, 1, "x")
    choose(dialog, 3, "x")
    assert dialog.channels.roles == {"x": 3}
    choose(dialog, 3, "")
    assert dialog.channels.roles == {}


def test_all_that_can_be_told_is_told(qtbot: QtBot, open_dialog: Open) -> None:
    dialog = open_dialog(*UNKNOWN)
    assert not dialog.valid_field.isVisible()
    for channel, role in ((1, "left_x"), (2, "left_y"), (3, "right_x"), (4, "right_y"), (5, "valid")):
        choose(dialog, channel, role)
    assert dialog.valid_field.isVisible()
    pick(dialog.coordinates, "percent")
    pick(dialog.origin, "bottom-left")
    pick(dialog.valid, "zero")
    dialog.marks.setText("nothing")
    assert not dialog.accept_button.isEnabled()
    dialog.marks.setText("0, -1")
    with qtbot.waitSignal(dialog.mapped) as caught:
        dialog.accept_button.click()
    assert caught.args == [
        StreamMapping(
            described=described(stream(*UNKNOWN)),
            channels={"left_x": 1, "left_y": 2, "right_x": 3, "right_y": 4, "valid": 5},
            coordinates="percent",
            origin="bottom-left",
            marks=(0.0, -1.0),
            valid="zero",
        )
    ]


def test_what_was_chosen_is_not_overwritten_by_a_guess(open_dialog: Open) -> None:
    dialog = open_dialog(*NAMED)
    pick(dialog.coordinates, "percent")
    dialog.marks.setText("7")
    dialog.marks.textEdited.emit("7")
    lost = np.full((9, 4), -1.0)
    dialog.feed.asked.emit(live(stream(*NAMED), np.concatenate([np.full((5, 4), 900.0), lost])))
    assert dialog.coordinates.currentData() == "percent"
    assert dialog.marks.text() == "7"


def test_marks_are_guessed_and_leave_the_dot(open_dialog: Open) -> None:
    gaze = np.column_stack([np.arange(9), np.full(9, 250.0), np.full(9, 125.0), np.full(9, 3.0)])
    lost = np.full((5, 4), -1.0)
    dialog = open_dialog(*NAMED, values=np.concatenate([gaze, lost]))
    assert dialog.marks.text() == "-1"
    assert dialog.where.text() == "Now no eye is found."


@pytest.mark.parametrize(
    ("coordinates", "words"), [("normalised", "lies beside the screen"), ("screen_px", "25 % from the left")]
)
def test_a_wrong_choice_is_seen(open_dialog: Open, coordinates: str, words: str) -> None:
    values = np.column_stack([np.arange(8), np.full(8, 250.0), np.full(8, 125.0), np.full(8, 3.0)])
    dialog = open_dialog(*NAMED, values=values)
    pick(dialog.coordinates, coordinates)
    assert words in dialog.where.text()


def test_an_earlier_mapping_is_where_it_starts(open_dialog: Open) -> None:
    told = StreamMapping(
        described(stream(*UNKNOWN)),
        {"x": 3, "y": 4, "valid": 5},
        "percent",
        marks=(-5.0,),
        valid="above_half",
    )
    dialog = open_dialog(*UNKNOWN, told=told)
    assert dialog.mapping() == told


def test_a_mapping_of_other_channels_is_no_start(open_dialog: Open) -> None:
    told = StreamMapping(("x", "y"), {"x": 0, "y": 1}, "percent")
    dialog = open_dialog(*UNKNOWN, told=told)
    assert dialog.channels.roles == {}
