"""The menus of the main window as data, and the reasons why an entry cannot be used now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from gazeannotator.ui.actions import Action, Menu
from gazeannotator.ui.commands import Commands

translate = QCoreApplication.translate

if TYPE_CHECKING:
    from gazeannotator.ui.window import MainWindow


def main_menus(window: MainWindow, do: Commands) -> list[Menu]:
    """Return the menus of the window."""
    why = _Reasons(window)
    return [
        Menu(
            "file",
            translate("Menu", "&File"),
            [
                Action(
                    "file.new", translate("Menu", "&New study…"), "plus", do.new_study, "Ctrl+N", why.busy
                ),
                Action(
                    "file.open",
                    translate("Menu", "&Open study…"),
                    "folder-open",
                    do.choose_study,
                    "Ctrl+O",
                    why.reading,
                ),
                Menu("file.recent", translate("Menu", "&Recent studies"), [], "clock"),
                Action(
                    "file.all", translate("Menu", "&All studies"), "home", window.show_welcome, "Ctrl+Home"
                ),
                None,
                Action(
                    "file.import",
                    translate("Menu", "&Import images…"),
                    "import",
                    do.import_images,
                    "Ctrl+I",
                    why.no_study,
                ),
                Action(
                    "file.video",
                    translate("Menu", "Import &video frames…"),
                    "images",
                    do.import_video_frames,
                    "",
                    why.no_study,
                ),
                Action(
                    "file.import_gaze",
                    translate("Menu", "Import &gaze…"),
                    "eye",
                    do.import_gaze,
                    "Ctrl+Shift+I",
                    why.no_study,
                ),
                Action(
                    "file.review",
                    translate("Menu", "Review &hidden text…"),
                    "shield",
                    do.review_images,
                    "",
                    why.none_waiting,
                ),
                None,
                Action(
                    "file.settings", translate("Menu", "&Settings…"), "settings", do.edit_settings, "Ctrl+,"
                ),
                Action("file.quit", translate("Menu", "&Quit"), "leave", window.close, "Ctrl+Q"),
            ],
        ),
        Menu(
            "session",
            translate("Menu", "&Session"),
            [
                Action(
                    "session.read",
                    translate("Menu", "&Start reading…"),
                    "play",
                    do.ask_reading,
                    "Ctrl+R",
                    why.no_images,
                ),
                Action(
                    "session.tracker",
                    translate("Menu", "&Tracker…"),
                    "eye",
                    window.show_tracker,
                    "Ctrl+T",
                    why.reading,
                ),
                Action(
                    "session.options",
                    translate("Menu", "Reading o&ptions…"),
                    "settings",
                    do.edit_reading_options,
                    "",
                    why.no_open_study,
                ),
                Action(
                    "session.operator",
                    translate("Menu", "Operator &view"),
                    "monitor",
                    do.show_operator_view,
                    "Ctrl+Shift+O",
                    why.nobody_reads,
                ),
                None,
                Action(
                    "session.overview",
                    translate("Menu", "&Overview"),
                    "chart",
                    window.show_study,
                    "F5",
                    why.no_open_study,
                ),
            ],
        ),
        Menu(
            "data",
            translate("Menu", "&Data set"),
            [
                Action(
                    "data.build",
                    translate("Menu", "&Build…"),
                    "layers",
                    do.build_dataset,
                    "Ctrl+B",
                    why.no_readings,
                ),
                Action("data.check", translate("Menu", "&Check…"), "shield", do.check, "", why.busy),
                Action(
                    "data.export",
                    translate("Menu", "&Export…"),
                    "export",
                    do.export_dataset,
                    "Ctrl+E",
                    why.busy,
                ),
                Action(
                    "data.report",
                    translate("Menu", "&Report…"),
                    "report",
                    do.report_dataset,
                    "",
                    why.busy,
                ),
                None,
                Action(
                    "data.folders",
                    translate("Menu", "&Import from folders…"),
                    "folder",
                    do.import_folders,
                    "",
                    why.busy,
                ),
            ],
        ),
        Menu(
            "train",
            translate("Menu", "&Train"),
            [
                Action(
                    "train.new",
                    translate("Menu", "&New training…"),
                    "network",
                    window.show_training,
                    "Ctrl+Shift+T",
                ),
                Action("train.report", translate("Menu", "Open &report…"), "report", do.choose_report),
            ],
        ),
        Menu(
            "help",
            translate("Menu", "&Help"),
            [
                Action("help.guide", translate("Menu", "&Guide"), "book", do.show_guide, "F1"),
                Action("help.keys", translate("Menu", "&Keys"), "keyboard", do.show_keys),
                None,
                Action("help.about", translate("Menu", "&About"), "info", do.show_about),
            ],
        ),
    ]


class _Reasons:
    """Each method returns why something cannot be done now, None if it can."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window

    def busy(self) -> str | None:
        if self._window.job_page.busy:
            return translate("Menu", "Other work is running: wait until it ends, or cancel it.")
        return self.reading()

    def reading(self) -> str | None:
        if self._window.reading is not None:
            return translate("Menu", "A reader is reading now: end the session first.")
        return None

    def nobody_reads(self) -> str | None:
        if self._window.reading is None:
            return translate("Menu", "Nobody is reading now.")
        return None

    def no_open_study(self) -> str | None:
        if self._window.study is None:
            return translate("Menu", "Open a study first.")
        return None

    def no_study(self) -> str | None:
        return self.no_open_study() or self.busy()

    def none_waiting(self) -> str | None:
        if self._window.study is not None and self._window.study.waiting == 0:
            return translate("Menu", "No image waits for review.")
        return self.no_study()

    def no_images(self) -> str | None:
        if self._window.study is not None and self._window.study.images == 0:
            return translate("Menu", "The study has no images: import some first.")
        return self.no_open_study() or self.reading()

    def no_readings(self) -> str | None:
        study = self._window.study
        if study is not None and study.done + study.gaze_only == 0:
            return translate("Menu", "Nothing has been read yet: there is no gaze to build from.")
        return self.no_study()
