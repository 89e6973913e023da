"""The habits of this project, checked: sizes, names, docstrings, imports, catalogues, nothing private in the repository.

Each rule is one test that lists every place where it is broken. An exemption stands here, with its reason.
"""

from __future__ import annotations

import ast
import json
import re
import statistics
import subprocess
import sys
import tomllib
from importlib.metadata import Distribution, distribution
from pathlib import Path, PurePosixPath

import pytest

from tests.house import tree
from tests.house.tree import ROOT, sources

LONGEST_FILE, LONGEST_FUNCTION, MOST_ARGUMENTS = 400, 40, 5
MEDIAN_FILE, MEDIAN_FUNCTION = 90, 8
OURS = ("gateway", "tools", "bench", "tests")
VAGUE = re.compile(r"(Manager|Helpers?|Utils?|Base|Handler|Processor|Data|Info)$")
LANGUAGES = {"en", "ru", "es", "fa"}
FREE = re.compile(r"MIT|BSD|Apache|ISC|PSF|Python Software|MPL|Mozilla|Unlicense|0BSD|Zlib|CC0|LGPL|HPND", re.IGNORECASE)
COPYLEFT = re.compile(r"(?<!L)(?<!Lesser )A?GPL|(?<!Lesser )General Public|SSPL|Elastic|BUSL|Commons Clause", re.IGNORECASE)

# spelt so that this file does not find itself
PRIVATE = [
    r"/[w]ork/[a-z.]", r"/[r]oot/\.", r"[i]ndex-url", r"[p]ypi\.org/simple", r"[p]ythonhosted\.org", r"[r]egistry\.npmjs",
    r"https?://[^\s\"')]+\.(?:whl|tgz|tar\.gz)\b",
]  # fmt: skip

MAY_SLEEP = {"tests/eventually.py", "tests/servers/process.py"}
# path::function → why it may have more than five arguments
MANY_ARGUMENTS = {
    "gateway/ports/views.py::inbox": "the filters of one list, each asked for by its name",
    "gateway/store/views/views.py::inbox": "implements that port",
}
# the name of a package → the name it is imported by
IMPORTED_AS = {
    "argon2-cffi": "argon2", "python-socketio": "socketio", "ruamel.yaml": "ruamel",
}  # fmt: skip
USED_OTHERWISE = {
    "tzdata",  # zoneinfo reads it
    "rich",  # typer draws with it
    "email_validator",  # pydantic calls it
    "alembic",  # loaded by name, only when an older database is brought up to date
}
TESTED_AS = {"commands": "cli"}
# packages whose metadata is silent, read by a person
LICENCES = {"imapclient": "BSD-3-Clause"}


def test_no_file_is_longer_than_400_lines() -> None:
    everything = [*tree.python(*OURS), *tree.sources("widget", "console", suffixes=(".ts", ".tsx", ".vue"))]
    allowed = ("/locales/", "/lang/", ".d.ts")
    long = [source for source in everything if source.lines > LONGEST_FILE and not any(part in source.path for part in allowed)]
    assert not long, listed(f"{source.path}: {source.lines} lines" for source in long)


def test_no_function_is_longer_than_40_lines() -> None:
    found = [
        f"{source.path}:{function.lineno} {function.name}: {tree.length(function)} lines"
        for source in tree.python(*OURS)
        for function in source.functions()
        if tree.length(function) > LONGEST_FUNCTION
    ]
    assert not found, listed(found)


def test_no_function_takes_more_than_five_arguments() -> None:
    found = [
        f"{source.path}:{function.lineno} {function.name}: {tree.arguments(function)} arguments"
        for source in tree.python("gateway", "tools", "bench")
        for function in source.functions()
        if tree.arguments(function) > MOST_ARGUMENTS and f"{source.path}::{function.name}" not in MANY_ARGUMENTS
    ]
    assert not found, listed(found)


def test_files_and_functions_are_short_as_a_rule() -> None:
    files = [source for source in tree.python("gateway") if source.text.strip()]
    functions = [tree.length(function) for source in files for function in source.functions()]
    if len(files) > 30:
        assert statistics.median(source.lines for source in files) <= MEDIAN_FILE
        assert statistics.median(functions) <= MEDIAN_FUNCTION


