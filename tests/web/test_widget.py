"""HTTP of the widget: the session of a page, catching up without a socket, files both ways."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from gateway.domain.errors import StoreUnavailable
from gateway.domain.schedule import Schedule
from tests.flows.office import OLGA
from tests.front_door import HOME, KEY, SHOP, FrontDoor, front_door
from tests.web.test_live_widget import served_by_olga

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + b"\x00" * 64


async def upload(door: FrontDoor, token: str, content: bytes, *, name: str = "photo.png") -> tuple[int, dict[str, Any]]:
    """Status and body."""
    form = aiohttp.FormData(quote_fields=False)
    form.add_field("file", content, filename=name, content_type="image/png")
    headers = {"Authorization": f"Bearer {token}", "Origin": SHOP}
    async with door.http.post(f"{door.url}/api/v1/widget/files", data=form, headers=headers) as answer:
        return answer.status, await answer.json(content_type=None)


async def test_a_session_tells_the_page_all_it_needs_and_stores_nothing() -> None:
    async with front_door() as door:
        await door.set_up_site(
            site_name="Larka Cycles", greeting={"": "Hello!", "ru": "Здравствуйте!"}, consent={"version": "1"},
            prechat=[{"name": "name", "required": True}, {"name": "email"}],
        )  # fmt: skip
        session = await door.session(locale="ru-RU")
        assert session["site"]["name"] == "Larka Cycles"
        assert session["site"]["greeting"] == "Здравствуйте!"
        assert session["site"]["locale"] == "ru"
        assert session["visitor"]["known"] is False
        assert session["line"] == {
            "open": True, "opens_at": None, "answer_minutes": None,
            "people": [{"name": "Olga", "photo": None}, {"name": "Ivan", "photo": None}],
        }  # fmt: skip
        assert session["forms"]["prechat"]["consent"] == {"version": "1", "text": None, "url": None}
        assert (session["unread"], session["seq"], session["socket"]) == (0, 0, "/socket.io/")
        assert door.office.events == []


async def test_the_same_token_is_the_same_visitor_and_is_not_asked_twice() -> None:
    async with front_door() as door:
        await door.set_up_site(prechat=[{"name": "name", "required": True}])
        ann = await door.browser()
        refused = await ann.say("Hi", client_id="a1", form={"kind": "prechat", "fields": {"name": " "}})
        assert refused["code"] == "form_incomplete"
        said = await ann.say("Hi", client_id="a1", form={"kind": "prechat", "fields": {"name": "Ann"}})
        talk = await served_by_olga(door, ann, said)
        await door.office.answer(OLGA, talk, "Good morning")
        session = await door.session(token=ann.token)
        assert session["visitor"]["known"]
        assert session["forms"]["prechat"] is None
        assert session["unread"] == 1
        assert next(e.data["contact"]["name"] for e in door.office.events if e.type == "contact.created") == "Ann"


async def test_consent_is_asked_before_the_first_personal_field_and_kept_with_its_time() -> None:
    async with front_door() as door:
        await door.set_up_site(consent={"version": "7"}, offline=[{"name": "email", "required": True}])
        ann = await door.browser()
        form = {"kind": "offline", "fields": {"email": "ann@example.com"}}
        assert (await ann.say("Hi", client_id="a1", form=form))["code"] == "consent_missing"
        assert (await ann.say("Hi", client_id="a1", form=form, consent={"version": "6", "accepted": True}))[
            "code"
        ] == "consent_missing"
        assert (await ann.say("Hi", client_id="a1", form=form, consent={"version": "7", "accepted": True}))["ok"]
        data = next(e.data["message"]["data"] for e in door.office.events if e.type == "message.received")
        assert data["consent"] == {"version": "7", "at": "2026-01-05T09:00:00Z"}
        assert data["form"] == {"kind": "offline", "fields": {"email": "ann@example.com"}}


async def test_a_closed_line_says_until_when() -> None:
    hours = Schedule(week=(((600, 1080),),) * 7)
    async with front_door(schedule=hours) as door:
        line = (await door.session())["line"]
        assert (line["open"], line["opens_at"]) == (False, "2026-01-05T10:00:00Z")


async def test_the_demo_page_of_our_own_may_show_every_chat() -> None:
    async with front_door() as door:
        await door.set_up_site(origins=[SHOP])
        assert (await door.session(origin=HOME))["status"] == 200
        sites = door.reception.sites
        assert [sites.on_show(key, demo="demo") for key in (None, KEY, "unknown")] == [KEY, KEY, None]
        assert [sites.on_show(key, demo=None) for key in (None, KEY)] == [None, KEY]


async def test_a_foreign_site_gets_neither_session_nor_permission_to_read_why() -> None:
    async with front_door() as door:
        await door.set_up_site(origins=[SHOP])
        body = {"key": KEY}
        async with door.http.post(
            f"{door.url}/api/v1/widget/session", json=body, headers={"Origin": "https://evil.example"}
        ) as answer:
            assert answer.status == 403
            assert "Access-Control-Allow-Origin" not in answer.headers
            assert (await answer.json(content_type=None))["code"] == "origin_refused"
        async with door.http.post(f"{door.url}/api/v1/widget/session", json=body, headers={"Origin": SHOP}) as answer:
            assert answer.status == 200
            assert answer.headers["Access-Control-Allow-Origin"] == SHOP
            assert answer.headers["Cache-Control"] == "no-store"


async def test_unknown_keys_and_other_kinds_do_not_exist() -> None:
    async with front_door() as door:
        for key in ("nothing", "key-telegram"):
            assert (await door.session(key=key))["status"] == 404


async def test_a_token_of_another_key_begins_anew() -> None:
    async with front_door() as door:
        token = (await door.session())["token"]
        assert (await door.session(token=token[:-2] + "xx"))["visitor"]["known"] is False


async def test_catching_up_needs_the_token() -> None:
    async with front_door() as door:
        ann = await door.browser()
        await ann.say("Hello", client_id="a1")
        url = f"{door.url}/api/v1/widget/messages?after=0"
        async with door.http.get(url, headers={"Authorization": f"Bearer {ann.token}"}) as answer:
            assert [m["text"] for m in (await answer.json())["messages"]] == ["Hello"]
        async with door.http.get(url) as answer:
            assert answer.status == 401
            assert (await answer.json(content_type=None))["code"] == "token_expired"
        async with door.http.get(f"{url}x", headers={"Authorization": f"Bearer {ann.token}"}) as answer:
            assert answer.status == 422


async def test_a_file_goes_out_with_a_message_and_comes_back_harmless() -> None:
    async with front_door() as door:
        ann = await door.browser()
        status, stored = await upload(door, ann.token, PNG, name="../../my photo.png")
        assert status == 201
        assert stored["name"] == "my photo.png"
        assert stored["type"] == "image/png"
        assert (await ann.say("", client_id="a1", files=[stored["id"]]))["ok"]
        assert (await ann.say("", client_id="a1", files=[stored["id"]]))["ok"], "a repeat is harmless"
        assert (await ann.say("again", client_id="a2", files=[stored["id"]]))["code"] == "file_gone"
        shown = (await ann.ask("sync", {"after": 0}))["messages"][0]["files"][0]
        assert shown["id"] == stored["id"]
        async with door.http.get(door.url + shown["url"]) as answer:
            assert await answer.read() == PNG
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert answer.headers["Content-Security-Policy"].startswith("sandbox")
            assert answer.headers["Content-Disposition"].startswith("inline")
        async with door.http.get(door.url + shown["url"], headers={"Range": "bytes=1-3"}) as answer:
            assert answer.status == 206
            assert await answer.read() == b"PNG"
        async with door.http.get(door.url + shown["url"].split("?")[0]) as answer:
            assert answer.status == 403


async def test_a_file_whose_bytes_are_gone_is_named_and_nothing_else_is_sent_in_its_place() -> None:
    async with front_door() as door:
        ann = await door.browser()
        _, stored = await upload(door, ann.token, PNG)
        await ann.say("", client_id="a1", files=[stored["id"]])
        shown = (await ann.ask("sync", {"after": 0}))["messages"][0]["files"][0]
        blobs: Any = door.office.core.blobs
        blobs.files.clear()
        async with door.http.get(door.url + shown["url"]) as answer:
            assert (answer.status, (await answer.json(content_type=None))["code"]) == (404, "not_found")


async def test_a_file_of_a_note_never_comes_out_even_with_a_ticket() -> None:
    async with front_door() as door:
        ann = await door.browser()
        talk = await served_by_olga(door, ann, await ann.say("Hello", client_id="a1"))
        from gateway.services.uploads import Media

        async def chunks() -> Any:
            yield PNG

        media = Media(door.office.core)
        file = await media.upload(owner=f"operator:{OLGA}", name="a.png", content_type="image/png", chunks=chunks(), limit=9999)
        await door.office.answer(OLGA, talk, "See this", type="note", files=(file.id,))
        ticket = door.reception.seals.ticket(file.id, now=door.office.clock.now())
        async with door.http.get(f"{door.url}/api/v1/widget/files/{file.id}?t={ticket}") as answer:
            assert answer.status == 404


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"<!DOCTYPE html><html><script>alert(1)</script>", "photo.png"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "photo.png"),
        (b"MZ\x90\x00\x03" + b"\x00" * 64, "photo.png"), (PNG, "photo.html"), (PNG, "photo.svg"),
        (b"PK\x03\x04" + b"\x00" * 64, "a.pdf"),
        (b"", "empty.png"), (b"\x00\x01\x02 binary", "notes.txt"),
    ],
)  # fmt: skip
async def test_content_and_name_must_both_be_allowed(content: bytes, name: str) -> None:
    async with front_door() as door:
        token = (await door.session())["token"]
        status, refusal = await upload(door, token, content, name=name)
        assert status == 422
        assert refusal["code"] in ("type_refused", "empty_file")
        assert not door.office.core.blobs.files  # type: ignore[attr-defined]


async def test_where_files_lie_is_not_told_to_visitors(monkeypatch: Any) -> None:
    async def full(*_: Any, **__: Any) -> Any:
        raise StoreUnavailable("The file cannot be stored (No space left on device: '/srv/gateway/blobs/incoming').")

    async with front_door() as door:
        ann = await door.browser()
        monkeypatch.setattr(type(door.office.core.blobs), "put_stream", full)
        status, answer = await upload(door, ann.token, PNG)
        assert (status, answer["code"]) == (503, "store_unavailable")
        assert "/srv" not in repr(answer)


async def test_a_session_is_read_whole_and_never_too_deep() -> None:
    """A body may come in pieces; one that only nests is no fault of ours."""
    async with front_door() as door:
        url, whole = f"{door.url}/api/v1/widget/session", json.dumps({"key": KEY}).encode()

        async def pieces() -> AsyncIterator[bytes]:
            yield whole[:5]
            yield whole[5:]

        for body, status in ((pieces(), 200), (b"[" * 16_000, 422), (b" " * 140_000, 413)):
            async with door.http.post(url, data=body, headers={"Origin": SHOP}) as answer:
                assert answer.status == status


async def test_uploads_need_a_visitor_a_size_and_a_quota() -> None:
    async with front_door(rates={"file": "3/minute"}) as door:
        await door.set_up_site(file_bytes=1000)
        token = (await door.session())["token"]
        assert (await upload(door, "v1.x.y", PNG))[0] == 401
        assert (await upload(door, token, PNG + b"\x00" * 2000))[0] == 413
        assert [(await upload(door, token, PNG))[0] for _ in range(3)] == [201, 201, 429]
        other = (await door.session())["token"]
        assert (await upload(door, other, PNG))[0] == 201


async def test_boris_cannot_send_what_ann_uploaded() -> None:
    async with front_door() as door:
        ann, boris = await door.browser(), await door.browser()
        _, stored = await upload(door, ann.token, PNG)
        assert (await boris.say("", client_id="b1", files=[stored["id"]]))["code"] == "file_gone"


async def test_the_browser_may_ask_first() -> None:
    async with front_door() as door:
        url, headers = f"{door.url}/api/v1/widget/session", {"Origin": SHOP}
        answer = await door.http.options(url, headers=headers)
        assert answer.status == 204
        assert answer.headers["Access-Control-Allow-Origin"] == SHOP
        assert "authorization" in answer.headers["Access-Control-Allow-Headers"]
