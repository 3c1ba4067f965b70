"""The help articles there are, and the search through their words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from html import unescape

from flask import render_template

_TAGS = re.compile(r"<[^>]+>")
_WORDS = re.compile(r"[\w']+")


@dataclass(frozen=True, slots=True)
class Article:
    """One article; ``key`` is its address and its template, ``also`` words that people look for and it does not say."""

    key: str
    title: str
    summary: str
    also: str = ""

    @property
    def template(self) -> str:
        """Where its words are."""
        return f"business/help/articles/{self.key}.html"


@dataclass(frozen=True, slots=True)
class Shelf:
    """Articles that belong together."""

    title: str
    articles: tuple[Article, ...]


SHELVES = (
    Shelf(
        "Programs",
        (
            Article(
                "create-a-program",
                "Create a program",
                "From a template or from scratch to a live program, in four steps.",
                "start wizard setup begin new draft activate",
            ),
            Article(
                "rule-types",
                "Understand the rule types",
                "Seven ways to collect, what each is good for, and what a purchase earns in it.",
                "points punch stamp tier cashback visits spend difference choose",
            ),
            Article(
                "schedule",
                "Choose when and where a program runs",
                "Start and end, days and hours, blackout dates, locations, limits.",
                "time zone happy hour weekend holiday recurring budget cap",
            ),
            Article(
                "versions",
                "Change a live program",
                "What customers keep, from when a change counts, and how to go back.",
                "edit version restore history undo",
            ),
            Article(
                "pause-resume-end",
                "Pause, resume, end or delete a program",
                "What each does to earning, balances and rewards.",
                "stop lifecycle status draft scheduled active paused ended restore duplicate",
            ),
        ),
    ),
    Shelf(
        "Every day",
        (
            Article(
                "till",
                "Work the till",
                "Find a member, record a purchase or a punch, put a mistake right.",
                "counter cashier staff pin sale refund",
            ),
            Article(
                "members",
                "Find and enrol members",
                "Search, the timeline, and why each line is there.",
                "customer client enroll phone privacy erase export",
            ),
            Article(
                "rewards",
                "Rewards and vouchers",
                "What customers get, how long it is good for, and how it is handed out.",
                "redeem catalogue code expire stock",
            ),
            Article(
                "figures",
                "How we count",
                "What each figure on Home and in a program's analytics means.",
                "analytics dashboard kpi redemption rate active outstanding liability csv",
            ),
            Article(
                "settings",
                "Business, brand and team",
                "Your colour and logo, locations, and who may do what.",
                "staff invite role manager password audit api key currency webhook endpoint secret replay",
            ),
        ),
    ),
    Shelf(
        "When something is not as expected",
        (
            Article(
                "something-is-wrong",
                "Points not crediting, can't redeem, tier not updating",
                "Where to look first, and what to do about it.",
                "troubleshooting missing broken error wrong problem not working",
            ),
            Article("faq", "Questions asked most", "Short answers.", "faq help"),
        ),
    ),
)
ARTICLES = {article.key: article for shelf in SHELVES for article in shelf.articles}


def found(query: str) -> list[Article]:
    """Return the articles that have every word of the query, or its beginning; those that say it in the title first."""
    words = _WORDS.findall(query.casefold())
    if not words:
        return []
    hits = [article for article in ARTICLES.values() if all(_has(_said(article), word) for word in words)]
    return sorted(hits, key=lambda article: -sum(_has(article.title.casefold(), word) for word in words))


def _has(text: str, word: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(word)}", text) is not None


def _said(article: Article) -> str:
    return f"{article.title} {article.summary} {article.also} {_body(article.template)}".casefold()


@lru_cache(maxsize=64)
def _body(template: str) -> str:
    """Return the words of an article; they are the same for every business, only its links are not."""
    return unescape(_TAGS.sub(" ", render_template(template)))
