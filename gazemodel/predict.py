"""Asks a trained network about image files: probabilities as CSV, attention as pictures."""

from __future__ import annotations

import csv
import io
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import PIL.Image
import PIL.ImageOps
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import Dataset

from gazeannotator.errors import BadInput, StorageError
from gazemodel.config import TrainConfig
from gazemodel.data import to_input
from gazemodel.inference import ask, cam_at
from gazemodel.run import Run, load_network, replace_file, write_text

MAX_PIXELS = 64_000_000
FORMATS = ("PNG", "JPEG", "TIFF", "BMP")
"""Those of which data sets are made; Pillow would hand others to programs such as Ghostscript."""
Pixels = NDArray[np.uint8]


@dataclass(frozen=True)
class Prediction:
    """What the network says of one file."""

    image: Path
    predicted: str
    probabilities: dict[str, float]
    overlay: Path


def predict(
    run: Run,
    files: list[Path],
    out: Path,
    tell: Callable[[int, int, str], None] = lambda *_: None,
    also: Sequence[Run] = (),
) -> list[Prediction]:
    """Classify image files, and write ``probabilities.csv`` and an attention overlay for each.

    Parameters
    ----------
    run : Run
    files : list of Path
        All are read before anything is written.
    out : Path
        A folder, made where it is missing.
    tell : callable
        Told (done, total, what).
    also : sequence of Run
        Further networks, such as those of the other folds: probabilities and attention are means of all.

    Raises
    ------
    BadInput
        Where a file is no picture that can be read, or the runs have other classes; it is named.
    StorageError
        Where the results cannot be written.
    """
    runs = (run, *also)
    for each in also:
        if each.classes != run.classes:
            raise BadInput(
                f"{each.folder} has the classes {', '.join(each.classes)}, "
                f"{run.folder} {', '.join(run.classes)}.",
                "Ask only networks of the same classes together.",
            )
    for file in files:  # refuse a wrong file before long work
        _open(file).close()
    asked = [_asked(each, files, tell) for each in runs]
    probabilities = np.mean([each for each, _ in asked], axis=0)
    try:
        out.mkdir(parents=True, exist_ok=True)
        found = []
        for index, (file, name) in enumerate(zip(files, _names(files), strict=True)):
            pixels = read_pixels(file)
            maps = [
                on_picture(cams[index], pixels.shape[:2], each.config)
                for each, (_, cams) in zip(runs, asked, strict=True)
            ]
            picture = lay_over(pixels, np.mean(maps, axis=0))
            replace_file(out / name, lambda new, content=picture: _save_png(content, new))  # type: ignore[misc]
            said = dict(zip(run.classes, probabilities[index].tolist(), strict=True))
            found.append(Prediction(file, max(said, key=lambda each: said[each]), said, out / name))
        write_text(out / "probabilities.csv", _table(found, run.classes))
    except OSError as error:
        raise StorageError(f"The results cannot be written to {out}: {error.strerror}.") from None
    return found


