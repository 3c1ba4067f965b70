"""Pictures that people upload are made new: only pixels survive, and no file can hurt the server."""

from __future__ import annotations

import io
import resource
import struct
import zlib

import pytest
from PIL import Image

from app.adapters.images import ADVICE, NotAPicture, main_colour, reencoded
from app.domain.picture_crop import Crop

ORIENTATION = 0x0112
GPS = 0x8825


def _file(picture: Image.Image, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def _read(content: bytes) -> Image.Image:
    read = Image.open(io.BytesIO(content))
    read.load()
    return read


def _bomb(side: int) -> bytes:
    """A PNG of one colour, a few kilobytes small, as wide and high as ``side``."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    packer = zlib.compressobj(9)
    row = b"\0" * (1 + (side + 7) // 8)
    body = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_picture_comes_out_as_webp_no_larger_than_asked(kind: str) -> None:
    made = reencoded(_file(Image.new("RGB", (3000, 1500), "#c05020"), kind), longest_side=640)
    read = _read(made.content)
    assert (made.content_type, made.width, made.height) == ("image/webp", 640, 320)
    assert (read.format, read.size) == ("WEBP", (640, 320))
    assert all(abs(got - wanted) < 6 for got, wanted in zip(read.getpixel((320, 160)), (0xC0, 0x50, 0x20), strict=True))  # type: ignore[arg-type]


def test_what_was_drawn_keeps_every_pixel_and_a_photograph_becomes_small() -> None:
    logo = Image.new("RGB", (300, 120), "white")
    logo.paste("#c0392b", (40, 40, 260, 80))
    read = _read(reencoded(_file(logo, "PNG"), longest_side=640).content).convert("RGB")
    assert read.tobytes() == logo.tobytes()
    photograph = Image.merge("RGB", [Image.effect_noise((900, 600), 40 + 10 * part) for part in range(3)])
    made = reencoded(_file(photograph, "PNG"), longest_side=640)
    assert len(made.content) < len(_file(photograph, "PNG")) / 3


def test_a_small_picture_stays_as_small_as_it_is() -> None:
    made = reencoded(_file(Image.new("RGB", (12, 7)), "PNG"), longest_side=640)
    assert (made.width, made.height) == (12, 7)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16", "CMYK"])
def test_every_way_to_write_colours_is_read(mode: str) -> None:
    picture = Image.new("RGB", (900, 40), "white").convert("L").convert("I").convert(mode) if mode == "I;16" else None
    picture = picture or Image.new("RGBA", (900, 40), "#ffffffff").convert(mode if mode != "CMYK" else "RGB").convert(
        mode
    )
    made = reencoded(_file(picture, "JPEG" if mode == "CMYK" else "PNG"), longest_side=100)
    assert _read(made.content).convert("RGB").getpixel((50, 2)) == (255, 255, 255) or mode == "I;16"


def test_what_shines_through_still_does() -> None:
    logo = Image.new("RGBA", (200, 200), (0, 0, 0, 0))
    logo.paste((200, 30, 30, 255), (50, 50, 150, 150))
    read = _read(reencoded(_file(logo, "PNG"), longest_side=100).content).convert("RGBA")
    assert (read.getpixel((5, 5))[3], read.getpixel((50, 50))[3]) == (0, 255)


@pytest.mark.parametrize("size", [(60, 40), (6000, 4000)])
def test_a_photograph_is_turned_upright_and_tells_nothing_of_where_it_was_taken(size: tuple[int, int]) -> None:
    photograph = Image.new("RGB", size, "blue")
    photograph.paste((255, 0, 0), (0, 0, size[0] // 2, size[1]))
    exif = photograph.getexif()
    exif[ORIENTATION] = 6  # the camera was held upright: turn it by 90° clockwise
    exif.get_ifd(GPS)[1] = "N"
    made = reencoded(
        _file(photograph, "JPEG", exif=exif, comment=b"a secret", icc_profile=b"a profile"), longest_side=300
    )
    read = _read(made.content)
    assert made.height > made.width
    top, bottom = read.getpixel((made.width // 2, 3)), read.getpixel((made.width // 2, made.height - 3))
    assert top[0] > 200 > bottom[0]
    assert dict(read.getexif()) == {}
    assert {"exif", "xmp", "icc_profile", "comment"} & read.info.keys() == set()
    assert b"secret" not in made.content


def test_of_an_animation_the_first_frame_is_kept() -> None:
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "green")]
    content = _file(frames[0], "WEBP", save_all=True, append_images=frames[1:], duration=100)
    read = _read(reencoded(content, longest_side=20).content)
    assert getattr(read, "n_frames", 1) == 1
    assert read.convert("RGB").getpixel((9, 9))[0] > 200


def test_a_script_behind_the_pixels_is_left_behind() -> None:
    content = _file(Image.new("RGB", (20, 20)), "PNG") + b"<script>alert(1)</script>"
    assert b"script" not in reencoded(content, longest_side=20).content


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"<!doctype html><script>alert(1)</script>",
        b"GIF89a/*" + b"\0" * 40 + b"*/=alert(1)",
        _file(Image.new("P", (9, 9)), "GIF"),
        _file(Image.new("RGB", (9, 9)), "TIFF"),
        _file(Image.new("RGB", (90, 90), "red"), "PNG")[:80],
        _file(Image.effect_noise((300, 300), 50), "JPEG")[:2000],
        b"\x89PNG\r\n\x1a\n" + b"\xff" * 100,
    ],
    ids=["nothing", "svg", "html", "polyglot", "gif", "tiff", "half a png", "half a jpeg", "noise"],
)
def test_what_is_no_picture_of_ours_is_refused_with_what_to_do(content: bytes) -> None:
    with pytest.raises(NotAPicture, match=ADVICE):
        reencoded(content, longest_side=100)


@pytest.mark.parametrize("side", [5001, 12_000, 20_000])
def test_a_bomb_is_refused_by_its_header_alone(side: int) -> None:
    bomb = _bomb(side)
    assert len(bomb) < 200_000
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for content in (bomb, bomb[:100]):  # of which nothing behind the header can be read
        with pytest.raises(NotAPicture, match="at most 25 megapixels"):
            reencoded(content, longest_side=640)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000  # kB


def test_the_largest_picture_allowed_is_taken() -> None:
    assert reencoded(_bomb(5000), longest_side=640).width == 640


def _drawn(ground: str, *shapes: tuple[str, tuple[int, int, int, int]]) -> bytes:
    picture = Image.new("RGBA", (200, 200), ground)
    for colour, box in shapes:
        picture.paste(colour, box)
    return _file(picture, "PNG")


@pytest.mark.parametrize(
    ("content", "colour"),
    [
        (_drawn("white", ("#c0392b", (60, 60, 140, 140))), "#c0392b"),
        (_drawn("#111111", ("#888888", (0, 0, 200, 90)), ("#0ea5e9", (80, 120, 120, 160))), "#0ea5e9"),
        (_drawn("#ffde00", ("#00704a", (0, 0, 40, 40))), "#ffde00"),
        (_drawn("#00000000", ("#00704a", (0, 0, 40, 40))), "#00704a"),
        (_drawn("white", ("black", (20, 20, 180, 180)), ("#777777", (0, 0, 20, 20))), None),
        (_drawn("#ff000010"), None),
    ],
    ids=["on white", "on black", "most of it", "on nothing", "greys", "hardly there"],
)
def test_the_main_colour_is_that_of_most_of_the_picture_without_greys(content: bytes, colour: str | None) -> None:
    found = main_colour(content)
    if colour is None or found is None:
        assert found == colour
    else:
        pairs = zip(bytes.fromhex(found[1:]), bytes.fromhex(colour[1:]), strict=True)
        assert all(abs(one - other) <= 8 for one, other in pairs), found


def test_a_red_on_both_sides_of_the_hue_circle_counts_as_one() -> None:
    reds = _drawn(
        "white", ("#e0102a", (0, 0, 100, 80)), ("#e02a10", (100, 0, 200, 80)), ("#1040e0", (0, 150, 110, 200))
    )
    assert (main_colour(reds) or "").startswith("#e0")


def test_a_picture_is_cut_where_the_frame_lies() -> None:
    halves = Image.new("RGB", (2000, 600), "#ff0000")
    halves.paste("#0000ff", (1000, 0, 2000, 600))
    for x, colour in ((0, (255, 0, 0)), (100, (0, 0, 255))):
        made = reencoded(_file(halves, "PNG"), longest_side=640, crop=Crop(x=x))
        assert (made.width, made.height) == (640, 480)
        assert _read(made.content).convert("RGB").getpixel((320, 240)) == colour
