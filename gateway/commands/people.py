"""`gateway operator`: add the people who answer, and let them in."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from gateway.commands.invocation import Invocation, command
from gateway.commands.root import Admin, ask
from gateway.domain.errors import ConfigError

Email = Annotated[str, typer.Argument(help="Mail address, which is also the name to sign in with.")]
Roles = Annotated[list[str], typer.Option("--role", help="operator, supervisor or admin; repeatable.")]


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    operator = typer.Typer(help="The people who answer.", no_args_is_help=True)
    app.add_typer(operator, name="operator")
    command(operator, "add")(add)
    command(operator, "link")(link)


def add(
    run: Invocation,
    *,
    email: Email,
    name: Annotated[str, typer.Option(help="Name as customers see it.")],
    roles: Roles = ["operator"],  # noqa: B006
    password_file: Annotated[Path | None, typer.Option(help="File with the first password; - reads standard input.")] = None,
) -> None:
    """Add an operator. Without a password, a link that signs in once is printed."""
    password = _password(password_file)

    async def question(admin: Admin) -> dict[str, str]:
        made = await admin.add_operator(email=email, name=name, roles=tuple(roles), password=password)
        return {"id": made} if password else {"id": made, "link": await admin.sign_in_link(email=email)}

    made = ask(run.settings(), question)
    run.answer("\n".join(made.values()), made)


def link(run: Invocation, *, email: Email) -> None:
    """Print a link that signs an operator in once."""
    made = ask(run.settings(), lambda admin: admin.sign_in_link(email=email))
    run.answer(made, {"link": made})


def _password(file: Path | None) -> str | None:
    """From the file; asked for on a terminal; never waited for without one."""
    if file is None:
        return None
    if str(file) == "-":
        if sys.stdin.isatty():
            return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))
        return sys.stdin.readline().rstrip("\n")
    try:
        return file.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ConfigError(f"--password-file {file}: {error.strerror}") from error
