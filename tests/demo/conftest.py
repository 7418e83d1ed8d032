"""A folder of generated images, made once."""

from __future__ import annotations

from pathlib import Path

import pytest

from gazeannotator.demo.sample_images import write_sample_images


@pytest.fixture(scope="package")
def sample_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("samples")
    write_sample_images(folder, images=4, patients=2, seed=3)
    return folder
