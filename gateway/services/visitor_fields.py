"""What people type into forms, made fit for claims: names, mail addresses, phone numbers, and everything else as it is.

Used by the chat's forms and by forms of other sites. May talk to: domain.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

import phonenumbers

from gateway.domain.errors import Rejected
from gateway.domain.inbound import Claim

MAIL = re.compile(r"[^\s@<>(),;:\"\\]{1,64}@[^\s@<>(),;:\"\\]{1,190}\.[^\s@<>(),;:\"\\.]{2,63}")
MAX_FIELDS, MAX_NAME, MAX_VALUE = 40, 64, 2000
CAMPAIGN = ("utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content", "gclid", "yclid", "fbclid")
INVISIBLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class Answers:
    """A filled form: what names the person, apart from the rest. Empty = not given."""

    name: str = ""
    email: str = ""
    phone: str = ""
    rest: Mapping[str, str] = field(default_factory=dict)

    @property
    def claims(self) -> tuple[Claim, ...]:
        """Typed, hence unverified."""
        mail = (Claim("email", self.email, verified=False),) if self.email else ()
        return mail + ((Claim("phone", self.phone, verified=False),) if self.phone else ())

    def fields(self) -> dict[str, str]:
        """All of it under the names of the form."""
        named = {"name": self.name, "email": self.email, "phone": self.phone}
        return {name: value for name, value in named.items() if value} | dict(self.rest)


def read_answers(fields: Mapping[str, str], *, required: Iterable[str] = (), region: str) -> Answers:
    """Check and normalise. Raises Rejected: form_incomplete, form_invalid or form_too_large, naming the field."""
    if len(fields) > MAX_FIELDS or any(len(k) > MAX_NAME or len(v) > MAX_VALUE for k, v in fields.items()):
        raise Rejected(f"A form may have {MAX_FIELDS} fields of {MAX_VALUE} characters.", code="form_too_large")
    clean = {name: INVISIBLE.sub("", value).strip() for name, value in fields.items()}
    for name in required:
        if not clean.get(name):
            raise Rejected(f"The field “{name}” is missing.", code="form_incomplete")
    email, phone = clean.pop("email", ""), clean.pop("phone", "")
    return Answers(
        name=" ".join(clean.pop("name", "").split())[:100],
        email=_fit(mail_address(email), email, "email"),
        phone=_fit(phone_number(phone, region=region), phone, "phone"),
        rest={name: value for name, value in clean.items() if value},
    )


def _fit(normal: str | None, typed: str, name: str) -> str:
    if typed and normal is None:
        raise Rejected(f"The field “{name}” does not look right.", code="form_invalid")
    return normal or ""


def mail_address(text: str) -> str | None:
    """Lower-case address, or None if it is none."""
    text = text.strip()
    return text.lower() if MAIL.fullmatch(text) else None


def phone_number(text: str, *, region: str) -> str | None:
    """E.164, or None. Digits of any script; a number without country code belongs to `region`."""
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


@dataclass(frozen=True, slots=True)
class Page:
    """Where the visitor is."""

    url: str = ""
    title: str = ""
    referrer: str = ""

    def source(self) -> dict[str, str]:
        """Lead source facts: page without query, title, referrer, campaign values."""
        if not self.url.startswith(("https://", "http://")):
            return {}
        try:
            parts = urlsplit(self.url[:2000])
        except ValueError:  # a bracket where a host should be
            return {}
        facts = {"page": f"{parts.scheme}://{parts.netloc}{parts.path}", "title": self.title[:200]}
        if self.referrer.startswith(("https://", "http://")):
            facts["referrer"] = self.referrer[:500]
        marks = dict(parse_qsl(parts.query, max_num_fields=50) if parts.query.count("&") < 50 else ())
        facts |= {name: marks[name][:200] for name in CAMPAIGN if marks.get(name)}
        return {name: value for name, value in facts.items() if value}
