"""Does gaze keep a network off a shortcut? Prints test accuracy without gaze and with the default loss.

The generated images show a faint grating whose direction is the class, where a reader looks, and a
coloured mark in a corner that tells the class too, but only in the training and validation images:
in the test images the mark is that of a random class. A network that learns the mark fails.

    python benchmarks/spurious_cue.py [--arms none,default,default-shuffled,default@25,reference]
        [--seeds 3] [--gaze clean|wandering] [--epochs 12]
"""

from __future__ import annotations

import argparse
import copy
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gazeannotator.dataset.writer import DatasetWriter, writing

CLASSES = ("Type 1", "Type 2", "Type 3")
MARK_COLOURS = np.array([[220, 60, 60], [60, 200, 80], [70, 90, 230]], np.float64)


@dataclass(frozen=True)
class Shortcut:
    """What to generate.

    Attributes
    ----------
    size : int
        Side of the images, px.
    train, validation, test : int
        Numbers of images.
    wandering : bool
        False: one fixation, on the grating. True: ten, half of them elsewhere, the mark included.
    contrast : float
        Amplitude of the grating, grey levels.
    """

    size: int = 96
    train: int = 210
    validation: int = 60
    test: int = 150
    wandering: bool = False
    contrast: float = 28.0
    seed: int = 0


def write_dataset(path: Path, wish: Shortcut) -> Path:
    """Generate a data set; three images make a patient."""
    random = np.random.default_rng(wish.seed)
    splits = np.repeat([0, 1, 2], [wish.train, wish.validation, wish.test])
    labels = random.permutation(np.arange(len(splits)) % len(CLASSES))
    with writing(path, wish.size) as file:
        for index, (split, label) in enumerate(zip(splits, labels, strict=True)):
            mark = int(random.integers(len(CLASSES))) if split == 2 else int(label)
            pixels, place = draw_image(int(label), mark, wish, random)
            fixations = look(place, wish, random)
            columns = {
                "id": f"{index:064x}",
                "patient": f"{index // 3:012x}",
                "size_px": (wish.size, wish.size),
                "to_grid": (1.0, 0.0, 0.0),
                "truth": label,
                "label": label,
                "split": split,
            }
            file.write_image(pixels, gaze_map(fixations, wish.size), columns)
            write_reading(file, index, int(label), fixations, wish.size)
        scheme = {
            "name": "shortcut",
            "classes": [{"key": str(i + 1), "name": n} for i, n in enumerate(CLASSES)],
        }
        attributes = {"study": "spurious cue", "scheme": scheme, "build": {}, "readers": [{"code": "SIM"}]}
        file.finish({}, {**attributes, "patients_known": True, "simulated": True})
    return path


