"""The words that find a member, and the beginnings that are looked for."""

from app.domain.member_words import words_of, words_sought


def test_a_name_a_key_and_the_end_of_a_phone_are_words() -> None:
    words = words_of(name="Cleo O'Hara", email="c.ray@x.com", phone="+380501234567", code="ABCD2345", external_id="007")
    assert words >= {"cleo", "hara", "c.ray@x.com", "ray", "380501234567", "501234567", "4567", "abcd2345", "007", "7"}


def test_nothing_known_is_no_words() -> None:
    assert words_of() == set()


def test_digits_in_any_form_are_one_word_without_leading_zeros() -> None:
    assert words_sought("050 123-45") == ["5012345"]
    assert words_sought("+38 (050)") == ["38050"]
    assert words_sought("0") == ["0"]


def test_an_address_is_one_word_and_a_name_as_many_as_it_has() -> None:
    assert words_sought("Cleo.Ray@x.com  O'Hara") == ["cleo.ray@x.com", "o", "hara"]
    assert words_sought("  ") == []


def test_a_key_of_several_parts_is_found_as_it_is_typed() -> None:
    words = words_of(code="7KQ2MX", external_id="ANON-0000-0012")
    for typed in ("ANON-0000-0012", "anon 0000", "0012", "7kq2"):
        assert all(any(word.startswith(part) for word in words) for part in words_sought(typed)), typed
