"""Read operations on categories and favourites, always of one account."""

from collections import Counter
from dataclasses import dataclass

from apps.accounts.models import Account
from apps.voice_library.models import Category, Favourite
from apps.voices.models import Voice


@dataclass(frozen=True, slots=True)
class CountedCategory:
    """Category with the number of the account's named voices in it."""

    name: str
    voices: int


def list_categories(account: Account) -> list[CountedCategory]:
    """Categories that the account made, and those that its voices have, by name."""
    counts: Counter[str] = Counter(dict.fromkeys(Category.objects.filter(account=account).values_list("name", flat=True), 0))
    for categories in Voice.objects.filter(account=account).exclude(categories=[]).values_list("categories", flat=True):
        counts.update(set(categories))
    return [CountedCategory(name, count) for name, count in sorted(counts.items())]


def list_favourite_ids(account: Account) -> list[str]:
    """Ids of the marked voices, the latest first."""
    marked = Favourite.objects.filter(account=account).select_related("voice")
    return [one.voice.voice_id if one.voice else one.built_in_voice for one in marked]
