"""EyeLink recordings as edf2asc writes them."""

from __future__ import annotations

import numpy as np
import pytest

from gazeannotator.errors import BadInput
from gazeannotator.study.check import check_study

HEAD = """** CONVERTED FROM C:\\data\\sub1.edf using edfapi 4.2.1
** DATE: Tue Mar 12 14:02:33 2019
** TYPE: EDF_FILE BINARY EVENT SAMPLE TAGGED
** VERSION: EYELINK II 1
**

MSG\t5000 DISPLAY_COORDS 0 0 1919 1079
MSG\t5100 !CAL VALIDATION HV9 LR LEFT  GOOD ERROR 0.40 avg. 0.91 max  OFFSET 0.12 deg. 3.4,-2.1 pix.
MSG\t5101 !CAL VALIDATION HV9 LR RIGHT GOOD ERROR 0.50 avg. 0.80 max  OFFSET 0.11 deg. 1.0,-2.0 pix.
"""
START = """START\t{t} \tLEFT\tRIGHT\tSAMPLES\tEVENTS
PRESCALER\t1
VPRESCALER\t1
PUPIL\tAREA
EVENTS\tGAZE\tLEFT\tRIGHT\tRATE\t 500.00\tTRACKING\tCR\tFILTER\t2
SAMPLES\tGAZE\tLEFT\tRIGHT\tRATE\t 500.00\tTRACKING\tCR\tFILTER\t2\tINPUT
"""


def sample(t: float, left: str = " 960.0\t 540.0", right: str = " 970.0\t 544.0") -> str:
    return f"{t:g}\t {left}\t 4128.0\t {right}\t 3900.0\t  127.0\t.....\n"


def trial(start: int, load: str, count: int = 100, *, number: int = 1, sync: str = "", var: str = "") -> str:
    text = f"MSG\t{start - 50} TRIALID {number}\n" + START.format(t=start) + load + sync
    for k in range(count):
        t = start + 2 * k
        text += f"EFIX L   {start}\t{t}\t40\t  960.0\t  540.0\t   4128\n" if k == 20 else ""
        text += sample(t, "   .\t   .") if k == 10 else sample(t)
    end = start + 2 * count
    return text + f"END\t{end} \tSAMPLES\tEVENTS\tRES\t 40.00\t 40.00\n{var}MSG\t{end + 9} TRIAL_RESULT 0\n"


def load(t: int, image: str = "polyp 1.png", how: str = "CENTER", place: str = "960 540 1280 960") -> str:
    return f"MSG\t{t} !V IMGLOAD {how} ..\\images\\{image} {place}".rstrip() + "\n"


def test_gaze_lies_where_the_image_was_loaded(bench) -> None:
    report = bench.take("a.asc", HEAD + trial(6000, load(6010)), "eyelink-asc")
    assert (report.readings, report.samples, report.refused) == (1, 95, [])
    (reading,) = bench.prepared()
    # The image is 1280 x 960 around the middle of 1920 x 1080: twice its own size, from 320, 60.
    assert np.allclose(reading.gaze["left_px"][0], [(960 - 320) / 2, (540 - 60) / 2])
    assert np.allclose(reading.gaze["right_px"][0], [(970 - 320) / 2, (544 - 60) / 2])
    assert np.isnan(reading.gaze["left_px"][5]).all()
    assert np.isfinite(reading.gaze["right_px"][5]).all()
    assert np.allclose(reading.gaze["t_s"], np.arange(95) * 0.002, atol=1e-12)
    columns = reading.columns
    assert columns["onset_s"] == pytest.approx(6.010)
    assert columns["duration_s"] == pytest.approx(0.190)
    assert columns["rate_hz"] == pytest.approx(500)
    assert columns["accuracy_deg"] == pytest.approx(0.45)
    assert columns["screen_px"] == (1920, 1080)
    assert columns["placement"] == (320, 60, 1280, 960)
    assert len(reading.fixations["onset_s"]) == 1
    assert bench.imported.missing == set()
    assert bench.imported.nominal == {"screen_mm", "distance_mm", "utc"}
    assert check_study(bench.store.path) == []


@pytest.mark.parametrize(
    ("how", "place", "expected"),
    [
        ("CENTER", "960 540 1280 960", (320, 60, 1280, 960)),
        ("CENTER", "960 540", (640, 300, 640, 480)),
        ("CENTER", "", (640, 300, 640, 480)),
        ("TOP_LEFT", "100 50", (100, 50, 640, 480)),
        ("TOP_LEFT", "100 50 320 240", (100, 50, 320, 240)),
        ("FILL", "", (0, 0, 1920, 1080)),
    ],
)
def test_the_ways_of_placing_an_image(bench, how, place, expected) -> None:
    bench.take("a.asc", HEAD + trial(6000, load(6010, how=how, place=place)), "eyelink-asc")
    assert bench.prepared()[0].columns["placement"] == pytest.approx(expected)


def test_synctime_and_offsets_of_messages_tell_the_onset(bench) -> None:
    text = HEAD + trial(6000, load(6004), sync="MSG\t6050 30 SYNCTIME\n")
    bench.take("a.asc", text, "eyelink-asc")
    assert bench.prepared()[0].columns["onset_s"] == pytest.approx(6.020)


def test_the_message_of_the_onset_can_be_named(bench) -> None:
    sync = "MSG\t6050 SYNCTIME\nMSG\t6062 image_onset 3\n"
    bench.take("a.asc", HEAD + trial(6000, load(6004), sync=sync), "eyelink-asc", onset_message="IMAGE_ONSET")
    assert bench.prepared()[0].columns["onset_s"] == pytest.approx(6.062)


