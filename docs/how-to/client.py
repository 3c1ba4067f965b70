"""Record a purchase and read the balance: python client.py URL EMAIL PASSWORD PHONE AMOUNT ORDER_ID. No packages."""

import json
import sys
import time
import urllib.error
import urllib.request
from typing import Any

TRIES, TRY_AGAIN = 5, {409, 429, 500, 502, 503, 504}


class Regulars:
    """Speaks to the API of one business."""

    def __init__(self, url: str) -> None:
        self.url, self.token = url.rstrip("/") + "/api/v1", ""

    def sign_in(self, email: str, password: str) -> None:
        """Get an access token, good for 15 minutes."""
        self.token = self.call("POST", "/auth/token", {"email": email, "password": password})["accessToken"]

    def call(self, method: str, path: str, body: Any = None, **more: str) -> Any:
        """Send a request; one that got no answer, or is refused for the moment, is sent again as it was."""
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json", **{name.replace("_", "-"): text for name, text in more.items()}}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        attempt = 0
        while True:
            attempt += 1
            try:
                request = urllib.request.Request(self.url + path, data, headers, method=method)
                with urllib.request.urlopen(request, timeout=15) as answer:
                    return json.load(answer)
            except urllib.error.HTTPError as refusal:
                if refusal.code not in TRY_AGAIN or attempt == TRIES:
                    raise SystemExit(refusal.read().decode()) from None
            except OSError:
                if attempt == TRIES:
                    raise
            time.sleep(2**attempt / 10)

    def record(self, order_id: str, phone: str, amount: str) -> Any:
        """Record a sale and wait up to 5 seconds for what it earns; the key makes a second try safe."""
        body = {"orderId": order_id, "member": {"phone": phone}, "createMember": True, "amount": amount}
        return self.call("POST", "/purchases", body, Idempotency_Key=f"order {order_id}", Prefer="wait=5")


if __name__ == "__main__":
    url, email, password, phone, amount, order_id = sys.argv[1:]
    regulars = Regulars(url)
    regulars.sign_in(email, password)
    recorded = regulars.record(order_id, phone, amount)
    purchase = regulars.call("GET", f"/purchases/{recorded['id']}")  # a repeated answer is that of the first moment
    for outcome in purchase["outcomes"]:
        print(f"{outcome['programName']}: {outcome['explanation']}")
    for one in regulars.call("GET", f"/members/{purchase['memberId']}/enrollments")["data"]:
        print(f"{one['ruleType']} {one['programId']}: balance {one['balance']}")
