"""A mail with HTML in it: shown as it was laid out, in a frame that runs nothing and fetches nothing until Olga asks."""

from __future__ import annotations

from collections.abc import Iterator
from email.message import EmailMessage
from email.utils import make_msgid

import pytest
from playwright.sync_api import Route, expect

from tests.browser.desk import Desk
from tests.browser.office import Office
from tests.browser.shop import PIXEL
from tests.eventually import eventually_sync
from tests.servers.imap import ImapServer
from tests.servers.smtp import SmtpServer

PICTURES = "https://pictures.example"
HTML = f"""<html><head><script>top.document.title = 'owned'; new Image().src = '{PICTURES}/script.gif'</script>
<link rel="stylesheet" href="{PICTURES}/style.css">
<style>@import url({PICTURES}/import.css); p {{ color: rgb(1, 2, 3) }}</style>
</head><body onload="top.document.title = 'owned'"><h2>Spring prices</h2><p>For <b>regular</b> customers.</p>
<img src="{PICTURES}/logo.gif" onerror="top.document.title = 'owned'" width="60" height="20" alt="Logo">
<div style="background-image: url({PICTURES}/back.gif)">Behind this</div>
<a href="javascript:top.document.title = 'owned'">Look</a><a href="https://shop.example/">The shop</a>
<form action="{PICTURES}/steal"><input name="card"></form><iframe src="{PICTURES}/frame"></iframe></body></html>"""


@pytest.fixture
def mailbox(office: Office, imap_server: ImapServer, smtp_server: SmtpServer) -> Iterator[ImapServer]:
    """Help's mailbox, connected to a line of its own."""
    channel = office.connect("email", {
        "address": "help@example.com", "name": "Larka Cycles",
        "imap": {"host": imap_server.host, "port": imap_server.port, "security": "none", "username": imap_server.user,
                 "password": imap_server.password},
        "smtp": {"host": smtp_server.host, "port": smtp_server.port, "security": "none"},
    }, name="Mail")  # fmt: skip
    eventually_sync(lambda: office.ask("GET", f"/channels/{channel['id']}")["health"] == "ok", within=20, every=0.1)
    yield imap_server
    office.disconnect(channel)


def offer_of_boris() -> bytes:
    """As his mail program writes it."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "Boris Lane <boris@example.com>", "help@example.com", "Spring prices"
    mail["Date"], mail["Message-ID"] = "Mon, 05 Jan 2026 09:00:00 +0000", make_msgid(domain="mail.example.com")
    mail.set_content("Spring prices for regular customers.")
    mail.add_alternative(HTML, subtype="html")
    return mail.as_bytes()


def test_a_mail_fetches_nothing_and_runs_nothing_until_images_are_wanted(olga: Desk, mailbox: ImapServer) -> None:
    fetched: list[str] = []

    def answer(route: Route) -> None:
        fetched.append(route.request.url.removeprefix(PICTURES))
        route.fulfill(body=PIXEL, content_type="image/gif")

    olga.page.context.route(f"{PICTURES}/**", answer)
    mailbox.append(offer_of_boris())
    expect(olga.offer("Boris Lane")).to_be_visible(timeout=30_000)
    olga.page.keyboard.press("F8")
    olga.row("Boris Lane").click()
    olga.thread.get_by_role("button", name="Original layout").click()
    frame = olga.thread.frame_locator("iframe")
    expect(frame.get_by_role("heading", name="Spring prices")).to_be_visible()
    expect(frame.get_by_text("regular")).to_have_css("font-weight", "700")
    assert "allow-scripts" not in (olga.thread.locator("iframe").get_attribute("sandbox") or "allow-scripts")
    expect(
        frame.locator("script, iframe, form, link[rel=stylesheet], [onload], [onerror], a[href^='javascript:']")
    ).to_have_count(0)
    assert fetched == []

    olga.witness.allow(PICTURES)
    olga.thread.get_by_role("button", name="Show images").click()
    picture = olga.thread.frame_locator("iframe").get_by_role("img", name="Logo")
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
    assert set(fetched) <= {"/logo.gif", "/back.gif"}
    assert "/logo.gif" in fetched
    assert olga.page.title() != "owned"
