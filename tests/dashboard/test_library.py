"""Pronunciations, voices, the overview's first steps, conversations and uploads of the dashboard."""

from datetime import UTC, datetime

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from apps.accounts.callers import Caller
from apps.accounts.models import Account
from apps.conversations.selectors import titles_of
from apps.jobs.models import Job
from apps.playground.tools.voice_recording import CONSENT
from apps.pronunciations.models import Pronunciation
from apps.voice_profiles.models import VoiceProfile
from apps.voices.models import Voice
from apps.webhooks.models import Endpoint
from tests.factories_jobs import announce, caller, engine_spec, submit, work_off
from tests.pages.dashboard import make_conversation, make_voice


def words(account: Account) -> list[tuple[str, str, str, bool]]:
    entries = Pronunciation.objects.filter(account=account).order_by("pk")
    return list(entries.values_list("word", "replacement", "language", "case_sensitive"))


def send_file(client: Client, content: bytes) -> tuple[int, str]:
    answer = client.post("/dashboard/pronunciations/import/", {"file": SimpleUploadedFile("words.csv", content)})
    return answer.status_code, answer.content.decode()


def test_a_dictionary_that_is_exported_can_be_imported_elsewhere(owner: Client, account: Account) -> None:
    given = [("GIF", "jiff", "en", True), ("Comma, here", 'a "quote"', "", False), ("=SUM", "sum", "", False)]
    for word, replacement, language, is_exact in given:
        Pronunciation.objects.create(account=account, word=word, replacement=replacement, language=language, case_sensitive=is_exact)
    exported = owner.get("/dashboard/pronunciations/export/").content
    assert b"\r\n'=SUM,sum" in exported, "no spreadsheet computes it"
    Pronunciation.objects.all().delete()
    assert send_file(owner, exported)[0] == 302
    assert sorted(words(account)) == sorted(given)


INVALID_FILES: list[tuple[bytes, str]] = [
    (b"", "The file has no entries."),
    (b"word,replacement\nGIF\n", "Line 1 has no replacement."),
    (b"word,colour\nGIF,jiff\n", "Unknown column &#x27;colour&#x27;."),
    (b"GIF,jiff,en,maybe\n", "Line 1: case_sensitive is true or false, not &#x27;maybe&#x27;."),
    (b"GIF,jiff,en,true,more\n", "Line 1 has 5 columns"),
    (b"GIF,jiff\nB," + b"x" * 201 + b"\n", "Line 2: replacement must have at most 200 characters"),
    (b"GIF,jiff,!!\n", "Line 1: language must be a tag"),
    (b"\xff\xfe\x00", "The file is not UTF-8."),
    (b"a\x00b,c\n", "The file contains a NUL character"),
    (b"\n".join(b"w%d,x" % count for count in range(201)), "The file has 201 entries"),
    (b"x" * 200_001, "at most 200,000 are read"),
]


def test_an_invalid_file_changes_nothing_and_says_the_line(owner: Client, account: Account) -> None:
    for content, message in INVALID_FILES:
        status, page = send_file(owner, content)
        assert status == 400
        assert message in page
    assert words(account) == []


def test_changing_an_entry_to_the_word_of_another_is_refused_beside_the_field(owner: Client, account: Account) -> None:
    first, second = (Pronunciation.objects.create(account=account, word=word, replacement="x") for word in ("GIF", "PNG"))
    answer = owner.post(f"/dashboard/pronunciations/{second.pk}/", {"word": "gif", "replacement": "y"})
    assert answer.status_code == 400
    assert "Another entry has the word" in str(answer.context["form"].errors["word"])
    assert words(account) == [("GIF", "x", "", False), ("PNG", "x", "", False)]
    assert (
        owner.post(f"/dashboard/pronunciations/{first.pk}/", {"word": "JPG", "replacement": "jay peg", "language": "en"}).status_code == 302
    )
    assert words(account)[0] == ("JPG", "jay peg", "en", False)


def test_saving_a_voice_changes_its_name_words_and_categories(owner: Client, account: Account) -> None:
    voice = make_voice(account)
    form = {"name": "Joe", "description": "Calm.", "labels": "accent: Irish\nage: old", "categories": "Books, News, Books"}
    assert owner.post(f"/dashboard/voices/{voice.voice_id}/", form).status_code == 302
    profile = VoiceProfile.objects.get(account=account, voice_id=voice.voice_id)
    assert (profile.description, profile.labels) == ("Calm.", {"accent": "Irish", "age": "old"})
    voice = Voice.objects.get()
    assert (voice.name, voice.categories) == ("Joe", ["Books", "News"])


def test_page_of_a_voice_waits_for_its_sample_which_is_spoken_last(owner: Client, account: Account, sender: Caller) -> None:
    voice = make_voice(account)
    voice.enrolment.job = submit(sender, "These are the first words of the voice.").job
    voice.enrolment.save()
    page = f"/dashboard/voices/{voice.voice_id}/"
    assert f'hx-get="{page}state/"' in owner.get(page).content.decode()
    assert "HX-Refresh" not in owner.get(f"{page}state/").headers
    work_off()
    assert owner.get(f"{page}state/").headers["HX-Refresh"] == "true"
    assert "hx-get" not in owner.get(page).content.decode()


