"""XDF files: read as pyxdf reads them, and refused where they lie."""

from __future__ import annotations

import itertools
import struct
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
import pyxdf
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gazeannotator.errors import BadInput
from gazeannotator.tracking.xdf import XdfDamaged, XdfFile

FORMS = {"double64": "<f8", "float32": "<f4", "int8": "i1", "int16": "<i2", "int32": "<i4", "int64": "<i8"}
REAL = Path(__file__).resolve().parents[3] / "shared" / "data" / "xdf"


def numbers_of(path: Path, number: int = 1) -> tuple[np.ndarray, np.ndarray]:
    with XdfFile(path) as file:
        blocks = list(file.numbers(file.streams[number]))
    return np.concatenate([each[0] for each in blocks]), np.concatenate([each[1] for each in blocks])


def by_pyxdf(path: Path) -> dict[int, dict]:
    streams, _ = pyxdf.load_xdf(str(path), synchronize_clocks=False, dejitter_timestamps=False)
    return {each["info"]["stream_id"]: each for each in streams}


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    form=st.sampled_from(sorted(FORMS)),
    channels=st.integers(1, 5),
    stamped=st.lists(st.booleans(), min_size=1, max_size=300),
    rate=st.sampled_from([0, 60.0, 1000 / 3]),
    cuts=st.sets(st.integers(1, 299), max_size=4),
    seed=st.integers(0, 99),
)
def test_samples_are_those_that_pyxdf_reads(tmp_path, xdf, form, channels, stamped, rate, cuts, seed) -> None:
    random = np.random.default_rng(seed)
    count = len(stamped)
    values = (random.standard_normal((count, channels)) * 50).astype(FORMS[form])
    stamped[0] = True  # before it there is nothing to reckon from
    times = np.cumsum(random.random(count)) + 1000
    stamps = [float(t) if told else None for t, told in zip(times, stamped, strict=True)]
    file = xdf().stream(1, "eye", "Gaze", channels, form, nominal_srate=rate)
    edges = [0, *sorted(cut for cut in cuts if cut < count), count]
    for start, stop in itertools.pairwise(edges):
        file.numbers(1, stamps[start:stop], values[start:stop], FORMS[form]).boundary()
    path = file.footer(1).write(tmp_path / "a.xdf")
    found, found_s = numbers_of(path)
    expected = by_pyxdf(path)[1]
    assert found.dtype == np.dtype(FORMS[form])
    assert np.array_equal(found, values)
    assert np.array_equal(found, expected["time_series"])
    assert np.array_equal(found_s, expected["time_stamps"])


@settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(st.text(st.characters(exclude_categories=["Cs"])), max_size=20))
def test_texts_are_those_that_were_sent(tmp_path, xdf, texts) -> None:
    stamps = [10.0 + number / 7 for number in range(len(texts))]
    file = xdf().stream(3, "notes", "Markers", 1, "string").texts(3, stamps, texts)
    with XdfFile(file.write(tmp_path / "a.xdf")) as opened:
        assert list(opened.texts(opened.streams[3])) == list(zip(stamps, texts, strict=True))


def test_offsets_are_kept_as_they_were_measured(tmp_path, xdf) -> None:
    file = xdf().stream(1, "eye", "Gaze", 1, "float32").offset(1, 5.0, 0.25)
    file.numbers(1, [6.0], [[1]], "<f4").offset(1, 10.0, 0.5).offset(1, 15.0, float("nan"))
    with XdfFile(file.numbers(1, [16.0], [[1]], "<f4").write(tmp_path / "a.xdf")) as opened:
        (at_s, offset_s), seen = opened.streams[1].clock, opened.streams[1].seen
    assert (at_s.tolist(), offset_s.tolist(), list(seen)) == ([5.0, 10.0], [0.25, 0.5], [1, 2])


def test_a_sample_without_stamp_and_without_one_before_has_none(tmp_path, xdf) -> None:
    file = xdf().stream(1, "eye", "Gaze", 1, "float32", nominal_srate=100)
    _, stamps = numbers_of(file.numbers(1, [None, 2.0, None], [[1]] * 3, "<f4").write(tmp_path / "a.xdf"))
    assert np.isnan(stamps[0])
    assert stamps[1:].tolist() == [2.0, 2.0 + 1 / 100]


