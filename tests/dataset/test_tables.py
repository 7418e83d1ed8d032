import csv
import gzip
import sys

import h5py
import numpy as np
import pytest

from gazeannotator.dataset.contents import ExportOptions
from gazeannotator.dataset.csv_files import CsvFile
from gazeannotator.dataset.exports import EXPORTS
from gazeannotator.dataset.schema import strings
from gazeannotator.errors import BadInput
from gazeannotator.gaze.csv_reading import read_csv


def rows(path):
    opened = (
        gzip.open(path, "rt", encoding="utf-8", newline="")
        if path.suffix == ".gz"
        else open(path, encoding="utf-8")
    )
    with opened as file:
        return list(csv.DictReader(file))


def test_the_tables_hold_every_number_of_the_file(small_dataset, tmp_path):
    target = tmp_path / "csv"
    report = EXPORTS["csv"](small_dataset, target, ExportOptions(test_gaze=True), None)
    assert report.images == 20
    assert {path.name for path in target.iterdir()} == {
        "images.csv",
        "readings.csv",
        "fixations.csv",
        "gaze.csv.gz",
        "README.md",
        "checksums.sha256",
    }
    images, readings = rows(target / "images.csv"), rows(target / "readings.csv")
    fixations, gaze = rows(target / "fixations.csv"), rows(target / "gaze.csv.gz")
    with h5py.File(small_dataset) as file:
        assert [each["id"] for each in images] == strings(file["images/id"])
        assert [int(each["split"]) for each in images] == file["images/split"][:].tolist()
        assert [each["label_name"] for each in images][:3] == ["Type 1", "Type 1", "Type 2"]
        assert [(int(each["width_px"]), int(each["height_px"])) for each in images] == [(64, 48)] * 20
        assert [each["reading"] for each in readings] == strings(file["readings/id"])
        for name in ("onset_s", "duration_s", "px_per_deg", "accuracy_deg", "rate_hz"):
            stored = file[f"readings/{name}"]
            np.testing.assert_array_equal(
                np.array([each[name] for each in readings], stored.dtype), stored[:]
            )
        for table, group in ((fixations, "fixations"), (gaze, "gaze")):
            xy = np.array([[each["x_px"], each["y_px"]] for each in table], np.float32)
            np.testing.assert_array_equal(xy, file[group]["xy_px"][:])
        times = np.array([each["t_s"] for each in gaze], float)
        np.testing.assert_array_equal(times, file["gaze/t_s"][:])
        places = strings(file["readings/id"])
        assert [places.index(each["reading"]) for each in gaze] == sorted(
            places.index(each["reading"]) for each in gaze
        )


def test_test_gaze_is_left_out_unless_asked(small_dataset, tmp_path):
    report = EXPORTS["csv"](small_dataset, tmp_path / "csv", ExportOptions(), None)
    hidden = {each["id"] for each in rows(tmp_path / "csv" / "images.csv") if each["split_name"] == "test"}
    assert hidden
    for name in ("gaze.csv.gz", "fixations.csv"):
        shown = {each["image"] for each in rows(tmp_path / "csv" / name)}
        assert shown
        assert not shown & hidden
    assert len(rows(tmp_path / "csv" / "readings.csv")) == 20
    assert "test images is left out" in report.notes[0]


def test_parquet_holds_the_same_tables_with_types(wide_dataset, tmp_path):
    pandas = pytest.importorskip("pandas")
    pytest.importorskip("pyarrow", reason="pip install pyarrow")
    _, data = wide_dataset
    for name in ("csv", "parquet"):
        EXPORTS[name](data, tmp_path / name, ExportOptions())
    for table in ("images", "readings", "fixations", "gaze"):
        typed = pandas.read_parquet(tmp_path / "parquet" / f"{table}.parquet")
        texts = rows(tmp_path / "csv" / (f"{table}.csv.gz" if table == "gaze" else f"{table}.csv"))
        assert list(typed.columns) == list(texts[0])
        assert len(typed) == len(texts)
        for name in typed.columns:
            column = [each[name] for each in texts]
            if typed[name].dtype.kind in "fiub":
                mine = np.array([each or "nan" for each in column], float).astype(typed[name].dtype)
                np.testing.assert_array_equal(typed[name].to_numpy(), mine, name)
            else:
                assert typed[name].tolist() == column
    with h5py.File(data) as file:
        assert typed["t_s"].dtype == file["gaze/t_s"].dtype
        assert typed["x_px"].dtype == file["gaze/xy_px"].dtype
    assert typed["left_x_px"].isna().sum() == 0


