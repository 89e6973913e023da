"""A week at Larka Cycles, told through the public doors, so that pictures show a house in use.

Ann chats and rings; Boris writes mails, moves on as a lead, and waits to be accepted in the chat. Talks to a running product
(tests/flows/doors), a real mailbox and a PBX of our own; makes nothing up behind the product's back.
"""

from __future__ import annotations

import io
import math
import struct
import wave
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from pathlib import Path
from typing import Any

import aiohttp

from gateway.system import SystemClock
from tests.eventually import eventually
from tests.flows.doors.console import Console
from tests.flows.doors.house import House
from tests.flows.doors.pbx import Pbx
from tests.flows.doors.visitor import Visitor
from tests.servers.imap import ImapServer
from tests.servers.smtp import SmtpServer

SHOP, BORIS = "hello@larka.example", "Boris Lindqvist <boris@lindqvist.example>"
ANNS_PHONE, BORIS_PHONE = "+442071838750", "+442071838764"
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@dataclass
class Story:
    """What the pictures point at."""

    olga: Console
    pbx: Pbx
    places: dict[str, str] = field(default_factory=dict)
    rung: int = 0

    async def ring(self) -> None:
        """Olga's desk phone rings: Ann calls again."""
        self.rung += 1
        caller = {"from": ANNS_PHONE, "from_name": "Ann Keller"}
        await self.pbx.reports("ringing", f"again-{self.rung}", device="101", **caller)

    async def hang_up(self) -> None:
        """Ann has put the phone down."""
        await self.pbx.reports("ended", f"again-{self.rung}", cause="16")

    async def answer(self, question: str, text: str) -> None:
        """Olga takes the conversation that begins like this, and answers."""

        async def asked() -> str:
            found = [row["id"] for row in await self.olga.conversations() if row["preview"] == question]
            assert found, question
            return str(found[0])

        talk = await eventually(asked)
        await self.olga.ask("POST", f"/conversations/{talk}/take")
        await self.olga.write(talk, text)

    async def speak(self, locale: str) -> None:
        """Olga's console in another language."""
        await self.olga.ask("PATCH", "/me", {"locale": locale})


@asynccontextmanager
async def told(house: House, folder: Path) -> AsyncIterator[Story]:
    """The story, with everything it needs kept open for as long as pictures are taken."""
    imap, smtp = ImapServer(folder), SmtpServer()
    imap.start()
    smtp.start()
    jar = aiohttp.DummyCookieJar()
    try:
        async with aiohttp.ClientSession(cookie_jar=jar) as http, Pbx(http) as pbx:
            story = Story(Console(house, http), pbx)
            ann, boris = Visitor(house, http, key="demo"), Visitor(house, http, key="demo")
            try:
                await _open_the_shop(story, imap, smtp)
                await _boris_writes(story, imap, smtp)
                await _phone_rings(story)
                await _ann_chats(story, ann)
                await _boris_is_offered(story, boris)
                yield story
            finally:
                await ann.leaves()
                await boris.leaves()
                await story.olga.go_home()
    finally:
        imap.stop()
        smtp.stop()


async def _open_the_shop(story: Story, imap: ImapServer, smtp: SmtpServer) -> None:
    olga = story.olga
    olga.me = (await olga.ask("GET", "/session"))["operator"]
    line = (await olga.ask("GET", "/lines"))["items"][0]
    olga.line = line["id"]
    week = {day: ["09:00-13:00", "14:00-18:00"] for day in ("mon", "tue", "wed", "thu", "fri")} | {"sat": ["10:00-16:00"]}
    hours = {"zone": "Europe/London", "always": False, "week": week | {"sun": []}, "exceptions": {"2026-12-25": []}}
    workshop = await olga.ask("POST", "/lines", {"name": "Workshop", "members": [olga.me["id"]], "schedule": hours})
    await olga.ask("PATCH", f"/lines/{olga.line}", {"offer_seconds": 600, "limit": 6})
    for person in (await olga.ask("GET", "/operators"))["items"]:
        device = "101" if person["id"] == olga.me["id"] else "102"
        await olga.ask("PATCH", f"/operators/{person['id']}", {"devices": [device]})
    mailbox = {
        "address": SHOP, "name": "Larka Cycles",
        "imap": {"host": imap.host, "port": imap.port, "security": "none", "username": imap.user, "password": imap.password},
        "smtp": {"host": smtp.host, "port": smtp.port, "security": "none"},
    }  # fmt: skip
    mail = await olga.connect("email", mailbox, name="Shop mailbox")
    phone = await olga.connect("pbx", story.pbx.settings, name="Office PBX")
    story.pbx.hook_url = phone["install"]["hook_url"]
    story.places |= {"mailbox": mail["id"], "pbx": phone["id"], "line": workshop["id"]}
    await olga.wait_for_health(mail["id"])
    await olga.ask("PUT", "/me/presence", {"state": "online"})
    await olga.listen()


