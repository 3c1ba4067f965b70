"""A frame of four by three lies where the owner put it, inside the picture whatever its shape."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.picture_crop import Crop, read_crop


@pytest.mark.parametrize(
    ("crop", "size", "box"),
    [
        (Crop(), (800, 600), (0, 0, 800, 600)),
        (Crop(), (1000, 600), (100, 0, 900, 600)),
        (Crop(x=0), (1000, 600), (0, 0, 800, 600)),
        (Crop(x=100), (1000, 600), (200, 0, 1000, 600)),
        (Crop(y=100), (600, 1000), (0, 550, 600, 1000)),
        (Crop(zoom=200), (800, 600), (200, 150, 600, 450)),
    ],
)
def test_a_frame_lies_where_it_was_put(crop: Crop, size: tuple[int, int], box: tuple[int, int, int, int]) -> None:
    assert crop.box(*size) == box


@given(st.integers(0, 100), st.integers(0, 100), st.integers(100, 300), st.integers(1, 5000), st.integers(1, 5000))
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_frame_never_leaves_the_picture(x: int, y: int, zoom: int, width: int, height: int) -> None:
    left, top, right, bottom = Crop(x, y, zoom).box(width, height)
    assert 0 <= left < right <= width
    assert 0 <= top < bottom <= height


@pytest.mark.parametrize("typed", [{}, {"crop_x": "lots", "crop_y": "-1", "crop_zoom": "9" * 400}, {"crop_x": "٣"}])
def test_nonsense_is_the_middle_of_the_whole_picture(typed: dict[str, str]) -> None:
    assert read_crop(typed) == Crop()


def test_what_is_too_much_is_as_much_as_there_is() -> None:
    assert read_crop({"crop_x": "900", "crop_y": "0", "crop_zoom": "20"}) == Crop(100, 0, 100)