def test_parquet_is_written_in_groups_and_names_its_study(wide_dataset, tmp_path, monkeypatch):
    parquet = pytest.importorskip("pyarrow.parquet", reason="pip install pyarrow")
    monkeypatch.setattr("gazeannotator.dataset.parquet._ROW_GROUP", 1000)
    EXPORTS["parquet"](wide_dataset[1], tmp_path / "out", ExportOptions(test_gaze=True))
    file = parquet.ParquetFile(tmp_path / "out" / "gaze.parquet")
    assert file.metadata.num_row_groups > 3
    with h5py.File(wide_dataset[1]) as data:
        assert file.metadata.num_rows == len(data["gaze/t_s"])
    assert file.schema_arrow.metadata[b"study"] == b"study"
    assert file.schema_arrow.metadata[b"simulated"] == b"false"


def test_without_pyarrow_parquet_says_what_to_do(wide_dataset, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(BadInput, match=r"needs the Python package pyarrow.*pip install pyarrow"):
        EXPORTS["parquet"](wide_dataset[1], tmp_path / "out", ExportOptions())
    assert not (tmp_path / "out").exists()


def test_tables_without_rows_have_their_headings(make_study, built, tmp_path):
    maker = make_study()
    maker.add_image("p", 0)
    built([maker])[1].close()
    EXPORTS["csv"](tmp_path / "data.h5", tmp_path / "csv", ExportOptions())
    EXPORTS["parquet"](tmp_path / "data.h5", tmp_path / "parquet", ExportOptions())
    assert rows(tmp_path / "csv" / "gaze.csv.gz") == []
    head = (tmp_path / "csv" / "fixations.csv").read_text(encoding="utf-8")
    assert head == "reading,image,duration_s,onset_s,samples,x_px,y_px\n"


def test_the_same_data_give_the_same_files(small_dataset, tmp_path):
    for name in ("one", "two"):
        EXPORTS["csv"](small_dataset, tmp_path / name, ExportOptions(), None)
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes()


def test_missing_numbers_are_empty_cells_and_text_is_quoted(tmp_path):
    table = CsvFile(tmp_path / "t.csv", ("a", "b", "c", "d"))
    table.write((np.float32(np.nan), np.float32(0.1), True, 'say "a, b"'))
    table.close()
    assert (tmp_path / "t.csv").read_bytes() == b'a,b,c,d\n,0.1,1,"say ""a, b"""\n'


def test_columns_are_found_by_name_in_any_order(tmp_path):
    path = tmp_path / "t.csv"
    path.write_bytes("\ufeffy_px; Time_s ;x\r\n 2 ;1;0\r\n\r\n4;3;0\r\n".encode())
    assert list(read_csv(path, ("time_s", "y_px"))) == [(2, ["1", "2"]), (4, ["3", "4"])]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "no column 'a'"),
        (b"b\n1\n", "no column 'a'"),
        (b"a,b\n1\n", "line 2: 1 cells where the first line names 2"),
        (b'a,b\n"1,2\n', "not a CSV table"),
        (b"a\n\xff\n", "not UTF-8"),
    ],
)
def test_other_tables_are_refused_with_file_and_line(tmp_path, content, says):
    path = tmp_path / "t.csv"
    path.write_bytes(content)
    with pytest.raises(BadInput, match=says) as caught:
        list(read_csv(path, ("a",)))
    assert str(path) in str(caught.value)
    with pytest.raises(BadInput, match="no file"):
        list(read_csv(tmp_path / "missing.csv", ("a",)))


def test_no_text_is_a_formula_to_a_spreadsheet(tmp_path):
    table = CsvFile(tmp_path / "t.csv", ("a", "b", "c", "d"))
    table.write(('=HYPERLINK("http://x")', "@SUM(A1)", -1.5, "a=b"))
    table.close()
    (row,) = rows(tmp_path / "t.csv")
    assert list(row.values()) == ['\'=HYPERLINK("http://x")', "'@SUM(A1)", "-1.5", "a=b"]
