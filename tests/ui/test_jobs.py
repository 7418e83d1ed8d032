from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest
import shiboken6
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gazeannotator.errors import BadInput, UserError
from gazeannotator.ui import jobs
from gazeannotator.ui.background import _Courier, in_background
from gazeannotator.ui.jobs import Command, ProcessJob

Python = Callable[..., Command]
WAIT_MS = 90_000


class Ending:
    """Collects how a job ends; exactly one ending is right."""

    def __init__(self, job: ProcessJob) -> None:
        self.endings: list[tuple[Any, ...]] = []
        self.events: list[dict[str, Any]] = []
        job.event.connect(self.events.append)
        job.finished.connect(lambda result: self.endings.append(("finished", result)))
        job.failed.connect(lambda *words: self.endings.append(("failed", *words)))
        job.cancelled.connect(lambda: self.endings.append(("cancelled",)))

    @property
    def one(self) -> tuple[Any, ...]:
        assert len(self.endings) == 1, self.endings
        return self.endings[0]


def run(qtbot: QtBot, command: Command, **options: int) -> tuple[ProcessJob, Ending]:
    job = ProcessJob(command, **options)
    ending = Ending(job)
    job.start()
    qtbot.waitUntil(lambda: bool(ending.endings) and not job.running, timeout=WAIT_MS)
    return job, ending


def test_all_events_come_in_order_and_then_the_result(qtbot: QtBot, python: Python) -> None:
    lines = ["for n in range(50): events.emit('progress', done=n, total=50, what='x')"]
    lines += ["print('noise of a library')", "events.emit('finished', added=3)"]
    job, ending = run(qtbot, python(*lines))
    assert [each["done"] for each in ending.events[:-1]] == list(range(50))
    assert ending.one == ("finished", {"v": 1, "event": "finished", "added": 3})
    assert "noise of a library" in job.details


def test_a_last_line_without_its_end_is_not_lost(qtbot: QtBot, python: Python) -> None:
    _, ending = run(qtbot, python("import sys", "sys.stdout.write(events.event_line('finished', added=1))"))
    assert ending.one[1]["added"] == 1


def test_text_of_all_languages_comes_through(qtbot: QtBot, python: Python) -> None:
    _, ending = run(qtbot, python("events.emit('finished', what='息肉 – NICE 2')"))
    assert ending.one[1]["what"] == "息肉 – NICE 2"


def test_stop_is_asked_for_on_stdin(qtbot: QtBot, python: Python) -> None:
    lines = [
        "import threading",
        "asked = threading.Event()",
        "events.watch_stdin(asked.set)",
        "events.emit('started', job='x')",
        "asked.wait()",
        "events.emit('cancelled', job='x')",
    ]
    job = ProcessJob(python(*lines))
    ending = Ending(job)
    job.event.connect(lambda event: job.stop() if event["event"] == "started" else None)
    job.start()
    qtbot.waitUntil(lambda: bool(ending.endings), timeout=WAIT_MS)
    assert ending.one == ("cancelled",)
    assert [each["event"] for each in ending.events] == ["started", "cancelled"]


def test_work_that_ends_well_in_spite_of_a_stop_is_finished(qtbot: QtBot, python: Python) -> None:
    job = ProcessJob(python("events.emit('started')", "input()", "events.emit('finished', added=2)"))
    ending = Ending(job)
    job.event.connect(lambda event: job.stop() if event["event"] == "started" else None)
    job.start()
    qtbot.waitUntil(lambda: bool(ending.endings), timeout=WAIT_MS)
    assert ending.one[0] == "finished"


def test_a_hung_child_and_its_children_are_killed(qtbot: QtBot, python: Python) -> None:
    lines = [
        "import subprocess, sys, time",
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])",
        "events.emit('started', child=child.pid)",
        "time.sleep(600)",
    ]
    job = ProcessJob(python(*lines), grace_ms=200)
    ending = Ending(job)
    job.event.connect(lambda _: job.stop())
    job.start()
    qtbot.waitUntil(lambda: bool(ending.endings), timeout=WAIT_MS)
    assert ending.one == ("cancelled",)
    grandchild = ending.events[0]["child"]
    qtbot.waitUntil(lambda: not _lives(grandchild), timeout=WAIT_MS)
    assert not job.running


