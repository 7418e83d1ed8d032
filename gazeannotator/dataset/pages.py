"""Reports as HTML: one self-contained page of a template and the look that all reports share."""

from __future__ import annotations

import importlib.resources
from datetime import datetime, timezone

import jinja2

from gazeannotator.dataset.readme import version


def template(name: str) -> jinja2.Template:
    """Load a template of the reports; every value is escaped, a missing one is an error."""
    folder = importlib.resources.files("gazeannotator.resources") / "report"
    loader = jinja2.FunctionLoader(lambda each: (folder / each).read_text(encoding="utf-8"))
    environment = jinja2.Environment(
        loader=loader, autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True
    )
    environment.filters["figure"] = _figure
    environment.filters["interval"] = _interval
    return environment.get_template(name)


def stamp() -> dict[str, str]:
    """Version of this program, and when a page is written, as the templates name them."""
    return {"version": version(), "written": datetime.now(timezone.utc).strftime("%Y-%m-%d %H:%M UTC")}


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _interval(values: list[float | None] | tuple[float, float] | None) -> str:
    low, high = values or (None, None)
    return "" if low is None or high is None else f"{low:.3f} to {high:.3f}"