def _asked(
    run: Run, files: list[Path], tell: Callable[[int, int, str], None]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Calibrated probabilities (n, classes) and CAMs (n, h, w) of one network."""
    images = _Files(files, run.config.size, run.data["grid_px"], keep_aspect=run.config.keep_aspect)
    network = load_network(run)
    answers = ask(
        network,
        images,
        loss_name=run.config.loss_name,
        batch=min(run.config.batch, 16),
        tell=lambda done: tell(done, len(files), "Classifying images"),
    )
    return answers.probabilities(float(network.temperature)), answers.cams


def read_pixels(file: Path) -> Pixels:
    """Read a picture as RGB as a study does: EXIF rotation applied, over black, 16-bit reduced to 8.

    Raises
    ------
    BadInput
        Where it is missing, not a picture, damaged or larger than `MAX_PIXELS`.
    """
    try:
        with _open(file) as image:
            turned = PIL.ImageOps.exif_transpose(image)
            if turned.mode.startswith("I"):
                deep = np.asarray(turned, np.float64)
                return np.repeat((deep / 257).clip(0, 255).round().astype(np.uint8)[..., None], 3, axis=2)
            if turned.has_transparency_data:
                black = PIL.Image.new("RGBA", turned.size, "black")
                turned = PIL.Image.alpha_composite(black, turned.convert("RGBA"))
            return np.array(turned.convert("RGB"))
    except (OSError, ValueError, SyntaxError):
        raise BadInput(f"{file} is damaged: its pixels cannot be read.", "Copy it again.") from None


def overlay(pixels: Pixels, cam: NDArray[np.float64], config: TrainConfig) -> Pixels:
    """Lay one network's attention over a picture, see `on_picture` and `lay_over`."""
    return lay_over(pixels, on_picture(cam, pixels.shape[:2], config))


def on_picture(cam: NDArray[np.float64], shape: tuple[int, ...], config: TrainConfig) -> NDArray[np.float64]:
    """Bring a CAM to a picture's size, divided by its maximum.

    Parameters
    ----------
    cam : ndarray, shape (a, b)
        Over the network's square input.
    shape : tuple of int
        Height and width of the picture.
    config : TrainConfig
        Tells whether that input held the picture centred or stretched, and which CAM it is.
    """
    height, width = shape
    if config.keep_aspect:
        side = max(height, width)
        x0, y0 = (side - width) // 2, (side - height) // 2
        attention = cam_at(cam, (side, side), config.loss_name)[y0 : y0 + height, x0 : x0 + width]
    else:
        attention = cam_at(cam, (height, width), config.loss_name)
    return attention / max(float(attention.max()), 1e-12)


def lay_over(pixels: Pixels, attention: NDArray[np.float64]) -> Pixels:
    """Lay attention (0..1) over a picture: where a network looked stays bright and turns warm."""
    # OpenCV's pictures are BGR; the map itself comes so too.
    colours = cv2.applyColorMap((attention * 255).astype(np.uint8), cv2.COLORMAP_INFERNO)[..., ::-1]
    share = (0.6 * attention)[..., None]
    return np.asarray((pixels * (1 - share) + colours * share).round(), np.uint8)


class _Files(Dataset[dict[str, Tensor]]):
    """Picture files at the network's input size, by way of the grid of the data set that it learnt from.

    Straight to the input size they would be sharper or smoother than what the network knows.
    """

    def __init__(self, files: list[Path], size: int, grid_px: int, *, keep_aspect: bool) -> None:
        self._files, self._size, self._grid_px, self._keep_aspect = files, size, grid_px, keep_aspect

    def __len__(self) -> int:
        return len(self._files)

    def __getitem__(self, index: int) -> dict[str, Tensor]:
        grid, content = on_grid(read_pixels(self._files[index]), self._grid_px)
        pixels = to_input(grid, content, self._size, keep_aspect=self._keep_aspect)
        return {"image": torch.from_numpy(np.ascontiguousarray(pixels.transpose(2, 0, 1)))}


def on_grid(pixels: Pixels, grid_px: int) -> tuple[Pixels, NDArray[np.int64]]:
    """Scale a picture to fit a square, centred on black, as data sets are built.

    Returns
    -------
    grid : ndarray of uint8, shape (grid_px, grid_px, 3)
    content : ndarray of int, shape (4,)
        x0, y0, width, height of the picture within it.
    """
    height, width = pixels.shape[:2]
    scale = grid_px / max(height, width)
    inner = max(1, round(width * scale)), max(1, round(height * scale))
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    x0, y0 = (grid_px - inner[0]) // 2, (grid_px - inner[1]) // 2
    grid = np.zeros((grid_px, grid_px, 3), np.uint8)
    grid[y0 : y0 + inner[1], x0 : x0 + inner[0]] = cv2.resize(pixels, inner, interpolation=way)
    return grid, np.array([x0, y0, *inner])


def _open(file: Path) -> Any:  # noqa: ANN401
    if not file.is_file():
        raise BadInput(f"There is no image {file}.", "Check the name.")
    try:
        with warnings.catch_warnings():
            # Pillow only warns of large pictures; they are refused below, before any pixel is decoded.
            warnings.simplefilter("ignore", PIL.Image.DecompressionBombWarning)
            image = PIL.Image.open(file, formats=FORMATS)
    except PIL.UnidentifiedImageError:
        raise BadInput(
            f"{file} is not a picture that can be read.", "Give PNG, JPEG, TIFF or BMP files."
        ) from None
    except PIL.Image.DecompressionBombError:
        raise BadInput(f"{file} is too large to be read safely.", "Make it smaller.") from None
    except OSError as error:
        raise BadInput(f"{file} cannot be read: {error.strerror or error}.", "Copy it again.") from None
    if image.width * image.height > MAX_PIXELS:
        image.close()
        raise BadInput(
            f"{file} has {image.width} × {image.height} px; at most {MAX_PIXELS // 10**6} million are read.",
            "Make it smaller.",
        )
    return image


def _names(files: list[Path]) -> list[str]:
    """Name each overlay; files of the same name in different folders are numbered."""
    names: list[str] = []
    for file in files:
        name, count = f"{file.stem}_attention.png", 2
        while name in names:
            name, count = f"{file.stem}_{count}_attention.png", count + 1
        names.append(name)
    return names


def _save_png(pixels: Pixels, path: Path) -> None:
    PIL.Image.fromarray(pixels).save(path, format="PNG")


def _table(predictions: list[Prediction], classes: tuple[str, ...]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["image", "predicted", *(f"p({name})" for name in classes), "overlay"])
    for each in predictions:
        shares = [f"{each.probabilities[name]:.6f}" for name in classes]
        writer.writerow([str(each.image), each.predicted, *shares, each.overlay.name])
    return text.getvalue()
