"""The console's sockets: who gets in, what they hear, and how they are thrown out (reliability classes 8, 9; P18)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import socketio
from aiohttp import WSMsgType

from gateway.domain.errors import StoreUnavailable
from gateway.domain.event import Event
from gateway.web.server import drain
from tests.eventually import eventually
from tests.fakes.clock import MONDAY
from tests.web.house import IVAN, LINE, OLGA, URL, Browser, House, open_house

NAME = "/console"


class Console:
    """One open socket and all it heard."""

    def __init__(self, house: House) -> None:
        self.house, self.heard = house, []
        self.socket = socketio.AsyncClient(reconnection=False)
        self.socket.on("*", self._hear, namespace=NAME)
        self.closed = False
        self.socket.on("disconnect", self._close, namespace=NAME)

    async def _hear(self, name: str, payload: Any) -> None:
        self.heard.append((name, payload))

    async def _close(self, *_: Any) -> None:
        self.closed = True

    async def come_in(self, ticket: str, *, origin: str | None = URL, transport: str = "websocket") -> None:
        """Raises ConnectionError when refused."""
        headers = {"Origin": origin} if origin else {}
        await self.socket.connect(
            str(self.house.server.make_url("/")), headers=headers, auth={"ticket": ticket}, namespaces=[NAME],
            transports=[transport], wait_timeout=20,
        )  # fmt: skip

    async def say(self, name: str, payload: Any) -> dict[str, Any]:
        """With acknowledgement."""
        answer: dict[str, Any] = await self.socket.call(name, payload, namespace=NAME, timeout=20)
        return answer

    def events(self, type: str = "") -> list[dict[str, Any]]:
        """The events heard, of one type or all."""
        told = [event for name, payload in self.heard if name == "events" for event in payload]
        return [event for event in told if type in ("", event["type"])]

    def got(self, name: str) -> list[Any]:
        """What came under this name."""
        return [payload for heard, payload in self.heard if heard == name]


@asynccontextmanager
async def console(house: House, browser: Browser, **more: Any) -> AsyncIterator[Console]:
    """Connected for a while."""
    opened = Console(house)
    await opened.come_in(await browser.ticket(), **more)
    try:
        yield opened
    finally:
        await opened.socket.disconnect()


async def test_olga_hears_what_ann_writes_once_and_in_order(house: House) -> None:
    async with console(house, await house.browser(OLGA)) as olga:
        for number in range(5):
            await house.ann_writes(f"{number}")
        await eventually(lambda: len(olga.events("message.received")) == 5)
        seqs = [event["seq"] for event in olga.events()]
        assert seqs == sorted(set(seqs))
        assert [e["data"]["message"]["text"] for e in olga.events("message.received")] == ["0", "1", "2", "3", "4"]


async def test_ivan_of_another_line_hears_nothing_of_it(house: House) -> None:
    ivans, olgas = await house.browser(IVAN, role="operator"), await house.browser(OLGA)
    async with console(house, ivans) as ivan, console(house, olgas) as olga:
        await house.ann_writes()
        await eventually(lambda: olga.events("message.received"))
        await house.site.cases.setup.add_line(house.office.directory.operator(IVAN), {"name": "Later"})
        await eventually(lambda: ivan.events("settings.changed"))
        assert {event["type"] for event in ivan.events()} <= {"settings.changed", "operator.presence"}
        answer = await ivan.say("sync", {"after": 0})
        assert {event["type"] for event in answer["events"]} <= {"settings.changed", "operator.presence"}


async def test_a_supervisor_who_is_also_a_member_hears_each_event_once(house: House) -> None:
    async with console(house, await house.browser(OLGA, role="supervisor")) as olga:
        await house.ann_writes()
        await eventually(lambda: olga.events("offer.made"))
        seqs = [event["seq"] for event in olga.events()]
        assert len(seqs) == len(set(seqs))


BAD_ORIGINS = [
    None, "null", "", "http://gateway.test.evil.example", "http://evilgateway.test", "http://gateway.test:8080",
    "https://gateway.test", "http://www.gateway.test", "http://xn--gatway-dva.test", "http://gateway.test/", "file://",
    "http://evil.example",
]  # fmt: skip


async def test_only_the_exact_origin_connects(house: House) -> None:
    browser = await house.browser(OLGA)
    for origin in BAD_ORIGINS:
        with pytest.raises(socketio.exceptions.ConnectionError):
            await Console(house).come_in(await browser.ticket(), origin=origin)
    async with console(house, browser) as olga:
        assert (await olga.say("alive", {}))["ok"] is True


async def test_where_no_address_is_settled_the_socket_is_where_the_browser_found_it() -> None:
    async with open_house(settled=False) as house:
        browser = await house.browser(OLGA)
        here = str(house.server.make_url("/")).rstrip("/")
        with pytest.raises(socketio.exceptions.ConnectionError):
            await Console(house).come_in(await browser.ticket(), origin="http://evil.example")
        olga = Console(house)
        await olga.come_in(await browser.ticket(), origin=here)
        assert (await olga.say("alive", {}))["ok"] is True
        await olga.socket.disconnect()


async def test_a_console_in_a_hidden_tab_that_says_nothing_keeps_its_operator_at_the_desk(house: House) -> None:
    async with console(house, await house.browser(OLGA)):
        for _ in range(10):
            house.office.clock.move(seconds=15)
            await house.site.live.console.tell_who_is_here()
        presence = await house.office.store.read(lambda uow: uow.operators.presence(OLGA))
        assert presence is not None
        assert presence.seen_at == house.office.clock.now()


async def test_who_has_a_ticket_is_let_in_though_the_first_sign_of_life_cannot_be_written(house: House) -> None:
    """A connection that is neither accepted nor refused leaves the console waiting, and its seat taken."""
    browser = await house.browser(OLGA)
    opened, ticket, real = Console(house), await browser.ticket(), house.office.core.store.run
    runs = 0

    async def away_after_the_ticket(work: Any) -> Any:
        nonlocal runs
        runs += 1
        if runs > 1:
            raise StoreUnavailable
        return await real(work)

    object.__setattr__(house.office.core.store, "run", away_after_the_ticket)
    await opened.come_in(ticket)
    object.__setattr__(house.office.core.store, "run", real)
    await eventually(lambda: opened.got("head"))
    assert runs > 1
    await opened.socket.disconnect()


async def test_long_polling_is_as_strict_about_origins(house: House) -> None:
    browser = await house.browser(OLGA)
    for origin in BAD_ORIGINS:
        assert (await polled(browser, origin)).startswith("44/console,")
    assert (await polled(browser, URL)).startswith("40/console,")


async def polled(browser: Browser, origin: str | None) -> str:
    """What the handshake over long polling is answered with (44 = refused)."""
    headers = {"Origin": origin} if origin is not None else {}
    path = "/socket.io/?EIO=4&transport=polling"
    first = await browser.client.get(path, headers=headers)
    assert first.headers.get("Access-Control-Allow-Credentials") is None
    path += "&sid=" + json.loads((await first.text())[1:])["sid"]
    hello = "40/console," + json.dumps({"ticket": await browser.ticket()})
    await browser.client.post(path, headers=headers, data=hello)
    return await (await browser.client.get(path, headers=headers)).text()


@pytest.mark.parametrize("ticket", ["", "made up", None])
async def test_a_socket_without_a_good_ticket_is_refused(house: House, ticket: Any) -> None:
    with pytest.raises(socketio.exceptions.ConnectionError):
        await Console(house).come_in(ticket)


async def test_a_ticket_opens_one_socket_and_lives_30_seconds(house: House) -> None:
    browser = await house.browser(OLGA)
    ticket, late = await browser.ticket(), await browser.ticket()
    first = Console(house)
    await first.come_in(ticket)
    with pytest.raises(socketio.exceptions.ConnectionError):
        await Console(house).come_in(ticket)
    house.office.clock.move(seconds=31)
    with pytest.raises(socketio.exceptions.ConnectionError):
        await Console(house).come_in(late)
    await first.socket.disconnect()


async def test_the_cookie_alone_opens_no_socket(house: House) -> None:
    browser = await house.browser(OLGA)
    cookies = browser.client.session.cookie_jar.filter_cookies(browser.client.make_url("/"))
    socket = socketio.AsyncClient(reconnection=False)
    headers = {"Origin": URL, "Cookie": f"gw_session={cookies['gw_session'].value}"}
    with pytest.raises(socketio.exceptions.ConnectionError):
        await socket.connect(str(house.server.make_url("/")), headers=headers, namespaces=[NAME], transports=["websocket"])


async def test_a_disabled_operator_hears_nothing_within_five_seconds(house: House) -> None:
    async with console(house, await house.browser(OLGA)) as olga:
        await house.change(OLGA, active=False)
        await eventually(lambda: olga.closed)
        assert olga.got("revoked") == [{}]
        before = len(olga.events())
        await house.ann_writes("secret")
        assert len(olga.events()) == before
        assert len(house.site.live.console.seats) == 0


async def test_signing_out_closes_only_the_sockets_of_that_session(house: House) -> None:
    here, there = await house.browser(OLGA), await house.browser(OLGA)
    async with console(house, here) as first, console(house, there) as second:
        assert (await here.ask("DELETE", "/api/v1/session")).status == 204
        await eventually(lambda: first.closed)
        assert not second.closed


async def test_leaving_a_line_ends_its_events_and_joining_begins_them(house: House) -> None:
    async with console(house, await house.browser(IVAN, role="operator")) as ivan:
        await house.office.change_line(members=(OLGA, IVAN))
        seats = house.site.live.console.seats
        await eventually(lambda: all(f"line:{LINE}" in seat.rooms for seat in seats))
        await house.ann_writes("for both")
        await eventually(lambda: ivan.events("message.received"))
        await house.office.change_line(members=(OLGA,))
        await eventually(lambda: all(f"line:{LINE}" not in seat.rooms for seat in seats))
        await house.ann_writes("for Olga", to=house.office.directory.channel_by_key("key-email").id)
        await house.site.cases.setup.add_line(house.office.directory.operator(IVAN), {"name": "Later"})
        await eventually(lambda: ivan.events("settings.changed"))
        assert len(ivan.events("message.received")) == 1


async def test_naming_a_room_from_outside_does_nothing(house: House) -> None:
    async with console(house, await house.browser(IVAN, role="operator")) as ivan:
        for name in ("join", "enter_room", "subscribe"):
            assert await ivan.say(name, {"room": f"line:{LINE}"}) == {"ok": False, "code": "unknown_event"}


async def test_typing_reaches_colleagues_who_may_see_it_and_not_oneself(house: House) -> None:
    conversation = await house.ann_writes()
    boss = await house.browser(IVAN, role="supervisor")
    async with console(house, await house.browser(OLGA)) as olga, console(house, boss) as ivan:
        assert (await olga.say("typing.set", {"conversation_id": conversation.id, "on": True}))["ok"]
        await eventually(lambda: ivan.got("typing"))
        assert ivan.got("typing") == [{"conversation_id": conversation.id, "on": True, "name": "Olga", "who": OLGA}]
        assert olga.got("typing") == []


async def test_nobody_types_into_what_they_cannot_see(house: House) -> None:
    conversation = await house.ann_writes()
    async with console(house, await house.browser(IVAN, role="operator")) as ivan:
        answer = await ivan.say("typing.set", {"conversation_id": conversation.id, "on": True})
        assert (answer["ok"], answer["code"]) == (False, "not_found")
        assert (await ivan.say("viewing.set", {"conversation_id": conversation.id}))["code"] == "not_found"


async def test_who_leaves_no_longer_views(house: House) -> None:
    conversation = await house.ann_writes()
    boss = await house.browser(IVAN, role="supervisor")
    async with console(house, boss) as ivan:
        async with console(house, await house.browser(OLGA)) as olga:
            await olga.say("viewing.set", {"conversation_id": conversation.id, "replying": True})
            await eventually(lambda: ivan.got("viewing"))
        await eventually(lambda: len(ivan.got("viewing")) == 2)
        on, off = ivan.got("viewing")
        assert (on["on"], on["replying"], off["on"]) == (True, True, False)


async def test_a_socket_that_does_not_read_is_cut_and_the_others_hear_on(house: House) -> None:
    lazy, browser = await house.browser(IVAN, role="supervisor"), await house.browser(OLGA)
    socket = await lazy.client.ws_connect("/socket.io/?EIO=4&transport=websocket", headers={"Origin": URL})
    await socket.receive_str()
    await socket.send_str("40/console," + json.dumps({"ticket": await lazy.ticket()}))
    await eventually(lambda: len(house.site.live.console.seats) == 1)  # and reads no more
    async with console(house, browser) as olga:
        place, text = house.site.live.console, "x" * 20_000
        for number in range(2500):
            place.hear(Event("settings.changed", MONDAY, "line", {"what": text}, seq=number))
        await eventually(lambda: len(olga.events("settings.changed")) == 2500)
        await eventually(lambda: [seat.operator.id for seat in place.seats] == [OLGA])
    await socket.close()


async def test_the_head_is_told_at_once(house: House) -> None:
    await house.ann_writes()
    async with console(house, await house.browser(OLGA)) as olga:
        await eventually(lambda: olga.got("head"))
        assert olga.got("head")[0] == {"seq": house.site.relay.head}


async def test_before_it_stops_it_says_so() -> None:
    async with open_house(drain_seconds=0.2) as house:
        browser = await house.browser(OLGA)
        async with console(house, browser) as olga:
            await drain(house.site.app)
            await eventually(lambda: olga.got("drain") == [{"within": 0.2}])
            assert (await browser.get("/readyz")).status == 503


async def test_bad_payloads_are_refused_by_name(house: House) -> None:
    async with console(house, await house.browser(OLGA)) as olga:
        for name, payload in (("sync", {"after": -1}), ("sync", {"after": "1"}), ("typing.set", {}), ("alive", {"x": 1})):
            assert (await olga.say(name, payload))["code"] == "invalid"


def nested(levels: int) -> Any:
    """A value this deep."""
    value: Any = "x"
    for _ in range(levels):
        value = {"a": value}
    return value


@pytest.mark.parametrize("levels", [251, 40])
async def test_a_value_nested_beyond_reason_stops_nobody(house: House, levels: int) -> None:
    """What the wire reads it may not be able to write again: one such event would stop every console that catches up."""
    conversation = await house.ann_writes()
    olga = await house.browser(OLGA)
    url = f"/api/v1/contacts/{conversation.contact_id}"
    assert (await olga.ask("PATCH", url, {"fields": {"deep": nested(levels)}})).status == 400
    assert (await olga.ask("PATCH", "/api/v1/me", {"preferences": {"deep": nested(levels)}})).status == 400
    async with console(house, await house.browser(IVAN, role="supervisor")) as ivan:
        assert (await ivan.say("sync", {"after": 0}))["ok"]
    assert (await olga.get(url)).status == 200
    assert (await olga.get("/api/v1/operators")).status == 200


async def test_sockets_are_closed_from_here_because_browsers_leave_it_to_the_server(house: House) -> None:
    browser = await house.browser()
    socket = await browser.client.ws_connect("/socket.io/?EIO=4&transport=websocket", headers={"Origin": URL})
    await socket.receive_str()
    await house.site.live.hang_up()
    assert (await socket.receive()).data == "1"  # goodbye, in the words of Engine.IO
    assert (await socket.receive(timeout=10)).type is WSMsgType.CLOSE


async def test_a_socket_that_says_nothing_of_whom_it_wants_is_closed() -> None:
    """It belongs to nobody, so no limit of operators or visitors counts it; answering pings would keep it open for ever."""
    async with open_house(sweep_seconds=0.05, nameless_seconds=0.3) as house:
        browser = await house.browser(OLGA)
        stranger = await browser.client.ws_connect("/socket.io/?EIO=4&transport=websocket", headers={"Origin": URL})
        async with console(house, browser) as olga:
            await stranger.receive_str()
            while (await stranger.receive(timeout=10)).type is WSMsgType.TEXT:
                pass
            await eventually(lambda: house.site.live.sockets == 1)
            assert (await olga.say("sync", {"after": 0}))["ok"]


async def test_binary_parts_are_never_waited_for(house: House) -> None:
    """Nothing of ours is binary; what somebody announces would be kept until the last of ten thousand million parts comes."""
    browser = await house.browser(OLGA)
    socket = await browser.client.ws_connect("/socket.io/?EIO=4&transport=websocket", headers={"Origin": URL})
    await socket.receive_str()
    await socket.send_str('40/console,{"ticket":"%s"}' % await browser.ticket())
    assert (await socket.receive_str(timeout=10)).startswith("40/console")
    await socket.send_str('459999999999-/console,["x",{"_placeholder":true,"num":0}]')
    await socket.send_str('42/console,7["alive",{}]')
    async with asyncio.timeout(10):
        while not (await socket.receive_str()).startswith("43/console,7"):
            pass
    assert house.site.live.server._binary_packet == {}
