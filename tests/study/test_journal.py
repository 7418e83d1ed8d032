from __future__ import annotations

import hashlib
import json
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gazeannotator.geometry import Screen
from gazeannotator.study.journal import (
    FIRST_PREVIOUS,
    as_marker,
    canonical_bytes,
    chain_hash,
    fold_readings,
    fold_session,
    plain_json,
    session_data,
    take_late_marks,
)
from gazeannotator.study.model import Entry, Session

finite = st.floats(allow_nan=False, allow_infinity=False)
text = st.text(st.characters(codec="utf-8"), max_size=20)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | finite | text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(text, inner, max_size=3),
    max_leaves=8,
)
entries = st.builds(
    Entry,
    session=text,
    seq=st.integers(0, 10**6),
    t_s=finite,
    event=text,
    reading=st.none() | text,
    image=st.none() | text,
    data=st.dictionaries(text, json_values, max_size=3),
    utc=text,
)


SESSION = Session("s", "A", "2026", 0.0, "test", Screen(1920, 1080, 527, 296, 650), None, False)


def entry(
    event: str, t_s: float, reading: str | None = None, image: str | None = None, **data: object
) -> Entry:
    return Entry("s", 0, t_s, event, reading, image, plain_json(data), "2026-01-01T00:00:00.000+00:00")


def onset(t_s: float, reading: str, image: str = "i") -> Entry:
    return entry(
        "onset", t_s, reading, image, placement=[0, 0, 10, 10], image_px=[10, 10], onset_method="swap"
    )


def key(t_s: float, reading: str, label: int = 1, replaces: str | None = None) -> Entry:
    return entry("key", t_s, reading, "i", key="2", label=label, confidence=2, replaces=replaces, reader="A")


def test_canonical_bytes_are_sorted_json_without_spaces() -> None:
    row = Entry("s", 1, 0.1, "key", "r", "i", {"b": 1, "a": "ä"}, "u")
    assert canonical_bytes(row).decode() == (
        '{"data":{"a":"ä","b":1},"event":"key","image":"i","reading":"r","seq":1,"session":"s","t_s":0.1,"utc":"u"}'
    )


def test_chain_hash_is_sha256_over_previous_and_row() -> None:
    row = Entry("s", 0, 0.0, "pause", None, None, {}, "u")
    expected = hashlib.sha256(b"0" * 64 + canonical_bytes(row)).hexdigest()
    assert chain_hash(FIRST_PREVIOUS, row) == expected


@given(entries)
def test_a_row_survives_json(row: Entry) -> None:
    kept = json.loads(canonical_bytes(row))
    assert canonical_bytes(Entry(**kept)) == canonical_bytes(row)


@given(entries, entries)
def test_different_rows_have_different_hashes(one: Entry, other: Entry) -> None:
    same = canonical_bytes(one) == canonical_bytes(other)
    assert (chain_hash(FIRST_PREVIOUS, one) == chain_hash(FIRST_PREVIOUS, other)) == same


@given(st.lists(entries, min_size=2, max_size=6), st.data())
def test_every_change_of_a_chain_changes_its_head(rows: list[Entry], data: st.DataObject) -> None:
    def head(chain: list[Entry]) -> str:
        previous = FIRST_PREVIOUS
        for row in chain:
            previous = chain_hash(previous, row)
        return previous

    at = data.draw(st.integers(0, len(rows) - 1))
    changed = replace(rows[at], event=rows[at].event + "x")
    assert head([*rows[:at], changed, *rows[at + 1 :]]) != head(rows)
    assert head(rows[:at] + rows[at + 1 :]) != head(rows)
    assert head([*rows, rows[at]]) != head(rows)


@given(json_values)
def test_plain_json_leaves_json_as_it_is(value: object) -> None:
    assert plain_json(value) == value


def test_plain_json_takes_numpy_and_nan() -> None:
    given_value = {1: (np.float32(0.5), np.int64(3), np.bool_(True)), "nan": math.nan, "inf": [math.inf]}
    assert plain_json(given_value) == {"1": [0.5, 3, True], "nan": None, "inf": [None]}


def test_plain_json_refuses_what_json_cannot_hold() -> None:
    with pytest.raises(TypeError, match="bytes"):
        plain_json({"a": b"x"})


def test_marker_is_one_line_of_json() -> None:
    row = Entry("s", 3, 1.0, "flag", "r", "i", {"flagged": True, "text": "a\nb"}, "u")
    marker = as_marker(row)
    assert "\n" not in marker
    expected = {
        "v": 1,
        "event": "flag",
        "session": "s",
        "reading": "r",
        "image": "i",
        "flagged": True,
        "text": "a\nb",
    }
    assert json.loads(marker) == expected


