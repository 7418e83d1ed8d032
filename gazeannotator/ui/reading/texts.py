"""The words of the reading window's pages."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QCoreApplication, QLocale

from gazeannotator.study.model import Scheme
from gazeannotator.ui.reading.controller import ReadingController
from gazeannotator.ui.reading.link import LinkState
from gazeannotator.ui.reading.link_texts import link_words
from gazeannotator.ui.reading.overlays import PanelText
from gazeannotator.ui.reading.room import Phase
from gazeannotator.ui.words import localised

translate = QCoreApplication.translate


def page(
    controller: ReadingController,
    link: LinkState,
    scheme: Scheme,
    *,
    where: str,
    notes: tuple[str, ...],
    allow_back: bool,
    displaced: PanelText | None,
) -> PanelText | None:
    """Say what the window says now; None while an image is read.

    Parameters
    ----------
    where : str
        Study and reader.
    notes : tuple of str
        Warnings for the ready page.
    displaced : PanelText or None
        What is wrong with the window's place, see `place_texts`.
    """
    phase, (done, total) = controller.phase, controller.progress
    read = translate("ReadingPage", "{done} of {total} images are read.").format(done=done, total=total)
    if displaced is not None and phase in (Phase.READY, Phase.HELD):
        return replace(displaced, lead=f"{displaced.lead}\n{read}")
    if phase is Phase.READY:
        return _ready(controller, link, scheme, where, notes, allow_back)
    if phase is Phase.PAUSED:
        return _paused(controller, read, allow_back)
    if phase is Phase.HELD:
        return _held(link, read)
    if phase is Phase.TIME_OVER:
        return PanelText(
            title=translate("ReadingPage", "What was it?"),
            keys=answer_keys(scheme, controller.asks_confidence),
        )
    if phase is Phase.CRITERIA:
        return PanelText(
            title=translate("ReadingPage", "Criteria: {scheme}").format(scheme=scheme.name),
            table=criteria_table(scheme),
            action=translate("ReadingPage", "Space: go on"),
        )
    if phase is Phase.ASKING_END:
        return PanelText(
            title=translate("ReadingPage", "End the session?"),
            lead=translate("ReadingPage", "{read} The next session goes on from here.").format(read=read),
            keys=(
                (("Enter",), translate("ReadingPage", "End the session")),
                ((translate("ReadingPage", "Space"),), translate("ReadingPage", "Go on reading")),
            ),
        )
    if phase is Phase.DONE:
        return _done(controller, total, allow_back)
    if phase is Phase.SAVING and controller.writes.pending:
        return PanelText(
            title=translate("ReadingPage", "Saving…"),
            lead=translate(
                "ReadingPage", "The last entries are not on disk yet. They are tried again every second."
            ),
            keys=(
                (
                    ("Esc",),
                    translate("ReadingPage", "Leave all the same; only what is not saved yet is lost"),
                ),
            ),
        )
    return None


def _ready(
    controller: ReadingController,
    link: LinkState,
    scheme: Scheme,
    where: str,
    notes: tuple[str, ...],
    allow_back: bool,
) -> PanelText:
    done, total = controller.progress
    left = total - done
    lead = translate("ReadingPage", "All {total} images are read.").format(total=total)
    if left == total:
        lead = translate("ReadingPage", "{total} images to read.").format(total=total)
    elif left:
        lead = translate(
            "ReadingPage", "{left} of {total} images are left; it goes on where you stopped."
        ).format(left=left, total=total)
    action = translate("ReadingPage", "Press Space to start")
    if not link.ready:
        action = translate("ReadingPage", "Please wait")
        if controller.start_wanted:
            action = translate("ReadingPage", "Starts by itself as soon as the eye tracker is ready")
    keys = [*answer_keys(scheme, controller.asks_confidence)]
    keys.append(((translate("ReadingPage", "Space"),), translate("ReadingPage", "Start, pause, continue")))
    if allow_back:
        keys.append((("Backspace",), translate("ReadingPage", "Back to the previous image")))
    keys += [
        (("F",), translate("ReadingPage", "Flag for discussion")),
        (("F1",), translate("ReadingPage", "Criteria")),
        (("Esc",), translate("ReadingPage", "End")),
    ]
    tone, words, choices = link_words(link)
    return PanelText(
        title=translate("ReadingPage", "Ready to read")
        if link.ready
        else translate("ReadingPage", "Getting ready"),
        lead=f"{where}\n{lead}",
        status=(tone, words),
        notes=notes,
        keys=choices or tuple(keys),
        action="" if choices else action,
        waiting=not link.ready,
    )


def answer_keys(scheme: Scheme, confidence: bool) -> tuple[tuple[tuple[str, ...], str], ...]:
    """Describe the keys that answer."""
    keys = tuple(each.key for each in scheme.classes)
    names = translate("ReadingPage", ", ").join(localised(each.name) for each in scheme.classes)
    rows = [(keys, names)]
    if confidence:
        rows = [(keys, translate("ReadingPage", "{names}: sure").format(names=names))]
        with_shift = ("Shift +", *keys)
        rows.append((with_shift, translate("ReadingPage", "The same, but not sure")))
    return (*rows, (("0",), translate("ReadingPage", "Cannot be assessed")))


def _paused(controller: ReadingController, read: str, allow_back: bool) -> PanelText:
    titles = {
        "tracker_lost": translate("ReadingPage", "The eye tracker is back"),
        "storage": translate("ReadingPage", "Gaze is saved again"),
        "image": translate("ReadingPage", "An image cannot be shown"),
    }
    keys = []
    if allow_back and controller.progress[0]:
        keys.append((("Backspace",), translate("ReadingPage", "Back to the previous image")))
    keys.append((("F1",), translate("ReadingPage", "Criteria")))
    keys.append((("Esc",), translate("ReadingPage", "End the session")))
    return PanelText(
        title=titles.get(controller.why_paused, translate("ReadingPage", "Pause")),
        lead=translate("ReadingPage", "{read} The image that was hidden is shown again.").format(read=read),
        keys=tuple(keys),
        action=translate("ReadingPage", "Press Space to continue"),
    )


def _held(link: LinkState, read: str) -> PanelText:
    title = translate("ReadingPage", "The eye tracker's signal is lost")
    lead = translate(
        "ReadingPage",
        "Nothing is lost of what was read. Look at the screen; check cable and tracker program.",
    )
    if link.step == "storage_failed":
        title = translate("ReadingPage", "Gaze cannot be saved now")
        lead = translate(
            "ReadingPage",
            "It is kept in memory and tried again. Nothing is lost as long as this window is open.",
        )
    tone, words, _choices = link_words(link)
    return PanelText(
        title=title,
        lead=f"{lead}\n{read}",
        status=(tone, words),
        keys=((("Esc",), translate("ReadingPage", "End the session")),),
        action=translate("ReadingPage", "Waiting; it is noticed by itself"),
        waiting=True,
    )


def _done(controller: ReadingController, total: int, allow_back: bool) -> PanelText:
    lead = translate(
        "ReadingPage", "All {total} images are read, {count} of them in this session. Thank you."
    ).format(total=total, count=controller.answers - controller.corrections)
    if controller.corrections:
        lead += " " + translate("ReadingPage", "Corrected answers: {count}.").format(
            count=controller.corrections
        )
    keys = [(("Backspace",), translate("ReadingPage", "Back to the last image"))] if allow_back else []
    keys.append(
        (
            (translate("ReadingPage", "Space"),),
            translate("ReadingPage", "Close; after a minute it closes by itself"),
        )
    )
    return PanelText(title=translate("ReadingPage", "Done"), lead=lead, keys=tuple(keys))


def criteria_table(scheme: Scheme, language: str | None = None) -> tuple[tuple[str, ...], ...]:
    """Lay out a scheme's criteria: a column a class, a row an aspect, in the language of the app."""
    texts = [criteria_in(each.criteria, language or QLocale().name()) for each in scheme.classes]
    known = {
        "colour": translate("ReadingPage", "Colour"),
        "vessels": translate("ReadingPage", "Vessels"),
        "surface": translate("ReadingPage", "Surface"),
        "likely": translate("ReadingPage", "Most likely"),
    }
    # In the order in which one looks, then those of other schemes, the diagnosis last.
    aspects = {aspect for each in texts for aspect in each}
    order = [each for each in known if each in aspects and each != "likely"]
    order += sorted(aspects - set(known)) + ["likely"] * ("likely" in aspects)
    head = ("", *(f"{each.key}   {localised(each.name)}" for each in scheme.classes))
    return (
        head,
        *(
            (known.get(aspect, aspect.capitalize()), *(each.get(aspect, "–") for each in texts))
            for aspect in order
        ),
    )


def criteria_in(criteria: dict[str, dict[str, str]], language: str) -> dict[str, str]:
    """Choose the texts of a language (``zh_CN``), else of its family, else English, else any."""
    family = language.split("_")[0]
    for wanted in (language, family, *(each for each in criteria if each.split("_")[0] == family), "en"):
        if wanted in criteria:
            return criteria[wanted]
    return next(iter(criteria.values()), {})
