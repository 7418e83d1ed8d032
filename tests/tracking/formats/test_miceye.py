"""Logs of MicEye, written as its documentation and its source write them."""

from __future__ import annotations

import numpy as np
import pytest

from gazeannotator.dataset.build import BuildOptions, build
from gazeannotator.dataset.schema import validate
from gazeannotator.errors import BadInput
from gazeannotator.study.check import check_study

# docs/data_collection.md of MicEye: path;class;gaze;boxes;point, boxes are tuples.
LOG = (
    "some-dir/polyp 1.png;1;[[206, 412], [206, 412], [205, 411], [105, 501]];[];(-1, -1)\n"
    "D:\\Patient Smith\\polyp2.JPG;3;[[600, 450], [601, 452]];[(1, 2, 3, 4), (5, 6, 7, 8)];(12, 40)\n"
    "C:\\a;b\\息肉3.png;-1;[];[];(-1, -1)\n"
)


def test_points_are_those_of_the_image_as_it_was_displayed(bench) -> None:
    report = bench.take("A2024-1-2-3-4.csv", LOG, "miceye")
    assert (report.sessions, report.readings, report.samples, report.refused) == (1, 3, 6, [])
    first, second, third = bench.prepared()
    # 900 px high on the screen, 480 px as a file; a whole px is looked at in its middle.
    assert np.allclose(first.gaze["xy_px"][0], np.array([206.5, 412.5]) * 480 / 900, atol=1e-4)
    assert np.allclose(second.gaze["xy_px"][1], np.array([601.5, 452.5]) * 450 / 900, atol=1e-4)
    assert len(third.gaze["xy_px"]) == 0
    assert check_study(bench.store.path) == []


def test_labels_are_classes_by_their_keys(bench) -> None:
    bench.take("a.csv", LOG, "miceye")
    assert [each.label for each in bench.readings()] == [0, 2, None]
    assert {each.source for each in bench.readings()} == {"imported:miceye"}
    assert {each.onset_method for each in bench.readings()} == {"imported"}
    assert [each.columns["exclusion"] for each in bench.prepared()] == ["", "", ""]
    assert bench.store.readers()[0].code == "A"


def test_what_the_log_lacks_is_marked_as_missing(bench) -> None:
    report = bench.take("a.csv", LOG, "miceye")
    assert bench.imported.missing == {"times", "validity", "eyes"}
    assert bench.imported.nominal == {"screen_px", "screen_mm", "distance_mm", "placement", "utc"}
    for each in bench.prepared():
        assert np.isnan(each.gaze["t_s"]).all()
        assert np.isnan(each.gaze["left_px"]).all()
        for name in ("onset_s", "duration_s", "response_s", "rate_hz", "data_loss", "accuracy_deg"):
            assert np.isnan(each.columns[name]), name
        assert each.columns["screen_px"] == (1920, 1080)
        assert each.columns["screen_mm"] == (527, 296)
        assert each.columns["distance_mm"] == 650
        assert len(each.fixations["onset_s"]) == 0
    assert any("no heatmap" in note for note in report.notes)


def test_a_rate_gives_evenly_spaced_times_and_fixations(bench) -> None:
    still = ", ".join(["[206, 412]"] * 60)
    report = bench.take("a.csv", f"polyp 1.png;1;[{still}];[];(-1, -1)\n", "miceye", rate_hz=90)
    (reading,) = bench.prepared()
    assert np.allclose(reading.gaze["t_s"], np.arange(60) / 90, rtol=0, atol=1e-12)
    assert reading.columns["duration_s"] == pytest.approx(59 / 90, abs=1e-12)
    assert reading.columns["rate_hz"] == pytest.approx(90)
    assert np.isnan(reading.columns["onset_s"])
    assert np.isnan(reading.columns["data_loss"])  # nobody knows which samples were lost
    assert len(reading.fixations["onset_s"]) == 1
    assert "rate_hz" in bench.imported.nominal
    assert not any("no heatmap" in note for note in report.notes)


def test_the_display_height_and_the_screen_can_be_told(bench) -> None:
    text = "polyp 1.png;1;[[100, 50]];[];(-1, -1)\n"
    options = {"screen_px": (2560, 1440), "screen_mm": (600, 340), "distance_mm": 700.0}
    bench.take("a.csv", text, "miceye", display_height=960.0, **options)
    (reading,) = bench.prepared()
    assert np.allclose(reading.gaze["xy_px"][0], [50.25, 25.25], atol=1e-4)
    assert reading.columns["placement"] == ((2560 - 1280) / 2, (1440 - 960) / 2, 1280, 960)
    assert bench.imported.nominal == {"placement", "utc"}


