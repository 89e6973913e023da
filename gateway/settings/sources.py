"""The places values come from. Each source knows its values and can say where a value or a key stands.

Reads files and environment variables; judges nothing: `loading` does.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError

from gateway.domain.errors import ConfigError

PREFIX = "GATEWAY__"
PASSWORD = re.compile(r"(?<=://)[^/\s:@]*:[^\s@]+(?=@)")
Path_ = tuple[str | int, ...]


@dataclass(frozen=True)
class Place:
    """Where something stands: a name for people, and the text of the line with a mark under it, if it is in a file."""

    name: str
    excerpt: str = ""


def without_passwords(text: str) -> str:
    """As it may stand on a screen or in a ticket: same length, so that a mark below stays where it is."""
    return PASSWORD.sub(lambda found: "*" * len(found[0]), text)


class YamlSource:
    """A YAML file, read with the position of every key and value."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(f"{path}: cannot be read: {error}") from error
        self._tree = self._parsed()

    def values(self) -> dict[str, Any]:
        """The file as plain values."""
        return {str(key): _plain(value) for key, value in self._tree.items()}

    def place(self, path: Path_, *, key: bool) -> Place | None:
        """Where the key or the value of `path` stands; None when the file does not name it."""
        node: Any = self._tree
        position = (0, 0)
        for part in path:
            if isinstance(node, CommentedMap) and part in node:
                position = node.lc.key(part) if key or isinstance(node[part], CommentedMap) else node.lc.value(part)
            elif isinstance(node, CommentedSeq) and isinstance(part, int) and part < len(node):
                position = node.lc.item(part)
            else:
                return None
            node = node[part]
        return self._at(*position)

    def _parsed(self) -> CommentedMap:
        try:
            tree = YAML(typ="rt", pure=True).load(self._text)
        except MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            place = self._at(mark.line, mark.column) if mark else Place(str(self._path))
            problem = without_passwords((error.problem or error.context or "").partition(" with value ")[0])
            raise ConfigError(f"{place.name}: not valid YAML: {problem}{place.excerpt}") from error
        if tree is None:
            return CommentedMap()
        if not isinstance(tree, CommentedMap):
            raise ConfigError(f"{self._path}:1:1: expected `section:` lines, found {type(_plain(tree)).__name__}")
        return tree

    def _at(self, line: int, column: int) -> Place:
        lines = self._text.splitlines()
        shown = lines[line] if line < len(lines) else ""
        excerpt = f"\n  {line + 1:>4} | {without_passwords(shown)}\n       | {' ' * column}^"
        return Place(f"{self._path}:{line + 1}:{column + 1}", excerpt)


class NamedSource:
    """Values that have a name each instead of a position: environment variables or command-line options."""

    def __init__(self, entries: Mapping[Path_, tuple[str, Any]]) -> None:
        self._entries = entries

    def values(self) -> dict[str, Any]:
        """The entries as a tree."""
        tree: dict[str, Any] = {}
        for path, (name, value) in self._entries.items():
            node = tree
            for part in path[:-1]:
                node = node.setdefault(str(part), {})
                if not isinstance(node, dict):
                    raise ConfigError(
                        f"{name}: {'.'.join(map(str, path[:-1]))} is given as a whole elsewhere; keep one of the two"
                    )
            node[str(path[-1])] = value
        return tree

    def place(self, path: Path_, *, key: bool) -> Place | None:  # noqa: ARG002
        """The name of the variable or option that set `path`, or something inside or around it."""
        for entry, (name, _) in self._entries.items():
            if entry[: len(path)] == path or path[: len(entry)] == entry:
                return Place(name)
        return None


Source = YamlSource | NamedSource


def from_environment(environment: Mapping[str, str]) -> NamedSource:
    """`GATEWAY__STORE__URL=…`, or `GATEWAY__STORE__URL_FILE=/run/secrets/…` to read the value from a file."""
    entries: dict[Path_, tuple[str, Any]] = {}
    for name, value in sorted(environment.items()):
        if not name.upper().startswith(PREFIX):
            continue
        path, content = _named(name, value)
        if path in entries:
            raise ConfigError(f"{name} and {entries[path][0]} set the same value; keep one of the two")
        entries[path] = (name, content)
    return NamedSource(entries)


def from_options(options: Mapping[str, Any]) -> NamedSource:
    """Dotted names from the command line: `{"server.port": "9000"}`; None means not given."""
    return NamedSource(
        {tuple(name.split(".")): (f"option {name}", value) for name, value in options.items() if value is not None}
    )


def _named(name: str, value: str) -> tuple[Path_, str]:
    path: Path_ = tuple(name[len(PREFIX) :].lower().split("__"))
    last = str(path[-1])
    if not last.endswith("_file") or path == ("secret_file",):
        return path, value
    return (*path[:-1], last.removesuffix("_file")), _file_value(name, value)


def _file_value(name: str, path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{name}: cannot read {path}: {error}") from error


def _plain(node: Any) -> Any:
    if isinstance(node, CommentedMap):
        return {str(key): _plain(value) for key, value in node.items()}
    if isinstance(node, CommentedSeq):
        return [_plain(value) for value in node]
    return node
