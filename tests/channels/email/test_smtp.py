"""Sending: each answer of the mail server has one meaning, a repeat is the same mail."""

from __future__ import annotations

import asyncio
import base64
import ssl
from collections.abc import AsyncIterator
from typing import Any

import pytest
import trustme

from gateway.channels.email import build
from gateway.channels.email.channel import EmailChannel, Shared
from gateway.channels.email.connections import MOST_MAILS, Connections
from gateway.domain.channel import Channel as ChannelRecord
from gateway.domain.errors import SendError
from gateway.domain.ids import AttachmentId, LineId, MessageId
from gateway.domain.message import Attachment
from gateway.ports.channel import Channel, Listener, RawParser
from tests.channels.email.people import CHANNEL, SECRET, Week, letter, settings
from tests.channels.email.scripted import SmtpScript, serving
from tests.eventually import eventually
from tests.servers.smtp import SmtpServer

BUILT: list[EmailChannel] = []


@pytest.fixture(autouse=True)
async def _parts_from_its_servers() -> AsyncIterator[None]:
    yield
    while BUILT:
        await BUILT.pop().close()


def channel(port: int, *, shared: Shared | None = None, **smtp: Any) -> EmailChannel:
    plain = {
        "address": "help@shop.example",
        "imap": {"host": "127.0.0.1", "username": "olga", "password": "secret-word"},
        "smtp": {"host": "127.0.0.1", "port": port, "security": "none", "per_minute": 6000} | smtp,
    }
    record = ChannelRecord(CHANNEL, "email", LineId("lin_1"), "Mail", "k", plain)

    async def read_blob(key: str) -> bytes:
        return {"b": b"%PDF-1.4"}[key]

    BUILT.append(build(record, secret=SECRET, read_blob=read_blob, clock=Week(), shared=shared))
    return BUILT[-1]


def test_it_is_a_channel_that_listens_and_parses() -> None:
    built: Channel = channel(25)
    assert isinstance(built, Listener)
    assert isinstance(built, RawParser)
    assert (built.kind, built.deduplicates) == ("email", True)


async def test_a_real_server_takes_the_mail_with_envelope_and_files(smtp_server: SmtpServer) -> None:
    file = Attachment(AttachmentId("att_1"), MessageId("msg_1"), "price.pdf", "application/pdf", 8, "stored", blob_key="b")
    sent = letter(data={"cc": ["boris@example.com"], "bcc": ["ivan@shop.example"]}, files=[file])
    receipt = await channel(smtp_server.port).send(sent)
    (envelope,) = smtp_server.envelopes
    (mail,) = smtp_server.messages
    assert envelope.mail_from == "help@shop.example"
    assert envelope.rcpt_tos == ["ann@example.com", "boris@example.com", "ivan@shop.example"]
    assert mail["Message-ID"] == receipt.external_id
    assert [part.get_filename() for part in mail.iter_attachments()] == ["price.pdf"]


async def test_lines_of_dots_arrive(smtp_server: SmtpServer) -> None:
    await channel(smtp_server.port).send(letter(".\n..\nend"))
    body = smtp_server.messages[0].get_body(("plain",))
    assert body is not None
    assert body.get_content().replace("\r\n", "\n").strip() == ".\n..\nend"


ANSWERS = [
    ({"greeting": "421 busy"}, "again"),
    ({"MAIL": "451 later"}, "again"),
    ({"RCPT": "450 greylisted"}, "again"),
    ({"DOT": "452 disk full"}, "again"),
    ({"DATA": "451 later"}, "again"),
    ({"greeting": "554 go away"}, "refused"),
    ({"MAIL": "550 not you"}, "refused"),
    ({"RCPT": "550 no such user"}, "refused"),
    ({"DATA": "554 no"}, "refused"),
    ({"DOT": "554 spam"}, "refused"),
]


