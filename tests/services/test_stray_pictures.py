"""A picture whose transaction failed is swept away a day later; those that are shown stay."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from flask import Flask
from PIL import Image

from app.core import clock, files
from app.core.unit_of_work import unit_of_work
from app.jobs.pictures import sweep_pictures
from app.services.brand import change_logo
from app.services.pictures import keep_picture, picture
from tests.factories.businesses import Shop
from tests.factories.programs import owner_of


def test_what_nothing_points_to_goes_and_what_is_shown_stays(app: Flask, cafe: Shop, florist: Shop) -> None:
    with unit_of_work(cafe.id):
        change_logo(_picture("#7f3b1c"), owner_of(cafe))
    with unit_of_work(florist.id):
        change_logo(_picture("#7f3b1c"), owner_of(florist))
    strays = []
    with pytest.raises(RuntimeError), unit_of_work(cafe.id):
        strays += [keep_picture(kind, _picture("#00aa00")) for kind in ("logo", "reward")]
        raise RuntimeError("the transaction fails")
    sweep_pictures(str(cafe.id))
    assert [picture(key) is not None for key in strays] == [True, True], "not before a day has passed"
    with clock.frozen(clock.now() + timedelta(days=2)):
        for _ in range(2):
            sweep_pictures(str(cafe.id))
    assert [picture(key) for key in strays] == [None, None]
    for shop in (cafe, florist):
        [(kept, _)] = files.storage().kept_below(f"{shop.id}/logo")
        assert picture(kept) is not None


def _picture(colour: str) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (20, 20), colour).save(file, "PNG")
    return file.getvalue()
