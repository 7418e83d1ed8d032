"""Picks frames of a video: play, step and jump by keys, mark, and import what was marked."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import replace
from pathlib import Path

import cv2
from PySide6.QtCore import QLocale, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from gazeannotator.errors import UserError
from gazeannotator.study.model import Scheme
from gazeannotator.study.video import SUFFIXES, Frame, Video
from gazeannotator.ui.background import in_background
from gazeannotator.ui.dialogs.mask_canvas import MaskCanvas
from gazeannotator.ui.dialogs.studies import import_summary
from gazeannotator.ui.forms import Choice
from gazeannotator.ui.jobs import Work, app_command
from gazeannotator.ui.widgets import PathField, button, field, label
from gazeannotator.ui.words import localised

_PREVIEW_PX = 960
_REMEMBERED = 120


class Film:
    """A video that is looked through: frames as previews, the last ones remembered. Knows no Qt."""

    def __init__(self, path: Path) -> None:
        self.video = Video(path)
        self._lock = threading.Lock()
        self._frames: OrderedDict[int, Frame] = OrderedDict()

    def frame(self, index: int) -> Frame:
        """Return a frame of at most `_PREVIEW_PX` width."""
        with self._lock:
            if index not in self._frames:
                frame = self.video.frame(index)
                scale = min(1.0, _PREVIEW_PX / frame.pixels.shape[1])
                small = cv2.resize(frame.pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
                self._frames[index] = replace(frame, pixels=small)
                while len(self._frames) > _REMEMBERED:
                    self._frames.popitem(last=False)
            return self._frames[index]

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self.video.close()


class VideoFramesDialog(QDialog):
    """What the menu entry File → Import video frames asks.

    Attributes
    ----------
    marks : dict of int to float
        Marked frames: index → time in seconds.
    """

    def __init__(self, study: Path, scheme: Scheme, parent: QWidget | None = None) -> None:
        super().__init__(parent, objectName="videoFramesDialog")
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setWindowTitle(self.tr("Import video frames"))
        self._study, self._scheme = study, scheme
        self.film: Film | None = None
        self.frame: Frame | None = None
        self.marks: dict[int, float] = {}
        self._opened: Path | None = None
        self._wanted: int | None = None
        self._busy = False
        self._timer = QTimer(self)
        self._timer.timeout.connect(lambda: self.step(1))
        self._build()
        self.resize(1180, 700)
        self._refresh()

    def step(self, by: int) -> None:
        """Go on or back by so many frames."""
        if self.frame is not None:
            self.go_to(self.frame.index + by)

    def jump(self, seconds: int) -> None:
        """Go on or back by so many seconds."""
        if self.film is not None:
            self.step(round(seconds * self.film.video.rate_hz))

    def go_to(self, index: int) -> None:
        """Show a frame; while one is being read, only the last wish counts."""
        if self.film is None:
            return
        last = self.film.video.frames - 1
        index = max(0, min(index, last) if last > 0 else index)
        if self._busy:
            self._wanted = index
            return
        self._busy, film = True, self.film

        def take(frame: Frame) -> None:
            self._busy = False
            if film is self.film:
                self.frame = frame
                self.view.set_pixels(frame.pixels)
            self._next_wish()

        def fail(error: UserError) -> None:
            self._busy = False
            self._timer.stop()
            self.error.setText(f"{error.message} {error.hint or ''}".strip())
            self._next_wish()

        in_background(self, lambda: film.frame(index), take, fail)

    def play(self) -> None:
        """Play, or pause."""
        if self._timer.isActive():
            self._timer.stop()
        elif self.film is not None:
            self._timer.start(max(15, round(1000 / self.film.video.rate_hz)))
        self._refresh()

    def mark(self) -> None:
        """Mark the frame that is shown, or take its mark away."""
        if self.frame is None:
            return
        if self.marks.pop(self.frame.index, None) is None:
            self.marks[self.frame.index] = self.frame.time_s
        self._refresh()

    def work(self) -> Work:
        """Return the job that imports what is marked."""
        arguments = ["study", "add-frames", str(self._study), str(self.path.path())]
        for index in sorted(self.marks):
            arguments += ["--at", f"{self.marks[index]:.6f}"]
        if self.patient.text().strip():
            arguments += ["--patient", self.patient.text().strip()]
        if self.pathology.currentData():
            arguments += ["--pathology", self.pathology.currentData()]
        if not self.hide_text.isChecked():
            arguments.append("--keep-overlays")
        return Work(self.tr("Importing video frames"), app_command(*arguments), import_summary)

    def done(self, result: int) -> None:
        """Let the video go."""
        self._release()
        super().done(result)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Let the video go."""
        self._release()
        super().closeEvent(event)

    def _build(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 18)
        layout.setSpacing(10)
        layout.addWidget(label(self.tr("Import video frames"), "dialog-title"))
        pattern = self.tr("Videos ({suffixes})").format(suffixes=" ".join(f"*{each}" for each in SUFFIXES))
        self.path = PathField("open", title=self.tr("Video"), pattern=pattern, name="videoFile")
        self.path.changed.connect(self._open_video)
        layout.addWidget(self.path)
        columns = QHBoxLayout()
        columns.setSpacing(18)
        self.view = MaskCanvas("videoView", after=True)
        self.slider = QSlider(Qt.Orientation.Horizontal, objectName="videoPosition")
        self.slider.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.slider.sliderMoved.connect(self.go_to)
        left = QVBoxLayout()
        left.addWidget(self.view, 1)
        left.addWidget(self.slider)
        self.position = label("", "secondary", name="videoTime")
        left.addWidget(self.position)
        columns.addLayout(left, 1)
        side = QWidget()
        side.setFixedWidth(300)
        side.setLayout(self._side())
        columns.addWidget(side)
        layout.addLayout(columns, 1)
        self.error = label("", "error", wrap=True, name="videoError")
        layout.addWidget(self.error)
        keys = (
            ("Space", self.play),
            ("Right", lambda: self.step(1)),
            ("Left", lambda: self.step(-1)),
            ("Shift+Right", lambda: self.jump(1)),
            ("Shift+Left", lambda: self.jump(-1)),
            ("PgDown", lambda: self.jump(10)),
            ("PgUp", lambda: self.jump(-10)),
            ("M", self.mark),
        )
        for key, act in keys:
            shortcut = QShortcut(QKeySequence(key), self.view, act)
            shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
        self.view.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def _side(self) -> QVBoxLayout:
        side = QVBoxLayout()
        side.setSpacing(10)
        side.setContentsMargins(0, 0, 0, 0)
        self.play_button = button("", self.play, icon="play", name="videoPlay")
        self.mark_button = button("", self.mark, icon="check", name="videoMark")
        help_text = self.tr(
            "←/→ one frame, Shift+←/→ one second, Page keys ten seconds, Space plays, M marks."
        )
        side.addWidget(self.play_button)
        side.addWidget(self.mark_button)
        side.addWidget(label(help_text, "secondary", wrap=True))
        self.list = QListWidget(objectName="videoMarks")
        self.list.itemActivated.connect(lambda item: self.go_to(item.data(Qt.ItemDataRole.UserRole)))
        side.addWidget(self.list, 1)
        self.patient = QLineEdit(objectName="videoPatient")
        self.pathology = Choice()
        self.pathology.addItem(self.tr("not known"), "")
        for each in self._scheme.classes:
            self.pathology.addItem(localised(each.name), each.key)
        side.addLayout(field(self.tr("Patient"), self.patient))
        side.addLayout(field(self.tr("Pathology"), self.pathology))
        self.hide_text = QCheckBox(self.tr("Hide text and surroundings"))
        self.hide_text.setChecked(True)
        side.addWidget(self.hide_text)
        self.accept_button = button(self.tr("Import"), self.accept, kind="primary", name="acceptButton")
        cancel = button(self.tr("Cancel"), self.reject, name="rejectButton")
        for each in (self.play_button, self.mark_button, cancel, self.accept_button):
            each.setAutoDefault(False)
        row = QHBoxLayout()
        row.addWidget(cancel)
        row.addWidget(self.accept_button, 1)
        side.addLayout(row)
        return side

    def _open_video(self) -> None:
        path = self.path.path()
        if path is None or not path.is_file() or path == self._opened:
            return
        self._release()
        self._opened = path
        self.marks.clear()
        self.error.setText("")

        def opened(film: Film) -> None:
            if path != self.path.path():
                film.close()
                return
            self.film = film
            self.slider.setRange(0, max(0, film.video.frames - 1))
            self.view.setFocus()
            self.go_to(0)

        def fail(error: UserError) -> None:
            self.error.setText(f"{error.message} {error.hint or ''}".strip())

        in_background(self, lambda: Film(path), opened, fail)
        self._refresh()

    def _next_wish(self) -> None:
        wanted, self._wanted = self._wanted, None
        self._refresh()
        if wanted is not None and (self.frame is None or wanted != self.frame.index):
            self.go_to(wanted)

    def _release(self) -> None:
        self._timer.stop()
        film, self.film, self.frame = self.film, None, None
        self._wanted = None
        self.view.set_pixels(None)
        if film is not None:
            # A frame may just be read, which closing has to wait for.
            threading.Thread(target=film.close, name="closing the video", daemon=True).start()

    def _refresh(self) -> None:
        shown = self.frame is not None
        playing = self._timer.isActive()
        self.play_button.setText(self.tr("Pause (Space)") if playing else self.tr("Play (Space)"))
        marked = shown and self.frame.index in self.marks
        self.mark_button.setText(self.tr("Remove mark (M)") if marked else self.tr("Mark this frame (M)"))
        for each in (self.play_button, self.mark_button, self.slider):
            each.setEnabled(shown)
        self.accept_button.setEnabled(bool(self.marks))
        if shown:
            self.slider.setValue(self.frame.index)
            number = QLocale().toString(self.frame.index + 1)
            text = self.tr("{time}, frame {n}").format(time=_clock(self.frame.time_s), n=number)
            self.position.setText(text)
        else:
            self.position.setText(self.tr("Choose a video.") if self.film is None else "")
        self.list.clear()
        for index in sorted(self.marks):
            self.list.addItem(_clock(self.marks[index]))
            self.list.item(self.list.count() - 1).setData(Qt.ItemDataRole.UserRole, index)


def _clock(time_s: float) -> str:
    minutes, seconds = divmod(time_s, 60)
    hours, minutes = divmod(int(minutes), 60)
    return f"{hours}:{minutes:02d}:{seconds:06.3f}"
