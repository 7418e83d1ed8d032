from __future__ import annotations

import math
import zlib
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from gazeannotator.errors import StudyDamaged
from gazeannotator.samples import GazeChunk
from gazeannotator.study.gaze_rows import SenderClock, packed, packed_offset, unpacked, unpacked_offset
from gazeannotator.study.store import Store


@given(st.integers(1, 40).flatmap(lambda n: hnp.arrays(np.float64, (n, 15), elements=st.floats(width=64))))
def test_packing_is_lossless(values: np.ndarray) -> None:
    chunk = GazeChunk(
        values[:, 0].copy(),
        values[:, 1:3].copy(),
        values[:, 3:5].copy(),
        values[:, 5:7].copy(),
        values[:, 7].copy(),
        values[:, 8].copy(),
        values[:, 9:].reshape(-1, 2, 3),
    )
    back = unpacked(packed(chunk))
    for name in ("time_s", "left", "right", "pupil_mm", "distance_mm", "sequence", "origin_mm"):
        np.testing.assert_array_equal(getattr(back, name), getattr(chunk, name))


def test_samples_without_origins_are_packed_as_the_first_version_did(make: SimpleNamespace) -> None:
    chunk = make.chunk([1.0, 2.0])
    columns = np.frombuffer(zlib.decompress(packed(chunk)), "<f8").reshape(9, 2)
    np.testing.assert_array_equal(columns[0], [1.0, 2.0])
    assert np.isnan(unpacked(packed(chunk)).origin_mm).all()


@pytest.mark.parametrize("data", [b"", b"abc", packed_offset(1.0)])
def test_other_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="unpacked"):
        unpacked(data)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_offset_packing(offset_s: float) -> None:
    assert unpacked_offset(packed_offset(offset_s)) == offset_s


def test_without_measurements_stamps_stay() -> None:
    raw = np.array([1.0, 2.0])
    np.testing.assert_array_equal(SenderClock(np.array([]), np.array([])).corrected(raw, 2.0), raw)


def test_drift_is_interpolated() -> None:
    # A sender whose clock starts at 0 when ours says 100, and runs 50 ppm slow.
    local = np.linspace(100, 200, 1001)
    raw = (local - 100) / 1.00005
    measured = np.arange(100, 201, 5.0)
    clock = SenderClock(measured, measured - (measured - 100) / 1.00005)
    np.testing.assert_allclose(clock.corrected(raw, 200.0), local, atol=1e-9)


@pytest.mark.parametrize("jump_s", [-500.0, -0.3, 0.3, 500.0])
def test_a_reset_is_a_step(jump_s: float) -> None:
    rate, reset_s = 60, 17.3
    local = np.arange(0, 40, 1 / rate)
    raw = np.where(local < reset_s, local - 7.0, local - 7.0 - jump_s)
    measured = np.arange(0, 41, 5.0)
    offsets = np.where(measured < reset_s, 7.0, 7.0 + jump_s)
    clock = SenderClock(measured, offsets)
    corrected = np.concatenate(
        [clock.corrected(raw[k : k + 15], local[k : k + 15][-1] + 0.003) for k in range(0, len(raw), 15)]
    )
    np.testing.assert_allclose(corrected, local, atol=1e-6)


def test_gaze_comes_back_corrected_cut_and_sorted(store: Store, make) -> None:
    session = make.session()
    store.start_session(session)
    store.append_clock_offset(session.id, 10.0, 10.0)
    for start in (2.0, 0.0, 1.0):  # a late chunk: rows are not in the order of time
        store.append_gaze(session.id, make.chunk(start + np.arange(10) / 10), 13.0)
    store.append_clock_offset(session.id, 15.0, 10.0)
    assert store.gaze_sample_count(session.id) == store.gaze_sample_count() == 30
    np.testing.assert_allclose(store.gaze(session.id).time_s, 10 + np.arange(30) / 10)
    np.testing.assert_allclose(store.gaze(session.id, 10.95, 12.05).time_s, 10 + np.arange(10, 21) / 10)
    exact = store.gaze(session.id).time_s[[3, 7]]
    assert len(store.gaze(session.id, exact[0], exact[1])) == 5
    assert len(store.gaze(session.id, 50.0)) == 0


@given(
    offsets=st.lists(st.floats(-100, 100), max_size=4), start=st.floats(-150, 250), length=st.floats(0, 100)
)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_a_span_is_what_cutting_the_whole_gives(
    store: Store, make, offsets: list[float], start: float, length: float
) -> None:
    session = make.session()
    store.start_session(session)
    for k in range(5):
        store.append_gaze(session.id, make.chunk(20.0 * k + np.arange(20.0)), 20.0 * k + 19)
    for k, offset in enumerate(offsets):
        store.append_clock_offset(session.id, 25.0 * k, offset)
    whole = store.gaze(session.id).time_s
    part = store.gaze(session.id, start, start + length).time_s
    assert len(whole) == 100
    np.testing.assert_array_equal(part, whole[(whole >= start) & (whole <= start + length)])


