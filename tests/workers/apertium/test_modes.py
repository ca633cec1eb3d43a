"""Language pairs in files laid out as in Apertium's packages; real pairs are tested in test_apertium.py."""

from pathlib import Path

from workers.apertium.modes import find_routes


def install(root: Path, *names: str, programs: tuple[str, ...] = ("lt-proc",), files: tuple[str, ...] = ("x.bin",)) -> Path:
    """Unpacked Apertium with these modes, each of which runs lt-proc on /usr/share/apertium/x.bin and then lrx-proc."""
    share = root / "usr" / "share" / "apertium"
    (share / "modes").mkdir(parents=True)
    (root / "usr" / "bin").mkdir(parents=True)
    for program in programs:
        (root / "usr" / "bin" / program).write_text("")
    for file in files:
        (share / file).write_text("data")
    for name in names:
        (share / "modes" / f"{name}.mode").write_text(
            "lt-proc $1 -w '/usr/share/apertium/x.bin' | lt-proc -g $2 '/usr/share/apertium/x.bin'\n"
        )
    return root


def test_a_mode_is_run_without_a_shell_from_where_it_lies(tmp_path: Path) -> None:
    root = install(tmp_path, "eng-spa")
    (mode,) = find_routes([root]).routes["en", "es"]
    program, data = str(root / "usr/bin/lt-proc"), str(root / "usr/share/apertium/x.bin")
    assert mode.stages == ((program, "-n", "-w", data), (program, "-g", data))
    assert mode.installation.environment()["PATH"].startswith(f"{root}/usr/bin:")
    assert set(mode.installation.environment()) == {"PATH", "LC_ALL", "LD_LIBRARY_PATH"}


def test_modes_of_a_spelling_or_a_part_of_a_pipeline_are_no_pairs(tmp_path: Path) -> None:
    root = install(tmp_path, "spa-eng_US", "eco-es-fr", "eng-spa-tagger", "pt-es")
    assert set(find_routes([root]).routes) == {("pt", "es")}


def test_a_mode_whose_program_or_data_is_missing_is_not_offered(tmp_path: Path) -> None:
    assert find_routes([install(tmp_path / "a", "eng-spa", programs=())]).routes == {}
    assert find_routes([install(tmp_path / "b", "eng-spa", files=())]).routes == {}


def test_a_mode_that_names_what_is_no_program_is_not_offered(tmp_path: Path) -> None:
    root = install(tmp_path, "eng-spa")
    for command in ("/bin/sh -c 'touch x'", "../lt-proc x", "lt-proc 'unclosed", ""):
        (root / "usr/share/apertium/modes/eng-spa.mode").write_text(command)
        assert find_routes([root]).routes == {}


def test_two_modes_make_a_chain_and_a_direct_one_is_preferred(tmp_path: Path) -> None:
    routes = find_routes([install(tmp_path, "eng-spa", "spa-fra", "eng-cat", "cat-fra", "cat-ita")])
    assert [mode.target for mode in routes.routes["en", "fr"]] == ["es", "fr"]
    assert [mode.target for mode in routes.routes["en", "it"]] == ["ca", "it"]
    assert [mode.target for mode in routes.routes["en", "es"]] == ["es"]
    assert ("fr", "en") not in routes.routes
    assert routes.languages == ("ca", "en", "es", "fr", "it")


def test_the_first_place_that_has_a_pair_is_taken(tmp_path: Path) -> None:
    first, second = install(tmp_path / "a", "eng-spa"), install(tmp_path / "b", "eng-spa", "spa-eng")
    routes = find_routes([first, second, tmp_path / "nothing"]).routes
    assert routes["en", "es"][0].installation.root == first
    assert routes["es", "en"][0].installation.root == second


def test_new_data_is_another_version(tmp_path: Path) -> None:
    root = install(tmp_path, "eng-spa")
    before = find_routes([root]).digest
    assert find_routes([root]).digest == before
    (root / "usr/share/apertium/x.bin").write_text("newer data")
    assert find_routes([root]).digest != before
