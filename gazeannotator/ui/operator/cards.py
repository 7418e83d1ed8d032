"""The cards of the operator view: signal, strips, progress, checks of the tracker, answers."""

from __future__ import annotations

import math

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from gazeannotator.ui.cards import Card
from gazeannotator.ui.operator.parts import Cell, Fact, Table, Tile, clock_time, say, words
from gazeannotator.ui.operator.signal import Judgement, Signal
from gazeannotator.ui.operator.situation import Answered, Check, Progress
from gazeannotator.ui.operator.strips import Scale, Strip, StripChart
from gazeannotator.ui.operator.texts import duration

translate = QCoreApplication.translate


class SignalTiles(QWidget):
    """Rate, latency, eyes found, distance."""

    def __init__(self) -> None:
        super().__init__()
        self.rate = Tile(self.tr("Rate"), "operatorRate")
        self.latency = Tile(self.tr("Latency"), "operatorLatency")
        self.found = Tile(self.tr("Eyes found"), "operatorFound")
        self.distance = Tile(self.tr("Eye to screen"), "operatorDistance")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        for tile in (self.rate, self.latency, self.found, self.distance):
            layout.addWidget(tile, 1)

    def show_signal(self, signal: Signal) -> None:
        """Show other numbers."""
        self.rate.show_reading(signal.rate)
        self.latency.show_reading(signal.latency)
        self.found.show_reading(signal.found)
        self.distance.show_reading(signal.distance)


class StripsCard(Card):
    """Lost samples and rate over the last two minutes."""

    def __init__(self) -> None:
        super().__init__(margin=12)
        self.setObjectName("operatorStrips")
        self.loss = StripChart(self.tr("Lost samples, last 2 min"), "operatorLoss")
        self.rate = StripChart(self.tr("Rate, last 2 min"), "operatorRates")
        self._losses, self._rates = Strip(), Strip()
        charts = QHBoxLayout()
        charts.setSpacing(20)
        charts.addWidget(self.loss, 1)
        charts.addWidget(self.rate, 1)
        self.body.addLayout(charts)

    def add(self, now_s: float, data_loss: float, rate_hz: float) -> None:
        """Note the present values; NaN: no samples come."""
        self._losses.add(now_s, data_loss)
        self._rates.add(now_s, rate_hz)

    def show_strips(
        self, now_s: float, limit: float, nominal_hz: float, gaps: tuple[tuple[float, float], ...]
    ) -> None:
        """Draw what was noted.

        Parameters
        ----------
        limit : float
            Share of lost samples that the study allows.
        nominal_hz : float
            Rate that the stream announces, 0 if it does not.
        gaps : tuple
            From, to on the clock.
        """
        before = [(start - now_s, stop - now_s) for start, stop in gaps]
        losses, rates = self._losses.values(now_s), self._rates.values(now_s)
        loss = losses[-1, 1] if len(losses) else math.nan
        rate = rates[-1, 1] if len(rates) else math.nan
        shown = "" if math.isnan(loss) else _share(loss)
        self.loss.show_values(losses, Scale(1.0, limit, is_limit=True), shown, before)
        top = 1.25 * (nominal_hz or _largest(rates[:, 1].tolist()))
        shown = "" if math.isnan(rate) else f"{rate:.0f} Hz"
        self.rate.show_values(rates, Scale(top, nominal_hz or math.nan), shown, before)


