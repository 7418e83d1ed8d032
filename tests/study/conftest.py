from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import settings

from gazeannotator.geometry import Placement, Screen
from gazeannotator.samples import GazeChunk
from gazeannotator.study.model import GazeStream, Image, Session
from gazeannotator.study.scheme import load_scheme
from gazeannotator.study.store import Store

# A busy machine is no failure: examples are counted, not timed.
settings.register_profile("study", deadline=None)
settings.load_profile("study")

SCREEN = Screen(1920, 1080, 527, 296, 650)
PLACEMENT = Placement(420, 0, 1080, 1080)


def make_session(reader: str = "A", *, started_s: float = 0.0, simulated: bool = False) -> Session:
    stream = GazeStream("eye", "eye:1", 60.0, "simulated")
    utc = "2026-01-02T03:04:05.000+00:00"
    return Session(str(uuid.uuid4()), reader, utc, started_s, "test", SCREEN, stream, simulated)


def make_chunk(time_s: object, *, lost: object = ()) -> GazeChunk:
    """Samples at the centre of the screen, at these times; `lost` are indices without eyes."""
    time_s = np.asarray(time_s, float)
    n = len(time_s)
    eyes = np.full((n, 2), 0.5)
    eyes[list(lost)] = np.nan
    return GazeChunk(
        time_s,
        eyes,
        eyes.copy(),
        np.full((n, 2), 3.0),
        np.full(n, 650.0),
        np.arange(n, dtype=float),
        np.full((n, 2, 3), np.nan),
    )


def make_image(number: int, patient: str | None = None, truth: int = -1) -> Image:
    return Image(f"{number:064x}", patient, truth, (64, 48), (f"{number:064d}",))


@pytest.fixture
def make() -> SimpleNamespace:
    """Makers of what goes into a store."""
    return SimpleNamespace(
        session=make_session, chunk=make_chunk, image=make_image, screen=SCREEN, placement=PLACEMENT
    )


@pytest.fixture
def new_store(tmp_path: Path) -> Iterator[Callable[..., Store]]:
    """Make stores that are closed at the end; several images, readers A and B."""
    stores: list[Store] = []

    def build(name: str = "study", images: int = 5, **options: object) -> Store:
        store = Store.create(tmp_path / name, name=name, scheme=load_scheme("nice"), **options)
        stores.append(store)
        store.add_images([make_image(number) for number in range(images)])
        store.add_reader("A")
        store.add_reader("B")
        return store

    yield build
    for store in stores:
        store.close()


@pytest.fixture
def store(new_store: Callable[..., Store]) -> Store:
    return new_store()