def test_an_image_named_before_the_recording_appears_with_it(bench) -> None:
    text = HEAD + trial(6000, "").replace("TRIALID 1\n", "TRIALID 1\n" + load(5955))
    bench.take("a.asc", text, "eyelink-asc")
    (reading,) = bench.prepared()
    assert (reading.columns["onset_s"], len(reading.gaze["t_s"])) == (6.0, 100)


def test_images_end_with_the_next_or_a_blank_screen(bench) -> None:
    images = load(6000) + load(6080, "polyp2.JPG") + "MSG\t6150 BLANK_SCREEN\n"
    bench.take("a.asc", HEAD + trial(6000, images), "eyelink-asc")
    first, second = bench.prepared()
    assert (first.columns["duration_s"], second.columns["duration_s"]) == pytest.approx((0.080, 0.070))
    assert [each.image for each in bench.readings()] == [bench.ids["polyp 1.png"], bench.ids["polyp2.JPG"]]


def test_blocks_without_trials(bench) -> None:
    block = START + load(0).replace("MSG\t0", "MSG\t{t}") + "{samples}END\t{end}\tSAMPLES\tEVENTS\n"
    text = HEAD
    for start in (6000, 7000):
        samples = "".join(sample(start + 2 * k) for k in range(30))
        text += block.format(t=start, samples=samples, end=start + 60)
    bench.take("a.asc", text, "eyelink-asc")
    assert [len(each.gaze["t_s"]) for each in bench.prepared()] == [30, 30]


def test_labels_and_images_of_trial_variables(bench) -> None:
    var = "MSG\t6210 !V TRIAL_VAR picture polyp2.JPG\nMSG\t6210 !V TRIAL_VAR answer Type 3\n"
    text = HEAD + trial(6000, "", var=var)
    columns = {"image": "picture", "label": "answer"}
    with pytest.raises(BadInput, match="Nothing tells where on the screen its image was"):
        bench.take("a.asc", text, "eyelink-asc", columns=columns)
    bench.take("a.asc", text, "eyelink-asc", columns=columns, placement="fill")
    (reading,) = bench.readings()
    assert (reading.label, reading.image) == (2, bench.ids["polyp2.JPG"])


def test_one_eye(bench) -> None:
    text = HEAD + trial(6000, load(6000)).replace("\tLEFT\tRIGHT", "\tRIGHT")
    text = text.replace("\t   970.0\t 544.0\t 3900.0", "").replace("\t  970.0\t 544.0\t 3900.0", "")
    bench.take("a.asc", text, "eyelink-asc")
    (reading,) = bench.prepared()
    assert np.isnan(reading.gaze["left_px"]).all()
    assert np.allclose(reading.gaze["right_px"][0], [320, 240])


def test_2000_hz_with_whole_milliseconds(bench) -> None:
    text = HEAD + START.format(t=6000).replace("500.00", "2000.00") + load(6000)
    text += "".join(sample(6000 + k // 2) for k in range(40)) + "END\t6020 \tSAMPLES\tEVENTS\n"
    bench.take("a.asc", text, "eyelink-asc")
    assert np.allclose(bench.prepared()[0].gaze["t_s"], np.arange(40) * 0.0005, atol=1e-12)


def test_events_alone_give_the_trackers_fixations(bench) -> None:
    text = HEAD + f"MSG\t5950 TRIALID 1\n{START.format(t=6000)}{load(6000)}"
    text += "EFIX L   5990\t6200\t212\t  960.0\t  540.0\t   4128\n"
    text += "EFIX R   6100\t6200\t102\t  960.0\t  540.0\t   4128\n"
    text += "EFIX L   6250\t6400\t152\t  980.0\t  560.0\t   4128\n"
    text += "END\t6500 \tEVENTS\tRES\t 40.00\t 40.00\nMSG\t6510 TRIAL_RESULT 0\n"
    report = bench.take("a.asc", text, "eyelink-asc")
    assert (report.samples, report.fixations) == (0, 2)
    (reading,) = bench.prepared()
    # The first had begun before the image was there.
    assert np.allclose(reading.fixations["onset_s"], [0, 0.250])
    assert np.allclose(reading.fixations["duration_s"], [0.200, 0.150])
    assert np.allclose(reading.fixations["xy_px"], [[320, 240], [330, 250]])
    assert reading.columns["duration_s"] == pytest.approx(0.5)
    assert np.isnan(reading.columns["data_loss"])
    assert bench.imported.missing == {"samples", "validity", "eyes"}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (HEAD, "does not tell which images were shown"),
        (HEAD + trial(6000, ""), "does not tell which images were shown"),
        (sample(6000), "line 1: samples before a line SAMPLES"),
        (HEAD + trial(6000, load(6000)).replace("SAMPLES\tGAZE", "SAMPLES\tHREF"), "no places on the screen"),
        (
            HEAD + trial(6000, load(6000)) + START.format(t=1) + "7\tx\t2\t3\t4\t5\t6\n",
            "is no sample of left",
        ),
        (HEAD + START.format(t=1) + sample(10) + sample(9), "the time goes back"),
        (HEAD + trial(6000, load(6000, how="MIDDLE")), "cannot be understood"),
        (HEAD.replace("0 0 1919 1079", "-960 -540 959 539"), "do not begin with 0, 0"),
        (HEAD + "EFIX L 12 13\n", "line 10 is no whole fixation"),
        (HEAD + "START\n", "line 10: a number is missing"),
    ],
)
def test_recordings_that_are_none_are_refused_with_the_line(bench, text, reason) -> None:
    with pytest.raises(BadInput, match=reason) as error:
        bench.take("a.asc", text, "eyelink-asc")
    assert "a.asc" in error.value.message
    assert bench.store.sessions() == []
