"""Help inside the product: the articles, the search through them, and what is left to set up."""

from __future__ import annotations

from flask import g, render_template, request

from app.domain.errors import NotFound
from app.domain.permissions import Open, Permission
from app.queries.setup import setup_facts
from app.web.business.help.articles import ARTICLES, SHELVES, found
from app.web.support.doors import area, page
from app.web.support.setup_list import setup_list
from app.web.support.words import counted

bp = area("help", __name__, "/help")

_LONGEST_QUERY = 100


@page(bp, "", permission=Open.ANY_ROLE)
def index() -> str:
    """Show all articles, or those that have the words of ?q=; owners also see what is left to set up."""
    query = request.args.get("q", "").strip()[:_LONGEST_QUERY]
    hits = found(query)
    is_owner = g.caller.may(Permission.DASHBOARD_VIEW)
    return render_template(
        "business/help/index.html",
        q=query,
        hits=hits,
        total_words=counted(len(hits), "article") if query else "",
        shelves=SHELVES,
        setup=setup_list(setup_facts(), even_if_dismissed=True) if is_owner else None,
    )


@page(bp, "/<article_key>", permission=Open.ANY_ROLE)
def article(article_key: str) -> str:
    """Show one article."""
    if article_key not in ARTICLES:
        raise NotFound("article")
    return render_template("business/help/article.html", article=ARTICLES[article_key], shelves=SHELVES)
