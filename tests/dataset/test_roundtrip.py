"""Study → data set → each export → read by the format's own library: the same labels, fixations and times."""

import csv
import gzip
import json
import math
import tempfile
from pathlib import Path

import h5py
import numpy as np
import pytest
import pyxdf
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from gazeannotator.dataset.build import BuildOptions, build
from gazeannotator.dataset.contents import ExportOptions
from gazeannotator.dataset.csv_files import _FORMULA
from gazeannotator.dataset.exports import EXPORTS
from gazeannotator.dataset.schema import SPLITS, strings, target_classes, validate

pandas = pytest.importorskip("pandas")
coco = pytest.importorskip("pycocotools.coco")
pytest.importorskip("pyarrow")

SIZE = (64, 48)
CLASSES = ("Type 1", "Type 2", "Type 3")

places = st.lists(st.tuples(st.integers(-20, 80), st.integers(-20, 60)), min_size=1, max_size=3)
answers = st.fixed_dictionaries(
    {
        "label": st.sampled_from([None, -1, 0, 1, 2]),
        "confidence": st.integers(0, 2),
        "places": places,
        "lost": st.builds(slice, st.integers(0, 60), st.integers(0, 120)),
        "dwell_s": st.sampled_from([0.12, 0.3]),
        "distance_mm": st.sampled_from([math.nan, 612.5]),
    }
)
codes = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=5)
sittings = st.lists(
    st.tuples(
        codes, st.lists(st.none() | answers, min_size=4, max_size=4), st.sampled_from([None, 0.4, 3.0])
    ),
    min_size=1,
    max_size=3,
)


