"""Public holidays over REST: the right days, in words of the reader, and a sentence for what is not known."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from tests.web.house import IVAN, Browser, House


@pytest.fixture
async def admin(house: House) -> Browser:
    """Ivan, who may configure."""
    return await house.browser(IVAN, role="admin")


async def holidays(admin: Browser, query: str) -> dict[str, Any]:
    """What is known of 2026."""
    answer = await admin.get(f"/api/v1/holidays?year=2026&{query}")
    assert answer.status == 200, await answer.text()
    return dict(await answer.json())


async def test_a_country_has_its_days_off_in_order(admin: Browser) -> None:
    found = await holidays(admin, "country=ES")
    days = [item["date"] for item in found["items"]]
    assert {"2026-01-01", "2026-04-03", "2026-12-25"} <= set(days)
    assert days == sorted(set(days))
    assert {"code": "MD", "name": "Madrid"} in found["subdivisions"]


async def test_a_part_of_the_country_has_its_own_besides(admin: Browser) -> None:
    whole = {item["date"] for item in (await holidays(admin, "country=ES"))["items"]}
    madrid = {item["date"]: item["name"] for item in (await holidays(admin, "country=ES&subdivision=MD&locale=en"))["items"]}
    assert whole < set(madrid)
    assert madrid["2026-05-02"] == "Madrid Day"


@pytest.mark.parametrize(
    ("country", "locale", "date", "name"),
    [("RU", "ru", "2026-05-09", "День Победы"), ("ES", "es", "2026-12-25", "Natividad del Señor"),
     ("ES", "fa", "2026-12-25", "Christmas Day"),
     ("IR", "fa", "2026-02-11", "پیروزی انقلاب اسلامی")],
)  # fmt: skip
async def test_names_are_in_the_readers_language_or_in_english(
    admin: Browser, country: str, locale: str, date: str, name: str
) -> None:
    found = await holidays(admin, f"country={country}&locale={locale}")
    assert {item["date"]: item["name"] for item in found["items"]}[date] == name


@pytest.mark.parametrize(("query", "status"), [("country=XX", 404), ("country=ES&subdivision=ZZ", 404), ("country=es", 422)])
async def test_what_is_not_known_is_said(admin: Browser, query: str, status: int) -> None:
    assert (await admin.get(f"/api/v1/holidays?year=2026&{query}")).status == status


async def test_every_country_that_is_offered_can_be_asked_for(admin: Browser) -> None:
    codes = (await (await admin.get("/api/v1/holidays/countries")).json())["items"]
    assert codes == sorted(set(codes))
    assert {"ES", "GB", "IR", "RU"} <= set(codes)


def test_the_calendars_are_not_loaded_before_somebody_asks() -> None:
    script = (
        "import sys, gateway.web.api, gateway.services.install\nsys.exit('holidays' in sys.modules or 'segno' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
