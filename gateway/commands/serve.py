"""`gateway serve` and `gateway init`: start, and prepare a folder to start in."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gateway.commands.invocation import Invocation, command
from gateway.commands.root import composition_root
from gateway.settings import DEFAULT_FILE, reference, secret


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    command(app, "serve")(serve)
    command(app, "init")(init)


def serve(
    run: Invocation,
    *,
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.")] = None,
) -> None:
    """Start the gateway and run until told to stop (Ctrl-C, SIGTERM)."""
    settings = run.settings(server__host=host, server__port=port)
    composition_root().serve(settings)


def init(run: Invocation) -> None:
    """Write a settings file with every key explained, if there is none, and make the secret key."""
    file = run.file or DEFAULT_FILE
    done = []
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(reference.template(), encoding="utf-8")
        done.append(f"wrote {file}")
    settings = Invocation(file=file, values=run.values).settings()
    done += _secret(settings.secret_file)
    run.answer("\n".join(done) or "nothing to do: everything is in place", {"done": done})


def _secret(path: Path) -> list[str]:
    made = not path.exists()
    secret.read_or_create(path)
    return [f"made {path}"] if made else []
