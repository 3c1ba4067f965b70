"""Signing up and in, for programs that call the API (API.md, Sign-up and tokens)."""

from __future__ import annotations

from typing import Annotated, Any, NoReturn
from uuid import UUID

from flask import Blueprint, request
from pydantic import AfterValidator, Field

from app.api.answers import Answer
from app.api.errors import Problem, unauthorized
from app.api.routing import route
from app.api.shapes import Shape
from app.api.v1.business import BusinessShape, Currency, Name, Timezone
from app.core import access_tokens
from app.core.ids import new_id
from app.core.unit_of_work import unit_of_work
from app.domain.accounts import checked_email, checked_password
from app.domain.body import Body
from app.domain.permissions import Open
from app.queries import businesses, staff
from app.services import sessions
from app.services.businesses import create_business
from app.services.sessions import Tokens, Visit

bp = Blueprint("auth", __name__, url_prefix="/auth")

Email = Annotated[str, Field(max_length=254), AfterValidator(checked_email)]
NewPassword = Annotated[str, AfterValidator(checked_password)]


class SignupBody(Body):
    """Who founds which business."""

    business_name: Name
    email: Email
    password: NewPassword
    timezone: Timezone
    currency: Currency
    industry: Annotated[str, Field(max_length=60)] | None = None


class TokenBody(Body):
    """E-mail and password; `businessId` where somebody works for several."""

    email: Annotated[str, Field(max_length=254)]
    password: Annotated[str, Field(max_length=1024)]
    business_id: UUID | None = None


class RefreshBody(Body):
    """The newest refresh token of a sign-in."""

    refresh_token: Annotated[str, Field(max_length=200)]


class UserShape(Shape):
    """A person."""

    id: UUID
    email: str
    name: str


class TokensShape(Shape):
    """A sign-in: both tokens, and the access token's life in seconds."""

    business: BusinessShape
    user: UserShape
    access_token: str
    refresh_token: str
    token_type: str
    expires_in: int


@route(
    bp,
    "POST",
    "/signup",
    permission=Open.ANYONE,
    body=SignupBody,
    answers={201: TokensShape},
    scope="none",
    limit="secret",
)
def sign_up(body: SignupBody) -> dict[str, Any]:
    """Found a business and sign its owner in."""
    with unit_of_work(new_id()):
        business_id, user_id = create_business(
            body.business_name, body.email, body.password, body.timezone, body.currency, body.industry
        )
        tokens = sessions.open_api_session(user_id, business_id, _visit())
        assert tokens is not None
        return _answer(tokens)


@route(bp, "POST", "/token", permission=Open.ANYONE, body=TokenBody, answers={200: TokensShape}, limit="secret")
def sign_in(body: TokenBody) -> dict[str, Any]:
    """Exchange e-mail and password for tokens."""
    user_id = sessions.authenticate(body.email, body.password)
    tokens = sessions.open_api_session(user_id, body.business_id, _visit()) if user_id else None
    if tokens is None:
        raise Problem(401, "wrong_credentials", "E-mail and password do not fit")
    return _answer(tokens)


@route(bp, "POST", "/refresh", permission=Open.ANYONE, body=RefreshBody, answers={200: TokensShape})
def refresh_tokens(body: RefreshBody) -> dict[str, Any] | Answer:
    """Exchange a refresh token, once, for new tokens."""
    tokens = sessions.refresh(body.refresh_token)
    return _answer(tokens) if tokens else Answer(finish=_refuse)


@route(bp, "POST", "/revoke", permission=Open.ANYONE, body=RefreshBody, answers={204: None})
def revoke_token(body: RefreshBody) -> None:
    """End a sign-in at once, its access tokens with it."""
    sessions.revoke(body.refresh_token)


def _answer(tokens: Tokens) -> dict[str, Any]:
    return {
        "business": businesses.business(tokens.business_id),
        "user": staff.user(tokens.user_id),
        "accessToken": tokens.access_token,
        "refreshToken": tokens.refresh_token,
        "tokenType": "Bearer",
        "expiresIn": int(access_tokens.LIFETIME.total_seconds()),
    }


def _refuse(_: Answer) -> NoReturn:
    """Refuse after the commit: a token used twice has ended its session, and that must last."""
    raise unauthorized()


def _visit() -> Visit:
    return Visit(request.remote_addr or "", request.headers.get("User-Agent", ""))
