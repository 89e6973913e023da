"""Forms of other sites: a lead in any case, whatever the form calls its fields."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote

import pytest

from gateway.domain.ids import ContactId
from tests.front_door import KEY, SHOP, FrontDoor, front_door

BROWSER = {"Accept": "text/html,*/*;q=0.8", "Origin": SHOP, "Referer": f"{SHOP}/contact?utm_campaign=spring"}


async def post(door: FrontDoor, *, key: str = KEY, headers: dict[str, str] | None = None, **how: Any) -> Any:
    """Status, headers and body of the answer."""
    url = f"{door.url}/forms/{key}"
    async with door.http.post(url, headers=headers or {}, allow_redirects=False, **how) as answer:
        return answer.status, answer.headers, await answer.text()


def leads(door: FrontDoor) -> list[dict[str, Any]]:
    """Made so far."""
    return [event.data["lead"] for event in door.office.events if event.type == "lead.created"]


async def test_an_html_form_makes_a_lead_and_sends_the_browser_back() -> None:
    async with front_door() as door:
        fields = {
            "your-name": "Ann",
            "E-Mail": "Ann@Example.com",
            "Message": "A tandem, please",
            "Size": "54",
            "_next": f"{SHOP}/thanks",
        }
        status, headers, _ = await post(door, data=fields, headers=BROWSER)
        assert (status, headers["Location"]) == (303, f"{SHOP}/thanks")
        lead = leads(door)[0]
        assert lead["contact_name"] == "Ann"
        assert not lead["unreachable"]
        assert lead["source"]["page"] == f"{SHOP}/contact"
        assert lead["source"]["utm_campaign"] == "spring"
        message = next(e.data["message"] for e in door.office.events if e.type == "message.received")
        assert message["text"] == "A tandem, please\nSize: 54"
        identities = await door.office.store.read(lambda uow: uow.contacts.identities(ContactId(lead["contact_id"])))
        assert {(i.kind, i.value, i.verified) for i in identities if i.kind == "email"} == {("email", "ann@example.com", False)}


@pytest.mark.parametrize(
    "how", [{"data": {"name": "Ann", "phone": "020 7946 0958"}}, {"json": {"name": "Ann", "phone": "020 7946 0958"}}]
)
async def test_a_script_posts_urlencoded_or_json_and_gets_json(how: dict[str, Any]) -> None:
    async with front_door() as door:
        status, headers, body = await post(door, headers={"Origin": SHOP}, **how)
        assert status == 201
        assert '"ok": true' in body
        assert headers["Access-Control-Allow-Origin"] == SHOP
        assert leads(door)[0]["contact_name"] == "Ann"


async def test_multipart_texts_are_read_and_files_refused() -> None:
    import aiohttp

    async with front_door() as door:
        good = aiohttp.FormData({"email": "ann@example.com", "message": "سلام"}, default_to_multipart=True)
        assert (await post(door, data=good))[0] == 201
        bad = aiohttp.FormData()
        bad.add_field("email", "ann@example.com")
        bad.add_field("cv", b"%PDF-1.7", filename="cv.pdf")
        assert (await post(door, data=bad))[0] == 422
        assert len(leads(door)) == 1


async def test_a_machine_that_fills_the_trap_is_told_all_went_well_and_leaves_nothing() -> None:
    async with front_door() as door:
        status, _, body = await post(door, json={"email": "ann@example.com", "message": "Buy", "_gotcha": "x"})
        assert status == 201
        assert '"ok": true' in body
        assert leads(door) == []


async def test_pressing_the_button_twice_is_one_enquiry() -> None:
    async with front_door() as door:
        for _ in range(2):
            assert (await post(door, data={"email": "ann@example.com", "message": "Hello"}))[0] == 201
        assert len(leads(door)) == 1
        await post(door, data={"email": "ann@example.com", "message": "Hello", "_id": "order-7"})
        door.office.clock.move(hours=1)
        await post(door, data={"email": "ann@example.com", "message": "Hello", "_id": "order-7"})
        assert len([e for e in door.office.events if e.type == "message.received"]) == 2


@pytest.mark.parametrize(
    "next_page",
    ["https://evil.example/", "//evil.example", "javascript:alert(1)", f"{SHOP}.evil.example/", f"{SHOP}\\@evil.example", "\n"],
)
async def test_nobody_is_sent_elsewhere(next_page: str) -> None:
    async with front_door() as door:
        status, headers, _ = await post(
            door, data={"email": "ann@example.com", "message": "Hi", "_next": next_page}, headers=BROWSER
        )
        assert (status, headers["Location"]) == (303, BROWSER["Referer"])


async def test_a_wrong_address_does_not_lose_the_enquiry() -> None:
    async with front_door() as door:
        assert (await post(door, data={"name": "Boris", "email": "boris at example", "message": "Call me"}))[0] == 201
        text = next(e.data["message"]["text"] for e in door.office.events if e.type == "message.received")
        assert text == "Call me\nemail: boris at example"
        assert leads(door)[0]["unreachable"]


async def test_only_listed_sites_post_and_only_while_forms_are_on() -> None:
    async with front_door() as door:
        await door.set_up_site(origins=[SHOP])
        assert (await post(door, json={"message": "x"}, headers={"Origin": "https://evil.example"}))[0] == 403
        assert (await post(door, json={"message": "x"}))[0] == 403
        assert (await post(door, json={"message": "x"}, headers={"Origin": SHOP}))[0] == 201
        await door.set_up_site(forms=False)
        assert (await post(door, json={"message": "x"}, headers={"Origin": SHOP}))[0] == 403
        assert (await post(door, key="unknown", json={"message": "x"}))[0] == 404


@pytest.mark.parametrize(
    "how",
    [
        {"json": {}},
        {"json": []},
        {"data": b"\xff\xfe", "headers": {"Content-Type": "application/json"}},
        {"json": {"a": "x" * 200_000}},
        {"data": b"--cut\r\n", "headers": {"Content-Type": "multipart/form-data"}},
        {"data": b"no parts at all", "headers": {"Content-Type": "multipart/form-data; boundary=cut"}},
        {"data": b"--cut\r\nno header\r\n\r\nx\r\n--cut--", "headers": {"Content-Type": "multipart/form-data; boundary=cut"}},
    ],
)
async def test_unusable_posts_are_refused(how: dict[str, Any]) -> None:
    async with front_door() as door:
        assert (await post(door, **how))[0] in (413, 422)
        assert leads(door) == []


async def test_a_browser_without_a_page_to_return_to_is_thanked_in_its_language() -> None:
    async with front_door() as door:
        status, _, body = await post(
            door, data={"message": "سلام"}, headers={"Accept": "text/html", "Accept-Language": "fa-IR,en;q=0.5"}
        )
        assert status == 200
        assert 'dir="rtl"' in body
        assert "سپاسگزاریم" in body


async def test_a_flood_from_one_address_is_refused_and_another_address_is_served() -> None:
    async with front_door(rates={"form": "3/minute"}) as door:
        statuses = [(await post(door, json={"message": f"m{n}"}))[0] for n in range(5)]
        assert statuses == [201, 201, 201, 429, 429]
        assert (await post(door, json={"message": "m"}, headers={"X-Test-Address": "203.0.113.9"}))[0] == 201


async def test_a_multipart_form_without_end_is_cut_off() -> None:
    """Parts without content cost nothing against the limit of texts, and a chunked body has no length to refuse it by."""

    async def parts() -> AsyncIterator[bytes]:
        for number in range(500):
            yield f'--cut\r\nContent-Disposition: form-data; name="n{number}"\r\n\r\n\r\n'.encode()
        await asyncio.Event().wait()

    async with front_door() as door:
        headers = {"Content-Type": "multipart/form-data; boundary=cut"}
        async with asyncio.timeout(20):
            status, _, body = await post(door, headers=headers, data=parts())
        assert (status, json.loads(body)["code"]) == (422, "form_too_large")
        assert leads(door) == []


@pytest.mark.parametrize("body", ["[" * 100_000, '{"text": NaN}', '{"text": "half \\udfff"'])
async def test_json_that_no_reader_can_hold_is_refused_by_name(body: str) -> None:
    async with front_door() as door:
        headers = {"Content-Type": "application/json"}
        status, _, answer = await post(door, headers=headers, data=body)
        assert (status, json.loads(answer)["code"]) == (422, "malformed")


def heard(door: FrontDoor) -> str:
    """What the form's message says."""
    text: str = next(event.data["message"]["text"] for event in door.office.events if event.type == "message.received")
    return text


