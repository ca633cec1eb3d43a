"""Users: login, access to the admin, membership in accounts."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import ValidationError
from django.db.models import Count, Model, QuerySet
from django.http import HttpRequest
from unfold.decorators import display
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from apps.accounts.models import User
from apps.core.errors import ApplicationError
from apps.identity.services import forget_sessions_of
from apps.identity.services.addresses import check_free_address, replace_address
from apps.operator.admin.auditing import AuditedAdmin
from apps.operator.admin.members import MembershipInline, save_memberships
from apps.operator.admin.pages import counted
from apps.teams.services.operators import revoke_keys_of_person

RIGHTS = ["is_staff", "is_superuser", "groups", "user_permissions"]

admin.site.unregister(Group)


@admin.register(Group)
class GroupAdmin(AuditedAdmin):
    """Permissions shared by several staff users."""

    search_fields = ["name"]
    search_help_text = "Name of the group"
    list_display = ["name", "people", "permission_count"]
    filter_horizontal = ["permissions"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Group]:
        """Rows with the numbers of their people and permissions."""
        rows: QuerySet[Group] = super().get_queryset(request)
        return rows.annotate(people_in_it=Count("user", distinct=True), permissions_of_it=Count("permissions", distinct=True))

    @display(description="people", ordering="people_in_it")
    def people(self, group: Any) -> int:
        return int(group.people_in_it)

    @display(description="permissions", ordering="permissions_of_it")
    def permission_count(self, group: Any) -> int:
        return int(group.permissions_of_it)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Permissions with their tables, in one query."""
        if db_field.name == "permissions":
            kwargs["queryset"] = Permission.objects.select_related("content_type").order_by("content_type__app_label", "codename")
        return super().formfield_for_manytomany(db_field, request, **kwargs)


class NewUserForm(UserCreationForm):
    class Meta:
        model = User
        fields = ["email"]


class UserForm(UserChangeForm):
    def clean_email(self) -> str:
        """Refuse an address that another person has verified."""
        email = str(self.cleaned_data["email"]).strip().lower()
        try:
            check_free_address(self.instance, email=email)
        except ApplicationError as error:
            raise ValidationError(error.message, code=error.code) from error
        return email


class MembershipsInline(MembershipInline):
    autocomplete_fields = ["account"]
    fields = ["account", "role"]
    verbose_name_plural = "accounts"


@admin.register(User)
class UserAdmin(AuditedAdmin, DjangoUserAdmin):  # type: ignore[type-arg]  # Django has no __class_getitem__ here
    form = UserForm
    add_form = NewUserForm
    change_password_form = AdminPasswordChangeForm
    ordering = ["email"]
    list_display = ["email", "name", "is_active", "is_staff", "is_superuser", "last_login", "created_at"]
    list_filter = ["is_active", "is_staff", "is_superuser"]
    search_fields = ["email", "name"]
    search_help_text = "Email address or name"
    readonly_fields = ["last_login", "created_at"]
    inlines = [MembershipsInline]
    fieldsets = [
        (None, {"fields": ["email", "name", "password"]}),
        ("Rights", {"fields": ["is_active", "is_staff", "is_superuser", "groups", "user_permissions"]}),
        ("Dates", {"fields": [("last_login", "created_at")]}),
    ]
    add_fieldsets = [(None, {"fields": ["email", "password1", "password2"]})]

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        """Permissions are granted by superusers alone: the staff cannot promote themselves."""
        fields = [*super().get_readonly_fields(request, obj)]
        return fields if request.user.is_superuser else [*fields, *RIGHTS]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse the staff to change a superuser, whose password they could then set."""
        is_above = obj is not None and obj.is_superuser and not request.user.is_superuser
        return bool(super().has_change_permission(request, obj)) and not is_above

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:  # noqa: FBT001 - Django's signature
        """Save with the consequences: a person who is locked out keeps neither sessions nor keys, a new address is the only one."""
        super().save_model(request, obj, form, change)
        if change and "email" in form.changed_data:
            replace_address(obj)
            self.message_user(request, "The next login asks for a code, which is sent to the new address.")
        if change and "is_active" in form.changed_data and not obj.is_active:
            forget_sessions_of(obj)
            revoked = revoke_keys_of_person(obj)
            self.message_user(request, f"Sessions ended, {counted(revoked, 'key')} revoked")

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:  # noqa: ARG002, FBT001 - Django's signature
        """Save the memberships by the services of teams, so that a removal has its consequences."""
        if revoked := save_memberships(request, formset):
            self.message_user(request, f"{counted(revoked, 'key')} of this person revoked")

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # noqa: ARG002
        """Deletion is refused: the actions of a user stay traceable. Clear `active` instead."""
        return False
