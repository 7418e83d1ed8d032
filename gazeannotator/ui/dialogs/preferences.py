"""Settings of this computer: language, viewing distance, size of the screen, delay of the display."""

from __future__ import annotations

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QHBoxLayout, QWidget

from gazeannotator.settings import Settings
from gazeannotator.ui.dialogs.base import FormDialog
from gazeannotator.ui.forms import Choice, Decimal, FieldText, ModelForm
from gazeannotator.ui.screens import screens
from gazeannotator.ui.widgets import label


class SettingsDialog(FormDialog):
    """Settings of this computer; they are kept in the user's own folder."""

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent, "settingsDialog")
        self._settings = settings
        self.set_texts(self.tr("Settings"), self.tr("They hold for this computer."), self.tr("Save"))
        self.form = ModelForm(settings, self._texts(), more=("photodiode_corner", "photodiode_size_mm"))
        self.body.addWidget(self.form)
        self.first_field = self.form.fields["language"]
        self.body.addSpacing(12)
        self._mm = {each.name: each.mm for each in screens(settings.screens_mm)}
        self._measured = set(settings.screens_mm)
        self.screen_name: QComboBox = Choice()
        self.screen_name.setObjectName("screenName")
        for screen in QGuiApplication.screens():
            self.screen_name.addItem(screen.name())
        self.width_mm = _millimetres("screenWidth")
        self.height_mm = _millimetres("screenHeight")
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.screen_name, 1)
        row.addWidget(self.width_mm)
        row.addWidget(label("×", "secondary"))
        row.addWidget(self.height_mm)
        self.body.addWidget(label(self.tr("Visible size of the screen"), "field"))
        self.body.addLayout(row)
        self.body.addWidget(
            label(
                self.tr("Measure it with a ruler: what a screen says of itself is sometimes wrong."),
                "caption",
                wrap=True,
            )
        )
        self.body.addStretch(1)
        self._show_size()
        self.screen_name.currentIndexChanged.connect(lambda _: self._show_size())
        for field in (self.width_mm, self.height_mm):
            field.valueChanged.connect(lambda _: self._keep_size())

    def value(self) -> Settings:
        """Return the settings as filled in."""
        filled = self.form.value() or self._settings
        sizes = {name: self._mm[name] for name in self._measured if name in self._mm}
        return filled.model_copy(update={"screens_mm": {**self._settings.screens_mm, **sizes}})

    def problem(self) -> str:
        """Say what is wrong."""
        return "" if self.form.value() is not None else self.tr("Correct the marked fields.")

    def _texts(self) -> dict[str, FieldText]:
        return {
            "language": FieldText(
                self.tr("Language"),
                self.tr("Changes with the next start."),
                choices={"system": self.tr("as the computer"), "en": "English", "zh_CN": "简体中文"},
            ),
            "viewing_distance_mm": FieldText(
                self.tr("Eye to screen"),
                self.tr("Distance while reading; degrees are computed from it."),
                "mm",
                decimals=0,
                step=10,
            ),
            "onset_correction_s": FieldText(
                self.tr("Delay of the display"),
                self.tr("Measured time from an image's stamp to its light; 0 if it was not measured."),
                "s",
                decimals=4,
                step=0.001,
            ),
            "lsl_scope": FieldText(
                self.tr("Eye trackers on"),
                self.tr("Other computers are searched only if you allow it here."),
                choices={"machine": self.tr("this computer"), "network": self.tr("the network too")},
            ),
            "photodiode_corner": FieldText(
                self.tr("Patch for a photodiode"),
                self.tr(
                    "To measure the delay of the display: a square that flips with every image. It covers "
                    "a corner of images that fill the screen; the page before a reading tells of how many."
                ),
                choices={
                    "": self.tr("none"),
                    "top_left": self.tr("top left"),
                    "top_right": self.tr("top right"),
                    "bottom_left": self.tr("bottom left"),
                    "bottom_right": self.tr("bottom right"),
                },
            ),
            "photodiode_size_mm": FieldText(
                self.tr("Side of the patch"),
                self.tr(
                    "Larger than the photodiode's window, smaller than its housing: so no reader sees it."
                ),
                "mm",
                decimals=0,
                step=1,
            ),
        }

    def _show_size(self) -> None:
        width, height = self._mm.get(self.screen_name.currentText(), (0.0, 0.0))
        for field, value in ((self.width_mm, width), (self.height_mm, height)):
            was = field.blockSignals(True)
            field.setValue(value)
            field.blockSignals(was)

    def _keep_size(self) -> None:
        name = self.screen_name.currentText()
        self._mm[name] = (self.width_mm.value(), self.height_mm.value())
        self._measured.add(name)


def _millimetres(name: str) -> QDoubleSpinBox:
    field = Decimal()
    field.setObjectName(name)
    field.setRange(50, 3000)
    field.setDecimals(0)
    field.setSuffix(" mm")
    field.setMinimumWidth(120)
    return field
