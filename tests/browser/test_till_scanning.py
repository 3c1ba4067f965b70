"""A tablet without a reader of its own reads QR codes: turned, dim and grainy ones, and by its camera."""

from __future__ import annotations

import base64
import io
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
import segno
from PIL import Image, ImageFilter
from playwright.sync_api import Browser, Page, expect

from tests.browser.chromium import ARGUMENTS, chromium_path
from tests.browser.conftest import Street
from tests.browser.tills import BEN_PIN, TABLET, api, base_of, give_pin, paired, unlock

WIDTH, HEIGHT = 640, 480
TOKEN = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567ABCDEFGHIJKLMNOP"
READ = """async ([source, picture]) => {
  const { textIn } = await import(source.replace("page.js", "qr.js"));
  const bytes = Uint8Array.from(atob(picture), (one) => one.charCodeAt(0));
  const bitmap = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
  const pen = canvas.getContext("2d");
  pen.drawImage(bitmap, 0, 0);
  return textIn(pen.getImageData(0, 0, bitmap.width, bitmap.height));
}"""
COUNT_CAMERAS = """
window.opened = 0;
const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
navigator.mediaDevices.getUserMedia = (wanted) => { window.opened += 1; return ask(wanted); };
"""
SOURCE = "() => [...document.scripts].map((one) => one.src).find((one) => one.includes('till/page.js'))"


@pytest.fixture(scope="module", autouse=True)
def pins(street: Street) -> None:
    """Ben has a PIN."""
    give_pin(street, "Ben", BEN_PIN)


@pytest.fixture(scope="module")
def reader(window: Browser, street: Street) -> Iterator[Page]:
    """A page of the till whose scripts read pictures."""
    page = window.new_page()
    page.goto(f"{base_of(street)}pair")
    yield page
    page.close()


@pytest.mark.parametrize("level", ["l", "m", "q", "h"])
@pytest.mark.parametrize("text", ["YJQEKRN2", "4006381333931", TOKEN, "https://example.com/m/cafe-alma?x=1"])
def test_every_level_and_alphabet_is_read(reader: Page, text: str, level: str) -> None:
    assert read(reader, shown(text, level=level)) == text


@pytest.mark.parametrize(
    ("scale", "turn", "blur", "grain"),
    [(4, 0, 0, 0), (6, 90, 1, 0), (6, 200, 0, 2000), (8, 33, 1.5, 0), (6, -12, 1, 2000), (6, 270, 0, 500)],
)
def test_a_code_is_read_turned_blurred_and_grainy(
    reader: Page, scale: int, turn: float, blur: float, grain: int
) -> None:
    assert read(reader, shown(TOKEN, scale=scale, turn=turn, blur=blur, grain=grain)) == TOKEN


def test_a_code_that_is_partly_covered_is_mended(reader: Page) -> None:
    picture = shown(TOKEN, level="h", scale=8)
    picture.paste(255, (300, 220, 340, 260))
    assert read(reader, picture) == TOKEN


def test_a_picture_without_a_code_is_none(reader: Page) -> None:
    assert read(reader, Image.new("L", (WIDTH, HEIGHT), 200)) is None
    noise = Image.effect_noise((WIDTH, HEIGHT), 90)
    assert read(reader, noise) is None


def test_the_camera_opens_the_customer_whose_code_it_sees(window: Browser, street: Street, tmp_path: Path) -> None:
    code = api(street, "GET", f"/members/{street.cleo}")["code"]
    film = tmp_path / "held-to-the-camera.y4m"
    film.write_bytes(_film(shown(code, scale=8, turn=5)))
    seeing = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
    browser = window.browser_type.launch(
        executable_path=chromium_path(window.browser_type),
        args=[*ARGUMENTS, *seeing, f"--use-file-for-fake-video-capture={film}"],
    )
    device = paired(browser, street, name="Eyes", viewport=TABLET, permissions=["camera"])
    page = device.new_page()
    page.add_init_script(COUNT_CAMERAS)
    unlock(page, street)
    scan = page.get_by_role("button", name="Scan with the camera")
    assert scan.evaluate("(button) => { button.click(); button.click(); return opened; }") == 1, "of two taps at once"
    page.wait_for_url(f"**/till/members/{street.cleo}")
    browser.close()


def test_a_camera_that_is_refused_says_what_to_do_instead(window: Browser, street: Street) -> None:
    device = paired(window, street, name="Blind", viewport=TABLET)
    page = device.new_page()
    unlock(page, street)
    page.get_by_role("button", name="Scan with the camera").click()
    expect(page.get_by_text("Type the short code under the customer’s QR code")).to_be_visible()
    assert page.evaluate("document.activeElement.id") == "find"
    device.close()


def shown(
    text: str, *, level: str = "q", scale: int = 6, turn: float = 0, blur: float = 0, grain: int = 0
) -> Image.Image:
    """Draw a code as a camera may see it."""
    drawn = io.BytesIO()
    segno.make(text, error=level, micro=False, boost_error=False).save(drawn, kind="png", scale=scale, border=4)
    code = Image.open(drawn).convert("L")
    seen = Image.new("L", (WIDTH, HEIGHT), 200)
    seen.paste(code, ((WIDTH - code.width) // 2, (HEIGHT - code.height) // 2))
    seen = seen.rotate(turn, Image.Resampling.BICUBIC, fillcolor=200).filter(ImageFilter.GaussianBlur(blur))
    chance = random.Random(5)
    for _ in range(grain):
        seen.putpixel((chance.randrange(WIDTH), chance.randrange(HEIGHT)), chance.randrange(256))
    return seen


def read(page: Page, picture: Image.Image) -> str | None:
    """Let the till's scripts read a picture."""
    file = io.BytesIO()
    picture.save(file, "PNG")
    found: str | None = page.evaluate(READ, [page.evaluate(SOURCE), base64.b64encode(file.getvalue()).decode()])
    return found


def _film(picture: Image.Image) -> bytes:
    """A few still frames as YUV4MPEG2, which Chromium shows in place of a camera."""
    grey = bytes([128]) * (WIDTH * HEIGHT // 2)
    frame = b"FRAME\n" + picture.tobytes() + grey
    return f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F10:1 Ip C420jpeg\n".encode() + frame * 10