class ProgressCard(Card):
    """How far the reader is, and how long it will take."""

    def __init__(self) -> None:
        super().__init__(margin=12)
        self.setObjectName("operatorProgress")
        self.body.setSpacing(8)
        self.done = words("number", "–", name="operatorDone")
        self.total = words("total", name="operatorTotal")
        self.bar = QProgressBar(textVisible=False)
        head = QHBoxLayout()
        head.setSpacing(10)
        head.addWidget(self.done)
        head.addWidget(self.total)
        middle = QVBoxLayout()
        middle.addStretch(1)
        middle.addWidget(self.bar)
        middle.addStretch(1)
        head.addLayout(middle, 1)
        self.session = Fact(self.tr("this session"), "operatorAnswers")
        self.repeat = Fact(self.tr("once more"), "operatorRepeat")
        self.pace = Fact(self.tr("an image"), "operatorPace")
        self.elapsed = Fact(self.tr("elapsed"), "operatorElapsed")
        self.rest = Fact(self.tr("left, about"), "operatorRest")
        facts = QGridLayout()
        for column, each in enumerate((self.session, self.repeat, self.pace, self.elapsed, self.rest)):
            facts.addLayout(each, 0, column)
            facts.setColumnStretch(column, 1)
        self.body.addLayout(head)
        self.body.addLayout(facts)

    def show_progress(self, progress: Progress, now_s: float) -> None:
        """Show how far the reader is."""
        say(self.done, str(progress.done))
        say(self.total, self.tr("of {total} images").format(total=progress.total))
        if self.bar.maximum() != max(1, progress.total):
            self.bar.setRange(0, max(1, progress.total))
        self.bar.setValue(progress.done)
        say(self.session.value, str(progress.answers))
        say(self.repeat.value, str(progress.to_repeat))
        pace = progress.seconds_an_image
        say(self.pace.value, "–" if math.isnan(pace) else self.tr("{seconds:.1f} s").format(seconds=pace))
        say(self.elapsed.value, duration(now_s - progress.started_s))
        say(self.rest.value, duration(progress.rest_s))


class ChecksTable(Table):
    """Validations and drift checks of the session."""

    def __init__(self) -> None:
        heads = (
            translate("Operator", "Time"),
            translate("Operator", "Check"),
            translate("Operator", "Accuracy"),
            translate("Operator", "RMS"),
            translate("Operator", "Loss"),
        )
        empty = translate("Operator", "Not measured yet: how far the gaze may be off is not known.")
        super().__init__(translate("Operator", "Validation and drift"), heads, empty, "operatorChecks")

    def show_checks(self, checks: tuple[Check, ...]) -> None:
        """Show these checks."""
        self.set_rows([_check_row(each) for each in checks])


class AnswersTable(Table):
    """That images were answered, and how good their gaze was; never how they were answered."""

    def __init__(self) -> None:
        heads = (
            translate("Operator", "No."),
            translate("Operator", "Time"),
            translate("Operator", "Took"),
            translate("Operator", "Loss"),
        )
        empty = translate("Operator", "No image is answered yet.")
        super().__init__(translate("Operator", "Last answers"), heads, empty, "operatorAnswersTable")

    def show_answers(self, answered: tuple[Answered, ...]) -> None:
        """Show these answers."""
        self.set_rows([_answer_row(each) for each in answered])


def _check_row(check: Check) -> tuple[Cell, ...]:
    tone: Judgement = "success" if check.passed else "danger"
    kinds = {
        "validation": translate("Operator", "Validation"),
        "drift_check": translate("Operator", "Drift"),
    }
    found = "–" if math.isnan(check.accuracy_deg) else f"{check.accuracy_deg:.2f}°"
    accuracy = f"{'✓' if check.passed else '✗'} {found}"
    if not math.isnan(check.limit_deg):
        accuracy += f" / {check.limit_deg:g}°"
    precision = "–" if math.isnan(check.precision_deg) else f"{check.precision_deg:.2f}°"
    return (
        (clock_time(check.utc), "neutral"),
        (kinds[check.kind], "neutral"),
        (accuracy, tone),
        (precision, "neutral"),
        (_share(check.data_loss), "neutral"),
    )


def _answer_row(answer: Answered) -> tuple[Cell, ...]:
    number = str(answer.number)
    if answer.again:
        number += " ↻"
    took = "–" if math.isnan(answer.response_s) else f"{answer.response_s:.1f} s"
    loss = _share(answer.data_loss)
    tone: Judgement = "neutral"
    if answer.below:
        tone, loss = "danger", f"✗ {loss}"
        if "accuracy" in answer.below:
            loss += " " + translate("Operator", "accuracy")
    elif not math.isnan(answer.data_loss):
        tone, loss = "success", f"✓ {loss}"
    return (
        (number, "neutral"),
        (clock_time(answer.utc), "neutral"),
        (took, "neutral"),
        (loss, tone),
    )


def _share(value: float) -> str:
    return "–" if math.isnan(value) else f"{100 * value:.0f} %"


def _largest(values: list[float]) -> float:
    return max((each for each in values if not math.isnan(each)), default=1.0)
