"""The examples of the OpenAPI document: one for every body, as its schema says; every program is accepted."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Flask
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from app.api.examples import BODIES, PROGRAMS
from app.api.openapi import document
from app.domain.registry import RULES
from tests.factories.people import Person


@pytest.fixture
def made(app: Flask) -> dict[str, Any]:
    """The document."""
    return document(app)


def _contents(made: dict[str, Any]) -> dict[str, Any]:
    return {
        f"{method.upper()} {path.removeprefix('/api/v1')}": operation["requestBody"]["content"]["application/json"]
        for path, operations in made["paths"].items()
        for method, operation in operations.items()
        if "application/json" in operation.get("requestBody", {}).get("content", {})
    }


def test_every_body_has_an_example_as_its_schema_says(made: dict[str, Any]) -> None:
    contents = _contents(made)
    assert sorted(BODIES) == sorted(contents)
    for call, content in contents.items():
        schema = content["schema"] | {"components": made["components"]}
        faults = [error.message for error in Draft202012Validator(schema).iter_errors(content["example"])]
        assert faults == [], call


def test_every_reference_leads_somewhere(made: dict[str, Any]) -> None:
    text = json.dumps(made)
    named = {part.partition('"')[0] for part in text.split('"#/components/schemas/')[1:]}
    assert named - made["components"]["schemas"].keys() == set()


def test_a_program_of_every_rule_type_is_accepted_as_it_stands(alma: Person) -> None:
    assert sorted(PROGRAMS) == sorted(RULES)
    for rule_type, body in PROGRAMS.items():
        tried = alma.post("/loyalty/programs/validate", body)
        assert (tried.status_code, tried.json["valid"]) == (200, True), (rule_type, tried.json)
        assert alma.post("/loyalty/programs", body).status_code == 201


def test_a_new_program_is_one_form_for_each_rule_type_told_apart_by_it(made: dict[str, Any]) -> None:
    schemas = made["components"]["schemas"]
    body = schemas["NewProgramBody"]
    assert body["discriminator"]["propertyName"] == "ruleType"
    forms = {name: reference.rpartition("/")[2] for name, reference in body["discriminator"]["mapping"].items()}
    assert sorted(forms) == sorted(RULES)
    for name, form in forms.items():
        assert schemas[form]["example"] == PROGRAMS[name]
        whole = {"$ref": "#/components/schemas/NewProgramBody", "components": made["components"]}
        assert Draft202012Validator(whole).is_valid(PROGRAMS[name]), name
        assert not Draft202012Validator(whole).is_valid(PROGRAMS[name] | {"ruleConfig": {}}), name
