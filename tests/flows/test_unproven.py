"""What people type about themselves is kept as evidence, and no more of it than anybody could mean."""

from __future__ import annotations

from gateway.domain.ids import ConversationId
from gateway.domain.inbound import Accepted, Claim
from gateway.services.recognition import MOST_UNPROVEN
from tests.flows.office import Office

ANN = Claim("telegram", "7001")


def phones(first: int, last: int) -> tuple[Claim, ...]:
    """Numbers that somebody typed, none like another."""
    return tuple(Claim("phone", f"+4420794{n:05d}", verified=False) for n in range(first, last))


async def known(office: Office, accepted: Accepted) -> tuple[int, set[str]]:
    """How many of the contact's identities are unproven, and which are proven."""
    talk = await office.store.read(lambda uow: uow.conversations.get(ConversationId(accepted.conversation_id or "")))
    identities = await office.store.read(lambda uow: uow.contacts.identities(talk.contact_id))
    return sum(not one.verified for one in identities), {one.value for one in identities if one.verified}


async def test_a_known_contact_who_begins_thread_after_thread_with_new_numbers_keeps_so_many(office: Office) -> None:
    said = [await office.write("Ann", "Hello", key=f"thread-{n}", claims=(ANN, *phones(n * 20, n * 20 + 20))) for n in range(4)]
    assert await known(office, said[0]) == (MOST_UNPROVEN, {"7001"})
    assert (await known(office, said[3])) == (await known(office, said[0])), "it is one contact"


async def test_somebody_new_with_a_hundred_numbers_keeps_so_many(office: Office) -> None:
    said = await office.write("Ann", "Hello", claims=(ANN, *phones(0, 100)))
    assert await known(office, said) == (MOST_UNPROVEN, {"7001"})


async def test_what_is_proven_is_kept_however_much_was_typed(office: Office) -> None:
    await office.write("Ann", "Hello", claims=(ANN, *phones(0, 100)))
    proven = Claim("email", "ann@example.com")
    said = await office.write("Ann", "Hello", key="another", claims=(ANN, *phones(100, 200), proven))
    assert await known(office, said) == (MOST_UNPROVEN, {"7001", "ann@example.com"})
