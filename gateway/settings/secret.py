"""The key that signs sessions, widget tokens and mail threads: made once, kept in a file only its owner can read."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from gateway.domain.errors import ConfigError

BYTES = 32


def read_or_create(path: Path) -> bytes:
    """The key in `path`; made when absent. Several processes that start at once agree on one. Raises ConfigError."""
    try:
        if not path.exists():
            _create(path)
        if path.stat().st_mode & 0o077:
            raise ConfigError(f"{path} can be read by others; run: chmod 600 {path}")
        key = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except OSError as error:
        raise ConfigError(f"{path}: the secret cannot be read or made: {error}; set secret_file to a place that can") from error
    except ValueError as error:
        raise ConfigError(
            f"{path} is not a secret made by the gateway; restore it, or remove it to sign everyone out"
        ) from error
    if len(key) < BYTES:
        raise ConfigError(f"{path} is cut short; restore it, or remove it to sign everyone out")
    return key


def _create(path: Path) -> None:
    """Write it whole under another name first; the link fails for everyone but the first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(BYTES) + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass  # another process was first: its key is the key
    finally:
        draft.unlink()
