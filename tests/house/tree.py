"""The source tree as the house rules see it: files, functions, arguments, imports, calls. Reads, judges nothing."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Source:
    """One file of ours."""

    path: str
    text: str

    @property
    def lines(self) -> int:
        """How long it is."""
        return self.text.count("\n")

    @property
    def tree(self) -> ast.Module:
        """Its syntax tree."""
        return _parsed(self.text)

    def functions(self) -> Iterator[Function]:
        """Every function and method, nested ones too."""
        return (node for node in ast.walk(self.tree) if isinstance(node, Function))

    def imports(self) -> Iterator[str]:
        """The dotted names of modules it imports, anywhere in the file."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and not node.level:
                yield node.module or ""

    def calls(self) -> Iterator[tuple[int, str, ast.Call]]:
        """Line, dotted name and node of every call."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call):
                yield node.lineno, ast.unparse(node.func), node


@cache
def tracked() -> tuple[str, ...]:
    """Every file that is, or would be, committed."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return tuple(sorted(name for name in set(listed.split("\0")) if name and (ROOT / name).is_file()))


def python(*folders: str) -> Iterator[Source]:
    """Python files below the folders; migrations are written once and left alone."""
    return sources(*folders, suffixes=(".py",))


def sources(*folders: str, suffixes: tuple[str, ...]) -> Iterator[Source]:
    """Files below the folders with one of the suffixes."""
    for name in tracked():
        if (
            name.startswith(tuple(f"{folder}/" for folder in folders))
            and name.endswith(suffixes)
            and "/migrations/" not in name
        ):
            yield Source(name, (ROOT / name).read_text(encoding="utf-8"))


def length(function: Function) -> int:
    """Lines from `def` to the last one, without decorators and without the docstring."""
    first = function.body[0]
    has_docstring = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)
    docstring = (first.end_lineno or 0) - first.lineno + 1 if has_docstring else 0
    return (function.end_lineno or 0) - function.lineno + 1 - docstring


def arguments(function: Function) -> int:
    """How many a caller may pass, without self and cls."""
    given = function.args
    names = [each.arg for each in (*given.posonlyargs, *given.args, *given.kwonlyargs)]
    return len([name for name in names if name not in {"self", "cls"}])


@cache
def _parsed(text: str) -> ast.Module:
    return ast.parse(text)
