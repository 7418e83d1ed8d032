import os
import shutil
import signal
import subprocess
import sys

import filelock
import h5py
import numpy as np
import psutil
import pytest
from typer.testing import CliRunner

from gazeannotator.cli.dataset import app
from gazeannotator.dataset import build_parts, part_making
from gazeannotator.dataset.build import BuildOptions, build
from gazeannotator.dataset.build_parts import parts_folder
from gazeannotator.dataset.schema import LAYOUT, validate
from gazeannotator.errors import Cancelled, UserError

SMALL = BuildOptions(size=64)


@pytest.fixture(autouse=True)
def _small_parts(monkeypatch):
    monkeypatch.setattr(build_parts, "IMAGES_IN_PART", 4)


@pytest.fixture
def target(tmp_path):
    (tmp_path / "built").mkdir()
    return tmp_path / "built" / "data.h5"


def stopping_at(image):
    def progress(done, total, what):
        if done == image:
            raise Cancelled

    return progress


def cancelled(study, target, image, jobs=1, options=SMALL):
    said = []
    with pytest.raises(Cancelled):
        build([study], target, options, progress=stopping_at(image), jobs=jobs, notice=said.append)
    return said


@pytest.fixture
def counted(monkeypatch):
    """Count the images that are prepared."""
    made = []
    make = part_making.make_part

    def count(preparer, part, tick):
        made.extend(image.id for image in part.images)
        make(preparer, part, tick)

    monkeypatch.setattr(part_making, "make_part", count)
    return made


def assert_same(one, two, names=LAYOUT):
    with h5py.File(one) as first, h5py.File(two) as second:
        for name in names:
            np.testing.assert_array_equal(first[name][:], second[name][:], name)
            assert first[name].dtype == second[name].dtype, name
        for name in set(first.attrs) - {"created_utc", "parts"}:
            assert first.attrs[name] == second.attrs[name], name


def test_a_build_in_parts_is_the_same_as_in_one(small_study, small_dataset, target):
    said = []
    build([small_study.store.path], target, SMALL, notice=said.append)
    assert_same(target, small_dataset)
    assert said == []
    assert list(target.parent.iterdir()) == [target]


def test_a_build_that_was_stopped_goes_on(small_study, small_dataset, target, counted):
    assert cancelled(small_study.store.path, target, 10) == [
        "8 of 20 images are ready: the same command goes on from there. "
        f"To give it up, delete the folder {parts_folder(target)}."
    ]
    assert [path.name for path in target.parent.iterdir()] == [".data.h5.parts"]
    assert len(list(parts_folder(target).iterdir())) == 2
    counted.clear()
    said, seen = [], []
    build(
        [small_study.store.path],
        target,
        SMALL,
        progress=lambda *each: seen.append(each),
        notice=said.append,
    )
    assert said == ["Going on: 8 of 20 images were ready."]
    assert seen[0] == (8, 20, "Images")
    assert seen[-1] == (20, 20, "Images")
    assert len(counted) == 12
    assert_same(target, small_dataset)
    assert list(target.parent.iterdir()) == [target]


def test_a_build_in_processes_that_was_stopped_goes_on_in_one(small_study, small_dataset, target, counted):
    cancelled(small_study.store.path, target, 15, jobs=2)
    # How far they came is chance.
    ready = 4 * len(list(parts_folder(target).glob("*")))
    build([small_study.store.path], target, SMALL)
    assert len(counted) == 20 - ready
    assert_same(target, small_dataset)


