"""Places of lines in the file that joins them."""

from apps.projects.services.planning import RenderOrder
from apps.projects.timeline import place_lines, total_seconds


def test_project_without_lines_has_an_empty_timeline() -> None:
    placed = place_lines([], order=RenderOrder())
    assert (placed, total_seconds(placed)) == ([], 0.0)
