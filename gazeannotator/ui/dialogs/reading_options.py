"""How images are read in a study: the options of its protocol, in the words of those who set them."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from gazeannotator.study.model import Protocol
from gazeannotator.study.options import ReadingOptions
from gazeannotator.ui.dialogs.base import FormDialog
from gazeannotator.ui.forms import FieldText, ModelForm
from gazeannotator.ui.widgets import button, label


class ReadingOptionsDialog(FormDialog):
    """What the menu entry Session → Reading options asks.

    Parameters
    ----------
    protocol : Protocol
        As it is now.
    readings : int
        That exist in the study.
    """

    def __init__(
        self, study_name: str, protocol: Protocol, readings: int, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent, "readingOptionsDialog")
        intro = self.tr("How all readers read in {study}. A session that runs now goes on as it began.")
        self.set_texts(self.tr("Reading options"), intro.format(study=study_name), self.tr("Save"))
        self.form = ModelForm(ReadingOptions.of(protocol), self._texts())
        if readings:
            words = self.tr(
                "{count} readings exist. They keep their answers and marks; images that are left are read "
                "by the new options. It is better to settle them before the first reading."
            ).format(count=readings)
            self.body.addWidget(label(words, "caption", wrap=True, name="readingsExist"))
            self.body.addSpacing(10)
        self.body.addWidget(self.form)
        self.body.addStretch(1)
        self.first_field = self.form.fields["random_order"]
        defaults = button(self.tr("As by default"), self._reset, kind="quiet", name="defaultsButton")
        defaults.setAutoDefault(False)
        self.footer.insertWidget(0, defaults)

    def value(self) -> Protocol:
        """Return the options as filled in."""
        return self.form.value().protocol()

    def problem(self) -> str:
        """Say what is wrong."""
        return "" if self.form.value() is not None else self.tr("Correct the marked fields.")

    def _reset(self) -> None:
        self.form.set_value(ReadingOptions())

    def _texts(self) -> dict[str, FieldText]:
        return {
            "random_order": FieldText(
                self.tr("Every reader sees the images in an order of their own"),
                self.tr(
                    "At random, but always the same for one reader. Else all read in the order of import."
                ),
            ),
            "ask_confidence": FieldText(
                self.tr("Ask how sure the reader is"), self.tr("Shift with the answer's key means: not sure.")
            ),
            "allow_back": FieldText(
                self.tr("Answers may be corrected"), self.tr("With Backspace. The first answer is kept too.")
            ),
            "fixation_cross_s": FieldText(
                self.tr("Cross before each image"),
                self.tr("So that all begin at the same place."),
                "s",
                step=0.1,
            ),
            "gaze_contingent_start": FieldText(
                self.tr("The image comes once the eye rests on the cross"),
                self.tr("Or with Space, or after 3 seconds. Without an eye tracker the time above counts."),
            ),
            "time_limit_s": FieldText(
                self.tr("Longest look at an image"),
                self.tr("Then it goes, and the answer is waited for. 0: as long as the reader likes."),
                "s",
                decimals=1,
                step=1,
            ),
            "minimum_viewing_s": FieldText(
                self.tr("Shortest look at an image"), self.tr("Earlier answers are not taken."), "s", step=0.5
            ),
            "require_validation": FieldText(
                self.tr("Measure the eye tracker's accuracy before the first image"),
                self.tr("Once a session, in about half a minute. Else the reader may do it with V."),
            ),
            "drift_check_every": FieldText(
                self.tr("Quick check of the eye tracker every"),
                self.tr("One look at the cross, a second or two. 0: only when the reader presses R."),
                self.tr("images"),
            ),
            "max_accuracy_deg": FieldText(
                self.tr("Largest tracker error"),
                self.tr("With a larger one a check fails, and readings after it are left out of data sets."),
                "°",
                decimals=1,
                step=0.1,
            ),
            "max_data_loss": FieldText(
                self.tr("Most gaze lost"),
                self.tr(
                    "Share of samples without eyes, 0 to 1. Readings beyond it are left out of data sets."
                ),
                step=0.05,
            ),
            "offer_again": FieldText(
                self.tr("Show images beyond these two limits once more"),
                self.tr("At the end of the list. The new answer counts; the first one is kept too."),
            ),
            "max_distance_change_mm": FieldText(
                self.tr("Largest change of distance"),
                self.tr("From this on, operator and reader are told that the reader has moved."),
                "mm",
                decimals=0,
                step=10,
            ),
        }
