"""Any HTML form of any site posts to a line: `<form method="post" action="https://GATEWAY/forms/SITE_KEY">`.

A field `_gotcha` that a person does not see traps machines; `_next` names the page
to return to (a page of the asking site), `_id` makes a repeat recognisable. A browser is sent back, a script gets JSON.
May talk to: services.site_forms, web.form_bodies, web.widget_answers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from urllib.parse import urlsplit

import structlog
from aiohttp import web

from gateway.domain.errors import GatewayError
from gateway.domain.storable import storable
from gateway.services.site_forms import Posted, SiteForms
from gateway.services.visitor_fields import Page
from gateway.web.form_bodies import read_form
from gateway.web.live_widget import Doors
from gateway.web.problems import status_of
from gateway.web.widget_answers import allow, guarded, preflight

log = structlog.get_logger(__name__)
TRAPS = ("_gotcha", "_honey", "_trap")
THANKS: Mapping[str, tuple[str, str]] = {
    "en": ("Thank you", "We have your message and will answer soon."),
    "ru": ("Спасибо", "Мы получили ваше сообщение и скоро ответим."),
    "es": ("Gracias", "Hemos recibido tu mensaje y responderemos pronto."),
    "fa": ("سپاسگزاریم", "پیام شما رسید و به‌زودی پاسخ می‌دهیم."),
}
SORRY: Mapping[str, tuple[str, str]] = {
    "en": ("This was not sent", "Please go back and check what you wrote."),
    "ru": ("Не отправлено", "Вернитесь, пожалуйста, и проверьте написанное."),
    "es": ("No se ha enviado", "Vuelve atrás y revisa lo que has escrito."),
    "fa": ("فرستاده نشد", "لطفاً برگردید و آنچه نوشته‌اید را بررسی کنید."),
}
LATER: Mapping[str, tuple[str, str]] = {
    "en": ("This was not sent yet", "Please go back and send it again in a minute."),
    "ru": ("Пока не отправлено", "Вернитесь, пожалуйста, и отправьте ещё раз через минуту."),
    "es": ("Todavía no se ha enviado", "Vuelve atrás y envíalo otra vez dentro de un minuto."),
    "fa": ("هنوز فرستاده نشد", "لطفاً برگردید و یک دقیقهٔ دیگر دوباره بفرستید."),
}
PAGE = """<!doctype html><html lang="{lang}" dir="{dir}"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>{title}</title>
<body style="font:1rem/1.6 system-ui;max-width:36rem;margin:5rem auto;padding:0 1rem"><h1>{title}</h1>
<p>{text}</p></body></html>"""


def routes(forms: SiteForms, *, doors: Doors) -> list[web.RouteDef]:
    """For web.server."""
    endpoint = _Forms(forms, doors)
    return [web.post("/forms/{key}", endpoint.post), web.options("/forms/{key}", preflight)]


@dataclass(frozen=True, slots=True)
class _Forms:
    forms: SiteForms
    doors: Doors

    async def post(self, request: web.Request) -> web.StreamResponse:
        if _wants_page(request):
            return await self._for_browser(request)
        return await guarded(self._for_script)(request)

    async def _for_script(self, request: web.Request) -> web.StreamResponse:
        fields = await self._admitted(request)
        id = await self._store(request, fields)
        return allow(request, web.json_response({"ok": True, "id": id}, status=201))

    async def _for_browser(self, request: web.Request) -> web.StreamResponse:
        try:
            fields = await self._admitted(request)
            await self._store(request, fields)
        except GatewayError as error:
            log.info("form.refused", code=error.code)
            status = status_of(error)
            return _page(request, LATER if status in (408, 429, 503) else SORRY, status=status)
        back = self._way_back(request, fields)
        if back:
            return web.Response(status=303, headers={"Location": back, "Cache-Control": "no-store"})
        return _page(request, THANKS, status=200)

    async def _admitted(self, request: web.Request) -> dict[str, str]:
        address = self.doors.address(request)
        for rate in ("form", "form.day"):
            await self.doors.floods.admit(rate, address)
        return await read_form(request, seconds=self.doors.patience.text)

    async def _store(self, request: web.Request, fields: Mapping[str, str]) -> str | None:
        if any(fields.get(trap) for trap in TRAPS):
            log.info("form.trapped")  # a machine fills what nobody sees: it is told that all went well
            return None
        said = {name: value for name, value in fields.items() if not name.startswith("_")}
        posted = Posted(
            said, Page(_referrer(request), fields.get("_title", ""), fields.get("_referrer", "")), origin=_origin(request),
            id=(fields.get("_id") or storable(request.headers.get("Idempotency-Key", "")))[:100],
            poster=self.doors.address(request), locale=_language(request),
        )  # fmt: skip
        return (await self.forms.post(request.match_info["key"], posted)).message_id

    def _way_back(self, request: web.Request, fields: Mapping[str, str]) -> str | None:
        """`_next`, or the page it came from; only pages of the asking site itself or of the channel's own sites."""
        own = _origin(request)
        for url in (fields.get("_next", ""), _referrer(request)):
            there = _origin_of(url)
            if there and not set(url) & set("\r\n\\") and there == own:
                return url
        return None


def _wants_page(request: web.Request) -> bool:
    return "text/html" in request.headers.get("Accept", "") and request.content_type != "application/json"


def _referrer(request: web.Request) -> str:
    return storable(request.headers.get("Referer", ""))[:2000]


def _origin(request: web.Request) -> str | None:
    """Browsers send Origin with a post; `null` (a sandboxed page) and none are told apart from a site."""
    origin = request.headers.get("Origin")
    return origin if origin and origin != "null" else _origin_of(_referrer(request))


def _origin_of(url: str) -> str | None:
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return f"{parts.scheme}://{parts.netloc}" if parts.scheme in ("http", "https") and parts.netloc else None


def _language(request: web.Request) -> str:
    for part in request.headers.get("Accept-Language", "").split(","):
        code = part.split(";")[0].strip().split("-")[0].lower()
        if code in THANKS:
            return code
    return "en"


def _page(request: web.Request, words: Mapping[str, tuple[str, str]], *, status: int) -> web.Response:
    lang = _language(request)
    title, text = words[lang]
    body = PAGE.format(lang=lang, dir="rtl" if lang == "fa" else "ltr", title=escape(title), text=escape(text))
    headers = {
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
    }
    return web.Response(status=status, text=body, content_type="text/html", headers=headers)
