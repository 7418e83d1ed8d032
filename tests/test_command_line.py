"""What the console script does whatever the command."""

from __future__ import annotations

import subprocess
import sys

import pytest

COMMAND = [sys.executable, "-m", "gazeannotator.cli.main"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ("study create there", "Missing option '--images'. See "),
        ("study info", "Missing argument"),
        ("study info there --jsn", "No such option"),
        ("tracker simulate --rate 0", "Invalid value for '--rate'"),
        ("fixations g.csv -o f.csv --screen-px 9x9 --screen-mm 9x9 --distance-mm near", "'--distance-mm'"),
    ],
)
def test_wrong_usage_is_one_line_and_exit_2(arguments: str, says: str) -> None:
    result = subprocess.run([*COMMAND, *arguments.split()], capture_output=True, text=True, timeout=120)
    assert (result.returncode, result.stdout, result.stderr.count("\n")) == (2, "", 1)
    assert result.stderr.startswith("Error: ")
    assert says in result.stderr
    assert result.stderr.endswith("--help`.\n")


def test_the_trainer_says_it_so_too() -> None:
    for arguments, says in (("train", "Missing"), ("train d.h5 -o r --epochs few", "'--epochs'")):
        command = [sys.executable, "-m", "gazemodel.cli", *arguments.split()]
        result = subprocess.run(command, capture_output=True, text=True, timeout=120)
        assert (result.returncode, result.stdout, result.stderr.count("\n")) == (2, "", 1)
        assert result.stderr.startswith("Error: ")
        assert says in result.stderr
        assert result.stderr.endswith(" train --help`.\n")


def test_other_exits_are_as_before() -> None:
    for arguments, code in (("--version", 0), ("study --help", 0), ("study info nowhere", 2), ("study", 2)):
        result = subprocess.run([*COMMAND, *arguments.split()], capture_output=True, text=True, timeout=120)
        assert result.returncode == code, result.stderr
