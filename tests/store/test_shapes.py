"""Rows and nouns: what is remembered is never older than the row that is read."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from gateway.domain.contact import Contact
from gateway.domain.ids import ContactId
from gateway.store import tables as t
from gateway.store.shapes import REMEMBERED, Shape

MONDAY = datetime(2026, 1, 5, 9, tzinfo=UTC)
ANN = Contact(ContactId("con_ann"), "Ann", MONDAY, fields={"city": "Bergen"})


def shape() -> Shape[Contact]:
    """A fresh one that has seen nothing."""
    return Shape(Contact, t.contact, remember=True)


def test_an_equal_row_gives_the_same_noun_and_a_changed_one_gives_what_it_says() -> None:
    contacts = shape()
    row = tuple(Shape(Contact, t.contact).dump(ANN))
    first = contacts.load(row)
    assert first == ANN
    assert contacts.load(("before", *row), at=1) is first
    renamed = tuple(Shape(Contact, t.contact).dump(replace(ANN, name="Ann Berg")))
    assert contacts.load(renamed).name == "Ann Berg"
    assert contacts.load(row) == ANN  # somebody else took the change back


def test_what_was_written_and_rolled_back_is_not_believed() -> None:
    contacts = shape()
    row = tuple(contacts.dump(ANN))
    contacts.dump(replace(ANN, name="Never committed"))
    assert contacts.load(row) == ANN


def test_of_a_changed_noun_only_what_differs_is_converted_anew() -> None:
    contacts, fresh = shape(), replace(ANN, name="Ann Berg", fields={"city": "Oslo"})
    row, places = contacts.changes(fresh, was=ANN)
    assert row == Shape(Contact, t.contact).dump(fresh)
    assert [contacts.columns[place].name for place in places] == ["name", "fields"]
    assert contacts.load(row) is fresh
    assert contacts.changes(fresh, was=fresh) == (row, [])


def test_it_remembers_a_bounded_number() -> None:
    contacts = shape()
    rows = [tuple(contacts.dump(replace(ANN, id=ContactId(f"con_{n}")))) for n in range(REMEMBERED + 1)]
    assert contacts.load(rows[-1]) is contacts.load(rows[-1])
    assert [contacts.load(row).id for row in rows[:2]] == ["con_0", "con_1"]
    assert len(contacts._known) == REMEMBERED
