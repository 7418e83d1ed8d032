"""Small studies with known gaze, recorded through the store as the reading window does it."""

from __future__ import annotations

import dataclasses
import math
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import h5py
import numpy as np
import pytest

from gazeannotator.dataset.build import BuildOptions, BuildReport, build
from gazeannotator.dataset.schema import validate
from gazeannotator.geometry import Screen, image_px_to_screen_px, largest_placement
from gazeannotator.samples import GazeChunk
from gazeannotator.study.identity import image_id
from gazeannotator.study.images import write_image
from gazeannotator.study.model import GazeStream, Image, Session
from gazeannotator.study.scheme import load_scheme
from gazeannotator.study.store import Store

SCREEN = Screen(1920, 1080, 527, 296, 650)
RATE_HZ = 250.0


def chunk(time_s, xy_normalised, *, distance_mm=math.nan) -> GazeChunk:
    time_s = np.asarray(time_s, float)
    xy = np.asarray(xy_normalised, float)
    n = len(time_s)
    return GazeChunk(
        time_s,
        xy.copy(),
        xy.copy(),
        np.full((n, 2), 3.0),
        np.full(n, distance_mm),
        np.arange(n, dtype=float),
        np.full((n, 2, 3), np.nan),
    )


@dataclasses.dataclass
class Maker:
    """One study in the making; `read` adds a reading with fixations on given image px."""

    store: Store
    clock_s: float = 1000.0
    session: Session | None = None

    def add_image(
        self, patient: str | None, truth: int, size=(64, 48), seed=None, files=(), pixels=None
    ) -> str:
        if pixels is None:
            random = np.random.default_rng(seed if seed is not None else len(self.store.images()))
            pixels = random.integers(0, 255, (size[1], size[0], 3), dtype=np.uint8)
        new = image_id(pixels)
        file = self.store.image_file(new)
        file.parent.mkdir(parents=True, exist_ok=True)
        write_image(file, pixels)
        names = tuple(self.store.key.file_hmac(each) for each in files)
        self.store.add_image(Image(new, patient, truth, size, names))
        return new

    def start(self, reader="R1", **changes) -> Session:
        self.store.add_reader(reader)
        fields = {
            "id": str(uuid.uuid4()),
            "reader": reader,
            "started_utc": "2026-01-02T03:04:05+00:00",
            "started_s": self.clock_s,
            "software": "test",
            "screen": SCREEN,
            "gaze_stream": GazeStream("sim", "sim:1", RATE_HZ, "simulated"),
            "simulated": False,
        }
        self.session = Session(**{**fields, **changes})
        self.store.start_session(self.session)
        return self.session

    def validate(self, accuracy_deg: float) -> None:
        data = {"accuracy_deg": accuracy_deg, "precision_rms_deg": 0.1, "data_loss": 0.0, "points": 4}
        self.store.append(self.session.id, "validation", t_s=self.clock_s, data=data)

    def read(
        self,
        image: str,
        label: int | None,
        places=((20, 20), (40, 30)),
        *,
        confidence=2,
        dwell_s=0.4,
        lost=slice(0, 0),
        dropped=slice(0, 0),
        replaces=None,
        correction_s=0.0,
        distance_mm=math.nan,
        jump_s=0.04,
        ahead_s=0.0,
        left_lost=slice(0, 0),
        apart=0.0,
    ) -> str:
        size = next(each.size_px for each in self.store.images() if each.id == image)
        placement = largest_placement(size, SCREEN.size_px)
        new, onset_s = str(uuid.uuid4()), self.clock_s
        data = {"placement": placement.as_tuple(), "image_px": size, "onset_method": "swap"}
        self.store.append(self.session.id, "onset", t_s=onset_s, reading=new, image=image, data=data)
        duration_s = len(places) * (dwell_s + jump_s)
        time_s = onset_s + correction_s + 0.001 + np.arange(0, duration_s, 1 / RATE_HZ)
        xy = image_px_to_screen_px(_path(time_s - time_s[0], places, dwell_s, jump_s), placement, size)
        samples = chunk(time_s + ahead_s, xy / np.array(SCREEN.size_px), distance_mm=distance_mm)
        samples.right[:] += apart
        samples.left[lost] = samples.right[lost] = samples.left[left_lost] = math.nan
        kept = np.ones(len(samples), bool)
        kept[dropped] = False
        if len(samples) and kept.any() and self.session.gaze_stream:
            self.store.append_gaze(self.session.id, samples[kept], received_s=time_s[-1])
        end_s = onset_s + duration_s + 0.01
        if label is not None:
            answer = {
                "key": "1",
                "label": label,
                "confidence": confidence,
                "replaces": replaces,
                "reason": "back" if replaces else None,
                "reader": self.session.reader,
            }
            self.store.append(self.session.id, "key", t_s=end_s, reading=new, image=image, data=answer)
        reason = {"reason": "answered" if label is not None else "pause"}
        self.store.append(self.session.id, "offset", t_s=end_s, reading=new, image=image, data=reason)
        self.clock_s = end_s + 1.0
        return new

    def flag(self, reading: str, image: str) -> None:
        data = {"flagged": True}
        self.store.append(self.session.id, "flag", t_s=self.clock_s, reading=reading, image=image, data=data)

    def end(self) -> None:
        self.store.end_session(self.session.id, self.clock_s)