@pytest.mark.parametrize(("answers", "meaning"), ANSWERS)
async def test_every_answer_has_one_meaning(answers: dict[str, str], meaning: str) -> None:
    script = SmtpScript(answers)
    async with serving(script.talk) as port:
        with pytest.raises(SendError) as caught:
            await channel(port).send(letter())
    assert caught.value.facts.retry is (meaning == "again")
    assert caught.value.facts.certain
    assert all(word in caught.value.facts.text for word in next(iter(answers.values())).split(maxsplit=1))


async def test_a_connection_lost_after_the_final_dot_leaves_a_doubt_and_the_repeat_is_the_same_mail() -> None:
    script = SmtpScript(drop=True)
    async with serving(script.talk) as port:
        built = channel(port)
        with pytest.raises(SendError) as caught:
            await built.send(letter())
        assert not caught.value.facts.certain
        script.drop = False
        await built.send(letter())
    assert script.taken[0] == script.taken[1]


async def test_nobody_there_is_a_passing_fault() -> None:
    async with serving(SmtpScript().talk) as port:
        pass
    with pytest.raises(SendError) as caught:
        await channel(port).send(letter())
    assert caught.value.facts.retry


async def test_a_refused_copy_keeps_the_whole_letter_back() -> None:
    script = SmtpScript({"RCPT": "550 no such user"})
    async with serving(script.talk) as port:
        with pytest.raises(SendError):
            await channel(port).send(letter(data={"cc": ["boris@example.com"]}))
    assert script.taken == []


async def test_a_mail_over_the_servers_limit_is_refused_before_it_is_sent() -> None:
    script = SmtpScript(extensions=("SIZE 500",))
    async with serving(script.talk) as port:
        with pytest.raises(SendError) as caught:
            await channel(port).send(letter("x" * 1000))
    assert caught.value.code == "mail_too_large"
    assert not any(line.startswith("MAIL") for line in script.log)


async def test_letters_beyond_ascii_in_an_address_need_a_server_that_can() -> None:
    async with serving(SmtpScript().talk) as port:
        with pytest.raises(SendError) as caught:
            await channel(port).send(letter(recipients=["анна@example.com"]))
    assert caught.value.code == "mail_no_utf8"
    script = SmtpScript(extensions=("SMTPUTF8",))
    async with serving(script.talk) as port:
        await channel(port).send(letter(recipients=["анна@example.com"]))
    assert "RCPT TO:<анна@example.com>" in script.log


async def test_a_wrong_password_names_the_remedy_and_not_the_password() -> None:
    async with serving(SmtpScript({"AUTH": "535 no"}).talk) as port:
        with pytest.raises(SendError) as caught:
            await channel(port, username="olga", password="secret-word").send(letter())
    assert (caught.value.code, caught.value.facts.ours) == ("mail_login_refused", True)
    assert "secret-word" not in caught.value.facts.text


def _tls() -> tuple[trustme.CA, ssl.SSLContext, ssl.SSLContext]:
    authority = trustme.CA()
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(server)
    client = ssl.create_default_context()
    authority.configure_trust(client)
    return authority, server, client


async def test_tls_is_used_and_a_strangers_certificate_is_not_trusted() -> None:
    _, server_side, trusting = _tls()
    script = SmtpScript()

    async def one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await script.talk(reader, writer)
        finally:
            writer.close()

    server = await asyncio.start_server(one, "127.0.0.1", 0, ssl=server_side)
    port = server.sockets[0].getsockname()[1]
    try:
        await channel(port, security="tls", shared=Shared(tls=trusting)).send(letter())
        with pytest.raises(SendError):
            await channel(port, security="tls").send(letter())
    finally:
        server.close()
        await server.wait_closed()
    assert len(script.taken) == 1


async def test_a_server_without_starttls_gets_no_mail_when_it_is_wanted() -> None:
    script = SmtpScript()
    async with serving(script.talk) as port:
        with pytest.raises(SendError):
            await channel(port, security="starttls", username="olga", password="secret-word").send(letter())
    assert script.taken == []
    assert not any(line.startswith("AUTH") for line in script.log)


