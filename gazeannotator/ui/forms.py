"""A pydantic model as a form: one field a row, checked by the model itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, TypeVar, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from PySide6.QtCore import QLocale, Qt, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QGridLayout,
    QLineEdit,
    QSpinBox,
    QWidget,
)

from gazeannotator.ui import style
from gazeannotator.ui.widgets import Fold, label
from gazeannotator.ui.words import localised

Model = TypeVar("Model", bound=BaseModel)
# A style sheet's padding does not reach the text of a spin box.
_TEXT_MARGINS = (8, 0, 0, 0)


@dataclass(frozen=True)
class FieldText:
    """What a person reads at a field.

    Attributes
    ----------
    label : str
    help : str
        One sentence below the field.
    unit : str
        Shown after a number.
    choices : dict
        Value → text, where the values themselves are not for people.
    decimals : int
        Of a floating-point number.
    step : float
    """

    label: str
    help: str = ""
    unit: str = ""
    choices: Mapping[Any, str] = field(default_factory=dict)
    decimals: int = 2
    step: float = 0.0


class ModelForm(QWidget, Generic[Model]):
    """Fields of a model as widgets.

    Parameters
    ----------
    value : Model
        Its class gives kinds and limits of the fields, it gives what is shown at first.
    texts : dict
        Field name → what a person reads; only these fields are shown, in this order.
    more : sequence of str
        Names of fields that are folded away under "More options".
    """

    changed = Signal()

    def __init__(self, value: Model, texts: Mapping[str, FieldText], more: Sequence[str] = ()) -> None:
        super().__init__()
        self._value = value
        self._texts = dict(texts)
        self.fields: dict[str, QWidget] = {}
        self._errors: dict[str, QWidget] = {}
        layout = _grid(self)
        for name in texts:
            if name not in more:
                self._add(layout, name)
        if more:
            self.fold = Fold(self.tr("More options"), name="moreOptions")
            inner = QWidget()
            inner_layout = _grid(inner)
            for name in more:
                self._add(inner_layout, name)
            self.fold.body.addWidget(inner)
            layout.addWidget(self.fold, layout.rowCount(), 0, 1, 2)
        self.set_value(value)

    def set_value(self, value: Model) -> None:
        """Show another value of the model."""
        self._value = value
        for name, widget in self.fields.items():
            was = widget.blockSignals(True)
            _write(widget, getattr(value, name))
            widget.blockSignals(was)
        self._clear_errors()
        self.changed.emit()

    def value(self) -> Model | None:
        """Return what is filled in; None, with the reason at the field, where that is not valid."""
        self._clear_errors()
        facts = self._value.model_dump() | {name: _read(widget) for name, widget in self.fields.items()}
        try:
            return type(self._value).model_validate(facts)
        except ValidationError as error:
            for each in error.errors():
                self._show_error(str(each["loc"][0]) if each["loc"] else "", localised(each["msg"]))
            return None

    def _add(self, layout: QGridLayout, name: str) -> None:
        text = self._texts[name]
        info = type(self._value).model_fields[name]
        widget = _widget_for(info, text)
        widget.setObjectName(name)
        widget.setAccessibleName(text.label)
        widget.setToolTip(text.help)
        self.fields[name] = widget
        _on_change(widget, self.changed.emit)
        row = layout.rowCount()
        if isinstance(widget, QCheckBox):
            widget.setText(text.label)
            layout.addWidget(widget, row, 1)
        else:
            caption = label(text.label, "field", wrap=True)
            caption.setBuddy(widget)
            layout.addWidget(caption, row, 0, Qt.AlignmentFlag.AlignVCenter)
            layout.addWidget(widget, row, 1)
        if text.help:
            layout.addWidget(label(text.help, "caption", wrap=True), row + 1, 1)
        error = label("", "error", wrap=True, name=f"{name}Error")
        error.hide()
        self._errors[name] = error
        layout.addWidget(error, row + 2, 1)
        layout.setRowMinimumHeight(row + 3, 6)

    def _show_error(self, name: str, message: str) -> None:
        widget = self.fields.get(name)
        if widget is None:
            return
        self._errors[name].setText(message)
        self._errors[name].show()
        widget.setProperty("wrong", True)
        style.restyle(widget)

    def _clear_errors(self) -> None:
        for name, error in self._errors.items():
            if not error.isHidden():
                error.hide()
                self.fields[name].setProperty("wrong", False)
                style.restyle(self.fields[name])


class Choice(QComboBox):
    """Combo box that leaves the wheel to the page unless it has the focus."""

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll the page unless this has the focus."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class Whole(QSpinBox):
    """Spin box for whole numbers that leaves the wheel to the page."""

    def __init__(self) -> None:
        super().__init__()
        self.lineEdit().setTextMargins(*_TEXT_MARGINS)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave it to the page."""
        event.ignore()


