"""The command line: `gateway` or `python -m gateway`. Parses, runs one command, turns failures into an exit code.

0 done · 1 failed · 2 wrong usage · 3 the configuration is invalid · 130 interrupted
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

import typer

from gateway import __version__
from gateway.commands import checks, config, mail, people, serve
from gateway.domain.errors import ConfigError, GatewayError

FAILED, CONFIG_INVALID, INTERRUPTED = 1, 3, 130

app = typer.Typer(
    name="gateway",
    help="Mail, messengers, web chat and telephony in one console.",
    epilog="Exit codes: 0 done, 1 failed, 2 wrong usage, 3 configuration invalid. Settings: config/README.md.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for group in (serve, checks, config, people, mail):
    group.add_to(app)


@app.callback(invoke_without_command=True)
def root(*, version: bool = typer.Option(False, "--version", help="Print the version and stop.")) -> None:
    """Mail, messengers, web chat and telephony in one console."""
    if version:
        print(__version__)
        raise typer.Exit


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code; failures that were foreseen are one message on standard error."""
    try:
        return _code_of(arguments)
    except ConfigError as error:
        print(error.detail, file=sys.stderr)
        return CONFIG_INVALID
    except GatewayError as error:
        print(f"{error.code}: {error.detail}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        return INTERRUPTED


def _code_of(arguments: Sequence[str]) -> int:
    try:
        app(list(arguments), prog_name="gateway")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else FAILED if end.code else 0
    return 0


def main() -> None:
    """Entry point of the `gateway` script."""
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
