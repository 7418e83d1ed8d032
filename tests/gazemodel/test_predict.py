from __future__ import annotations

import csv
from pathlib import Path

import h5py
import numpy as np
import PIL.Image
import pytest

from gazeannotator.dataset.grid import pixels_on_grid
from gazeannotator.errors import BadInput
from gazeannotator.geometry import fit_grid
from gazeannotator.study.images import decode
from gazemodel.config import make_config
from gazemodel.data import to_input
from gazemodel.predict import _Files, overlay, predict, read_pixels
from gazemodel.run import open_run


def test_image_files_get_the_answers_of_the_same_images_in_the_data_set(
    small_data: Path, trained: Path, tmp_path: Path
) -> None:
    with h5py.File(small_data) as file:
        pixels = file["images/pixels"][24:26]
        ids = file["images/id"].asstr()[24:26]
    files = []
    for index, folder in enumerate(("a", "b")):  # the same name in two folders
        (tmp_path / folder).mkdir()
        files.append(tmp_path / folder / "polyp.png")
        PIL.Image.fromarray(pixels[index]).save(files[-1])
    found = predict(open_run(trained), files, tmp_path / "out")
    with open(trained / "predictions.csv", encoding="utf-8") as file:
        expected = {row["image"]: row for row in csv.DictReader(file)}
    with open(tmp_path / "out" / "probabilities.csv", encoding="utf-8") as file:
        written = list(csv.DictReader(file))
    for index in range(2):
        row = expected[ids[index]]
        assert found[index].predicted == row["predicted"] == written[index]["predicted"]
        for name, share in found[index].probabilities.items():
            assert share == pytest.approx(float(row[f"p({name})"]), abs=1e-5)
            assert float(written[index][f"p({name})"]) == pytest.approx(share, abs=1e-5)
    assert [each.overlay.name for each in found] == ["polyp_attention.png", "polyp_2_attention.png"]
    assert np.asarray(PIL.Image.open(found[0].overlay)).shape == pixels[0].shape


@pytest.mark.parametrize(("keep_aspect", "expected"), [(True, (10, 30)), (False, (10, 10))])
def test_the_overlay_is_warm_where_the_network_looked(keep_aspect: bool, expected: tuple[int, int]) -> None:
    pixels = np.full((40, 80, 3), 60, np.uint8)
    cam = np.zeros((8, 8))
    cam[3 if keep_aspect else 2, 3 if keep_aspect else 1] = (
        1  # cells of 10 px (kept), or 10 × 5 px (stretched)
    )
    config = make_config().model_copy(update={"keep_aspect": keep_aspect})
    change = np.abs(overlay(pixels, cam, config).astype(int) - 60).sum(2)
    row, column = np.unravel_index(change.argmax(), change.shape)
    if keep_aspect:
        assert (row, column) == pytest.approx((15, 35), abs=5)
    else:
        assert (row, column) == pytest.approx((12, 15), abs=6)
    assert change[:, 60:].max() == 0


def test_pictures_of_all_kinds_are_read_as_rgb(tmp_path: Path) -> None:
    deep = (np.linspace(0, 65535, 64).reshape(8, 8)).astype(np.uint16)
    PIL.Image.fromarray(deep).save(tmp_path / "deep.png")
    np.testing.assert_allclose(read_pixels(tmp_path / "deep.png")[..., 1], deep / 257, atol=1)
    turned = PIL.Image.new("RGB", (10, 4))
    exif = turned.getexif()
    exif[0x0112] = 6
    turned.save(tmp_path / "turned.jpg", exif=exif)
    assert read_pixels(tmp_path / "turned.jpg").shape == (10, 4, 3)
    PIL.Image.new("LA", (3, 5)).save(tmp_path / "grey.png")
    assert read_pixels(tmp_path / "grey.png").shape == (5, 3, 3)


