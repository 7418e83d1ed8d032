"""What the store does when the disk, another program or the power gets in its way."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest

from gazeannotator.errors import StorageError
from gazeannotator.study import tables
from gazeannotator.study.check import check_study
from gazeannotator.study.store import Store


def only_images_missing(store: Store) -> bool:
    """The images of these studies are rows without files; nothing else may be wrong."""
    return {each.what for each in check_study(store.path)} == {"an image file is missing"}


def test_a_full_disk_loses_nothing_and_goes_on(new_store, make, monkeypatch: pytest.MonkeyPatch) -> None:
    store = new_store()
    session = make.session()
    store.start_session(session)
    store.close()
    with closing(sqlite3.connect(store.path / "study.db")) as connection:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
    limited = tables.SQLITE_SETTINGS | {"max_page_count": str(pages + 3)}
    monkeypatch.setattr(tables, "SQLITE_SETTINGS", limited)
    written = 0

    def fill(full: Store) -> None:
        nonlocal written
        while written < 1000:
            full.append(session.id, "pause", t_s=float(written), data={"text": "x" * 500})
            written += 1

    with Store.open(store.path) as full:
        with pytest.raises(StorageError, match="disk is full") as caught:
            fill(full)
        assert caught.value.hint
        assert 0 < written < 1000
        assert len(full.entries(session.id)) == 1 + written
        with pytest.raises(StorageError, match="disk is full"):
            full.append_gaze(session.id, make.chunk(range(2000)), 1.0)
    monkeypatch.undo()
    with Store.open(store.path) as freed:
        entry = freed.append(session.id, "pause", t_s=float(written), data={"text": "x" * 500})
        assert entry.seq == 1 + written
        assert only_images_missing(freed)


def test_a_locked_database_is_told_and_the_call_can_be_repeated(
    new_store, make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "BUSY_TIMEOUT_S", 0.05)
    store = new_store()
    session = make.session()
    store.start_session(session)
    with closing(sqlite3.connect(store.path / "study.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StorageError, match="locked by another program"):
            store.append(session.id, "pause", t_s=1.0)
        # Reading goes on meanwhile.
        assert len(store.entries(session.id)) == 1
        other.execute("ROLLBACK")
    assert store.append(session.id, "pause", t_s=1.0).seq == 1
    assert only_images_missing(store)


def test_a_read_only_database_is_told(new_store, make, monkeypatch: pytest.MonkeyPatch) -> None:
    store = new_store()
    session = make.session()
    store.start_session(session)
    monkeypatch.setattr(tables, "SQLITE_SETTINGS", tables.SQLITE_SETTINGS | {"query_only": "ON"})
    with Store.open(store.path) as other, pytest.raises(StorageError, match="cannot be written"):
        other.append(session.id, "pause", t_s=1.0)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_rights_is_told(new_store) -> None:
    store = new_store()
    store.close()
    store.path.chmod(0o500)
    try:
        with pytest.raises(StorageError, match="right"):
            Store.open(store.path).add_reader("C")
    finally:
        store.path.chmod(0o700)


CHILD = """
import sys, threading
import numpy as np
from gazeannotator.geometry import Placement, Screen
from gazeannotator.samples import GazeChunk
from gazeannotator.study.session import ReadingSession
from gazeannotator.study.store import Store

store = Store.open(sys.argv[1])
clock_s = float(sys.argv[2])
session = ReadingSession.start(store, "A", Screen(1920, 1080, 527, 296, 650), None, True, lambda: clock_s)
say = threading.Lock()

def tell(*words):
    with say:
        print(*words, flush=True)

def record():
    at = clock_s
    while True:
        time_s = at + np.arange(15) / 60
        eyes = np.full((15, 2), 0.5)
        origins = np.full((15, 2, 3), np.nan)
        chunk = GazeChunk(time_s, eyes, eyes, eyes, time_s, time_s, origins)
        store.append_gaze(session.id, chunk, time_s[-1])
        tell("gaze", session.id, 15)
        at += 0.25

threading.Thread(target=record, daemon=True).start()
while (image := session.next_image()) is not None:
    clock_s += 1
    reading = session.show(image, Placement(0, 0, 100, 100), clock_s, "swap")
    tell("shown", image, reading)
    session.answer("2", 1, 2, clock_s + 0.5)
    tell("label", image, reading)
    session.hidden(clock_s + 0.6, "answered")
tell("all done", "", "")
"""


@pytest.mark.slow
def test_kill_9_at_any_moment_loses_no_acknowledged_label(new_store, make) -> None:
    store = new_store(images=2000)
    chance = random.Random(3)
    labels: dict[str, str] = {}
    gaze: dict[str, int] = {}
    interrupted_image = None
    for attempt in range(5):
        command = [sys.executable, "-c", CHILD, str(store.path), str(1000.0 * attempt)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
            assert child.stdout is not None
            wanted, shown = chance.randint(3, 40), []
            for line in child.stdout:
                what, where, value = line.split()
                if what == "shown":
                    shown.append(where)
                elif what == "label":
                    labels[where] = value
                    wanted -= 1
                else:
                    gaze[where] = gaze.get(where, 0) + int(value)
                if wanted == 0:
                    child.send_signal(signal.SIGKILL)
        assert child.returncode == -signal.SIGKILL
        # The image that was on screen when the last process died was offered first to this one.
        if interrupted_image is not None:
            assert shown[0] == interrupted_image
        assert only_images_missing(store)
        stored = {each.image: each.id for each in store.readings() if each.state == "done"}
        assert labels.items() <= stored.items()
        # At most the one label that was written but not told yet is more than was acknowledged.
        assert len(stored) - len(labels) <= attempt + 1
        labels = stored
        for session, count in gaze.items():
            assert 0 <= store.gaze_sample_count(session) - count <= 15
        open_now = [each for each in store.readings() if each.state == "open"]
        assert len(open_now) <= 1
        interrupted_image = open_now[0].image if open_now else None
    states = [each.state for each in store.readings()]
    assert "interrupted" in states or states.count("done") == len(states)
