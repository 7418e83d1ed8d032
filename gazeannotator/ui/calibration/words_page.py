"""A page of a check that only says something, and what its keys do."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtWidgets import QWidget

from gazeannotator.ui.panel import Panel, PanelText


class WordsPage(Panel):
    """Says something and takes the keys for it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._by_key: Mapping[int, Callable[[], object]] = {}
        self._by_digit: Mapping[str, Callable[[], object]] = {}

    def offer(
        self,
        text: PanelText,
        keys: Mapping[int, Callable[[], object]],
        digits: Mapping[str, Callable[[], object]] | None = None,
    ) -> None:
        """Say this, and do that when a key or a digit is pressed."""
        self.set_text(text)
        self._by_key, self._by_digit = keys, digits or {}

    def press(self, key: int, digit: str | None) -> None:
        """Take a key."""
        action = self._by_digit.get(digit) if digit is not None else self._by_key.get(key)
        if action is not None:
            action()

    def showEvent(self, event: object) -> None:
        """Take the place that there is now."""
        super().showEvent(event)
        self.place()
