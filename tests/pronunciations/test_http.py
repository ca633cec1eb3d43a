"""/v1/pronunciations/ for the owner, a colleague and an outsider."""

import pytest
from django.test import Client

from apps.pronunciations.models import Pronunciation
from apps.pronunciations.selectors import account_rules
from tests.factories import AccountFactory, bearer, make_key
from workers.contract.markup import PronunciationRule

pytestmark = pytest.mark.django_db
PATH = "/v1/pronunciations/"
GIF = {"word": "GIF", "replacement": "jiff"}


def test_an_entry_is_added_listed_and_removed(client: Client) -> None:
    key, secret = make_key()
    added = client.post(PATH, GIF, content_type="application/json", headers=bearer(secret)).json()
    assert (added["word"], added["replacement"], added["language"], added["case_sensitive"]) == ("GIF", "jiff", "", False)
    listed = client.get(PATH, headers=bearer(secret)).json()
    assert (listed["total"], listed["pronunciations"][0]["id"]) == (1, added["id"])
    assert account_rules(key.account_id) == (PronunciationRule("GIF", "jiff"),)
    assert client.delete(f"{PATH}?id={added['id']}", headers=bearer(secret)).status_code == 200
    assert Pronunciation.objects.count() == 0


def test_the_same_word_again_changes_its_entry(client: Client) -> None:
    _, secret = make_key()
    first = client.post(PATH, GIF, content_type="application/json", headers=bearer(secret)).json()
    again = client.post(PATH, {"word": "gif", "replacement": "giff"}, content_type="application/json", headers=bearer(secret)).json()
    assert (again["id"], again["replacement"], Pronunciation.objects.count()) == (first["id"], "giff", 1)
    exact = {**GIF, "case_sensitive": True}
    assert client.post(PATH, exact, content_type="application/json", headers=bearer(secret)).json()["id"] != first["id"]


def test_a_colleague_shares_the_dictionary_and_an_outsider_does_not(client: Client) -> None:
    account = AccountFactory()
    _, owner = make_key(account)
    _, colleague = make_key(account)
    _, outsider = make_key()
    entry = client.post(PATH, GIF, content_type="application/json", headers=bearer(owner)).json()
    assert client.get(PATH, headers=bearer(colleague)).json()["total"] == 1
    assert client.get(PATH, headers=bearer(outsider)).json()["total"] == 0
    assert client.delete(f"{PATH}?id={entry['id']}", headers=bearer(outsider)).status_code == 404
    assert Pronunciation.objects.count() == 1


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"word": "x"},
        {"word": "", "replacement": "y"},
        {"word": "x" * 101, "replacement": "y"},
        {"word": "x", "replacement": "y" * 201},
        {"word": "x", "replacement": "y", "language": "not a language"},
        {"word": ["x"], "replacement": "y"},
        {"word": "x", "replacement": "y", "case_sensitive": "perhaps"},
    ],
)
def test_a_bad_entry_is_400(client: Client, body: dict[str, object]) -> None:
    _, secret = make_key()
    answer = client.post(PATH, body, content_type="application/json", headers=bearer(secret))
    assert (answer.status_code, answer.json()["error"]["type"]) == (400, "invalid_request_error")


@pytest.mark.parametrize("query", ["", "?id=abc", "?id=0", "?id=99999999999999999999999"])
def test_a_bad_id_is_400(client: Client, query: str) -> None:
    _, secret = make_key()
    assert client.delete(f"{PATH}{query}", headers=bearer(secret)).status_code == 400


def test_the_two_hundred_and_first_entry_is_refused(client: Client) -> None:
    key, secret = make_key()
    Pronunciation.objects.bulk_create(Pronunciation(account=key.account, word=f"word{n}", replacement="x") for n in range(200))
    answer = client.post(PATH, GIF, content_type="application/json", headers=bearer(secret))
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "too_many_pronunciations")
