import gzip
import json
import shutil
import subprocess
import sys
from pathlib import Path

import h5py
import numpy as np
import pandas as pd
import pytest

from gazeannotator.dataset.bids import BIDS_VERSION, export_bids
from gazeannotator.dataset.contents import ExportOptions
from gazeannotator.dataset.recordings import labels
from gazeannotator.dataset.schema import strings

CANNOT_BE_MENDED = {"CogAtlasID", "CogPOID"}
"""Terms of vocabularies that have no such task."""


def validated(folder):
    """Errors and warnings of the official validator, but for what nobody could mend."""
    program = shutil.which("bids-validator-deno", path=str(Path(sys.executable).parent))
    program = program or shutil.which("bids-validator-deno")
    if program is None:
        pytest.skip("the official validator is not installed: pip install bids-validator-deno")
    result = subprocess.run(
        [program, str(folder), "--format", "json"], capture_output=True, text=True, check=False
    )
    found = json.loads(result.stdout)["issues"]["issues"]
    assert (result.returncode == 0) == all(each["severity"] != "error" for each in found)
    return [
        (each["code"], each.get("subCode"), each.get("location"))
        for each in found
        if each.get("subCode") not in CANNOT_BE_MENDED
    ]


def table(path):
    return pd.read_csv(path, sep="\t", na_values="n/a", keep_default_na=False)


def continuous(path):
    """A compressed table, its columns named by its sidecar."""
    about = json.loads(path.with_name(path.name.replace(".tsv.gz", ".json")).read_text(encoding="utf-8"))
    return about, pd.read_csv(
        path, sep="\t", na_values="n/a", keep_default_na=False, header=None, names=about["Columns"]
    )


def test_the_official_validator_has_nothing_to_say(wide_dataset, odd_dataset, tmp_path):
    maker, data = wide_dataset
    export_bids(data, tmp_path / "wide", ExportOptions(study=maker.store.path))
    assert validated(tmp_path / "wide") == []
    export_bids(odd_dataset[1], tmp_path / "odd", ExportOptions())
    assert validated(tmp_path / "odd") == []


def test_the_validator_would_have_noticed(small_dataset, tmp_path):
    export_bids(small_dataset, tmp_path / "out", ExportOptions())
    (path,) = (tmp_path / "out").glob("sub-*/ses-*/beh/*eye1_physio.json")
    about = json.loads(path.read_text(encoding="utf-8"))
    del about["RecordedEye"]
    path.write_text(json.dumps(about), encoding="utf-8")
    assert any(code == "SIDECAR_KEY_REQUIRED" for code, *_ in validated(tmp_path / "out"))


def test_each_sitting_has_its_events_and_each_eye_its_samples(odd_dataset, tmp_path):
    report = export_bids(odd_dataset[1], tmp_path / "out", ExportOptions())
    assert report.recordings == 3
    assert report.notes == ["1 of 3 sittings have no gaze whose times are known."]
    folders = {
        path.relative_to(tmp_path / "out").as_posix() for path in (tmp_path / "out").glob("sub-*/ses-*")
    }
    assert folders == {"sub-DrA1/ses-01", "sub-DrA1x2/ses-01", "sub-reader/ses-01"}
    people = table(tmp_path / "out" / "participants.tsv")
    assert dict(zip(people["reader"], people["participant_id"], strict=True)) == {
        "Dr Å1": "sub-DrA1",
        "Dr. Å-1": "sub-DrA1x2",
        "张医生": "sub-reader",
    }
    assert people["readings"].tolist() == [1, 10, 3]
    assert people["used"].tolist() == [1, 9, 1]
    beh = tmp_path / "out" / "sub-reader" / "ses-01" / "beh"
    stem = "sub-reader_ses-01_task-diagnosis"
    assert {path.name for path in beh.iterdir()} == {
        f"{stem}_{end}"
        for end in (
            "events.tsv",
            "events.json",
            *(f"recording-eye{n}_physio.{kind}" for n in (1, 2, 3) for kind in ("tsv.gz", "json")),
            "recording-eye3_physioevents.tsv.gz",
            "recording-eye3_physioevents.json",
        )
    }
    sessions = table(tmp_path / "out" / "sub-DrA1x2" / "sub-DrA1x2_sessions.tsv")
    assert sessions["simulated"].tolist() == [True]
    description = json.loads((tmp_path / "out" / "dataset_description.json").read_text(encoding="utf-8"))
    assert description["BIDSVersion"] == BIDS_VERSION
    assert "SIMULATED" in description["Name"]


