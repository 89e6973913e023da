"""What a visitor does besides writing: reads, rates, finishes, and tells (or proves) who they are.

Each is one transaction that holds the dialogue. A signed identity moves the dialogue to a key derived from it, so that the
old token opens nothing any more and the person finds it again on another device; what is merely typed never opens anything.
Who has a dialogue of their own already and signs in while they chat stays where they are asked until that enquiry is over.
May talk to: ports, domain, services. Contract: docs/reference/widget-protocol.md.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from gateway.domain import rows
from gateway.domain.errors import IllegalMove, Rejected
from gateway.domain.message import OutboundMessage
from gateway.ports.records import Place
from gateway.ports.store import UnitOfWork
from gateway.services import queueing
from gateway.services.contacts import tell_of_contact
from gateway.services.recognition import keep_claims, within_reason
from gateway.services.scene import Scene
from gateway.services.visitor_fields import Page, read_answers
from gateway.services.visitor_identity import Vouched, read_identity
from gateway.services.visitor_seals import Visitor
from gateway.services.visitors import Reception, visitor_row

READ_AT_ONCE = 200
COMMENT_LENGTH = 1000
MOST_ATTRIBUTES = 50
STIRRED = ("router", "outbox", "deliveries")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Telling:
    """What the visitor or the site tells about them; None = not mentioned. attributes: plain texts for operators."""

    name: str | None = None
    email: str | None = None
    phone: str | None = None
    locale: str | None = None
    attributes: tuple[tuple[str, str], ...] = ()
    page: Page | None = None
    identity_token: str | None = None


class VisitorMoves:
    """Everything is refused by name or has its effect; nothing is dropped."""

    def __init__(self, reception: Reception) -> None:
        self._r = reception

    async def read(self, visitor: Visitor, *, seq: int) -> int:
        """Everything up to `seq` is on the visitor's screen. Returns the mark; it never moves back."""

        async def step(scene: Scene) -> int:
            old, mark = scene.dialogue.contact_seen, min(seq, scene.dialogue.last_seq)
            if mark <= old:
                return old
            scene.dialogue = replace(scene.dialogue, contact_seen=mark)
            for message in await scene.uow.messages.said(scene.dialogue.id, after=old, limit=READ_AT_ONCE):
                if message.seq <= mark and isinstance(message, OutboundMessage):
                    await _mark_read(scene, message)
            return mark

        return await self._in_dialogue(visitor, step, otherwise=0)

    async def rate(self, visitor: Visitor, *, value: int, comment: str = "") -> None:
        """How it was, 1 to 5. Raises IllegalMove while it is not over, Rejected (bad_rating)."""
        if not 1 <= value <= 5:
            raise Rejected("A rating is a number from 1 to 5.", code="bad_rating")

        async def step(scene: Scene) -> None:
            if scene.conversation is None:
                raise IllegalMove("There is nothing to rate.")
            scene.conversation = scene.talk.rated(value, comment[:COMMENT_LENGTH])
            scene.emit("conversation.rated", actor="contact", rating=value, comment=comment[:COMMENT_LENGTH])

        await self._in_dialogue(visitor, step, otherwise=None)

    async def close(self, visitor: Visitor) -> None:
        """The visitor has finished. Nothing happens if it is over already."""

        async def step(scene: Scene) -> None:
            if scene.conversation is None or scene.talk.ended:
                return
            await queueing.finish(scene, actor="contact", key="closed_by_contact")

        await self._in_dialogue(visitor, step, otherwise=None)

    async def update(self, visitor: Visitor, telling: Telling) -> tuple[rows.Row, str, Visitor]:
        """Remember what was told: in the token, and with the contact if there is one. Returns (row, new token, visitor).

        Raises Rejected: identity_invalid, form_invalid, too_many_attributes.
        """
        channel, site = self._r.sites.by_id(visitor.channel_id)
        now = self._r.core.clock.now()
        region = self._r.directory.line(channel.line_id).region
        told = {"name": telling.name or "", "email": telling.email or "", "phone": telling.phone or ""}
        answers = read_answers(told, region=region)
        fresh = visitor.told(name=answers.name, email=answers.email, phone=answers.phone, locale=(telling.locale or "")[:16])
        if telling.identity_token:
            vouched = read_identity(telling.identity_token, secret=site.secret, audience=channel.key, now=now, region=region)
            fresh = self._vouched(fresh, vouched)
        fresh, spoken = await self._r.core.store.run(lambda uow: self._keep(uow, visitor, fresh, telling))
        return visitor_row(fresh, spoken=spoken), self._r.seals.mint(fresh, now=now), fresh

    def _vouched(self, visitor: Visitor, vouched: Vouched) -> Visitor:
        facts = {name: getattr(vouched, name) for name in vouched.fields()}
        id = self._r.seals.person(visitor.channel_id, vouched.subject)
        if visitor.subject and visitor.subject != vouched.subject:  # somebody else signed in on this device
            now = self._r.core.clock.now()
            visitor = replace(self._r.seals.newcomer(visitor.channel_id, now=now), locale=visitor.locale)
        return replace(visitor, id=id, version=visitor.version + 1, signed=vouched.fields(), **facts)

    async def _keep(self, uow: UnitOfWork, before: Visitor, after: Visitor, telling: Telling) -> tuple[Visitor, bool]:
        """Write to the contact what is new. Returns who they are from here on, and whether they have spoken."""
        keys = sorted({(before.channel_id, before.id), (after.channel_id, after.id)})
        places = await uow.dialogues.places(keys)
        own = places.get((after.channel_id, after.id))
        old = places.get((before.channel_id, before.id))
        same = old is not None and after.root == before.root
        if same and own is not None and _runs(old):
            after, own = replace(after, id=before.id), old  # the answer to what they asked comes here, and nowhere else
        moving = same and own is None
        place = own or (old if moving else None)
        if place is None:
            return after, False
        scene = self._scene(uow, place)
        if moving:
            scene.dialogue = replace(scene.dialogue, key=after.id)
            scene.emit("conversation.updated", actor="contact", visitor=after.id)
        await self._introduce(scene, after, telling)
        await scene.leave()
        return after, True

    async def _introduce(self, scene: Scene, visitor: Visitor, telling: Telling) -> None:
        contact = scene.contact.named(visitor.name)
        if telling.attributes:
            contact = replace(contact, fields=_with_attributes(contact.fields, telling.attributes))
        if visitor.locale and not contact.locale:
            contact = replace(contact, locale=visitor.locale)
        changed = contact is not scene.contact
        if changed:
            await scene.uow.contacts.save(contact)
            scene.contact = contact
        before = {(i.kind, i.value, i.verified) for i in await scene.uow.contacts.identities(contact.id)}
        claims = await within_reason(scene.uow, contact.id, visitor.claims)
        new = [claim for claim in claims if (claim.kind, claim.value, claim.verified) not in before]
        await keep_claims(scene.uow, scene.core, contact.id, new, evidence="identify" if visitor.signed else "typed")
        if new or changed:
            row = rows.contact_row(contact, identities=await scene.uow.contacts.identities(contact.id))
            await tell_of_contact(scene.uow, row, actor="contact", at=scene.now)

    async def _in_dialogue(self, visitor: Visitor, step: Callable[[Scene], Awaitable[T]], *, otherwise: T) -> T:
        """Run a step in the visitor's dialogue; `otherwise` if they have none yet."""

        async def work(uow: UnitOfWork) -> tuple[T, bool]:
            key = (visitor.channel_id, visitor.id)
            place = (await uow.dialogues.places([key])).get(key)
            if place is None:
                return otherwise, False
            scene = self._scene(uow, place)
            answer = await step(scene)
            await scene.leave()
            return answer, scene.stirred

        answer, stirred = await self._r.core.store.run(work)
        for topic in STIRRED if stirred else ():
            await self._r.core.signals.nudge(topic)
        return answer

    def _scene(self, uow: UnitOfWork, place: Place) -> Scene:
        channel = self._r.directory.channel(place.dialogue.channel_id)
        line = self._r.directory.line_for(place.conversation) if place.conversation else self._r.directory.line(channel.line_id)
        return Scene(uow, self._r.core, place, channel=channel, line=line)


def _runs(place: Place | None) -> bool:
    return place is not None and place.conversation is not None and not place.conversation.ended


def _with_attributes(fields: Mapping[str, Any], told: Sequence[tuple[str, str]]) -> Mapping[str, Any]:
    """Every event of the contact carries them all, so a page cannot add names for ever."""
    together = dict(fields) | dict(told)
    if len(together) > max(len(fields), MOST_ATTRIBUTES):
        raise Rejected(f"A visitor may have {MOST_ATTRIBUTES} attributes.", code="too_many_attributes")
    return together


async def _mark_read(scene: Scene, message: OutboundMessage) -> None:
    delivery = await scene.uow.deliveries.of_message(message.id)
    if delivery is None:
        return
    moved = delivery.reported("read", now=scene.now)
    if moved is not delivery:
        await scene.uow.deliveries.save(moved)
        scene.emit("delivery.updated", actor="contact", message_id=message.id, delivery=rows.delivery_row(moved))