@pytest.mark.slow
@settings(
    max_examples=12,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # to shrink an example takes minutes
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(sittings=sittings, with_study=st.booleans())
def test_every_export_gives_back_what_went_in(studies, sittings, with_study):
    with tempfile.TemporaryDirectory() as folder, studies(Path(folder)) as make:
        maker = make()
        images = [maker.add_image(f"p{n}", n - 1, size=SIZE) for n in range(4)]
        for reader, read, accuracy_deg in sittings:
            maker.start(reader)
            if accuracy_deg is not None:
                maker.validate(accuracy_deg)
            for image, answer in zip(images, read, strict=True):
                if answer is not None:
                    maker.read(image, **answer)
            maker.end()
        data = Path(folder) / "data.h5"
        build([maker.store.path], data, BuildOptions(size=64))
        assert validate(data) == []
        whole, used = facts(data), facts(data, only_used=True)
        options = ExportOptions(study=maker.store.path if with_study else None, test_gaze=True)
        for name, export in EXPORTS.items():
            out = Path(folder) / name
            export(data, out, options)
            found = READERS[name](out)
            expected = used if name in ("folders", "coco", "monai") else whole
            assert found.images == (set() if name == "xdf" else expected.images), name
            check_readings(name, found, expected, scale=1.0 if with_study else 64 / max(SIZE))


class Facts:
    """What must survive: image name → class; reading id → answer, onset, fixations, sample times."""

    def __init__(self):
        self.images = set()
        self.labels, self.onsets, self.fixations, self.gaze = {}, {}, {}, {}


def check_readings(name, found, expected, scale):
    if found.labels:
        assert found.labels == expected.labels, name
    for reading, onset_s in found.onsets.items():
        np.testing.assert_allclose(onset_s, expected.onsets[reading], rtol=0, atol=1e-9)
    with_fixations = {reading for reading, rows in expected.fixations.items() if len(rows)}
    # Events of XDF are not fixations; a region of COCO needs one on the image.
    if name not in ("xdf", "coco"):
        assert {reading for reading, rows in found.fixations.items() if len(rows)} == with_fixations, name
    scaled = scale if name in ("folders", "coco", "monai") else 1.0
    for reading, rows in found.fixations.items():
        theirs = expected.fixations[reading] * np.array([1, 1, scaled, scaled])
        np.testing.assert_allclose(rows, theirs, rtol=0, atol=2e-4, err_msg=name)
        np.testing.assert_allclose(rows[:, :2], theirs[:, :2], rtol=0, atol=1e-9, err_msg=name)
    for reading, rows in found.gaze.items():
        np.testing.assert_allclose(rows[:, 0], expected.gaze[reading][:, 0], rtol=0, atol=1e-9, err_msg=name)
        np.testing.assert_allclose(
            rows[:, 1:], expected.gaze[reading][:, 1:], rtol=0, atol=2e-4, err_msg=name
        )


def facts(path, *, only_used=False):
    found = Facts()
    with h5py.File(path) as file:
        ids = strings(file["images/id"])
        target = target_classes(file["images/truth"][:], file["images/label"][:])
        if only_used:
            found.images = {
                each[:16]: (CLASSES[label], SPLITS[split])
                for each, label, split in zip(ids, target, file["images/split"][:], strict=True)
                if label >= 0
            }
        else:
            found.images = {each[:16] for each in ids}
        interrupted = np.array(strings(file["readings/exclusion"])) == "interrupted"
        for row, reading in enumerate(strings(file["readings/id"])):
            image = file["readings/image"][row]
            if only_used and not (file["readings/valid"][row] and target[image] >= 0):
                continue
            label = int(file["readings/label"][row])
            found.labels[reading] = (ids[image][:16], None if interrupted[row] else label)
            found.onsets[reading] = float(file["readings/onset_s"][row])
            for table, columns, to in (
                ("fixation", ("onset_s", "duration_s", "xy_px"), found.fixations),
                ("gaze", ("t_s", "xy_px"), found.gaze),
            ):
                first, count = (int(file[f"readings/{table}_{part}"][row]) for part in ("first", "count"))
                group = file["fixations" if table == "fixation" else "gaze"]
                parts = [np.asarray(group[name][first : first + count], float) for name in columns]
                to[reading] = np.column_stack(parts)
    return found


def number(text):
    return float(text) if text else math.nan


def csv_rows(path):
    opened = gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else open(path, encoding="utf-8")
    with opened as file:
        return list(csv.DictReader(file))


def collect(rows, columns, key="reading"):
    found = {}
    for row in rows:
        found.setdefault(row[key], []).append([number(row[name]) for name in columns])
    return {each: np.array(values) for each, values in found.items()}


def unformula(text):
    return text[1:] if text[:1] == "'" and text[1:].startswith(_FORMULA) else text


def answer_of(row):
    return None if row["exclusion"] == "interrupted" else int(row["label"])


def from_csv(out):
    found = Facts()
    found.images = {row["id"][:16] for row in csv_rows(out / "images.csv")}
    for row in csv_rows(out / "readings.csv"):
        found.labels[row["reading"]] = (row["image"][:16], answer_of(row))
        found.onsets[row["reading"]] = float(row["onset_s"])
        assert unformula(row["reader"])
    found.fixations = collect(csv_rows(out / "fixations.csv"), ("onset_s", "duration_s", "x_px", "y_px"))
    found.gaze = collect(csv_rows(out / "gaze.csv.gz"), ("t_s", "x_px", "y_px"))
    return found


def from_parquet(out):
    tables = {
        name: pandas.read_parquet(out / f"{name}.parquet")
        for name in ("images", "readings", "fixations", "gaze")
    }
    found = Facts()
    found.images = {each[:16] for each in tables["images"]["id"]}
    for row in tables["readings"].to_dict("records"):
        found.labels[row["reading"]] = (row["image"][:16], answer_of(row))
        found.onsets[row["reading"]] = row["onset_s"]
    for name, columns, to in (
        ("fixations", ["onset_s", "duration_s", "x_px", "y_px"], found.fixations),
        ("gaze", ["t_s", "x_px", "y_px"], found.gaze),
    ):
        for reading, rows in tables[name].groupby("reading"):
            to[reading] = rows[columns].to_numpy(float)
    return found


def tsv(path, names=None):
    return pandas.read_csv(
        path, sep="\t", na_values="n/a", keep_default_na=False, header=None if names else 0, names=names
    )


def from_bids(out):
    found = Facts()
    found.images = {path.stem for path in (out / "stimuli").glob("*.png")}
    sizes = {row["stim_file"]: (row["width_px"], row["height_px"]) for row in table_of(out)}
    for path in out.glob("sub-*/ses-*/beh/*events.tsv"):
        stem = path.name.removesuffix("events.tsv")
        samples = packed(path.with_name(f"{stem}recording-eye3_physio.tsv.gz"))
        fixations = packed(path.with_name(f"{stem}recording-eye3_physioevents.tsv.gz"))
        for event in tsv(path).to_dict("records"):
            reading, onset_s = event["reading"], event["onset_lsl"]
            label = event["label"]
            answer = None if label != label else CLASSES.index(label) if label in CLASSES else -1
            found.labels[reading] = (event["stim_file"].removesuffix(".png"), answer)
            found.onsets[reading] = onset_s
            corner = np.array([event["x0"], event["y0"]])
            zoom = np.array(sizes[event["stim_file"]]) / [event["width"], event["height"]]
            for table, columns, to in (
                (samples, ["timestamp"], found.gaze),
                (fixations, ["onset", "duration"], found.fixations),
            ):
                if table is None:
                    continue
                end_s = onset_s + event["duration"] + 1e-9
                mine = table[(table[columns[0]] >= onset_s - 1e-9) & (table[columns[0]] <= end_s)]
                in_image = (mine[["x_coordinate", "y_coordinate"]].to_numpy(float) - corner) * zoom
                times = mine[columns].to_numpy(float) - [onset_s, 0][: len(columns)]
                to[reading] = np.column_stack([times, in_image])
    return found


def table_of(out):
    return tsv(out / "stimuli" / "images.tsv").to_dict("records")


def packed(path):
    if not path.exists():
        return None
    about = json.loads(path.with_name(path.name.replace(".tsv.gz", ".json")).read_text(encoding="utf-8"))
    if not gzip.decompress(path.read_bytes()):
        return pandas.DataFrame({name: np.empty(0) for name in about["Columns"]})
    return tsv(path, about["Columns"])


def from_xdf(out):
    found = Facts()
    for path in out.glob("*.xdf"):
        streams, _ = pyxdf.load_xdf(str(path), dejitter_timestamps=False, verbose=False)
        markers = next(each for each in streams if each["info"]["type"] == ["Markers"])
        gaze = next((each for each in streams if each["info"]["type"] == ["Gaze"]), None)
        events = [json.loads(text) for (text,) in markers["time_series"]]
        shown = {}
        for t_s, event in zip(markers["time_stamps"], events, strict=True):
            reading = event["reading"]
            if event["event"] == "onset":
                shown[reading] = [event, t_s, t_s]
                found.onsets[reading] = t_s
                found.labels[reading] = (event["image"][:16], None)
            elif event["event"] == "key":
                found.labels[reading] = (event["image"][:16], event["label"])
            elif event["event"] == "offset":
                shown[reading][2] = t_s
        for reading, (onset, start_s, stop_s) in shown.items():
            stamps = np.array(gaze["time_stamps"])
            mine = (stamps >= start_s - 1e-9) & (stamps <= stop_s + 1e-9)
            x0, y0, width, height = onset["placement"]
            # The eyes of these studies see the same.
            screen = np.array(gaze["time_series"], float).reshape(-1, 14)[mine, :2] * [1920, 1080]
            in_image = (screen - [x0, y0]) * (np.array(onset["image_px"]) / [width, height])
            found.gaze[reading] = np.column_stack([stamps[mine] - start_s, in_image])
    return found


def from_folders(out):
    found = Facts()
    found.images = {}
    names = {"train": "train", "val": "validation", "test": "test"}
    for path in out.glob("*/*/images/*.png"):
        part, label = path.relative_to(out).parts[:2]
        found.images[path.stem] = (label, names[part])
    found.fixations = collect(csv_rows(out / "fixations.csv"), ("onset_s", "duration_s", "x_px", "y_px"))
    return found


def from_coco(out):
    found = Facts()
    found.images = {}
    for part, split in (("train", "train"), ("val", "validation"), ("test", "test")):
        if not (out / "annotations" / f"{part}.json").exists():
            continue
        data = coco.COCO(out / "annotations" / f"{part}.json")
        for each in data.loadAnns(data.getAnnIds()):
            name = data.loadImgs(each["image_id"])[0]["file_name"].removesuffix(".png")
            category = data.loadCats(each["category_id"])[0]["name"]
            if category in CLASSES:
                found.images[name] = (category, split)
            else:
                found.fixations[each["reading"]] = np.array(each["fixations"])
    return found


def from_monai(out):
    found = Facts()
    found.images = {}
    listed = json.loads((out / "dataset.json").read_text(encoding="utf-8"))
    for split, section in (("train", "training"), ("validation", "validation"), ("test", "test")):
        for item in listed[section]:
            name = item["image"].rsplit("/", 1)[1].removesuffix(".png")
            found.images[name] = (listed["labels"][str(item["label"])], split)
    for row in csv_rows(out / "readings.csv"):
        found.labels[row["reading"]] = (row["image_id"][:16], CLASSES.index(row["label"]))
    found.fixations = collect(csv_rows(out / "fixations.csv"), ("onset_s", "duration_s", "x_px", "y_px"))
    return found


READERS = {
    "folders": from_folders,
    "bids": from_bids,
    "csv": from_csv,
    "parquet": from_parquet,
    "coco": from_coco,
    "xdf": from_xdf,
    "monai": from_monai,
}
