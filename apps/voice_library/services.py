"""Write operations on categories and favourites."""

from typing import Final

from django.db import transaction

from apps.accounts.models import Account
from apps.catalog.selectors import list_models
from apps.core.errors import ConflictError, NotFoundError
from apps.voice_library.models import Category, Favourite
from apps.voice_library.selectors import CountedCategory, list_categories
from apps.voices.models import Voice

MOST_CATEGORIES: Final = 200
MOST_FAVOURITES: Final = 1000


def create_category(account: Account, *, name: str) -> CountedCategory:
    """Make a category without voices. 409 category_exists, too_many_categories."""
    with transaction.atomic():
        _lock(account)
        known = {one.name for one in list_categories(account)}
        if name in known:
            raise ConflictError(
                f"The category {name!r} exists already. GET /api/categories lists them.", code="category_exists", param="name"
            )
        if len(known) >= MOST_CATEGORIES:
            message = f"An account has at most {MOST_CATEGORIES} categories. DELETE /api/categories removes one."
            raise ConflictError(message, code="too_many_categories", param="name")
        Category.objects.create(account=account, name=name)
    return CountedCategory(name, 0)


def delete_category(account: Account, *, name: str) -> int:
    """Delete a category and take it from the account's voices, which stay; returns their number. 404 category_not_found."""
    with transaction.atomic():
        _lock(account)
        deleted, _ = Category.objects.filter(account=account, name=name).delete()
        voices = list(Voice.objects.select_for_update().filter(account=account, categories__contains=[name]))
        if not deleted and not voices:
            message = f"There is no category {name[:100]!r} in your account. GET /api/categories lists them."
            raise NotFoundError(message, code="category_not_found", param="name")
        for voice in voices:
            voice.categories = [one for one in voice.categories if one != name]
        Voice.objects.bulk_update(voices, ["categories"])
    return len(voices)


def toggle_favourite(account: Account, *, voice_id: str) -> bool:
    """Mark a voice, or take the mark away; True if it is marked now. 404 voice_not_found, 409 too_many_favourites."""
    with transaction.atomic():
        _lock(account)
        wanted = _voice_fields(account, voice_id=voice_id)
        if Favourite.objects.filter(account=account, **wanted).delete()[0]:
            return False
        if Favourite.objects.filter(account=account).count() >= MOST_FAVOURITES:
            message = f"An account marks at most {MOST_FAVOURITES} voices. POST /api/favorites/<id> takes a mark away."
            raise ConflictError(message, code="too_many_favourites", param="voice_id")
        Favourite.objects.create(account=account, **wanted)
    return True


def _voice_fields(account: Account, *, voice_id: str) -> dict[str, object]:
    """Columns of a favourite for this voice."""
    own = Voice.objects.filter(account=account, voice_id=voice_id).first()
    if own is not None:
        return {"voice": own}
    is_known = any(voice_id in engine.voices for engine in list_models())
    if is_known or Favourite.objects.filter(account=account, built_in_voice=voice_id).exists():
        return {"built_in_voice": voice_id}  # a mark of a voice that is gone can still be taken away
    message = f"There is no voice {voice_id[:100]!r}. GET /api/voices lists the built-in ones and yours."
    raise NotFoundError(message, code="voice_not_found", param="voice_id")


def _lock(account: Account) -> None:
    """Two requests of an account do not both take the last place, and do not both toggle."""
    Account.objects.select_for_update().get(pk=account.pk)