def test_a_session_folds_to_what_was_started(make) -> None:
    session = replace(make.session(started_s=12.5), onset_correction_s=0.008)
    row = Entry(session.id, 0, 12.5, "session_started", None, None, session_data(session, "study"), "u")
    # NaN never equals NaN, so the repr is compared.
    assert repr(fold_session([row])) == repr(session)


def validation(t_s: float, accuracy_deg: float, **more: object) -> Entry:
    data = {"precision_rms_deg": 0.1, "data_loss": 0.0, "points": 5, **more}
    return entry("validation", t_s, accuracy_deg=accuracy_deg, **data)


def drift_check(t_s: float, offset_deg: float, passed: bool) -> Entry:
    return entry("drift_check", t_s, offset_deg=offset_deg, limit_deg=2.0, passed=passed)


def test_a_reading_has_the_accuracy_of_the_last_validation_before_it() -> None:
    rows = [
        onset(1, "none"),
        validation(2, 3.0),
        onset(3, "poor"),
        validation(4, 0.5, precision_rms_deg=math.nan),
        onset(5, "good"),
        validation(6, 1.0),
    ]
    none, poor, good = fold_readings(SESSION, rows)
    assert math.isnan(none.tracking.accuracy_deg)
    assert (poor.tracking.accuracy_deg, good.tracking.accuracy_deg) == (3.0, 0.5)
    assert math.isnan(good.tracking.precision_rms_deg)


def test_a_failed_drift_check_counts_until_one_passes_or_the_next_validation() -> None:
    rows = [validation(1, 0.5), onset(2, "a"), drift_check(3, 4.0, False), onset(4, "b")]
    rows += [drift_check(5, 0.3, True), onset(6, "c"), drift_check(7, 5.0, False), validation(8, 0.7)]
    rows += [onset(9, "d")]
    assert [each.tracking.accuracy_deg for each in fold_readings(SESSION, rows)] == [0.5, 4.0, 0.5, 0.7]


def test_a_failed_drift_check_makes_an_accuracy_known_that_was_never_validated() -> None:
    rows = [drift_check(1, 0.3, True), onset(2, "a"), drift_check(3, 4.0, False), onset(4, "b")]
    first, second = fold_readings(SESSION, rows)
    assert math.isnan(first.tracking.accuracy_deg)
    assert second.tracking.accuracy_deg == 4.0


def test_nothing_is_known_of_a_tracker_that_was_calibrated_after_the_validation() -> None:
    correction = {"accuracy_deg": 0.3}
    rows = [validation(1, 1.8, correction=correction), onset(2, "a")]
    rows += [entry("calibration", 3, None, None, reason="calibration"), onset(4, "b")]
    rows += [drift_check(5, 0.3, True), onset(6, "c"), validation(7, 0.7), onset(8, "d")]
    first, *unknown, last = fold_readings(SESSION, rows)
    assert first.tracking.correction == correction
    for each in unknown:
        assert math.isnan(each.tracking.accuracy_deg)
        assert each.tracking.correction is None
    assert last.tracking.accuracy_deg == 0.7


def test_a_drift_check_that_measured_nothing_changes_nothing() -> None:
    nothing = {"offset_deg": None, "passed": False, "limit_deg": 2.0}
    rows = [validation(1, 0.5), entry("drift_check", 2, None, None, **nothing), onset(3, "a")]
    rows += [drift_check(4, 4.0, False), entry("drift_check", 5, None, None, **nothing), onset(6, "b")]
    assert [each.tracking.accuracy_deg for each in fold_readings(SESSION, rows)] == [0.5, 4.0]


def test_with_a_correction_the_accuracy_is_that_of_corrected_gaze() -> None:
    correction = {"accuracy_deg": 0.4, "x": [0, 1, 0, 0, 0, 0]}
    (reading,) = fold_readings(SESSION, [validation(1, 1.8, correction=correction), onset(2, "a")])
    assert reading.tracking.accuracy_deg == 0.4
    assert reading.tracking.correction == correction


def test_the_quality_of_a_reading_is_told_after_it() -> None:
    rows = [onset(1, "a"), onset(2, "b", "j")]
    rows.append(entry("quality", 3, "a", "i", data_loss=0.4, accuracy_deg=None, below=["data_loss"]))
    judged, unknown = fold_readings(SESSION, rows)
    assert (judged.data_loss, judged.below) == (0.4, ("data_loss",))
    assert math.isnan(unknown.data_loss)
    assert unknown.below == ()


