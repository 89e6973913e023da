"""The widget's files for other sites, and the demo site."""

from __future__ import annotations

import gzip
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from gateway.web import widget_site

LOADER = b"console.log('loader')" * 100


@asynccontextmanager
async def served(assets: Path, *, key: str | None = "key-webchat") -> AsyncIterator[tuple[aiohttp.ClientSession, str]]:
    """A client and the address of a server with these assets."""
    app = web.Application()
    app.router.add_routes(widget_site.routes(assets, demo_key=lambda wanted: wanted or key))
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    async with aiohttp.ClientSession(auto_decompress=False) as http:
        yield http, f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


@pytest.fixture
def assets(tmp_path: Path) -> Path:
    """As the widget's build leaves them."""
    (tmp_path / "widget").mkdir()
    (tmp_path / "demo").mkdir()
    (tmp_path / "widget" / "loader.js").write_bytes(LOADER)
    (tmp_path / "widget" / "panel.0a1b2c3d.js").write_bytes(LOADER)
    (tmp_path / "widget" / "panel.0a1b2c3d.js.br").write_bytes(b"brotli")
    (tmp_path / "demo" / "index.html").write_text('<script data-key="__SITE_KEY__"></script>')
    (tmp_path / "secret.txt").write_text("secret")
    return tmp_path


async def test_the_loader_lives_five_minutes_and_hashed_files_for_ever(assets: Path) -> None:
    async with served(assets) as (http, url):
        for name, lasting in (
            ("loader.js", "public, max-age=300"),
            ("panel.0a1b2c3d.js", "public, max-age=31536000, immutable"),
        ):
            async with http.get(f"{url}/widget/v1/{name}") as answer:
                assert answer.status == 200
                assert answer.headers["Cache-Control"] == lasting
                assert answer.headers["Access-Control-Allow-Origin"] == "*"
                assert answer.headers["X-Content-Type-Options"] == "nosniff"
                assert answer.content_type == "text/javascript"


async def test_files_are_compressed_as_the_browser_likes(assets: Path) -> None:
    async with served(assets) as (http, url):
        async with http.get(f"{url}/widget/v1/loader.js", headers={"Accept-Encoding": "gzip"}) as answer:
            assert answer.headers["Content-Encoding"] == "gzip"
            assert gzip.decompress(await answer.read()) == LOADER
            etag = answer.headers["ETag"]
        async with http.get(f"{url}/widget/v1/panel.0a1b2c3d.js", headers={"Accept-Encoding": "gzip, br"}) as answer:
            assert answer.headers["Content-Encoding"] == "br"
            assert await answer.read() == b"brotli"
        async with http.get(f"{url}/widget/v1/loader.js", headers={"Accept-Encoding": "identity"}) as answer:
            assert "Content-Encoding" not in answer.headers
            assert await answer.read() == LOADER
        async with http.get(f"{url}/widget/v1/loader.js", headers={"If-None-Match": etag}) as answer:
            assert answer.status == 304


async def test_the_demo_site_carries_the_chat_that_is_asked_for_on_every_page(assets: Path) -> None:
    (assets / "demo" / "index.html").write_text('<a href="bikes.html"></a><script data-key="__SITE_KEY__"></script>')
    async with served(assets) as (http, url):
        own, other = [await (await http.get(f"{url}/demo/{query}")).text() for query in ("", '?key=a"b')]
        assert 'href="bikes.html"' in own
        assert 'data-key="key-webchat"' in own
        assert 'href="bikes.html?key=a%22b"' in other
        assert 'data-key="a&quot;b"' in other


async def test_a_new_build_is_served_at_once(assets: Path) -> None:
    async with served(assets) as (http, url):
        await (await http.get(f"{url}/widget/v1/loader.js")).read()
        (assets / "widget" / "loader.js").write_bytes(b"newer")
        async with http.get(f"{url}/widget/v1/loader.js") as answer:
            assert await answer.read() == b"newer"


async def test_the_demo_carries_the_demo_channels_key(assets: Path) -> None:
    async with served(assets, key='a"b') as (http, url), http.get(f"{url}/demo") as answer:
        assert 'data-key="a&quot;b"' in await answer.text()
        assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "path",
    ["/widget/v1/..%2Fsecret.txt", "/widget/v1/%2e%2e", "/demo/..%2Fsecret.txt", "/widget/v1/.hidden", "/widget/v1/a%00"],
)
async def test_nothing_else_is_served(assets: Path, path: str) -> None:
    from yarl import URL

    async with served(assets) as (http, url), http.get(URL(url + path, encoded=True)) as answer:
        assert answer.status == 404
        assert b"secret" not in await answer.read()


async def test_before_the_first_build_a_page_says_what_to_do(tmp_path: Path) -> None:
    async with served(tmp_path) as (http, url):
        for path in ("/widget/v1/loader.js", "/demo/"):
            async with http.get(url + path) as answer:
                assert answer.status == 404
                assert "make assets" in await answer.text()


async def test_without_a_web_chat_the_demo_says_so(assets: Path) -> None:
    async with served(assets, key=None) as (http, url), http.get(f"{url}/demo/") as answer:
        assert answer.status == 404
        assert "Add a channel" in await answer.text()
