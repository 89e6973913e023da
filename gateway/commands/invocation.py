"""What every command is given: where the settings come from and how to answer. Adds the options that all commands share."""

from __future__ import annotations

import inspect
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from gateway import logs
from gateway.commands.root import CheckLine
from gateway.domain.errors import ConfigError
from gateway.settings import Settings, load

ConfigOption = Annotated[Path | None, typer.Option("--config", help="Settings file; default config/gateway.yaml.")]
SetOption = Annotated[
    list[str] | None, typer.Option("--set", help="One setting, like store.url=sqlite:///var/x.db; repeatable.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Answer in JSON.")]


@dataclass(frozen=True)
class Invocation:
    """One call of a command."""

    file: Path | None = None
    values: Sequence[str] = ()
    json: bool = False

    def settings(self, **options: object) -> Settings:
        """Load the settings, with dotted `options` (`server__port` for server.port) over `--set`; start the log."""
        named = {name.replace("__", "."): value for name, value in options.items() if value is not None}
        settings = load(self.file, options={**_pairs(self.values), **named})
        logs.configure(style=settings.logs.format, level=settings.logs.level)
        return settings

    def answer(self, text: str, data: object) -> None:
        """Print `text` for people or `data` as JSON; letters that this terminal cannot show are written as escapes."""
        charset = sys.stdout.encoding or "ascii"
        if self.json:
            plain = charset.lower().replace("-", "") != "utf8"
            print(json.dumps(data, indent=2, ensure_ascii=plain, default=str))
        else:
            print(text.encode(charset, "backslashreplace").decode(charset))

    def report(self, lines: Iterable[CheckLine]) -> None:
        """Print what was tried and end with code 1 when something failed."""
        tried = list(lines)
        text = "\n".join(f"{mark(line.ok)} {line.name}: {line.text}" for line in tried)
        self.answer(text, [{"name": line.name, "ok": line.ok, "text": line.text} for line in tried])
        if not all(line.ok for line in tried):
            raise typer.Exit(1)


def command(app: typer.Typer, name: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Register a command whose first argument is the Invocation; `--config`, `--set` and `--json` are added to it."""

    def register(function: Callable[..., None]) -> Callable[..., None]:
        shared = [
            _option("config", ConfigOption, None),
            _option("values", SetOption, None),
            _option("as_json", JsonOption, False),
        ]

        def called(**given: Any) -> None:
            file, values, as_json = given.pop("config"), given.pop("values"), given.pop("as_json")
            with _readers_may_leave():
                function(Invocation(file=file, values=values or (), json=as_json), **given)

        signature = inspect.signature(function, eval_str=True)
        own = [each.replace(kind=inspect.Parameter.KEYWORD_ONLY) for each in list(signature.parameters.values())[1:]]
        called.__signature__ = inspect.Signature([*own, *shared])  # type: ignore[attr-defined]
        called.__annotations__ = {each.name: each.annotation for each in [*own, *shared]}
        called.__doc__ = function.__doc__
        app.command(name)(called)
        return function

    return register


def mark(ok: bool) -> str:
    """A word and, on a terminal that wants it, a colour."""
    colour = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    word = "ok    " if ok else "FAILED"
    return f"\x1b[{'32' if ok else '31'}m{word}\x1b[0m" if colour else word


@contextmanager
def _readers_may_leave() -> Iterator[None]:
    """`gateway … | head` is no failure."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _option(name: str, annotation: Any, default: object) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)


def _pairs(values: Sequence[str]) -> Mapping[str, str]:
    pairs = {}
    for value in values:
        key, equals, content = value.partition("=")
        if not equals:
            raise ConfigError(f"--set {value}: write KEY=VALUE, like --set server.port=9000")
        pairs[key.strip()] = content
    return pairs
