from __future__ import annotations

from typing import Any, Literal

import pytest
from pydantic import BaseModel, Field
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gazeannotator.ui.forms import FieldText, ModelForm


class Options(BaseModel):
    size: int = Field(512, ge=16, le=4096)
    sigma: float = Field(1.0, gt=0, le=20)
    method: Literal["ivt", "idt"] = "ivt"
    split: str = Field("60/20/20", pattern=r"^\d+/\d+/\d+$")
    strict: bool = False
    hidden: int = 7


TEXTS = {
    "size": FieldText("Size", "Side of the square.", "px"),
    "sigma": FieldText("Sigma", decimals=3),
    "method": FieldText("Method", choices={"ivt": "velocity", "idt": "dispersion"}),
    "split": FieldText("Split"),
    "strict": FieldText("Strict"),
}


@pytest.fixture
def form(qtbot: QtBot, look: QApplication) -> ModelForm[Options]:
    result = ModelForm(Options(), TEXTS, more=("split", "strict"))
    qtbot.addWidget(result)
    result.show()
    return result


@pytest.mark.parametrize(
    "value",
    [
        Options(),
        Options(size=16, sigma=0.125, method="idt", split="70/15/15", strict=True, hidden=3),
        Options(size=4096, sigma=20.0),
    ],
)
def test_a_value_comes_back_as_it_was_put_in(form: ModelForm[Options], value: Options) -> None:
    form.set_value(value)
    assert form.value() == value


def test_every_field_can_be_changed_by_hand(form: ModelForm[Options], qtbot: QtBot) -> None:
    with qtbot.waitSignals([form.changed] * 5):
        form.fields["size"].setValue(128)
        form.fields["sigma"].setValue(0.5)
        form.fields["method"].setCurrentIndex(1)
        form.fields["split"].setText("1/1/1")
        form.fields["strict"].setChecked(True)
    assert form.value() == Options(size=128, sigma=0.5, method="idt", split="1/1/1", strict=True)


def test_limits_of_the_model_are_those_of_the_field(form: ModelForm[Options]) -> None:
    form.fields["size"].setValue(5)
    assert form.fields["size"].value() == 16


def test_what_is_not_valid_is_said_at_its_field_until_it_is_mended(form: ModelForm[Options]) -> None:
    form.fold.head.setChecked(True)
    form.fields["split"].setText("nonsense")
    assert form.value() is None
    error = form.findChild(type(form._errors["split"]), "splitError")
    assert error.isVisible()
    assert "pattern" in error.text()
    assert form.fields["split"].property("wrong") is True
    form.fields["split"].setText("60/20/20")
    assert form.value() == Options()
    assert not error.isVisible()


def test_people_read_texts_and_not_values(form: ModelForm[Options]) -> None:
    assert form.fields["method"].currentText() == "velocity"
    assert form.fields["size"].text() == "512 px"
    assert form.fields["size"].accessibleName() == "Size"


def test_rare_fields_are_folded_away(form: ModelForm[Options]) -> None:
    assert not form.fields["split"].isVisible()
    form.fold.head.setChecked(True)
    assert form.fields["split"].isVisible()


def test_the_wheel_scrolls_the_page_and_changes_no_number(form: ModelForm[Options], qtbot: QtBot) -> None:
    for name in ("size", "sigma", "method"):
        widget = form.fields[name]
        middle = QPointF(widget.rect().center())
        event = QWheelEvent(
            middle,
            QPointF(widget.mapToGlobal(widget.rect().center())),
            QPoint(),
            QPoint(0, -120),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(widget, event)
    assert form.value() == Options()


def test_a_field_without_a_widget_is_a_programmers_error(look: QApplication) -> None:
    class Odd(BaseModel):
        what: dict[str, Any] = Field(default_factory=dict)

    with pytest.raises(TypeError, match="no widget"):
        ModelForm(Odd(), {"what": FieldText("What")})
