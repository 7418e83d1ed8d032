import json
import math
import shutil
import xml.etree.ElementTree as ET

import h5py
import numpy as np
import pytest
import pyxdf

from gazeannotator.dataset.contents import ExportOptions
from gazeannotator.dataset.schema import strings
from gazeannotator.dataset.xdf import CHANNELS, EVENTS_NAME, EVENTS_TYPE, export_xdf
from gazeannotator.dataset.xdf_writer import XdfStream, XdfWriter
from gazeannotator.samples import GazeChunk
from gazeannotator.study.gaze_rows import SenderClock, unpacked
from gazeannotator.study.journal import fold_readings, fold_session
from gazeannotator.study.model import Entry
from gazeannotator.tracking import lsl, outlets
from gazeannotator.tracking.layouts import StreamDescription, recognise, to_chunk
from gazeannotator.tracking.senders.sender import Channel

LABELS = [label for label, *_ in CHANNELS]


def load(path, *, synchronised=False):
    """Markers and gaze (None without) of a file, stamps as they are or as pyxdf corrects them."""
    streams, _ = pyxdf.load_xdf(
        str(path), synchronize_clocks=synchronised, dejitter_timestamps=False, verbose=False
    )
    by_type = {stream["info"]["type"][0]: stream for stream in streams}
    return by_type["Markers"], by_type.get("Gaze")


def entries_of(markers):
    """Rows of the journal, as an import makes them of what it reads."""
    entries = []
    for seq, (t_s, (text,)) in enumerate(zip(markers["time_stamps"], markers["time_series"], strict=True)):
        data = json.loads(text)
        head = {name: data.pop(name) for name in ("v", "event", "session", "reading", "image")}
        assert head.pop("v") == 1
        entries.append(Entry(seq=seq, t_s=float(t_s), data=data, utc="", **head))
    return entries


def chunk_of(gaze):
    """Samples in our own terms, by the channels' labels."""
    names = [each["label"][0] for each in gaze["info"]["desc"][0]["channels"][0]["channel"]]
    column = dict(zip(names, np.array(gaze["time_series"], float).reshape(-1, len(names)).T, strict=True))
    origin = [[column[f"{eye}_origin_{axis}"] for axis in "xyz"] for eye in ("left", "right")]
    return GazeChunk(
        gaze["time_stamps"],
        np.stack([column["left_x"], column["left_y"]], axis=1),
        np.stack([column["right_x"], column["right_y"]], axis=1),
        np.stack([column["left_pupil"], column["right_pupil"]], axis=1),
        column["distance"],
        column["sequence"],
        np.moveaxis(np.array(origin), 2, 0),
    )


def offsets_of(gaze):
    """When each was measured on the clock of the recording machine, and the offset."""
    at_s, offset_s = (np.array(gaze[name], float) for name in ("clock_times", "clock_values"))
    return at_s + offset_s, offset_s


def files_by_session(folder):
    found = {}
    for path in folder.glob("*.xdf"):
        markers, gaze = load(path)
        found[entries_of(markers)[0].session] = (path, markers, gaze)
    return found


def assert_same_gaze(one, two):
    for name in GazeChunk.__dataclass_fields__:
        np.testing.assert_array_equal(getattr(one, name), getattr(two, name), name)


@pytest.fixture
def drifting(make_study):
    """One session whose sender's clock runs 10 s ahead and drifts; eyes that have a place."""
    maker = make_study()
    images = [maker.add_image(f"p{n}", n % 3) for n in range(3)]
    maker.start("R1", onset_correction_s=0.03)
    maker.validate(0.5)
    for n, image in enumerate(images):
        maker.store.append_clock_offset(maker.session.id, maker.clock_s, -10.0 - 1e-5 * n)
        maker.read(image, n, ahead_s=10.0)
    rng = np.random.default_rng(0)
    n = 500
    chunk = GazeChunk(
        maker.clock_s + 10 + np.sort(rng.random(n)),
        rng.random((n, 2)),
        np.where(rng.random((n, 1)) < 0.2, math.nan, rng.random((n, 2))),
        rng.random((n, 2)),
        rng.random(n) * 700,
        np.arange(n, dtype=float),
        rng.random((n, 2, 3)),
    )
    maker.store.append_gaze(maker.session.id, chunk, received_s=maker.clock_s + 1)
    maker.end()
    return maker


