from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from gazemodel import figures


@pytest.fixture(scope="module")
def page(trained: Path) -> str:
    return (trained / "report.html").read_text(encoding="utf-8")


def test_the_report_needs_no_other_file(page: str) -> None:
    sources = re.findall(r'(?:src|href)="([^"]{0,40})', page)
    assert len(sources) > 10
    assert all(each.startswith("data:image/png;base64,") for each in sources)
    assert "url(" not in page
    assert "<script" not in page


def test_it_says_what_must_be_said(page: str) -> None:
    assert "Simulated: gaze in this data set comes from a simulated eye" in page
    assert "Not for clinical use" in page
    assert "9 test images" in page
    assert "spurious cue" in page
    for heading in ("Learning curves", "Classes", "looks where|look where readers", "How this was made"):
        assert re.search(heading, page)
    assert page.count('alt="Attention"') == page.count('alt="Gaze"') == 9


@pytest.mark.parametrize("name", [r"$\foo$", "1$ to 2$", "<b>", "a_b^"])
def test_any_class_name_can_be_drawn(name: str) -> None:
    classes = (name, "other")
    assert figures.confusion_matrix(np.eye(2, dtype=np.int64), classes)
    assert figures.roc_curves(np.array([0, 1]), np.array([[0.9, 0.1], [0.6, 0.4]]), classes)


def test_its_tags_are_balanced(page: str) -> None:
    class Checker(HTMLParser):
        def __init__(self) -> None:
            super().__init__()
            self.open: list[str] = []

        def handle_starttag(self, tag: str, attrs: object) -> None:
            if tag not in ("meta", "img", "br"):
                self.open.append(tag)

        def handle_endtag(self, tag: str) -> None:
            assert self.open.pop() == tag

    checker = Checker()
    checker.feed(page)
    assert checker.open == []
