import os
import subprocess
import sys
import tracemalloc

import pytest

from gazeannotator.dataset.atomic import whole_file, whole_folder
from gazeannotator.dataset.build import BuildOptions, build
from gazeannotator.dataset.writer import writing
from gazeannotator.errors import StorageError


def _fail_within(whole, begin):
    with whole as temporary:
        begin(temporary)
        raise ZeroDivisionError


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path):
    target = tmp_path / "file"
    with whole_file(target) as temporary:
        temporary.write_text("first", encoding="utf-8")
        assert not target.exists()
    with pytest.raises(ZeroDivisionError):
        _fail_within(whole_file(target), lambda temporary: temporary.write_text("half", encoding="utf-8"))
    assert target.read_text(encoding="utf-8") == "first"
    assert list(tmp_path.iterdir()) == [target]


def test_a_folder_appears_whole_or_not_at_all(tmp_path):
    target = tmp_path / "folder"
    with pytest.raises(ZeroDivisionError):
        _fail_within(whole_folder(target), lambda temporary: (temporary / "part").mkdir())
    assert list(tmp_path.iterdir()) == []
    with whole_folder(target) as temporary:
        (temporary / "part").mkdir()
    assert [path.name for path in tmp_path.rglob("*")] == ["folder", "part"]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_rights_is_told_in_words(tmp_path):
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(StorageError, match="permission denied"), writing(tmp_path / "d.h5", 16):
            pass
    finally:
        tmp_path.chmod(0o700)


_FULL = """
import sys, resource, signal
from pathlib import Path
from gazeannotator.dataset.build import BuildOptions, build
from gazeannotator.errors import UserError
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
study, target = map(Path, sys.argv[1:])
from gazeannotator.study.store import Store
Store.open(study).close()
resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))
try:
    build([study], target, BuildOptions(size=256))
except UserError as error:
    sys.exit(str(error))
"""


def test_a_disk_that_is_full_is_told_in_words_and_nothing_is_left(small_study, tmp_path):
    pytest.importorskip("resource")
    # A limit of file sizes refuses writes half-way, as a full disk does.
    command = [sys.executable, "-c", _FULL, str(small_study.store.path), str(tmp_path / "d.h5")]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 1, ended.stderr
    assert "cannot be written: file too large" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert list(tmp_path.iterdir()) == []


def test_memory_does_not_grow_with_the_number_of_images(make_study, tmp_path):
    peaks = []
    for images in (4, 16):
        maker = make_study(f"study{images}")
        maker.start()
        for _ in range(images):
            maker.read(maker.add_image("p", 0), 0)
        tracemalloc.start()
        try:
            build([maker.store.path], tmp_path / "d.h5", BuildOptions(size=512))
            peaks.append(tracemalloc.get_traced_memory()[1])
        finally:
            tracemalloc.stop()
    # Twelve images more are 9 MB of pixels and 25 MB of heatmaps.
    assert peaks[1] - peaks[0] < 3_000_000
