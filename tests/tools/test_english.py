"""The wording check of `make check`."""

from pathlib import Path

import pytest

from tools.english import FIRST_WORDS, findings_of, main, python_files


@pytest.mark.parametrize("word", FIRST_WORDS)
def test_a_docstring_beginning_with_a_forbidden_word_is_reported(word: str) -> None:
    (finding,) = findings_of(f'def area(side):\n    """{word} the caller needs."""\n')
    assert finding.startswith(f'2 docstring begins with "{word}"')


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ('"""Of the module."""\n', 1),
        ('class Square:\n    """Of the class."""\n', 2),
        ('async def area():\n    """\n    Of the function, behind a line break.\n    """\n', 2),
        ('SIDE = 4\n"""Of the module\'s constant."""\n', 2),
        ('class Square:\n    side: int\n    """Of the attribute."""\n', 3),
        ('class Square:\n    def __init__(self):\n        self.side = 4\n        """Of the instance\'s attribute."""\n', 4),
        ('r"""Of a raw \\d string."""\n', 1),
    ],
)
def test_every_kind_of_docstring_is_checked(source: str, line: int) -> None:
    (finding,) = findings_of(source)
    assert finding.startswith(f'{line} docstring begins with "Of"')


@pytest.mark.parametrize("text", ["Offset of the piece.", "Whichever is first.", "Number of pieces. Of these, one is empty.", "Thatched."])
def test_other_docstrings_are_accepted(text: str) -> None:
    assert findings_of(f'"""{text}"""\nNAME = "What is this?"\nprint("Who is there?")\n') == []


@pytest.mark.parametrize("name", ["test_sums", "test_no_one", "test_nobody_ever_starves", "test__a__b__c_"])
def test_a_test_name_shorter_than_four_words_is_reported(name: str) -> None:
    (finding,) = findings_of(f"class TestSums:\n    def {name}(self): ...\n")
    assert finding.startswith(f"2 {name} has ")


@pytest.mark.parametrize("name", ["test_what_is_wrong_is_told", "test_where_no_key_is_needed", "test_whoever_waits_gets_it"])
def test_a_test_name_beginning_with_an_interrogative_is_reported(name: str) -> None:
    assert findings_of(f"def {name}(): ...\n") == [f"1 {name} begins with an interrogative; begin with the unit under test"]


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("test_of_two_pieces_one_is_taken", "begins with 'of'"),
        ("test_owner_of_a_voice_is_told", "has 'told'"),
        ("test_a_stream_goes_on_alone", "has 'goes_on'"),
    ],
)
def test_a_test_name_with_a_riddle_is_reported(name: str, part: str) -> None:
    (finding,) = findings_of(f"def {name}(): ...\n")
    assert finding.startswith(f"1 {name} {part}")


def test_names_of_four_words_and_other_functions_are_accepted() -> None:
    assert findings_of("def test_one_two_three_four(): ...\ndef testing(): ...\ndef check(): ...\n") == []


def test_main_prints_path_and_line_and_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad, good = tmp_path / "bad.py", tmp_path / "good.py"
    bad.write_text('"""Good."""\n\n\ndef test_it():\n    """How it works."""\n')
    good.write_text('"""Good."""\n')
    assert main([str(good)]) == 0
    assert main([str(good), str(bad)]) == 1
    assert [line.split(" ")[0] for line in capsys.readouterr().out.splitlines()] == [f"{bad}:4", f"{bad}:5"]


def test_the_whole_repository_is_checked_with_its_migrations() -> None:
    listed = python_files()
    assert {"apps/jobs/models.py", "workers/celery.py", "tests/tools/test_english.py", "apps/jobs/migrations/0002_stages.py"} <= set(listed)


@pytest.mark.parametrize(
    "source",
    [
        'def plan_job(order):\n    """Job for the order."""\n    return order\n',
        'class VoiceListView:\n    """List voices."""\n\n    page = 1\n',
        'class Rate:\n    def of_errors(self):\n        """The rate of the errors."""\n        return 1\n',
        'async def cancel(job):\n    """Cancels a job."""\n    await job\n',
    ],
)
def test_docstring_that_repeats_the_name_is_reported(source: str) -> None:
    (finding,) = findings_of(source)
    assert "repeats its name; say what the name does not" in finding


@pytest.mark.parametrize(
    "source",
    [
        'def plan_job(order):\n    """Job for the order. 400 for an unknown voice."""\n',
        'def share(part):\n    """Share of the part, from 0 to 1."""\n',
        'def read_ratio(text):\n    """The ratio: `3:1`."""\n',
        'def stop():\n    """Stop, if it runs."""\n',
        'class SlotSerializer:\n    """One slot."""\n',
        'class VoiceView:\n    def get(self, request):\n        """Get one voice."""\n',
    ],
)
def test_docstring_with_units_errors_examples_or_readers_is_accepted(source: str) -> None:
    assert findings_of(source) == []


@pytest.mark.parametrize(
    "source",
    [
        "def _told(error): ...\n",
        "class HeraldOfJobs: ...\n",
        "def plan(**wishes): ...\n",
        "port_remembered = 1\n",
        "class Square:\n    def __init__(self):\n        self.twin = 1\n",
        "for told_job in (): ...\n",
        "def place_survey(): ...\n",
    ],
)
def test_identifier_with_a_forbidden_word_is_reported(source: str) -> None:
    (finding,) = findings_of(source)
    assert "name the thing itself" in finding


def test_identifier_with_an_inexact_verb_is_reported() -> None:
    (finding,) = findings_of("class Job:\n    def _go_on(self): ...\n")
    assert "no exact verb" in finding


def test_test_names_and_words_that_contain_a_forbidden_one_are_accepted() -> None:
    assert findings_of("def test_owner_has_a_twin_here(): ...\ntoldya = 1\nprint(told)\n") == []
