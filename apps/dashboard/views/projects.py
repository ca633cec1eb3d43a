"""GET /dashboard/projects/: compositions, which the API makes and renders."""

from django.http.response import HttpResponseBase

from apps.dashboard.job_rows import audio_path
from apps.dashboard.pages import dashboard_page, show
from apps.jobs.models import Job
from apps.projects.kinds import COMPOSITION
from apps.projects.selectors import count_projects, list_projects
from apps.teams.access import AccountRequest

MOST_SHOWN = 100


@dashboard_page("GET")
def project_list(request: AccountRequest) -> HttpResponseBase:
    """Projects, the one that was changed last first, with the latest render of each."""
    found = list_projects(request.caller, limit=MOST_SHOWN, offset=0)
    renders = Job.objects.filter(kind=COMPOSITION.name).in_bulk([one.last_job_id for one in found if one.last_job_id])
    projects = [{"project": one, "audio_url": _audio_of(renders.get(one.last_job_id))} for one in found]
    context = {"projects": projects, "count": count_projects(request.caller), "limit": request.caller.plan.max_projects}
    return show(request, "dashboard/projects.html", context)


def _audio_of(rendered: Job | None) -> str:
    return audio_path(rendered) if rendered is not None else ""
