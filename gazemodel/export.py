"""Writes a trained network as ONNX, and keeps the file only if it answers as the network does."""

from __future__ import annotations

import importlib.metadata
import json
import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from gazeannotator.errors import BadInput, StorageError
from gazemodel.attention import class_activation_map
from gazemodel.config import AttentionLossName
from gazemodel.network import GazeNetwork
from gazemodel.run import Run, load_network, replace_file

TOLERANCE = 1e-4
"""Largest difference of a probability, or of a CAM over its maximum, from the network's own."""

_TRIED = 8


class _Deployed(nn.Module):
    """What the file computes: calibrated probabilities, and the CAM of the most probable class."""

    def __init__(self, network: GazeNetwork, kind: AttentionLossName) -> None:
        super().__init__()
        self.network, self.kind = network, kind

    def forward(self, image: Tensor) -> tuple[Tensor, Tensor]:
        output = self.network(image)
        probabilities = torch.softmax(output.logits / self.network.temperature, dim=1)
        predicted = output.logits.argmax(1)
        weight = self.network.classifier.weight
        return probabilities, class_activation_map(output.features, weight, predicted, self.kind)


def export_onnx(run: Run, target: Path) -> float:
    """Write a run's best weights as ONNX.

    The file takes ``image``, float32 (n, 3, size, size), RGB in 0..1 on the network's square input, and gives
    ``probabilities`` (n, classes), calibrated, and ``cam`` (n, h, w) of the most probable class, ≥ 0. Its
    metadata name classes, size, and how an image is to be brought to that size.

    Parameters
    ----------
    run : Run
    target : Path
        Replaced when the new file has been verified.

    Returns
    -------
    float
        Largest difference from the network's own answers on the images tried, as `TOLERANCE` measures it.

    Raises
    ------
    BadInput
        Where a package is missing, the run has no weights, or the file answers otherwise than the network.
    StorageError
        Where it cannot be written.
    """
    onnx, runtime = _packages()
    network = _Deployed(load_network(run), run.config.loss_name).eval()
    size = run.architecture.size
    example = torch.rand(2, 3, size, size, generator=torch.Generator().manual_seed(0))
    with _quiet():
        program = torch.onnx.export(
            network,
            (example,),
            input_names=["image"],
            output_names=["probabilities", "cam"],
            dynamic_shapes=({0: torch.export.Dim("n", min=1, max=65536)},),
            dynamo=True,
            verbose=False,
        )
    model = program.model_proto  # type: ignore[union-attr]
    onnx.helper.set_model_props(model, _properties(run))
    onnx.checker.check_model(model)
    content = model.SerializeToString()
    found = _largest_difference(network, runtime, content, size)
    if not found <= TOLERANCE:
        raise BadInput(
            f"The ONNX file would answer otherwise than the network (by {found:.2g}), so it was not kept.",
            "Use the RUN folder itself, and report this: it should not happen.",
        )
    try:
        replace_file(target, lambda new: new.write_bytes(content))
    except OSError as error:
        raise StorageError(
            f"{target} cannot be written: {error.strerror}.", "Choose another place."
        ) from None
    return found


def _packages() -> tuple[Any, Any]:
    try:
        import onnx
        import onnxruntime
        import onnxscript  # noqa: F401 - torch needs it
    except ImportError as error:
        raise BadInput(
            f"To write ONNX the package {error.name} is needed.", "pip install 'gazeannotator[onnx]'"
        ) from None
    return onnx, onnxruntime


def _properties(run: Run) -> dict[str, str]:
    config = run.config
    return {
        "classes": json.dumps(list(run.classes), ensure_ascii=False),
        "size_px": str(run.architecture.size),
        "keep_aspect": str(config.keep_aspect).lower(),
        "preparation": (
            "RGB in 0..1; scaled to fit the square, centred on black"
            if config.keep_aspect
            else "RGB in 0..1; stretched to the square (bicubic)"
        ),
        "cam": "reference" if config.loss_name == "reference" else "relu of weighted features",
        "data_fingerprint": str(run.data["fingerprint"]),
        "simulated_gaze": str(run.data["simulated"]).lower(),
        "use": "research only, not for clinical use",
        "software": f"gazeannotator {importlib.metadata.version('gazeannotator')}",
    }


def _largest_difference(network: nn.Module, runtime: Any, content: bytes, size: int) -> float:  # noqa: ANN401
    session = runtime.InferenceSession(content, providers=["CPUExecutionProvider"])
    generator = torch.Generator().manual_seed(1)
    worst = 0.0
    # Noise of other fineness and brightness each time, one image alone, and several at once.
    for number in range(_TRIED):
        coarse = torch.rand(1 + number % 3, 3, 2 + 3 * number, 2 + 3 * number, generator=generator)
        image = nn.functional.interpolate(coarse, size=(size, size), mode="bilinear")
        image = image * (1 + number) / _TRIED
        with torch.inference_mode():
            own = [each.numpy() for each in network(image)]
        told = session.run(None, {"image": image.numpy()})
        if [each.shape for each in told] != [each.shape for each in own]:
            return float("inf")
        scale = max(float(own[1].max()), 1e-6)
        differences = [np.abs(told[0] - own[0]).max(), np.abs(told[1] - own[1]).max() / scale]
        worst = max(worst, *(float(each) for each in differences))
    return worst


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep the exporter's remarks on packages that are not needed off the terminal."""
    logger = logging.getLogger("torch.onnx")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)
