"""The wire of a till is cut at random moments: nothing that Ben did is lost, and nothing is there twice."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from app.core.tenancy import unscoped
from app.core.unit_of_work import session, unit_of_work
from app.embedded.processes import wait_until
from app.factory import create_app
from app.models.purchase import Purchase
from app.queries.verification import breaks
from tests.browser.conftest import Street
from tests.browser.cutting import Wire
from tests.browser.tills import (
    BEN_PIN,
    PHONE,
    api,
    base_of,
    bought,
    give_pin,
    offline_member,
    offline_till,
    paired,
    ready_offline,
    unlock,
)
from tests.support.app import close, settings_for
from tests.support.databases import Database

SEED = 20_261_121
FEW, MANY = 10, 100
LONGEST_MS = 400
SENT_SECONDS = 30.0


@pytest.fixture(scope="module", autouse=True)
def pins(street: Street) -> None:
    """Ben has a PIN."""
    give_pin(street, "Ben", BEN_PIN)


@pytest.fixture
def till(window: Browser, street: Street, wire: Wire) -> Iterator[Page]:
    """A till at the end of the wire, open, with everything on it that it needs without a connection."""
    with offline_till(window, street, wire.origin) as page:
        yield page


def test_without_a_connection_ben_punches_sells_undoes_and_sees_the_queue_which_is_sent_later(
    till: Page, wire: Wire, street: Street
) -> None:
    before = bought(street, str(street.cleo))
    wire.cut()
    till.goto(base_of(street, wire.origin))
    till.locator("#offline-find").fill("mar")
    till.get_by_role("link", name="Cleo Marsh").click()
    till.get_by_role("button", name="Punch").click()
    till.get_by_text("Points will show when back online").wait_for()
    offline_member(till, street, wire.origin)
    till.get_by_role("button", name="Punch").click()
    till.get_by_text("Punch again?").wait_for()
    till.get_by_label("Amount").fill("nothing")
    till.get_by_role("button", name="Save purchase").click()
    till.get_by_text("Enter the amount, for example 42.50").wait_for()
    till.get_by_label("Amount").fill("12,50")
    till.get_by_role("button", name="Save purchase").click()
    till.get_by_text("Points will show when back online").wait_for()
    offline_member(till, street, wire.origin)
    till.get_by_label("Amount").fill("99")
    till.get_by_role("button", name="Save purchase").click()
    till.get_by_role("button", name="Undo").click()
    till.get_by_role("heading", name="Taken back").wait_for()
    till.goto(f"{base_of(street, wire.origin)}queue")
    till.get_by_role("heading", name="3 not sent yet").wait_for()
    till.get_by_text("Offline. 3 actions are saved and will be sent.").wait_for()
    expect(till.get_by_role("link", name="See what waits")).to_be_visible()
    till.get_by_role("button", name="Send now").click()
    expect(till.get_by_role("heading", name="3 not sent yet")).to_be_visible()
    wire.mend()
    till.get_by_role("button", name="Send now").click()
    till.get_by_role("heading", name="Everything is sent").wait_for()
    assert bought(street, str(street.cleo)) == before + 2


def test_without_a_connection_one_can_practise_and_nothing_of_it_is_kept(
    till: Page, wire: Wire, street: Street
) -> None:
    before = bought(street, str(street.cleo))
    wire.cut()
    till.goto(base_of(street, wire.origin))
    till.locator("#offline-find").fill("testy")
    till.get_by_role("link", name="Testy McTest").click()
    till.get_by_role("button", name="Punch").click()
    till.get_by_text("Practice. Nothing is recorded.").wait_for()
    till.get_by_role("button", name="Undo").click()
    till.get_by_role("heading", name="Taken back").wait_for()
    till.goto(f"{base_of(street, wire.origin)}queue")
    till.get_by_role("heading", name="Everything is sent").wait_for()
    wire.mend()
    assert bought(street, str(street.cleo)) == before


def test_the_till_stays_open_until_its_queue_is_empty_and_forgets_everybody_when_it_locks(
    till: Page, wire: Wire, street: Street
) -> None:
    till.goto(base_of(street, wire.origin))
    beside = till.context.new_page()
    beside.goto(f"{base_of(street, wire.origin)}members/{street.cleo}/purchase")
    wire.cut()
    beside.locator("#amount").fill("3")
    beside.get_by_role("button", name="Record purchase").click()
    beside.get_by_text("Points will show when back online").wait_for()
    beside.close()
    till.get_by_role("button", name="Lock").click()
    till.get_by_text("Offline. 1 action is saved and will be sent. The till locks once they are sent.").wait_for()
    _mended_it_locks(till, wire, street)


def test_a_till_that_nobody_could_open_again_stays_open_until_it_is_online(
    till: Page, wire: Wire, street: Street
) -> None:
    till.goto(base_of(street, wire.origin))
    expect(till.locator("#till-state")).to_have_text("Online")
    wire.cut()
    till.get_by_role("button", name="Lock").click()
    till.get_by_text("The till locks once it is online: until then nobody could open it again.").wait_for()
    expect(till.locator("#till-state")).to_have_text("Offline")
    _mended_it_locks(till, wire, street)


def test_a_till_that_waits_for_its_lock_and_is_touched_again_stays_open(till: Page, wire: Wire, street: Street) -> None:
    till.goto(base_of(street, wire.origin))
    wire.cut()
    till.get_by_role("button", name="Lock").click()
    till.get_by_text("The till locks once it is online").wait_for()
    till.locator("#find").click()
    wire.mend()
    till.evaluate("() => dispatchEvent(new Event('online'))")
    expect(till.locator("#till-state")).to_have_text("Online")
    expect(till.locator("#till-banner")).to_be_hidden()
    assert till.url == base_of(street, wire.origin)


def test_without_a_connection_a_reward_is_given_only_within_the_owner_s_limit(
    window: Browser, street: Street, wire: Wire
) -> None:
    _allow_rewards(window, street, "1")
    device = paired(window, street, name="Generous", origin=wire.origin, viewport=PHONE)
    till = device.new_page()
    unlock(till, street, wire.origin)
    ready_offline(till)
    before = _ready(street)
    wire.cut()
    offline_member(till, street, wire.origin)
    till.get_by_role("button", name="Given").first.click()
    till.get_by_text("Points will show when back online").wait_for()
    offline_member(till, street, wire.origin)
    till.get_by_text("1 action is saved and will be sent.").wait_for()  # said once rewards would have been offered
    expect(till.get_by_role("button", name="Given")).to_have_count(0)
    till.goto(f"{base_of(street, wire.origin)}queue")
    till.get_by_text("counts provisionally").wait_for()
    wire.mend()
    till.get_by_role("button", name="Send now").click()
    till.get_by_role("heading", name="Everything is sent").wait_for()
    assert _ready(street) == before - 1
    device.close()
    _allow_rewards(window, street, "0")


@pytest.mark.timeout(600)
@pytest.mark.parametrize("times", [FEW, pytest.param(MANY, marks=pytest.mark.long)])
def test_cut_at_random_moments_nothing_is_lost_and_nothing_is_doubled(
    till: Page, wire: Wire, street: Street, own_database: Database, times: int
) -> None:
    chance = random.Random(SEED)
    done: Counter[str] = Counter()
    for number in range(times):
        who = str(api(street, "POST", "/members", {"name": f"Guest {times} {number}"})["id"])
        count = chance.randint(1, 5)
        _reached(till, f"{base_of(street, wire.origin)}members/{who}")
        till.locator(".r-count label").nth(count - 1).click()
        cut = threading.Timer(chance.uniform(0, LONGEST_MS) / 1000, wire.cut)
        cut.start()
        till.locator("#punch-form .r-till-btn").click(no_wait_after=True)
        till.wait_for_function("() => !document.getElementById('punch-form')")
        cut.join()
        till.wait_for_timeout(chance.uniform(0, 300))
        wire.mend()
        done[who] += count
    till.goto(f"{base_of(street, wire.origin)}queue")
    till.get_by_role("heading", name="Everything is sent").wait_for()
    assert _recorded(street, own_database, set(done)) == (dict(done), times, [])


def _allow_rewards(window: Browser, street: Street, how_many: str) -> None:
    """Let the owner say how many rewards a till may give while it is cut off."""
    office = window.new_page()
    street.sign_in(office, street.shop.owner)
    office.goto(f"{street.origin}/b/{street.shop.slug}/tills")
    office.get_by_label("Rewards a till may give").fill(how_many)
    office.get_by_role("button", name="Save").click()
    office.get_by_text("Saved. It counts from the next tap on.").wait_for()
    office.close()


def _ready(street: Street) -> int:
    """How many rewards Cleo has ready, once all that she has bought has counted."""
    hers = f"/purchases?memberId={street.cleo}&limit=100"
    assert wait_until(lambda: all(row["earning"] == "done" for row in api(street, "GET", hers)["data"]), SENT_SECONDS)
    rows = api(street, "GET", f"/members/{street.cleo}/vouchers?limit=100")["data"]
    return sum(row["status"] == "available" for row in rows)


def _recorded(street: Street, database: Database, members: set[str]) -> tuple[dict[str, int], int, list[str]]:
    """(punches by member, how many purchases, what does not add up in the books), once all is settled."""
    made = create_app(settings_for(database))
    try:
        with made.app_context():
            with unit_of_work(street.shop.id):
                rows = session().execute(
                    select(Purchase.member_id, Purchase.count).where(
                        Purchase.source == "till", Purchase.kind == "punch"
                    )
                )
                mine = [(str(row[0]), row[1]) for row in rows if str(row[0]) in members]
            with unscoped("ledger verify") as whole:
                broken = [found.check for found in breaks(whole, street.shop.id)]
    finally:
        close(made)
    punches: Counter[str] = Counter()
    for member, count in mine:
        punches[member] += count
    return dict(punches), len(mine), broken


def _reached(page: Page, address: str) -> None:
    """Open a member's page of the server itself; the worker shows its own while the wire heals."""
    for _ in range(20):
        page.goto(address, wait_until="load")
        if page.locator("#punch-form").count():
            return
        page.wait_for_timeout(200)
    raise AssertionError(f"{address} cannot be reached")


def _mended_it_locks(till: Page, wire: Wire, street: Street) -> None:
    """The till locks by itself once it is online, and then everybody's name is gone from it."""
    wire.mend()
    till.evaluate("() => dispatchEvent(new Event('online'))")
    till.wait_for_url("**/till/lock")
    till.wait_for_load_state("load")
    wire.cut()
    till.goto(base_of(street, wire.origin))
    till.get_by_text("Nobody on this till’s list fits").wait_for()
