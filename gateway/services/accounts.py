"""Who is signed in: sessions, one-time sign-in links and socket tickets, all rows of which only the token's hash is stored.

A token is 256 random bits. Sessions end by idling, by age, by signing out, by a new password and when the operator is
disabled. Links and tickets work once. Every failure is the same Unauthenticated: nobody learns which part was wrong.
May talk to: ports, domain, services.passwords.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from gateway.domain.errors import NotFound, Rejected, TooLarge, Unauthenticated
from gateway.domain.event import Event
from gateway.domain.ids import OperatorId
from gateway.domain.operator import Operator
from gateway.ports.core import Core
from gateway.ports.records import Session
from gateway.ports.store import UnitOfWork
from gateway.services.passwords import Passwords

TICKET_LIFE = timedelta(seconds=30)
TOUCH_EVERY = timedelta(minutes=1)
AGENT_LIMIT = 200
PREFERENCES_LIMIT = 64_000  # every row of the operator carries them
WRONG = "The address, the password or the link is not right, or no longer valid."


@dataclass(frozen=True, slots=True)
class Lifetimes:
    """How long things live: a session without use, a session at all, a sign-in link (72 h at most)."""

    idle: timedelta = timedelta(days=7)
    absolute: timedelta = timedelta(days=30)
    link: timedelta = timedelta(hours=72)


@dataclass(frozen=True, slots=True)
class Signed:
    """A signed-in operator. token is set only when it was just made."""

    operator: Operator
    session: Session
    token: str = ""


@dataclass(frozen=True, slots=True)
class MyChanges:
    """What operators may change about themselves; None = leave it. password: (current, new)."""

    name: str | None = None
    locale: str | None = None
    preferences: Mapping[str, Any] | None = None
    password: tuple[str, str] | None = None


class Accounts:
    """Signing in and out."""

    def __init__(self, core: Core, *, passwords: Passwords, lifetimes: Lifetimes | None = None) -> None:
        self._core, self._passwords, self._lives = core, passwords, lifetimes or Lifetimes()

    async def sign_in(self, email: str, *, password: str, agent: str = "", old: str = "") -> Signed:
        """A new session; the one behind the `old` token ends (no fixation). Raises Unauthenticated, always after one hash."""
        wanted = email.strip().lower()
        operator = await self._core.store.read(lambda uow: uow.operators.by_email(wanted))
        known = operator.password_hash if operator and operator.active else ""
        if not await self._passwords.matches(known, password=password) or operator is None:
            raise Unauthenticated(WRONG)
        fresh = await self._passwords.hash(password) if self._passwords.outdated(known) else None
        return await self._open(operator.id, agent=agent, old=old, expect=known, fresh=fresh)

    async def sign_in_by_link(self, token: str, *, agent: str = "", old: str = "") -> Signed:
        """The same from a one-time link. Raises Unauthenticated (used, expired, empty, or another kind of token)."""
        link = await self._redeem(token, "link")
        return await self._open(link.operator_id, agent=agent, old=old)

    async def whoami(self, token: str) -> Signed:
        """Who holds this session token; raises Unauthenticated. Notes at most once a minute that it was used."""
        now, hashed = self._core.clock.now(), _hash(token)

        async def work(uow: UnitOfWork) -> Signed:
            return await self._living(uow, hashed)

        signed = await self._core.store.read(work)
        if now - signed.session.seen_at >= TOUCH_EVERY:
            await self._core.store.run(lambda uow: self._touch(uow, hashed))
        return signed

    async def still_signed_in(self, hashes: Collection[str]) -> Mapping[str, Operator]:
        """Which of these sessions (by hash) are alive, and whose; the operators as they are now. For open sockets."""

        async def work(uow: UnitOfWork) -> Mapping[str, Operator]:
            alive: dict[str, Operator] = {}
            for hashed in hashes:
                try:
                    alive[hashed] = (await self._living(uow, hashed)).operator
                except Unauthenticated:
                    continue
            return alive

        return await self._core.store.read(work)

    async def sign_out(self, signed: Signed) -> None:
        """End this session."""
        await self._core.store.run(lambda uow: uow.operators.end_session(signed.session.token_hash))

    async def ticket(self, signed: Signed) -> tuple[str, int]:
        """A token for one socket handshake and its life in seconds. It remembers the session it came from."""
        token = await self._make(signed.operator.id, kind="ticket", life=TICKET_LIFE, parent=signed.session.token_hash)
        return token, int(TICKET_LIFE.total_seconds())

    async def redeem_ticket(self, token: str) -> Signed:
        """Whose session made this ticket; it works once. Raises Unauthenticated."""
        ticket = await self._redeem(token, "ticket")
        return await self._core.store.read(lambda uow: self._living(uow, ticket.csrf))

    async def link(self, operator_id: OperatorId) -> str:
        """The token of a one-time sign-in link."""
        return await self._make(operator_id, kind="link", life=self._lives.link)

    async def change_me(self, signed: Signed, changes: MyChanges) -> Operator:
        """Change oneself. A new password ends the other sessions. Raises Rejected (wrong current password), TooLarge."""
        fresh = await self._new_password(signed.operator, changes.password) if changes.password else None

        async def work(uow: UnitOfWork) -> Operator:
            me = await uow.operators.get(signed.operator.id)
            me = replace(me, name=changes.name or me.name, locale=changes.locale or me.locale)
            if changes.preferences is not None:
                me = replace(me, preferences=_within_reason({**me.preferences, **changes.preferences}))
            if fresh:
                me = replace(me, password_hash=fresh)
                await uow.operators.end_sessions_of(me.id)
                await uow.operators.save_session(signed.session)
            await uow.operators.save(me)
            uow.emit(Event("settings.changed", self._core.clock.now(), me.id, {"what": "operators", "id": me.id}))
            return me

        me = await self._core.store.run(work)
        await self._core.signals.nudge("settings")
        return me

    async def sweep(self) -> int:
        """Delete what has expired; returns how many."""
        return await self._core.store.run(lambda uow: uow.operators.end_sessions_before(self._core.clock.now()))

    async def _new_password(self, me: Operator, pair: tuple[str, str]) -> str:
        current, new = pair
        if me.password_hash and not await self._passwords.matches(me.password_hash, password=current):
            raise Rejected("The current password is not right.", code="wrong_password")
        return await self._passwords.hash(new)

    async def _open(
        self, id: OperatorId, *, agent: str, old: str, expect: str | None = None, fresh: str | None = None
    ) -> Signed:
        token, now = secrets.token_urlsafe(32), self._core.clock.now()
        session = Session(
            _hash(token), id, secrets.token_urlsafe(32), now, now, now + self._lives.absolute, agent[:AGENT_LIMIT]
        )

        async def work(uow: UnitOfWork) -> Signed:
            operator = await uow.operators.get(id)
            if not operator.active or (expect is not None and operator.password_hash != expect):
                raise Unauthenticated(WRONG)
            if fresh:
                operator = replace(operator, password_hash=fresh)
                await uow.operators.save(operator)
            if old:
                await uow.operators.end_session(_hash(old))
            await uow.operators.save_session(session)
            return Signed(operator, session, token)

        return await self._core.store.run(work)

    async def _make(self, id: OperatorId, *, kind: Literal["link", "ticket"], life: timedelta, parent: str = "") -> str:
        token, now = secrets.token_urlsafe(32), self._core.clock.now()
        row = Session(_hash(token), id, parent, now, now, now + life, kind=kind)
        await self._core.store.run(lambda uow: uow.operators.save_session(row))
        return token

    async def _redeem(self, token: str, kind: Literal["link", "ticket"]) -> Session:
        now = self._core.clock.now()

        async def work(uow: UnitOfWork) -> Session | None:
            found = await uow.operators.session(_hash(token)) if token else None
            if found is None or found.kind != kind:
                return None
            return await uow.operators.end_session(found.token_hash)

        found = await self._core.store.run(work)
        if found is None or found.expires_at <= now:
            raise Unauthenticated(WRONG)
        return found

    async def _living(self, uow: UnitOfWork, hashed: str) -> Signed:
        session = await uow.operators.session(hashed) if hashed else None
        if session is None or session.kind != "session" or not self._alive(session, self._core.clock.now()):
            raise Unauthenticated
        try:
            operator = await uow.operators.get(session.operator_id)
        except NotFound:
            raise Unauthenticated from None
        if not operator.active:
            raise Unauthenticated
        return Signed(operator, session)

    async def _touch(self, uow: UnitOfWork, hashed: str) -> None:
        session = await uow.operators.session(hashed)
        if session is not None:
            await uow.operators.save_session(replace(session, seen_at=self._core.clock.now()))

    def _alive(self, session: Session, now: datetime) -> bool:
        return now < session.expires_at and now - session.seen_at < self._lives.idle


def _within_reason(preferences: Mapping[str, Any]) -> Mapping[str, Any]:
    if len(json.dumps(preferences, default=str)) > PREFERENCES_LIMIT:
        raise TooLarge(f"All preferences together may have {PREFERENCES_LIMIT} characters.")
    return preferences


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest() if token else ""