async def test_check_tells_the_first_step_that_fails() -> None:
    async with serving(SmtpScript({"AUTH": "535 no"}).talk) as port:
        built = channel(port, username="olga", password="secret-word")
        lines = {line.what: line for line in await built.check()}
    assert [lines[name].ok for name in ("smtp.dns", "smtp.connect", "smtp.login")] == [True, True, False]
    assert "535" in lines["smtp.login"].detail
    assert lines["smtp.login"].remedy
    assert lines["imap.dns"].ok
    assert not lines["imap.connect"].ok
    assert "secret-word" not in repr(lines)


async def test_login_is_sent_as_the_settings_say() -> None:
    script = SmtpScript()
    async with serving(script.talk) as port:
        await channel(port, username="olga", password="secret-word").send(letter())
    (line,) = [line for line in script.log if line.startswith("AUTH")]
    assert base64.b64decode(line.split()[-1]) == b"\x00olga\x00secret-word"


def sessions(script: SmtpScript) -> int:
    """How many connections said hello."""
    return sum(line.startswith("EHLO") for line in script.log)


async def test_mails_in_a_row_share_one_connection_and_one_login() -> None:
    script = SmtpScript()
    async with serving(script.talk) as port:
        built = channel(port, username="olga", password="secret-word")
        for key in ("dlv_1", "dlv_2", "dlv_3"):
            await built.send(letter(key=key))
        assert (sessions(script), len(script.taken)) == (1, 3)
        assert sum(line.startswith("AUTH") for line in script.log) == 1
        await built.close()
        assert script.log[-1] == "QUIT"


async def test_mails_at_once_do_not_wait_for_one_another_and_one_connection_stays() -> None:
    script = SmtpScript()
    async with serving(script.talk) as port:
        built = channel(port)
        await asyncio.gather(*(built.send(letter(key=f"dlv_{n}")) for n in range(5)))
        await eventually(lambda: script.log.count("QUIT") == sessions(script) - 1)
        await built.send(letter(key="dlv_6"))
        assert len(script.taken) == 6
        assert "RSET" in script.log


async def test_a_connection_that_the_server_left_is_replaced_before_anything_is_said_on_it() -> None:
    script = SmtpScript(hangs_up_after=1)
    async with serving(script.talk) as port:
        built = channel(port)
        for key in ("dlv_1", "dlv_2"):
            await built.send(letter(key=key))
    assert (sessions(script), len(script.taken), len(set(script.taken))) == (2, 2, 2)


async def test_a_doubt_on_a_used_connection_stays_a_doubt_and_nothing_is_sent_again_by_itself() -> None:
    script = SmtpScript()
    async with serving(script.talk) as port:
        built = channel(port)
        await built.send(letter(key="dlv_1"))
        script.drop = True
        with pytest.raises(SendError) as caught:
            await built.send(letter(key="dlv_2"))
        assert (caught.value.code, caught.value.facts.certain) == ("send_unknown", False)
        assert (sessions(script), len(script.taken)) == (1, 2)


async def test_after_a_refusal_the_next_mail_begins_anew() -> None:
    script = SmtpScript({"RCPT": "550 no such user"})
    async with serving(script.talk) as port:
        built = channel(port)
        for key in ("dlv_1", "dlv_2"):
            with pytest.raises(SendError):
                await built.send(letter(key=key))
    assert sessions(script) == 2
    assert "RSET" not in script.log


async def test_a_connection_waits_only_so_long() -> None:
    script = SmtpScript()
    async with serving(script.talk) as port:
        connections = Connections(settings(smtp={"host": "127.0.0.1", "port": port, "security": "none"}).smtp, idle=0.05)
        async with connections.connected():
            pass
        await eventually(lambda: script.log[-1] == "QUIT")
        await connections.close()


async def test_a_connection_carries_only_so_many_mails() -> None:
    script = SmtpScript()
    async with serving(script.talk) as port:
        built = channel(port)
        for number in range(MOST_MAILS + 1):
            await built.send(letter(key=f"dlv_{number}"))
    assert (sessions(script), len(script.taken)) == (2, MOST_MAILS + 1)
