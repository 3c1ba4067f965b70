"""The examples of the OpenAPI document: one for every body, as its schema says; every program is accepted."""

from __future__ import annotations

import json
from typing import Any

import pytest
import schemathesis
from flask import Flask
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from schemathesis.core.result import Err, Ok

from app.api.examples import BODIES, PREVIEW, PROGRAMS, TEMPLATE
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


@pytest.mark.parametrize(("body", "more"), [("WholeProgramBody", {}), ("PreviewProgramBody", PREVIEW)])
def test_a_program_is_one_form_for_each_rule_type_told_apart_by_it(
    made: dict[str, Any], body: str, more: dict[str, Any]
) -> None:
    schemas = made["components"]["schemas"]
    assert schemas[body]["discriminator"]["propertyName"] == "ruleType"
    named = schemas[body]["discriminator"]["mapping"].items()
    forms = {name: reference.rpartition("/")[2] for name, reference in named}
    assert sorted(forms) == sorted(RULES)
    whole = Draft202012Validator({"$ref": f"#/components/schemas/{body}", "components": made["components"]})
    for name, form in forms.items():
        assert schemas[form]["example"] == PROGRAMS[name] | more
        assert whole.is_valid(PROGRAMS[name] | more), name
        assert not whole.is_valid(PROGRAMS[name] | more | {"ruleConfig": {}}), name


def test_a_new_program_may_come_from_a_template_and_a_change_name_any_config(
    alma: Person, made: dict[str, Any]
) -> None:
    def schema(body: str) -> Any:
        return Draft202012Validator({"$ref": f"#/components/schemas/{body}", "components": made["components"]})

    assert schema("NewProgramBody").is_valid(TEMPLATE)
    drafted = alma.post("/loyalty/programs", TEMPLATE)
    assert drafted.status_code == 201
    for name, body in PROGRAMS.items():
        assert schema("NewProgramBody").is_valid(body)
        change = {"ruleConfig": body["ruleConfig"]}
        assert schema("ProgramChangesBody").is_valid(change), name
        tried = alma.post(f"/loyalty/programs/{drafted.json['id']}/validate", change | {"ruleType": name})
        assert (tried.status_code, tried.json["valid"]) == (200, True), tried.json
        played = alma.post("/loyalty/programs/preview", body | PREVIEW)
        assert (played.status_code, len(played.json["outcomes"])) == (200, 1), played.json
    assert not schema("ProgramChangesBody").is_valid({"ruleConfig": {"punchesRequired": 1}})


def test_every_answer_has_an_example_as_its_schema_says(made: dict[str, Any]) -> None:
    components, seen = {"components": made["components"]}, 0
    for path, operations in made["paths"].items():
        for method, operation in operations.items():
            for status, answer in operation["responses"].items():
                for content in answer.get("content", {}).values() if status.startswith("2") else ():
                    faults = Draft202012Validator(content["schema"] | components).iter_errors(content["example"])
                    assert [fault.message for fault in faults] == [], (method, path, status)
                    seen += 1
    assert seen > 80
    for name, answer in made["components"]["responses"].items():
        content = answer["content"]["application/problem+json"]
        faults = Draft202012Validator(content["schema"] | components).iter_errors(content["example"])
        assert [fault.message for fault in faults] == [], name


def test_every_call_says_what_it_does_who_may_and_where_it_belongs(made: dict[str, Any]) -> None:
    described = {tag["name"]: tag["description"] for tag in made["tags"]}
    assert all(described.values())
    for path, operations in made["paths"].items():
        for method, operation in operations.items():
            assert operation["summary"] and operation["description"], (method, path)
            assert operation["tags"] and described.keys() >= set(operation["tags"])
            refused = {status for status in operation["responses"] if status[0] in "45"}
            assert refused >= {"400", "429"} | ({"404"} if "{" in path else set())


def test_a_second_reader_understands_every_call(made: dict[str, Any]) -> None:
    """Beside openapi-spec-validator (test_door.py): schemathesis, which shares no code with it."""
    read = list(schemathesis.openapi.from_dict(made).get_all_operations())
    assert [found for found in read if isinstance(found, Err)] == []
    labels = {found.ok().label for found in read if isinstance(found, Ok)}
    said = {f"{method.upper()} {path}" for path, operations in made["paths"].items() for method in operations}
    assert labels == said


def test_a_change_has_no_defaults(made: dict[str, Any]) -> None:
    fields = made["components"]["schemas"]["ProgramChangesBody"]["properties"]
    assert "priority" in fields
    assert [name for name, field in fields.items() if "default" in field] == []
