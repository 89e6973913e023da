"""What a visitor of a site does: opens the chat, says something, catches up, reads, rates, finishes, tells who they are.

Each use case is one transaction; nothing is stored before the visitor speaks. What a visitor sees is shaped in visitor_rows,
from `messages.said`, which knows no notes. May talk to: ports, domain, services. Contract: docs/reference/widget-protocol.md.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from gateway.domain import rows
from gateway.domain.channel import Channel
from gateway.domain.errors import NotFound, Rejected, Unauthenticated
from gateway.domain.ids import AttachmentId, MessageId
from gateway.domain.inbound import Accepted, IncomingFile, MessageReceived, Sender
from gateway.domain.line import Line, say
from gateway.domain.message import Attachment, InboundMessage, OutboundMessage
from gateway.ports.channel import Inbox
from gateway.ports.core import Core
from gateway.ports.records import Place
from gateway.ports.store import UnitOfWork
from gateway.services.departures import Departures
from gateway.services.directory import Directory
from gateway.services.site import Site, Sites, form_row
from gateway.services.storefront import Storefront
from gateway.services.visitor_fields import Answers, read_answers
from gateway.services.visitor_rows import Lens, first_word
from gateway.services.visitor_seals import Seals, Visitor

LOCALES = ("en", "ru", "es", "fa")
PAGE = 200
MAX_FILES = 10
FORMS = ("prechat", "offline", "callback")


class Uploads(Protocol):
    """services/uploads, as far as visitors need it."""

    async def upload(
        self, *, owner: str, name: str, content_type: str, chunks: AsyncIterator[bytes], limit: int
    ) -> Attachment: ...


@dataclass(frozen=True, slots=True)
class Form:
    """A form that came with a message."""

    kind: str
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Saying:
    """One message on its way in. client_id is chosen by the browser; consent is the version agreed to; source: Page.source."""

    client_id: str
    text: str = ""
    files: tuple[str, ...] = ()
    form: Form | None = None
    consent: str | None = None
    source: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reception:
    """The collaborators of everything that serves visitors."""

    core: Core
    directory: Directory
    inbox: Inbox
    seals: Seals
    sites: Sites
    storefront: Storefront
    departures: Departures


class Visitors:
    """The use cases of the widget."""

    def __init__(self, reception: Reception) -> None:
        self._r = reception
        self.lens = Lens(self._first_name, lambda id: reception.seals.ticket(id, now=reception.core.clock.now()))

    def known(self, token: str) -> Visitor:
        """Whose token this is. Raises Unauthenticated (token_expired), also when its channel is gone."""
        visitor = self._r.seals.read(token, now=self._r.core.clock.now())
        try:
            self._r.sites.by_id(visitor.channel_id)
        except NotFound:
            raise Unauthenticated("This chat is closed.", code="token_expired") from None
        return visitor

    async def open(self, key: str, *, token: str | None, locale: str | None, origin: str | None) -> rows.Row:
        """The session a page begins with. Stores nothing. Raises NotFound (key), Forbidden (origin_refused)."""
        channel, site = self._r.sites.by_key(key)
        self._r.sites.check(site, origin)
        line = self._r.directory.line(channel.line_id)
        visitor = self._again(channel, token)
        language = _language(locale or visitor.locale, line.locale)
        visitor = replace(visitor, locale=language)
        place, unread = await self._r.core.store.read(lambda uow: _where(uow, visitor))
        spoken = place is not None
        return {
            "token": self._r.seals.mint(visitor, now=self._r.core.clock.now()), "visitor": visitor_row(visitor, spoken=spoken),
            "site": _site_row(site, line, language), "line": await self._r.storefront.line(line),
            "forms": _forms(site, visitor, spoken=spoken),
            "limits": {"file_bytes": site.file_bytes, "text": site.text_limit, "types": list(site.file_types)},
            "unread": unread, "seq": place.dialogue.last_seq if place else 0, "socket": "/socket.io/",
        }  # fmt: skip

    async def say(self, visitor: Visitor, what: Saying) -> rows.Row:
        """Store a message; returns {seq, id, at} after the commit, the same again for the same client_id.

        Raises Rejected: empty, too_long, consent_missing, form_*, file_gone.
        """
        channel, site = self._r.sites.by_id(visitor.channel_id)
        line = self._r.directory.line(channel.line_id)
        event = self._event(visitor, what, site, line)
        if what.files:
            files = await self._r.core.store.read(lambda uow: _own_files(uow, visitor, what))
            event = replace(event, files=files)
        accepted = await self._r.inbox.accept(event)
        return {"seq": accepted.seq, "id": accepted.message_id, "at": await self._said_at(event, accepted)}

    async def sync(self, visitor: Visitor, *, after: int) -> tuple[rows.Row, Place | None]:
        """Everything said after a number, at most PAGE messages, and how things stand. Also where it was said."""

        async def work(uow: UnitOfWork) -> tuple[Place | None, int, list[rows.Row], bool]:
            place, unread = await _where(uow, visitor)
            if place is None:
                return None, 0, [], False
            said = await uow.messages.said(place.dialogue.id, after=max(0, after), limit=PAGE + 1)
            files = await uow.messages.attachments([message.id for message in said[:PAGE]])
            shown = [rows.message_row(message, files=files.get(message.id, ())) for message in said[:PAGE]]
            return place, unread, shown, len(said) > PAGE

        place, unread, said, more = await self._r.core.store.read(work)
        messages = [seen for row in said if (seen := self._seen(row, place)) is not None]
        last = place.dialogue.last_seq if place else 0
        answer = {
            "messages": messages, "seq": messages[-1]["seq"] if more and messages else last, "unread": unread, "typing": None,
            "conversation": await self.standing(place), "dialogue": place.dialogue.id if place else None,
        }  # fmt: skip
        return answer | ({"more": True} if more else {}), place

    async def place(self, visitor: Visitor) -> Place | None:
        """Where this visitor's dialogue is; None before they have spoken."""
        return await self._r.core.store.read(lambda uow: uow.dialogues.find((visitor.channel_id, visitor.id)))

    async def standing(self, place: Place | None) -> rows.Row:
        """The state of the newest enquiry."""
        conversation = place.conversation if place else None
        if conversation is None:
            return self.lens.conversation(None)
        row = rows.conversation_row(conversation, contact_name="")
        waiting = await self._r.storefront.queue(row) if conversation.state in ("queued", "offered") else None
        return self.lens.conversation(row, queue=waiting)

    def _seen(self, row: rows.Row, place: Place | None) -> rows.Row | None:
        if place is None:
            return None
        marks = place.dialogue
        return self.lens.message(row, operator_seen=marks.operator_seen, contact_seen=marks.contact_seen)

    def _again(self, channel: Channel, token: str | None) -> Visitor:
        now = self._r.core.clock.now()
        try:
            visitor = self._r.seals.read(token or "", now=now, keep=True)
        except Unauthenticated:
            return self._r.seals.newcomer(channel.id, now=now)
        return visitor if visitor.channel_id == channel.id else self._r.seals.newcomer(channel.id, now=now)

    def _event(self, visitor: Visitor, what: Saying, site: Site, line: Line) -> MessageReceived:
        if len(what.text) > site.text_limit:
            raise Rejected(f"A message may have {site.text_limit} characters.", code="too_long")
        if not (what.text.strip() or what.files or what.form):
            raise Rejected("Write something first.", code="empty")
        answers = _answers(what, site, line)
        person = visitor.told(name=answers.name, email=answers.email, phone=answers.phone)
        return MessageReceived(
            channel_id=visitor.channel_id, external_id=f"{visitor.root}:{what.client_id}", dialogue_key=visitor.id,
            sender=Sender(person.claims, person.name, visitor.locale or None), text=what.text, client_id=what.client_id,
            at=self._r.core.clock.now(), source=what.source, data=self._extras(visitor, what, answers),
        )  # fmt: skip

    def _extras(self, visitor: Visitor, what: Saying, answers: Answers) -> dict[str, Any]:
        data: dict[str, Any] = {"visitor": visitor.id}
        if what.form:
            data["form"] = {"kind": what.form.kind, "fields": answers.fields()}
        if what.consent:
            data["consent"] = {"version": what.consent, "at": rows.stamp(self._r.core.clock.now())}
        return data

    async def _said_at(self, event: MessageReceived, accepted: Accepted) -> str | None:
        if accepted.new or accepted.message_id is None:
            return rows.stamp(event.at)
        id = MessageId(accepted.message_id)
        return rows.stamp((await self._r.core.store.read(lambda uow: uow.messages.get(id))).at)

    def _first_name(self, id: str) -> str:
        operator = self._r.directory.now.operators.get(id)  # type: ignore[call-overload]
        return first_word(operator.name) if operator else ""


