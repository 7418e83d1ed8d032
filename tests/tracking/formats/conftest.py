"""A study whose images have file names, and a look at what an import made of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import PIL.Image
import pytest

from gazeannotator.dataset.readings import PreparedReading, Quality, prepare_reading
from gazeannotator.study.copying import GazeImport
from gazeannotator.study.importing import import_images
from gazeannotator.study.model import Reading
from gazeannotator.study.scheme import load_scheme
from gazeannotator.study.store import Store
from gazeannotator.tracking.formats.importing import import_gaze
from gazeannotator.tracking.formats.recorded import ImportOptions

SIZES = {"polyp 1.png": (640, 480), "polyp2.JPG": (600, 450), "息肉3.png": (320, 240)}
LIMITS = Quality(1.0, 90.0, False)


class Bench:
    """A study, and files that are imported into it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        images = folder / "images"
        images.mkdir()
        for number, (name, (width, height)) in enumerate(SIZES.items()):
            pixels = np.full((height, width, 3), 40 * number + 10, np.uint8)
            PIL.Image.fromarray(pixels).save(images / name)
        self.store = Store.create(folder / "study", name="study", scheme=load_scheme("nice"))
        import_images(self.store, images)
        by_size = {each.size_px: each.id for each in self.store.images()}
        self.ids = {name: by_size[size] for name, size in SIZES.items()}

    def write(self, name: str, text: str | bytes) -> Path:
        path = self.folder / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def take(self, name: str, text: str | bytes, kind: str, **options: Any) -> GazeImport:
        """Write a file and import it."""
        path = self.write(name, text)
        return import_gaze(self.store, [path], kind, ImportOptions(**{"reader": "A", **options}))

    def readings(self) -> list[Reading]:
        return self.store.readings()

    def prepared(self) -> list[PreparedReading]:
        """All readings as they enter a data set."""
        sessions = {each.id: each for each in self.store.sessions()}
        sizes = {each.id: each.size_px for each in self.store.images()}
        return [
            prepare_reading(self.store, sessions[each.session], each, sizes[each.image], "ivt", LIMITS)
            for each in self.store.readings()
        ]

    @property
    def imported(self) -> SimpleNamespace:
        """What is marked of the last session."""
        found = self.store.sessions()[-1].imported
        return SimpleNamespace(missing=set(found.missing), nominal=set(found.nominal), format=found.format)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    yield made
    made.store.close()


@pytest.fixture
def make_bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], Bench]]:
    made: list[Bench] = []

    def make() -> Bench:
        made.append(Bench(tmp_path_factory.mktemp("bench")))
        return made[-1]

    yield make
    for each in made:
        each.store.close()
