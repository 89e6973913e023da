"""What browsers send, checked: one model per request and socket event. Unknown fields are ignored, wrong ones refused by name.

May talk to: services (the values use cases take). Contract: docs/reference/widget-protocol.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from gateway.domain.errors import Rejected
from gateway.services.visitor_fields import Page
from gateway.services.visitor_moves import Telling
from gateway.services.visitors import Form, Saying

Text = Annotated[str, Field(max_length=50_000)]
Short = Annotated[str, Field(max_length=2000)]
W = TypeVar("W", bound="_Wire")
Seq = Annotated[int, Field(ge=0, le=2**53)]


class _Wire(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", strict=True, hide_input_in_errors=True)


class PageWire(_Wire):
    """Where the visitor is."""

    url: str = ""
    title: str = ""
    referrer: str = ""

    def value(self) -> Page:
        """For the use cases. A page of any length has a chat: what is too long is cut, never refused."""
        return Page(self.url[:1000], self.title[:200], self.referrer[:500])


class Opening(_Wire):
    """POST /api/v1/widget/session."""

    key: Annotated[str, Field(min_length=1, max_length=100)]
    token: Annotated[str, Field(max_length=4096)] | None = None
    locale: Annotated[str, Field(max_length=35)] | None = None
    page: PageWire = PageWire()


class Handshake(_Wire):
    """`auth` of the socket."""

    token: Annotated[str, Field(max_length=4096)]
    page: PageWire = PageWire()


class SyncWire(_Wire):
    """sync."""

    after: Seq = 0


class FormWire(_Wire):
    """A form inside a message."""

    kind: Literal["prechat", "offline", "callback"]
    fields: dict[str, str | None]


class ConsentWire(_Wire):
    """What was agreed to; only `true` counts."""

    version: Annotated[str, Field(max_length=32)]
    accepted: Literal[True]


class MessageWire(_Wire):
    """message.send."""

    client_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.:-]{1,64}$")]
    text: Text = ""
    files: list[Annotated[str, Field(max_length=64)]] = []
    form: FormWire | None = None
    consent: ConsentWire | None = None

    def value(self, source: Mapping[str, str]) -> Saying:
        """For the use cases. source: of the page it is written on."""
        form = Form(self.form.kind, {k: v for k, v in self.form.fields.items() if v}) if self.form else None
        consent = self.consent.version if self.consent else None
        return Saying(self.client_id, self.text, tuple(self.files), form, consent, source)


class Switch(_Wire):
    """typing.set."""

    on: bool


class Mark(_Wire):
    """read.set."""

    seq: Seq


class Rating(_Wire):
    """conversation.rate."""

    value: int
    comment: Short | None = None


class Update(_Wire):
    """visitor.update."""

    name: Annotated[str, Field(max_length=100)] | None = None
    email: Annotated[str, Field(max_length=254)] | None = None
    phone: Annotated[str, Field(max_length=40)] | None = None
    external_id: Annotated[str, Field(max_length=200)] | None = None
    locale: Annotated[str, Field(max_length=35)] | None = None
    attributes: Annotated[dict[str, str | int | float | bool | None], Field(max_length=20)] = {}
    page: PageWire | None = None
    identity_token: Annotated[str, Field(max_length=4096)] | None = None

    def value(self) -> Telling:
        """For the use cases. An unsigned external id is an attribute like any other."""
        pairs = dict(self.attributes) | ({"external_id": self.external_id} if self.external_id else {})
        attributes = tuple((str(k)[:40], str(v)[:200]) for k, v in pairs.items() if v is not None)
        page = self.page.value() if self.page else None
        return Telling(self.name, self.email, self.phone, self.locale, attributes, page, self.identity_token)


def understand(model: type[W], payload: Any) -> W:
    """The payload as a value. Raises Rejected (binary_refused, or invalid naming the first wrong field)."""
    if isinstance(payload, bytes | bytearray):
        raise Rejected("Files are uploaded, not sent through the socket.", code="binary_refused")
    try:
        return model.model_validate({} if payload is None else payload)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(str(step) for step in first["loc"]) or "payload"
        raise Rejected(f"{place}: {first['msg']}", code="invalid") from None
