"""Every option of a training run, and the named recipes. No torch here: the app imports this module."""

from __future__ import annotations

from typing import Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from gazeannotator.errors import BadInput

RecipeName = Literal["default", "quick", "thorough", "reference"]
Backbone = Literal[
    "resnet18", "resnet50", "densenet121", "efficientnet-b0", "efficientnet-b1", "efficientnet-b2"
]
AttentionLossName = Literal["default", "mse", "kl", "cc", "area", "head", "reference", "none"]

DEFAULT_ATTENTION_LOSS: AttentionLossName = "area"
"""What ``--attention-loss default`` means; see `gazemodel.attention` for why."""


class Augmentation(BaseModel):
    """Random changes of a training image; geometry acts on image and gaze map alike.

    Probabilities are those of a change to happen at all; ranges are symmetric.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    horizontal_flip: float = Field(default=0.0, ge=0, le=1, title="Horizontal flip (probability)")
    vertical_flip: float = Field(default=0.0, ge=0, le=1, title="Vertical flip (probability)")
    rotation: float = Field(default=0.0, ge=0, le=1, title="Rotation (probability)")
    rotation_deg: float = Field(default=180.0, ge=0, le=180, title="Largest rotation (degrees)")
    scale: float = Field(default=0.0, ge=0, lt=1, title="Scale (relative, ±)")
    shift: float = Field(default=0.0, ge=0, lt=1, title="Shift (share of the image, ±)")
    brightness: float = Field(default=0.0, ge=0, lt=1, title="Brightness (relative, ±)")
    contrast: float = Field(default=0.0, ge=0, lt=1, title="Contrast (relative, ±)")
    saturation: float = Field(default=0.0, ge=0, lt=1, title="Saturation (relative, ±)")


class TrainConfig(BaseModel):
    """A complete description of a training run; the first group are options of the command line."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    recipe: RecipeName = Field(
        default="default", title="Recipe", description="Named set of all options below."
    )
    backbone: Backbone = Field(default="resnet18", title="Backbone", description="Convolutional network.")
    weights: str = Field(
        default="none",
        title="Initial weights",
        description="none, imagenet (downloaded), or a local file (.safetensors, .pth).",
    )
    attention_loss: AttentionLossName = Field(
        default="default",
        title="Attention loss",
        description="How the network's attention is compared with gaze.",
    )
    attention_weight: float = Field(
        default=1.0, ge=0, le=1000, title="Attention weight λ", description="0 ignores gaze."
    )
    epochs: int = Field(
        default=60, ge=1, le=100_000, title="Epochs", description="At most; training may stop early."
    )
    batch: int = Field(default=16, ge=2, le=4096, title="Batch size", description="Images per step.")
    lr: float = Field(default=3e-4, gt=0, le=10, title="Learning rate", description="At the start.")
    size: int = Field(
        default=256, ge=32, le=2048, title="Image size (px)", description="Side of the network's input."
    )
    seed: int = Field(
        default=0, ge=0, le=2**31 - 1, title="Seed", description="The same seed gives the same run."
    )
    devices: int = Field(default=1, ge=1, le=1024, title="Devices", description="Number of GPUs to train on.")
    precision: Literal["32", "bf16"] = Field(
        default="32", title="Precision", description="bf16 is faster on new GPUs."
    )
    augmentation: Literal["recipe", "none"] = Field(
        default="recipe", title="Augmentation", description="none where a flip would change the class."
    )
    target: Literal["auto", "truth", "label"] = Field(
        default="auto",
        title="Target",
        description="auto: pathology where it is known, else the readers' label.",
    )

    class_weights: Literal["none", "balanced"] = Field(
        default="none", title="Class weights", description="balanced: rare classes count more."
    )
    focal_gamma: float = Field(
        default=0.0, ge=0, le=10, title="Focal loss γ", description="Above 0, easy images count less."
    )
    label_smoothing: float = Field(default=0.0, ge=0, lt=1, title="Label smoothing")
    freeze_norm: bool = Field(
        default=False,
        title="Freeze batch norms",
        description="They keep the statistics of the initial weights: for small batches.",
    )
    accumulate: int = Field(
        default=1, ge=1, le=4096, title="Batches a step", description="Gradients of so many are added up."
    )
    optimiser: Literal["adam", "adamw"] = Field(default="adamw", title="Optimiser")
    weight_decay: float = Field(default=0.01, ge=0, le=10, title="Weight decay")
    schedule: Literal["cosine", "cosine_restarts"] = Field(default="cosine", title="Learning-rate schedule")
    dropout: float = Field(default=0.2, ge=0, lt=1, title="Dropout")
    attention_ramp_epochs: int = Field(
        default=0, ge=0, title="Attention ramp (epochs)", description="λ grows linearly over so many epochs."
    )
    patience: int = Field(
        default=15,
        ge=0,
        title="Patience (epochs)",
        description="Epochs without progress before stopping; 0 never.",
    )
    choose_by: Literal["accuracy_then_loss", "accuracy"] = Field(
        default="accuracy_then_loss", title="Best epoch by", description="Always on the validation images."
    )
    normalise: bool = Field(
        default=True, title="Normalise colours", description="ImageNet mean and deviation."
    )
    keep_aspect: bool = Field(default=True, title="Keep the image's aspect")
    augment: Augmentation = Augmentation(
        horizontal_flip=0.5,
        vertical_flip=0.5,
        rotation=1.0,
        rotation_deg=180.0,
        scale=0.15,
        shift=0.05,
        brightness=0.15,
        contrast=0.15,
        saturation=0.1,
    )

    @property
    def loss_name(self) -> AttentionLossName:
        """The attention loss in force: ``default`` resolved, ``none`` where λ is 0."""
        if self.attention_weight == 0:
            return "none"
        return DEFAULT_ATTENTION_LOSS if self.attention_loss == "default" else self.attention_loss

    @property
    def uses_gaze(self) -> bool:
        """Whether training reads gaze maps at all."""
        return self.loss_name != "none"


