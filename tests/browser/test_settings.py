"""Alma dresses her café, opens a second place, and asks Mia to join: in a real browser, with real mails."""

from __future__ import annotations

import email
import email.policy
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from PIL import Image
from playwright.sync_api import Browser, FilePayload, Page, expect

from app.embedded.processes import wait_until
from app.factory import create_app
from app.jobs import runtime
from tests.browser.faults import faults, listen
from tests.factories.businesses import Shop, address, found_shop
from tests.factories.people import PASSWORD
from tests.support.app import close, settings_for
from tests.support.databases import Database
from tests.support.product import Product, running

PROCESSES = ("web", "worker_outside")
MAILED_SECONDS = 40.0


@dataclass(frozen=True)
class Office:
    """The café with a web process, and a worker that sends its mails."""

    product: Product
    shop: Shop

    @property
    def base(self) -> str:
        """The address of the owner's pages."""
        return f"{self.product.url}/b/{self.shop.slug}"

    def sign_in(self, page: Page) -> None:
        """Sign Alma in."""
        page.goto(f"{self.product.url}/login")
        page.get_by_label("E-mail").fill(self.shop.owner.email)
        page.get_by_label("Password").fill(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url("**/b/**")


@pytest.fixture(scope="module")
def office(app: Flask, own_database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """Café Alma, just founded."""
    made = create_app(settings_for(own_database))
    runtime.serve(made)
    with made.app_context():
        shop = found_shop("Café Alma", "Alma")
    close(made)
    runtime.serve(app)
    with running(own_database, tmp_path_factory.mktemp("office"), PROCESSES) as product:
        yield Office(product, shop)


@pytest.fixture
def page(window: Browser, office: Office) -> Iterator[Page]:
    """Alma's page on a desktop, without motion."""
    opened = window.new_page(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    office.sign_in(opened)
    yield opened
    opened.close()


def test_alma_picks_a_colour_sees_it_adjusted_and_saves_it(page: Page, office: Office) -> None:
    complaints = listen(page)
    page.goto(f"{office.base}/settings/brand")
    page.get_by_label("Your colour").fill("#ffde00")
    page.get_by_text("We adjusted your yellow for text so everyone can read it").wait_for()
    expect(page.get_by_label("Pick")).to_have_value("#ffde00")
    fill = "getComputedStyle(document.querySelector('.r-preview .r-card')).backgroundColor"
    page.wait_for_function(f"{fill} === 'rgb(255, 222, 0)'")
    rail = page.evaluate("getComputedStyle(document.querySelector('.r-rail .r-mark')).backgroundColor")
    assert rail != "rgb(255, 222, 0)", "only the preview wears it before it is saved"
    page.get_by_label("Your colour").fill("yellow")
    page.get_by_text("The preview still shows").wait_for()
    page.get_by_role("button", name="Save colour").click()
    page.get_by_role("heading", name="There is a problem").wait_for()
    expect(page.get_by_label("Your colour")).to_have_value("yellow")
    assert faults(page) == []
    page.get_by_label("Your colour").fill("#ffde00")
    page.get_by_role("button", name="Save colour").click()
    page.get_by_text("Your colour is saved").wait_for()
    expect(page.locator(".r-rail .r-mark").first).to_have_css("background-color", "rgb(255, 222, 0)")
    assert [words for words in complaints if "422" not in words] == []


def test_alma_uploads_a_logo_takes_its_colour_and_finds_it_on_the_card(page: Page, office: Office) -> None:
    page.goto(f"{office.base}/settings/brand")
    page.get_by_label("Upload a logo").set_input_files({"name": "a.svg", "mimeType": "image/png", "buffer": b"<svg/>"})
    page.get_by_role("button", name="Upload", exact=True).click()
    page.get_by_text("Choose a PNG, JPEG or WebP picture").first.wait_for()
    logo: FilePayload = {"name": "logo.png", "mimeType": "image/png", "buffer": _logo()}
    page.get_by_label("Upload a logo").set_input_files(logo)
    page.get_by_role("button", name="Upload", exact=True).click()
    page.get_by_text("Your logo is saved").wait_for()
    height = page.locator(".r-card img").evaluate(
        "image => image.decode().then(() => image.getBoundingClientRect().height)"
    )
    assert 20 < height <= 40
    page.get_by_role("button", name="Use this colour").click()
    page.get_by_text("Your colour is saved").wait_for()
    expect(page.get_by_label("Your colour")).to_have_value("#0a7d5a")
    assert faults(page, brands=True) == []


def test_mia_is_invited_accepts_and_is_gone_again_at_the_next_click(
    page: Page, window: Browser, office: Office
) -> None:
    to = address("mia")
    page.goto(f"{office.base}/settings/team")
    page.get_by_role("link", name="Invite somebody").click()
    page.get_by_label("E-mail").fill(to)
    page.get_by_label("Name").fill("Mia")
    page.get_by_label("Role").select_option("manager")
    page.get_by_role("button", name="Send invitation").click()
    page.get_by_text(f"The invitation is on its way to {to}").wait_for()
    mias = window.new_page(viewport={"width": 390, "height": 844}, reduced_motion="reduce")
    mias.goto(_link(office.product, to).replace("http://localhost:8000", office.product.url))
    assert faults(mias) == []
    mias.get_by_label("New password").fill("password1")
    mias.keyboard.press("Enter")
    mias.get_by_text("Password is too easy to guess").first.wait_for()
    mias.get_by_label("New password").fill(PASSWORD)
    mias.keyboard.press("Enter")
    mias.wait_for_url(f"{office.base}/")
    mias.get_by_text("More", exact=True).click()
    mias.get_by_role("link", name="Settings").click()
    mias.wait_for_url("**/settings")
    page.goto(f"{office.base}/settings/team")
    page.get_by_role("link", name="Edit Mia").click()
    page.get_by_text("Remove Mia from the team…").click()
    page.get_by_role("button", name="Remove Mia").click()
    page.get_by_text("Mia has no access any more").wait_for()
    mias.reload()
    mias.wait_for_url("**/login**")
    mias.close()


def test_alma_makes_a_key_by_keyboard_and_copies_it(page: Page, office: Office) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{office.base}/settings/api-keys/new")
    page.get_by_label("Name").focus()
    page.keyboard.type("Web shop")
    page.keyboard.press("Enter")
    page.get_by_text("Copy it now").wait_for()
    key = page.get_by_label("Copy it now").input_value()
    assert key.startswith("rk_")
    page.get_by_role("button", name="Copy").focus()
    page.keyboard.press("Enter")
    page.get_by_text("Copied", exact=True).wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == key
    assert faults(page) == []
    page.get_by_role("link", name="I have it").click()
    page.wait_for_url("**/settings/api-keys")
    assert key not in page.content()


def test_a_second_place_is_opened_on_a_phone_without_scripts(window: Browser, office: Office) -> None:
    phone = window.new_page(viewport={"width": 390, "height": 844}, java_script_enabled=False)
    office.sign_in(phone)
    phone.get_by_text("More", exact=True).click()
    phone.locator(".r-more").get_by_role("link", name="Settings").click()
    phone.get_by_role("link", name="Locations").click()
    phone.get_by_role("link", name="Add location").first.click()
    phone.get_by_label("Name").fill("Station")
    phone.get_by_label("Monday").fill("closed")
    phone.get_by_role("button", name="Add location").click()
    expect(phone.get_by_text("Monday: Write times as")).to_have_count(2)
    expect(phone.get_by_label("Name")).to_have_value("Station")
    phone.get_by_label("Monday").fill("6-12, 14-2")
    phone.get_by_role("button", name="Monday’s hours on every day").click()
    expect(phone.get_by_label("Sunday")).to_have_value("6-12, 14-2")
    phone.get_by_role("button", name="Add location").click()
    expect(phone.get_by_text("Mon–Sun 06:00–12:00, 14:00–02:00")).to_have_count(1)
    phone.close()


def _logo() -> bytes:
    picture = Image.new("RGB", (600, 200), "white")
    picture.paste((10, 125, 90), (150, 40, 450, 160))
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


def _link(product: Product, to: str) -> str:
    """Wait for the mail to somebody, and return its link."""
    found: list[str] = []

    def is_there() -> bool:
        for mail in map(_read, product.mails):
            if mail["To"] == to and (body := mail.get_body(("plain",))) is not None:
                found.extend(re.findall(r"https?://\S+/invitation/\S+", body.get_content()))
        return bool(found)

    assert wait_until(is_there, MAILED_SECONDS, pause=0.25), f"no mail to {to}"
    return found[0]


def _read(file: Path) -> email.message.EmailMessage:
    return email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