async def _where(uow: UnitOfWork, visitor: Visitor) -> tuple[Place | None, int]:
    """The visitor's dialogue and how many answers they have not seen (counted up to PAGE)."""
    place = await uow.dialogues.find((visitor.channel_id, visitor.id))
    if place is None or place.dialogue.last_seq <= place.dialogue.contact_seen:
        return place, 0
    said = await uow.messages.said(place.dialogue.id, after=place.dialogue.contact_seen, limit=PAGE)
    return place, sum(isinstance(message, OutboundMessage) and message.deleted_at is None for message in said)


async def _own_files(uow: UnitOfWork, visitor: Visitor, what: Saying) -> tuple[IncomingFile, ...]:
    if len(what.files) > MAX_FILES:
        raise Rejected(f"A message may carry {MAX_FILES} files.", code="too_many_files")
    return tuple([await _own_file(uow, visitor, id, what.client_id) for id in dict.fromkeys(what.files)])


async def _own_file(uow: UnitOfWork, visitor: Visitor, id: str, client_id: str) -> IncomingFile:
    try:
        file = await uow.messages.attachment(AttachmentId(id))
    except NotFound:
        raise _gone() from None
    free = file.message_id is None or await _taken_by(uow, file.message_id, f"{visitor.root}:{client_id}")
    if file.owner != f"visitor:{visitor.root}" or not free or file.state != "stored":
        raise _gone()
    return IncomingFile(file.name, file.content_type, file.size, reference=file.id, blob_key=file.blob_key)


