"""Menus made from a list of actions: what they are called, what they do, and why they cannot."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar

from gazeannotator.ui import style


def _always() -> str | None:
    return None


@dataclass(frozen=True)
class Action:
    """One entry of a menu.

    Attributes
    ----------
    id : str
        ``menu.action``; also the object name of the QAction.
    text : str
        Translated text with its mnemonic.
    icon : str
        Name in resources/icons.
    callback : callable
    shortcut : str
    why_not : callable
        Returns the reason why it cannot be used now, None if it can.
    """

    id: str
    text: str
    icon: str
    callback: Callable[[], object]
    shortcut: str = ""
    why_not: Callable[[], str | None] = _always


@dataclass(frozen=True)
class Menu:
    """A menu of the menu bar; None among its entries is a separator, a Menu a sub-menu."""

    id: str
    text: str
    entries: Sequence[Action | Menu | None]
    icon: str = ""


def without_mnemonic(text: str) -> str:
    """Return a menu's text as it reads elsewhere: Chinese has its mnemonics in brackets at the end."""
    return re.sub(r"\(&\w\)|&", "", text)


class Actions:
    """The QActions by id, kept in step with what is possible."""

    def __init__(self, bar: QMenuBar, menus: Sequence[Menu]) -> None:
        self._data: dict[str, Action] = {}
        self.by_id: dict[str, QAction] = {}
        self.menus: dict[str, QMenu] = {}
        for each in menus:
            self._build(bar.addMenu(each.text), each)

    def refresh(self) -> None:
        """Ask every action anew whether it can be used; a disabled one says why in its tooltip."""
        for name, data in self._data.items():
            action = self.by_id[name]
            reason = data.why_not()
            action.setEnabled(reason is None)
            action.setToolTip(reason or without_mnemonic(data.text).rstrip("…"))
            action.setStatusTip(reason or "")

    def fill(
        self,
        menu_id: str,
        entries: Sequence[tuple[str, str]],
        chosen: Callable[[str], object],
        empty_reason: str,
    ) -> None:
        """Fill a menu with (text, value) entries; an empty one is greyed and says why."""
        menu = self.menus[menu_id]
        menu.clear()
        for text, value in entries:
            action = menu.addAction(text.replace("&", "&&"))
            action.setToolTip(value)
            action.triggered.connect(lambda _=False, value=value: chosen(value))
        menu.menuAction().setEnabled(bool(entries))
        menu.menuAction().setToolTip("" if entries else empty_reason)

    def _build(self, menu: QMenu, data: Menu) -> None:
        menu.setObjectName(data.id)
        menu.setToolTipsVisible(True)
        menu.aboutToShow.connect(self.refresh)
        if data.icon:
            menu.setIcon(style.icon(data.icon, style.COLOURS.secondary))
        self.menus[data.id] = menu
        for entry in data.entries:
            if entry is None:
                menu.addSeparator()
            elif isinstance(entry, Menu):
                self._build(menu.addMenu(entry.text), entry)
            else:
                menu.addAction(self._make(entry, menu))

    def _make(self, data: Action, parent: QMenu) -> QAction:
        action = QAction(style.icon(data.icon, style.COLOURS.secondary), data.text, parent)
        action.setObjectName(data.id)
        action.setShortcut(QKeySequence(data.shortcut))
        action.triggered.connect(lambda _checked=False: data.callback())
        self._data[data.id] = data
        self.by_id[data.id] = action
        return action