_KILLED = """
import sys
from pathlib import Path
from gazeannotator.dataset import build_parts
from gazeannotator.dataset.build import BuildOptions, build
build_parts.IMAGES_IN_PART = 4
def progress(done, total, what):
    if done == 10:
        print("here", flush=True)
        sys.stdin.read()
build([Path(sys.argv[1])], Path(sys.argv[2]), BuildOptions(size=64), progress)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs kill -9")
def test_a_build_that_was_killed_goes_on(small_study, small_dataset, target, counted):
    command = [sys.executable, "-c", _KILLED, str(small_study.store.path), str(target)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"here\n"
        os.kill(process.pid, signal.SIGKILL)
    left = list(parts_folder(target).iterdir())
    assert any(each.name.startswith(".") for each in left), "it was killed within a part"
    build([small_study.store.path], target, SMALL)
    assert len(counted) == 12
    assert_same(target, small_dataset)
    assert list(target.parent.iterdir()) == [target]


_IN_PROCESSES = """
import sys
from pathlib import Path
from gazeannotator.dataset import build_parts
from gazeannotator.dataset.build import BuildOptions, build
if __name__ == "__main__":
    build_parts.IMAGES_IN_PART = 4
    def progress(done, total, what):
        if done >= 10:
            print("here", flush=True)
            sys.stdin.read()
    build([Path(sys.argv[1])], Path(sys.argv[2]), BuildOptions(size=64), progress, jobs=2)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs kill -9")
