"""A lead is called by what was written first, also where that has no spaces."""

from __future__ import annotations

import pytest

from gateway.services.recognition import TITLE_LENGTH
from tests.flows.office import Office

LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerk" * 3


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Is the Kestrel still there?", "Is the Kestrel still there?"),
        ("word " * 40, "word " * 14 + "word …"),
        (LONG, LONG[:TITLE_LENGTH] + "…"),
        ("你好" * 80, ("你好" * 80)[:TITLE_LENGTH] + "…"),
    ],
)
async def test_the_first_words_are_the_title(office: Office, text: str, title: str) -> None:
    talk = await office.conversation(await office.write("Ann", text))
    assert talk.lead_id is not None
    lead_id = talk.lead_id
    lead = await office.store.read(lambda uow: uow.leads.get(lead_id))
    assert lead.title == title
