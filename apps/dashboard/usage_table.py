"""Usage of a period as a table: the numbers of GET /v1/usage/, with the days without use."""

import csv
import io
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from apps.core.csv_cells import guard_formula
from apps.jobs.usage import Period, read_usage

GROUP_TITLES: Final = {"day": "Day", "model": "Model", "key": "Key"}
MEASURES: Final = ("jobs", "completed", "failed", "cancelled", "characters", "credits")
"""First characters by which spreadsheets take a text for a formula."""


@dataclass(frozen=True, slots=True)
class UsageRow:
    """Sums of one day, model or key."""

    name: str
    measures: dict[str, Any]


@dataclass(frozen=True, slots=True)
class UsageTable:
    group: str
    rows: list[UsageRow]
    total: dict[str, Any]

    @property
    def is_empty(self) -> bool:
        """True if nothing was done in the period."""
        return not self.total["jobs"]


def read_usage_table(account_id: int, *, period: Period, group_by: str) -> UsageTable:
    """Usage of the account. Days without use have a row of zeros, so that a chart has its gaps. 400 for an unknown group."""
    usage = read_usage(account_id, period=period, group_by=group_by)
    rows = [UsageRow(_name_of(row, group=group_by), {name: row[name] for name in MEASURES}) for row in usage["usage"]]
    return UsageTable(group_by, _with_all_days(rows, period=period) if group_by == "day" else rows, usage["total"])


def write_usage_csv(table: UsageTable) -> str:
    """The table with a line of headings, without its total."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow([table.group, *MEASURES])
    for row in table.rows:
        writer.writerow([guard_formula(row.name), *(row.measures[name] for name in MEASURES)])
    return file.getvalue()


def _name_of(row: dict[str, Any], *, group: str) -> str:
    if group != "key":
        return str(row[group]) or "None"
    key = row["key"]
    return f"{key['name']} ({key['prefix']}…)" if key else "Without a key"


def _with_all_days(rows: list[UsageRow], *, period: Period) -> list[UsageRow]:
    known = {row.name: row for row in rows}
    days = ((period.first + timedelta(days=count)).isoformat() for count in range((period.last - period.first).days + 1))
    return [known.get(day) or UsageRow(day, dict.fromkeys(MEASURES, 0)) for day in days]
