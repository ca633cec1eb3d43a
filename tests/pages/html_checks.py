"""Checks of every page: valid HTML5, names for all controls, links that lead somewhere, and nothing that the strict policy forbids."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

import html5lib
from django.urls import Resolver404, resolve

UNLABELLED = frozenset({"hidden", "submit", "button", "image", "reset"})
DATA_TYPES = frozenset({"application/json", "application/ld+json"})
LEADING = frozenset({"href", "action", "src", "hx-get", "hx-post", "data-play"})
"""Attributes with addresses."""
REFERRING = ("for", "aria-labelledby", "aria-describedby", "aria-controls", "popovertarget", "list")


def find_problems(html: str, *, is_fragment: bool, container: str = "div") -> list[str]:
    """Problems of a page or a fragment, each as a sentence."""
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    root = parser.parseFragment(html, container=container) if is_fragment else parser.parse(html)
    problems = [f"line {line}: {code} {values}" for (line, _), code, values in parser.errors]
    elements = list(_elements(root))
    parents = {child: parent for parent in root.iter() for child in parent}
    problems += [f"the id {name!r} stands there {count} times" for name, count in _ids(elements).items() if count > 1]
    problems += [problem for element in elements for problem in _element_problems(element, elements=elements, parents=parents)]
    problems += [] if is_fragment else [*_page_problems(elements), *_dangling(elements)]
    return problems


def _elements(root: Element) -> Iterator[Element]:
    """All elements, those inside of templates too; comments have no name."""
    return (element for element in root.iter() if isinstance(element.tag, str))


def _ids(elements: list[Element]) -> Counter[str]:
    return Counter(name for element in elements if (name := element.get("id")) is not None)


def _page_problems(elements: list[Element]) -> list[str]:
    problems = []
    html = next(element for element in elements if element.tag == "html")
    if not html.get("lang"):
        problems.append("the page has no language")
    title = next((element for element in elements if element.tag == "title"), None)
    if title is None or not _text(title):
        problems.append("the page has no title")
    headings = [_text(element) for element in elements if element.tag == "h1"]
    if len(headings) != 1 or not headings[0]:
        problems.append(f"the page has {len(headings)} h1: {headings}")
    referrer = next((element.get("content") for element in elements if element.get("name") == "referrer"), "")
    if referrer == "no-referrer" and any(element.tag == "form" and element.get("method") == "post" for element in elements):
        problems.append("browsers send the page's forms with `Origin: null`, which the CSRF check refuses")
    if len([element for element in elements if element.tag == "main"]) != 1:
        problems.append("the page has no main, or several")
    return problems


def _dangling(elements: list[Element]) -> list[str]:
    """References to ids that the page does not have."""
    known = set(_ids(elements))
    return [
        f"<{element.tag} {name}={value!r}> refers to nothing"
        for element in elements
        for name in REFERRING
        for value in (element.get(name) or "").split()
        if value not in known
    ]


def _element_problems(element: Element, *, elements: list[Element], parents: dict[Element, Element]) -> Iterator[str]:
    shown = f"<{element.tag} {' '.join(f'{name}={value[:60]!r}' for name, value in element.attrib.items())}>"
    yield from (f"{shown} {problem}" for problem in (*_policy_problems(element), *_link_problems(element)))
    is_control = element.tag in {"input", "select", "textarea"} and element.get("type") not in UNLABELLED
    if is_control and not _has_label(element, elements=elements, parents=parents):
        yield f"{shown} has no label"
    if "template" in _above(element, parents=parents):
        return  # its words come from a script
    is_pressed = element.tag == "button" or (element.tag == "a" and element.get("href") is not None)
    if is_pressed and not (_text(element) or _has_name(element)):
        yield f"{shown} has no name"
    if element.tag == "img" and element.get("alt") is None:
        yield f"{shown} has no alt"
    if "table-scroll" in (element.get("class") or "").split() and not all(element.get(name) for name in ("tabindex", "role", "aria-label")):
        yield f"{shown} scrolls, but the keyboard does not reach it: docs/website.md"


def _policy_problems(element: Element) -> Iterator[str]:
    """Attributes and elements that the strict policy forbids."""
    for name, value in element.attrib.items():
        if re.fullmatch(r"on\w+", name) or name.startswith("hx-on"):
            yield "has a handler in the page"
        if name == "style":
            yield "has a style in the page"
        if name in {"href", "src", "action"} and value.strip().lower().startswith("javascript:"):
            yield "runs a script"
    if element.tag == "script" and element.get("src") is None and element.get("type") not in DATA_TYPES:
        yield "is a script in the page"
    if element.tag == "style" and element.get("nonce") is None:
        yield "is a style in the page without a nonce"


def _link_problems(element: Element) -> Iterator[str]:
    """Addresses of pages and of the API that this site does not have. Files are not routes of Django."""
    for name in LEADING & set(element.attrib):
        path = urlsplit(element.attrib[name]).path
        if not re.fullmatch(r"/(?!/|static/)[^.]*", element.attrib[name].partition("?")[0].partition("#")[0]):
            continue
        try:
            resolve(path)
        except Resolver404:
            yield f"leads to {path}, which does not exist"


def _has_label(element: Element, *, elements: list[Element], parents: dict[Element, Element]) -> bool:
    if _has_name(element):
        return True
    own = element.get("id")
    if own and any(label.tag == "label" and label.get("for") == own and _text(label) for label in elements):
        return True
    return "label" in _above(element, parents=parents)


def _above(element: Element, *, parents: dict[Element, Element]) -> set[str]:
    """Names of the elements that the element is in."""
    names: set[str] = set()
    while element in parents:
        element = parents[element]
        names.add(str(element.tag))
    return names


def _has_name(element: Element) -> bool:
    inside: list[Any] = [child for child in element.iter() if isinstance(child.tag, str)]
    return any(one.get("aria-label") or one.get("aria-labelledby") or one.get("alt") or one.get("title") for one in inside)


def _text(element: Element) -> str:
    return "".join(element.itertext()).strip()
