"""Public holidays of a country or a part of it, for a line's dated exceptions. Talks to nobody; the library knows the dates.

The library (holidays) is imported when somebody first asks, in a thread: it takes a third of a second and a line's hours
never need it. docs/adr/0011-dependencies.md.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from gateway.domain.errors import NotFound
from gateway.domain.rows import Row

ENGLISH = "en_US"


async def countries() -> Sequence[str]:
    """ISO 3166 codes of the countries whose holidays are known, sorted."""
    return await asyncio.to_thread(_countries)


async def public_holidays(country: str, *, year: int, subdivision: str = "", locale: str = "") -> Row:
    """`{country, subdivisions: [{code, name}], items: [{date, name}]}`: whole days off, by date. Raises NotFound.

    Names are in the reader's language where the country has them in it, else in English, else in its own.
    """
    return await asyncio.to_thread(_holidays, country, year, subdivision, locale)


def _countries() -> Sequence[str]:
    from holidays.registry import COUNTRIES

    return sorted({names[1] for names in COUNTRIES.values()})


def _holidays(country: str, year: int, subdivision: str, locale: str) -> Row:
    import holidays

    if country not in _countries():
        raise NotFound(f"The holidays of {country} are not known.")
    known: Any = holidays.country_holidays(country)
    try:
        found = holidays.country_holidays(
            country, subdiv=subdivision or None, years=year, language=_language(known.supported_languages, locale)
        )
    except NotImplementedError:
        raise NotFound(f"The holidays of {subdivision} in {country} are not known.") from None
    names = known.get_subdivision_aliases()
    parts = [{"code": code, "name": next(iter(names.get(code, ())), code)} for code in known.subdivisions]
    return {
        "country": country,
        "subdivisions": sorted(parts, key=lambda part: part["name"]),
        "items": [{"date": day.isoformat(), "name": name} for day, name in sorted(found.items())],
    }


def _language(supported: Sequence[str], locale: str) -> str | None:
    wanted = next((one for one in supported if locale and one.split("_")[0] == locale), None)
    return wanted or (ENGLISH if ENGLISH in supported else None)
