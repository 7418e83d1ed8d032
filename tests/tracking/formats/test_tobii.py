"""Exports of Tobii Pro Lab, in the names and units of its versions."""

from __future__ import annotations

import numpy as np
import pytest

from gazeannotator.errors import BadInput
from gazeannotator.study.check import check_study

COLUMNS = (
    "Recording timestamp [μs]",
    "Sensor",
    "Participant name",
    "Recording name",
    "Recording date UTC",
    "Recording start time UTC",
    "Recording resolution height [px]",
    "Recording resolution width [px]",
    "Event",
    "Gaze point left X [DACS px]",
    "Gaze point left Y [DACS px]",
    "Gaze point right X [DACS px]",
    "Gaze point right Y [DACS px]",
    "Pupil diameter left [mm]",
    "Pupil diameter right [mm]",
    "Eye position left Z [DACS mm]",
    "Eye position right Z [DACS mm]",
    "Validity left",
    "Validity right",
    "Presented Stimulus name",
    "Presented Media name",
    "Presented Media width [px]",
    "Presented Media height [px]",
    "Presented Media position X [DACS px]",
    "Presented Media position Y [DACS px]",
    "Original Media width [px]",
    "Original Media height [px]",
)
MEDIA = {
    "Presented Media name": "polyp 1.png",
    "Presented Stimulus name": "polyp 1",
    "Presented Media width [px]": "1280",
    "Presented Media height [px]": "960",
    "Presented Media position X [DACS px]": "320",
    "Presented Media position Y [DACS px]": "60",
    "Original Media width [px]": "640",
    "Original Media height [px]": "480",
}
EYES = {
    "Sensor": "Eye Tracker",
    "Gaze point left X [DACS px]": "960",
    "Gaze point left Y [DACS px]": "540",
    "Gaze point right X [DACS px]": "970",
    "Gaze point right Y [DACS px]": "544",
    "Pupil diameter left [mm]": "3.1",
    "Pupil diameter right [mm]": "3.25",
    "Eye position left Z [DACS mm]": "640",
    "Eye position right Z [DACS mm]": "644",
    "Validity left": "Valid",
    "Validity right": "Valid",
}
LOST = {"Sensor": "Eye Tracker", "Validity left": "Invalid", "Validity right": "Invalid"}
ALWAYS = {
    "Participant name": "P01",
    "Recording name": "Recording1",
    "Recording date UTC": "2024-03-02",
    "Recording start time UTC": "09:10:11.123",
    "Recording resolution height [px]": "1080",
    "Recording resolution width [px]": "1920",
}


def table(*rows: dict[str, str], columns: tuple[str, ...] = COLUMNS) -> str:
    lines = ["\t".join(columns)]
    for row in rows:
        lines.append("\t".join((ALWAYS | row).get(name, "") for name in columns))
    return "\ufeff" + "\n".join(lines) + "\n"


def row(time_us: float, *parts: dict[str, str]) -> dict[str, str]:
    joined = {"Recording timestamp [μs]": f"{time_us:.0f}"}
    for part in parts:
        joined |= part
    return joined


def recording(step_us: int = 16667, count: int = 60) -> list[dict[str, str]]:
    rows = [row(1000, {"Sensor": "Mouse"}), row(2000, EYES)]
    rows += [row(10_000, {"Event": "ImageStimulusStart"}, MEDIA)]
    rows += [row(20_000 + k * step_us, LOST if k == 5 else EYES, MEDIA) for k in range(count)]
    rows += [row(30_000 + count * step_us, {"Event": "ImageStimulusEnd"}, MEDIA)]
    return [*rows, row(40_000 + count * step_us, EYES)]


def test_gaze_on_the_screen_lies_where_the_media_lay(bench) -> None:
    report = bench.take("a.tsv", table(*recording()), "tobii-tsv")
    assert (report.readings, report.samples, report.refused) == (1, 60, [])
    (reading,) = bench.prepared()
    # The media lay at 320, 60 and twice as large as the file.
    assert np.allclose(reading.gaze["left_px"][0], [(960 - 320) / 2, (540 - 60) / 2])
    assert np.allclose(reading.gaze["right_px"][0], [(970 - 320) / 2, (544 - 60) / 2])
    assert np.allclose(reading.gaze["xy_px"][0], [(965 - 320) / 2, (542 - 60) / 2])
    assert np.isnan(reading.gaze["xy_px"][5]).all()
    assert np.allclose(reading.gaze["pupil_mm"][0], [3.1, 3.25])
    assert np.isnan(reading.gaze["pupil_mm"][5]).all()
    assert np.allclose(reading.gaze["t_s"][:2], [0.010, 0.026667])
    columns = reading.columns
    assert columns["onset_s"] == pytest.approx(0.010)
    assert columns["duration_s"] == pytest.approx(0.020 + 60 * 0.016667)
    assert columns["rate_hz"] == pytest.approx(1e6 / 16667)
    assert columns["distance_mm"] == 642
    assert columns["screen_px"] == (1920, 1080)
    assert columns["placement"] == (320, 60, 1280, 960)
    assert columns["session_utc"] == "2024-03-02T09:10:11.123+00:00"
    assert 1 / 61 <= columns["data_loss"] <= 2 / 61
    assert len(reading.fixations["onset_s"]) == 1
    assert check_study(bench.store.path) == []


