"""The menus of the main window as data, and the reasons why an entry cannot be used now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from gazeannotator.ui.actions import Action, Menu
from gazeannotator.ui.commands import Commands

if TYPE_CHECKING:
    from gazeannotator.ui.window import MainWindow


def main_menus(window: MainWindow, do: Commands) -> list[Menu]:
    """Return the menus of the window."""
    tr = QCoreApplication.translate
    why = _Reasons(window)
    return [
        Menu(
            "file",
            tr("Menu", "&File"),
            [
                Action("file.new", tr("Menu", "&New study…"), "plus", do.new_study, "Ctrl+N", why.busy),
                Action(
                    "file.open",
                    tr("Menu", "&Open study…"),
                    "folder-open",
                    do.choose_study,
                    "Ctrl+O",
                    why.reading,
                ),
                Menu("file.recent", tr("Menu", "&Recent studies"), [], "clock"),
                Action("file.all", tr("Menu", "&All studies"), "home", window.show_welcome, "Ctrl+Home"),
                None,
                Action(
                    "file.import",
                    tr("Menu", "&Import images…"),
                    "import",
                    do.import_images,
                    "Ctrl+I",
                    why.no_study,
                ),
                None,
                Action("file.settings", tr("Menu", "&Settings…"), "settings", do.edit_settings, "Ctrl+,"),
                Action("file.quit", tr("Menu", "&Quit"), "leave", window.close, "Ctrl+Q"),
            ],
        ),
        Menu(
            "session",
            tr("Menu", "&Session"),
            [
                Action(
                    "session.read",
                    tr("Menu", "&Start reading…"),
                    "play",
                    do.ask_reading,
                    "Ctrl+R",
                    why.no_images,
                ),
                Action(
                    "session.tracker",
                    tr("Menu", "&Tracker…"),
                    "eye",
                    window.show_tracker,
                    "Ctrl+T",
                    why.reading,
                ),
                None,
                Action(
                    "session.overview",
                    tr("Menu", "&Overview"),
                    "chart",
                    window.show_study,
                    "F5",
                    why.no_open_study,
                ),
            ],
        ),
        Menu(
            "data",
            tr("Menu", "&Data set"),
            [
                Action(
                    "data.build",
                    tr("Menu", "&Build…"),
                    "layers",
                    do.build_dataset,
                    "Ctrl+B",
                    why.no_readings,
                ),
                Action("data.check", tr("Menu", "&Check…"), "shield", do.check, "", why.busy),
                Action(
                    "data.export", tr("Menu", "&Export…"), "export", do.export_dataset, "Ctrl+E", why.busy
                ),
                None,
                Action(
                    "data.folders",
                    tr("Menu", "&Import from folders…"),
                    "folder",
                    do.import_folders,
                    "",
                    why.busy,
                ),
            ],
        ),
        Menu(
            "train",
            tr("Menu", "&Train"),
            [
                Action(
                    "train.new", tr("Menu", "&New training…"), "network", window.show_training, "Ctrl+Shift+T"
                ),
                Action("train.report", tr("Menu", "Open &report…"), "report", do.choose_report),
            ],
        ),
        Menu(
            "help",
            tr("Menu", "&Help"),
            [
                Action("help.guide", tr("Menu", "&Guide"), "book", do.show_guide, "F1"),
                Action("help.keys", tr("Menu", "&Keys"), "keyboard", do.show_keys),
                None,
                Action("help.about", tr("Menu", "&About"), "info", do.show_about),
            ],
        ),
    ]


class _Reasons:
    """Each method returns why something cannot be done now, None if it can."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window

    def busy(self) -> str | None:
        if self._window.job_page.busy:
            return QCoreApplication.translate(
                "Menu", "Other work is running: wait until it ends, or cancel it."
            )
        return self.reading()

    def reading(self) -> str | None:
        if self._window.reading is not None:
            return QCoreApplication.translate("Menu", "A reader is reading now: end the session first.")
        return None

    def no_open_study(self) -> str | None:
        if self._window.study is None:
            return QCoreApplication.translate("Menu", "Open a study first.")
        return None

    def no_study(self) -> str | None:
        return self.no_open_study() or self.busy()

    def no_images(self) -> str | None:
        if self._window.study is not None and self._window.study.images == 0:
            return QCoreApplication.translate("Menu", "The study has no images: import some first.")
        return self.no_open_study() or self.reading()

    def no_readings(self) -> str | None:
        if self._window.study is not None and self._window.study.done == 0:
            return QCoreApplication.translate(
                "Menu", "Nothing has been read yet: there is no gaze to build from."
            )
        return self.no_study()