INVALID_FIELDS: list[tuple[str, str, str]] = [
    ("name", "", "This field is required."),
    ("name", "Two\u2028lines", "one line of printable characters"),
    ("labels", "accent", "has no name and value"),
    ("labels", "\n".join(f"a{count}: b" for count in range(21)), "at most 20 labels"),
    ("categories", "x" * 51, "at most 50 characters"),
]


def test_an_invalid_field_of_a_voice_is_explained_and_nothing_is_saved(owner: Client, account: Account) -> None:
    voice = make_voice(account)
    for field, value, message in INVALID_FIELDS:
        answer = owner.post(f"/dashboard/voices/{voice.voice_id}/", {"name": "Joe", field: value})
        assert answer.status_code == 400
        assert message in str(answer.context["form"].errors[field])
    assert Voice.objects.get().name == voice.name


def test_deleting_a_voice_deletes_its_words_too(owner: Client, account: Account) -> None:
    voice = make_voice(account)
    VoiceProfile.objects.create(account=account, voice_id=voice.voice_id, description="Calm.")
    answer = owner.post(f"/dashboard/voices/{voice.voice_id}/delete/", follow=True)
    assert (Voice.objects.count(), VoiceProfile.objects.count()) == (0, 0)
    assert "is deleted, with its recordings." in answer.content.decode()


def test_revoking_the_consent_stops_the_voice_and_a_new_one_starts_it(owner: Client, account: Account) -> None:
    voice = make_voice(account)
    owner.post(f"/dashboard/voices/{voice.voice_id}/consent/revoke/")
    voice.enrolment.refresh_from_db()
    assert voice.enrolment.is_revoked
    owner.post(f"/dashboard/voices/{voice.voice_id}/consent/", {"statement": "I agree again.", "given_by": "Joe"})
    voice.enrolment.refresh_from_db()
    assert not voice.enrolment.is_revoked
    assert "I agree again." in owner.get(f"/dashboard/voices/{voice.voice_id}/").content.decode()


def test_first_steps_are_ticked_as_they_are_done_and_then_disappear(owner: Client, account: Account) -> None:
    def done() -> list[bool]:
        return [step.is_done for step in owner.get("/dashboard/").context["overview"].steps]

    assert done() == [False, False, False, False]
    sender = caller(account)
    assert done() == [True, False, False, False]
    submit(sender, "Hello.")
    work_off()
    assert done() == [True, True, True, False]
    Endpoint.objects.create(account=account, url="https://example.org/hook", events=["job.completed"])
    assert done() == []


def test_conversation_has_a_title_before_anybody_has_read_its_texts(owner: Client, account: Account, sender: Caller) -> None:
    question = "Tell me about the seagulls of the northern harbour, and of the penguins that live beside the lighthouse there."
    asked, silent = (account.conversations.create(created_at=datetime(2026, 11, day, tzinfo=UTC)) for day in (29, 30))
    asked.turns.create(job=submit(sender, question).job)
    Job.objects.filter(turn__conversation=asked).update(kind="voice-chat", params={"text": question})
    assert titles_of([asked, silent]) == {
        asked.uuid: "Tell me about the seagulls of the northern harbour, and of the penguins that…",
        silent.uuid: "Conversation of 30 Nov 2026",
    }
    listed = owner.get("/dashboard/conversations/").content.decode()
    assert "penguins that…" in listed
    assert "Conversation of 30 Nov 2026" in listed
    assert "<h1>Conversation of 30 Nov 2026</h1>" in owner.get(f"/dashboard/conversations/{silent.uuid.hex}/").content.decode()


def test_a_conversation_that_is_being_answered_is_not_deleted(owner: Client, account: Account, sender: Caller) -> None:
    conversation = make_conversation(account)
    turn = conversation.turns.get()
    turn.job = submit(sender, "Next?").job
    turn.save()
    answer = owner.post(f"/dashboard/conversations/{conversation.uuid.hex}/delete/", follow=True)
    assert "not answered yet" in answer.content.decode()
    assert account.conversations.count() == 1


def test_both_pages_of_new_voices_show_one_consent_and_the_limits_of_the_api(owner: Client) -> None:
    announce(engine_spec(has_cloning=True), engine_spec("enrol", kind="enrol", has_cloning=False))
    tool, page = (owner.get(path).content.decode() for path in ("/voice-cloning/", "/dashboard/voices/new/"))

    def consent_of(html: str) -> str:
        return html.partition("data-consent-form>")[2].partition("</fieldset>")[0]

    assert f"<span data-consent-text>{CONSENT}</span>" in consent_of(tool)
    assert consent_of(tool) == consent_of(page)
    limits = 'data-max-bytes="20000000" data-max-seconds="600.0"'
    assert (limits in tool, limits in page) == (True, True)
    assert ("data-several" in tool, "data-several" in page) == (False, True)
