"""Application settings: one small JSON file that holds only what differs from the defaults.

Settings are read above the core only; functions below take arguments. Changes are
written at once, whole or not at all.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any, Literal

import platformdirs
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, field_validator

from gazeannotator.tracking.mapping import Answer, StreamMapping

SCHEMA_VERSION = 1
MAX_RECENT = 12

_MAPPING = TypeAdapter(StreamMapping)

Coordinates = Literal["normalised", "screen_px"]
PatchCorner = Literal["", "top_left", "top_right", "bottom_left", "bottom_right"]
Language = Literal["system", "en", "zh_CN"]


class RecentStudy(BaseModel):
    """A study that was open before; the name is kept so that the list needs no database."""

    model_config = ConfigDict(frozen=True, extra="allow")

    path: str
    name: str
    opened_utc: str = ""


class LastStream(BaseModel):
    """The gaze stream that was used last."""

    model_config = ConfigDict(frozen=True, extra="allow")

    source_id: str
    name: str


class Settings(BaseModel):
    """What the app remembers between two starts. Unknown keys of the file are kept.

    Attributes
    ----------
    language : str
        ``system`` follows the operating system.
    recent_studies : tuple of RecentStudy
        Newest first.
    recent_datasets, recent_runs : tuple of str
        Data-set files and training folders, newest first.
    screens_mm : dict
        Screen name → width, height in mm as measured by the operator.
    viewing_distance_mm : float
        From the eye to the screen.
    onset_correction_s : float
        Measured delay from the onset's stamp to the light.
    photodiode_corner : str
        Where a patch flips with every onset, for measuring that delay; empty: nowhere.
    photodiode_size_mm : float
        Its side.
    last_reader : str
    last_stream : LastStream or None
    stream_coordinates : dict
        Stream's source id, or its name where it has none → what its coordinates are, where the
        stream does not say it.
    stream_mappings : dict
        The same → which of its channels is what. A mapping that cannot be read as a whole, because a
        newer program wrote it, is left out: the operator is asked again.
    lsl_scope : str
        ``machine`` keeps LSL on this computer; ``network`` opens it.
    """

    model_config = ConfigDict(frozen=True, extra="allow")

    schema_version: int = SCHEMA_VERSION
    language: Language = "system"
    recent_studies: tuple[RecentStudy, ...] = ()
    recent_datasets: tuple[str, ...] = ()
    recent_runs: tuple[str, ...] = ()
    screens_mm: dict[str, tuple[float, float]] = Field(default_factory=dict)
    viewing_distance_mm: float = Field(default=650.0, gt=100, lt=5000)
    onset_correction_s: float = Field(default=0.0, ge=-1, le=1)
    photodiode_corner: PatchCorner = ""
    photodiode_size_mm: float = Field(default=15.0, ge=5, le=60)
    last_reader: str = ""
    last_stream: LastStream | None = None
    stream_coordinates: dict[str, Coordinates] = Field(default_factory=dict)
    stream_mappings: dict[str, StreamMapping] = Field(default_factory=dict)
    lsl_scope: Literal["machine", "network"] = "machine"

    @field_validator("stream_mappings", mode="before")
    @classmethod
    def _leave_out_unreadable(cls, value: object) -> object:
        if not isinstance(value, dict):
            return {}
        return {key: each for key, each in value.items() if _is_whole_mapping(each)}

    def with_recent_study(self, study: RecentStudy) -> Settings:
        """Put a study on top of the list."""
        others = [each for each in self.recent_studies if each.path != study.path]
        return self.model_copy(update={"recent_studies": (study, *others)[:MAX_RECENT]})

    def without_recent_study(self, path: str) -> Settings:
        """Take a study off the list."""
        kept = tuple(each for each in self.recent_studies if each.path != path)
        return self.model_copy(update={"recent_studies": kept})

    def with_recent_dataset(self, path: str) -> Settings:
        """Put a data set on top of the list."""
        return self.model_copy(update={"recent_datasets": _on_top(self.recent_datasets, path)})

    def with_recent_run(self, path: str) -> Settings:
        """Put a training run on top of the list."""
        return self.model_copy(update={"recent_runs": _on_top(self.recent_runs, path)})

    def with_coordinates(self, source_id: str, coordinates: Coordinates) -> Settings:
        """Remember what the coordinates of a stream are, instead of an earlier answer."""
        return self.with_answer(source_id, coordinates)

    def with_answer(self, source_id: str, answer: Answer) -> Settings:
        """Remember what was told of a stream, instead of an earlier answer."""
        coordinates = {key: each for key, each in self.stream_coordinates.items() if key != source_id}
        mappings = {key: each for key, each in self.stream_mappings.items() if key != source_id}
        if isinstance(answer, StreamMapping):
            mappings[source_id] = answer
        else:
            coordinates[source_id] = answer
        return self.model_copy(update={"stream_coordinates": coordinates, "stream_mappings": mappings})

    def answer_for(self, source_id: str) -> Answer | None:
        """Return what was told of a stream."""
        return self.stream_mappings.get(source_id) or self.stream_coordinates.get(source_id)


MIGRATIONS: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {}
"""Schema version n → function that turns a file of version n into one of n + 1."""


class SettingsFile:
    """The settings as they are now, and their file.

    Parameters
    ----------
    path : Path, optional
        Default: ``settings.json`` in `config_folder`.

    Attributes
    ----------
    current : Settings
    problem : str
        Why the file could not be used, for one message to the user; empty if all is well.
    kept_aside : Path or None
        Where the unusable file went.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or config_folder() / "settings.json"
        self.problem = ""
        self.kept_aside: Path | None = None
        self.current = Settings()
        try:
            text = self.path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return
        except OSError as error:
            self.problem = error.strerror or type(error).__name__
            return
        except UnicodeDecodeError:
            self._keep_aside("it is not UTF-8 text")
            return
        try:
            self.current = _parse(text)
        except ValueError as error:
            self._keep_aside(_in_one_line(error))

    def change(self, settings: Settings) -> None:
        """Take over new settings and write them, whole or not at all.

        Raises
        ------
        OSError
            If the file cannot be written; the settings hold for this run all the same.
        """
        self.current = settings
        facts = settings.model_dump(mode="json", exclude_defaults=True)
        text = json.dumps({"schema_version": SCHEMA_VERSION, **facts}, ensure_ascii=False, indent=2)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        half = self.path.with_name(f"{self.path.name}.{os.getpid()}.tmp")
        try:
            half.write_text(text + "\n", encoding="utf-8")
            os.replace(half, self.path)
        except OSError:
            half.unlink(missing_ok=True)
            raise

    def _keep_aside(self, reason: str) -> None:
        self.problem = reason
        aside = self.path.with_name(f"{self.path.name}.bad")
        try:
            os.replace(self.path, aside)
        except OSError:
            return
        self.kept_aside = aside


