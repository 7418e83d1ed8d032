"""Writes what a comparison found: a page to read, and tables to paste into a paper (CSV and LaTeX)."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from gazeannotator.dataset.pages import stamp, template
from gazemodel import figures
from gazemodel.metrics import HEADLINES, NAMES
from gazemodel.run import write_text

_REPEATED_WORDS = {
    "none": "without gaze",
    "default": "the default recipe's loss",
    "mse": "mean squared error",
    "kl": "KL divergence",
    "cc": "correlation",
    "area": "inside the gazed area",
    "head": "predicting the gaze map",
    "reference": "the published study's loss",
}
_ATTENTION = {"cc": "CC", "nss": "NSS", "kl": "KL", "sim": "SIM", "auc_judd": "AUC-Judd"}


def write_comparison(folder: Path, facts: dict[str, Any]) -> Path:
    """Write report.html, arms.csv, differences.csv and tables.tex.

    Parameters
    ----------
    folder : Path
    facts : dict
        As in comparison.json.

    Returns
    -------
    Path
        Of the page.
    """
    lines = facts["arms"] | {name: each["metrics"] for name, each in facts["gaze_shares"].items()}
    write_text(folder / "arms.csv", _arms_csv(lines))
    write_text(folder / "differences.csv", _differences_csv(facts["against_baseline"]))
    write_text(folder / "tables.tex", _latex(facts, lines))
    page = folder / "report.html"
    write_text(
        page,
        template("comparison.html").render(
            facts=facts,
            lines=lines,
            words={name: words_of(name) for name in lines},
            headlines=[(key, NAMES[key]) for key in HEADLINES],
            attention=_ATTENTION,
            verdict=verdict(facts),
            controls=[name for name in facts["arms"] if name.endswith("-shuffled")],
            forest=figures.forest(
                {name: each["difference"]["accuracy"] for name, each in facts["against_baseline"].items()}
            ),
            shares=_share_curves(facts),
            remarks=_remarks(facts),
            **stamp(),
        ),
    )
    return page


def words_of(name: str) -> str:
    """Say in words what an arm is."""
    arm, _, share = name.partition("@")
    loss = arm.removesuffix("-shuffled")
    words = _REPEATED_WORDS.get(loss, loss)
    if arm != loss:
        words += ", control: gaze of other images"
    return f"{words}, {share} % of the images have gaze" if share else words


def verdict(facts: dict[str, Any]) -> str:
    """Answer in a sentence whether gaze made the classifier better."""
    found = facts["difference"]["accuracy"]
    low, high = found["ci95"]
    if low is None:
        return "Too little could be judged to say whether gaze helps."
    points = f"{100 * found['mean']:+.1f} points (95 % interval {100 * low:+.1f} to {100 * high:+.1f})"
    if low > 0:
        return f"With gaze ({facts['gaze_arm']}) accuracy is higher: {points}."
    if high < 0:
        return f"With gaze ({facts['gaze_arm']}) accuracy is lower: {points}."
    return f"Whether gaze ({facts['gaze_arm']}) helps cannot be told from these images: {points}."


def _remarks(facts: dict[str, Any]) -> list[str]:
    remarks = []
    if not facts["patients_known"]:
        remarks.append(
            "Patients are unknown: every image counts as a patient of its own, so all intervals and tests "
            "are too sure where patients have several images."
        )
    if facts["seeds"] == 1:
        remarks.append(
            "Each network was trained once a fold. Other initial weights give other results: repeat with "
            "--seeds 3 or more before you publish."
        )
    for name in facts["arms"]:
        if not name.endswith("-shuffled"):
            continue
        gain = facts["against_baseline"].get(name, {}).get("difference", {}).get("accuracy", {})
        if gain and gain["ci95"][0] is not None and gain["ci95"][0] > 0:
            remarks.append(
                f"The control {name} is better than {facts['baseline_arm']} too: what is gained does not "
                "come from where the readers looked."
            )
    count = len(facts["against_baseline"])
    if count > 1:
        remarks.append(
            f"{count} comparisons are made: p-values are not corrected for that. Name the one that counts "
            "before you train."
        )
    return remarks


def _share_curves(facts: dict[str, Any]) -> str | None:
    curves: dict[str, list[tuple[float, float, list[float | None]]]] = {}
    for each in facts["gaze_shares"].values():
        curves.setdefault(each["arm"], []).append(_point(each["share"], each["metrics"]))
    if not curves:
        return None
    for arm, points in curves.items():
        points.append(_point(1.0, facts["arms"][arm]))
        points.insert(0, _point(0.0, facts["baseline"]))
        points.sort(key=lambda point: point[0])
    return figures.share_curves(curves)


def _point(share: float, metrics: dict[str, Any]) -> tuple[float, float, list[float | None]]:
    return share, metrics["accuracy"], metrics["ci95"]["accuracy"]


def _arms_csv(lines: dict[str, Any]) -> str:
    header = ["arm", "images", "patients"]
    for name in HEADLINES:
        header += [name, f"{name}_low", f"{name}_high"]
    rows = []
    for arm, metrics in lines.items():
        row: list[Any] = [arm, metrics["n_images"], metrics["n_patients"]]
        for name in HEADLINES:
            row += [metrics[name], *metrics["ci95"][name]]
        rows.append(row)
    return _csv(header, rows)


def _differences_csv(against: dict[str, Any]) -> str:
    header = [
        "arm",
        "measure",
        "difference",
        "low",
        "high",
        "p",
        "mcnemar_gained",
        "mcnemar_lost",
        "mcnemar_p",
    ]
    rows = []
    for arm, each in against.items():
        test = each["mcnemar"]
        for name, found in each["difference"].items():
            own = [test["gained"], test["lost"], test["p"]] if name == "accuracy" else ["", "", ""]
            rows.append([arm, name, found["mean"], *found["ci95"], found["p"], *own])
    return _csv(header, rows)


def _csv(header: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([["" if cell is None else cell for cell in row] for row in rows])
    return text.getvalue()


def _latex(facts: dict[str, Any], lines: dict[str, Any]) -> str:
    measures = ("accuracy", "balanced_accuracy", "macro_f1", "auroc_macro", "kappa")
    columns = " & ".join(NAMES[each] for each in measures)
    head = [
        "% needs \\usepackage{booktabs}",
        f"\\begin{{tabular}}{{l{'l' * len(measures)}ll}}",
        "\\toprule",
        f"Arm & {columns} & $\\Delta$ accuracy & $p$ \\\\",
        "\\midrule",
    ]
    body = []
    for name, metrics in lines.items():
        cells = [_interval(metrics[each], metrics["ci95"][each], "{:.3f}") for each in measures]
        found = facts["against_baseline"].get(name, {}).get("difference", {}).get("accuracy")
        cells.append(_interval(found["mean"], found["ci95"], "{:+.3f}") if found else "--")
        cells.append(f"{found['p']:.3f}" if found and found["p"] is not None else "--")
        body.append(" & ".join([name.replace("@", " at ").replace("%", "\\%"), *cells]) + " \\\\")
    return "\n".join([*head, *body, "\\bottomrule", "\\end{tabular}", ""])


def _interval(value: float | None, ends: Sequence[float | None], form: str) -> str:
    if value is None:
        return "--"
    write: Callable[[float], str] = form.format
    low, high = ends
    return write(value) if low is None or high is None else f"{write(value)} ({write(low)} to {write(high)})"
