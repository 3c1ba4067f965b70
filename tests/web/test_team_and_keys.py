"""Team, keys and account on the pages: who is let in, with what, and from when on no more."""

from __future__ import annotations

import re

from flask import Flask
from flask.testing import FlaskClient

from app.core.unit_of_work import unit_of_work
from app.queries.staff import open_invitations, staff_page
from tests.factories.businesses import Shop, address
from tests.factories.people import PASSWORD, Person, submit

NEW_PASSWORD = "a goat on a green hill"


def _page(browser: FlaskClient, path: str) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200, answer.status_code
    return answer.get_data(as_text=True)


def _staff_id(shop: Shop, person: Person) -> str:
    with unit_of_work(shop.id):
        return next(str(row["id"]) for row in staff_page(None, 50).rows if row["email"] == person.email)


def test_somebody_is_invited_sent_to_again_and_taken_back(cafe: Shop, alma: Person) -> None:
    browser, path, to = alma.browser(), f"/b/{cafe.slug}/settings/team", address("ben")
    assert submit(browser, f"{path}/invite", email=to, name="Ben", role="manager").status_code == 303
    page = _page(browser, path)
    assert f"The invitation is on its way to {to}" in page
    assert "Manager" in page
    with unit_of_work(cafe.id):
        [invited] = open_invitations()
    again = f"{path}/invitations/{invited['id']}"
    assert submit(browser, f"{again}/resend").status_code == 303
    assert submit(browser, f"{again}/revoke").status_code == 303
    assert to not in _page(browser, path).replace("on its way to", "")
    assert submit(browser, f"{again}/resend").status_code == 404


def test_a_refused_invitation_keeps_what_was_typed(cafe: Shop, alma: Person, ben: Person) -> None:
    browser, path = alma.browser(), f"/b/{cafe.slug}/settings/team/invite"
    refused = submit(browser, path, email="ben@", name="Ben <3", role="boss")
    page = refused.get_data(as_text=True)
    assert refused.status_code == 422
    assert 'value="Ben &lt;3"' in page
    assert "Email must look like name@example.com" in page
    assert "Choose a role" in page
    known = submit(browser, path, email=ben.email, name="", role="staff")
    assert "This person works here already" in known.get_data(as_text=True)


def test_a_new_role_and_a_removal_count_from_the_next_request(cafe: Shop, alma: Person, max_manager: Person) -> None:
    browser, his = alma.browser(), max_manager.browser()
    path = f"/b/{cafe.slug}/settings/team/{_staff_id(cafe, max_manager)}"
    assert his.get(f"/b/{cafe.slug}/settings").status_code == 200
    assert submit(browser, path, name="Max", role="staff").status_code == 303
    assert his.get(f"/b/{cafe.slug}/settings").status_code == 403
    assert max_manager.get("/staff").status_code == 403
    assert submit(browser, f"{path}/remove").status_code == 303
    assert his.get(f"/b/{cafe.slug}/programs").status_code == 303, "to the sign-in"
    assert max_manager.get("/me").status_code == 401


def test_a_pin_is_set_kept_when_left_empty_and_taken_away(cafe: Shop, alma: Person, ben: Person) -> None:
    browser, staff_id = alma.browser(), _staff_id(cafe, ben)
    path = f"/b/{cafe.slug}/settings/team/{staff_id}"

    def has_pin() -> bool:
        with unit_of_work(cafe.id):
            return any(row["hasPin"] for row in staff_page(None, 50).rows if str(row["id"]) == staff_id)

    assert "PIN is too easy to guess" in submit(browser, path, name="Ben", role="staff", pin="123456").get_data(True)
    assert "PIN must be six digits" in submit(browser, path, name="Ben", role="staff", pin="12").get_data(True)
    assert not has_pin()
    submit(browser, path, name="Ben", role="staff", pin="481516")
    assert has_pin()
    submit(browser, path, name="Ben B.", role="staff", pin="")
    assert has_pin()
    submit(browser, path, name="Ben", role="staff", drop_pin="yes")
    assert not has_pin()


def test_somebody_changed_by_two_at_once_keeps_what_was_typed(cafe: Shop, alma: Person, ben: Person) -> None:
    browser, path = alma.browser(), f"/b/{cafe.slug}/settings/team/{_staff_id(cafe, ben)}"
    assert submit(browser, path, name="Ben B.", role="staff", version="1").status_code == 303
    late = submit(browser, path, name="Benjamin", role="staff", version="1")
    assert late.status_code == 422
    said = late.get_data(as_text=True)
    assert "Somebody else changed this" in said and 'value="Benjamin"' in said and 'name="version" value="2"' in said
    assert submit(browser, path, name="Benjamin", role="staff", version="2").status_code == 303


def test_the_last_owner_stays(cafe: Shop, alma: Person) -> None:
    browser, path = alma.browser(), f"/b/{cafe.slug}/settings/team/{_staff_id(cafe, alma)}"
    for answer in (submit(browser, path, name="Alma", role="staff"), submit(browser, f"{path}/remove")):
        assert answer.status_code == 422
        assert "A business needs an owner" in answer.get_data(as_text=True)
    assert browser.get(f"/b/{cafe.slug}/settings").status_code == 200