def test_a_later_session_makes_up_for_a_mark_but_changes_none() -> None:
    rows = [onset(1, "a"), onset(2, "b", "j"), onset(3, "c", "k")]
    rows.append(entry("quality", 4, "a", "i", data_loss=0.1, accuracy_deg=None, below=[]))
    late = [
        replace(
            entry("quality", 5, reading, "i", data_loss=0.4, accuracy_deg=None, below=["data_loss"]),
            session="later",
        )
        for reading in ("a", "b", "of nobody")
    ]
    marked, made_up, unknown = take_late_marks(fold_readings(SESSION, rows), [*rows, *late])
    assert (marked.data_loss, marked.below) == (0.1, ())
    assert (made_up.data_loss, made_up.below) == (0.4, ("data_loss",))
    assert math.isnan(unknown.data_loss)


@pytest.mark.parametrize(
    ("rows", "state", "label", "offset_s"),
    [
        ([onset(1, "r")], "open", None, math.nan),
        ([onset(1, "r"), key(3, "r")], "done", 1, math.nan),
        ([onset(1, "r"), key(3, "r"), entry("offset", 4, "r", "i", reason="answered")], "done", 1, 4),
        ([onset(1, "r"), entry("offset", 4, "r", "i", reason="pause")], "interrupted", None, 4),
        ([onset(1, "r"), entry("offset", 4, "r", "i", reason="time_limit")], "open", None, 4),
        ([onset(1, "r"), entry("offset", 4, "r", "i", reason="time_limit"), key(5, "r")], "done", 1, 4),
        ([onset(1, "r"), entry("interrupted", 6, "r", "i", reason="crash")], "interrupted", None, 6),
        ([onset(1, "r"), key(3, "r"), entry("interrupted", 6, "r", "i", reason="crash")], "done", 1, 6),
        ([onset(1, "r"), entry("offset", 4, "r", "i", reason="pause"), key(5, "r")], "done", 1, 4),
    ],
)
def test_state_of_a_reading(make, rows: list[Entry], state: str, label: int | None, offset_s: float) -> None:
    (reading,) = fold_readings(make.session(), rows)
    assert (reading.state, reading.label) == (state, label)
    assert reading.offset_s == pytest.approx(offset_s, nan_ok=True)
    if label is not None:
        assert reading.response_s == rows[[row.event for row in rows].index("key")].t_s - 1


def test_the_first_answer_of_a_reading_stays(make) -> None:
    (reading,) = fold_readings(make.session(), [onset(1, "r"), key(2, "r", 0), key(3, "r", 2)])
    assert reading.label == 0


def test_a_correction_marks_the_older_reading(make) -> None:
    rows = [onset(1, "a"), key(2, "a", 0), onset(3, "b"), key(4, "b", 2, replaces="a")]
    first, second = fold_readings(make.session(simulated=True), rows)
    assert (first.replaced_by, first.label) == ("b", 0)
    assert (second.replaces, second.label, second.replaced_by) == ("a", 2, None)
    assert second.source == "simulated"


def test_flag_can_be_taken_away(make) -> None:
    rows = [onset(1, "r"), entry("flag", 2, "r", "i", flagged=True)]
    assert fold_readings(make.session(), rows)[0].flagged
    rows.append(entry("flag", 3, "r", "i", flagged=False))
    assert not fold_readings(make.session(), rows)[0].flagged


steps = st.lists(
    st.tuples(st.sampled_from(["onset", "key", "offset", "interrupted", "flag"]), st.integers(0, 3)),
    max_size=25,
)


@given(steps)
def test_no_order_of_events_loses_an_answer(events: list[tuple[str, int]]) -> None:
    rows, answered, shown = [], {}, set()
    for t_s, (event, number) in enumerate(events):
        reading = f"r{number}"
        if event == "onset":
            if reading in shown:
                continue
            shown.add(reading)
            rows.append(onset(t_s, reading))
        elif event == "key":
            rows.append(key(t_s, reading, label=t_s % 3))
            if reading in shown:
                answered.setdefault(reading, t_s % 3)
        else:
            rows.append(entry(event, t_s, reading, "i", reason="pause", flagged=True))
    folded = {each.id: each for each in fold_readings(SESSION, rows)}
    assert set(folded) == shown
    assert {name: each.label for name, each in folded.items() if each.label is not None} == answered
    assert all((each.state == "done") == (name in answered) for name, each in folded.items())