@pytest.mark.parametrize("name", ["minimal.xdf", "clock_resets.xdf", "empty_streams.xdf"])
def test_real_files_are_read_as_pyxdf_reads_them(name: str) -> None:
    path = REAL / name
    if not path.exists():
        pytest.skip(f"there is no {path}")
    expected = by_pyxdf(path)
    with XdfFile(path) as file:
        assert file.streams.keys() == expected.keys()
        for number, stream in file.streams.items():
            series, stamps = expected[number]["time_series"], expected[number]["time_stamps"]
            assert stream.clock[1].tolist() == expected[number]["clock_values"]
            if stream.description.channel_format == "string":
                found = list(file.texts(stream))
                assert [each[1] for each in found] == [each[0] for each in series]
                assert [each[0] for each in found] == list(stamps)
                continue
            blocks = list(file.numbers(stream))
            assert sum(len(each[1]) for each in blocks) == len(stamps)
            if len(stamps):
                assert np.array_equal(np.concatenate([each[0] for each in blocks]), series)
                # pyxdf has 0 where a stamp cannot be reckoned; none of these files has such.
                assert np.array_equal(np.concatenate([each[1] for each in blocks]), stamps)


# Files that are not what they say --------------------------------------------------------------


def read_all(path: Path) -> None:
    with XdfFile(path) as file:
        for stream in file.streams.values():
            read = file.texts if stream.description.channel_format == "string" else file.numbers
            list(read(stream))


def peak_of(path: Path) -> tuple[int, BadInput | None]:
    """How many bytes are taken at most to read a file, and why it is refused."""
    tracemalloc.start()
    try:
        read_all(path)
    except BadInput as error:
        return tracemalloc.get_traced_memory()[1], error
    else:
        return tracemalloc.get_traced_memory()[1], None
    finally:
        tracemalloc.stop()


def gaze_file(xdf):
    return xdf().stream(1, "eye", "Gaze", 2, "float32").numbers(1, [1.0, 2.0], [[1, 2], [3, 4]], "<f4")


def lying_chunk(xdf):
    return gaze_file(xdf).chunk(3, struct.pack("<I", 1), length_bytes=8, length=1 << 62)


def giant_count(xdf):
    return gaze_file(xdf).chunk(3, struct.pack("<IBQ", 1, 8, 1 << 60) + bytes(40))


def giant_text(xdf):
    file = xdf().stream(1, "notes", "Markers", 1, "string")
    return file.chunk(3, struct.pack("<IBI", 1, 4, 1) + struct.pack("<BdBQ", 8, 1.0, 8, 1 << 50) + b"hello")


def count_too_small(xdf):
    return gaze_file(xdf).chunk(3, struct.pack("<IBI", 1, 4, 1) + struct.pack("<Bdff", 8, 3, 1, 2) * 2)


def count_too_large(xdf):
    return gaze_file(xdf).chunk(3, struct.pack("<IBI", 1, 4, 3) + struct.pack("<Bdff", 8, 3, 1, 2) * 2)


def odd_stamp(xdf):
    return gaze_file(xdf).chunk(3, struct.pack("<IBI", 1, 4, 1) + struct.pack("<Bdff", 7, 3, 1, 2))


def unknown_stream(xdf):
    return gaze_file(xdf).numbers(9, [1.0], [[1, 2]], "<f4")


def described_twice(xdf):
    return gaze_file(xdf).stream(1, "eye", "Gaze", 2, "float32")


def no_stream_number(xdf):
    return gaze_file(xdf).chunk(3, b"\1")


def empty_chunk(xdf):
    return gaze_file(xdf).chunk(5, b"", length=1)


def odd_length(xdf):
    file = gaze_file(xdf)
    file.data += b"\3\1\1\1"
    return file


def short_offset(xdf):
    return gaze_file(xdf).chunk(4, struct.pack("<Id", 1, 1.0))


