"""`gateway config`: settings as they are in force, their schema, and lines, channels and operators as a file."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Annotated, Any

import typer

from gateway import logs
from gateway.commands.invocation import Invocation, command
from gateway.commands.root import ask
from gateway.domain.errors import ConfigError


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    config = typer.Typer(help="Settings, and lines and channels as files.", no_args_is_help=True)
    app.add_typer(config, name="config")
    for name, function in (("show", show), ("schema", schema), ("export", export), ("apply", apply)):
        command(config, name)(function)


def show(run: Invocation) -> None:
    """Print the settings in force, whatever they came from; passwords are hidden."""
    values = logs.redact(None, "", run.settings().model_dump(mode="json", exclude={"secret_file"}))
    values = {**values, "secret_file": str(run.settings().secret_file)}
    run.answer(_yaml(values), values)


def schema(run: Invocation) -> None:  # noqa: ARG001
    """Print the JSON Schema of the settings file."""
    from gateway.settings import reference

    print(json.dumps(reference.schema(), indent=2, ensure_ascii=False))


def export(
    run: Invocation,
    *,
    file: Annotated[Path | None, typer.Argument(help="Where to write; default standard output.")] = None,
) -> None:
    """Write lines, channels and operators as YAML, without secrets."""
    exported = ask(run.settings(), lambda admin: admin.export_config())
    text = _yaml(exported)
    if file:
        file.write_text(text, encoding="utf-8")
    else:
        run.answer(text, exported)


def apply(
    run: Invocation,
    *,
    file: Annotated[Path, typer.Argument(help="A file in the form `config export` writes.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would change.")] = False,
) -> None:
    """Make lines, channels and operators what the file says."""
    wanted = _read(file)
    changes = list(ask(run.settings(), lambda admin: admin.apply_config(wanted, dry_run=dry_run)))
    run.answer("\n".join(changes) or "nothing to change", {"changes": changes, "dry_run": dry_run})


def _read(file: Path) -> dict[str, Any]:
    from gateway.settings.sources import YamlSource

    wanted = YamlSource(file).values()
    if not wanted:
        raise ConfigError(f"{file}: empty; write one with `gateway config export {file}`")
    return wanted


def _yaml(values: dict[str, Any]) -> str:
    from ruamel.yaml import YAML

    out = io.StringIO()
    writer = YAML(typ="safe", pure=True)
    writer.default_flow_style = False
    writer.sort_base_mapping_type_on_output = False  # type: ignore[assignment]
    writer.dump(values, out)
    return out.getvalue().rstrip()
