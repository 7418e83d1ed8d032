"""Two processes learn what one learns."""

from __future__ import annotations

import csv
import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
import safetensors.torch

from gazemodel import events

SCRIPT = Path(__file__).with_name("train_on_devices.py")


def history(data: Path, folder: Path, devices: int) -> list[dict[str, str]]:
    environment = {name: value for name, value in os.environ.items() if "RANK" not in name}
    environment |= {"CUDA_VISIBLE_DEVICES": "", "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, str(SCRIPT), str(data), str(folder), str(devices)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return list(csv.DictReader((folder / "history.csv").read_text().splitlines()))


@pytest.mark.slow
def test_two_processes_have_the_loss_curve_of_one_with_the_same_global_batch(
    small_data: Path, tmp_path: Path
) -> None:
    alone = history(small_data, tmp_path / "one", 1)
    together = history(small_data, tmp_path / "two", 2)
    assert len(alone) == len(together) == 2
    for one, two in zip(alone, together, strict=True):
        for name in ("train_loss", "train_attention", "val_loss", "val_attention"):
            assert float(two[name]) == pytest.approx(float(one[name]), rel=1e-4), name
        assert one["train_accuracy"] == two["train_accuracy"]
    first, second = (
        safetensors.torch.load_file(tmp_path / name / "model.safetensors") for name in ("one", "two")
    )
    moved = [float((second[name] - value).abs().max()) for name, value in first.items() if value.ndim]
    assert max(moved) < 1e-3


def torchrun(
    *arguments: object, processes: int = 2, node: int | None = None, port: int = 0
) -> subprocess.Popen[str]:
    """Start ``gazemodel train`` on several processes, or as one of two machines."""
    where = ["--standalone"]
    if node is not None:
        where = ["--nnodes=2", f"--node-rank={node}", "--master-addr=127.0.0.1", f"--master-port={port}"]
    command = [sys.executable, "-m", "torch.distributed.run", *where, f"--nproc-per-node={processes}"]
    environment = {name: value for name, value in os.environ.items() if "RANK" not in name}
    environment |= {"CUDA_VISIBLE_DEVICES": "", "OMP_NUM_THREADS": "1", "GLOO_SOCKET_IFNAME": "lo"}
    return subprocess.Popen(
        [*command, "-m", "gazemodel.cli", "train", *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        env=environment,
    )


def told(process: subprocess.Popen[str]) -> list[dict[str, object]]:
    """Wait for the end; every line on stdout must be an event."""
    said = process.stdout.read()  # and stdin stays open: its end would be a stop
    code = process.wait(timeout=60)
    complaint = process.stderr.read()
    process.communicate()
    assert code == 0, complaint[-3000:]
    found = [events.parse_line(line) for line in said.splitlines()]
    assert None not in found, said
    return found


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_command_trains_under_torchrun_and_goes_on_after_a_kill(small_data: Path, tmp_path: Path) -> None:
    options = ["--recipe", "quick", "--size", "48", "--epochs", "3", "--batch", "3", "--devices", "2"]
    options += ["--progress", "json"]
    whole, run = tmp_path / "whole", tmp_path / "run"
    heard = told(torchrun(small_data, "-o", whole, *options))
    assert [each["epoch"] for each in heard if each["event"] == "epoch"] == [1, 2, 3]
    assert [each["event"] for each in heard].count("finished") == 1
    assert len(list((whole / "tensorboard").glob("events.*"))) == 1

    process = torchrun(small_data, "-o", run, *options)
    while process.poll() is None and not (run / "history.csv").exists():
        time.sleep(0.01)
    assert process.poll() is None
    for each in [*psutil.Process(process.pid).children(recursive=True), psutil.Process(process.pid)]:
        each.kill()
    process.communicate()
    assert not (run / "metrics.json").exists()

    heard = told(torchrun(small_data, "-o", run, *options, "--resume"))
    assert [each["epoch"] for each in heard if each["event"] == "epoch"][-1] == 3
    for name in ("metrics.json", "predictions.csv", "model.safetensors"):
        assert (run / name).read_bytes() == (whole / name).read_bytes(), name
    assert not [each.name for each in run.iterdir() if each.name.startswith(".")]


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_two_machines_train_what_two_processes_train(small_data: Path, tmp_path: Path) -> None:
    options = ["--recipe", "quick", "--size", "48", "--epochs", "1", "--batch", "3", "--progress", "json"]
    told(torchrun(small_data, "-o", tmp_path / "one", *options, "--devices", "2"))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folder = tmp_path / "two"
    machines = [
        torchrun(small_data, "-o", folder, *options, processes=1, node=node, port=port) for node in (0, 1)
    ]
    heard = [told(each) for each in machines]
    assert heard[1] == []  # only the first process speaks
    assert [each["event"] for each in heard[0]].count("epoch") == 1
    metrics = [json.loads((tmp_path / name / "metrics.json").read_text("utf-8")) for name in ("one", "two")]
    assert metrics[0] == metrics[1]


@pytest.mark.slow
def test_processes_that_would_train_side_by_side_into_one_folder_are_refused(
    small_data: Path, tmp_path: Path
) -> None:
    _, complaint = (process := torchrun(small_data, "-o", tmp_path / "run")).communicate(timeout=120)
    assert process.returncode != 0
    assert "torchrun started 2 processes on this machine, but --devices is 1" in complaint
    assert not (tmp_path / "run").exists()