def test_what_the_export_does_not_tell_is_marked(bench) -> None:
    bench.take("a.tsv", table(*recording()), "tobii-tsv")
    assert bench.imported.missing == set()
    assert bench.imported.nominal == {"screen_mm", "distance_mm"}
    (reading,) = bench.readings()
    assert (reading.label, reading.state, reading.source) == (None, "done", "imported:tobii-tsv")
    assert np.isnan(bench.prepared()[0].columns["response_s"])


def renamed(text: str, names: dict[str, str]) -> str:
    for before, after in names.items():
        text = text.replace(before, after)
    return text


OLD = {
    " [DACS px]\tGaze": "\tGaze",
    "Recording timestamp [μs]": "Recording timestamp",
    " [px]": "",
    " [mm]": "",
    "position X [DACS px]": "position X (DACSpx)",
    "position Y [DACS px]": "position Y (DACSpx)",
    "right Y [DACS px]": "right Y",
    "[DACS mm]": "(DACSmm)",
}


def test_older_names_without_units_are_understood(bench, make_bench) -> None:
    bench.take("a.tsv", table(*recording()), "tobii-tsv")
    other = make_bench()
    report = other.take("a.tsv", renamed(table(*recording()), OLD), "tobii-tsv")
    assert any("by its usual step they are microseconds" in note for note in report.notes)
    for one, two in zip(bench.prepared(), other.prepared(), strict=True):
        assert np.array_equal(one.gaze["xy_px"], two.gaze["xy_px"], equal_nan=True)
        assert np.array_equal(one.gaze["t_s"], two.gaze["t_s"])


@pytest.mark.parametrize("name", ["Recording timestamp [ms]", "Recording timestamp"])
def test_milliseconds(bench, name) -> None:
    rows = [
        each | {"Recording timestamp [μs]": f"{float(each['Recording timestamp [μs]']) / 1000:.3f}"}
        for each in recording()
    ]
    text = table(*rows).replace("Recording timestamp [μs]", name)
    bench.take("a.tsv", text, "tobii-tsv")
    assert np.allclose(bench.prepared()[0].gaze["t_s"][:2], [0.010, 0.026667], atol=1e-5)


def test_decimal_commas(bench) -> None:
    rows = [row(k * 16667, {**EYES, "Gaze point left X [DACS px]": "960,5"}, MEDIA) for k in range(9)]
    bench.take("a.tsv", table(*rows), "tobii-tsv")
    assert bench.prepared()[0].gaze["left_px"][0, 0] == pytest.approx((960.5 - 320) / 2)


def test_utf_16_of_old_exports(bench) -> None:
    text = table(*recording()).lstrip("\ufeff").encode("utf-16")
    assert bench.take("a.tsv", text, "tobii-tsv").samples == 60


def test_shares_of_the_media_need_no_place_on_the_screen(bench) -> None:
    columns = tuple(
        name.replace("[DACS px]", "(MCSnorm)")
        for name in COLUMNS
        if "position X" not in name and "position Y" not in name
    )
    gaze = {
        "Gaze point left X (MCSnorm)": "0.25",
        "Gaze point left Y (MCSnorm)": "0.5",
        "Gaze point right X (MCSnorm)": "0.27",
        "Gaze point right Y (MCSnorm)": "0.52",
    }
    rows = [row(k * 16667, EYES, MEDIA, gaze) for k in range(9)]
    bench.take("a.tsv", table(*rows, columns=columns), "tobii-tsv")
    (reading,) = bench.prepared()
    assert np.allclose(reading.gaze["left_px"][0], [160, 240], atol=1e-3)
    assert np.allclose(reading.gaze["right_px"][0], [0.27 * 640, 0.52 * 480], atol=1e-3)
    assert "placement" in bench.imported.nominal


def test_a_common_point_of_both_eyes(bench) -> None:
    columns = tuple(
        name.replace("Gaze point left", "Gaze point") for name in COLUMNS if "Gaze point right" not in name
    )
    gaze = {"Gaze point X [DACS px]": "960", "Gaze point Y [DACS px]": "540", "Validity right": "Invalid"}
    rows = [row(k * 16667, EYES, MEDIA, gaze) for k in range(9)]
    bench.take("a.tsv", table(*rows, columns=columns), "tobii-tsv")
    (reading,) = bench.prepared()
    assert np.allclose(reading.gaze["xy_px"][0], [320, 240])
    assert np.isnan(reading.gaze["left_px"]).all()
    assert np.isnan(reading.gaze["right_px"]).all()
    assert bench.imported.missing == {"eyes"}