def test_nobody_edits_the_team_of_another_business(cafe: Shop, dora: Person, ben: Person) -> None:
    path = f"/b/{dora.slug}/settings/team/{_staff_id(cafe, ben)}"
    browser = dora.browser()
    assert browser.get(path).status_code == 404
    assert submit(browser, f"{path}/remove").status_code == 404
    assert ben.get("/me").status_code == 200


def test_a_key_is_shown_once_and_revoked(cafe: Shop, alma: Person, client: FlaskClient) -> None:
    browser, path = alma.browser(), f"/b/{cafe.slug}/settings/api-keys"
    assert "No key yet" in _page(browser, path)
    made = submit(browser, f"{path}/new", name="Web shop", role="staff", scope="all").get_data(as_text=True)
    key = re.findall(r'value="(rk_[^"]+)"', made)[0]
    assert "Copy it now" in made
    assert client.get("/api/v1/me", headers={"Authorization": f"Bearer {key}"}).status_code == 200
    listed = _page(browser, path)
    assert (key in listed, f"…{key[-4:]}" in listed, "last used just now" in listed) == (False, True, True)
    assert submit(browser, re.findall(rf'action="({path}/\S+/revoke)"', listed)[0]).status_code == 303
    assert client.get("/api/v1/me", headers={"Authorization": f"Bearer {key}"}).status_code == 401


def test_a_key_may_do_only_what_is_ticked(cafe: Shop, alma: Person, client: FlaskClient) -> None:
    browser, path = alma.browser(), f"/b/{cafe.slug}/settings/api-keys/new"
    ticked = {"name": "Till", "role": "staff", "scope": "some", "permissions": ["member:view", "purchase:record"]}
    made = submit(browser, path, **ticked).get_data(as_text=True)
    assert "See members and record purchases" in made
    headers = {"Authorization": f"Bearer {re.findall(r'value=.(rk_[^ ]+?).$', made, re.M)[0]}"}
    assert client.get("/api/v1/members", headers=headers).status_code == 200
    assert client.get("/api/v1/purchases", headers=headers).status_code == 403


def test_a_refused_key_keeps_what_was_ticked(cafe: Shop, alma: Person) -> None:
    browser, path = alma.browser(), f"/b/{cafe.slug}/settings/api-keys/new"
    nothing = submit(browser, path, name="", role="staff", scope="some")
    assert nothing.status_code == 422
    assert "Tick at least one thing" in nothing.get_data(as_text=True)
    too_much = submit(browser, path, name="X", role="staff", scope="some", permissions=["program:edit"])
    page = " ".join(too_much.get_data(as_text=True).split())
    assert too_much.status_code == 422
    assert "may not do all of that" in page
    assert 'value="program:edit" checked' in page


def test_a_changed_password_ends_every_other_session(cafe: Shop, alma: Person, app: Flask) -> None:
    here, there, path = alma.browser(), alma.browser(), f"/b/{cafe.slug}/account"
    wrong = submit(here, f"{path}/password", current="no", password=NEW_PASSWORD)
    assert (wrong.status_code, "This is not your password" in wrong.get_data(as_text=True)) == (422, True)
    weak = submit(here, f"{path}/password", current=PASSWORD, password="password1")
    assert "Password is too easy to guess" in weak.get_data(as_text=True)
    same = submit(here, f"{path}/password", current=PASSWORD, password=PASSWORD)
    assert "is not the one you have" in same.get_data(as_text=True)
    assert there.get(path).status_code == 200
    assert submit(here, f"{path}/password", current=PASSWORD, password=NEW_PASSWORD).status_code == 303
    assert "Your password is changed" in _page(here, path)
    assert there.get(path).status_code == 303
    assert alma.get("/me").status_code == 401
    fresh = app.test_client()
    assert submit(fresh, "/login", email=alma.email, password=PASSWORD).status_code == 422
    assert submit(fresh, "/login", email=alma.email, password=NEW_PASSWORD).status_code == 303


def test_a_person_signs_out_elsewhere_and_nobody_else(cafe: Shop, alma: Person, ben: Person) -> None:
    here, there, path = alma.browser(), alma.browser(), f"/b/{cafe.slug}/account"
    ends = re.findall(r'action="(\S+/sign-ins/\S+/end)"', _page(here, path))
    assert len(ends) == 2, "the other browser, and the API"
    stranger = ben.browser()
    assert all(submit(stranger, end).status_code == 404 for end in ends)
    assert [submit(here, end).status_code for end in ends] == [303, 303]
    assert there.get(path).status_code == 303
    assert alma.get("/me").status_code == 401
    assert here.get(path).status_code == 200


def test_a_person_signs_out_everywhere_else_at_once(cafe: Shop, ben: Person) -> None:
    here, there, path = ben.browser(), ben.browser(), f"/b/{cafe.slug}/account"
    assert submit(here, f"{path}/sign-ins/end-others").status_code == 303
    assert (there.get(path).status_code, here.get(path).status_code) == (303, 200)
