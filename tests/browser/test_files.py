"""Files go both ways; what cannot go is named before a byte of it is sent."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import FilePayload, Page, expect

from tests.browser.chat import Chat
from tests.browser.desk import Desk

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000 1f15c4890000000d49444154789c636060606000000005000157a4ca5f"
    "0000000049454e44ae426082".replace(" ", "")
)
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
DRAWN = "picture => picture.complete && picture.naturalWidth > 0"


def file(name: str, kind: str, content: bytes) -> FilePayload:
    """As it is chosen on a computer."""
    return {"name": name, "mimeType": kind, "buffer": content}


def drawn(page: Page, selector: str) -> None:
    """A picture that really arrived."""
    page.locator(selector).scroll_into_view_if_needed()
    page.wait_for_function(f"picture => ({DRAWN})(picture)", arg=page.locator(selector).element_handle())


def test_anns_photo_is_seen_by_olga(talking: tuple[Desk, Chat]) -> None:
    olga, ann = talking
    ann.panel.locator("input[type=file]").set_input_files(file("wheel.png", "image/png", PNG))
    drawn(olga.page, "[role=log] .pictures img")
    expect(olga.thread.get_by_role("button", name="Look at wheel.png")).to_be_visible()
    drawn(ann.page, "gateway-chat .pic img")


def test_olgas_file_is_downloaded_by_ann(talking: tuple[Desk, Chat]) -> None:
    olga, ann = talking
    olga.page.locator(".composer input[type=file]").set_input_files(file("Estimate 2417.pdf", "application/pdf", PDF))
    expect(olga.page.locator(".composer").get_by_text("Estimate 2417.pdf")).to_be_visible()
    olga.writes("Here you are")
    card = ann.log.locator("a.fi")
    expect(card).to_contain_text("Estimate 2417")
    with ann.page.expect_download() as arriving:
        card.click()
    assert arriving.value.suggested_filename == "Estimate 2417.pdf"
    assert Path(arriving.value.path()).read_bytes() == PDF
    with olga.page.expect_download() as own:
        olga.thread.get_by_role("link", name="Estimate 2417.pdf").click()
    assert Path(own.value.path()).read_bytes() == PDF


def test_a_file_that_may_not_be_sent_is_named_before_a_byte_leaves(ann: Chat) -> None:
    ann.says("I have something for you")
    picker = ann.panel.locator("input[type=file]")
    picker.set_input_files(file("driver.exe", "application/x-msdownload", b"MZ"))
    expect(ann.log.get_by_role("alert")).to_contain_text("driver.exe\u2069 cannot be sent")
    picker.set_input_files(file("ride.mp4", "video/mp4", bytes(20 * 1024 * 1024 + 1)))
    expect(ann.log.get_by_role("alert")).to_contain_text("ride.mp4\u2069 is too large")
    assert not [url for url in ann.witness.asked if "/widget/files" in url]
    expect(ann.log.get_by_role("alert").get_by_role("button")).to_have_text("Choose another file")
