"""Groups of operators, with the permissions of apps/operator/roles.py."""

from functools import reduce
from operator import or_

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.db.models import Q

from apps.operator.roles import ROLES, OperatorRole


def ensure_roles() -> int:
    """Create the groups of all roles and give each exactly its permissions; returns the number of groups created. Idempotent."""
    with transaction.atomic():
        return sum(_ensure(role) for role in ROLES)


def _ensure(role: OperatorRole) -> bool:
    group, is_new = Group.objects.get_or_create(name=role.name)
    wanted = set(permissions_of(role))
    if is_new or set(group.permissions.all()) != wanted:
        group.permissions.set(wanted)
    return is_new


def permissions_of(role: OperatorRole) -> list[Permission]:
    """Rows of the role's permissions. ValueError for one that does not exist: a programming error."""
    named = [Q(content_type__app_label=app, codename=name) for app, _, name in (one.partition(".") for one in role.permissions)]
    whole = [Q(content_type__app_label=app) for app in role.whole_apps]
    found = list(Permission.objects.select_related("content_type").filter(reduce(or_, [*named, *whole])))
    missing = {*role.permissions} - {f"{one.content_type.app_label}.{one.codename}" for one in found}
    if missing:
        raise ValueError(f"the role {role.name} names permissions that do not exist: {sorted(missing)}")
    return found