def ticked() -> Any:
    import aiohttp

    form = aiohttp.FormData([("email", "ann@example.com"), ("Bike", "tandem"), ("Bike", "")], default_to_multipart=True)
    form.add_field("Bike", "cargo")
    return form


@pytest.mark.parametrize(
    "how",
    [
        {"data": [("email", "ann@example.com"), ("Bike", "tandem"), ("Bike", "cargo"), ("Bike", "tandem")]},
        {"json": {"email": "ann@example.com", "Bike": ["tandem", "cargo"]}},
        {"data": ticked},
    ],
)
async def test_all_boxes_of_one_name_that_were_ticked_are_kept(how: dict[str, Any]) -> None:
    async with front_door() as door:
        given = {name: value() if callable(value) else value for name, value in how.items()}
        assert (await post(door, **given))[0] == 201
        assert heard(door) == "Bike: tandem, cargo"


FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize("charset", ["utf-8", "windows-1251", "koi8-r"])
async def test_a_page_in_an_old_charset_that_it_names_is_understood(charset: str) -> None:
    sent = f"_charset_={charset}&message={quote('Где мой заказ?'.encode(charset))}".encode()
    async with front_door() as door:
        assert (await post(door, data=sent, headers={"Content-Type": FORM}))[0] == 201
        assert heard(door) == "Где мой заказ?"


