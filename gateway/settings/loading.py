"""Put the sources on top of each other, check the result, and say what is wrong so that it can be mended at once."""

from __future__ import annotations

import difflib
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from gateway.domain.errors import ConfigError
from gateway.settings.model import Settings
from gateway.settings.sources import Path_, Place, Source, YamlSource, from_environment, from_options

DEFAULT_FILE = Path("config/gateway.yaml")


def load(
    file: Path | None = None, *, environment: Mapping[str, str] | None = None, options: Mapping[str, Any] | None = None
) -> Settings:
    """Read `file` (default config/gateway.yaml, which may be absent), the environment and the options.

    `options` are dotted names. Raises ConfigError that lists everything that is wrong, each with its place.
    """
    environment = os.environ if environment is None else environment
    sources: list[Source] = [*_files(file, environment), from_environment(environment), from_options(options or {})]
    merged: dict[str, Any] = {}
    for source in sources:
        _merge(merged, source.values())
    try:
        settings = Settings.model_validate(merged)
    except ValidationError as error:
        raise ConfigError("\n".join(_described(problem, sources) for problem in error.errors())) from None
    contradictions = [f"{_where(path, sources).name}: {text}" for path, text in _contradictions(settings)]
    if contradictions:
        raise ConfigError("\n".join(contradictions))
    return settings


def _files(file: Path | None, environment: Mapping[str, str]) -> list[YamlSource]:
    named = file or (Path(environment["GATEWAY_CONFIG"]) if environment.get("GATEWAY_CONFIG") else None)
    if named is None:
        return [YamlSource(DEFAULT_FILE)] if DEFAULT_FILE.exists() else []
    return [YamlSource(named)]


def _merge(below: dict[str, Any], above: Mapping[str, Any]) -> None:
    for key, value in above.items():
        if isinstance(value, dict) and isinstance(below.get(key), dict):
            _merge(below[key], value)
        else:
            below[key] = value


def _contradictions(settings: Settings) -> list[tuple[Path_, str]]:
    found: list[tuple[Path_, str]] = []
    if settings.server.processes > 1:
        if settings.signals.url.startswith("memory:"):
            found.append((("server", "processes"), "several processes need Redis: set signals.url to redis://host:6379/0"))
        if settings.store.url.startswith("sqlite:"):
            found.append((("server", "processes"), "several processes need PostgreSQL: set store.url to postgresql://…"))
    return found


def _described(problem: Mapping[str, Any], sources: Sequence[Source]) -> str:
    path: Path_ = tuple(part for part in problem["loc"])
    unknown = problem["type"] == "extra_forbidden"
    place = _where(path, sources, key=unknown)
    text = _unknown(path) if unknown else _wrong(path, problem)
    return f"{place.name}: {text}{place.excerpt}"


def _where(path: Path_, sources: Sequence[Source], *, key: bool = False) -> Place:
    """The place in the uppermost source that sets `path`; for a missing one, where its section stands."""
    for length in range(len(path), 0, -1):
        for source in reversed(sources):
            place = source.place(path[:length], key=key)
            if place:
                return place
    return Place("configuration")


def _unknown(path: Path_) -> str:
    *section, wrong = path
    known = list(_section(section).model_fields)
    near = difflib.get_close_matches(str(wrong), known, n=1, cutoff=0.5)
    inside = f' in "{".".join(map(str, section))}"' if section else ""
    hint = f'did you mean "{near[0]}"?' if near else _elsewhere(str(wrong))
    return f'unknown key "{wrong}"{inside}; {hint} Known here: {", ".join(known)}.'


def _elsewhere(wrong: str) -> str:
    homes = [f'"{name}.{wrong}"' for name in Settings.model_fields if wrong in getattr(_section([name]), "model_fields", {})]
    return f"did you mean {' or '.join(homes)}?" if homes else "remove it."


def _wrong(path: Path_, problem: Mapping[str, Any]) -> str:
    name = ".".join(map(str, path))
    if problem["type"] == "model_type":
        return f'"{name}" is a section; write its keys below it, indented: {", ".join(_section(path).model_fields)}'
    said = str(problem["msg"]).removeprefix("Value error, ")
    given = problem.get("input")
    shown = f" (found {given!r})" if isinstance(given, str | int | float | bool) and "url" not in str(path[-1:]) else ""
    return f'"{name}": {said[:1].lower()}{said[1:]}{shown}'


def _section(path: Sequence[str | int]) -> type[BaseModel]:
    model: type[BaseModel] = Settings
    for part in path:
        field = model.model_fields.get(str(part))
        if field is None or not isinstance(field.annotation, type) or not issubclass(field.annotation, BaseModel):
            break
        model = field.annotation
    return model