async def _taken_by(uow: UnitOfWork, id: MessageId, external_id: str) -> bool:
    """A repeated message names files that it has taken already."""
    message = await uow.messages.get(id)
    return isinstance(message, InboundMessage) and message.external_id == external_id


def _gone() -> Rejected:
    return Rejected("One of the files is gone; attach it again.", code="file_gone")


def _answers(what: Saying, site: Site, line: Line) -> Answers:
    if what.form is None:
        return Answers()
    if what.form.kind not in FORMS:
        raise Rejected("There is no such form.", code="form_invalid")
    plan = {"prechat": site.prechat, "offline": site.offline}.get(what.form.kind, ())
    if site.consent and what.consent != site.consent.version:
        raise Rejected("Agree first that what you write may be kept.", code="consent_missing")
    required = [wanted.name for wanted in plan if wanted.required] or (["phone"] if what.form.kind == "callback" else [])
    return read_answers(what.form.fields, required=required, region=line.region)


def visitor_row(visitor: Visitor, *, spoken: bool) -> rows.Row:
    """What the visitor has told about themselves, as their own token holds it; never what the contact's card holds."""
    known = spoken or bool(visitor.name or visitor.email or visitor.phone)
    return {"known": known, "name": visitor.name or None, "email": visitor.email or None, "phone": visitor.phone or None}


def _forms(site: Site, visitor: Visitor, *, spoken: bool) -> rows.Row:
    missing = [wanted.name for wanted in site.prechat if wanted.required and not getattr(visitor, wanted.name, "")]
    asks = bool(site.prechat) and not spoken and (bool(missing) or not any(f.required for f in site.prechat))
    return {
        "prechat": form_row(site.prechat, site.consent) if asks else None, "offline": form_row(site.offline, site.consent),
    }  # fmt: skip


def _site_row(site: Site, line: Line, language: str) -> rows.Row:
    return {
        "name": site.site_name or line.name, "color": site.color or line.color, "position": site.position, "locale": language,
        "locales": list(LOCALES), "launcher": say(site.launcher, language) or None,
        "greeting": say(site.greeting, language) or None,
    }  # fmt: skip


def _language(wanted: str, otherwise: str) -> str:
    for locale in (wanted, otherwise):
        if locale.split("-")[0].lower() in LOCALES:
            return locale.split("-")[0].lower()
    return LOCALES[0]
