"""Tobii trackers in the app: the link to the bridge, and its section on the eye tracker's page."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from fake_control import PACKAGES, Kind, Script, absent, folders, one_tracker, variables
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from gazeannotator.settings import Settings
from gazeannotator.ui.pages.tracker import TrackerPage
from gazeannotator.ui.pages.tracker_tobii import TobiiCard
from gazeannotator.ui.tobii_link import TobiiLink

pytestmark = pytest.mark.timeout(180)
SOON_MS = 40_000

See = Callable[[Kind], None]


@pytest.fixture
def script(tmp_path: Path) -> Script:
    return one_tracker(tmp_path)


@pytest.fixture
def see(script: Script, monkeypatch: pytest.MonkeyPatch) -> See:
    """Let the app and its child processes see the stand-ins for Tobii's packages, or none."""

    def choose(kind: Kind) -> None:
        for name, value in variables(kind, script).items():
            monkeypatch.setenv(name, value)
        for name in PACKAGES:
            monkeypatch.delitem(sys.modules, name, raising=False)
        for name in absent(kind):
            monkeypatch.setitem(sys.modules, name, None)
        for folder in folders(kind):
            monkeypatch.syspath_prepend(folder)

    return choose


class Heard:
    """All that a link tells."""

    def __init__(self, link: TobiiLink) -> None:
        self.link = link
        self.told: list[tuple[Any, ...]] = []
        for name in ("started", "status", "notice", "calibrated", "refused", "failed", "stopped"):
            signal = getattr(link, name)
            signal.connect(lambda *values, name=name: self.told.append((name, *values)))

    def all(self, name: str, **facts: Any) -> list[Any]:
        return [
            each[1] if len(each) == 2 else each[1:]
            for each in self.told
            if each[0] == name and (not facts or facts.items() <= each[1].items())
        ]


@pytest.fixture
def link(qapp: QApplication) -> Iterator[TobiiLink]:
    result = TobiiLink()
    yield result
    result.close()


@pytest.fixture
def heard(link: TobiiLink) -> Heard:
    return Heard(link)


@pytest.fixture
def until(qtbot: QtBot, heard: Heard) -> Callable[..., Any]:
    def wait(name: str, **facts: Any) -> Any:
        qtbot.waitUntil(lambda: bool(heard.all(name, **facts)), timeout=SOON_MS)
        return heard.all(name, **facts)[-1]

    return wait


def address(script: Script) -> str:
    return script.now["trackers"][0]["address"]


# -- the link ------------------------------------------------------------------------------------


def test_the_link_sends_calibrates_and_stops(
    see: See, script: Script, link: TobiiLink, heard: Heard, until: Callable[..., Any]
) -> None:
    see("both")
    assert not link.running
    link.calibrate_enter()  # nobody is there to hear it
    link.start(address(script), 60.0)
    link.start(address(script))  # once is enough
    assert link.running
    assert not link.calibrates
    started = until("started")
    assert (started["rate_hz"], started["serial"]) == (60.0, script.now["trackers"][0]["serial"])
    assert link.tracker == started
    assert link.calibrates
    assert until("status")["lost"] is False
    link.calibrate_enter()
    assert until("calibrated", step="enter")["ok"]
    for x, y in ((0.1, 0.5), (1 / 3, 2 / 3)):
        link.calibrate_collect(x, y)
        until("calibrated", step="collect", x=pytest.approx(x, abs=1e-6))
    link.calibrate_discard(0.1, 0.5)
    assert until("calibrated", step="discard")["ok"]
    link.calibrate_compute()
    result = until("calibrated", step="compute")
    assert (result["status"], len(result["points"])) == ("both", 1)
    assert result["points"][0]["left"]["offset"] == [
        pytest.approx(0.01, abs=1e-4),
        pytest.approx(0, abs=1e-4),
    ]
    until("notice", code="calibration")
    link.calibrate_leave()
    assert until("calibrated", step="leave")["ok"]
    link.set_rate(90.0)
    assert "60, 120, 600 Hz" in until("refused")[1]
    link.set_rate(120.0)
    until("notice", code="rate")
    assert link.tracker["rate_hz"] == 120
    link.stop()
    until("stopped")
    assert (link.running, link.tracker) == (False, None)
    assert not heard.all("failed")


def test_the_link_tells_a_loss(
    see: See, script: Script, link: TobiiLink, until: Callable[..., Any], heard: Heard
) -> None:
    see("both")
    link.start(address(script))
    until("started")
    script.change(plugged=False)
    until("notice", code="lost")
    assert link.lost
    assert not link.calibrates
    link.calibrate_enter()
    assert until("calibrated")["message"] == "The eye tracker is not connected."
    script.change(plugged=True)
    until("notice", code="restored")
    assert not link.lost


def test_the_link_says_why_it_failed(
    see: See, script: Script, link: TobiiLink, until: Callable[..., Any], heard: Heard
) -> None:
    see("both")
    link.start("tet-tcp://nowhere")
    message, hint = until("failed")
    assert "No Tobii eye tracker answers at tet-tcp://nowhere" in message
    assert hint
    assert not link.running
    heard.told.clear()
    link.start(address(script))
    until("started")
    psutil.Process(link._job.pid).kill()
    assert "ended from outside" in until("failed")[0]
    assert not heard.all("stopped")
    assert not link.running


def test_the_bridge_ends_with_the_app(
    see: See, script: Script, link: TobiiLink, until: Callable[..., Any], heard: Heard
) -> None:
    see("both")
    link.start(address(script))
    until("started")
    link.calibrate_enter()
    until("calibrated")
    process = psutil.Process(link._job.pid)
    link.close()
    assert not process.is_running()
    assert heard.all("stopped") == [()]
    link.close()


