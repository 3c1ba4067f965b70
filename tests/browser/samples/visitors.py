"""What someone sees who has not signed in."""

from typing import Any

INDUSTRIES = [
    {"key": words.casefold(), "words": words, "icon": icon}
    for words, icon in [
        ("Coffee", "cup"),
        ("Bakery", "bread"),
        ("Restaurant", "fork"),
        ("Bar", "glass"),
        ("Salon", "scissors"),
        ("Fitness", "dumbbell"),
        ("Retail", "bag"),
        ("Grocery", "basket"),
        ("Car wash", "car"),
        ("Pets", "paw"),
        ("Dispensary", "leaf"),
        ("Other", "star"),
    ]
]
SIGNUP: dict[str, Any] = {
    "values": {"industry": "coffee", "timezone": "Europe/Kyiv", "currency": "UAH"},
    "guess_timezone": True,
    "timezones": [("Europe/Kyiv", "Kyiv"), ("Europe/Vienna", "Vienna"), ("UTC", "UTC")],
    "currencies": [("UAH", "₴ hryvnia"), ("EUR", "€ euro")],
    "industries": INDUSTRIES,
}
REFUSED = {
    "email": "Enter an e-mail address, like name@example.com",
    "password": "Use at least 8 characters. Longer is safer.",
}
