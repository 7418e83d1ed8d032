"""What a training promises: at λ = 0 the plain classifier, from a seed one run, by a stop no loss."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
import safetensors.torch
import torch
from torch.nn import functional

from gazeannotator.errors import BadInput, Cancelled
from gazemodel import data, train
from gazemodel.config import make_config
from gazemodel.evaluate import calibrate
from gazemodel.history import score
from gazemodel.network import initial_network
from gazemodel.run import load_network, open_run
from gazemodel.task import GazeTask, balanced_weights, classification_loss

TINY: dict[str, Any] = {"size": 48, "epochs": 2, "batch": 6, "lr": 1e-3, "patience": 0}


def run_training(
    path: Path, folder: Path, *, stop: Callable[[], bool] = lambda: False, **options: Any
) -> tuple[dict[str, torch.Tensor], list[dict[str, Any]]]:
    """Train, and return the weights of the last epoch and the events."""
    told: list[dict[str, Any]] = []
    run, facts, network = train.prepare(path, folder, make_config(**{**TINY, **options}))
    train.fit(
        run, facts, network, report=lambda event, **more: told.append({"event": event, **more}), stop=stop
    )
    return network.state_dict(), told


def same(a: dict[str, torch.Tensor], b: dict[str, torch.Tensor]) -> bool:
    return all(torch.equal(a[name], b[name]) for name in a)


def test_a_weight_of_zero_is_the_plain_classifier_bit_for_bit(small_data: Path, tmp_path: Path) -> None:
    plain, _ = run_training(small_data, tmp_path / "plain", attention_loss="none")
    zero, _ = run_training(small_data, tmp_path / "zero", attention_loss="kl", attention_weight=0.0)
    gaze, _ = run_training(small_data, tmp_path / "gaze", attention_loss="kl")
    assert same(plain, zero)
    assert not same(plain, gaze)


def test_without_gaze_it_is_a_bare_loop_of_cross_entropy(small_data: Path, tmp_path: Path) -> None:
    found, _ = run_training(
        small_data, tmp_path / "run", attention_loss="none", augmentation="none", dropout=0.0, epochs=1
    )
    config = make_config(**{**TINY, "attention_loss": "none", "dropout": 0.0})
    torch.manual_seed(config.seed)
    network = initial_network(config, 3).train()
    optimiser = torch.optim.AdamW(network.parameters(), lr=config.lr, weight_decay=config.weight_decay)
    facts = data.read_facts(small_data)
    images = data.ImageSet(facts, facts.rows("train"), 48, keep_aspect=True, gaze=False)
    order = torch.randperm(18, generator=torch.Generator().manual_seed(config.seed)).tolist()
    for first in range(0, 18, 6):
        items = [images[index] for index in order[first : first + 6]]
        pixels = torch.stack([item["image"] for item in items]).float() / 255
        loss = functional.cross_entropy(
            network(pixels).logits, torch.stack([item["label"] for item in items])
        )
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    assert same(network.state_dict(), found)


def test_the_same_seed_gives_the_same_run_and_another_seed_another(small_data: Path, tmp_path: Path) -> None:
    first, told = run_training(small_data, tmp_path / "a")
    again, told_again = run_training(small_data, tmp_path / "b")
    other, _ = run_training(small_data, tmp_path / "c", seed=1)
    assert same(first, again)
    assert not same(first, other)
    losses = [each["val_loss"] for each in told if each["event"] == "epoch"]
    assert losses == [each["val_loss"] for each in told_again if each["event"] == "epoch"]
    assert len(losses) == 2


def test_a_stopped_and_resumed_run_is_the_uninterrupted_one(small_data: Path, tmp_path: Path) -> None:
    whole, _ = run_training(small_data, tmp_path / "whole", epochs=3)
    answers = iter([False] * 5)  # asked after each of three batches and one of validation: then in epoch 2
    with pytest.raises(Cancelled):
        run_training(small_data, tmp_path / "stopped", epochs=3, stop=lambda: next(answers, True))
    folder = tmp_path / "stopped"
    assert (folder / "last.ckpt").is_file()
    assert (folder / "model.safetensors").is_file()
    with open(folder / "history.csv", encoding="utf-8") as file:
        assert [row["epoch"] for row in csv.DictReader(file)] == ["1"]
    run, facts, network = train.reopen(small_data, folder, {"epochs": 3, "lr": None})
    train.fit(run, facts, network, report=lambda *_, **__: None, stop=lambda: False, resume=True)
    assert same(whole, network.state_dict())
    assert (folder / "model.safetensors").read_bytes() == (
        tmp_path / "whole" / "model.safetensors"
    ).read_bytes()
    histories = [(each / "history.csv").read_text(encoding="utf-8") for each in (folder, tmp_path / "whole")]
    rows = [
        [[*row[:8], row[9]] for row in csv.reader(each.splitlines())] for each in histories
    ]  # without seconds
    assert rows[0] == rows[1]


def test_a_run_stopped_at_once_can_still_be_resumed(small_data: Path, tmp_path: Path) -> None:
    with pytest.raises(Cancelled):
        run_training(small_data, tmp_path / "run", stop=lambda: True)
    load_network(open_run(tmp_path / "run"))
    run, facts, network = train.reopen(small_data, tmp_path / "run", {})
    train.fit(run, facts, network, report=lambda *_, **__: None, stop=lambda: False, resume=True)
    whole, _ = run_training(small_data, tmp_path / "whole")
    assert same(whole, network.state_dict())


def test_the_kept_weights_are_those_of_the_best_epoch(small_data: Path, tmp_path: Path) -> None:
    _, told = run_training(small_data, tmp_path / "run", epochs=5, lr=5e-3)
    epochs = [each for each in told if each["event"] == "epoch"]
    config = make_config(**TINY)
    scores = [score(config, each) for each in epochs]
    best = max(scores)
    assert [each["best"] for each in epochs] == [
        score > max(scores[:i], default=(-1, 0)) for i, score in enumerate(scores)
    ]
    facts = data.read_facts(small_data)
    images = data.ImageSet(facts, facts.rows("validation"), 48, keep_aspect=True, gaze=False)
    network = load_network(open_run(tmp_path / "run"))
    with torch.no_grad():
        logits = network(torch.stack([images[i]["image"] for i in range(6)]).float() / 255).logits
    accuracy = float((logits.argmax(1) == torch.stack([images[i]["label"] for i in range(6)])).float().mean())
    assert accuracy == pytest.approx(best[0])


def test_equal_accuracies_are_told_apart_by_the_whole_loss_with_gaze() -> None:
    means = {"val_accuracy": 0.8, "val_loss": 0.5, "val_attention": 1.0}
    looks_better = {"val_accuracy": 0.8, "val_loss": 0.6, "val_attention": 0.2}
    assert score(make_config(), looks_better) > score(make_config(), means)
    assert score(make_config(attention_loss="none"), looks_better) < score(
        make_config(attention_loss="none"), means
    )
    assert score(make_config("reference"), looks_better) == score(make_config("reference"), means)


def test_the_weight_of_gaze_grows_over_its_ramp(monkeypatch: pytest.MonkeyPatch) -> None:
    config = make_config(**TINY, attention_weight=2.0, attention_ramp_epochs=3)
    task = GazeTask(initial_network(config, 2), config)
    weights = []
    for epoch in range(5):
        monkeypatch.setattr(GazeTask, "current_epoch", epoch)
        weights.append(task._weight())
    assert weights == [0.5, 1.0, 1.5, 2.0, 2.0]


def test_it_stops_early_when_nothing_gets_better(small_data: Path, tmp_path: Path) -> None:
    _, told = run_training(
        small_data,
        tmp_path / "run",
        epochs=40,
        patience=2,
        lr=1e-7,
        attention_loss="none",
        choose_by="accuracy",
    )
    epochs = [each for each in told if each["event"] == "epoch"]
    best = max(each["epoch"] for each in epochs if each["best"])
    assert len(epochs) == best + 2
    assert len(epochs) < 40


def test_a_run_that_stopped_early_is_not_trained_on_when_resumed(small_data: Path, tmp_path: Path) -> None:
    options = {"epochs": 40, "patience": 1, "lr": 1e-7, "choose_by": "accuracy"}
    weights, _ = run_training(small_data, tmp_path / "run", **options)
    history = (tmp_path / "run" / "history.csv").read_bytes()
    run, facts, network = train.reopen(small_data, tmp_path / "run", {})
    train.fit(run, facts, network, report=lambda *_, **__: None, stop=lambda: False, resume=True)
    assert same(weights, network.state_dict())
    assert (tmp_path / "run" / "history.csv").read_bytes() == history


def test_a_training_that_diverges_is_ended_in_words(small_data: Path, tmp_path: Path) -> None:
    run, facts, network = train.prepare(small_data, tmp_path / "run", make_config(**TINY))
    network.classifier.weight.data.fill_(float("inf"))
    with pytest.raises(BadInput, match="The training diverged: the loss of epoch 1"):
        train.fit(run, facts, network, report=lambda *_, **__: None, stop=lambda: False)
    assert not run.weights.exists()


def test_test_gaze_is_never_read_in_training(own_data: Path, tmp_path: Path) -> None:
    expected, _ = run_training(own_data, tmp_path / "a")
    with h5py.File(own_data, "r+") as file:
        file["images/heatmap"][24:] = np.nan  # reading it would be refused, or spoil the numbers
    found, told_again = run_training(own_data, tmp_path / "b")
    assert same(expected, found)
    assert all(np.isfinite(each["val_attention"]) for each in told_again if each["event"] == "epoch")


def test_images_without_gaze_are_learnt_from_too(own_data: Path, tmp_path: Path) -> None:
    with h5py.File(own_data, "r+") as file:
        file["images/has_gaze"][:12] = False
        file["images/heatmap"][:12] = 0
    weights, told = run_training(own_data, tmp_path / "run", batch=2)  # many batches without any gaze
    assert all(torch.isfinite(value).all() for value in weights.values())
    assert all(np.isfinite(each["train_attention"]) for each in told if each["event"] == "epoch")


def test_a_last_batch_of_one_image_does_not_break_it(small_data: Path, tmp_path: Path) -> None:
    _, told = run_training(small_data, tmp_path / "run", batch=17, epochs=1)
    assert [each["event"] for each in told][-1] == "epoch"


@pytest.mark.parametrize("loss", ["mse", "cc", "area", "head", "reference"])
def test_every_loss_trains(small_data: Path, tmp_path: Path, loss: str) -> None:
    _, told = run_training(small_data, tmp_path / "run", attention_loss=loss, epochs=1)
    state = safetensors.torch.load_file(tmp_path / "run" / "model.safetensors")
    assert np.isfinite(told[-1]["train_attention"])
    assert ("gaze_head.0.weight" in state) == (loss == "head")


def test_the_reference_options_train(small_data: Path, tmp_path: Path) -> None:
    _, told = run_training(small_data, tmp_path / "run", recipe="reference", size=64, epochs=1, batch=8)
    assert np.isfinite(told[-1]["train_attention"])
    assert open_run(tmp_path / "run").config.backbone == "efficientnet-b1"


def test_a_folder_in_use_is_refused(small_data: Path, tmp_path: Path) -> None:
    (tmp_path / "file.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(BadInput, match="already exists and is not empty"):
        train.prepare(small_data, tmp_path, make_config(**TINY))


def test_refused_data_leave_no_folder(own_data: Path, tmp_path: Path) -> None:
    with h5py.File(own_data, "r+") as file:
        file["images/truth"][:18] = 0
    with pytest.raises(BadInput):
        train.prepare(own_data, tmp_path / "run", make_config(**TINY))
    assert not (tmp_path / "run").exists()


def test_a_data_set_that_was_replaced_during_the_training_is_not_judged_on(
    own_data: Path, tmp_path: Path
) -> None:
    run, facts, network = train.prepare(own_data, tmp_path / "run", make_config(**{**TINY, "epochs": 1}))
    train.fit(run, facts, network, report=lambda *_, **__: None, stop=lambda: False)
    with h5py.File(own_data, "r+") as file:
        file["images/split"][:] = np.roll(file["images/split"][:], 1)
    with pytest.raises(BadInput, match="replaced during the training"):
        calibrate(run, facts)


def test_what_cannot_be_resumed_is_refused(
    small_data: Path, own_data: Path, tmp_path: Path, trained: Path
) -> None:
    with pytest.raises(BadInput, match="not a RUN folder"):
        train.reopen(small_data, tmp_path / "nothing", {})
    with pytest.raises(BadInput, match="already finished"):
        train.reopen(small_data, trained, {})
    with pytest.raises(Cancelled):
        run_training(small_data, tmp_path / "run", stop=lambda: True)
    with pytest.raises(BadInput, match="begun with --epochs 2"):
        train.reopen(small_data, tmp_path / "run", {"epochs": 9})
    with h5py.File(own_data, "r+") as file:
        file["images/truth"][:2] = file["images/truth"][:2][::-1]
        file["images/id"][0] = "other"
    with pytest.raises(BadInput, match="not the data set"):
        train.reopen(own_data, tmp_path / "run", {})
    (tmp_path / "run" / "last.ckpt").write_bytes(b"cut off")
    run, facts, network = train.reopen(small_data, tmp_path / "run", {})
    with pytest.raises(BadInput, match=r"last\.ckpt is damaged"):
        train.fit(run, facts, network, report=lambda *_, **__: None, stop=lambda: False, resume=True)


def test_options_for_rare_classes(small_data: Path, tmp_path: Path) -> None:
    run, facts, network = train.prepare(
        small_data, tmp_path / "r", make_config(**{**TINY, "class_weights": "balanced", "accumulate": 2})
    )
    weights = train._class_weights(facts, run.config)
    target = facts.target[facts.rows("train")]
    assert float(weights[target].mean()) == pytest.approx(1)
    totals = [float(weights[each]) * int((target == each).sum()) for each in range(3)]
    assert totals == pytest.approx([totals[0]] * 3)
    train.fit(run, facts, network, report=lambda *_, **__: None, stop=lambda: False)
    assert run.weights.is_file()


def test_the_loss_is_that_of_the_definitions() -> None:
    logits = torch.randn(8, 3, generator=torch.Generator().manual_seed(0)).double()
    label = torch.tensor([0, 1, 2, 0, 0, 1, 0, 0])
    weights = balanced_weights(label, 4)[:3].double()
    assert balanced_weights(label, 4)[3] == 1
    true = logits.softmax(1)[torch.arange(8), label]
    plain = classification_loss(logits, label, make_config())
    assert torch.equal(plain, functional.cross_entropy(logits, label))
    focal = classification_loss(logits, label, make_config(focal_gamma=2.0), weights)
    direct = (weights[label] * (1 - true) ** 2 * -true.log()).sum() / weights[label].sum()
    assert torch.allclose(focal, direct)
    weighted = classification_loss(logits, label, make_config(), weights)
    assert torch.allclose(weighted, (weights[label] * -true.log()).sum() / weights[label].sum())
    # γ → 0 is the weighted loss.
    assert torch.allclose(
        classification_loss(logits, label, make_config(focal_gamma=1e-9), weights), weighted
    )
    smooth = classification_loss(logits, label, make_config(label_smoothing=0.3))
    spread = 0.7 * -true.log() + 0.3 * -logits.log_softmax(1).mean(1)
    assert torch.allclose(smooth, spread.mean())


def test_a_gpu_with_too_little_memory_gets_smaller_batches(
    small_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    step = GazeTask.training_step

    def scarce(self: GazeTask, batch: Any, batch_index: int) -> torch.Tensor:
        if len(batch["image"]) > 3 and self.current_epoch == 1:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return step(self, batch, batch_index)

    monkeypatch.setattr(GazeTask, "training_step", scarce)
    told: list[dict[str, Any]] = []
    run, facts, network = train.prepare(small_data, tmp_path / "run", make_config(**TINY))
    trained = train.fit(
        run,
        facts,
        network,
        report=lambda event, **more: told.append({"event": event, **more}),
        stop=lambda: False,
    )
    assert (trained.config.batch, trained.config.accumulate) == (3, 2)
    assert [each["message"] for each in told if each["event"] == "notice"] == [trained.remarks[-1]]
    assert "did not suffice for a batch of 6" in trained.remarks[-1]
    # What was learnt before is not lost, and the folder tells what was done.
    epochs = [each["epoch"] for each in told if each["event"] == "epoch"]
    assert epochs == [1, 2]
    assert open_run(tmp_path / "run") == trained


def test_a_gpu_that_is_too_small_is_said_to_be(
    small_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def scarce(*_: Any) -> torch.Tensor:
        raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr(GazeTask, "training_step", scarce)
    run, facts, network = train.prepare(small_data, tmp_path / "run", make_config(**TINY))
    with pytest.raises(BadInput, match="too little memory even for a batch of 3"):
        train.fit(run, facts, network, report=lambda *_, **__: None, stop=lambda: False)