RECIPES: dict[RecipeName, TrainConfig] = {
    "default": TrainConfig(recipe="default"),
    "quick": TrainConfig(recipe="quick", size=128, epochs=16, batch=6, lr=5e-4, patience=0),
    "thorough": TrainConfig(
        recipe="thorough", backbone="resnet50", size=384, epochs=150, batch=16, lr=2e-4, patience=40
    ),
    # The published study's method (Guo et al. 2025, doi 10.7717/peerj-cs.2780), nothing improved.
    "reference": TrainConfig(
        recipe="reference",
        backbone="efficientnet-b1",
        attention_loss="reference",
        attention_weight=1.0,
        epochs=150,
        batch=8,
        lr=5e-4,
        size=512,
        optimiser="adam",
        weight_decay=0.0,
        schedule="cosine_restarts",
        dropout=0.2,
        patience=0,
        choose_by="accuracy",
        normalise=False,
        keep_aspect=False,
        augment=Augmentation(horizontal_flip=0.5, vertical_flip=0.5, rotation=0.5, rotation_deg=180.0),
    ),
}


def make_config(recipe: str | None = None, **given: Any) -> TrainConfig:  # noqa: ANN401
    """Take a recipe and put the given options over it.

    Parameters
    ----------
    recipe : str, optional
        A name in `RECIPES`; ``default`` if not given.
    **given
        Fields of `TrainConfig`; None means not given.

    Raises
    ------
    BadInput
        Where an option is unknown or its value cannot be used.
    """
    recipe = recipe or "default"
    if recipe not in get_args(RecipeName):
        raise BadInput(f"There is no recipe '{recipe}'.", f"Choose one of {', '.join(RECIPES)}.")
    options = RECIPES[recipe].model_dump()  # type: ignore[index]
    options.update({name: value for name, value in given.items() if value is not None})
    try:
        return TrainConfig.model_validate(options)
    except ValidationError as error:
        raise _explained(error) from None


def _explained(error: ValidationError) -> BadInput:
    problem = error.errors()[0]
    option = "--" + "-".join(str(part) for part in problem["loc"]).replace("_", "-")
    remedy = problem["msg"].replace("Input should be", "It must be")
    return BadInput(f"{option} cannot be {problem.get('input')!r}.", f"{remedy}.")
