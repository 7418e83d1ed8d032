"""Short work that may wait for a disk, in a thread beside the GUI's."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from typing import Any

import shiboken6
from PySide6.QtCore import QCoreApplication, QObject, Signal, Slot

from gazeannotator.errors import UserError


def in_background(
    owner: QObject,
    function: Callable[[], object],
    done: Callable[[Any], object],
    failed: Callable[[UserError], object],
) -> None:
    """Run `function` in a thread and call back in the GUI thread, unless `owner` is gone by then.

    `function` must not hold anything of Qt: whatever a thread lets go last is destroyed in it.
    An error that is no `UserError` is raised in the GUI thread, so that it is reported as any other.
    """
    _Courier.of_the_application().send(owner, function, done, failed)


class _Courier(QObject):
    """Brings results from threads into the GUI thread; who waits for what is known there only."""

    arrived = Signal(int, object, object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._waiting: dict[int, tuple[QObject, Callable[[Any], object], Callable[[UserError], object]]] = {}
        self._number = itertools.count()
        self.arrived.connect(self._deliver)

    @classmethod
    def of_the_application(cls) -> _Courier:
        application = QCoreApplication.instance()
        return application.findChild(cls) or cls(application)

    def send(
        self,
        owner: QObject,
        function: Callable[[], object],
        done: Callable[[Any], object],
        failed: Callable[[UserError], object],
    ) -> None:
        number = next(self._number)
        self._waiting[number] = (owner, done, failed)
        threading.Thread(target=_work, args=(self, number, function), name="background", daemon=True).start()

    @Slot(int, object, object)
    def _deliver(self, number: int, result: object, error: Exception | None) -> None:
        owner, done, failed = self._waiting.pop(number)
        if not shiboken6.isValid(owner):
            return
        if error is None:
            done(result)
        elif isinstance(error, UserError):
            failed(error)
        else:
            failed(UserError(self.tr("This could not be done: there is a fault in the program.")))
            raise error


def _work(courier: _Courier, number: int, function: Callable[[], object]) -> None:
    try:
        result = function()
    except Exception as error:  # noqa: BLE001 - raised again in the GUI thread, where the hook reports it
        courier.arrived.emit(number, None, error)
    else:
        courier.arrived.emit(number, result, None)
