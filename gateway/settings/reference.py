"""What people and editors read about the settings, made from the model: the JSON Schema and the table of keys."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from gateway.settings.model import Settings
from gateway.settings.sources import PREFIX

DRAFT = "http://json-schema.org/draft-07/schema#"

_HEAD = """# Configuration

Made from `gateway/settings/model.py` by `make docs`; change it there.

The gateway starts without any configuration. Values are taken from, each over the one before:

1. the defaults below;
2. `config/gateway.yaml`, or the file named by `--config` or `GATEWAY_CONFIG`;
3. environment variables; `…_FILE` reads the value from a file, for secrets;
4. options of the command line (`--port 9000`, `--set store.url=…`).

`gateway check` says what is wrong, where, and how to mend it; `gateway config show` prints what is in force, and
`gateway config schema` the JSON Schema that editors use to complete keys. Lines, channels and operators are data, not
settings: `gateway config export` and `gateway config apply`. Complete files to start from are in `examples/`.

| Key | Default | Environment variable | Meaning |
| --- | --- | --- | --- |
"""


def schema() -> dict[str, Any]:
    """JSON Schema, draft-07, without references, for the first line of the YAML file."""
    made = Settings.model_json_schema()
    definitions = made.pop("$defs", {})
    whole = _inlined(made, definitions)
    return {"$schema": DRAFT, **whole}


def key_table() -> str:
    """config/README.md as it should be."""
    return _HEAD + "".join(_row(*row) for row in _keys(Settings, ()))


def _keys(model: type[BaseModel], path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any, str]]:
    for name, field in model.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from _keys(field.annotation, (*path, name))
        else:
            yield (
                (*path, name),
                field.get_default(call_default_factory=True, validated_data={}),
                field.description or "",
            )


def _row(path: tuple[str, ...], default: Any, meaning: str) -> str:
    return f"| `{'.'.join(path)}` | {_shown(default)} | `{PREFIX}{'__'.join(path).upper()}` | {meaning} |\n"


def _shown(value: Any) -> str:
    if value == "" or value is None:
        return ""
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    return f"`{', '.join(value) if isinstance(value, tuple) else value}`"


def _inlined(node: Any, definitions: dict[str, Any]) -> Any:
    if isinstance(node, list):
        return [_inlined(item, definitions) for item in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        beside = {key: value for key, value in node.items() if key not in {"$ref", "default"}}
        return _inlined({**definitions[node["$ref"].rsplit("/", 1)[1]], **beside}, definitions)
    return {key: _inlined(value, definitions) for key, value in node.items() if key != "title" or isinstance(value, dict)}


def template() -> str:
    """A settings file with every key, its default and its meaning, commented out."""
    lines = ["# Settings. Everything is a default; remove the # before what you change.", ""]
    section: tuple[str, ...] = ()
    for path, default, meaning in _keys(Settings, ()):
        if path[:-1] != section:
            section = path[:-1]
            lines += ["", f"# {section[0]}:"] if section else [""]
        lines.append(f"#{'   ' if section else ' '}{path[-1]}: {_scalar(default)}  # {meaning}")
    return "\n".join(lines) + "\n"


def _scalar(value: Any) -> str:
    return json.dumps(list(value) if isinstance(value, tuple) else value if isinstance(value, bool | int) else str(value))
