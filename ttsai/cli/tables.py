"""Tables on standard output."""

from collections.abc import Iterable, Sequence
from typing import Final

IDS: Final = frozenset({"uuid", "voice", "model", "key"})
"""Columns that other commands take as arguments: never cut or broken, whatever the width of the terminal."""
WIDEST: Final = 10_000


def print_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a table. On a terminal the columns without ids are folded to its width; elsewhere each row is one line."""
    from rich.console import Console
    from rich.measure import Measurement
    from rich.table import Table
    from rich.text import Text

    table, lines = Table(), [*rows]
    for number, name in enumerate(head):
        longest = max((len(line[number]) for line in lines), default=0)
        table.add_column(name, overflow="fold", no_wrap=name in IDS, min_width=longest if name in IDS else None)
    for line in lines:
        table.add_row(*(Text(cell) for cell in line))
    console = Console()
    needed = Measurement.get(console, console.options.update(max_width=WIDEST), table)
    Console(width=max(console.width, needed.minimum) if console.is_terminal else needed.maximum).print(table)
