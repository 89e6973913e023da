"""Public holidays to choose a line's dated exceptions from (section 4)."""

from __future__ import annotations

from pydantic import Field

from gateway.domain.operator import Permission
from gateway.domain.rows import Row
from gateway.services import public_holidays
from gateway.web import settings_shapes
from gateway.web.api.common import V1
from gateway.web.openapi import Items
from gateway.web.routes import Ask, Form, Routes

routes = Routes("lines")
CONFIGURE = Permission.CONFIGURE


class Wanted(Form):
    """Of which country, part of it, and year; names in the language of `locale` where there are such."""

    country: str = Field(pattern=r"^[A-Z]{2}$")
    subdivision: str = Field(default="", max_length=40)
    year: int = Field(ge=1970, le=2100)
    locale: str = Field(default="", pattern=r"^([a-z]{2})?$")


@routes.get(f"{V1}/holidays", CONFIGURE, returns=settings_shapes.Holidays)
async def read_holidays(ask: Ask, query: Wanted) -> Row:  # noqa: ARG001 - nothing of the house is read
    """Public holidays of a country in a year, and the parts of the country that have their own."""
    return await public_holidays.public_holidays(
        query.country, year=query.year, subdivision=query.subdivision, locale=query.locale
    )


@routes.get(f"{V1}/holidays/countries", CONFIGURE, returns=Items(str))
async def list_holiday_countries(ask: Ask) -> Row:  # noqa: ARG001 - nothing of the house is read
    """Codes of the countries whose holidays are known."""
    return {"items": await public_holidays.countries()}
