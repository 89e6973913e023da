"""Ann writes a mail; Olga answers; the thread holds together. The mailbox is pymap's, the way out is aiosmtpd's."""

from __future__ import annotations

from email import policy
from email.message import EmailMessage
from email.utils import make_msgid

import pytest

from tests.eventually import eventually
from tests.flows.doors.console import Console
from tests.servers.imap import ImapServer
from tests.servers.smtp import SmtpServer

ANN, HELP = "ann@example.com", "help@example.com"
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
TWO_AUTHORS = b"From: Ann <ann@example.com>\nFrom: Boris <boris@example.com>\nTo: help@example.com\nSubject: Who?\n\nHello\n"


def mail_of_ann(subject: str, text: str, *, pdf: bytes = b"", answers: str = "") -> EmailMessage:
    """As her mail program writes it."""
    mail = EmailMessage(policy=policy.SMTP.clone(max_line_length=500))  # mail programs do not encode long ids
    mail["From"], mail["To"], mail["Subject"] = f"Ann Keller <{ANN}>", HELP, subject
    mail["Date"], mail["Message-ID"] = "Mon, 05 Jan 2026 09:00:00 +0000", make_msgid(domain="mail.example.com")
    if answers:
        mail["In-Reply-To"] = mail["References"] = answers
    mail.set_content(text)
    if pdf:
        mail.add_attachment(pdf, maintype="application", subtype="pdf", filename="Order 2214.pdf")
    return mail


def mailbox(imap: ImapServer, smtp: SmtpServer, *, password: str = "") -> dict[str, object]:
    """What the administrator fills in."""
    secret = password or imap.password
    return {
        "address": HELP, "name": "Larka Cycles",
        "imap": {"host": imap.host, "port": imap.port, "security": "none", "username": imap.user, "password": secret},
        "smtp": {"host": smtp.host, "port": smtp.port, "security": "none"},
    }  # fmt: skip


@pytest.fixture
async def box(olga: Console, imap_server: ImapServer, smtp_server: SmtpServer) -> str:
    """A mailbox that is connected and read."""
    channel = await olga.connect("email", mailbox(imap_server, smtp_server))
    await olga.wait_for_health(channel["id"])
    return str(channel["id"])


async def test_anns_mail_is_answered_in_its_thread(
    olga: Console, box: str, imap_server: ImapServer, smtp_server: SmtpServer
) -> None:
    asked = mail_of_ann("Quote 2214-B", "Is the price still good?", pdf=PDF)
    imap_server.append(asked.as_bytes())
    talk = await olga.accept_next(who="Ann Keller")
    assert (talk["subject"], talk["channel_kind"]) == ("Quote 2214-B", "email")
    assert [(one["kind"], one["value"]) for one in talk["contact"]["identities"]] == [("email", ANN)]
    file = next(m for m in await olga.thread(talk["id"]) if m["type"] == "inbound")["files"][0]
    assert (file["name"], (await olga.read(file["url"]))[2]) == ("Order 2214.pdf", PDF)

    await olga.write(talk["id"], "She always asks twice", type="note")
    reply = await olga.write(talk["id"], "It is, until Friday.")
    await olga.delivered_as(talk["id"], reply["id"], "sent")
    answer = _only(smtp_server)
    assert (answer["In-Reply-To"], asked["Message-ID"] in answer["References"]) == (asked["Message-ID"], True)
    assert "Quote 2214-B" in answer["Subject"]
    assert ANN in answer["To"]
    text = answer.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "It is, until Friday." in text
    assert "She always asks twice" not in answer.as_string()

    imap_server.append(mail_of_ann("Re: Quote 2214-B", "Then I take it.", answers=answer["Message-ID"]).as_bytes())
    await eventually(lambda: _said(olga, talk["id"], ["Is the price still good?", "Then I take it."]), within=30)
    assert [row["id"] for row in await olga.conversations()] == [talk["id"]]
    assert len(smtp_server.messages) == 1


async def test_a_mail_nobody_can_read_is_set_aside_and_blocks_nobody(
    olga: Console, box: str, imap_server: ImapServer, smtp_server: SmtpServer
) -> None:
    imap_server.append(TWO_AUTHORS)
    imap_server.append(mail_of_ann("Behind it", "Can you see me?").as_bytes())
    await olga.accept_next(who="Ann Keller")
    aside = await eventually(lambda: _set_aside(olga, box))
    assert aside["code"] == "mail_several_from"
    assert (await olga.read(f"/quarantine/{aside['id']}/raw"))[2].replace(b"\r\n", b"\n") == TWO_AUTHORS
    await olga.ask("POST", f"/quarantine/{aside['id']}/replay")

    async def tried_again() -> bool:
        found = await _set_aside(olga, box)
        return found is not None and found["attempts"] > aside["attempts"]

    await eventually(tried_again)
    await olga.ask("DELETE", f"/quarantine/{aside['id']}")
    assert await _set_aside(olga, box) is None


async def test_a_wrong_password_pauses_this_mailbox_and_no_other(
    olga: Console, box: str, imap_server: ImapServer, smtp_server: SmtpServer
) -> None:
    wrong = await olga.connect("email", mailbox(imap_server, smtp_server, password="not-the-password"), name="Second mailbox")
    paused = await olga.wait_for_health(wrong["id"], "paused")
    assert paused["problem"].endswith("."), paused["problem"]
    assert "not-the-password" not in str(paused)
    imap_server.append(mail_of_ann("Hello", "Are you open?").as_bytes())
    await olga.accept_next(who="Ann Keller")
    assert (await olga.channel(box))["health"] == "ok"


async def test_a_refused_recipient_is_tried_again_and_arrives_once(
    olga: Console, box: str, imap_server: ImapServer, smtp_server: SmtpServer
) -> None:
    imap_server.append(mail_of_ann("Later", "Please answer").as_bytes())
    talk = await olga.accept_next(who="Ann Keller")
    smtp_server.refuse_next("451 4.7.1 try again later")
    reply = await olga.write(talk["id"], "Here it is")
    await olga.delivered_as(talk["id"], reply["id"], "sent", within=60)
    assert len(smtp_server.messages) == 1


def _only(smtp: SmtpServer) -> EmailMessage:
    (mail,) = smtp.messages
    return mail


async def _said(olga: Console, talk: str, texts: list[str]) -> bool:
    found = [text.strip() for text in await olga.said(talk)]
    assert found == texts, found
    return True


async def _set_aside(olga: Console, channel: str) -> dict[str, object] | None:
    items = (await olga.ask("GET", "/quarantine"))["items"]
    return next((one for one in items if one["channel_id"] == channel), None)