def _lives(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_a_failure_says_message_and_hint(qtbot: QtBot, python: Python) -> None:
    lines = [
        "import sys",
        "events.emit('failed', message='The disk is full.', hint='Make room.')",
        "sys.exit(2)",
    ]
    _, ending = run(qtbot, python(*lines))
    assert ending.one[:3] == ("failed", "The disk is full.", "Make room.")


def test_a_crash_gives_its_last_line_as_the_reason(qtbot: QtBot, python: Python) -> None:
    _, ending = run(qtbot, python("events.emit('started')", "raise ValueError('no training images')"))
    kind, message, _, details = ending.one
    assert kind == "failed"
    assert message == "ValueError: no training images"
    assert "Traceback" in details
    assert "raise ValueError" in details


def test_a_reason_that_comes_in_pieces_is_put_together(qtbot: QtBot, python: Python) -> None:
    lines = ["import os, sys", "os.write(2, b'Error: no tr')", "events.emit('started')", "input()"]
    job = ProcessJob(python(*lines, "os.write(2, 'aining – images'.encode())", "sys.exit(2)"))
    ending = Ending(job)
    job.start()
    qtbot.waitUntil(lambda: bool(job._half_line) and bool(ending.events), timeout=WAIT_MS)
    job._process.write(b"go on\n")
    qtbot.waitUntil(lambda: bool(ending.endings), timeout=WAIT_MS)
    assert ending.one[:2] == ("failed", "no training – images")


@pytest.mark.skipif(sys.platform == "win32", reason="no signals there")
def test_a_child_that_is_killed_from_outside_is_a_failure_in_words(qtbot: QtBot, python: Python) -> None:
    _, ending = run(qtbot, python("import os, signal", "os.kill(os.getpid(), signal.SIGKILL)"))
    assert ending.one[:2] == ("failed", "The work was ended from outside, or crashed, and gave no reason.")


def test_an_end_without_a_result_is_a_failure(qtbot: QtBot, python: Python) -> None:
    _, ending = run(qtbot, python("pass"))
    assert ending.one[:2] == ("failed", "The work ended without a result (exit code 0).")


def test_a_missing_program_is_said(qtbot: QtBot, tmp_path: Path) -> None:
    _, ending = run(qtbot, Command(("x",), program=str(tmp_path / "none")))
    assert ending.one[:2] == ("failed", "The program for this work could not be started.")


def test_a_document_is_read_whole_also_where_it_reports_damage(qtbot: QtBot, python: Python) -> None:
    lines = ["import json, sys", "print(json.dumps({'ok': False, 'problems': [1]}, indent=2))", "sys.exit(1)"]
    _, ending = run(qtbot, python(*lines, answer="document"))
    assert ending.one == ("finished", {"ok": False, "problems": [1]})


def test_no_document_is_a_failure_with_the_commands_own_words(qtbot: QtBot, python: Python) -> None:
    lines = ["import sys", "sys.stderr.write('Error: there is no such study.\\n')", "sys.exit(2)"]
    _, ending = run(qtbot, python(*lines, answer="document"))
    assert ending.one[:2] == ("failed", "there is no such study.")


def test_stopping_twice_or_after_the_end_does_nothing(qtbot: QtBot, python: Python) -> None:
    job, ending = run(qtbot, python("events.emit('finished')"))
    job.stop()
    job.kill()
    assert ending.one[0] == "finished"


def test_background_work_answers_in_the_gui_thread(qtbot: QtBot) -> None:
    owner, threads = QObject(), []
    in_background(
        owner, threading.get_ident, lambda ident: threads.extend([ident, threading.get_ident()]), pytest.fail
    )
    qtbot.waitUntil(lambda: len(threads) == 2)
    assert threads[0] != threads[1] == threading.get_ident()


def test_nobody_is_called_who_is_gone(qtbot: QtBot) -> None:
    owner, go_on, calls = QObject(), threading.Event(), []
    in_background(owner, go_on.wait, calls.append, calls.append)
    shiboken6.delete(owner)
    go_on.set()
    in_background(QApplication.instance(), lambda: "later", calls.append, pytest.fail)
    qtbot.waitUntil(lambda: calls == ["later"] and not _Courier.of_the_application()._waiting)


def test_background_work_that_the_user_can_mend_is_handed_over(qtbot: QtBot) -> None:
    owner, errors = QObject(), []

    def work() -> None:
        raise BadInput("no such folder", "choose another")

    in_background(owner, work, pytest.fail, errors.append)
    qtbot.waitUntil(lambda: len(errors) == 1)
    assert errors[0].hint == "choose another"


def test_a_fault_in_background_work_is_raised_in_the_gui_thread(qtbot: QtBot) -> None:
    owner, errors = QObject(), []

    def work() -> None:
        raise KeyError("x")

    with qtbot.captureExceptions() as raised:
        in_background(owner, work, pytest.fail, errors.append)
        qtbot.waitUntil(lambda: len(raised) == 1)
    assert raised[0][0] is KeyError
    assert isinstance(errors[0], UserError)


def test_what_was_refused_is_said_once() -> None:
    refused = [
        {"where": "a.png", "message": "a.png is no image."},
        {"where": "row 3", "message": "There is no file b.png."},
    ]
    assert jobs.refusal_lines(refused) == ["a.png is no image.", "row 3: There is no file b.png."]


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 s"), (59.4, "59 s"), (61, "1 min 01 s"), (3600, "1 h 00 min"), (86399, "23 h 59 min")],
)
def test_durations_read_well(seconds: float, text: str) -> None:
    assert jobs.duration_text(seconds) == text


def test_time_left_is_said_only_when_it_is_known() -> None:
    assert jobs.time_left_text(0, 10, 60) == ""
    assert jobs.time_left_text(5, 10, 1) == ""
    assert jobs.time_left_text(5, 10, 60) == "1 min 00 s"
    assert jobs.time_left_text(10, 10, 60) == ""
