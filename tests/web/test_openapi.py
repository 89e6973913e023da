"""The document of the API is valid, complete, and true of the answers."""

from __future__ import annotations

from typing import Any

import jsonschema
from openapi_spec_validator import OpenAPIV31SpecValidator

from gateway.web.api import all_routes
from gateway.web.config import WebConfig
from gateway.web.openapi import document
from tests.web.house import OLGA, House


def made() -> dict[str, Any]:
    return document(all_routes(), config=WebConfig())


def test_the_document_is_valid_openapi() -> None:
    assert list(OpenAPIV31SpecValidator(made()).iter_errors()) == []


def test_every_route_is_described_once_and_has_a_summary() -> None:
    operations = [operation for path in made()["paths"].values() for operation in path.values()]
    names = [operation["operationId"] for operation in operations]
    assert len(names) == len(set(names)) == len(all_routes())
    assert all(operation["summary"].endswith(".") for operation in operations)


def test_unsafe_routes_ask_for_the_csrf_header() -> None:
    for path, methods in made()["paths"].items():
        for method, operation in methods.items():
            if operation["security"] and method != "get":
                assert "csrf" in operation["security"][0], path


def test_a_write_names_the_permission_it_needs() -> None:
    assert made()["paths"]["/api/v1/lines"]["post"]["x-permission"] == "configure"


async def test_answers_have_the_shape_that_is_described(house: House) -> None:
    conversation = await house.ann_writes()
    browser = await house.browser(OLGA)
    described = made()
    for path in (
        "/api/v1/session", "/api/v1/lines", "/api/v1/operators", "/api/v1/counts", "/api/v1/canned", "/api/v1/stages",
        "/api/v1/lines/{line_id}", "/api/v1/lines/{line_id}/hours", "/api/v1/conversations",
        "/api/v1/conversations/{conversation_id}", "/api/v1/conversations/{conversation_id}/messages", "/api/v1/leads",
        "/api/v1/leads/{lead_id}", "/api/v1/contacts/{contact_id}", "/api/v1/calls",
    ):  # fmt: skip
        url = path.format(
            line_id=conversation.line_id, conversation_id=conversation.id, lead_id=conversation.lead_id,
            contact_id=conversation.contact_id,
        )  # fmt: skip
        response = await browser.get(url)
        assert response.status == 200, (path, await response.text())
        answer = described["paths"][path]["get"]["responses"]["200"]
        if "content" in answer:
            schema = {**answer["content"]["application/json"]["schema"], "components": described["components"]}
            jsonschema.Draft202012Validator(schema).validate(await response.json())


async def test_the_document_and_its_viewer_are_served_from_here(house: House) -> None:
    browser = await house.browser()
    assert (await (await browser.get("/api/v1/openapi.json")).json())["openapi"] == "3.1.0"
    page = await (await browser.get("/api/docs")).text()
    assert "http" not in page.replace("<!doctype html>", "")
    for name in ("viewer.js", "viewer.css"):
        assert (await browser.get(f"/api/docs/{name}")).status == 200