def test_a_session_comes_back_to_the_bit(drifting, built, tmp_path):
    _, file = built([drifting])
    file.close()
    export_xdf(tmp_path / "data.h5", tmp_path / "out", ExportOptions(study=drifting.store.path))
    store, session = drifting.store, drifting.session
    ((_, markers, gaze),) = files_by_session(tmp_path / "out").values()
    entries = entries_of(markers)
    assert [(each.event, each.t_s, each.data, each.reading) for each in entries] == [
        (each.event, each.t_s, each.data, each.reading) for each in store.entries(session.id)
    ]
    folded = fold_session(entries)
    assert folded == store.sessions()[0]
    assert str(fold_readings(folded, entries)) == str(store.readings())  # NaN is not equal to itself
    chunk = chunk_of(gaze)
    raw = [unpacked(row.data) for row in store.gaze_rows(session.id) if row.kind == "samples"]
    assert_same_gaze(chunk, GazeChunk.joined(raw))
    corrected = SenderClock(*offsets_of(gaze)).corrected(chunk.time_s, chunk.time_s.max())
    np.testing.assert_allclose(np.sort(corrected), store.gaze(session.id).time_s, rtol=0, atol=1e-9)
    assert gaze["info"]["name"] == [session.gaze_stream.name]
    assert gaze["info"]["source_id"] == [session.gaze_stream.source_id]


def test_pyxdf_synchronises_the_clocks_as_we_do(drifting, built, tmp_path):
    built([drifting])[1].close()
    export_xdf(tmp_path / "data.h5", tmp_path / "out", ExportOptions(study=drifting.store.path))
    (path,) = (tmp_path / "out").glob("*.xdf")
    markers, gaze = load(path, synchronised=True)
    np.testing.assert_array_equal(
        markers["time_stamps"], [each.t_s for each in drifting.store.entries(drifting.session.id)]
    )
    ours = drifting.store.gaze(drifting.session.id).time_s
    np.testing.assert_allclose(np.sort(gaze["time_stamps"]), ours, rtol=0, atol=1e-4)


def test_without_the_study_the_data_sets_readings_come_back(odd_dataset, tmp_path):
    maker, data = odd_dataset
    report = export_xdf(data, tmp_path / "out", ExportOptions())
    assert report.recordings == 3
    live = {each.id: each for each in maker.store.readings()}
    sessions = {each.id: each for each in maker.store.sessions()}
    with h5py.File(data) as file:
        rows = {each: row for row, each in enumerate(strings(file["readings/id"]))}
        seen = 0
        for session, (_, markers, gaze) in files_by_session(tmp_path / "out").items():
            entries = entries_of(markers)
            folded = fold_session(entries)
            assert (folded.reader, folded.screen.size_px) == (
                sessions[session].reader,
                sessions[session].screen.size_px,
            )
            assert folded.ended
            chunk = chunk_of(gaze)
            for reading in fold_readings(folded, entries):
                seen += 1
                was, row = live[reading.id], rows[reading.id]
                assert (reading.image, reading.label, reading.confidence, reading.flagged) == (
                    was.image,
                    was.label,
                    was.confidence,
                    was.flagged,
                )
                assert (reading.state, reading.replaces, reading.replaced_by) == (
                    was.state,
                    was.replaces,
                    was.replaced_by,
                )
                assert reading.onset_s == file["readings/onset_s"][row]
                assert reading.placement == was.placement
                assert reading.source == was.source
                np.testing.assert_equal(
                    np.float32(reading.tracking.accuracy_deg), file["readings/accuracy_deg"][row]
                )
                mine = slice(
                    file["readings/gaze_first"][row],
                    file["readings/gaze_first"][row] + file["readings/gaze_count"][row],
                )
                t_s = file["gaze/t_s"][mine]
                during = chunk[
                    (chunk.time_s >= reading.onset_s - 1e-9) & (chunk.time_s <= reading.offset_s + 1e-9)
                ]
                np.testing.assert_allclose(during.time_s - reading.onset_s, t_s, rtol=0, atol=1e-9)
                stored = maker.store.gaze(session)
                kept = np.isin(stored.time_s.round(6), during.time_s.round(6))
                np.testing.assert_allclose(during.left, stored.left[kept], atol=1e-6)
    assert seen == len(live) == 14


def test_our_own_layouts_know_the_stream(small_dataset, tmp_path):
    export_xdf(small_dataset, tmp_path / "out", ExportOptions())
    (path,) = (tmp_path / "out").glob("*.xdf")
    markers, gaze = load(path)
    assert (EVENTS_NAME, EVENTS_TYPE) == (lsl.EVENTS_NAME, outlets.EVENTS_TYPE)
    assert markers["info"]["name"] == [EVENTS_NAME]
    channels = gaze["info"]["desc"][0]["channels"][0]["channel"]
    names = ("label", "eye", "type", "unit")
    described = StreamDescription(
        gaze["info"]["name"][0],
        "Gaze",
        gaze["info"]["source_id"][0],
        float(gaze["info"]["nominal_srate"][0]),
        gaze["info"]["channel_format"][0],
        tuple(Channel(*(each[name][0] for name in names)) for each in channels),
    )
    layout = recognise(described)
    assert layout.coordinates == "normalised"
    found = to_chunk(gaze["time_series"], gaze["time_stamps"], layout, (1, 1))
    whole = chunk_of(gaze)
    for name in ("time_s", "left", "right", "pupil_mm", "sequence"):
        np.testing.assert_array_equal(getattr(found, name), getattr(whole, name))


