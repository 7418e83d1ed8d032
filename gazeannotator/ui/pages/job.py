"""The page of a running job: what it does, how long it takes, and what came out of it."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QTimer, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QPlainTextEdit, QProgressBar, QVBoxLayout, QWidget

from gazeannotator.ui import style
from gazeannotator.ui.cards import Banner, Card, Page
from gazeannotator.ui.jobs import ProcessJob, Summary, Work, duration_text, time_left_text
from gazeannotator.ui.messages import copy_to_clipboard
from gazeannotator.ui.widgets import ElidedLabel, Fold, button, clear_layout, label, picture
from gazeannotator.ui.words import localised

MAX_NOTES = 500


class JobPage(Page):
    """Runs one job at a time and shows it.

    Signals
    -------
    progressed(str, int)
        Title and percent (-1 while unknown), for the bar at the window's bottom.
    finished(dict)
        The result of the job.
    ended()
        The job is over, however it ended.
    left()
        The user wants to go back.
    """

    progressed = Signal(str, int)
    finished = Signal(dict)
    ended = Signal()
    left = Signal()
    action_wanted = Signal(str)

    def __init__(self) -> None:
        super().__init__(max_width=760, name="jobPage")
        self.job: ProcessJob | None = None
        self._work: Work | None = None
        self._action_texts: dict[str, str] = {}
        self.body.addSpacing(16)
        self.title = label("", "title", wrap=True, name="jobTitle")
        self.body.addWidget(self.title)

        self._running = Card()
        self.step = ElidedLabel("", "strong")
        self.step.setObjectName("jobStep")
        self.bar = QProgressBar(objectName="jobProgress")
        self.bar.setTextVisible(False)
        self.count = label("", "secondary", name="jobCount")
        self.time = label("", "secondary", name="jobTime")
        self.stop_button = button(self.tr("Cancel"), self.stop, kind="danger", icon="stop", name="jobStop")
        counts = QHBoxLayout()
        counts.addWidget(self.count)
        counts.addStretch(1)
        counts.addWidget(self.time)
        self._running.body.addWidget(self.step)
        self._running.body.addWidget(self.bar)
        self._running.body.addLayout(counts)
        self._running.body.addSpacing(8)
        self._running.body.addWidget(self.stop_button, 0, Qt.AlignmentFlag.AlignLeft)
        self.body.addWidget(self._running)

        self._outcome = QVBoxLayout()
        self._outcome.setSpacing(16)
        self.body.addLayout(self._outcome)
        self.body.addStretch(1)
        self._tick = QTimer(self, interval=1000)
        self._tick.timeout.connect(self._show_time)
        self._done, self._total = 0, 0

    @property
    def busy(self) -> bool:
        """Whether a job runs."""
        return self.job is not None

    def set_action_texts(self, texts: dict[str, str]) -> None:
        """Give the texts of the actions that may follow a job."""
        self._action_texts = texts

    def run(self, work: Work) -> ProcessJob:
        """Start a job; the page must not be busy."""
        if self.job is not None:
            raise RuntimeError("a job is running")
        self._work = work
        self._done, self._total = 0, 0
        self.title.setText(work.title)
        clear_layout(self._outcome)
        self._running.show()
        self.step.set_text(self.tr("Starting…"))
        self.count.clear()
        self.bar.setRange(0, 0)
        self.stop_button.setEnabled(True)
        self.stop_button.setText(self.tr("Cancel"))
        self.job = job = ProcessJob(work.command, self)
        job.event.connect(self._on_event)
        job.finished.connect(self._on_finished)
        job.failed.connect(self._on_failed)
        job.cancelled.connect(self._on_cancelled)
        self._tick.start()
        self._show_time()
        self.progressed.emit(work.title, -1)
        job.start()
        return job

    @Slot()
    def stop(self) -> None:
        """Ask the job to stop."""
        if self.job is not None:
            self.stop_button.setEnabled(False)
            self.stop_button.setText(self.tr("Cancelling…"))
            self.job.stop()

    @Slot(dict)
    def _on_event(self, event: dict[str, Any]) -> None:
        if event["event"] != "progress":
            return
        self._done, self._total = int(event.get("done", 0)), int(event.get("total", 0))
        self.step.set_text(localised(str(event.get("what", ""))))
        self.bar.setRange(0, self._total)
        self.bar.setValue(self._done)
        self.count.setText(self.tr("{done} of {total}").format(done=self._done, total=self._total))
        percent = round(100 * self._done / self._total) if self._total else -1
        self.progressed.emit(self.title.text(), percent)
        self._show_time()

    @Slot()
    def _show_time(self) -> None:
        if self.job is None:
            return
        elapsed = time.monotonic() - self.job.started_s
        left = time_left_text(self._done, self._total, elapsed)
        if left:
            self.time.setText(self.tr("about {left} left").format(left=left))
        else:
            self.time.setText(duration_text(elapsed))

    @Slot(dict)
    def _on_finished(self, result: dict[str, Any]) -> None:
        summary = self._work.summary(result)
        self._end()
        self._show_summary(summary)
        self.finished.emit(result)

    @Slot(str, str, str)
    def _on_failed(self, message: str, hint: str, details: str) -> None:
        self._end()
        self._outcome.addWidget(Banner("danger", message, hint, name="jobFailure"))
        report = Fold(self.tr("Details"), name="jobDetails")
        log = QPlainTextEdit(details)
        log.setProperty("role", "log")
        log.setReadOnly(True)
        log.setMinimumHeight(200)
        report.body.addWidget(log)
        self._outcome.addWidget(report)
        self._add_buttons(
            [button(self.tr("Copy report"), lambda: copy_to_clipboard(details), icon="copy", name="jobCopy")]
        )

    @Slot()
    def _on_cancelled(self) -> None:
        self._end()
        text = self.tr("Nothing was changed.")
        self._outcome.addWidget(Banner("info", self.tr("Cancelled"), text, name="jobCancelled"))
        self._add_buttons([])

    def _end(self) -> None:
        self._tick.stop()
        self._running.hide()
        if self.job is not None:
            self.job.deleteLater()
            self.job = None
        self.ended.emit()

    def _show_summary(self, summary: Summary) -> None:
        card = Card()
        card.setObjectName("jobResult")
        head = QHBoxLayout()
        head.setSpacing(12)
        colours = {"success": style.COLOURS.success, "warning": style.COLOURS.warning}
        head.addWidget(picture(summary.tone, 28, colours[summary.tone]))
        head.addWidget(label(summary.headline, "heading", wrap=True, name="jobHeadline"), 1)
        card.body.addLayout(head)
        if summary.facts:
            grid = QGridLayout()
            grid.setHorizontalSpacing(24)
            grid.setVerticalSpacing(8)
            for index, (caption, value) in enumerate(summary.facts):
                grid.addWidget(label(caption, "secondary"), index, 0)
                grid.addWidget(label(value, "strong", wrap=True), index, 1)
            grid.setColumnStretch(1, 1)
            card.body.addLayout(grid)
        self._outcome.addWidget(card)
        if summary.notes:
            notes = Card(summary.notes_heading)
            text = QPlainTextEdit("\n".join(summary.notes[:MAX_NOTES]))
            text.setObjectName("jobNotes")
            text.setProperty("role", "notes")
            text.setReadOnly(True)
            text.setFixedHeight(min(26 + 42 * len(summary.notes), 260))
            notes.body.addWidget(text)
            self._outcome.addWidget(notes)
        buttons: list[QWidget] = []
        for name in summary.actions:
            kind = "" if buttons else "primary"
            text = self._action_texts[name]
            follow = button(
                text, lambda name=name: self.action_wanted.emit(name), kind=kind, name=f"job.{name}"
            )
            buttons.append(follow)
        if summary.folder:
            folder = Path(summary.folder)
            url = QUrl.fromLocalFile(str(folder if folder.is_dir() else folder.parent))
            show = button(
                self.tr("Show in folder"), lambda: QDesktopServices.openUrl(url), icon="folder-open"
            )
            buttons.append(show)
        self._add_buttons(buttons)

    def _add_buttons(self, buttons: list[QWidget]) -> None:
        row = QHBoxLayout()
        row.setSpacing(8)
        for each in buttons:
            row.addWidget(each)
        row.addWidget(
            button(self.tr("Back"), self.left.emit, kind="quiet", icon="arrow-left", name="jobBack")
        )
        row.addStretch(1)
        self._outcome.addLayout(row)
