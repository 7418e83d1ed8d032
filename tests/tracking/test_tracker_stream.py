"""`tracker stream` and `tracker list` as programs, with a fake tracker."""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Callable

import pytest
from fake_control import Program, Script

from gazeannotator.tracking import lsl
from gazeannotator.tracking.inlet import GazeInlet

Start = Callable[..., Program]
STREAM = ("tracker", "stream", "--progress", "json")
both_packages = pytest.mark.parametrize("kind", ["research", "titta"])


@both_packages
def test_it_sends_and_tells_and_stops(program: Start, script: Script, kind: str) -> None:
    run = program(kind, *STREAM, "--rate", "60")
    started = run.until("started")
    serial = started["serial"]
    package = {"research": "tobii_research", "titta": "TittaPy_v2"}[kind]
    assert started["backend"].startswith(package)
    expected = {
        "v": 1,
        "stream": "Tobii Pro Fake",
        "source_id": f"gazeannotator-tobii:{serial}",
        "model": "Tobii Pro Fake",
        "address": f"tet-tcp://{serial}",
        "rate_hz": 60.0,
        "rates_hz": [60.0, 120.0, 600.0],
        "calibrates": True,
        "width_mm": 520.0,
        "height_mm": 300.0,
    }
    assert expected.items() <= started.items()
    assert lsl.find_stream(started["source_id"]).rate_hz == 60
    run.until("status")
    status = run.until("status")
    assert status["rate_hz"] == pytest.approx(60, rel=0.02)
    assert status["samples"] > 60
    assert 0.8 < status["found"] < 1
    run.say("stop")
    assert run.until("finished")["samples"] >= status["samples"]
    assert run.end() == (0, "")


def test_lines_that_are_no_commands_are_answered_and_it_goes_on(program: Start) -> None:
    run = program("titta", *STREAM)
    run.until("started")
    for line in ("dance", "rate fast", "rate 90", "calibrate collect 5 5", "\u0000", "{}", "息肉"):
        run.say(line)
        error = run.until("error")
        assert error["message"]
        assert error["hint"]
    run.say("calibrate enter")
    assert run.until("calibration") == {"v": 1, "event": "calibration", "step": "enter", "ok": True}
    run.say("calibrate collect 0.25 0.75")
    assert run.until("calibration", step="collect")["x"] == 0.25
    run.say("calibrate compute")
    assert run.until("calibration", step="compute")["status"] == "both"
    run.say("stop")
    assert run.end()[0] == 0


def test_it_ends_with_its_parent(program: Start) -> None:
    run = program("titta", *STREAM)
    run.until("started")
    run.process.stdin.close()
    run.until("finished")
    assert run.end() == (0, "")


@pytest.mark.skipif(sys.platform == "win32", reason="no such signals there")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
@both_packages
def test_it_ends_in_good_order_on_signals(program: Start, kind: str, name: str) -> None:
    run = program(kind, *STREAM)
    run.until("started")
    run.say("calibrate enter")
    run.until("calibration", ok=True)
    run.process.send_signal(getattr(signal, name))
    run.until("finished")
    assert run.end() == (0, "")


def test_in_a_terminal_it_speaks_in_words_and_reads_nothing(program: Start, script: Script) -> None:
    run = program("titta", "tracker", "stream")
    text = run.until("words")["text"]
    assert text.startswith("Sending 'Tobii Pro Fake' (gazeannotator-tobii:")
    assert "120 Hz" in text
    run.say("stop")
    run.process.stdin.close()
    source_id = text.split("(")[1].split(")")[0]
    assert lsl.find_stream(source_id).source_id == source_id
    script.change(area=[400.0, 250.0])
    inlet = GazeInlet(lsl.find_stream(source_id))
    inlet.close()
    run.process.send_signal(signal.SIGINT)
    assert run.until("words")["text"].endswith("samples sent.")
    code, errors = run.end()
    assert code == 0
    assert "Warning: The eye tracker's display area was changed" in errors


def test_two_at_once_are_one_too_many(program: Start) -> None:
    first = program("titta", *STREAM)
    first.until("started")
    second = program("titta", *STREAM)
    failed = second.until("failed")
    assert "is sent to LSL already" in failed["message"]
    assert failed["hint"]
    code, errors = second.end()
    assert code == 2
    assert errors.count("\n") == 1
    first.until("status")
    first.say("stop")
    assert first.end()[0] == 0


@pytest.mark.parametrize(
    ("kind", "options", "message", "hint"),
    [
        ("none", (), "No package for Tobii eye trackers", 'pip install "gazeannotator[tobii]"'),
        ("titta", ("--address", "tet-tcp://x"), "No Tobii eye tracker answers at tet-tcp://x", "cable"),
        ("research", ("--rate", "90"), "does not send at 90 Hz", "60, 120, 600 Hz"),
        ("research", ("--rate", "600"), "does not send at 600 Hz", "60, 120, 600 Hz"),
    ],
)
def test_what_cannot_be_sent_is_said_and_the_exit_code_is_2(
    program: Start, kind: str, options: tuple[str, ...], message: str, hint: str
) -> None:
    run = program(kind, *STREAM, *options)
    failed = run.until("failed")
    assert message in failed["message"]
    assert hint in failed["hint"]
    code, errors = run.end()
    assert code == 2
    assert errors.startswith("Error: ")
    assert errors.count("\n") == 1


# -- tracker list --------------------------------------------------------------------------------


def listed(run: Program) -> tuple[dict, str]:
    code, errors = run.end()
    assert code == 0
    return json.loads(run.output), errors


@both_packages
def test_the_list_has_the_trackers_and_the_streams(program: Start, script: Script, kind: str) -> None:
    sending = program(kind, *STREAM)
    source_id = sending.until("started")["source_id"]
    facts, errors = listed(program(kind, "tracker", "list", "--json"))
    assert errors == ""
    (tracker,) = facts["tobii"]
    serial = source_id.rpartition(":")[2]
    assert tracker == {
        "model": "Tobii Pro Fake",
        "serial": serial,
        "address": f"tet-tcp://{serial}",
        "rates_hz": [60.0, 120.0, 600.0],
        "firmware": "1.2.3-fake",
        "calibrates": True,
    }
    (stream,) = [each for each in facts["streams"] if each["source_id"] == source_id]
    assert (stream["rate_hz"], stream["channels"], stream["coordinates"]) == (120.0, 21, "normalised")
    sending.say("stop")
    assert sending.end()[0] == 0


def test_the_list_without_a_package_warns(program: Start) -> None:
    facts, errors = listed(program("none", "tracker", "list", "--json"))
    assert facts["tobii"] == []
    assert errors.startswith("Warning: Tobii eye trackers are not searched for.")
    assert 'pip install "gazeannotator[tobii]"' in errors
    assert errors.count("\n") == 1


def test_the_list_in_words(program: Start, script: Script) -> None:
    run = program("research", "tracker", "list")
    assert run.end() == (0, "")
    assert "rates 60, 120, 600 Hz" in run.output
    assert "tracker stream" in run.output