def draw_image(
    label: int, mark: int, wish: Shortcut, random: np.random.Generator
) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
    """Draw an image (size, size, 3); returned with the centre x, y of its grating, px."""
    size = wish.size
    ground = np.array([150.0, 110.0, 100.0]) + random.normal(0, 8, 3)
    coarse = random.normal(0, 12, (size // 8 + 2, size // 8 + 2))
    pixels = (
        ground + np.kron(coarse, np.ones((8, 8)))[:size, :size, None] + random.normal(0, 6, (size, size, 3))
    )
    radius = size * 0.16
    place = random.uniform(radius + 4, size - radius - 4, 2)
    y, x = np.mgrid[:size, :size] + 0.5
    angle = np.pi * label / len(CLASSES)
    wave = np.sin((x * np.cos(angle) + y * np.sin(angle)) * 2 * np.pi / 6 + random.uniform(0, 2 * np.pi))
    inside = np.exp(-0.5 * (np.hypot(x - place[0], y - place[1]) / (radius * 0.6)) ** 2)
    pixels += (wish.contrast * wave * inside)[..., None]
    pixels[: size // 10, : size // 4] = MARK_COLOURS[mark] + random.normal(0, 6, 3)
    return pixels.clip(0, 255).astype(np.uint8), place


def look(place: NDArray[np.float64], wish: Shortcut, random: np.random.Generator) -> NDArray[np.float64]:
    """Fixations x, y in px, shape (k, 2)."""
    if not wish.wandering:
        return place[None] + random.normal(0, 1, (1, 2))
    on_cue = place + random.normal(0, wish.size * 0.05, (5, 2))
    elsewhere = random.uniform(0, wish.size, (4, 2))
    on_mark = np.array([[wish.size / 8, wish.size / 20]])
    return np.concatenate([on_cue, elsewhere, on_mark]).clip(0, wish.size - 1)


def gaze_map(fixations: NDArray[np.float64], size: int) -> NDArray[np.float64]:
    """Sum of Gaussians at the fixations, maximum 1."""
    sigma = size / 14
    across = np.exp(-0.5 * ((np.arange(size) + 0.5 - fixations[:, :1]) / sigma) ** 2)
    down = np.exp(-0.5 * ((np.arange(size) + 0.5 - fixations[:, 1:]) / sigma) ** 2)
    heat = down.T @ across
    return np.asarray(heat / heat.max())


def write_reading(
    file: DatasetWriter, image: int, label: int, fixations: NDArray[np.float64], size: int
) -> None:
    """Write one reading with these fixations of 0.3 s each, and no samples."""
    count = len(fixations)
    gaze = {"t_s": [], "xy_px": [], "left_px": [], "right_px": [], "pupil_mm": []}
    table = {
        "onset_s": np.arange(count) * 0.35,
        "duration_s": np.full(count, 0.3),
        "xy_px": fixations.astype(np.float32),
        "samples": np.full(count, 36),
    }
    text = {"id": f"{image:032x}", "reader": "SIM", "session": "generated", "source": "simulated"}
    text |= {"exclusion": "", "onset_method": "imported", "session_utc": "2025-01-01T00:00:00+00:00"}
    numbers = {
        "image": image,
        "label": label,
        "confidence": 2,
        "flagged": False,
        "valid": True,
        "onset_s": 10.0 * image,
    }
    numbers |= {
        "duration_s": 0.35 * count,
        "response_s": 0.35 * count,
        "onset_correction_s": 0.0,
        "rate_hz": 120.0,
    }
    numbers |= {"accuracy_deg": 0.5, "precision_rms_deg": 0.1, "data_loss": 0.0, "distance_mm": 650.0}
    shapes = {
        "screen_px": (1920, 1080),
        "screen_mm": (527, 296),
        "placement": (0, 0, size, size),
        "px_per_deg": 20.0,
    }
    file.write_reading(gaze, table, {**text, **numbers, **shapes})


def test_curve(data: Path, run: Path, arm: str, **options: Any) -> list[float]:  # noqa: ANN401
    """Train one arm, and return the accuracy on the test images after each epoch.

    Parameters
    ----------
    data, run : Path
    arm : str
        As `gazemodel compare` names it; with ``@25`` so many per cent of the images have gaze.
    options
        Of the training.
    """
    from gazemodel import train
    from gazemodel.arms import parse_arms
    from gazemodel.arrangement import Arrangement
    from gazemodel.config import make_config
    from gazemodel.data import ImageSet
    from gazemodel.inference import ask

    name, _, share = arm.partition("@")
    kind = parse_arms(f"{name},{'mse' if name == 'none' else 'none'}")[0]
    arrangement = Arrangement(
        draw=options["seed"], gaze_share=float(share or 100) / 100, shuffled=kind.shuffled
    )
    config = make_config(attention_loss=kind.loss, **options)
    opened, facts, network = train.prepare(data, run, config, arrangement)
    rows = facts.rows("test")
    images = ImageSet(facts, rows, config.size, keep_aspect=True, gaze=False)
    curve: list[float] = []

    def judge(event: str, **_: Any) -> None:  # noqa: ANN401
        if event == "epoch":
            # A copy: asking switches a network to evaluation.
            answers = ask(copy.deepcopy(network), images, loss_name="none", batch=50)
            curve.append(float((answers.logits.argmax(1) == facts.target[rows]).mean()))

    train.fit(opened, facts, network, report=judge, stop=lambda: False)
    images.close()
    return curve


def main() -> None:
    """Train all arms on the same generated images and print their test accuracies."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--arms", default="none,default")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--gaze", choices=("clean", "wandering"), default="clean")
    parser.add_argument("--epochs", type=int, default=12)
    parser.add_argument("--size", type=int, default=96)
    parser.add_argument("--weight", type=float, default=1.0)
    given = parser.parse_args()
    arms = given.arms.split(",")
    curves: dict[str, list[list[float]]] = {arm: [] for arm in arms}
    for seed in range(given.seeds):
        with tempfile.TemporaryDirectory() as folder:
            wish = Shortcut(size=given.size, wandering=given.gaze == "wandering", seed=seed)
            data = write_dataset(Path(folder) / "data.h5", wish)
            for arm in arms:
                curve = test_curve(
                    data,
                    Path(folder) / arm,
                    arm,
                    attention_weight=given.weight,
                    size=given.size,
                    epochs=given.epochs,
                    batch=24,
                    lr=5e-4,
                    seed=seed,
                    patience=0,
                    augmentation="none",
                )
                curves[arm].append(curve)
                print(f"seed {seed}  {arm:<18} last epoch {curve[-1]:.3f}", flush=True)
    told = [epoch for epoch in (1, 3, 5, 10, 15, 20, 25, 30) if epoch < given.epochs] + [given.epochs]
    print(f"\n{given.gaze} gaze, {given.size} px, {given.seeds} seeds: mean test accuracy after epoch")
    print(f"{'arm':<18}" + "".join(f"{epoch:>7}" for epoch in told) + "   0.90 or more from epoch")
    for arm in arms:
        mean = np.mean(curves[arm], axis=0)
        cells = "".join(f"{mean[epoch - 1]:>7.2f}" for epoch in told)
        below = np.flatnonzero(mean < 0.9)
        stays = 1 if not len(below) else below[-1] + 2
        print(f"{arm:<18}{cells}   {stays if stays <= given.epochs else 'none'}")


if __name__ == "__main__":
    main()
