"""Cleo's card: opened by its link alone, in her own words, and gone when the link is over."""

from __future__ import annotations

from datetime import timedelta

from flask.testing import FlaskClient

from app.core import clock
from app.core.card_links import LIFETIME, card_token, member_of_card
from app.core.ids import new_id
from tests.factories.businesses import Shop
from tests.factories.people import Person
from tests.factories.trade import join, live_points, live_punch_card, sell


def test_the_link_on_her_page_opens_cleo_s_card_for_anybody_who_has_it(
    cafe: Shop, alma: Person, client: FlaskClient
) -> None:
    live_punch_card(cafe)
    live_points(cafe)
    cleo = join(cafe, "Cleo Marsh", phone="+380671234567")
    for _ in range(4):
        sell(cafe, cleo, "10")
    page = alma.browser().get(f"/b/{cafe.slug}/members/{cleo}").get_data(as_text=True)
    link = page.partition(f'href="/m/{cafe.slug}/card/')[2].partition('"')[0]
    answer = client.get(f"/m/{cafe.slug}/card/{link}")
    card = answer.get_data(as_text=True)
    for words in ("Cleo Marsh", "80", "2 more punches", "Ready for you", "A coffee on the house", "+20 points", "<svg"):
        assert words in card, words
    assert "+380671234567" not in card
    assert "/b/" not in card.replace("/brand.css", "")
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_link_that_is_changed_of_another_business_or_over_leads_nowhere(
    cafe: Shop, florist: Shop, client: FlaskClient
) -> None:
    cleo = join(cafe, "Cleo")
    token = card_token(cafe.id, cleo, clock.now())
    changed = ("A" if token[0] != "A" else "B") + token[1:]
    old = card_token(cafe.id, cleo, clock.now() - LIFETIME - timedelta(days=2))
    for slug, link in [
        (cafe.slug, changed),
        (cafe.slug, token[:-2]),
        (cafe.slug, "ä"),
        (cafe.slug, old),
        (florist.slug, token),
        (cafe.slug, card_token(cafe.id, new_id(), clock.now())),
        ("nowhere", token),
    ]:
        assert client.get(f"/m/{slug}/card/{link}").status_code == 404, link
    assert client.get(f"/m/{cafe.slug}/card/{token}").status_code == 200


def test_a_link_is_good_to_its_last_day(cafe: Shop) -> None:
    cleo, now = join(cafe, "Cleo"), clock.now()
    token = card_token(cafe.id, cleo, now)
    assert member_of_card(cafe.id, token, now + LIFETIME) == cleo
    assert member_of_card(cafe.id, token, now + LIFETIME + timedelta(days=1)) is None


def test_an_erased_member_has_no_card(cafe: Shop, alma: Person, client: FlaskClient) -> None:
    cleo = join(cafe, "Cleo")
    token = card_token(cafe.id, cleo, clock.now())
    alma.delete(f"/members/{cleo}")
    assert client.get(f"/m/{cafe.slug}/card/{token}").status_code == 404