def test_version_2_tells_the_zoom_of_each_point(bench) -> None:
    text = "images\\polyp2.JPG;2;[[[300, 200], 0.5], [[330, 220], 1.1]];[];(-1, -1)\n"
    bench.take("a.csv", text, "miceye")
    (reading,) = bench.prepared()
    expected = [[300.5 / 0.5, 200.5 / 0.5], [330.5 / 1.1, 220.5 / 1.1]]
    assert np.allclose(reading.gaze["xy_px"], expected, atol=1e-3)


def test_an_image_that_was_labelled_twice_is_corrected_by_the_later_line(bench) -> None:
    text = "polyp 1.png;1;[[1, 1]];[];(-1, -1)\npolyp 1.png;2;[[9, 9]];[];(-1, -1)\n"
    bench.take("a.csv", text, "miceye")
    first, second = bench.readings()
    assert (first.replaced_by, second.replaces, second.label) == (second.id, first.id, 1)
    assert [each.columns["exclusion"] for each in bench.prepared()] == ["corrected", ""]


def test_gaze_on_the_border_is_kept_and_counted(bench) -> None:
    text = "polyp 1.png;1;[[0, 300], [1200, 300], [600, 899], [600, 450]];[];(-1, -1)\n"
    report = bench.take("a.csv", text, "miceye")
    assert any("3 samples lie on the border" in note for note in report.notes)
    assert report.samples == 4


def test_names_in_the_code_page_of_an_old_computer(bench) -> None:
    line = "C:\\图片\\息肉3.png;1;[[1, 1]];[];(-1, -1)\n".encode("gb18030")
    assert bench.take("a.csv", line, "miceye").readings == 1
    assert bench.readings()[0].image == bench.ids["息肉3.png"]


def test_classes_of_another_numbering_can_be_told(bench) -> None:
    text = "polyp 1.png;0;[[1, 1]];[];(-1, -1)\npolyp2.JPG;9;[[1, 1]];[];(-1, -1)\n"
    labels = {"0": "Type 1", "9": "cannot-be-assessed"}
    bench.take("a.csv", text, "miceye", labels=labels)
    assert [each.label for each in bench.readings()] == [0, -1]
    with pytest.raises(BadInput, match="'7' is no class of the scheme"):
        bench.take("b.csv", text, "miceye", reader="B", labels={"0": "7"})


def test_a_class_of_no_scheme_is_refused_with_its_line(bench) -> None:
    text = "polyp 1.png;0;[[1, 1]];[];(-1, -1)\npolyp2.JPG;2;[[1, 1]];[];(-1, -1)\n"
    report = bench.take("a.csv", text, "miceye")
    assert report.readings == 1
    ((where, message),) = report.refused
    assert where.endswith("a.csv line 1")
    assert "--labels 0=CLASS" in message


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("polyp 1.png;1;[[1, 1]]", "has not the five parts"),
        ("polyp 1.png;1;[[1, 1], [2]];[];(-1, -1)", "its gaze cannot be read"),
        ("polyp 1.png;1;[[1, 1, 1]];[];(-1, -1)", "its gaze cannot be read"),
        ("polyp 1.png;1;[[1, 1];[];(-1, -1)", "its gaze cannot be read"),
        ("polyp 1.png;1;[1, 1];[];(-1, -1)", "its gaze cannot be read"),
        ('polyp 1.png;1;{"a": 1};[];(-1, -1)', "its gaze cannot be read"),
        ("polyp 1.png;1;[[[1, 1], 0]];[];(-1, -1)", "its gaze cannot be read"),
        ("polyp 1.png;1;[[NaN, 1]];[];(-1, -1)", "its gaze cannot be read"),
        ("polyp 1.png;1;" + "[" * 9999 + ";[];(-1, -1)", "its gaze cannot be read"),
    ],
)
def test_a_line_that_is_none_stops_the_import(bench, line, reason) -> None:
    with pytest.raises(BadInput) as error:
        bench.take("a.csv", LOG + line + "\n", "miceye")
    assert "a.csv line 4" in error.value.message
    assert reason in error.value.message
    assert bench.store.sessions() == []


def test_gaze_without_times_gives_a_map_of_its_samples(bench, tmp_path) -> None:
    bench.take("a.csv", LOG, "miceye")
    for weights, expected in (("duration", 0), ("samples", 2)):
        target = tmp_path / f"{weights}.h5"
        report = build([bench.store.path], target, BuildOptions(size=64, weights=weights))
        assert report.with_gaze == expected
        assert validate(target) == []