LIES = {
    lying_chunk: "a chunk claims 4611686018427387904 bytes",
    giant_count: "1152921504606846976 samples are said to be in 40 bytes",
    giant_text: "a text of 1125899906842624 bytes in the 5 that are left",
    count_too_small: "17 bytes are left over",
    count_too_large: "samples are missing",
    odd_stamp: "a time stamp is not written as it should be",
    unknown_stream: "stream 9 is not described",
    described_twice: "stream 1 is described twice",
    no_stream_number: "too short to say which stream",
    empty_chunk: "a chunk claims 1 bytes",
    odd_length: "a length is not written as it should be",
    short_offset: "a clock offset is not two numbers",
}


@pytest.mark.parametrize("lie", LIES, ids=lambda lie: lie.__name__)
def test_a_file_that_lies_is_refused_with_the_place(tmp_path, xdf, lie) -> None:
    path = lie(xdf).write(tmp_path / "a.xdf")
    peak, error = peak_of(path)
    assert isinstance(error, XdfDamaged)
    assert LIES[lie] in error.message
    assert f"{path} is damaged at byte " in error.message
    assert peak < 4_000_000


def test_what_comes_before_the_damage_can_be_had(tmp_path, xdf) -> None:
    path = lying_chunk(xdf).write(tmp_path / "a.xdf")
    with XdfFile(path, damaged=True) as file:
        (values, stamps, _), *_ = file.numbers(file.streams[1])
    assert (values.tolist(), stamps.tolist()) == ([[1, 2], [3, 4]], [1.0, 2.0])
    assert "a chunk claims" in file.damage


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_bytes_changed_at_random_never_do_more_than_be_refused(tmp_path, xdf, data) -> None:
    whole = (
        xdf()
        .stream(1, "eye", "Gaze", 2, "float32", nominal_srate=60)
        .stream(2, "notes", "Markers", 1, "string")
        .numbers(1, [1.0, None, 2.0], [[1, 2]] * 3, "<f4")
        .texts(2, [1.5], ["hello"])
        .offset(1, 1.0, 0.0)
        .footer(1)
        .data
    )
    changed = bytearray(whole[: data.draw(st.integers(4, len(whole)))])
    for _ in range(data.draw(st.integers(0, 6))):
        changed[data.draw(st.integers(4, len(changed))) - 1] = data.draw(st.integers(0, 255))
    path = tmp_path / "a.xdf"
    path.write_bytes(bytes(changed))
    peak, error = peak_of(path)
    assert error is None or str(path) in error.message
    assert peak < 8_000_000


@pytest.mark.parametrize(
    ("xml", "reason"),
    [
        ("<info><name>x</name>", "no element found"),
        ("<!DOCTYPE info [<!ENTITY a 'aaaa'>]><info>&a;</info>", "no plain XML"),
        ("<info><channel_count>0</channel_count></info>", "0 channels"),
        ("<info><channel_count>99999999</channel_count></info>", "99999999 channels"),
        ("<info><channel_count>x</channel_count></info>", "invalid literal"),
    ],
)
def test_a_stream_whose_description_is_broken_hides_no_other(tmp_path, xdf, xml, reason) -> None:
    file = gaze_file(xdf).chunk(2, struct.pack("<I", 2) + xml.encode()).numbers(2, [1.0], [[1, 2]], "<f4")
    path = file.numbers(1, [3.0], [[5, 6]], "<f4").write(tmp_path / "a.xdf")
    with XdfFile(path) as opened:
        assert opened.streams.keys() == {1}
        assert reason in opened.unreadable[2]
    assert numbers_of(path)[1].tolist() == [1.0, 2.0, 3.0]


@pytest.mark.parametrize(
    ("data", "message"),
    [(b"", "is no XDF file"), (b"PK\3\4", "is no XDF file"), (b"\x1f\x8b\x08\x00", "is compressed")],
)
def test_other_files_are_refused(tmp_path, data, message) -> None:
    path = tmp_path / "a.xdf"
    path.write_bytes(data)
    with pytest.raises(BadInput, match=message):
        XdfFile(path)


def test_a_file_that_is_not_there_is_named(tmp_path) -> None:
    with pytest.raises(BadInput, match="There is no file"):
        XdfFile(tmp_path / "none.xdf")
    with pytest.raises(BadInput, match="cannot be read"):
        XdfFile(tmp_path)
