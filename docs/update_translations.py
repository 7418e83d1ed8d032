"""Refresh the Chinese catalogue: collect the texts of the windows (.ts) and compile them (.qm).

python docs/update_translations.py            collect, then compile
python docs/update_translations.py --check    change nothing; exit 1 if the catalogue is stale or has gaps
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
CATALOGUE = CHECKOUT / "resources" / "translations" / "gazeannotator_zh_CN.ts"


def tool(name: str) -> str:
    """Return one of PySide6's own tools, of the environment that runs this."""
    return shutil.which(name, path=str(Path(sys.executable).parent)) or name


def collect(catalogue: Path) -> None:
    """Bring a catalogue to the texts that the code has now; texts that are gone are dropped."""
    sources = sorted(str(file) for file in (CHECKOUT / "gazeannotator").rglob("*.py"))
    arguments = ["-locations", "none", "-no-obsolete", "-source-language", "en", "-target-language", "zh_CN"]
    command = [tool("pyside6-lupdate"), *arguments, *sources, "-ts", str(catalogue)]
    subprocess.run(command, check=True, capture_output=True)


def compile_catalogue(catalogue: Path, target: Path) -> None:
    """Write the binary catalogue that the app loads."""
    subprocess.run(
        [tool("pyside6-lrelease"), str(catalogue), "-qm", str(target)], check=True, capture_output=True
    )


def texts(catalogue: Path) -> dict[tuple[str, str], str | None]:
    """Read a catalogue: (context, source) → translation, None where it is not finished."""
    found: dict[tuple[str, str], str | None] = {}
    for context in ElementTree.parse(catalogue).getroot().iter("context"):  # our own file
        name = context.findtext("name", "")
        for message in context.iter("message"):
            translation = message.find("translation")
            forms = [] if translation is None else [form.text for form in translation.iter("numerusform")]
            done = translation is not None and translation.get("type") != "unfinished"
            text = "|".join(form or "" for form in forms) if forms else (done and translation.text) or None
            found[name, message.findtext("source", "")] = text if done else None
    return found


def check() -> list[str]:
    """Say what is stale or missing in the catalogue."""
    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(folder) / CATALOGUE.name
        shutil.copy(CATALOGUE, fresh)
        collect(fresh)
        compiled = Path(folder) / "fresh.qm"
        compile_catalogue(CATALOGUE, compiled)
        known, now = texts(CATALOGUE), texts(fresh)
        problems = [
            f"not in the catalogue: {source!r} ({context})" for context, source in now.keys() - known.keys()
        ]
        problems += [
            f"no longer in the code: {source!r} ({context})" for context, source in known.keys() - now.keys()
        ]
        problems += [
            f"not translated: {source!r} ({context})" for (context, source), text in now.items() if not text
        ]
        if compiled.read_bytes() != CATALOGUE.with_suffix(".qm").read_bytes():
            problems.append("the compiled catalogue (.qm) is older than the .ts file")
    return problems


def main() -> int:
    """Run as the module's description says."""
    if "--check" in sys.argv[1:]:
        problems = check()
        sys.stderr.writelines(f"{problem}\n" for problem in sorted(problems))
        return 1 if problems else 0
    collect(CATALOGUE)
    compile_catalogue(CATALOGUE, CATALOGUE.with_suffix(".qm"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