class Decimal(QDoubleSpinBox):
    """Spin box for numbers with a point, whatever the language, that leaves the wheel to the page."""

    def __init__(self) -> None:
        super().__init__()
        self.setLocale(QLocale.c())
        self.lineEdit().setTextMargins(*_TEXT_MARGINS)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave it to the page."""
        event.ignore()


def _grid(parent: QWidget) -> QGridLayout:
    layout = QGridLayout(parent)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setHorizontalSpacing(20)
    layout.setVerticalSpacing(3)
    layout.setColumnMinimumWidth(0, 150)
    layout.setColumnStretch(1, 1)
    return layout


def _widget_for(info: FieldInfo, text: FieldText) -> QWidget:
    kind = info.annotation
    if kind is bool:
        return QCheckBox()
    if get_origin(kind) is Literal:
        choice = Choice()
        for value in get_args(kind):
            choice.addItem(text.choices.get(value, str(value)), value)
        return choice
    low, high = _limits(info)
    if kind is int:
        whole = Whole()
        whole.setRange(int(low if low is not None else 0), int(high if high is not None else 2**31 - 1))
        whole.setSingleStep(int(text.step) or 1)
        whole.setSuffix(f" {text.unit}" if text.unit else "")
        return whole
    if kind is float:
        number = Decimal()
        number.setDecimals(text.decimals)
        number.setRange(low if low is not None else -1e9, high if high is not None else 1e9)
        number.setSingleStep(text.step or 10**-text.decimals)
        number.setSuffix(f" {text.unit}" if text.unit else "")
        return number
    if kind is str:
        return QLineEdit()
    raise TypeError(f"no widget for a field of type {kind}")


def _limits(info: FieldInfo) -> tuple[float | None, float | None]:
    low = high = None
    for each in info.metadata:  # pydantic's Ge, Gt, Le, Lt
        for name in ("ge", "gt"):
            low = float(getattr(each, name)) if hasattr(each, name) else low
        for name in ("le", "lt"):
            high = float(getattr(each, name)) if hasattr(each, name) else high
    return low, high


def _write(widget: QWidget, value: Any) -> None:  # noqa: ANN401
    if isinstance(widget, QCheckBox):
        widget.setChecked(bool(value))
    elif isinstance(widget, QComboBox):
        widget.setCurrentIndex(widget.findData(value))
    elif isinstance(widget, QSpinBox | QDoubleSpinBox):
        widget.setValue(value)
    elif isinstance(widget, QLineEdit):
        widget.setText(value)


def _read(widget: QWidget) -> Any:  # noqa: ANN401
    if isinstance(widget, QCheckBox):
        return widget.isChecked()
    if isinstance(widget, QComboBox):
        return widget.currentData()
    if isinstance(widget, QSpinBox | QDoubleSpinBox):
        return widget.value()
    if isinstance(widget, QLineEdit):
        return widget.text().strip()
    raise TypeError(type(widget).__name__)


def _on_change(widget: QWidget, changed: Any) -> None:  # noqa: ANN401 - a bound Qt signal's emit
    if isinstance(widget, QCheckBox):
        widget.toggled.connect(lambda _: changed())
    elif isinstance(widget, QComboBox):
        widget.currentIndexChanged.connect(lambda _: changed())
    elif isinstance(widget, QSpinBox | QDoubleSpinBox):
        widget.valueChanged.connect(lambda _: changed())
    elif isinstance(widget, QLineEdit):
        widget.textChanged.connect(lambda _: changed())
