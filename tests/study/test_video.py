from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gazeannotator.errors import BadInput
from gazeannotator.study.importing import import_frames
from gazeannotator.study.scheme import load_scheme
from gazeannotator.study.store import Store
from gazeannotator.study.video import Video, parse_time

FRAMES, RATE_HZ = 90, 25.0


def numbered(index: int) -> np.ndarray:
    """A frame whose eight fields say its number in bits, red where set and blue where not; RGB."""
    pixels = np.zeros((96, 256, 3), np.uint8)
    for bit in range(8):
        colour = (220, 30, 30) if index >> bit & 1 else (30, 30, 220)
        pixels[:, 32 * bit : 32 * bit + 32] = colour
    return pixels


def number_of(pixels: np.ndarray) -> int:
    fields = pixels.reshape(96, 8, 32, 3)[20:76, :, 8:24].mean(axis=(0, 2))
    assert (np.abs(fields[:, 0] - fields[:, 2]) > 120).all(), "the colours are not those that were drawn"
    return sum(1 << bit for bit in range(8) if fields[bit, 0] > fields[bit, 2])


@pytest.fixture(scope="module", params=[("mp4", "mp4v"), ("avi", "MJPG"), ("avi", "XVID")])
def video(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    suffix, codec = request.param
    path = tmp_path_factory.mktemp("video") / f"film.{suffix}"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*codec), RATE_HZ, (256, 96))
    if not writer.isOpened():
        pytest.skip(f"no encoder for {codec}")
    for index in range(FRAMES):
        writer.write(numbered(index)[..., ::-1])
    writer.release()
    return path


def test_every_frame_is_found_by_its_number_in_any_order(video: Path) -> None:
    order = [0, 7, 6, FRAMES - 1, 33, 34, 1, *np.random.default_rng(1).integers(0, FRAMES, 6)]
    with Video(video) as film:
        assert film.rate_hz == RATE_HZ
        for index in order:
            frame = film.frame(int(index))
            assert (frame.index, number_of(frame.pixels)) == (index, index)
            assert frame.time_s == pytest.approx(index / RATE_HZ, abs=1e-3)


def test_a_time_means_the_frame_that_is_shown_then(video: Path) -> None:
    wanted = {0.0: 0, 0.039: 0, 0.04: 1, 1.0: 25, 1.019: 25, 2.004: 50, 3.599: 89}
    with Video(video) as film:
        found = [number_of(each.pixels) for each in film.frames_at(reversed(wanted))]
        assert found == list(wanted.values())
        assert [each.index for each in film.frames_at([0.5, 0.5])] == [12, 12]
        with pytest.raises(BadInput, match=r"ends at 3\.6"):
            list(film.frames_at([1.0, 4.0]))
        assert film.frame(60).index == 60
        assert number_of(next(film.frames_at([1.0])).pixels) == 25
        assert number_of(film.frame(26).pixels) == 26
        with pytest.raises(BadInput, match="ends after 90"):
            film.frame(FRAMES)
        with pytest.raises(BadInput):
            film.frame(-1)


def test_what_is_no_video_is_refused(tmp_path: Path) -> None:
    for name, data in (("empty.mp4", b""), ("text.mp4", b"no video" * 100)):
        (tmp_path / name).write_bytes(data)
        with pytest.raises(BadInput, match="no video"):
            Video(tmp_path / name)
    with pytest.raises(BadInput, match="does not exist"):
        Video(tmp_path / "ghost.mp4")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("12.4", 12.4), ("12,4", 12.4), ("1:03.2", 63.2), ("00:01:03.2", 63.2), ("2:00:00", 7200), ("90", 90)],
)
def test_times(text: str, seconds: float) -> None:
    assert parse_time(text) == pytest.approx(seconds)


@given(st.text(max_size=12))
def test_any_text_is_a_time_or_refused(text: str) -> None:
    try:
        assert 0 <= parse_time(text) < 1e7
    except BadInput:
        pass


@pytest.mark.parametrize("text", ["", "-1", "1:75", "1:2:3:4", "nan", "1e3", "12s"])
def test_no_times(text: str) -> None:
    with pytest.raises(BadInput):
        parse_time(text)


def test_frames_become_images(video: Path, tmp_path: Path) -> None:
    with Store.create(tmp_path / "study", name="s", scheme=load_scheme("nice")) as store:
        report = import_frames(store, video, [1.0, 2.0, 2.001], patient="P1", truth=1)
        assert (report.added, report.already_known) == (2, 0)
        assert {(each.size_px, each.truth) for each in store.images()} == {((256, 96), 1)}
        assert {each.patient for each in store.images()} == {store.key.patient_pseudonym("P1")}
        with pytest.raises(BadInput):
            import_frames(store, video, [0.5, 100.0])
        assert len(store.images()) == 2
        assert len(list((tmp_path / "study" / "images").rglob("*.png"))) == 2


def test_the_command(video: Path, tmp_path: Path) -> None:
    Store.create(tmp_path / "study", name="s", scheme=load_scheme("nice")).close()
    command = [sys.executable, "-c", "from gazeannotator.cli.study import app; app()", "add-frames"]
    for times, code in ((["1.0", "0:02"], 0), (["99"], 2), (["x"], 2)):
        options = [each for time in times for each in ("--at", time)]
        result = subprocess.run(
            [*command, str(tmp_path / "study"), str(video), *options],
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert result.returncode == code, result.stderr
        assert "Traceback" not in result.stderr
    with Store.open(tmp_path / "study") as store:
        assert len(store.images()) == 2
