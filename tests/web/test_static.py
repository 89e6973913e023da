"""The console's files: hashed ones for ever, pages never stored, nothing from outside the folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.web.house import open_house


@pytest.fixture
def assets(tmp_path: Path) -> Path:
    """A built console, and a secret beside it."""
    console = tmp_path / "console"
    (console / "assets").mkdir(parents=True)
    (console / "index.html").write_text("<!doctype html><title>console</title>")
    (console / "assets" / "app.4f3a.js").write_text("1")
    (console / "favicon.svg").write_text("<svg/>")
    (console / ".hidden").write_text("secret")
    (tmp_path / "secret.txt").write_text("secret")
    (console / "link.txt").symlink_to(tmp_path / "secret.txt")
    return tmp_path


async def test_deep_links_open_the_console(assets: Path) -> None:
    async with open_house(assets=assets) as house:
        browser = await house.browser()
        for path in ("/", "/inbox", "/c/cnv_1", "/leads/led_1", "/index.html/x"):
            response = await browser.get(path)
            assert "<title>console</title>" in await response.text(), path
            assert response.headers["Cache-Control"] == "no-store"


async def test_hashed_files_never_change_and_others_may(assets: Path) -> None:
    async with open_house(assets=assets) as house:
        browser = await house.browser()
        script = await browser.get("/assets/app.4f3a.js")
        assert (script.status, script.headers["Content-Type"]) == (200, "text/javascript")
        assert "immutable" in script.headers["Cache-Control"]
        assert "immutable" not in (await browser.get("/favicon.svg")).headers["Cache-Control"]
        assert (await browser.get("/assets/app.old.js")).status == 404


@pytest.mark.parametrize(
    "path", [
        "/../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt", "/.hidden", "/link.txt", "/assets/..%2f..%2fsecret.txt",
        "//etc/passwd", "/a%00.js",
    ],
)  # fmt: skip
async def test_nothing_else_is_served(assets: Path, path: str) -> None:
    async with open_house(assets=assets) as house:
        browser = await house.browser()
        response = await browser.client.session.get(str(house.server.make_url("/"))[:-1] + path)
        assert "secret" not in await response.text()


async def test_a_console_that_is_not_built_says_what_to_do(tmp_path: Path) -> None:
    async with open_house(assets=tmp_path) as house:
        response = await (await house.browser()).get("/inbox")
        assert response.status == 503
        assert "make console" in await response.text()
