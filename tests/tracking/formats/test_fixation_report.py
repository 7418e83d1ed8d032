"""Fixation reports, as GazeMedSeg publishes them and as Data Viewer writes them."""

from __future__ import annotations

import numpy as np
import pytest

from gazeannotator.dataset.build import BuildOptions, build
from gazeannotator.dataset.schema import validate
from gazeannotator.errors import BadInput

# Columns and numbers as in GazeMedSeg's kvasir_fixation.csv.
REPORT = """IMAGE,CURRENT_FIX_INDEX,CURRENT_FIX_X,CURRENT_FIX_Y,CURRENT_FIX_DURATION,CURRENT_FIX_PUPIL,\
CURRENT_FIX_START,IMAGE_HEIGHT,IMAGE_WIDTH
polyp 1.png,1,0.4825520833333334,0.4541666666666666,455,2670,7,480.0,640.0
polyp 1.png,2,0.2369791666666666,0.4764322916666666,181,1800,512,480.0,640.0
polyp 1.png,4,0.2023437499999999,0.3373697916666667,470,1449,723,480.0,640.0
polyp2.jpg,1,0.467578125,1.0403385416666666,299,2233,7,450.0,600.0
polyp2.jpg,2,0.47109375,0.3072916666666667,477,1832,333,450.0,600.0
"""


def test_the_fixations_are_those_of_the_report(bench) -> None:
    report = bench.take("a.csv", REPORT, "eyelink-fixations")
    assert (report.readings, report.samples, report.fixations, report.refused) == (2, 0, 5, [])
    first, second = bench.prepared()
    assert first.fixations["onset_s"].tolist() == [0.007, 0.512, 0.723]
    assert first.fixations["duration_s"].tolist() == pytest.approx([0.455, 0.181, 0.470])
    shares = np.array([[0.48255208, 0.45416667], [0.23697917, 0.47643229], [0.20234375, 0.33736979]])
    assert np.allclose(first.fixations["xy_px"], shares * (640, 480), atol=1e-3)
    assert second.fixations["xy_px"][0, 1] > 450  # beside the image, and kept
    assert first.fixations["samples"].tolist() == [0, 0, 0]  # nobody knows
    columns = first.columns
    assert columns["duration_s"] == pytest.approx(0.723 + 0.470)
    for name in ("onset_s", "response_s", "rate_hz", "data_loss", "accuracy_deg"):
        assert np.isnan(columns[name]), name
    assert columns["source"] == "imported:eyelink-fixations"
    assert bench.imported.missing == {"samples", "validity", "eyes"}
    assert {"placement", "duration_s"} <= bench.imported.nominal
    assert any("shares of the image" in note for note in report.notes)


def test_they_make_the_heatmaps_of_a_data_set(bench, tmp_path) -> None:
    bench.take("a.csv", REPORT, "eyelink-fixations")
    target = tmp_path / "data.h5"
    report = build([bench.store.path], target, BuildOptions(size=32))
    assert (report.readings, report.valid, report.with_gaze, report.fixations) == (2, 2, 2, 5)
    assert validate(target) == []


def test_labels_of_a_column(bench) -> None:
    text = REPORT.replace("IMAGE,", "ANSWER,IMAGE,", 1)
    text = text.replace("\npolyp 1", "\n1,polyp 1").replace("\npolyp2", "\nType 2,polyp2")
    bench.take("a.csv", text, "eyelink-fixations", columns={"label": "ANSWER"})
    assert [each.label for each in bench.readings()] == [0, 1]


VIEWER = (
    "RECORDING_SESSION_LABEL\tTRIAL_INDEX\tCURRENT_FIX_INDEX\tCURRENT_FIX_X\tCURRENT_FIX_Y\t"
    "CURRENT_FIX_START\tCURRENT_FIX_DURATION\tpicture\n"
    "s1\t1\t1\t960.00\t540.00\t-30\t130\tpolyp 1.png\n"
    "s1\t1\t2\t1000.00\t560.00\t150\t200\tpolyp 1.png\n"
    "s1\t2\t1\t960.00\t540.00\t10\t100\tpolyp 1.png\n"
)


def test_screen_px_of_data_viewer_need_the_images_place(bench) -> None:
    columns = {"image": "picture"}
    with pytest.raises(BadInput, match="Nothing tells where on the screen"):
        bench.take("a.txt", VIEWER, "eyelink-fixations", columns=columns)
    bench.take("a.txt", VIEWER, "eyelink-fixations", columns=columns, placement="original")
    first, second = bench.prepared()
    assert np.allclose(first.fixations["xy_px"], [[320, 240], [360, 260]])
    # What began before the image is cut to it.
    assert first.fixations["onset_s"].tolist() == [0, 0.150]
    assert first.fixations["duration_s"].tolist() == pytest.approx([0.100, 0.200])
    assert len(second.fixations["onset_s"]) == 1


def test_people_are_told_apart(bench) -> None:
    text = VIEWER.replace("s1\t2", "s2\t2")
    options = {"columns": {"image": "picture"}, "placement": "fill"}
    with pytest.raises(BadInput, match="several people: s1, s2"):
        bench.take("a.txt", text, "eyelink-fixations", **options)
    assert bench.take("a.txt", text, "eyelink-fixations", participant="s2", **options).fixations == 1


def test_an_image_of_another_size_is_refused(bench) -> None:
    report = bench.take("a.csv", REPORT.replace("450.0,600.0", "352.0,568.0"), "eyelink-fixations")
    assert report.readings == 1
    assert report.refused[0][0].endswith("a.csv line 5")
    assert "568 x 352" in report.refused[0][1]


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        ("CURRENT_FIX_START", "START", "no column 'CURRENT_FIX_START'"),
        ("IMAGE,", "PICTURE,", "no column 'IMAGE'"),
        (",181,1800,512", ",181,1800,400", "line 3: a fixation begins before the one above"),
        (",181,", ",0,", "line 3: a fixation without a duration"),
        (",181,", ",.,", "line 3: a fixation without its image, time or place"),
        ("0.2369791666666666", "", "line 3: a fixation without its image, time or place"),
        ("0.2369791666666666", "left", "line 3: 'left' in the column 'CURRENT_FIX_X'"),
    ],
)
def test_reports_that_are_none_are_refused_with_the_line(bench, before, after, reason) -> None:
    with pytest.raises(BadInput, match=reason):
        bench.take("a.csv", REPORT.replace(before, after, 1), "eyelink-fixations")
    assert bench.store.sessions() == []
