"""Menus of the dashboard for each role: only pages that the role may open."""

import re

import pytest
from django.test import Client

from apps.accounts.models import Role
from apps.accounts.roles import has_permission
from apps.website.navigation import DASHBOARD, dashboard_menu
from tests.factories import AccountFactory, MembershipFactory
from tests.pages.table import all_rows

ENTRIES = [entry for _, entries in DASHBOARD for entry in entries]


def test_each_entry_of_the_sidebar_names_the_permission_of_its_page() -> None:
    permissions = {f"/{row.path}": row.permission for row in all_rows() if row.method == "GET"}
    assert {entry.path: entry.permission for entry in ENTRIES} == {entry.path: permissions[entry.path] for entry in ENTRIES}


@pytest.mark.parametrize(
    ("role", "missing"),
    [
        (Role.OWNER, set()),
        (Role.DEVELOPER, {"Billing"}),
        (Role.VIEWER, {"Billing"}),
        (
            Role.BILLING,
            {
                "Jobs",
                "Batches",
                "Voices",
                "Pronunciations",
                "Conversations",
                "Projects",
                "Uploads",
                "API keys",
                "Webhooks",
                "Team",
                "Settings",
            },
        ),
    ],
)
def test_sidebar_leaves_out_what_the_role_may_not_open(role: Role, missing: set[str]) -> None:
    shown = {entry.title for _, entries in dashboard_menu(role) for entry in entries}
    assert {entry.title for entry in ENTRIES} - shown == missing


@pytest.mark.django_db
@pytest.mark.parametrize("role", list(Role))
def test_overview_has_no_link_to_a_page_that_the_role_may_not_open(client: Client, role: Role) -> None:
    client.force_login(MembershipFactory(account=AccountFactory(), role=role).user)
    links = set(re.findall(r'href="(/dashboard/[^"]*)"', client.get("/dashboard/").content.decode()))
    permissions = {f"/{row.path}": row.permission for row in all_rows() if row.method == "GET"}
    wanted = {link: permissions.get(link) for link in links}
    assert "/dashboard/usage/" in wanted
    assert not [link for link, permission in wanted.items() if permission is not None and not has_permission(role, permission)]
