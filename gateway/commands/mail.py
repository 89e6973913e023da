"""`gateway mail parse`: show what the mail channel reads out of a raw mail, to find out why one looks wrong."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from gateway.commands.invocation import Invocation, command
from gateway.commands.root import inspect_mail
from gateway.domain.errors import NotFound


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    mail = typer.Typer(help="Look into mail.", no_args_is_help=True)
    app.add_typer(mail, name="mail")
    command(mail, "parse")(parse)


def parse(run: Invocation, *, file: Annotated[Path, typer.Argument(help="Raw mail (.eml); - reads standard input.")]) -> None:
    """Parse one raw mail and print sender, recipients, thread, text, quoted parts and attachments."""
    found = inspect_mail(_raw(file))
    text = "\n".join(
        f"{key}: {value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)}"
        for key, value in found.items()
    )
    run.answer(text, found)


def _raw(file: Path) -> bytes:
    if str(file) == "-":
        return sys.stdin.buffer.read()
    try:
        return file.read_bytes()
    except OSError as error:
        raise NotFound(f"{file}: {error.strerror}") from error
