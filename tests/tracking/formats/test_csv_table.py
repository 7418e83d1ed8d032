"""Plain tables, whatever their columns are called."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from gazeannotator.dataset.build import BuildOptions, build
from gazeannotator.dataset.schema import validate
from gazeannotator.errors import BadInput
from gazeannotator.tracking.formats.csv_table import meanings_of

ROWS = """image,time_s,x_px,y_px
polyp 1.png,10.00,100,200
polyp 1.png,10.02,,
polyp 1.png,10.04,110,210
,10.06,5,5
polyp2.JPG,10.08,300,200
polyp2.JPG,10.10,310,210
"""


def test_columns_that_are_called_as_their_meaning(bench) -> None:
    report = bench.take("a.csv", ROWS, "csv")
    assert (report.readings, report.samples) == (2, 5)
    first, second = bench.prepared()
    assert np.array_equal(
        first.gaze["xy_px"], np.array([[100, 200], [np.nan, np.nan], [110, 210]], "f4"), equal_nan=True
    )
    assert np.allclose(first.gaze["t_s"], [0, 0.02, 0.04])
    assert (first.columns["onset_s"], second.columns["onset_s"]) == (10.0, 10.08)
    assert first.columns["duration_s"] == pytest.approx(0.04)
    assert first.columns["data_loss"] == pytest.approx(1 / 3)
    assert bench.imported.missing == {"eyes"}
    assert {"onset_s", "duration_s", "placement", "utc"} <= bench.imported.nominal


def test_columns_are_told(bench) -> None:
    text = "Bild;t;GX;GY;Wer\npolyp 1.png;1000;0,25;0,5;P1\npolyp 1.png;1020;0,26;0,51;P1\n"
    columns = {"image": "Bild", "time_ms": "t", "x_px": "GX", "y": "gy"}
    bench.take("a.csv", text, "csv", columns=columns, coordinates="image_normalised")
    (reading,) = bench.prepared()
    assert np.allclose(reading.gaze["xy_px"], [[160, 240], [166.4, 244.8]], atol=1e-3)
    assert np.allclose(reading.gaze["t_s"], [0, 0.020])


def test_times_that_begin_anew_are_times_since_the_onset(bench) -> None:
    text = "image,time_ms,x,y\n"
    for name in ("polyp 1.png", "polyp2.JPG", "polyp2.JPG"):
        text += "".join(f"{name},{20 + 10 * k},{k},{k}\n" for k in range(3))
    bench.take("a.csv", text, "csv")
    for each in bench.prepared():
        assert np.allclose(each.gaze["t_s"], [0.020, 0.030, 0.040])
        assert np.isnan(each.columns["onset_s"])
        assert each.columns["duration_s"] == pytest.approx(0.040)
    assert len(bench.readings()) == 3
    assert "onset_s" not in bench.imported.nominal


def test_each_eye_validity_pupil_distance_label(bench) -> None:
    text = (
        "image,time_s,left_x,left_y,right_x,right_y,left_pupil_mm,right_pupil_mm,distance_mm,valid,label\n"
        "polyp 1.png,0.0,10,20,30,40,3.0,,600,1,2\n"
        "polyp 1.png,0.1,10,20,30,40,3.0,0,610,0,2\n"
        "polyp 1.png,0.2,10,20,,,3.0,3.5,620,true,\n"
    )
    bench.take("a.csv", text, "csv")
    (reading,) = bench.prepared()
    nan = np.nan
    assert np.array_equal(
        reading.gaze["left_px"], np.array([[10, 20], [nan, nan], [10, 20]], "f4"), equal_nan=True
    )
    assert np.array_equal(
        reading.gaze["right_px"], np.array([[30, 40], [nan, nan], [nan, nan]], "f4"), equal_nan=True
    )
    assert np.array_equal(
        reading.gaze["pupil_mm"], np.array([[3, nan], [3, nan], [3, 3.5]], "f4"), equal_nan=True
    )
    assert reading.columns["distance_mm"] == 610
    assert bench.readings()[0].label == 1
    assert bench.imported.missing == set()


def test_tables_without_times_take_a_rate(bench) -> None:
    text = "image,x,y\n" + "polyp 1.png,100,100\n" * 50
    bench.take("a.csv", text, "csv")
    assert np.isnan(bench.prepared()[0].gaze["t_s"]).all()
    bench.take("a.csv", text, "csv", rate_hz=50)
    first, second = bench.prepared()
    assert first.columns["exclusion"] == "corrected"
    assert np.allclose(second.gaze["t_s"], np.arange(50) / 50)
    assert len(second.fixations["onset_s"]) == 1
    with pytest.raises(BadInput, match="has times of its own"):
        bench.take("b.csv", ROWS, "csv", rate_hz=50)


@pytest.mark.parametrize(
    ("coordinates", "options", "expected"),
    [
        ("image_px", {}, (100, 200)),
        ("image_normalised", {}, (64000, 96000)),
        ("displayed_px", {"display_height": 960.0}, (50, 100)),
        ("screen_px", {"placement": "original"}, (100 - 640, 200 - 300)),
        ("screen_px", {"placement": "fill"}, (100 / 3, 200 / 2.25)),
        ("screen_normalised", {"placement": "fill"}, (64000, 96000)),
    ],
)
def test_what_coordinates_can_mean(bench, coordinates, options, expected) -> None:
    bench.take("a.csv", ROWS, "csv", coordinates=coordinates, **options)
    assert np.allclose(bench.prepared()[0].gaze["xy_px"][0], expected, rtol=1e-5)


def test_a_place_on_the_screen(bench) -> None:
    from gazeannotator.geometry import Placement

    place = Placement(50, 100, 320, 240)
    bench.take("a.csv", ROWS, "csv", coordinates="screen_px", placement=place)
    (reading, _) = bench.prepared()
    assert np.allclose(reading.gaze["xy_px"][0], [(100 - 50) * 2, (200 - 100) * 2])
    assert reading.columns["placement"] == (50, 100, 320, 240)
    assert "placement" not in bench.imported.nominal


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        ("image,", "picture,", "no column is known to be 'image'"),
        ("x_px,y_px", "x_px,b", "no column is known to be 'y'"),
        ("x_px,y_px", "a,b", "no column is known to be 'x'"),
        ("x_px,y_px", "left_x,right_y", "no column is known to be 'left_y'"),
        (",10.04,", ",10.02,", "line 4: its time is not later"),
        (",10.04,", ",10.01,", "line 4: its time is not later"),
        (",10.04,", ",,", "line 4: a row without a time"),
        (",110,", ",eleven,", "line 4: 'eleven' in the column 'x_px' is no number"),
        (",110,", ",inf,", "line 4: 'inf' in the column"),
        (",110,210", ",110", "line 4: 3 cells where the first line names 4"),
        (",110,210", ",110,210,9", "line 4: 5 cells"),
        ("polyp 1.png,10.04", '"polyp,10.04', "line "),
        ("image,time_s,x_px,y_px", "image", "names no columns"),
    ],
)
def test_tables_that_are_none_are_refused_with_the_line(bench, before, after, reason) -> None:
    with pytest.raises(BadInput, match=reason) as error:
        bench.take("a.csv", ROWS.replace(before, after, 1), "csv")
    assert "a.csv" in error.value.message
    assert bench.store.sessions() == []


def test_labels_that_contradict_each_other(bench) -> None:
    text = "image,x,y,label\npolyp 1.png,1,1,1\npolyp 1.png,1,1,2\n"
    with pytest.raises(BadInput, match="line 3: another label"):
        bench.take("a.csv", text, "csv")


def test_what_is_told_must_be_there_and_mean_something(bench) -> None:
    with pytest.raises(BadInput, match="'gaze' is not what a column can be"):
        bench.take("a.csv", ROWS, "csv", columns={"gaze": "x_px"})
    with pytest.raises(BadInput, match="no column 'Bild'"):
        bench.take("a.csv", ROWS, "csv", columns={"image": "Bild"})


@pytest.mark.parametrize("data", [b"\0\1\2\3", b"a,b\n\xff\0", b"", b"\xff\xfe\x00"])
def test_files_that_are_no_tables(bench, data) -> None:
    with pytest.raises(BadInput, match=r"a\.csv"):
        bench.take("a.csv", data, "csv")


def test_meanings_are_found_by_name() -> None:
    columns = ["Image", "TIME_MS", "X_px", "left_Y_PX", "other"]
    assert meanings_of(columns) == {
        "image": "Image",
        "time_ms": "TIME_MS",
        "x": "X_px",
        "left_y": "left_Y_PX",
    }


@settings(
    deadline=None,
    max_examples=12,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    points=hnp.arrays(np.float64, (17, 2), elements=st.floats(-200, 900)),
    lost=st.sets(st.integers(0, 16), max_size=5),
    steps=hnp.arrays(np.float64, 17, elements=st.floats(1e-4, 2)),
    start=st.floats(0, 1e6),
)
def test_points_and_times_come_back_as_they_were_written(
    make_bench, tmp_path_factory, points, lost, steps, start
) -> None:
    bench = make_bench()
    time_s = start + np.cumsum(steps)
    if not (np.diff(time_s) > 0).all():
        return
    points[list(lost)] = np.nan
    names = ["polyp 1.png"] * 9 + ["polyp2.JPG"] * 8
    lines = [
        f"{name},{t!r}," + (",".join(map(repr, xy.tolist())) if np.isfinite(xy).all() else ",")
        for name, t, xy in zip(names, time_s.tolist(), points, strict=True)
    ]
    bench.take("a.csv", "image,time_s,x,y\n" + "\n".join(lines) + "\n", "csv")
    for each, part in zip(bench.prepared(), (slice(0, 9), slice(9, 17)), strict=True):
        assert np.allclose(each.gaze["xy_px"], points[part], rtol=1e-6, atol=1e-4, equal_nan=True)
        assert np.allclose(each.gaze["t_s"], time_s[part] - time_s[part][0], rtol=0, atol=1e-9)
    target = tmp_path_factory.mktemp("data") / "a.h5"
    build([bench.store.path], target, BuildOptions(size=16))
    assert validate(target) == []
