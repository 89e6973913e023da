"""A form of a site becomes an enquiry: who it is, what they wrote, where they came from. A lead exists in any case.

What is typed into a form is unverified; each post is a dialogue of its own that nobody can read from outside, and the same
post again within ten minutes is one. May talk to: ports, domain, services.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from gateway.domain.dialogue import FORM_KEY
from gateway.domain.errors import Forbidden, NotFound, Rejected
from gateway.domain.inbound import Accepted, Claim, MessageReceived, Sender
from gateway.services.visitor_fields import MAX_VALUE, Answers, Page, mail_address, phone_number, read_answers
from gateway.services.visitors import Reception

REPEAT_SECONDS = 600
MAX_TEXT = 20_000
# what people call these fields, in the order they are tried; the first that fits wins
NAMES = {
    "email": ("email", "e-mail", "mail", "your-email", "user_email", "correo", "почта"),
    "phone": ("phone", "tel", "telephone", "mobile", "your-phone", "телефон", "telefono", "teléfono"),
    "name": ("name", "full_name", "fullname", "your-name", "fio", "имя", "nombre", "نام"),
    "message": ("message", "text", "comment", "your-message", "enquiry", "question", "сообщение", "mensaje", "پیام"),
    "subject": ("subject", "your-subject", "тема", "asunto"),
}  # fmt: skip
FIRST, LAST = ("first_name", "firstname", "first-name"), ("last_name", "lastname", "last-name", "surname")


@dataclass(frozen=True, slots=True)
class Posted:
    """A post as it came. id: the sender's own name for it, which makes a repeat recognisable; poster: who sent it (address)."""

    fields: Mapping[str, str]
    page: Page = field(default_factory=Page)
    origin: str | None = None
    id: str = ""
    poster: str = ""
    locale: str | None = None


class SiteForms:
    """The use case of POST /forms/{key}."""

    def __init__(self, reception: Reception) -> None:
        self._r = reception

    def allows(self, key: str, origin: str | None) -> bool:
        """May a browser be sent back to a page of this origin? Only where origins are listed."""
        _, site = self._r.sites.by_key(key)
        return origin is not None and site.welcomes(origin)

    async def post(self, key: str, posted: Posted) -> Accepted:
        """Store it; returns after the commit. Raises NotFound, Forbidden (origin_refused, forms_off), Rejected."""
        channel, site = self._r.sites.by_key(key)
        if not site.forms:
            raise Forbidden("Forms are switched off for this channel.", code="forms_off")
        self._r.sites.check(site, posted.origin)
        if channel.line_id not in self._r.directory.now.lines:
            raise NotFound("There is no such line.")
        answers, text, subject = _understand(posted.fields, self._r.directory.line(channel.line_id).region)
        now = self._r.core.clock.now()
        mark = posted.id or f"{int(now.timestamp()) // REPEAT_SECONDS}:{posted.poster}:{sorted(posted.fields.items())}"
        print_ = hashlib.sha256(f"{channel.id}\n{mark}".encode()).hexdigest()[:40]
        claims = (Claim("visitor", FORM_KEY + print_, verified=True), *answers.claims)
        return await self._r.inbox.accept(
            MessageReceived(
                channel_id=channel.id,
                external_id=f"{FORM_KEY}{print_}",
                dialogue_key=f"{FORM_KEY}{print_}",
                sender=Sender(claims, answers.name, posted.locale),
                text=text,
                at=now,
                subject=subject or None,
                source=posted.page.source() | {"form": "site"},
                data={"form": {"kind": "site", "fields": answers.fields()}},
            )
        )


def _understand(fields: Mapping[str, str], region: str) -> tuple[Answers, str, str]:
    """Whose, what and about what. A wrong address or number does not lose the enquiry: it stays in the text."""
    by_name = {name.lower().strip(): name for name in fields}
    found = {
        what: next((by_name[n] for n in names if n in by_name and fields[by_name[n]].strip()), "")
        for what, names in NAMES.items()
    }
    picked = {what: fields[name].strip() for what, name in found.items() if name}
    if "name" not in picked:
        parts = [fields[by_name[n]].strip() for group in (FIRST, LAST) for n in group if n in by_name]
        picked["name"] = " ".join(part for part in parts if part)
    email, phone = mail_address(picked.get("email", "")), phone_number(picked.get("phone", ""), region=region)
    taken = {name for name in found.values() if name} | {by_name[name] for name in (*FIRST, *LAST) if name in by_name}
    rest = {name: value for name, value in fields.items() if name not in taken}
    answers = read_answers(rest | {"name": picked["name"], "email": email or "", "phone": phone or ""}, region=region)
    wrong = {what: picked[what] for what, right in (("email", email), ("phone", phone)) if what in picked and not right}
    lines = [f"{name}: {value[:MAX_VALUE]}" for name, value in (wrong | dict(answers.rest)).items()]
    text = "\n".join(filter(None, [picked.get("message", "")[:MAX_TEXT], *lines]))
    if not (text or answers.email or answers.phone):
        raise Rejected("The form is empty.", code="empty")
    return answers, text or " · ".join(answers.fields().values()), picked.get("subject", "")[:200]