def _path(time_s, places, dwell_s, jump_s):
    """Rest at each place, then move on in a smooth step."""
    places = np.array([*places, places[-1]], float)
    step, within = np.divmod(time_s, dwell_s + jump_s)
    step = np.clip(step.astype(int), 0, len(places) - 2)
    share = np.clip((within - dwell_s) / jump_s, 0, 1)[:, None]
    share = share**2 * (3 - 2 * share)
    return places[step] * (1 - share) + places[step + 1] * share


@contextmanager
def studies_in(folder: Path) -> Iterator[Callable[..., Maker]]:
    made: list[Store] = []

    def make(name: str = "study") -> Maker:
        store = Store.create(folder / name, name=name, scheme=load_scheme("nice"))
        made.append(store)
        return Maker(store)

    yield make
    for store in made:
        store.close()


@pytest.fixture
def make_study(tmp_path) -> Iterator[Callable[..., Maker]]:
    with studies_in(tmp_path) as make:
        yield make


@pytest.fixture(scope="session")
def studies() -> Callable[..., AbstractContextManager[Callable[..., Maker]]]:
    """Make studies in a folder of one's own, several times in a test."""
    return studies_in


@pytest.fixture(scope="session")
def small_study(tmp_path_factory) -> Iterator[Maker]:
    """Ten patients with two images each, all read once. Not to be changed."""
    with studies_in(tmp_path_factory.mktemp("small")) as make:
        maker = make()
        maker.start()
        maker.validate(0.5)
        for number in range(20):
            image = maker.add_image(f"patient{number // 2}", truth=(number // 2) % 3)
            maker.read(image, label=(number // 2) % 3, places=((15 + number, 20), (40, 10 + number)))
        maker.end()
        yield maker


@pytest.fixture
def built(tmp_path) -> Callable[..., tuple[BuildReport, h5py.File]]:
    """Build on a grid of 64 px (or with other options), check the file and open it."""

    def call(studies, options=None, *, name="data.h5", **more):
        target = tmp_path / name
        report = build(
            [each.store.path for each in studies], target, options or BuildOptions(size=64), **more
        )
        assert validate(target) == []
        return report, h5py.File(target)

    return call


@pytest.fixture(scope="session")
def small_dataset(small_study, tmp_path_factory) -> Path:
    """The small study built on a grid of 64 px. Not to be changed."""
    target = tmp_path_factory.mktemp("built") / "data.h5"
    build([small_study.store.path], target, BuildOptions(size=64))
    return target


@pytest.fixture(scope="session")
def wide_dataset(tmp_path_factory) -> Iterator[tuple[Maker, Path]]:
    """Images of several shapes, read by one or two; also some without gaze or class. Not to be changed."""
    with studies_in(tmp_path_factory.mktemp("wide")) as make:
        maker = make()
        sizes = [(64, 48), (100, 150), (200, 90)]
        images = [
            maker.add_image(f"p{n // 2}", (n % 3) if n < 12 else -1, size=sizes[n % 3]) for n in range(15)
        ]
        maker.start("A")
        for n, image in enumerate(images[:14]):
            if n != 5:
                maker.read(image, n % 3, places=((10 + n, 10), (40, 20 + n)))
        maker.end()
        maker.start("B")
        for n, image in enumerate(images[:6]):
            maker.read(image, n % 3, places=((50, 12), (45, 3 * n), (20, 20)))
        maker.end()
        target = tmp_path_factory.mktemp("built") / "data.h5"
        build([maker.store.path], target, BuildOptions(size=128))
        yield maker, target


@pytest.fixture(scope="session")
def odd_dataset(tmp_path_factory) -> Iterator[tuple[Maker, Path]]:
    """Readers with odd codes; answers missing, corrected, impossible; a flag; a validation in between.

    Not to be changed.
    """
    with studies_in(tmp_path_factory.mktemp("odd")) as make:
        maker = make("Pölypen | 2")
        images = [maker.add_image(f"p{n // 2}", n % 3, size=(96, 72)) for n in range(9)]
        maker.start("Dr. Å-1", simulated=True)
        for n, image in enumerate(images[:8]):
            if n == 3:
                maker.validate(0.7)
            maker.read(image, n % 3, places=((30 + n, 20), (60, 30 + n)), confidence=n % 3, distance_mm=640.0)
        first = maker.read(images[8], 0)
        maker.flag(first, images[8])
        maker.read(images[8], 1, replaces=first)
        maker.end()
        maker.start("张医生", onset_correction_s=0.02, screen=dataclasses.replace(SCREEN, width_px=1280.0))
        maker.read(images[0], None)
        maker.read(images[0], -1, lost=slice(0, 40))
        maker.read(images[1], 2, places=((10, 10), (-30, 80), (50, 40)), correction_s=0.02)
        maker.end()
        maker.start("Dr Å1", gaze_stream=None)
        maker.read(images[2], 1)
        maker.end()
        target = tmp_path_factory.mktemp("built") / "data.h5"
        build([maker.store.path], target, BuildOptions(size=64))
        yield maker, target