async def _boris_writes(story: Story, imap: ImapServer, smtp: SmtpServer) -> None:
    olga = story.olga
    asked = _letter(
        "Two Herons for the bakery",
        "Hello,\n\nwe deliver bread within three miles of the harbour and would like to replace our van by two cargo bikes. "
        "Could you quote for two Herons with rain covers, and a service once a quarter?\n\nKind regards\nBoris Lindqvist\n",
    )
    asked.add_attachment(PDF, maintype="application", subtype="pdf", filename="Our rounds.pdf")
    imap.append(asked.as_bytes())
    talk = await olga.accept_next(who="Boris Lindqvist")
    await olga.write(talk["id"], "Checked with the workshop: two Herons can be ready by the 19th.", type="note")
    answer = await olga.write(
        talk["id"],
        "Dear Boris,\n\ntwo Herons with covers come to £4,480, and the quarterly service to £120 for both. "
        "They can be ready on the 19th. Shall I keep them for you?\n\nOlga",
    )
    await olga.delivered_as(talk["id"], answer["id"], "sent")
    lead = await olga.ask("GET", f"/leads/{talk['lead_id']}")
    change = {
        "title": "Two Herons for the bakery", "stage": "quoted", "value": "4480", "currency": "GBP",
        "next_step": "Ring about the deposit", "version": lead["version"], "responsible_id": olga.me["id"],
    }  # fmt: skip
    await olga.ask("PATCH", f"/leads/{talk['lead_id']}", change)
    agreed = _letter("Re: Two Herons for the bakery", "Dear Olga, that suits us. Yes please, keep both.\n\nBoris\n")
    agreed["In-Reply-To"] = agreed["References"] = smtp.messages[-1]["Message-ID"]
    imap.append(agreed.as_bytes())
    story.places |= {"mail": talk["id"], "lead": talk["lead_id"]}


async def _phone_rings(story: Story) -> None:
    olga, pbx = story.olga, story.pbx
    pbx.recordings["r-1.wav"] = _tone(seconds=42)
    numbers = {"from": ANNS_PHONE, "from_name": "Ann Keller", "to": "+442071838700"}
    now = SystemClock().now()
    for ago, event, facts in (
        (60, "offered", numbers), (56, "ringing", {"device": "101"}), (48, "answered", {"device": "101"}),
        (6, "ended", {"cause": "16"}),
    ):  # fmt: skip
        await pbx.reports(event, "c-1", timestamp=(now - timedelta(seconds=ago)).isoformat(), **facts)
    await pbx.reports("recording_ready", "c-1", recording_id="r-1", recording_url=pbx.recording_url("r-1.wav"), duration=42)

    async def kept() -> dict[str, Any]:
        call: dict[str, Any] = (await olga.ask("GET", "/calls"))["items"][0]
        assert [one["state"] for one in call["recordings"]] == ["stored"], call
        return call

    story.places["call"] = (await eventually(kept))["id"]
    await _a_call_is_missed(story)


async def _a_call_is_missed(story: Story) -> None:
    numbers, now = {"from": BORIS_PHONE, "to": "+442071838700"}, SystemClock().now()
    for ago, event, facts in (
        (130, "offered", numbers), (128, "ringing", {"device": "101"}), (88, "ended", {"cause": "no_answer"}),
    ):  # fmt: skip
        await story.pbx.reports(event, "c-2", timestamp=(now - timedelta(seconds=ago)).isoformat(), **facts)
    story.places["missed"] = (await story.olga.accept_next(who=BORIS_PHONE))["id"]


async def _ann_chats(story: Story, ann: Visitor) -> None:
    await ann.opens_the_page()
    await ann.connects()
    await ann.says(
        "Hello! Is the Kestrel in green still there? I would need it before Saturday.", client_id="1", name="Ann Keller"
    )
    talk = await story.olga.accept_next(who="Ann Keller")
    await story.olga.write(talk["id"], "Hello Ann! One is left in green, in size M. Would you like to try it tomorrow?")
    await ann.says("Yes! Could I come at ten?", client_id="2")
    await story.olga.write(talk["id"], "Ten is booked for the fitting stand, half past ten is free.", type="note")
    await story.olga.write(talk["id"], "Half past ten would be better, then the stand is free for your fitting.")
    await ann.says("Half past ten it is. My number is 020 7183 8750 if anything changes.", client_id="3")
    story.places["chat"] = talk["id"]


async def _boris_is_offered(story: Story, boris: Visitor) -> None:
    await boris.opens_the_page()
    await boris.connects()
    await boris.says("Do the Herons fit through a door of 80 cm?", client_id="1", name="Boris Lindqvist")
    await eventually(lambda: len(story.olga.events("offer.made")) >= 3 or None)


def _letter(subject: str, text: str) -> EmailMessage:
    mail = EmailMessage(policy=policy.SMTP.clone(max_line_length=500))  # mail programs do not encode long ids
    mail["From"], mail["To"], mail["Subject"] = BORIS, SHOP, subject
    mail["Date"], mail["Message-ID"] = format_datetime(SystemClock().now()), make_msgid(domain="lindqvist.example")
    mail.set_content(text)
    return mail


def _tone(*, seconds: int) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        steps = range(8000 * seconds)
        sound.writeframes(
            b"".join(struct.pack("<h", int(_loudness(at / 8000) * math.sin(at * math.tau * 440 / 8000))) for at in steps)
        )
    return out.getvalue()


def _loudness(second: float) -> float:
    """Somebody speaks, breathes, speaks again."""
    return 300 + 5700 * abs(math.sin(second * 1.9) * math.sin(second * 0.47) * math.sin(second * 7.3))