def test_every_module_says_what_it_is_responsible_for() -> None:
    silent = [source.path for source in tree.python(*OURS) if source.text.strip() and not ast.get_docstring(source.tree)]
    assert not silent, listed(silent)


def test_names_say_what_a_thing_is() -> None:
    classes = [
        f"{source.path}:{node.lineno} {node.name}"
        for source in tree.python(*OURS)
        for node in ast.walk(source.tree)
        if isinstance(node, ast.ClassDef) and VAGUE.search(node.name)
    ]
    files = [name for name in tree.tracked() if name.startswith(OURS) and VAGUE.search(PurePosixPath(name).stem.title())]
    assert not classes + files, listed(classes + files)


def test_domain_imports_the_standard_library_only() -> None:
    allowed = {*sys.stdlib_module_names, "gateway"}
    found = [
        f"{source.path}: {name}"
        for source in tree.python("gateway/domain")
        for name in source.imports()
        if name.split(".")[0] not in allowed or (name.startswith("gateway") and not name.startswith("gateway.domain"))
    ]
    assert not found, listed(found)


def test_nobody_unpickles_or_loads_yaml_objects() -> None:
    imports = [
        f"{s.path}: {name}"
        for s in tree.python(*OURS)
        for name in s.imports()
        if name in {"pickle", "marshal", "shelve", "yaml"}
    ]
    assert not imports, listed(imports)


def test_tests_do_not_sleep() -> None:
    found = [
        f"{source.path}:{line} {name}"
        for source in tree.python("tests")
        if source.path not in MAY_SLEEP
        for line, name, call in source.calls()
        if name in {"time.sleep", "asyncio.sleep", "sleep"} and not _yields_only(call)
    ]
    assert not found, listed([*found, "use tests.eventually or a fake clock"])


def test_test_files_of_packages_exist() -> None:
    """Soft: which source files have no test of their own is shown with `-s`; a package of code with no test at all fails."""
    tests = {PurePosixPath(name) for name in tree.tracked() if name.startswith("tests/")}
    sources = [source for source in tree.python("gateway") if any(source.functions())]
    without = [source.path for source in sources if not _has_own_test(PurePosixPath(source.path), tests)]
    print(f"{len(sources) - len(without)} of {len(sources)} source files have a test of their own; not:\n{listed(without)}")
    packages = {path.split("/")[1] for path in without if path.count("/") > 1 and not path.startswith("gateway/ports/")}
    untested = [package for package in packages if not any(_tests_of(package, test) for test in tests)]
    assert not untested, listed(untested)


def test_imports_keep_the_layers() -> None:
    lint = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run([lint, "--no-cache"], check=False, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]