def test_an_empty_chunk_writes_nothing(store: Store, make) -> None:
    session = make.session()
    store.start_session(session)
    store.append_gaze(session.id, GazeChunk.empty(), 1.0)
    assert store.gaze_sample_count(session.id) == 0
    assert len(store.gaze(session.id)) == 0


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_samples_need_a_time(store: Store, make, bad: float) -> None:
    session = make.session()
    store.start_session(session)
    with pytest.raises(ValueError, match="without a time stamp"):
        store.append_gaze(session.id, make.chunk([1.0, bad]), 1.0)
    with pytest.raises(ValueError, match="no number"):
        store.append_clock_offset(session.id, 1.0, bad)
    assert store.gaze_sample_count() == 0


def test_damaged_gaze_is_told_as_damage(store: Store, make) -> None:
    session = make.session()
    store.start_session(session)
    store.append_gaze(session.id, make.chunk([1.0]), 1.0)
    with store._writing() as connection:
        connection.exec_driver_sql("UPDATE gaze SET data = x'00'")
    with pytest.raises(StudyDamaged, match="cannot be understood"):
        store.gaze(session.id)


@pytest.mark.parametrize(("same_machine", "applied_s"), [(True, 0.0), (False, 0.002), (None, 0.002)])
def test_noise_of_measuring_one_clock_is_stored_and_not_applied(
    store: Store, make, same_machine: bool | None, applied_s: float
) -> None:
    session = make.session()
    stream = replace(session.gaze_stream, same_machine=bool(same_machine))
    store.start_session(replace(session, gaze_stream=stream))
    if same_machine is None:
        # As sessions of the first versions are: they do not tell.
        with store._writing() as connection:
            connection.exec_driver_sql(
                "UPDATE entries SET data = replace(data, '\"same_machine\":false,', '')"
            )
        assert "same_machine" not in store.entries(session.id)[0].data["gaze_stream"]
    store.append_clock_offset(session.id, 10.0, 0.002)
    store.append_gaze(session.id, make.chunk([10.0, 11.0]), 11.0)
    np.testing.assert_allclose(store.gaze(session.id).time_s, [10 + applied_s, 11 + applied_s], atol=1e-12)
    assert len(store.gaze(session.id, 11 + applied_s - 1e-4, 11 + applied_s + 1e-4)) == 1
    assert store.sessions()[0].gaze_stream.same_machine is bool(same_machine)


def test_a_session_without_gaze_stream_has_no_machine(store: Store, make) -> None:
    session = replace(make.session(), gaze_stream=None)
    store.start_session(session)
    store.append_gaze(session.id, make.chunk([10.0]), 10.0)
    assert len(store.gaze(session.id)) == 1


@pytest.mark.parametrize("jump_at", [1, 2])
def test_a_reset_within_three_samples_that_came_together(jump_at: int) -> None:
    local = 100 + np.arange(3) / 60
    raw = np.where(np.arange(3) < jump_at, local, local - 5.0)
    clock = SenderClock(np.array([90.0, 100.03]), np.array([0.0, 5.0]))
    np.testing.assert_allclose(clock.corrected(raw, 100.036), local)


def test_a_reader_gives_what_the_store_gives_and_notices_damage(store: Store, make) -> None:
    sessions = []
    for offset_s in (0.5, -3.0):
        session = make.session()
        store.start_session(session)
        store.append_clock_offset(session.id, 100.0, offset_s)
        store.append_gaze(session.id, make.chunk(np.arange(100.0, 110.0, 0.5)), received_s=110.0)
        sessions.append(session.id)
    with store.gaze_reader() as reader:
        for start_s, stop_s in ((-math.inf, math.inf), (101.0, 103.2), (500.0, 600.0)):
            for each in (*sessions, *sessions):
                one, other = reader.gaze(each, start_s, stop_s), store.gaze(each, start_s, stop_s)
                np.testing.assert_array_equal(one.time_s, other.time_s)
                np.testing.assert_array_equal(one.left, other.left)
    with store._writing() as connection:
        connection.exec_driver_sql("UPDATE gaze SET data = x'00' WHERE kind = 'samples'")
    with store.gaze_reader() as reader, pytest.raises(StudyDamaged):
        reader.gaze(sessions[0])


def test_the_gaze_head_of_a_session_changes_with_its_gaze_only(store: Store, make) -> None:
    one, other = make.session(), make.session()
    for session in (one, other):
        store.start_session(session)
    before = store.gaze_heads()
    store.append(one.id, "note", t_s=1.0, data={"text": "x"})
    assert store.gaze_heads() == before
    store.append_gaze(one.id, make.chunk([1.0, 2.0]), received_s=2.0)
    after = store.gaze_heads()
    assert after[one.id] != before[one.id]
    assert after[other.id] == before[other.id]