@pytest.mark.parametrize(("words", "charset"), [("Где мой заказ?", "windows-1251"), ("¿Dónde está el envío?", "windows-1252")])
@pytest.mark.parametrize("kind", [FORM, "multipart/form-data; boundary=cut"])
async def test_the_charset_of_a_page_that_does_not_name_it_is_guessed(words: str, charset: str, kind: str) -> None:
    typed = words.encode(charset)
    part = b'--cut\r\nContent-Disposition: form-data; name="message"\r\n\r\n%s\r\n--cut--\r\n' % typed
    async with front_door() as door:
        sent = f"message={quote(typed)}".encode() if kind == FORM else part
        assert (await post(door, data=sent, headers={"Content-Type": kind}))[0] == 201
        assert heard(door) == words


async def test_a_long_text_in_a_field_of_any_name_is_not_refused() -> None:
    async with front_door() as door:
        assert (await post(door, json={"email": "ann@example.com", "details": "x" * 5000}))[0] == 201
        assert heard(door) == "details: " + "x" * 5000


async def test_a_box_for_a_file_left_empty_refuses_nothing() -> None:
    body = (
        b'--cut\r\nContent-Disposition: form-data; name="message"\r\n\r\nHello\r\n'
        b'--cut\r\nContent-Disposition: form-data; name="cv"; filename=""\r\nContent-Type: application/octet-stream\r\n\r\n\r\n'
        b"--cut--\r\n"
    )
    async with front_door() as door:
        status, _, _ = await post(door, data=body, headers={"Content-Type": "multipart/form-data; boundary=cut"})
        assert (status, heard(door)) == (201, "Hello")
