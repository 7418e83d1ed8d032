"""Both packages behind one interface, and the bridge turned by hand, with a fake tracker."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator
from queue import SimpleQueue
from threading import Event, Thread
from time import monotonic, sleep
from typing import Any

import fake_device
import numpy as np
import pytest
from fake_control import Kind, Script

from gazeannotator.errors import BadInput, TrackerError
from gazeannotator.tracking import layouts, lsl
from gazeannotator.tracking.inlet import GazeInlet
from gazeannotator.tracking.tobii import commands, sdk, stream
from gazeannotator.tracking.tobii.bridge import Bridge, Patience
from gazeannotator.tracking.tobii.clock import SdkClock
from gazeannotator.tracking.tobii.commands import Calibrate, SetRate
from gazeannotator.tracking.tobii.meter import Meter
from gazeannotator.tracking.tobii.model import NO_SAMPLES, GazeSamples, Notice, Tracker, TrackerInfo

RATE_HZ = 120.0
See = Callable[[Kind], None]
both_packages = pytest.mark.parametrize("kind", ["research", "titta"])


def wait_for(what: Callable[[], bool], timeout_s: float = 20.0) -> None:
    deadline = monotonic() + timeout_s
    while not what():
        assert monotonic() < deadline, "this never came true"
        sleep(0.005)


def expected_rows(numbers: list[int]) -> np.ndarray:
    """Rows of the stream but for the time stamps and the sequence."""
    rows = []
    for number in numbers:
        values = fake_device.sample(number)
        row: list[float] = []
        for eye in ("left", "right"):
            row += [*values[f"{eye}_point"], values[f"{eye}_point_valid"]]
            row += [values[f"{eye}_pupil"], values[f"{eye}_pupil_valid"]]
            row += [*values[f"{eye}_origin"], values[f"{eye}_origin_valid"]]
        rows.append(row)
    return np.array(rows, float)


def taken(tracker: Tracker, count: int) -> list[GazeSamples]:
    got: list[GazeSamples] = []
    wait_for(lambda: got.append(tracker.take()) or sum(map(len, got)) >= count)
    return got


# -- the packages --------------------------------------------------------------------------------


def test_without_a_package_it_is_said_how_to_get_one(see: See) -> None:
    see("none")
    assert not sdk.is_installed()
    for call in (sdk.load, sdk.find_trackers, sdk.open_tracker):
        with pytest.raises(TrackerError) as caught:
            call()
        assert "No package for Tobii eye trackers" in caught.value.message
        assert 'pip install "gazeannotator[tobii]"' in caught.value.hint
        assert "non-commercial research" in caught.value.hint


def test_a_package_that_cannot_be_loaded_is_named(
    see: See, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    see("none")
    monkeypatch.delitem(sys.modules, "TittaPy_v2")
    broken = "raise ImportError('libc.so.6: version `GLIBC_2.34 not found')"
    (tmp_path / "TittaPy_v2.py").write_text(broken, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    assert sdk.is_installed()
    with pytest.raises(TrackerError, match=r"TittaPy_v2 cannot be loaded .*GLIBC_2.34"):
        sdk.load()


@both_packages
def test_a_tracker_is_found_and_opened(see: See, script: Script, kind: Kind) -> None:
    see(kind)
    assert sdk.is_installed()
    (found,) = sdk.find_trackers()
    used, tracker = sdk.open_tracker()
    assert found == tracker.info
    assert (found.model, found.firmware) == ("Tobii Pro Fake", "1.2.3-fake")
    assert found.rates_hz == (60.0, 120.0, 600.0)
    assert found.calibrates
    assert tracker.rate_hz() == RATE_HZ
    assert tracker.mode() == "human"
    area = tracker.display_area()
    assert (area.width_mm, area.height_mm) == (520.0, 300.0)
    assert area.top_left_mm == (-260.0, 310.0, 0.0)
    assert used.name == {"research": "tobii_research", "titta": "TittaPy_v2"}[kind]
    assert "2.1.0" in used.version
    assert '"' not in used.version
    script.change(calibrates=False)
    wait_for(lambda: not sdk.find_trackers()[0].calibrates)
    tracker.close()


@both_packages
def test_no_tracker_or_several_is_said(see: See, script: Script, kind: Kind) -> None:
    see(kind)
    trackers = [
        {"model": "Tobii Pro Fusion", "serial": str(n), "address": f"tet-tcp://{n}"} for n in range(2)
    ]
    script.change(trackers=trackers)
    with pytest.raises(TrackerError, match=r"2 Tobii eye trackers answer: .*tet-tcp://1.*--address"):
        sdk.open_tracker()
    _, tracker = sdk.open_tracker("tet-tcp://1")
    assert tracker.info.serial == "1"
    tracker.close()
    with pytest.raises(TrackerError, match="No Tobii eye tracker answers at tet-tcp://9"):
        sdk.open_tracker("tet-tcp://9")
    script.change(plugged=False)
    with pytest.raises(TrackerError, match="No Tobii eye tracker answers"):
        sdk.open_tracker()


def test_of_two_packages_the_one_with_a_buffer_takes_the_high_rates(see: See, script: Script) -> None:
    see("both")
    script.change(refused=[])
    for rate_hz, name in ((60.0, "tobii_research"), (600.0, "TittaPy_v2")):
        used, tracker = sdk.open_tracker(None, rate_hz)
        assert (used.name, tracker.rate_hz()) == (name, rate_hz)
        tracker.close()
    used, tracker = sdk.open_tracker()  # as it is set now: 600 Hz
    assert used.name == "TittaPy_v2"
    tracker.close()


@both_packages
def test_every_sample_comes_once_and_as_it_is(see: See, kind: Kind) -> None:
    see(kind)
    _, tracker = sdk.open_tracker()
    assert len(tracker.take()) == 0
    tracker.start()
    got = taken(tracker, 60)
    tracker.stop()
    got.append(tracker.take())
    sleep(0.05)
    assert len(tracker.take()) == 0
    device_us = np.concatenate([each.device_us for each in got])
    numbers = [fake_device.number_of(int(each), RATE_HZ) for each in device_us]
    assert np.all(np.diff(numbers) == 1)
    rows = np.concatenate([stream.rows(each, 0) for each in got])
    np.testing.assert_array_equal(rows[:, :18], expected_rows(numbers))
    system_us = np.concatenate([each.system_us for each in got])
    np.testing.assert_array_equal(np.diff(system_us - device_us), 0)
    tracker.close()
    assert len(tracker.take()) == len(tracker.notices()) == 0


@both_packages
def test_a_rate_that_is_refused_is_answered_with_those_that_are_not(see: See, kind: Kind) -> None:
    see(kind)
    _, tracker = sdk.open_tracker()
    tracker.set_rate(60.1)  # within half a per cent
    assert tracker.rate_hz() == 60
    for rate_hz, reason in ((90.0, r"90 Hz\."), (600.0, r"600 Hz: An invalid parameter .*\.")):
        with pytest.raises(TrackerError, match=rf"does not send at {reason} .*: 60, 120, 600 Hz\.") as caught:
            tracker.set_rate(rate_hz)
        assert "STATUS" not in caught.value.message
    assert tracker.rate_hz() == 60
    tracker.close()
    with pytest.raises(TrackerError, match="does not send at 600 Hz"):
        sdk.open_tracker(None, 600.0)


@both_packages
def test_what_the_tracker_tells_by_itself(see: See, script: Script, kind: Kind) -> None:
    see(kind)
    _, tracker = sdk.open_tracker()
    told: list[Notice] = []
    tracker.set_rate(60.0)
    script.change(area=[400.0, 250.0])
    wait_for(lambda: told.extend(tracker.notices()) or len(told) == 2)
    assert tracker.display_area().width_mm == 400
    script.change(fault="too hot", overflows=2)
    wait_for(lambda: told.extend(tracker.notices()) or len(told) == 5)
    script.change(plugged=False)
    wait_for(lambda: told.extend(tracker.notices()) or len(told) == 6)
    for call in (tracker.display_area, tracker.start, lambda: tracker.set_rate(60)):
        with pytest.raises(TrackerError, match=r"onnection to the (device|eye tracker) failed"):
            call()
    script.change(plugged=True)
    wait_for(lambda: told.extend(tracker.notices()) or len(told) == 7)
    kinds = [each.kind for each in told]
    assert kinds[:2] == ["rate", "display_area"]
    assert sorted(kinds[2:5]) == ["fault", "overflow", "overflow"]
    assert kinds[5:] == ["lost", "restored"]
    assert [each.text for each in told if each.text] == ["too hot"]
    tracker.close()


@both_packages
def test_a_calibration_good_and_with_points_done_again(see: See, script: Script, kind: Kind) -> None:
    see(kind)
    _, tracker = sdk.open_tracker()
    with pytest.raises(TrackerError):
        tracker.collect(0.5, 0.5)
    tracker.enter_calibration()
    assert tracker.compute().status == "failed"  # nothing is there yet
    for x, y in ((0.1, 0.1), (0.5, 0.5), (0.9, 0.9)):
        tracker.collect(x, y)
    script.change(eyes=False)
    sleep(0.05)
    with pytest.raises(TrackerError, match="did not see the eyes at this point") as caught:
        tracker.collect(0.9, 0.1)
    assert "look at the point" in caught.value.hint
    with pytest.raises(TrackerError):
        tracker.discard(0.3, 0.3)
    tracker.discard(0.5, 0.5)
    result = tracker.compute()
    assert (result.status, [(each.x, each.y) for each in result.points]) == ("both", [(0.1, 0.1), (0.9, 0.9)])
    first = result.points[0]
    assert first.left.used == ((0.11, 0.1), (0.11, 0.1))
    assert first.right.used == ((0.1, 0.08),)
    assert (first.left.collected, first.right.collected) == (3, 3)
    script.change(compute="failed")
    wait_for(lambda: tracker.compute().status == "failed")
    script.change(compute="left")
    wait_for(lambda: tracker.compute().status == "left")
    tracker.leave_calibration()
    tracker.leave_calibration()
    tracker.close()
    told = [each.kind for each in tracker.notices()]
    assert "calibration" in told or kind == "titta"


@both_packages
def test_two_cannot_calibrate_at_once(see: See, kind: Kind) -> None:
    see(kind)
    used, tracker = sdk.open_tracker()
    other = used.open(tracker.info.address)
    tracker.enter_calibration()
    with pytest.raises(TrackerError, match=r"cannot be calibrated now: .*already"):
        other.enter_calibration()
    tracker.leave_calibration()
    other.enter_calibration()
    other.close()
    tracker.close()


# -- parts of the bridge -------------------------------------------------------------------------


def test_lines_that_are_commands() -> None:
    assert commands.parse(" rate 600 \n") == SetRate(600.0)
    assert commands.parse("calibrate collect 0.1 1") == Calibrate("collect", 0.1, 1.0)
    assert commands.parse("calibrate discard 0 0.5") == Calibrate("discard", 0.0, 0.5)
    for step in ("enter", "compute", "leave"):
        command = commands.parse(f"calibrate {step}")
        assert isinstance(command, Calibrate)
        assert command.step == step
        assert math.isnan(command.x)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "rate",
        "rate fast",
        "rate -60",
        "rate nan",
        "calibrate",
        "calibrate collect",
        "calibrate collect 0.5",
        "calibrate collect 1.5 0.5",
        "calibrate collect x y",
        "calibrate collect nan 0.5",
        "calibrate enter 0.5 0.5",
        "calibrate everything",
        "发送 " * 100,
    ],
)
def test_lines_that_are_none(line: str) -> None:
    with pytest.raises(BadInput, match="is no command"):
        commands.parse(line)


class FakeSdk:
    name, version = "fake", "1"

    def __init__(self, theirs_s: Callable[[], float]) -> None:
        self._theirs_s = theirs_s

    def clock_us(self) -> int:
        return round(self._theirs_s() * 1e6)

    def find(self) -> list[TrackerInfo]:
        return []

    def open(self, address: str) -> Tracker:
        raise TrackerError(address)


def some_samples(system_us: list[int], valid: bool = True, step_us: int = 10_000) -> GazeSamples:
    n = len(system_us)
    device_us = np.arange(n, dtype=np.int64) * step_us
    flags, numbers = np.full((n, 2), valid), np.zeros((n, 2))
    return GazeSamples(
        device_us, np.array(system_us), np.zeros((n, 2, 2)), flags, numbers, flags, np.zeros((n, 2, 3)), flags
    )


def test_clocks_that_agree_leave_the_stamps_as_they_are() -> None:
    now = [5.0]
    clock = SdkClock(FakeSdk(lambda: now[0] + 0.004), lambda: now[0])
    assert not clock.check()
    assert clock.stamps(some_samples([123_456_789])).tolist() == [123.456789]


def test_a_clock_that_is_off_is_mapped_and_followed_when_it_jumps() -> None:
    now, offset = [5.0], [100.0]
    clock = SdkClock(FakeSdk(lambda: now[0] - offset[0]), lambda: now[0])
    assert clock.check()
    assert clock.stamps(some_samples([1_000_000])) == pytest.approx([101.0], abs=1e-5)
    assert not clock.check()
    offset[0] = 130.0
    assert clock.check()
    assert clock.offset_s == pytest.approx(130, abs=1e-5)


def test_a_clock_is_not_judged_while_the_process_stands_still() -> None:
    now = [5.0]

    def slow() -> float:
        now[0] += 0.5
        return now[0]

    clock = SdkClock(FakeSdk(lambda: 1000.0), slow)
    assert not clock.check()
    assert clock.offset_s == 0


def test_the_meter_measures_by_the_trackers_clock() -> None:
    meter = Meter()
    assert meter.read()["rate_hz"] == 0
    assert math.isnan(meter.read()["found"])
    meter.add(some_samples([0] * 100))
    assert meter.read() == {"rate_hz": pytest.approx(100), "samples": 100, "found": 1.0}
    half = some_samples([0] * 50, valid=False)
    meter.add(GazeSamples(half.device_us + 1_000_000, *list(vars(half).values())[1:]))
    assert meter.read() == {"rate_hz": pytest.approx(100), "samples": 150, "found": 0.0}
    assert meter.read()["rate_hz"] == 0


def test_rows_keep_what_the_sdk_gave_also_where_it_is_not_valid() -> None:
    assert stream.rows(NO_SAMPLES, 5).shape == (0, 21)
    rows = stream.rows(some_samples([7_000_000, 7_010_000], valid=False), 41)
    assert rows[:, 0].tolist() == [0.0, 0.0]
    assert rows[:, 2].tolist() == [0.0, 0.0]
    assert rows[:, 18].tolist() == [0.0, 0.01]
    assert rows[:, 19].tolist() == [7.0, 7.01]
    assert rows[:, 20].tolist() == [41.0, 42.0]


# -- the bridge over real LSL --------------------------------------------------------------------

QUICK = Patience(first_s=2.0, silent_s=0.3, look_every_s=0.1, status_every_s=0.2)


class Running:
    """A bridge in a thread, and what it tells."""

    def __init__(self, address: str | None = None, rate_hz: float | None = None) -> None:
        self.told: list[tuple[str, dict[str, Any]]] = []
        self.bridge = Bridge(*sdk.open_tracker(address, rate_hz), self._tell, QUICK)
        self.source_id = self.bridge.facts["source_id"]
        self.lines: SimpleQueue[str] = SimpleQueue()
        self.stop = Event()
        self._thread = Thread(target=self.bridge.run, args=(self.stop, self.lines), daemon=True)

    def _tell(self, event: str, **facts: Any) -> None:
        self.told.append((event, facts))

    def all(self, event: str, **wanted: Any) -> list[dict[str, Any]]:
        return [facts for name, facts in self.told if name == event and wanted.items() <= facts.items()]

    def until(self, event: str, **wanted: Any) -> dict[str, Any]:
        wait_for(lambda: bool(self.all(event, **wanted)))
        return self.all(event, **wanted)[-1]

    def start(self) -> None:
        self._thread.start()
        self.until("started")

    def end(self) -> None:
        self.stop.set()
        if self._thread.is_alive():
            self._thread.join(20)
        assert not self._thread.is_alive()


@pytest.fixture
def running() -> Iterator[Callable[..., Running]]:
    all_of_them: list[Running] = []

    def start(*arguments: Any) -> Running:
        one = Running(*arguments)
        all_of_them.append(one)
        one.start()
        return one

    yield start
    for each in all_of_them:
        each.end()


class Listener:
    """Receives the stream, raw."""

    def __init__(self, source_id: str) -> None:
        self.description = lsl.find_stream(source_id)
        self._inlet = GazeInlet(self.description)
        self._got: list[tuple[np.ndarray, np.ndarray]] = []

    def until(self, count: int) -> None:
        wait_for(lambda: self._got.append(self._inlet.pull()) or len(self.stamps) >= count)

    @property
    def values(self) -> np.ndarray:
        return np.concatenate([values for values, _ in self._got])

    @property
    def stamps(self) -> np.ndarray:
        return np.concatenate([stamps for _, stamps in self._got])

    def close(self) -> None:
        self._inlet.close()


@both_packages
def test_the_stream_is_what_the_tracker_gave_to_the_last_bit(
    see: See, running: Callable[..., Running], kind: Kind
) -> None:
    see(kind)
    bridge = running()
    listener = Listener(bridge.source_id)
    listener.until(200)
    values, stamps = listener.values, listener.stamps
    numbers = [fake_device.number_of(round(each * 1e6), RATE_HZ) for each in values[:, 18]]
    np.testing.assert_array_equal(values[:, :18], expected_rows(numbers))
    assert np.all(np.diff(values[:, 20]) == 1)
    np.testing.assert_array_equal(values[:, 20] - values[0, 20], np.array(numbers) - numbers[0])
    np.testing.assert_array_equal(stamps, values[:, 19])  # one clock: not one bit is changed
    np.testing.assert_allclose(np.diff(stamps), 1 / RATE_HZ, atol=1.1e-6)
    assert abs(stamps[-1] - lsl.local_clock()) < 5
    described = listener.description
    assert (described.name, described.type, described.rate_hz) == ("Tobii Pro Fake", "Gaze", RATE_HZ)
    assert described.channel_format == "double64"
    assert described.channels == stream.CHANNELS
    assert described.screen_mm == (520.0, 300.0)
    serial = bridge.bridge.facts["serial"]
    assert described.source_id == f"gazeannotator-tobii:{serial}"
    package = {"research": "tobii_research 2.1.0", "titta": "TittaPy_v2 2.1.0"}[kind]
    software = described.acquisition["software"]
    assert software.startswith(package)
    assert described.acquisition == {
        "manufacturer": "Tobii",
        "model": "Tobii Pro Fake",
        "serial_number": serial,
        "firmware_version": "1.2.3-fake",
        "tracking_mode": "human",
        "nominal_rate": "120",
        "software": software,
        "display_top_left_mm": "-260 310 0",
        "display_top_right_mm": "260 310 0",
        "display_bottom_left_mm": "-260 10 0",
    }
    listener.close()
    status = bridge.until("status")
    wait_for(lambda: len(bridge.all("status")) >= 4)
    status = bridge.all("status")[-1]
    assert status["rate_hz"] == pytest.approx(RATE_HZ, rel=0.01)
    assert status["samples"] >= 200
    assert status["found"] == pytest.approx(14 / 15, abs=0.1)  # both eyes are lost at each 15th
    assert not status["lost"]


def test_the_stream_is_understood_as_any_other(see: See, running: Callable[..., Running]) -> None:
    see("titta")
    listener = Listener(running().source_id)
    layout = layouts.recognise(listener.description)
    assert layout.coordinates == "normalised"
    listener.until(30)
    chunk = layouts.to_chunk(listener.values, listener.stamps, layout, (1920, 1080))
    lost = listener.values[:, 2] == 0
    assert np.all(np.isnan(chunk.left[lost]))
    np.testing.assert_array_equal(chunk.left[~lost], listener.values[~lost, 0:2])
    listener.close()


@both_packages
def test_a_clock_of_its_own_is_mapped_to_lsl_and_said(
    see: See, script: Script, running: Callable[..., Running], kind: Kind
) -> None:
    see(kind)
    script.change(clock_offset_s=-500.0)
    bridge = running()
    notice = bridge.until("notice", code="clock")
    assert notice["offset_s"] == pytest.approx(500, abs=0.01)
    listener = Listener(bridge.source_id)
    listener.until(20)
    np.testing.assert_allclose(listener.stamps - listener.values[:, 19], 500, atol=0.01)
    assert abs(listener.stamps[-1] - lsl.local_clock()) < 2
    listener.close()


@both_packages
def test_unplugged_and_plugged_in_again(
    see: See, script: Script, running: Callable[..., Running], kind: Kind
) -> None:
    see(kind)
    bridge = running()
    listener = Listener(bridge.source_id)
    listener.until(30)
    script.change(plugged=False)
    notice = bridge.until("notice", code="lost")
    assert "goes on by itself" in notice["message"]
    bridge.until("status", lost=True, rate_hz=0.0)
    bridge.lines.put("calibrate enter")
    assert bridge.until("calibration")["message"] == "The eye tracker is not connected."
    bridge.lines.put("rate 60")
    assert "its rate stays" in bridge.until("error")["message"]
    script.change(plugged=True)
    bridge.until("notice", code="restored")
    before = len(listener.stamps)
    listener.until(before + 60)
    # Nothing is invented for the gap, nothing is left out beside it: numbers go on, times do not.
    assert np.all(np.diff(listener.values[:, 20]) == 1)
    assert np.count_nonzero(np.diff(listener.stamps) > 1.5 / RATE_HZ) == 1
    assert len(bridge.all("notice", code="lost")) == 1
    listener.close()


@both_packages
def test_a_tracker_whose_streams_do_not_heal_is_opened_anew(
    see: See, script: Script, running: Callable[..., Running], kind: Kind
) -> None:
    see(kind)
    bridge = running()
    address = bridge.bridge.facts["address"]
    listener = Listener(bridge.source_id)
    listener.until(30)
    script.change(plugged=False, heals=False)
    bridge.until("notice", code="lost")
    serial = bridge.bridge.facts["serial"]
    moved = {"model": "Tobii Pro Fake", "serial": serial, "address": f"{address}-moved"}
    script.change(plugged=True, trackers=[moved], area=[400.0, 250.0])
    bridge.until("notice", code="restored")
    assert bridge.until("notice", code="display_area")["width_mm"] == 400
    listener.until(len(listener.stamps) + 60)
    assert np.all(np.diff(listener.values[:, 20]) == 1)
    assert bridge.bridge.facts["address"] == f"{address}-moved"
    listener.close()


def test_silence_alone_is_a_loss(see: See, script: Script, running: Callable[..., Running]) -> None:
    see("titta")
    bridge = running()
    bridge.until("status")
    with fake_device.Device.get().lock:
        fake_device.Device.get().streaming.clear()
    assert "sends no gaze" in bridge.until("notice", code="lost")["message"]
    bridge.until("notice", code="restored")  # it was there, and has been opened anew


@both_packages
def test_a_changed_display_area_is_told_and_stands_in_the_metadata_when_nobody_listens(
    see: See, script: Script, running: Callable[..., Running], kind: Kind
) -> None:
    see(kind)
    bridge = running()
    listener = Listener(bridge.source_id)
    listener.until(10)
    script.change(area=[400.0, 250.0])
    notice = bridge.until("notice", code="display_area")
    assert (notice["width_mm"], notice["height_mm"]) == (400.0, 250.0)
    assert "400 × 250 mm" in notice["message"]
    listener.until(len(listener.stamps) + 60)  # who listens is not disturbed
    assert np.all(np.diff(listener.values[:, 20]) == 1)
    assert lsl.find_stream(bridge.source_id).screen_mm == (520.0, 300.0)
    listener.close()
    wait_for(lambda: lsl.find_stream(bridge.source_id).screen_mm == (400.0, 250.0))
    assert lsl.find_stream(bridge.source_id).acquisition["display_top_left_mm"] == "-200 260 0"


@both_packages
def test_another_rate_while_it_runs(see: See, running: Callable[..., Running], kind: Kind) -> None:
    see(kind)
    bridge = running()
    bridge.lines.put("rate 600")
    assert "60, 120, 600 Hz" in bridge.until("error")["hint"]
    bridge.lines.put("rate 60")
    assert bridge.until("notice", code="rate")["rate_hz"] == 60
    wait_for(lambda: lsl.find_stream(bridge.source_id).rate_hz == 60)
    listener = Listener(bridge.source_id)
    listener.until(30)
    np.testing.assert_allclose(np.diff(listener.stamps), 1 / 60, atol=1.1e-6)
    listener.close()


@both_packages
def test_samples_that_the_sdk_lost_are_told(
    see: See, script: Script, running: Callable[..., Running], kind: Kind
) -> None:
    see(kind)
    bridge = running()
    script.change(overflows=3, fault="too hot")
    bridge.until("notice", code="overflow")
    wait_for(lambda: sum(each["count"] for each in bridge.all("notice", code="overflow")) == 3)
    assert bridge.until("notice", code="fault")["message"] == "The eye tracker reports: too hot."


@both_packages
def test_a_calibration_while_gaze_goes_on(
    see: See, script: Script, running: Callable[..., Running], kind: Kind
) -> None:
    see(kind)
    script.change(collect_s=0.3)
    bridge = running()
    listener = Listener(bridge.source_id)

    def step(line: str) -> dict[str, Any]:
        before = len(bridge.all("calibration"))
        bridge.lines.put(f"calibrate {line}")
        wait_for(lambda: len(bridge.all("calibration")) > before)
        return bridge.all("calibration")[-1]

    assert step("compute")["message"] == "No calibration has begun."
    assert step("enter") == {"step": "enter", "ok": True}
    assert step("enter")["message"] == "A calibration has begun already."
    bridge.lines.put("rate 60")
    assert "is being calibrated" in bridge.until("error")["message"]
    bridge.lines.put("calibrate collect 0.1 0.1")
    bridge.lines.put("calibrate collect 0.9 0.9")
    wait_for(lambda: len(bridge.all("calibration", step="collect")) == 2)
    refused, done = bridge.all("calibration", step="collect")
    assert (refused["ok"], refused["message"]) == (False, "The step before is not finished.")
    assert done == {"step": "collect", "ok": True, "x": 0.1, "y": 0.1}
    assert step("collect 0.5 0.5")["ok"]
    assert step("discard 0.5 0.5")["ok"]
    script.change(eyes=False)
    sleep(0.05)
    assert not step("collect 0.5 0.5")["ok"]
    result = step("compute")
    assert (result["ok"], result["status"]) == (True, "both")
    (point,) = result["points"]
    assert (point["x"], point["y"]) == (0.1, 0.1)
    assert point["left"] == {"collected": 3, "used": [[0.11, 0.1], [0.11, 0.1]], "offset": [0.01, 0.0]}
    assert point["right"] == {"collected": 3, "used": [[0.1, 0.08]], "offset": [0.0, -0.02]}
    bridge.until("notice", code="calibration")
    script.change(compute="failed")
    sleep(0.05)
    failed = step("compute")
    assert (failed["ok"], failed["status"], failed["points"]) == (False, "failed", [])
    assert step("leave") == {"step": "leave", "ok": True}
    listener.until(100)
    assert np.all(np.diff(listener.values[:, 20]) == 1)
    np.testing.assert_allclose(np.diff(listener.stamps), 1 / RATE_HZ, atol=1.1e-6)
    listener.close()


@both_packages
def test_the_end_leaves_the_calibration_and_frees_the_tracker(
    see: See, script: Script, running: Callable[..., Running], kind: Kind
) -> None:
    see(kind)
    bridge = running()
    bridge.lines.put("calibrate enter")
    bridge.until("calibration", step="enter", ok=True)
    bridge.end()
    device = fake_device.Device.get()
    assert not device.calibrating
    assert not device.streaming
    again = running()
    again.until("status")


def test_a_tracker_that_calibrates_elsewhere_says_so(
    see: See, script: Script, running: Callable[..., Running]
) -> None:
    see("titta")
    script.change(calibrates=False)
    bridge = running()
    assert bridge.until("started")["calibrates"] is False
    bridge.lines.put("calibrate enter")
    assert "not calibrated through its SDK" in bridge.until("calibration")["message"]


@both_packages
def test_one_tracker_is_sent_once(see: See, running: Callable[..., Running], kind: Kind) -> None:
    see(kind)
    bridge = running()
    with pytest.raises(TrackerError, match="is sent to LSL already"):
        Running()
    before = bridge.until("status")["samples"]
    wait_for(lambda: bridge.all("status")[-1]["samples"] > before)