# -- the section of the page ---------------------------------------------------------------------


def words(widget: QWidget) -> str:
    return "\n".join(each.text() for each in widget.findChildren(QLabel) if each.isVisible())


@pytest.fixture
def card(qtbot: QtBot, look: QApplication, link: TobiiLink) -> Iterator[Callable[[], TobiiCard]]:
    cards: list[TobiiCard] = []

    def make() -> TobiiCard:
        result = TobiiCard(link)
        qtbot.addWidget(result)
        result.resize(300, 400)
        result.show()
        cards.append(result)
        return result

    yield make
    for each in cards:
        each.hide()


def test_without_a_package_the_page_says_how_to_get_one(
    qtbot: QtBot, see: See, card: Callable[[], TobiiCard]
) -> None:
    see("none")
    section = card()
    assert section._search is None
    assert "pip install" not in words(section)
    section._missing.head.click()
    assert 'pip install "gazeannotator[tobii]"' in words(section)
    assert "non-commercial research only" in words(section)
    assert "consent" in words(section)
    section.findChild(QWidget, "tobiiCopy").click()
    assert QGuiApplication.clipboard().text() == 'pip install "gazeannotator[tobii]"'
    assert not section.action.isVisible()


def test_a_tracker_is_found_started_and_stopped(
    qtbot: QtBot, see: See, script: Script, card: Callable[[], TobiiCard], link: TobiiLink
) -> None:
    see("both")
    section = card()
    assert "Looking for Tobii eye trackers" in words(section)
    qtbot.waitUntil(section.action.isVisible, timeout=SOON_MS)
    serial = script.now["trackers"][0]["serial"]
    assert f"Tobii Pro Fake · {serial}" in words(section)
    assert not section.tracker.isVisible()  # there is nothing to choose
    rates = [section.rate.itemText(row) for row in range(section.rate.count())]
    assert rates == ["Rate as it is set", "600 Hz", "120 Hz", "60 Hz"]
    section.rate.setCurrentIndex(3)
    sent: list[str] = []
    section.sends.connect(sent.append)
    section.action.click()
    assert section.state.text() == "Connecting"
    qtbot.waitUntil(lambda: section.state.text() == "Sending", timeout=SOON_MS)
    assert sent == [f"gazeannotator-tobii:{serial}"]
    qtbot.waitUntil(lambda: "60 Hz, eyes found in 9" in words(section), timeout=SOON_MS)
    section.hide()
    section.show()
    assert link.running
    assert (section.state.text(), section.action.text()) == ("Sending", "Stop sending")
    section.action.click()
    qtbot.waitUntil(lambda: section.state.text() == "Found", timeout=SOON_MS)
    assert section.action.text() == "Start sending"


def test_what_went_wrong_is_said(
    qtbot: QtBot, see: See, script: Script, card: Callable[[], TobiiCard]
) -> None:
    see("both")
    section = card()
    qtbot.waitUntil(section.action.isVisible, timeout=SOON_MS)
    section.rate.setCurrentIndex(1)
    section.action.click()
    qtbot.waitUntil(lambda: "does not send at 600 Hz" in words(section), timeout=SOON_MS)
    assert "60, 120, 600 Hz" in words(section)
    assert section.action.text() == "Start sending"
    section.rate.setCurrentIndex(2)
    section.action.click()
    assert "does not send" not in words(section)
    qtbot.waitUntil(lambda: section.state.text() == "Sending", timeout=SOON_MS)
    script.change(area=[400.0, 250.0])
    qtbot.waitUntil(lambda: "400 × 250 mm" in words(section), timeout=SOON_MS)
    section._link.notice.emit({"code": "calibration", "message": ""})
    qtbot.waitUntil(lambda: "has a new calibration" in words(section), timeout=SOON_MS)
    script.change(plugged=False)
    qtbot.waitUntil(lambda: section.state.text() == "Lost", timeout=SOON_MS)
    assert "It goes on by itself" in words(section)
    script.change(plugged=True)
    qtbot.waitUntil(lambda: section.state.text() == "Sending", timeout=SOON_MS)
    assert "is lost" not in words(section)


def test_the_search_goes_on_until_a_tracker_is_there(
    qtbot: QtBot, see: See, script: Script, card: Callable[[], TobiiCard]
) -> None:
    see("both")
    trackers = script.now["trackers"]
    second = {"model": "Tobii Pro Fusion", "serial": "F-2", "address": "tet-tcp://f-2"}
    script.change(trackers=[])
    section = card()
    section._again.setInterval(50)
    qtbot.waitUntil(lambda: section.state.text() == "Not found", timeout=SOON_MS)
    assert not section.action.isVisible()
    script.change(trackers=[*trackers, second])
    qtbot.waitUntil(lambda: section.state.text() == "Found", timeout=SOON_MS)
    assert section.tracker.isVisible()
    section.tracker.setCurrentIndex(1)
    assert "Tobii Pro Fusion · F-2" in words(section)
    section.hide()
    assert section._search is None


def test_on_the_page_the_stream_that_was_started_is_shown(
    qtbot: QtBot, look: QApplication, see: See, script: Script
) -> None:
    see("both")
    page = TrackerPage(Settings())
    qtbot.addWidget(page)
    page.resize(1000, 700)
    page.show()
    link = TobiiLink.of_the_application()
    assert link is TobiiLink.of_the_application()
    qtbot.waitUntil(page.tobii_card.action.isVisible, timeout=SOON_MS)
    page.tobii_card.action.click()
    qtbot.waitUntil(lambda: "Good signal" in words(page), timeout=SOON_MS)
    assert page.signal_card.name.text() == "Tobii Pro Fake"
    page.hide()
    assert link.running
    page.close()
    assert not link.running
