"""What is done to several members of the list at once, and whom a member's page takes for the same person."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.core.unit_of_work import unit_of_work
from app.models.member import Member
from app.models.tag import Tag
from tests.factories.businesses import Shop
from tests.factories.people import Person, submit
from tests.factories.trade import join


def test_ticked_members_are_tagged_and_suspended_and_what_was_so_is_said(cafe: Shop, alma: Person) -> None:
    cleo, dan = join(cafe, "Cleo"), join(cafe, "Dan")
    browser, address = alma.browser(), f"/b/{cafe.slug}/members/bulk"
    submit(browser, address, ids=[str(cleo), str(dan)], action="tag", name="Regular")
    submit(browser, address, ids=[str(cleo)], action="suspend")
    answer = submit(browser, address, ids=[str(cleo), str(dan)], action="suspend")
    page = browser.get(answer.location).get_data(as_text=True)
    assert "1 member suspended. 1 skipped: already so." in page
    assert page.count("Regular") == 2
    assert submit(browser, address, q="cl", all="1", action="resume").location.endswith("?q=cl")
    with unit_of_work(cafe.id) as current:
        by_name = {row.name: row.status for row in current.execute(select(Member.name, Member.status))}
    assert by_name == {"Cleo": "active", "Dan": "suspended"}


def test_a_tag_is_taken_from_the_ticked_and_a_tag_that_nobody_bears_is_gone(cafe: Shop, alma: Person) -> None:
    cleo, dan, eve = (join(cafe, name) for name in ("Cleo", "Dan", "Eve"))
    browser, address = alma.browser(), f"/b/{cafe.slug}/members/bulk"
    submit(browser, address, ids=[str(cleo), str(dan)], action="tag", name="Regular")
    answer = submit(browser, address, ids=[str(cleo), str(eve)], action="untag", name=" REGULAR ")
    page = browser.get(answer.location).get_data(as_text=True)
    assert "1 member no longer tagged REGULAR. 1 skipped: already so." in page
    assert page.count("Regular") == 1
    submit(browser, address, ids=[str(dan)], action="untag", name="Regular")
    answer = submit(browser, address, ids=[str(dan)], action="untag", name="Regular")
    assert "Nobody is tagged Regular" in browser.get(answer.location).get_data(as_text=True)
    with unit_of_work(cafe.id) as current:
        assert list(current.scalars(select(Tag))) == []


def test_of_the_list_only_the_ticked_are_exported_and_enter_in_the_tag_suspends_nobody(
    cafe: Shop, alma: Person
) -> None:
    cleo, _ = join(cafe, "Cleo"), join(cafe, "Dan")
    browser, members = alma.browser(), f"/b/{cafe.slug}/members"
    made = submit(browser, f"{members}/export", ids=[str(cleo)], only_selected="1").get_data(as_text=True)
    assert "Cleo" in made and "Dan" not in made
    assert "Dan" in submit(browser, f"{members}/export", ids=[str(cleo)], only_selected="1", all="1").text
    nobody = submit(browser, f"{members}/export", only_selected="1")
    assert "Select members first." in browser.get(nobody.location).text
    bar = browser.get(members).text.partition('class="r-bulk"')[2]
    assert bar.partition('value="')[2].startswith("tag"), "the first button is the one that Enter presses"


def test_who_looks_like_the_same_person_is_shown(cafe: Shop, alma: Person) -> None:
    cleo = join(cafe, "Cleo Ray", birthday="1990-03-08")
    join(cafe, "Cleo Ray", birthday="1990-03-08", email="cleo@example.com")
    join(cafe, "Cleo Ray", birthday="1991-03-08")
    page = page_of(alma, cafe, cleo)
    assert "These look like the same person" in page
    assert page.count("Same name and birthday") == 1


@pytest.mark.parametrize(
    ("mine", "theirs", "why"),
    [
        ({"email": "c.leo@gmail.com"}, {"email": "cleo+cafe@gmail.com"}, "Same e-mail address"),
        ({"email": "cleo+cafe@example.com"}, {"email": "cleo@example.com"}, "Same e-mail address"),
        ({"email": "cleo@example.com"}, {"externalId": "cleo@example.com"}, "Same e-mail address"),
        ({"externalId": "Cleo@Example.com"}, {"email": "cleo@example.com"}, "Same e-mail address"),
        ({"phone": "+380671234567"}, {"externalId": "+380671234567"}, "Same phone number"),
        ({"externalId": "+380671234567"}, {"phone": "+380671234567"}, "Same phone number"),
        ({"email": "c.leo@example.com"}, {"email": "cleo@example.com"}, None),
        ({"email": "cleo+cafe@example.com"}, {"email": "cleo+cafe@example.org"}, None),
    ],
)
def test_whoever_has_the_same_mailbox_or_number_may_be_the_same_person(
    cafe: Shop, alma: Person, mine: dict[str, str], theirs: dict[str, str], why: str | None
) -> None:
    cleo = join(cafe, "Cleo", **mine)
    join(cafe, "C. Ray", **theirs)
    page = page_of(alma, cafe, cleo)
    assert ("These look like the same person" in page) is (why is not None)
    assert why is None or why in page


def page_of(alma: Person, cafe: Shop, member_id: object) -> str:
    """The page of a member, as Alma sees it."""
    return alma.browser().get(f"/b/{cafe.slug}/members/{member_id}").text
