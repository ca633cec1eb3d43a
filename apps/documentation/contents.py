"""Pages of the documentation: documents of the repository, rendered once per process."""

import tomllib
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path, PurePosixPath
from posixpath import normpath
from typing import Final

from django.conf import settings

from apps.documentation.markdown import SOUNDS, Rendered, render

CONTENTS: Final = Path(__file__).with_name("contents.toml")
ROOT_PATH: Final = "/docs/"


@dataclass(frozen=True)
class Page:
    """One document."""

    slug: str
    """Address below /docs/, without a slash at its end; empty for the start page."""
    file: str
    """Path of the document in the repository."""
    section: str
    description: str
    """One sentence for llms.txt and search engines."""

    @property
    def path(self) -> str:
        return f"{ROOT_PATH}{self.slug}/" if self.slug else ROOT_PATH

    @property
    def markdown_path(self) -> str:
        """Address of the document as Markdown."""
        return f"{ROOT_PATH}{self.slug or 'index'}.md"

    @cached_property
    def text(self) -> str:
        """The document, with links that lead to pages of the site."""
        return (Path(settings.BASE_DIR) / self.file).read_text("utf-8")

    @cached_property
    def rendered(self) -> Rendered:
        return render(self.text, resolve=self.resolve)

    @property
    def title(self) -> str:
        return self.rendered.title

    @property
    def heading(self) -> str:
        """The first line, which is the title, without rendering the document."""
        return self.text.partition("\n")[0].removeprefix("# ").strip()

    def resolve(self, link: str) -> tuple[str, str]:
        """Address and page's title of a link in this document. Files that are no pages stay as they are written."""
        target, _, anchor = link.partition("#")
        if not target or ":" in target or target.startswith("/") or target.endswith(SOUNDS):
            return link, ""
        page = pages_by_file().get(normpath(str(PurePosixPath(self.file).parent / target)))
        return (link, "") if page is None else (f"{page.path}{f'#{anchor}' if anchor else ''}", page.heading)


@dataclass(frozen=True, slots=True)
class Section:
    """Heading of the menu with its pages."""

    title: str
    pages: tuple[Page, ...]


@cache
def sections() -> tuple[Section, ...]:
    """The menu."""
    written = tomllib.loads(CONTENTS.read_text("utf-8"))["sections"]
    return tuple(
        Section(one["title"], tuple(Page(page["slug"], page["file"], one["title"], page["description"]) for page in one["pages"]))
        for one in written
    )


@cache
def pages() -> tuple[Page, ...]:
    """All pages in the order of the menu."""
    return tuple(page for section in sections() for page in section.pages)


@cache
def pages_by_file() -> dict[str, Page]:
    return {page.file: page for page in pages()}


def find_page(slug: str) -> Page | None:
    """The page at this address below /docs/."""
    return next((page for page in pages() if page.slug == slug), None)


def neighbours(page: Page) -> tuple[Page | None, Page | None]:
    """The pages before and after this one."""
    everything = pages()
    place = everything.index(page)
    return (everything[place - 1] if place else None, everything[place + 1] if place + 1 < len(everything) else None)
