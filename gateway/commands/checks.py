"""`gateway check`, `doctor` and `channel test`: say what is wrong before a customer notices."""

from __future__ import annotations

from typing import Annotated

import typer

from gateway.commands.invocation import Invocation, command
from gateway.commands.root import ask


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    command(app, "check")(check)
    command(app, "doctor")(doctor)
    channel = typer.Typer(help="Channels: mailboxes, bots, widgets, PBX trunks.", no_args_is_help=True)
    app.add_typer(channel, name="channel")
    command(channel, "test")(test_channel)


def check(
    run: Invocation,
    *,
    offline: Annotated[bool, typer.Option("--offline", help="Only read the settings; connect to nothing.")] = False,
) -> None:
    """Validate the settings, then try the store, the signals, the files and every channel."""
    settings = run.settings()
    if offline:
        run.answer("ok     settings", {"settings": "ok"})
        return
    run.report(ask(settings, lambda admin: admin.check()))


def doctor(run: Invocation) -> None:
    """Look for what is unhealthy: channels that lag, work that does not end, disk and clock."""
    run.report(ask(run.settings(), lambda admin: admin.doctor()))


def test_channel(run: Invocation, *, channel_id: Annotated[str, typer.Argument(help="The id, like chn_01k…")]) -> None:
    """Try one channel end to end, without a message to any customer."""
    run.report(ask(run.settings(), lambda admin: admin.test_channel(channel_id)))
