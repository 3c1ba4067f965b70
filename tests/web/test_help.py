"""Help: every page of the owner has its question mark, which opens the article about it; articles can be searched."""

from __future__ import annotations

import re
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.web.business.help.articles import ARTICLES, SHELVES
from app.web.support.help_links import article_of
from tests.architecture.samples import sample_ids
from tests.factories.businesses import Shop
from tests.factories.people import Person, submit
from tests.factories.trade import join, live_punch_card

PART = re.compile(r"<(?:\w+:)?(?P<name>\w+)>")
NOBODY = {"till_lock.pair", "till_lock.locked", "till_offline.queue", "till_offline.shell"}
"""Pages of a till that know nobody: they have no session, and help is for who works here."""
QUESTION_MARK = re.compile(r'href="([^"]+)"\s+data-help')
NO_PAGES = (
    "application/json",
    "text/csv",
    "text/event-stream",
    "application/pdf",
    "image/",
    "text/css",
    "text/javascript",
)


def read(browser: FlaskClient, address: str, status: int = 200) -> str:
    answer = browser.get(address)
    assert answer.status_code == status
    return unescape(answer.get_data(as_text=True))


def test_every_page_of_the_owner_has_a_question_mark_that_opens_an_article(
    app: Flask, cafe: Shop, alma: Person
) -> None:
    browser, ids = alma.browser(), sample_ids(cafe)
    seen, without = 0, []
    for rule in app.url_map.iter_rules():
        if not rule.rule.startswith("/b/<slug>") or "GET" not in (rule.methods or set()) or rule.endpoint in NOBODY:
            continue
        address = PART.sub(lambda part: str(ids.get(part["name"], ids["unknown"])), rule.rule)
        answer = browser.get(address)
        page = answer.get_data(as_text=True)
        is_page = answer.status_code == 200 and not answer.mimetype.startswith(NO_PAGES) and "<main" in page
        answer.close()
        if not is_page:
            continue
        seen += 1
        found = QUESTION_MARK.findall(page)
        expected = f"/b/{cafe.slug}/help/{article_of(rule.endpoint)}"
        if found != [expected]:
            without.append((rule.rule, found))
    assert without == []
    assert seen >= 15


def test_every_article_that_a_page_names_is_there(alma: Person, cafe: Shop) -> None:
    browser = alma.browser()
    for key, article in ARTICLES.items():
        page = read(browser, f"/b/{cafe.slug}/help/{key}")
        assert page.count("<h1") == 1
        assert article.title in page
    assert read(browser, f"/b/{cafe.slug}/help/nothing-of-the-kind", 404)


def test_links_between_articles_lead_somewhere(alma: Person, cafe: Shop) -> None:
    browser = alma.browser()
    for key in ARTICLES:
        article = read(browser, f"/b/{cafe.slug}/help/{key}").partition("<article")[2].partition("</article>")[0]
        for address in re.findall(r'href="(/b/[^"]+)"', article):
            assert browser.get(address).status_code in (200, 303), (key, address)


def test_the_index_lists_every_article_once(alma: Person, cafe: Shop) -> None:
    page = read(alma.browser(), f"/b/{cafe.slug}/help")
    for article in (article for shelf in SHELVES for article in shelf.articles):
        assert page.count(f'/help/{article.key}">{article.title}') == 1


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("tier not updating", "Points not crediting, can't redeem, tier not updating"),
        ("blackout", "Choose when and where a program runs"),
        ("  REDEMPTION  rate ", "How we count"),
        ("wizard", "Create a program"),
    ],
)
def test_articles_are_found_by_their_words(alma: Person, cafe: Shop, query: str, title: str) -> None:
    answer = alma.browser().get(f"/b/{cafe.slug}/help", query_string={"q": query})
    page = unescape(answer.get_data(as_text=True))
    hits = page.partition('id="hits-title"')[2]
    assert f">{title}</a>" in hits
    assert " about “" in hits


def test_a_word_in_no_article_shows_them_all(alma: Person, cafe: Shop) -> None:
    page = read(alma.browser(), f"/b/{cafe.slug}/help?q=kangaroo")
    assert "0 articles about “kangaroo”" in page
    assert "No article has all of these words" in page
    assert "Create a program" in page


def test_staff_can_read_help_and_strangers_cannot(ben: Person, dora: Person, cafe: Shop) -> None:
    page = read(ben.browser(), f"/b/{cafe.slug}/help")
    assert "Work the till" in page
    assert "Get set up" not in page
    assert dora.browser().get(f"/b/{cafe.slug}/help").status_code == 404


def test_the_setup_list_stays_in_help_after_it_was_hidden(alma: Person, cafe: Shop) -> None:
    browser = alma.browser()
    live_punch_card(cafe)
    for number in range(10):
        join(cafe, f"Member {number}")
    submit(browser, f"/b/{cafe.slug}/welcome/dismiss")
    assert "Get set up" not in read(browser, f"/b/{cafe.slug}/")
    page = read(browser, f"/b/{cafe.slug}/help")
    assert "Get set up" in page
    assert "Hide this list" not in page
