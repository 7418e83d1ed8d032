"""The application: style, language, hooks for unexpected errors, and the main window."""

from __future__ import annotations

import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, Qt, QTranslator
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from gazeannotator.settings import Settings, SettingsFile, config_folder
from gazeannotator.ui import messages, style
from gazeannotator.ui.report import Reporter
from gazeannotator.ui.screens import facts_of
from gazeannotator.ui.window import MainWindow

translate = QCoreApplication.translate


def make_application(argv: Sequence[str], settings: Settings | None = None) -> QApplication:
    """Make the one QApplication with style, language and error hooks; return it if it is there already."""
    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        return existing
    QGuiApplication.setHighDpiScaleFactorRoundingPolicy(Qt.HighDpiScaleFactorRoundingPolicy.PassThrough)
    application = QApplication(list(argv))
    application.setApplicationName("gazeannotator")
    application.setApplicationDisplayName("GazeAnnotator")
    application.setDesktopFileName("gazeannotator")
    style.apply(application)
    load_translation(application, (settings or SettingsFile().current).language)
    reporter = Reporter(application)
    reporter.install(config_folder())
    messages.UnexpectedErrors(reporter, application)
    application.aboutToQuit.connect(reporter.uninstall)
    return application


def load_translation(application: QCoreApplication, language: str) -> bool:
    """Install the catalogues of a language; False where there is none (then all is in English)."""
    locale = QLocale.system() if language == "system" else QLocale(language)
    QLocale.setDefault(locale)  # numbers and dates, and the language of criteria
    ours = QTranslator(application)
    if not ours.load(locale, "gazeannotator", "_", str(style.resource("translations"))):
        return False
    application.installTranslator(ours)
    qt = QTranslator(application)
    if qt.load(locale, "qtbase", "_", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
        application.installTranslator(qt)
    return True


def start(
    study: Path | None = None, *, settings: SettingsFile | None = None
) -> tuple[QApplication, MainWindow]:
    """Make the application and show the main window, on the welcome page or on a study."""
    settings = settings or SettingsFile()
    application = make_application(sys.argv[:1], settings.current)
    window = MainWindow(settings)
    window.show()
    _say_what_is_amiss(window, settings)
    if study is not None:
        window.open_study(study)
    return application, window


def run(study: Path | None = None) -> int:
    """Open the app and stay until it is closed; returns the exit code."""
    signal.signal(
        signal.SIGINT, signal.SIG_DFL
    )  # Ctrl+C in the terminal; all that matters is on disk already
    application, window = start(study)
    code = application.exec()
    window.deleteLater()
    return code


def _say_what_is_amiss(window: MainWindow, settings: SettingsFile) -> None:
    if settings.problem:
        hint = translate("Application", "The default settings are used.")
        if settings.kept_aside is not None:
            hint = translate(
                "Application", "The default settings are used. The old file is kept as {file}."
            ).format(file=settings.kept_aside)
        title = translate("Application", "The settings could not be read: {reason}").format(
            reason=settings.problem
        )
        messages.show_message(window, title, hint, tone="warning")
        settings.problem = ""
    if facts_of(window.screen()).is_small:
        messages.show_message(
            window,
            translate("Application", "This screen is smaller than 1024 × 768."),
            translate("Application", "Everything works, but images are small and pages need scrolling."),
            tone="warning",
        )
