"""The app's pages, relative to `/`."""

from django.urls import URLPattern, URLResolver, path

from apps.teams import account_views, invitation_views, team_views

urlpatterns: list[URLPattern | URLResolver] = [
    path("dashboard/team/", team_views.show_team, name="teams_team"),
    path("dashboard/team/invite/", team_views.invite, name="teams_invite"),
    path("dashboard/team/invitations/<int:invitation_id>/resend/", team_views.resend, name="teams_resend"),
    path("dashboard/team/invitations/<int:invitation_id>/revoke/", team_views.revoke, name="teams_revoke"),
    path("dashboard/team/members/<int:membership_id>/role/", team_views.change_role, name="teams_change_role"),
    path("dashboard/team/members/<int:membership_id>/remove/", team_views.remove, name="teams_remove"),
    path("dashboard/team/members/<int:membership_id>/transfer/", team_views.transfer, name="teams_transfer"),
    path("dashboard/team/leave/", team_views.leave, name="teams_leave"),
    path("dashboard/team/rename/", team_views.rename, name="teams_rename"),
    path("account/switch/", account_views.switch_account, name="teams_switch_account"),
    path("invitations/open/", invitation_views.show_invitation, name="teams_invitation"),
    path("invitations/open/accept/", invitation_views.accept, name="teams_accept"),
    path("invitations/open/decline/", invitation_views.decline, name="teams_decline"),
    path("invitations/<str:token>/", invitation_views.open_link, name="teams_open_link"),
]
