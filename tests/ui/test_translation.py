from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QLocale, QTranslator
from PySide6.QtWidgets import QAbstractButton, QApplication, QDialogButtonBox, QLabel, QWidget
from pytestqt.qtbot import QtBot

from gazeannotator.study.scheme import load_scheme
from gazeannotator.ui.actions import without_mnemonic
from gazeannotator.ui.app import load_translation
from gazeannotator.ui.dialogs.datasets import BuildDialog
from gazeannotator.ui.reading.texts import answer_keys, criteria_table
from gazeannotator.ui.window import MainWindow
from gazeannotator.ui.words import localised

CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture
def chinese(look: QApplication) -> Iterator[None]:
    locale, before = QLocale(), look.findChildren(QTranslator)
    assert load_translation(look, "zh_CN")
    yield
    for each in look.findChildren(QTranslator):
        if each not in before:
            look.removeTranslator(each)
            each.deleteLater()
    QLocale.setDefault(locale)


def texts(widget: QWidget) -> set[str]:
    shown = [*widget.findChildren(QLabel), *widget.findChildren(QAbstractButton)]
    return {each.text() for each in shown if each.isVisibleTo(widget) and each.text()}


def test_the_first_page_and_the_menus_are_in_chinese(chinese: None, window: MainWindow) -> None:
    found = texts(window.welcome)
    assert {"新建研究…", "打开研究…", "科研工具，不用于临床诊疗。"} <= found
    assert [each for each in found if not CHINESE.search(each)] == ["GazeAnnotator"]
    entries = [each.text() for each in window.actions_.by_id.values()]
    assert "新建研究(&N)…" in entries
    assert [each for each in entries if not CHINESE.search(each)] == []


def test_a_text_of_a_base_class_is_translated_too(chinese: None, qtbot: QtBot, tmp_path: Path) -> None:
    dialog = BuildDialog(tmp_path, "Polyps")
    qtbot.addWidget(dialog)
    assert dialog.reject_button.text() == "取消"  # said by FormDialog
    assert dialog.form.fold.head.text() == "更多选项"  # said by ModelForm
    dialog.form.fields["split"].setText("nonsense")
    assert dialog.form.value() is None
    assert dialog.form.findChild(QLabel, "splitError").text() == "格式不正确，请按说明填写"


def test_classes_and_their_criteria_follow_the_language(chinese: None) -> None:
    scheme = load_scheme("nice")
    head, first, *_ = criteria_table(scheme)
    assert head[1].endswith("1 型")
    assert first[0] == "颜色"
    assert all(CHINESE.search(each) for each in first)
    assert answer_keys(scheme, confidence=False)[0][1] == "1 型、2 型、3 型"


def test_texts_of_the_core_are_known_by_their_form(chinese: None) -> None:
    assert localised("No gaze sample for 3.2 s.") == "已 3.2 秒未收到眼动数据。"
    assert localised("Epoch 2 of 60") == "第 2 轮，共 60 轮"
    assert localised("Type 12") == "Type 12"


def test_buttons_of_qt_are_in_chinese(chinese: None, qtbot: QtBot) -> None:
    box = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
    qtbot.addWidget(box)
    assert CHINESE.search(box.button(QDialogButtonBox.StandardButton.Cancel).text())


def test_english_stays_english(look: QApplication) -> None:
    locale = QLocale()
    assert not load_translation(look, "en")
    assert localised("Epoch 2 of 60") == "Epoch 2 of 60"
    assert criteria_table(load_scheme("nice"))[1][0] == "Colour"
    QLocale.setDefault(locale)


@pytest.mark.parametrize(
    ("text", "plain"),
    [("&New study…", "New study…"), ("新建研究(&N)…", "新建研究…"), ("AUROC (mean)", "AUROC (mean)")],
)
def test_mnemonics_are_for_menus_only(text: str, plain: str) -> None:
    assert without_mnemonic(text) == plain
