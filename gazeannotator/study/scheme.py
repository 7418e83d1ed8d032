"""Label schemes: the question that is asked of every image, as data files."""

from __future__ import annotations

import importlib.resources
import re
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from gazeannotator.errors import BadInput
from gazeannotator.study.model import Scheme, SchemeClass

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

_SCHEMES = importlib.resources.files("gazeannotator.resources") / "schemes"
# Class names become folder names in an export, on any system.
_NO_FOLDER_NAME = re.compile(r'[<>:"/\\|?*\x00-\x1f]|^\.|[. ]$')


def load_scheme(name_or_path: str | Path) -> Scheme:
    """Load a scheme that comes with the program, by name, or from a TOML file.

    Parameters
    ----------
    name_or_path : str or Path
        ``"nice"``, or a file with ``name`` and ``[[classes]]`` (``key``, ``name``,
        ``[classes.criteria.<language>]``).

    Raises
    ------
    BadInput
        If there is no such scheme, or the file does not hold one.
    """
    text = str(name_or_path)
    if text.endswith(".toml"):
        return _read(Path(text))
    built_in = _SCHEMES / f"{text.lower()}.toml"
    if not text.isidentifier() or not built_in.is_file():
        known = ", ".join(sorted(each.name.removesuffix(".toml") for each in _SCHEMES.iterdir()))
        raise BadInput(f"There is no label scheme '{text}'.", f"Take one of: {known}; or name a .toml file.")
    return scheme_from_toml(built_in.read_text(encoding="utf-8"), text)


def _read(path: Path) -> Scheme:
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise BadInput(
            f"The scheme file {path} cannot be read: {error.strerror}.", "Check the path."
        ) from error
    except UnicodeDecodeError as error:
        raise BadInput(f"The scheme file {path} is not UTF-8 text.", "Save it as UTF-8.") from error
    return scheme_from_toml(text, str(path))


def scheme_from_toml(text: str, where: str) -> Scheme:
    """Read a scheme from TOML text; `where` names it in messages.

    Raises
    ------
    BadInput
        If it is not TOML, or not a usable scheme.
    """
    try:
        return _checked(scheme_from_dict(tomllib.loads(text)))
    except tomllib.TOMLDecodeError as error:
        raise BadInput(
            f"The scheme file {where} is not valid TOML: {error}.", "Correct that line."
        ) from error
    except KeyError as error:
        raise BadInput(f"The scheme file {where} lacks {error}.", "A scheme has name and classes.") from error
    except (TypeError, AttributeError) as error:
        hint = "A scheme has a name and [[classes]], each with key, name and criteria."
        raise BadInput(f"The scheme file {where} is not laid out as a scheme.", hint) from error
    except ValueError as error:
        raise BadInput(f"The scheme file {where} cannot be used: {error}.", "Correct the file.") from error


def scheme_as_dict(scheme: Scheme) -> dict[str, Any]:
    """Return a scheme as JSON types."""
    return asdict(scheme) | {"classes": [asdict(each) for each in scheme.classes]}


def scheme_from_dict(data: dict[str, Any]) -> Scheme:
    """Rebuild a scheme from `scheme_as_dict`.

    Raises
    ------
    KeyError, TypeError, AttributeError
        If the layout is another.
    """
    classes = (
        SchemeClass(
            str(each["key"]),
            str(each["name"]),
            {language: dict(texts) for language, texts in each.get("criteria", {}).items()},
        )
        for each in data["classes"]
    )
    return Scheme(str(data["name"]), tuple(classes))


def _checked(scheme: Scheme) -> Scheme:
    if not scheme.name.strip():
        raise ValueError("it has no name")
    if not 2 <= len(scheme.classes) <= 9:
        raise ValueError(f"it has {len(scheme.classes)} classes, 2 to 9 are possible")
    taken: set[str] = set()
    for each in scheme.classes:
        if each.key not in set("123456789"):
            raise ValueError(
                f"the key '{each.key}' is not one of the digits 1 to 9 (0 means 'cannot be assessed')"
            )
        if not each.name.strip() or _NO_FOLDER_NAME.search(each.name):
            raise ValueError(f"the class name '{each.name}' cannot be a folder name")
        for word in {each.key.casefold(), each.name.strip().casefold()}:
            if word in taken:
                raise ValueError(f"'{word}' stands for two classes")
            taken.add(word)
    return scheme
