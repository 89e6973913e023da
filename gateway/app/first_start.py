"""What an empty store is given where the demo is on: an administrator, a colleague, and a line with a web chat to try it with.

Where it is off, nobody is made up. Idempotent: a store that has an operator is left alone. May talk to: ports, domain.
"""

from __future__ import annotations

from dataclasses import dataclass

from gateway.domain.channel import Channel
from gateway.domain.ids import CannedId, ChannelId, LineId, OperatorId
from gateway.domain.line import Line, Texts
from gateway.domain.operator import Operator, Presence
from gateway.domain.schedule import Schedule
from gateway.ports.core import Core
from gateway.ports.records import Canned
from gateway.ports.store import UnitOfWork

DEMO_KEY = "demo"
WELCOME = {
    "": "Thank you for writing. Somebody will be with you in a moment.",
    "ru": "Спасибо, что написали. Сейчас вам ответят.",
    "es": "Gracias por escribirnos. Enseguida te atendemos.",
    "fa": "از پیام شما سپاسگزاریم. به‌زودی پاسخ می‌دهیم.",
}
CLOSED = {
    "": "We are closed just now and will answer as soon as we open. Leave your phone or e-mail and we will find you.",
    "ru": "Сейчас мы закрыты и ответим, как только откроемся. Оставьте телефон или почту, чтобы мы могли связаться с вами.",
    "es": "Ahora estamos cerrados y responderemos en cuanto abramos. Déjanos tu teléfono o correo.",
    "fa": "اکنون بسته‌ایم و در آغاز ساعت کاری پاسخ می‌دهیم. شماره تلفن یا ایمیل خود را بنویسید.",
}
BUSY = {
    "": "Everybody is busy at the moment. You keep your place, and we have not forgotten you.",
    "ru": "Сейчас все заняты. Ваше место сохраняется, мы о вас помним.",
    "es": "Ahora mismo todos están ocupados. Conservas tu turno y no te olvidamos.",
    "fa": "اکنون همه مشغول‌اند. نوبت شما محفوظ است و فراموش نمی‌شوید.",
}
CANNED = (
    ("hello", "Hello {{contact.first_name|there}}, this is {{operator.first_name}}. How can I help?", ""),
    ("hours", "The workshop is open Monday to Saturday from 9 to 18.", ""),
    ("price", "A full service is 65 pounds and takes a day. Shall I keep a place for you?", ""),
    ("thanks", "Thank you, and have a good ride!", ""),
)


@dataclass(frozen=True, slots=True)
class Found:
    """What the store held at the start. made: the demo's administrator, just now; nobody: no operator at all."""

    made: OperatorId | None = None
    nobody: bool = False


async def prepare(core: Core, *, demo: bool) -> Found:
    """Furnish an empty store with the demo; without it, who works here is for the firm to say (`gateway operator add`)."""

    async def work(uow: UnitOfWork) -> Found:
        if await uow.operators.all():
            return Found()
        if not demo:
            return Found(nobody=True)
        olga = await _operator(uow, core, "Olga Marin", "olga@example.com", admin=True)
        ivan = await _operator(uow, core, "Ivan Petrov", "ivan@example.com", admin=False)
        await _line(uow, core, (olga, ivan))
        return Found(made=olga)

    found = await core.store.run(work)
    if found.made:
        await core.signals.nudge("settings")
    return found


async def _operator(uow: UnitOfWork, core: Core, name: str, email: str, *, admin: bool) -> OperatorId:
    now = core.clock.now()
    operator_id = OperatorId(core.ids.new("opr"))
    await uow.operators.add(
        Operator(operator_id, email, name, ("operator", "supervisor", "admin") if admin else ("operator",), created_at=now)
    )
    await uow.operators.save_presence(Presence(operator_id, "offline", now, now))
    return operator_id


async def _line(uow: UnitOfWork, core: Core, members: tuple[OperatorId, ...]) -> None:
    line = Line(
        LineId(core.ids.new("lin")),
        "Larka Cycles",
        members=members,
        no_answer_seconds=90,
        offer_seconds=60,
        schedule=Schedule(zone="Europe/London", always=True),
        texts=Texts(welcome=WELCOME, out_of_hours=CLOSED, no_answer=BUSY),
    )
    await uow.lines.add(line)
    await uow.channels.add(
        Channel(
            ChannelId(core.ids.new("chn")),
            "webchat",
            line.id,
            "Larka Cycles site",
            DEMO_KEY,
            settings={"site_name": "Larka Cycles"},
            created_at=core.clock.now(),
        )
    )
    for shortcut, text, locale in CANNED:
        await uow.canned.save(Canned(CannedId(core.ids.new("can")), shortcut, text, locale))