def test_processes_whose_parent_was_killed_disturb_nothing(small_study, small_dataset, target):
    script = target.parent.parent / "script.py"
    script.write_text(_IN_PROCESSES, encoding="utf-8")
    command = [sys.executable, str(script), str(small_study.store.path), str(target)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"here\n"
        children = psutil.Process(process.pid).children(recursive=True)
        os.kill(process.pid, signal.SIGKILL)
    assert len(children) >= 2
    _, alive = psutil.wait_procs(children, timeout=20)
    assert not alive, "they would wait for work for ever"
    build([small_study.store.path], target, SMALL)
    assert_same(target, small_dataset)
    assert list(target.parent.iterdir()) == [target]


def test_parts_of_other_options_are_made_anew(small_study, target, counted, tmp_path):
    cancelled(small_study.store.path, target, 10)
    counted.clear()
    other = BuildOptions(size=64, sigma_deg=2.0)
    build([small_study.store.path], target, other)
    assert len(counted) == 20
    build([small_study.store.path], tmp_path / "other.h5", other)
    assert_same(target, tmp_path / "other.h5")


def test_options_that_matter_at_the_end_only_keep_the_parts(small_study, target, counted):
    cancelled(small_study.store.path, target, 10)
    counted.clear()
    build([small_study.store.path], target, BuildOptions(size=64, seed=5, split="50/25/25"))
    assert len(counted) == 12


def _read_study(make_study):
    maker = make_study()
    images = [maker.add_image(f"p{number}", number % 3) for number in range(12)]
    maker.start()
    readings = [maker.read(image, 0) for image in images]
    maker.end()
    return maker, images, readings


@pytest.mark.parametrize("change", ["corrected", "read again", "image", "gaze", "pathology"])
def test_what_changed_in_the_study_is_made_anew_and_nothing_else(
    make_study, target, counted, tmp_path, change
):
    maker, images, readings = _read_study(make_study)
    cancelled(maker.store.path, target, 11)
    assert len(list(parts_folder(target).iterdir())) == 2
    counted.clear()
    stale = images[4:8]
    if change == "corrected":
        maker.start()
        maker.read(images[5], 2, replaces=readings[5])
    elif change == "read again":
        maker.start("R2")
        maker.read(images[5], 1)
    elif change == "image":
        maker.add_image("new", 1)
        stale = []
    elif change == "gaze":
        # What the tracker sent last may be stored when a build has begun.
        maker.store.append_clock_offset(maker.session.id, maker.clock_s, 0.5)
        stale = images[:8]
    else:
        maker.store.add_image(maker.store.images()[5].__class__(images[5], "p5", 2, (64, 48)))
        stale = []  # known pathology is not changed
    build([maker.store.path], target, SMALL)
    fresh = len(maker.store.images()) - 8
    assert len(counted) == len(stale) + fresh
    assert set(stale) <= set(counted)
    shutil.rmtree(parts_folder(target), ignore_errors=True)
    build([maker.store.path], tmp_path / "fresh.h5", SMALL)
    assert_same(target, tmp_path / "fresh.h5")
    assert validate(target) == []


def test_a_part_that_is_damaged_is_made_anew(small_study, small_dataset, target, counted):
    cancelled(small_study.store.path, target, 18)
    kept = sorted(parts_folder(target).iterdir())
    kept[0].write_bytes(kept[0].read_bytes()[:-1000])
    shutil.copy(kept[2], kept[1])
    (parts_folder(target) / ".x.h5.12345678.tmp").write_bytes(b"half")
    counted.clear()
    build([small_study.store.path], target, SMALL)
    assert len(counted) == 12
    assert_same(target, small_dataset)


def test_one_build_at_a_time_has_a_target(small_study, target):
    refused = []

    def progress(done, total, what):
        if done == 5 and not refused:
            with pytest.raises(UserError, match="is being built by another program") as caught:
                build([small_study.store.path], target, SMALL)
            refused.append(caught.value)

    build([small_study.store.path], target, SMALL, progress)
    assert refused
    assert refused[0].hint
    assert validate(target) == []
    assert list(target.parent.iterdir()) == [target]


def test_a_lock_that_a_killed_program_left_stops_nobody(small_study, target):
    lock = filelock.FileLock(target.with_name(".data.h5.lock"))
    lock.acquire()
    lock.release()
    target.with_name(".data.h5.lock").touch()
    build([small_study.store.path], target, SMALL)
    assert validate(target) == []


_FULL = """
import sys, resource, signal
from pathlib import Path
from gazeannotator.dataset import build_parts
from gazeannotator.dataset.build import BuildOptions, build
from gazeannotator.errors import UserError
build_parts.IMAGES_IN_PART = 4
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
study, target, limit = *map(Path, sys.argv[1:3]), int(sys.argv[3])
from gazeannotator.study.store import Store
Store.open(study).close()
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
try:
    build([study], target, BuildOptions(size=64), notice=print, multi_file=len(sys.argv) > 4)
except UserError as error:
    sys.exit(str(error))
"""


@pytest.mark.parametrize("more", [(), ("multi",)], ids=["one file", "several"])
def test_a_disk_that_is_full_at_the_end_keeps_the_parts(small_study, small_dataset, target, counted, more):
    pytest.importorskip("resource")
    # Each part fits below the limit, the whole does not.
    limit = str(small_dataset.stat().st_size * 2 // 3)
    command = [sys.executable, "-c", _FULL, str(small_study.store.path), str(target), limit, *more]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 1, ended.stderr
    assert "cannot be written: file too large" in ended.stderr
    assert "20 of 20 images are ready" in ended.stdout
    assert [path.name for path in target.parent.iterdir()] == [".data.h5.parts"]
    build([small_study.store.path], target, SMALL)
    assert counted == []
    assert_same(target, small_dataset)


@pytest.mark.parametrize("style", ["bar", "json"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_command_says_how_far_it_came_and_goes_on(small_study, target, monkeypatch, number, style):
    make = part_making.make_part
    made = []

    def interrupted(preparer, part, tick):
        made.append(part)
        if len(made) == 3:
            signal.raise_signal(number)
        make(preparer, part, tick)

    monkeypatch.setattr(part_making, "make_part", interrupted)
    # Input that stays open: its end would stop the job too.
    monkeypatch.setattr("gazemodel.events.watch_stdin", lambda stop: None)
    command = ["build", str(small_study.store.path), "-o", str(target), "--size", "64", "--progress", style]
    stopped = CliRunner().invoke(app, command)
    assert stopped.exit_code == 1
    assert "8 of 20 images are ready: the same command goes on from there." in stopped.output
    assert "cancelled" in stopped.output
    assert not target.exists()
    whole = CliRunner().invoke(app, command)
    assert whole.exit_code == 0, whole.output
    assert "Going on: 8 of 20 images were ready." in whole.output
    assert validate(target) == []
