"""Streams as other programs describe them, and what we make of them."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from gazeannotator.errors import TrackerError, UnknownChannels
from gazeannotator.tracking.layouts import (
    StreamDescription,
    describe,
    is_gaze,
    recognise,
    to_chunk,
)
from gazeannotator.tracking.senders.sender import Channel
from gazeannotator.tracking.senders.table import SENDERS

SCREEN_PX = (1280.0, 720.0)


def stream(
    *channels: Channel, name: str = "Tracker", kind: str = "Gaze", form: str = "float32"
) -> StreamDescription:
    return StreamDescription(name, kind, "tracker-1", 60.0, form, channels)


def sent_by(layout: str) -> StreamDescription:
    sender = SENDERS[layout]
    channels = tuple(channel for channel, _ in sender.channels)
    return StreamDescription(
        sender.stream_name, sender.stream_type, "x", 60.0, sender.channel_format, channels
    )


def screen_xy(unit: str, system: str = "") -> tuple[Channel, Channel]:
    return (
        Channel("horizontal", "both", "ScreenX", unit, system),
        Channel("vertical", "both", "ScreenY", unit, system),
    )


@pytest.mark.parametrize("layout", [name for name in SENDERS if name != "plain"])
def test_every_known_stream_is_recognised_by_its_own_channels(layout: str) -> None:
    sender, sent = SENDERS[layout], sent_by(layout)
    assert is_gaze(sent)
    if sender.scene_camera:
        assert describe(sent) == (layout, "scene_camera")
        return
    found = recognise(sent)
    assert (found.name, found.coordinates) == (layout, sender.coordinates)
    expected = "screen_px" if sender.coordinates == "screen_px" else "normalised"
    assert describe(sent) == (layout, expected)


@pytest.mark.parametrize(
    "layout", [name for name, sender in SENDERS.items() if name != "plain" and not sender.scene_camera]
)
def test_more_channels_between_the_known_ones_do_not_matter(layout: str) -> None:
    known = sent_by(layout)
    alone = recognise(known).channels
    more = [each for channel in known.channels for each in (Channel("extra", "", "Other", "V"), channel)]
    mixed = recognise(replace(known, channels=tuple(more)))
    assert mixed.name == layout
    assert mixed.channels == {carries: 2 * number + 1 for carries, number in alone.items()}


def without(description: StreamDescription, *labels: str) -> StreamDescription:
    kept = tuple(channel for channel in description.channels if channel.label not in labels)
    assert len(kept) == len(description.channels) - len(labels)
    return replace(description, channels=kept)


@pytest.mark.parametrize(
    ("layout", "labels"),
    [
        ("titta", ["diameter.pupil.left_eye", "available.gaze_point.right_eye"]),
        ("tobii", ["device_time", "left_pupil"]),
        ("eyelink", ["leftPupilArea", "LSL_timestamp"]),
        ("smi-iviewx", ["PlaneNumber", "Diameter_left"]),
        ("eyelogic", ["FrameNumber"]),
        ("eyetech", ["Focus", "WeightedGazePoint_X"]),
        ("gazepoint", ["FPOGID"]),
        ("gazepoint-full", ["LPMM", "LPMMV", "RPMM", "RPMMV", "HRP"]),
    ],
)
def test_channels_that_are_not_there_are_not_missed(layout: str, labels: list[str]) -> None:
    assert recognise(without(sent_by(layout), *labels)).name == layout


def test_titta_is_read_by_label_in_its_longer_form_too() -> None:
    known = sent_by("titta")
    labels = [channel.label for channel in known.channels]
    z = labels.index("z.position_in_user_coordinates.gaze_origin.left_eye")
    more = tuple(
        Channel(
            f"{axis}.position_in_track_box_coordinates.gaze_origin.left_eye", "left", "Pupil", "normalized"
        )
        for axis in "xyz"
    )
    longer = replace(known, channels=(*known.channels[: z + 1], *more, *known.channels[z + 1 :]))
    layout = recognise(longer)
    assert layout.name == "titta"
    right_x = labels.index("x.position_on_display_area.gaze_point.right_eye")
    assert layout.channels["right_x"] == right_x + 3


def test_an_older_eyetech_calls_its_points_directions() -> None:
    known = sent_by("eyetech")
    kinds = {"ScreenX": "DirectionX", "ScreenY": "DirectionY"}
    older = tuple(replace(each, type=kinds.get(each.type, each.type)) for each in known.channels)
    assert recognise(replace(known, channels=older)) == recognise(known)


def test_an_eyelink_that_describes_no_channel_is_known_by_its_name() -> None:
    bare = stream(*[Channel()] * 10, name="EyeLink", form="double64")
    assert recognise(bare) == recognise(sent_by("eyelink"))
    with pytest.raises(UnknownChannels):
        recognise(stream(*[Channel()] * 10, name="Something else"))
    with pytest.raises(UnknownChannels):
        recognise(stream(*[Channel()] * 9, name="EyeLink"))


def test_the_first_stream_engine_app_described_no_channel() -> None:
    bare = stream(Channel(), Channel(), name="TobiiStreamEngine", kind="gaze")
    assert (recognise(bare).name, recognise(bare).coordinates) == ("tobii-stream-engine", "normalised")


def test_the_older_tobii_pro_app_has_another_type() -> None:
    assert describe(replace(sent_by("tobii-pro-app"), type="Eyetracker")) == ("tobii-pro-app", "normalised")


def test_tobii_channels_of_another_maker_are_not_taken_for_its_validity_codes() -> None:
    invensun = replace(sent_by("tobii-legacy"), name="7invensun")
    layout = recognise(invensun)
    assert (layout.name, layout.coordinates, layout.valid) == ("xdf", "unknown", (0.0, math.inf))


def test_an_iviewx_that_is_no_red_measures_pupils_in_pixels() -> None:
    known = sent_by("smi-iviewx")
    other = tuple(
        replace(each, unit="pixels") if each.label.startswith("Diameter") else each for each in known.channels
    )
    channels = recognise(replace(known, channels=other)).channels
    assert "left_pupil_mm" not in channels
    assert channels["left_distance_mm"] == 8


@pytest.mark.parametrize(
    ("labels", "layout", "sequence"),
    [
        (["CNT", "TIME", "FPOGX", "FPOGY", "FPOGV", "LPOGX", "LPOGY", "LPOGV"], "gazepoint", 0),
        (
            ["CNT", "FPOGX", "FPOGY", "LPOGX", "LPOGY", "LPOGV", "RPOGX", "RPOGY", "RPOGV"],
            "gazepoint-full",
            0,
        ),
        (["FPOGX", "FPOGY", "FPOGV", "BPOGX", "BPOGY", "BPOGV"], "gazepoint-best", None),
    ],
)
def test_gazepoint_prefers_each_eye_then_the_best_point_then_fixations(
    labels: list[str], layout: str, sequence: int | None
) -> None:
    def unit(label: str) -> str:
        return "percent" if label.endswith(("X", "Y")) else "integer" if label == "CNT" else "boolean"

    found = recognise(stream(*(Channel(label, "", "gaze", unit(label)) for label in labels)))
    assert found.name == layout
    assert found.channels.get("sequence") == sequence


def test_a_gazepoint_flag_of_another_name_and_pupils_in_mm() -> None:
    rows = [("TIME_VAL", "seconds"), ("FPOGX", "percent"), ("FPOGY", "percent"), ("FPOG_VALID", "boolean")]
    rows += [("LPMM", "mm"), ("RPMM", "mm")]
    found = recognise(stream(*(Channel(label, "", "gaze", unit) for label, unit in rows)))
    assert found.channels == {"valid": 3, "left_pupil_mm": 4, "right_pupil_mm": 5, "x": 1, "y": 2}


@pytest.mark.parametrize(
    ("unit", "coordinates"),
    [
        ("normalized", "normalised"),
        ("Normalised", "normalised"),
        ("pixels", "screen_px"),
        ("px", "screen_px"),
        ("", "unknown"),
        ("millimeters", "unknown"),
    ],
)
def test_the_convention_tells_coordinates_by_unit_or_not_at_all(unit: str, coordinates: str) -> None:
    found = stream(*screen_xy(unit))
    assert recognise(found).coordinates == coordinates
    assert describe(found) == ("xdf", coordinates)


def test_percent_are_read_by_the_convention_and_asked_for_outside_of_it() -> None:
    chunk = to_chunk(np.array([[50, 125]]), np.zeros(1), recognise(stream(*screen_xy("percent"))), SCREEN_PX)
    assert chunk.left.tolist() == [[0.5, 1.25]]
    assert describe(stream(*screen_xy("percent"))) == ("xdf", "normalised")
    assert describe(stream(Channel("x", unit="percent"), Channel("y", unit="percent"))) == (None, "unknown")


def test_the_convention_knows_a_confidence_of_zero() -> None:
    flag = Channel("sure", "left", "Confidence", "normalized")
    layout = recognise(stream(*(replace(each, eye="left") for each in screen_xy("normalized")), flag))
    chunk = to_chunk(np.array([[0.5, 0.5, 0.01], [0.5, 0.5, 0.0]]), np.zeros(2), layout, SCREEN_PX)
    assert np.isnan(chunk.left).any(axis=1).tolist() == [False, True]


def test_pupils_of_the_convention_are_taken_in_millimetres_only() -> None:
    pupils = [Channel(f"pupil {unit}", "left", "Diameter", unit) for unit in ("pixels", "", "millimeters")]
    assert recognise(stream(*screen_xy("pixels"), *pupils)).channels["left_pupil_mm"] == 4


def test_a_point_of_both_eyes_stands_for_each() -> None:
    chunk = to_chunk(np.array([[640, 180]]), np.zeros(1), recognise(stream(*screen_xy("pixels"))), SCREEN_PX)
    assert chunk.left.tolist() == chunk.right.tolist() == [[0.5, 0.25]]


def test_silent_coordinates_must_be_answered_first() -> None:
    layout = recognise(stream(Channel(), Channel()))
    assert (layout.name, layout.coordinates) == ("plain", "unknown")
    with pytest.raises(ValueError, match="coordinates"):
        to_chunk(np.zeros((1, 2)), np.zeros(1), layout, SCREEN_PX)
    answered = layout.with_coordinates("screen_px")
    assert to_chunk(np.array([[640.0, 720.0]]), np.zeros(1), answered, SCREEN_PX).left.tolist() == [
        [0.5, 1.0]
    ]
    assert describe(stream(Channel(), Channel())) == (None, "unknown")


@pytest.mark.parametrize(
    "labels",
    [
        ("x", "y"),
        ("leftEyeX", "leftEyeY"),
        ("left_gaze_x", "left_gaze_y"),
        ("Screen_X_left", "Screen_Y_left"),
    ],
)
def test_labels_that_say_x_and_y_are_understood(labels: tuple[str, str]) -> None:
    layout = recognise(stream(Channel("time"), *(Channel(label) for label in labels)))
    assert layout.channels["left_x"] == 1
    assert layout.channels["left_y"] == 2


def test_gaze_beside_the_screen_and_at_its_corner_is_kept_and_infinity_is_not() -> None:
    values = np.array([[0.0, 0.0], [-0.3, 1.7], [np.inf, 0.5], [np.nan, np.nan]])
    chunk = to_chunk(values, np.arange(4.0), recognise(stream(*screen_xy("normalized"))), SCREEN_PX)
    assert chunk.left[:2].tolist() == values[:2].tolist()
    assert chunk.lost.tolist() == [False, False, True, True]


def test_doubled_and_decreasing_stamps_are_kept() -> None:
    stamps = np.array([5.0, 5.0, 4.0])
    chunk = to_chunk(np.zeros((3, 2)), stamps, recognise(stream(*screen_xy("normalized"))), SCREEN_PX)
    assert chunk.time_s.tolist() == stamps.tolist()


@pytest.mark.parametrize(
    "camera",
    [
        stream(*screen_xy("normalized", "world"), name="pupil_capture"),
        stream(*screen_xy("pixels", "world-space"), name="anything"),
        stream(Channel("x"), Channel("y"), name="Neon Companion_Neon Gaze"),
        stream(Channel("x", "both", "ScreenX", "pixels"), name="iViewNG-Gaze"),
        stream(Channel("gaze2d.x", unit="normalized"), Channel("gaze2d.y", unit="normalized"), kind="Gaze2d"),
        without(sent_by("smi-iviewng"), "PupilConfidence_left", "SceneFrameNumber"),
        stream(*screen_xy("pixels", "Camera-Space"), name="head"),
        stream(
            Channel("gaze2d.x"), Channel("gaze2d.y"), name="Tobii Pro Glasses 3", kind="Wearable eye tracker"
        ),
    ],
    ids=lambda each: each.name,
)
def test_scene_cameras_are_listed_and_refused(camera: StreamDescription) -> None:
    assert is_gaze(camera)
    assert describe(camera)[1] == "scene_camera"
    with pytest.raises(TrackerError, match=f"'{camera.name}'.*head-worn camera") as caught:
        recognise(camera)
    assert not isinstance(caught.value, UnknownChannels)


def test_glasses_with_the_labels_of_a_screen_tracker_are_told_by_their_coordinate_system() -> None:
    known = sent_by("gazeannotator")
    worn = tuple(replace(each, coordinate_system="world-space") for each in known.channels)
    assert describe(replace(known, channels=worn)) == (None, "scene_camera")


@pytest.mark.parametrize("unit", ["pixels", "normalized"])
@pytest.mark.parametrize("kind", ["", "Screen"])
def test_plain_labels_alone_are_not_taken_for_glasses(unit: str, kind: str) -> None:
    axes = [Channel(axis.lower(), "both", f"{kind}{axis}" if kind else "", unit) for axis in "XY"]
    assert describe(stream(*axes))[1] == ("screen_px" if unit == "pixels" else "normalised")


@pytest.mark.parametrize(
    "unusable",
    [
        stream(Channel("alpha"), Channel("beta")),
        stream(Channel(), Channel(), Channel()),
        stream(Channel("x"), Channel("pupil_y")),
        stream(Channel("x"), Channel("y"), form="string"),
    ],
)
def test_streams_without_gaze_points_are_refused(unusable: StreamDescription) -> None:
    with pytest.raises(UnknownChannels, match=f"which of its {len(unusable.channels)} channels"):
        recognise(unusable)
    assert describe(unusable) == (None, "unknown")


@pytest.mark.parametrize(
    "kind", ["gaze", "GAZE", "eyetracking", "Eye Tracking", "eye-tracker", "EyeTracker", "eye_tracker"]
)
def test_gaze_streams_are_told_by_type(kind: str) -> None:
    assert is_gaze(stream(Channel(), kind=kind))


def test_gaze_streams_are_told_by_known_sender() -> None:
    assert is_gaze(replace(sent_by("tobii-pro-app"), type="Eyetracker"))
    assert not is_gaze(stream(Channel("C3"), Channel("C4"), kind="EEG"))
    assert not is_gaze(stream(Channel("x"), Channel("y"), kind="Mouse"))
    assert not is_gaze(stream(Channel(), Channel(), kind="Fixations", name="pupil_capture_fixations"))
