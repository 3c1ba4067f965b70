"""Program templates by the API: listed, read, and made into programs."""

from __future__ import annotations

import pytest

from app.domain.templates.catalogue import templates
from tests.api.v1.caller import ApiCaller

PROGRAMS = "/loyalty/programs"


def test_templates_are_listed_by_industry_and_rule_type(alma: ApiCaller) -> None:
    assert len(alma.get("/loyalty/templates")["data"]) == len(templates())
    bars = alma.get("/loyalty/templates?industry=bar&ruleType=cash_back")["data"]
    assert [found["id"] for found in bars] == ["tab-cash-back"]
    assert alma.get("/loyalty/templates?industry=florist", expect=400)["status"] == 400
    assert alma.get("/loyalty/templates?ruleType=LOTTERY", expect=400)["status"] == 400


def test_a_template_says_its_rule_and_its_cost_in_the_business_s_money(alma: ApiCaller) -> None:
    found = alma.get("/loyalty/templates/bakers-treat")
    assert found["sentence"] == "Every time you spend ₴1,500 in a month, get a piece of cake."
    assert found["ruleConfig"]["thresholdAmount"] == 1500
    assert found["typicalCost"]["words"] == f"about {found['typicalCost']['percent']} % of sales"
    assert alma.get("/loyalty/templates/no-such-template", expect=404)["status"] == 404


@pytest.mark.parametrize("template_id", [found.id for found in templates()])
def test_every_template_becomes_a_program(alma: ApiCaller, template_id: str) -> None:
    listed = alma.get(f"/loyalty/templates/{template_id}")
    made = alma.post(PROGRAMS, {"templateId": template_id}, expect=201)
    assert (made["name"], made["status"]) == (listed["name"], "DRAFT")
    assert made["ruleConfig"] == listed["ruleConfig"]


def test_overrides_take_the_place_of_the_template_s_own(alma: ApiCaller) -> None:
    body = {
        "templateId": "coffee-punch-card",
        "name": "Ten and one",
        "ruleConfig": {"punchesRequired": 7, "categoryFilter": None},
        "isActive": True,
    }
    made = alma.post(PROGRAMS, body, expect=201)
    assert (made["name"], made["status"]) == ("Ten and one", "ACTIVE")
    assert made["ruleConfig"]["punchesRequired"] == 7
    assert made["ruleConfig"]["rewardValue"] == "free_coffee"
    assert made["ruleConfig"]["categoryFilter"] is None


def test_another_rule_type_needs_a_config_of_its_own(alma: ApiCaller) -> None:
    missing = alma.post(PROGRAMS, {"templateId": "coffee-punch-card", "ruleType": "CASH_BACK"}, expect=422)
    assert missing["errors"] == {"ruleConfig": ["Rule config is missing"]}
    rates = {"rates": [{"minimumAmount": 0, "ratePercent": 2}]}
    body = {"templateId": "coffee-punch-card", "ruleType": "CASH_BACK", "ruleConfig": rates}
    assert alma.post(PROGRAMS, body, expect=201)["ruleConfig"] == rates


@pytest.mark.parametrize("template_id", ["no-such-template", 7, None, ["coffee-punch-card"]])
def test_a_template_that_there_is_not_is_named(alma: ApiCaller, template_id: object) -> None:
    answer = alma.post(PROGRAMS, {"templateId": template_id}, expect=422)
    assert answer["errors"] == {"templateId": ["There is no such template"]}
    checked = alma.post(f"{PROGRAMS}/validate", {"templateId": template_id})
    assert (checked["valid"], checked["errors"]) == (False, answer["errors"])


def test_a_template_with_overrides_can_be_validated_first(alma: ApiCaller) -> None:
    body = {"templateId": "coffee-punch-card", "ruleConfig": {"punchesRequired": 1}}
    said = alma.post(f"{PROGRAMS}/validate", body)
    assert said["errors"]["ruleConfig.punchesRequired"] == ["Punches required must be between 2 and 50"]
    assert alma.post(f"{PROGRAMS}/validate", {"templateId": "coffee-punch-card"})["valid"]
