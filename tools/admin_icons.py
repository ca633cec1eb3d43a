"""Makes the admin's icon font: the icons of django-unfold's Material Symbols that the admin uses, 10 kB instead of 290.

`pip install fonttools brotli` in an environment of its own, then `python -m tools.admin_icons <folder of the installed package unfold>` after an icon was
added or django-unfold was updated. The packages are needed here only, never to run the platform.
"""

import hashlib
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[1]
FOLDER: Final = ROOT / "apps" / "operator" / "static" / "operator" / "icons"
FONT: Final = FOLDER / "material-symbols.woff2"
NAMES: Final = FOLDER / "names.txt"
"""SHA-256 of the font, then a line for each icon in it."""
PATTERNS: Final = (
    re.compile(r"material-symbols-outlined[^<>]*>\s*([a-z0-9_]+)\s*<"),
    re.compile(r"\bicon=[\"']([a-z0-9_]+)[\"']"),
    re.compile(r"[\"'](?:icon|SITE_SYMBOL)[\"']: [\"']([a-z0-9_]+)[\"']"),
    re.compile(r"\{% else %\}([a-z_]+)\{% endif %\}</span>"),
)
MENU: Final = re.compile(r"\(\"[^\"]+\", \"([a-z0-9_]+)\", \"[a-z_]+\"\)")
CONTENT: Final = re.compile(r"content: ?\"([a-z_]+)\"")


def used_icons(unfold: Path) -> set[str]:
    """Names of the icons in the pages of django-unfold, in its styles and in the operator's admin."""
    found = set(CONTENT.findall((unfold / "static" / "unfold" / "css" / "styles.css").read_text()))
    found.update(MENU.findall((ROOT / "ttsai" / "settings" / "admin.py").read_text()))
    for path in _sources(unfold):
        text = path.read_text()
        found.update(name for pattern in PATTERNS for name in pattern.findall(text))
    return found


def recorded() -> tuple[str, set[str]]:
    """Digest of the font and the names of its icons, as the last run wrote them."""
    digest, *names = NAMES.read_text().split()
    return digest, set(names)


def digest_of(font: Path) -> str:
    return hashlib.sha256(font.read_bytes()).hexdigest()


def _sources(unfold: Path) -> Iterator[Path]:
    yield ROOT / "ttsai" / "settings" / "admin.py"
    for folder in (unfold, ROOT / "apps" / "operator"):
        for kind in ("*.html", "*.py"):
            yield from (path for path in folder.rglob(kind) if "contrib" not in path.parts)


def _keep_ligatures(font: Any, names: set[str]) -> set[str]:
    """Remove the ligatures of all other icons; returns the names that the font lacks."""
    letters = {glyph: chr(code) for code, glyph in font.getBestCmap().items()}
    missing = set(names)
    for table in (subtable for lookup in font["GSUB"].table.LookupList.Lookup for subtable in lookup.SubTable):
        for first, ligatures in list(table.ligatures.items()):
            spelled = {id(one): "".join(letters[glyph] for glyph in (first, *one.Component)) for one in ligatures}
            table.ligatures[first] = [one for one in ligatures if spelled[id(one)] in names]
            missing.difference_update(spelled.values())
            if not table.ligatures[first]:
                del table.ligatures[first]
    return missing


def main(unfold: Path) -> None:
    """Write the font and its list of names."""
    from fontTools import subset  # type: ignore[import-not-found,unused-ignore]
    from fontTools.ttLib import TTFont  # type: ignore[import-not-found,unused-ignore]

    names = used_icons(unfold)
    font = TTFont(unfold / "static" / "unfold" / "fonts" / "material-symbols" / "Material-Symbols-Outlined.woff2")
    if missing := _keep_ligatures(font, names):
        sys.exit(f"The font has no icons of these names: {sorted(missing)}")
    options = subset.Options(flavor="woff2", layout_features=["rlig"], hinting=False, desubroutinize=True)
    subsetter = subset.Subsetter(options)
    subsetter.populate(text="abcdefghijklmnopqrstuvwxyz0123456789_ ")
    subsetter.subset(font)
    FOLDER.mkdir(exist_ok=True)
    subset.save_font(font, str(FONT), options)
    NAMES.write_text("\n".join([digest_of(FONT), *sorted(names)]) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