def test_importing_the_command_line_is_cheap() -> None:
    heavy = {
        "aiogram",
        "aiohttp",
        "sqlalchemy",
        "asyncpg",
        "socketio",
        "imapclient",
        "redis",
        "cryptography",
        "obstore",
        "holidays",
    }
    ask = "import sys, gateway.__main__; print(*sorted({name.split('.')[0] for name in sys.modules}))"
    loaded = subprocess.run([sys.executable, "-c", ask], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    assert not heavy & set(loaded)


@pytest.mark.parametrize("front_end", ["widget", "console", "gateway"])
def test_catalogues_of_all_languages_have_the_same_keys(front_end: str) -> None:
    problems = []
    for english in (ROOT / name for name in tree.tracked() if name.startswith(front_end) and PurePosixPath(name).stem == "en"):
        keys = {language: _keys(english.with_stem(language)) for language in LANGUAGES}
        problems += [
            f"{english.parent.relative_to(ROOT)}/{language}: {', '.join(sorted(keys['en'] ^ keys[language]))[:300]}"
            for language in sorted(LANGUAGES)
            if keys[language] != keys["en"]
        ]
    assert not problems, listed(problems)


def test_no_address_of_a_registry_and_no_path_of_a_machine_is_committed() -> None:
    private = re.compile("|".join(PRIVATE))
    found = []
    for name in tree.tracked():
        text = (ROOT / name).read_bytes()
        if b"\0" not in text[:4096]:
            found += [f"{name}: {hit[0]}" for hit in private.finditer(text.decode("utf-8", "replace"))]
    assert not found, listed(found)


def test_nothing_we_ship_with_is_under_a_licence_that_binds_users() -> None:
    verdicts = {name: _licence(distribution(name)) for name in _locked(ROOT / "requirements.lock")}
    bound = [f"{name}: {said}" for name, said in verdicts.items() if COPYLEFT.search(said) and not _choice(said)]
    unknown = [f"{name}: {said or 'no licence named'}" for name, said in verdicts.items() if not FREE.search(said)]
    assert not bound + unknown, listed(bound + unknown)


def test_what_is_imported_is_declared_and_what_is_declared_is_imported() -> None:
    declared = {IMPORTED_AS.get(name, name.replace("-", "_")) for name in _declared()}
    used = {name.split(".")[0] for source in sources("gateway", suffixes=(".py",)) for name in source.imports()}
    foreign = used - set(sys.stdlib_module_names) - {"gateway", ""}
    assert not foreign - declared, listed(sorted(foreign - declared))
    assert not declared - foreign - USED_OTHERWISE, listed(sorted(declared - foreign - USED_OTHERWISE))


def test_locks_name_exact_versions_with_hashes() -> None:
    for lock in ROOT.glob("requirements*.lock"):
        entries = re.findall(r"^([A-Za-z0-9][^\n]*(?:\n\s+--hash[^\n]*)*)", lock.read_text(), flags=re.MULTILINE)
        assert entries
        assert not [entry[:60] for entry in entries if "==" not in entry or "--hash=sha256:" not in entry]


def listed(things: object) -> str:
    """One line each, for the failure's text."""
    return "\n" + "\n".join(f"  {thing}" for thing in things)  # type: ignore[attr-defined]


def _yields_only(call: ast.Call) -> bool:
    return bool(call.args) and isinstance(call.args[0], ast.Constant) and call.args[0].value == 0


def _has_own_test(source: PurePosixPath, tests: set[PurePosixPath]) -> bool:
    name = source.parent.name if source.stem == "__init__" else source.stem
    folder = PurePosixPath("tests", *source.parts[1:-1])
    return any(test in tests for test in (folder / f"test_{name}.py", folder.parent / f"test_{source.parent.name}.py"))


def _tests_of(package: str, test: PurePosixPath) -> bool:
    package = TESTED_AS.get(package, package)
    return test.name.startswith("test_") and (package in test.parts or test.stem.startswith(f"test_{package}"))


def _keys(catalogue: Path) -> set[str]:
    if not catalogue.exists():
        return set()
    text = catalogue.read_text(encoding="utf-8")
    found = (
        _flat(json.loads(text))
        if catalogue.suffix == ".json"
        else re.findall(r"^\s*[\"']?([\w.-]+)[\"']?\s*:", text, re.MULTILINE)
    )
    return {re.sub(r"[_.](zero|one|two|few|many|other)$", "", key) for key in found}


def _flat(node: object, prefix: str = "") -> list[str]:
    if not isinstance(node, dict):
        return [prefix]
    return [key for name, inner in node.items() for key in _flat(inner, f"{prefix}.{name}".lstrip("."))]


def _locked(lock: Path) -> list[str]:
    entries = re.findall(r"^([A-Za-z0-9_.-]+)==[^\s;]+ *(;[^\\\n]*)?", lock.read_text(), flags=re.MULTILINE)
    return [name for name, marker in entries if _wanted_here(marker)]


def _declared() -> list[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return [re.split(r"[<>=;\[ ]", wanted)[0] for wanted in project["dependencies"]]


def _wanted_here(marker: str) -> bool:
    from packaging.markers import Marker

    return not marker or Marker(marker.lstrip("; ")).evaluate()


def _licence(package: Distribution) -> str:
    said = package.metadata.get_all("License-Expression") or []
    named = [
        line.rsplit("::", 1)[1].strip() for line in package.metadata.get_all("Classifier") or [] if line.startswith("License")
    ]
    plain = [(package.metadata.get("License") or "")[:200]]
    return " ".join(filter(None, said or named or plain)) or LICENCES.get(package.name.lower(), "")


def _choice(said: str) -> bool:
    """The licence is offered as one of several."""
    return bool(re.search(r"\bOR\b", said)) and bool(FREE.search(said))