def config_folder() -> Path:
    """Folder of the settings and the log; ``GAZEANNOTATOR_CONFIG_DIR`` moves it."""
    moved = os.environ.get("GAZEANNOTATOR_CONFIG_DIR")
    return Path(moved) if moved else Path(platformdirs.user_config_dir("gazeannotator", appauthor=False))


def _parse(text: str) -> Settings:
    facts = json.loads(text)
    if not isinstance(facts, dict):
        raise ValueError("it is not a JSON object")
    version = facts.get("schema_version", 1)
    if not isinstance(version, int) or version > SCHEMA_VERSION:
        raise ValueError(f"it was written by a newer program (schema version {version})")
    for step in range(version, SCHEMA_VERSION):
        facts = {**MIGRATIONS[step](facts), "schema_version": step + 1}
    return Settings.model_validate(facts)


def _in_one_line(error: ValueError) -> str:
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        return f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}"
    if isinstance(error, json.JSONDecodeError):
        return f"it is not JSON (line {error.lineno})"
    return str(error)


def _is_whole_mapping(value: object) -> bool:
    """Whether a mapping holds nothing that this version does not know: the rest could mean something else."""
    try:
        _MAPPING.validate_python(value)
    except ValidationError:
        return False
    return isinstance(value, StreamMapping) or (
        isinstance(value, dict) and value.keys() <= {each.name for each in fields(StreamMapping)}
    )


def _on_top(paths: tuple[str, ...], path: str) -> tuple[str, ...]:
    return (path, *(each for each in paths if each != path))[:MAX_RECENT]
