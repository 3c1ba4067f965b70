"""Kinds of business that have no templates of their own, and the industry whose templates work well for them."""

from __future__ import annotations

from difflib import get_close_matches

_TRADES = {
    "coffee": "coffee shop, espresso bar, tea house, tea shop, roastery",
    "bakery": "patisserie, cake shop, chocolatier, confectioner, ice cream, gelateria, doughnuts",
    "restaurant": "pizzeria, diner, bistro, burger, sushi, takeaway, food truck, canteen, kebab",
    "bar": "pub, brewery, winery, wine bar, nightclub, taproom, distillery, karaoke",
    "salon": "barber, hairdresser, nails, beauty, spa, massage, tattoo, cosmetics",
    "fitness": "gym, yoga, pilates, crossfit, martial arts, swimming, climbing, dance, tennis, golf",
    "retail": "florist, flowers, bookshop, clothes, shoes, jeweller, toys, electronics, furniture, gifts, pharmacy, "
    "optician, hardware, stationery, sports, music, art, bicycles, garden",
    "grocery": "butcher, fishmonger, greengrocer, supermarket, deli, kiosk, farm shop, organic",
    "car wash": "garage, petrol station, gas station, tyres, parking, laundry, dry cleaning",
    "pets": "vet, veterinary, groomer, dog walker, kennel, aquarium",
    "dispensary": "cannabis, vape, tobacco",
    "other": "hotel, cinema, museum, school, cleaning, photography, travel",
}
_BY_NAME = {name.strip(): industry for industry, names in _TRADES.items() for name in names.split(",")}
_NEIGHBOURS = (
    ("coffee", "bakery", "restaurant", "bar"),
    ("salon", "fitness", "pets"),
    ("retail", "grocery", "dispensary", "pets", "car wash", "other"),
)
_LIKENESS = 0.75


def nearest_industry(trade: str) -> str:
    """Return the industry of the catalogue that comes nearest to a kind of business in the owner's words."""
    said = trade.casefold().strip()
    found = next((name for name in _BY_NAME if name in said), None)
    close = [found] if found else get_close_matches(said, _BY_NAME, n=1, cutoff=_LIKENESS)
    return _BY_NAME[close[0]] if close and close[0] else "other"


def neighbours(industry: str) -> list[str]:
    """Return the other industries, those that are most like this one first."""
    alike = [other for group in _NEIGHBOURS if industry in group for other in group]
    return [other for other in dict.fromkeys([*alike, *_TRADES]) if other != industry]