@pytest.mark.parametrize("keep_aspect", [True, False])
@pytest.mark.parametrize("size_px", [(300, 200), (40, 50)])
def test_a_file_looks_to_the_network_as_in_a_data_set(
    tmp_path: Path, size_px: tuple[int, int], keep_aspect: bool
) -> None:
    rng = np.random.default_rng(0)
    noise = rng.integers(0, 255, (size_px[1], size_px[0], 4), dtype=np.uint8)
    PIL.Image.fromarray(noise).save(tmp_path / "noise.png")
    # As a data set is built: the app's own modules, which the trainer does not know.
    decoded = decode((tmp_path / "noise.png").read_bytes(), "noise.png").pixels
    grid = fit_grid(size_px, 128)
    content = np.array([grid.dx_px, grid.dy_px, grid.width_px, grid.height_px])
    expected = to_input(pixels_on_grid(decoded, grid, 128), content, 64, keep_aspect=keep_aspect)
    given = _Files([tmp_path / "noise.png"], 64, 128, keep_aspect=keep_aspect)[0]["image"]
    difference = given.numpy().transpose(1, 2, 0).astype(int) - expected
    assert np.abs(difference).max() <= 1


def test_files_that_cannot_be_read_are_refused_by_name_before_anything_is_written(
    trained: Path, tmp_path: Path
) -> None:
    good = tmp_path / "good.png"
    noise = np.random.default_rng(0).integers(0, 255, (20, 20, 3), dtype=np.uint8)
    PIL.Image.fromarray(noise).save(good)
    (tmp_path / "text.png").write_text("not a picture", encoding="utf-8")
    (tmp_path / "cut.png").write_bytes(good.read_bytes()[:600])
    PIL.Image.fromarray(noise).save(tmp_path / "drawing.eps")  # would be run as a program
    with open(tmp_path / "bomb.png", "wb") as file:
        PIL.Image.new("1", (10_000, 10_000)).save(file)
    cases = {
        "text.png": "text.png is not a picture",
        "drawing.eps": "drawing.eps is not a picture",
        "cut.png": "cut.png is damaged",
        "no.png": "There is no image",
        "bomb.png": "million",
    }
    for name, words in cases.items():
        with pytest.raises(BadInput, match=words):
            predict(open_run(trained), [good, tmp_path / name], tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_several_networks_are_asked_together(small_data: Path, trained: Path, tmp_path: Path) -> None:
    from typer.testing import CliRunner

    from gazemodel.cli import app

    second = tmp_path / "second"
    options = ["--recipe", "quick", "--size", "64", "--epochs", "1", "--batch", "6", "--seed", "1"]
    result = CliRunner().invoke(app, ["train", str(small_data), "-o", str(second), *options])
    assert result.exit_code == 0, result.output
    with h5py.File(small_data) as file:
        PIL.Image.fromarray(file["images/pixels"][25]).save(tmp_path / "a.png")
    images = [tmp_path / "a.png"]
    one, two = (
        predict(open_run(run), images, tmp_path / run.name)[0].probabilities for run in (trained, second)
    )
    both = predict(open_run(trained), images, tmp_path / "both", also=[open_run(second)])[0]
    for name, share in both.probabilities.items():
        assert share == pytest.approx((one[name] + two[name]) / 2)
    arguments = ["predict", str(trained), str(images[0]), "-o", str(tmp_path / "c"), "--with", str(second)]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    assert (tmp_path / "c" / "a_attention.png").read_bytes() == both.overlay.read_bytes()


def test_networks_of_other_classes_are_not_asked_together(trained: Path, tmp_path: Path) -> None:
    from dataclasses import replace

    run = open_run(trained)
    PIL.Image.new("RGB", (48, 48)).save(tmp_path / "a.png")
    with pytest.raises(BadInput, match="has the classes a, b"):
        predict(run, [tmp_path / "a.png"], tmp_path / "out", also=[replace(run, classes=("a", "b"))])
    assert not (tmp_path / "out").exists()