def test_events_tell_answers_and_why_a_reading_is_not_used(odd_dataset, tmp_path):
    export_bids(odd_dataset[1], tmp_path / "out", ExportOptions())
    (path,) = (tmp_path / "out").glob("sub-DrA1x2/ses-*/beh/*events.tsv")
    events = table(path)
    assert events["label"].tolist() == [f"Type {n % 3 + 1}" for n in range(8)] + ["Type 1", "Type 2"]
    assert events["confidence"].iloc[:3].fillna("").tolist() == ["", "low", "high"]
    assert events["exclusion"].fillna("").tolist() == [""] * 8 + ["corrected", ""]
    assert events["flagged"].tolist() == [False] * 8 + [True, False]
    assert events["accuracy_deg"].isna().tolist() == [True] * 3 + [False] * 7
    assert events["onset"].iloc[0] == 0
    np.testing.assert_allclose(np.diff(events["onset"]), np.diff(events["onset_lsl"]), atol=1e-8)
    (path,) = (tmp_path / "out").glob("sub-reader/ses-*/beh/*events.tsv")
    events = table(path)
    assert events["label"].fillna("").tolist() == ["", "cannot be assessed", "Type 3"]
    assert events["used"].tolist() == [False, False, True]
    about = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))["StimulusPresentation"]
    assert about["ScreenResolution"] == [1280, 1080]
    assert about["ScreenSize"] == [0.527, 0.296]
    assert about["ScreenDistance"] == 0.65
    assert set(events["stim_file"]) <= {path.name for path in (tmp_path / "out" / "stimuli").iterdir()}


def test_screen_px_are_the_exact_way_back_from_image_px(wide_dataset, tmp_path):
    maker, data = wide_dataset
    export_bids(data, tmp_path / "out", ExportOptions())
    session = next(each for each in maker.store.sessions() if each.reader == "A")
    recorded = maker.store.gaze(session.id)
    in_px = recorded.left * np.array(session.screen.size_px)
    (path,) = (tmp_path / "out").glob("sub-A/ses-*/beh/*eye1_physio.tsv.gz")
    about, samples = continuous(path)
    assert about["SamplingFrequency"] == 250
    assert about["RecordedEye"] == "left"
    assert about["x_coordinate"]["Units"] == "pixel"
    kept = np.isin(recorded.time_s.round(6), samples["timestamp"].round(6))
    np.testing.assert_allclose(samples[["x_coordinate", "y_coordinate"]], in_px[kept], atol=2e-4)
    np.testing.assert_allclose(samples["timestamp"], recorded.time_s[kept], rtol=0, atol=1e-9)
    assert about["StartTime"] == pytest.approx(
        samples["timestamp"].iloc[0] - table(next(path.parent.glob("*events.tsv")))["onset_lsl"].iloc[0]
    )


def test_packed_files_hold_neither_name_nor_time(small_dataset, tmp_path):
    export_bids(small_dataset, tmp_path / "out", ExportOptions())
    packed = list((tmp_path / "out").rglob("*.tsv.gz"))
    assert packed
    for path in packed:
        assert path.read_bytes()[3:8] == bytes(5)  # no flags, hence no name; time 0
        assert gzip.decompress(path.read_bytes())


def test_gaze_of_imports_goes_as_far_as_it_is_known(odd_dataset, tmp_path):
    """Only a combined point; fixations without samples; samples without times."""
    data = tmp_path / "d.h5"
    shutil.copy(odd_dataset[1], data)
    with h5py.File(data, "r+") as file:
        reader = np.array(strings(file["readings/reader"]))
        for row in np.flatnonzero(reader == "Dr. Å-1"):
            first, count = (int(file[f"readings/gaze_{part}"][row]) for part in ("first", "count"))
            if row % 3 == 0:
                file["readings/gaze_count"][row] = 0
            elif row % 3 == 1:
                file["gaze/t_s"][first : first + count] = np.nan
            else:
                for eye in ("left", "right"):
                    file[f"gaze/{eye}_px"][first : first + count] = np.nan
                file["gaze/pupil_mm"][first : first + count] = np.nan
        file["readings/rate_hz"][:] = np.nan
    export_bids(data, tmp_path / "out", ExportOptions())
    assert validated(tmp_path / "out") == []
    beh = next((tmp_path / "out").glob("sub-DrA1x2/ses-01/beh"))
    assert [path.name.split("recording-")[1][:4] for path in beh.glob("*_physio.tsv.gz")] == ["eye3"]
    about, samples = continuous(next(beh.glob("*eye3_physio.tsv.gz")))
    assert about["SamplingFrequency"] == pytest.approx(250)
    assert samples["timestamp"].is_monotonic_increasing
    events = table(next(beh.glob("*events.tsv")))
    alone = events[events["trial_type"] == "fixation"]
    assert len(alone) > 3
    assert alone["x_coordinate"].notna().all()
    assert set(alone["reading"]) < set(events.loc[events["trial_type"] == "image", "reading"])


def test_labels_are_plain_and_distinct():
    given = labels(["R1", "r-1", "R 1", "…", "张", "É"])
    assert given == {"R1": "R1", "r-1": "r1x2", "R 1": "R1x3", "…": "reader", "张": "readerx2", "É": "E"}
