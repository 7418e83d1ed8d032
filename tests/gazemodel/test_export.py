from __future__ import annotations

import csv
import json
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from gazeannotator.errors import BadInput
from gazemodel import export
from gazemodel.cli import app
from gazemodel.data import ImageSet, read_facts
from gazemodel.export import export_onnx
from gazemodel.run import open_run

pytest.importorskip("onnxscript", reason="the packages of the extra 'onnx' are not installed")


def test_the_file_answers_as_the_run_did(small_data: Path, trained: Path, tmp_path: Path) -> None:
    import onnxruntime

    target = tmp_path / "model.onnx"
    result = CliRunner().invoke(app, ["export", str(trained), "-o", str(target)])
    assert result.exit_code == 0, result.output
    assert "answers as the network does" in result.output
    session = onnxruntime.InferenceSession(target, providers=["CPUExecutionProvider"])
    facts = read_facts(small_data)
    rows = facts.rows("test")
    images = ImageSet(facts, rows, 48, keep_aspect=True, gaze=False)
    batch = np.stack([images[each]["image"].numpy() for each in range(len(rows))]).astype(np.float32) / 255
    images.close()
    probabilities, cam = session.run(None, {"image": batch})
    with (trained / "predictions.csv").open(encoding="utf-8") as file:
        told = {row["image"]: row for row in csv.DictReader(file)}
    expected = [[float(told[facts.ids[row]][f"p({name})"]) for name in facts.classes] for row in rows]
    np.testing.assert_allclose(probabilities, expected, atol=1e-5)
    assert cam.shape == (len(rows), 6, 6)
    assert cam.min() >= 0
    properties = session.get_modelmeta().custom_metadata_map
    assert json.loads(properties["classes"]) == list(facts.classes)
    assert "not for clinical use" in properties["use"]


def test_a_file_that_answers_otherwise_is_not_kept(
    trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "model.onnx"
    target.write_bytes(b"an earlier one")
    monkeypatch.setattr(export, "_largest_difference", lambda *_: 0.01)
    with pytest.raises(BadInput, match="not kept"):
        export_onnx(open_run(trained), target)
    assert target.read_bytes() == b"an earlier one"
    assert [each.name for each in tmp_path.iterdir()] == ["model.onnx"]


def test_a_wrong_file_is_noticed(trained: Path, tmp_path: Path) -> None:
    """The comparison itself: the file of other weights differs from the network."""
    import onnxruntime
    import torch

    from gazemodel.run import load_network

    target = tmp_path / "model.onnx"
    export_onnx(open_run(trained), target)
    network = load_network(open_run(trained))
    with torch.no_grad():
        network.classifier.bias += torch.tensor([0.1, 0.0, -0.1])
    changed = export._Deployed(network, "area").eval()
    assert export._largest_difference(changed, onnxruntime, target.read_bytes(), 48) > export.TOLERANCE


def test_without_the_packages_it_says_what_to_install(
    trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(BadInput, match="onnxruntime") as raised:
        export_onnx(open_run(trained), tmp_path / "model.onnx")
    assert "pip install 'gazeannotator[onnx]'" in raised.value.hint


def test_a_run_without_weights_and_a_place_that_is_none(trained: Path, tmp_path: Path) -> None:
    copy = tmp_path / "run"
    shutil.copytree(trained, copy)
    result = CliRunner().invoke(app, ["export", str(copy), "-o", str(tmp_path / "none" / "model.onnx")])
    assert result.exit_code == 2
    assert "cannot be written" in result.stderr
    (copy / "model.safetensors").unlink()
    result = CliRunner().invoke(app, ["export", str(copy), "-o", str(tmp_path / "model.onnx")])
    assert result.exit_code == 2
    assert "model.safetensors" in result.stderr
