"""Recordings read from CSV files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from gazeannotator.errors import BadInput
from gazeannotator.tracking.replay import read_recording


def write(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "gaze.csv"
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_columns_are_found_by_name_and_gaps_are_lost_samples(tmp_path: Path, encoding: str) -> None:
    text = "coder,y_px,time_s,x_px\r\n1,20.25,0.0,10.5\r\n5,,0.002,\r\n5,nan,0.004,NaN\r\n1,-3,0.006,4000\r\n"
    recording = read_recording(write(tmp_path, text, encoding))
    assert recording.time_s.tolist() == [0.0, 0.002, 0.004, 0.006]
    np.testing.assert_array_equal(
        recording.xy_px, [[10.5, 20.25], [np.nan, np.nan], [np.nan, np.nan], [4000, -3]]
    )
    assert recording.rate_hz == 500


def test_samples_are_stamped_and_placed_exactly(tmp_path: Path) -> None:
    recording = read_recording(write(tmp_path, "time_s,x_px,y_px\n0.1,512,192\n0.3,,\n"))
    chunk = recording.to_chunk(1000.0, (1024, 768))
    assert chunk.time_s.tolist() == [1000.0 + 0.1, 1000.0 + 0.3]
    assert chunk.left[0].tolist() == chunk.right[0].tolist() == [0.5, 0.25]
    assert chunk.lost.tolist() == [False, True]
    assert chunk.sequence.tolist() == [0.0, 1.0]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("time,x_px,y_px\n0,1,1\n", "line 1: there is no column 'time_s'"),
        ("", "line 1: there is no column 'time_s'"),
        ("time_s,x_px,y_px\n", "has no samples"),
        ("time_s,x_px,y_px\n0,1,1\n0.1,one,1\n", "line 3: x_px 'one' is not a number"),
        ("time_s,x_px,y_px\n0,1,1\n,1,1\n", "line 3: time_s is missing"),
        ("time_s,x_px,y_px\n0,1,inf\n", "line 2: y_px is infinite"),
        ("time_s,x_px,y_px\n0.2,1,1\n0.1,1,1\n", "line 3: time_s 0.1 is not later than the row before"),
        ("time_s,x_px,y_px\n0.2,1,1\n0.2,1,1\n", "line 3: time_s 0.2 is not later than the row before"),
        ("time_s,x_px,y_px\n0.2,1\n", "line 2: 2 cells where the first line names 3"),
    ],
)
def test_what_cannot_be_used_is_named_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    path = write(tmp_path, text)
    with pytest.raises(BadInput) as refused:
        read_recording(path)
    assert said in refused.value.message
    assert str(path) in refused.value.message
    assert refused.value.hint


def test_other_encodings_and_missing_files_are_told(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="not UTF-8"):
        read_recording(write(tmp_path, "time_s,x_px,y_px,Prüfer\n0,1,1,ä\n", "latin-1"))
    with pytest.raises(BadInput, match="There is no file"):
        read_recording(tmp_path / "missing.csv")
    with pytest.raises(BadInput, match="cannot be read"):
        read_recording(tmp_path)
