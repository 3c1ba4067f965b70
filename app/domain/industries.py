"""The kinds of business that Regulars knows by name, in the order in which owners are shown them."""

INDUSTRIES = {
    "coffee": "Coffee",
    "bakery": "Bakery",
    "restaurant": "Restaurant",
    "bar": "Bar",
    "salon": "Salon",
    "fitness": "Fitness",
    "retail": "Shop",
    "grocery": "Grocery",
    "car wash": "Car wash",
    "pets": "Pets",
    "dispensary": "Dispensary",
    "other": "Other",
}
"""What a business stores about its kind, and the word for it."""