def test_imports_without_times_have_no_samples(small_dataset, tmp_path):
    shutil.copy(small_dataset, tmp_path / "d.h5")
    with h5py.File(tmp_path / "d.h5", "r+") as file:
        file["gaze/t_s"][:] = np.nan
        file["gaze/left_px"][:] = file["gaze/right_px"][:] = np.nan
    export_xdf(tmp_path / "d.h5", tmp_path / "out", ExportOptions())
    markers, gaze = load(next((tmp_path / "out").glob("*.xdf")))
    assert len(gaze["time_stamps"]) == 0
    assert len(fold_readings(fold_session(entries_of(markers)), entries_of(markers))) == 20


def test_a_point_of_both_eyes_stands_for_each(small_dataset, tmp_path):
    shutil.copy(small_dataset, tmp_path / "d.h5")
    with h5py.File(tmp_path / "d.h5", "r+") as file:
        file["gaze/left_px"][:] = file["gaze/right_px"][:] = np.nan
    export_xdf(tmp_path / "d.h5", tmp_path / "out", ExportOptions())
    _, gaze = load(next((tmp_path / "out").glob("*.xdf")))
    chunk = chunk_of(gaze)
    np.testing.assert_array_equal(chunk.left, chunk.right)
    assert np.isfinite(chunk.left).any()


@pytest.mark.parametrize("channel_format", ["double64", "float32"])
def test_the_writer_against_pyxdf(channel_format, tmp_path):
    rng = np.random.default_rng(1)
    path = tmp_path / "x.xdf"
    stamps, values = np.sort(rng.random(3000)) * 1e6, rng.normal(size=(3000, 3))
    texts = ["", "a" * 300, "\N{GREEK SMALL LETTER MU}—\n\0", "x" * 70000]
    with XdfWriter(path, "2026-01-02T03:04:05+00:00") as file:
        desc = {"a": "<&>\x01", "channels": [("channel", {"label": "x"}), ("channel", {"label": "y"})]}
        numbers = file.add_stream(XdfStream("n", "Gaze", 3, 250.0, channel_format, "n:1", "here", desc))
        words = file.add_stream(XdfStream("w", "Markers", 1, 0.0, "string", "w:1"))
        nothing = file.add_stream(XdfStream("e", "EEG", 2, 100.0, channel_format, "e:1"))
        for part in np.array_split(np.arange(3000), 7):
            file.write_boundary()
            file.write_numbers(numbers, stamps[part], values[part])
        file.write_numbers(nothing, stamps[:0], values[:0, :2])
        file.write_texts(words, [1.5, 2.5, 2.5, 3.0], texts)
        file.write_offset(numbers, 0.25, -3.5)
        file.write_offset(numbers, 5.25, -3.25)
    streams, header = pyxdf.load_xdf(
        str(path), synchronize_clocks=False, dejitter_timestamps=False, verbose=False
    )
    assert header["info"]["version"] == ["1.0"]
    first, second, third = sorted(streams, key=lambda each: each["info"]["stream_id"])
    np.testing.assert_array_equal(first["time_stamps"], stamps)
    np.testing.assert_array_equal(first["time_series"], values.astype(first["time_series"].dtype))
    assert (first["clock_times"], first["clock_values"]) == ([0.25, 5.25], [-3.5, -3.25])
    assert first["info"]["desc"][0]["a"] == ["<&>\N{REPLACEMENT CHARACTER}"]
    assert first["info"]["hostname"] == ["here"]
    assert first["footer"]["info"]["sample_count"] == ["3000"]
    assert float(first["footer"]["info"]["first_timestamp"][0]) == stamps[0]
    assert [each for (each,) in second["time_series"]] == texts
    assert second["time_stamps"].tolist() == [1.5, 2.5, 2.5, 3.0]
    assert len(third["time_stamps"]) == 0


def test_headers_are_sound_xml(tmp_path):
    with XdfWriter(tmp_path / "x.xdf", "now") as file:
        file.add_stream(XdfStream("a&b \x00", "Gaze", 1, 0.0, "double64", "é"))
    data = (tmp_path / "x.xdf").read_bytes()
    for part in data.split(b'<?xml version="1.0"?>')[1:]:
        ET.fromstring(part[: part.rindex(b"</info>") + len(b"</info>")])