def test_where_the_images_were_is_never_assumed(bench) -> None:
    columns = tuple(name for name in COLUMNS if not name.startswith("Presented Media position"))
    text = table(*recording(), columns=columns)
    with pytest.raises(BadInput, match="does not tell where on the screen the images were"):
        bench.take("a.tsv", text, "tobii-tsv")
    bench.take("a.tsv", text, "tobii-tsv", placement="fit")
    # As large as it goes on 1920 x 1080: 1440 x 1080 at 240, 0.
    assert np.allclose(bench.prepared()[0].gaze["left_px"][0], [(960 - 240) / 2.25, 540 / 2.25])
    assert "placement" not in bench.imported.nominal


def test_an_image_in_another_size_is_another_image(bench) -> None:
    other = MEDIA | {"Original Media width [px]": "320", "Original Media height [px]": "240"}
    rows = [row(k * 16667, EYES, other) for k in range(9)]
    with pytest.raises(BadInput, match="Its image has 320 x 240 px, that of the study 640 x 480"):
        bench.take("a.tsv", table(*rows), "tobii-tsv")


def test_media_that_are_no_images_of_the_study_are_named(bench) -> None:
    instruction = MEDIA | {"Presented Media name": "instruction.png"}
    rows = [row(k * 16667, EYES, instruction) for k in range(9)]
    rows += [row((20 + k) * 16667, EYES, MEDIA) for k in range(9)]
    report = bench.take("a.tsv", table(*rows), "tobii-tsv")
    assert report.readings == 1
    ((where, message),) = report.refused
    assert where.endswith("a.tsv line 2")
    assert "instruction.png" in message


def test_media_named_without_their_kind(bench) -> None:
    media = MEDIA | {"Presented Media name": "Polyp 1"}
    rows = [row(k * 16667, EYES, media) for k in range(9)]
    report = bench.take("a.tsv", table(*rows).replace("Polyp 1", "polyp 1"), "tobii-tsv")
    assert report.readings == 1


def test_each_presentation_is_a_reading(bench) -> None:
    second = {"Presented Media name": "polyp2.JPG", "Original Media width [px]": "600"}
    rows = [row(k * 16667, EYES, MEDIA) for k in range(9)]
    rows += [
        row((9 + k) * 16667, EYES, MEDIA, second, {"Original Media height [px]": "450"}) for k in range(9)
    ]
    rows += [row(20 * 16667, EYES)]
    rows += [row((21 + k) * 16667, EYES, MEDIA) for k in range(9)]
    bench.take("a.tsv", table(*rows), "tobii-tsv")
    images = [each.image for each in bench.readings()]
    assert images == [bench.ids["polyp 1.png"], bench.ids["polyp2.JPG"], bench.ids["polyp 1.png"]]
    assert [each.replaced_by for each in bench.readings()] == [None] * 3


def test_recordings_of_one_person_are_sessions_and_people_are_told_apart(bench) -> None:
    again = [each | {"Recording name": "Recording2"} for each in recording(count=9)]
    report = bench.take("a.tsv", table(*recording(count=9), *again), "tobii-tsv")
    assert (report.sessions, report.readings) == (2, 2)
    other = [each | {"Participant name": "P02"} for each in recording(count=12)]
    text = table(*recording(count=9), *other)
    with pytest.raises(BadInput, match="several people: P01, P02"):
        bench.take("b.tsv", text, "tobii-tsv", reader="B")
    assert bench.take("b.tsv", text, "tobii-tsv", reader="B", participant="P02").samples == 12


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda text: text.replace("DACS px", "MCS px"), "film of glasses"),
        (lambda text: text.replace("Gaze point", "Glance"), "no column 'Gaze point left X'"),
        (lambda text: text.replace("Recording timestamp", "Time"), "no column 'Recording timestamp'"),
        (lambda text: text.replace("Presented ", "Shown "), "does not tell where|no column 'Presented"),
        (lambda text: text[:-900] + text[-900:].replace("\t960\t", "\tx\t"), "line 6.: 'x' in the column"),
        (lambda text: text.replace("\n2000\t", "\n\t", 1), "line 3: its time is missing"),
        (lambda text: text.replace("\n1040020\t", "\n5\t"), "line 66: its time is missing, or earlier"),
        (lambda text: text + "99\tx\n", "line 67: 2 cells where the first line names 27"),
        (lambda text: text.replace("polyp 1.png", ""), "holds no recording"),
    ],
)
def test_tables_that_are_none_are_refused(bench, change, reason) -> None:
    with pytest.raises(BadInput, match=reason):
        bench.take("a.tsv", change(table(*recording())), "tobii-tsv")
    assert bench.store.sessions() == []
