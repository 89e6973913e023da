"""Files go both ways; what cannot go is named before a byte of it is sent."""

from __future__ import annotations

import re
import struct
import zlib
from pathlib import Path

from playwright.sync_api import FilePayload, Page, expect

from tests.browser.chat import Chat
from tests.browser.desk import Desk


def chunk(kind: bytes, content: bytes) -> bytes:
    """A part of a PNG."""
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


PNG = b"".join([
    b"\x89PNG\r\n\x1a\n", chunk(b"IHDR", struct.pack(">IIBBBBB", 2, 2, 8, 2, 0, 0, 0)),
    chunk(b"IDAT", zlib.compress((b"\0" + b"\x2c\x5f\x9e" * 2) * 2)), chunk(b"IEND", b""),
])  # fmt: skip
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def file(name: str, kind: str, content: bytes) -> FilePayload:
    """As it is chosen on a computer."""
    return {"name": name, "mimeType": kind, "buffer": content}


def drawn(page: Page, selector: str) -> None:
    """A picture that really arrived."""
    page.locator(selector).scroll_into_view_if_needed()
    picture = page.locator(selector)
    expect(picture).to_have_js_property("complete", True)
    expect(picture).not_to_have_js_property("naturalWidth", 0)


def test_anns_photo_is_seen_by_olga(talking: tuple[Desk, Chat]) -> None:
    olga, ann = talking
    ann.panel.locator("input[type=file]").set_input_files(file("wheel.png", "image/png", PNG))
    drawn(olga.page, "[role=log] .pictures img")
    expect(olga.thread.get_by_role("button", name="Look at wheel.png")).to_be_visible()
    expect(ann.log.get_by_role("img", name="Photo: wheel.png")).to_have_class("got")  # drawn: a strict policy allows no <img>


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


BRINGS = """([selector, kind, name, type, content]) => {
  const transfer = new DataTransfer()
  transfer.items.add(new File([Uint8Array.from(content)], name, { type }))
  const about = { bubbles: true, cancelable: true }
  const pasted = () => new ClipboardEvent(kind, { ...about, clipboardData: transfer })
  const event = kind === 'paste' ? pasted() : new DragEvent(kind, { ...about, dataTransfer: transfer })
  return document.querySelector(selector).dispatchEvent(event)
}"""


def brings(desk: Desk, where: str, how: str, name: str, *, content: bytes = PNG, kind: str = "image/png") -> bool:
    """A file as the clipboard or the mouse brings it; whether the browser would go on to do what it does by itself."""
    return bool(desk.page.evaluate(BRINGS, [where, how, name, kind, list(content)]))


def asked_to_store(desk: Desk) -> list[str]:
    """Uploads that were begun."""
    return [url for url in desk.witness.asked if url.endswith("/api/v1/files")]


def test_olgas_file_that_cannot_go_is_named_with_limit_and_remedy_before_a_byte_leaves(
    talking: tuple[Desk, Chat], tmp_path: Path
) -> None:
    olga, _ = talking
    large = tmp_path / "ride.mp4"
    with large.open("wb") as out:
        out.truncate(20_000_001)
    picker, composer = olga.page.locator(".composer input[type=file]"), olga.page.locator(".composer")
    picker.set_input_files(large)
    expect(composer.get_by_role("alert")).to_have_text(
        "is too large: 20 MB, and at most 20 MB can be sent. Make it smaller, or send a link to it."
    )
    expect(composer.locator(".file.bad")).to_contain_text("ride.mp4")
    composer.get_by_role("button", name="Remove ride.mp4").click()
    picker.set_input_files(file("empty.txt", "text/plain", b""))
    expect(composer.get_by_role("alert")).to_have_text("is empty. Choose another file.")
    assert not asked_to_store(olga)
    olga.writes("Words go on being sent")
    olga.shows(["Words go on being sent"])


def test_a_picture_is_pasted_and_a_file_dropped_anywhere_on_the_thread(talking: tuple[Desk, Chat]) -> None:
    olga, ann = talking
    olga.composer.focus()
    assert not brings(olga, ".composer textarea", "paste", "pasted.png"), "the browser would paste it too"
    assert not brings(olga, "[role=log]", "dragover", "dropped.png")
    expect(olga.page.locator(".composer")).to_contain_text("Let go here to attach")
    assert not brings(olga, "[role=log]", "drop", "dropped.png"), "the browser would open the file in place of the page"
    assert not brings(olga, ".list", "drop", "beside.png"), "the browser would open the file in place of the page"
    expect(olga.page.locator(".composer .file")).to_have_text([re.compile("pasted.png"), re.compile("dropped.png")])
    olga.writes("Both")
    drawn(olga.page, "[role=log] .msg.out .pictures button:nth-child(2) img")
    expect(ann.log.get_by_role("img", name="Photo: dropped.png")).to_be_visible()


OFFICE_PASTE = """(box, content) => {
  const clipboardData = new DataTransfer()
  clipboardData.items.add(new File([Uint8Array.from(content)], 'image.png', { type: 'image/png' }))
  clipboardData.setData('text/plain', 'Two wheels')
  return box.dispatchEvent(new ClipboardEvent('paste', { bubbles: true, cancelable: true, clipboardData }))
}"""


def test_words_from_an_office_program_are_pasted_as_words_and_not_as_the_picture_of_them(talking: tuple[Desk, Chat]) -> None:
    _, ann = talking
    assert ann.composer.evaluate(OFFICE_PASTE, list(PNG)), "the browser pastes the words"
    expect(ann.log.get_by_role("img")).to_have_count(0)


def test_a_file_on_its_way_shows_how_far_it_is_and_can_be_called_off(talking: tuple[Desk, Chat]) -> None:
    olga, _ = talking
    olga.page.route("**/api/v1/files", lambda _: None)  # never answered
    olga.page.locator(".composer input[type=file]").set_input_files(file("wheel.png", "image/png", PNG))
    composer = olga.page.locator(".composer")
    expect(composer.get_by_role("progressbar", name="wheel.png")).to_contain_text("Uploading")
    olga.composer.fill("Not before it is there")
    expect(composer.get_by_role("button", name="Send")).to_be_disabled()
    composer.get_by_role("button", name="Remove wheel.png").click()
    expect(composer.get_by_role("progressbar")).to_be_hidden()
    expect(composer.get_by_role("button", name="Send")).to_be_enabled()
    olga.composer.fill("")


def test_a_file_that_may_not_be_sent_is_named_before_a_byte_leaves(ann: Chat, tmp_path: Path) -> None:
    large = tmp_path / "ride.mp4"
    with large.open("wb") as out:
        out.truncate(20 * 1024 * 1024 + 1)
    ann.says("I have something for you")
    picker = ann.panel.locator("input[type=file]")
    picker.set_input_files(file("driver.exe", "application/x-msdownload", b"MZ"))
    expect(ann.log.get_by_role("alert")).to_contain_text("driver.exe\u2069 cannot be sent")
    picker.set_input_files(large)
    expect(ann.log.get_by_role("alert")).to_contain_text("ride.mp4\u2069 is too large")
    assert not [url for url in ann.witness.asked if "/widget/files" in url]
    expect(ann.log.get_by_role("alert").get_by_role("button")).to_have_text("Choose another file")
