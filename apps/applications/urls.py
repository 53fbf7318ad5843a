"""The pages from the wish to the place."""

from django.urls import URLPattern, URLResolver, path

from apps.applications.views import agreements, company, links, ratings, resumes, student, trainees

urlpatterns: list[URLPattern | URLResolver] = [
    path("vacancies/<int:pk>/apply/", student.vacancy_apply, name="vacancy_apply"),
    path("applications/", student.application_list, name="application_list"),
    path("applications/<int:pk>/", student.application_detail, name="application_detail"),
    path("placement/", student.my_placement, name="my_placement"),
    path("placement/found/", student.place_found, name="place_found"),
    path("placement/<int:pk>/move/", student.placement_move, name="placement_move"),
    path("agreements/<int:pk>/", agreements.agreement_detail, name="agreement_detail"),
    path("agreements/<int:pk>/document.pdf", agreements.agreement_file, name="agreement_file"),
    path("agreements/<int:pk>/scan/", agreements.agreement_scan_file, name="agreement_scan_file"),
    path("agreements/code/<slug:code>/", agreements.agreement_by_code, name="agreement_by_code"),
    path("agreements/scan/", agreements.agreement_scan, name="agreement_scan"),
    path("link/<int:pk>/agreement/", links.link_agreement, name="link_agreement"),
    path("link/<int:pk>/place/", links.link_place, name="link_place"),
    path("placement/<int:pk>/rate/", ratings.host_rate, name="host_rate"),
    path("company/trainees/<int:pk>/again/", ratings.host_feedback, name="host_feedback"),
    path("link/<int:pk>/again/", ratings.link_host_feedback, name="link_host_feedback"),
    path("resumes/", resumes.resume_list, name="resume_list"),
    path("resumes/<int:pk>/", resumes.resume_download, name="resume_download"),
    path("resumes/<int:pk>/facts/", resumes.resume_facts, name="resume_facts"),
    path("resumes/<int:pk>/delete/", resumes.resume_delete, name="resume_delete"),
    path("company/", company.company_home, name="company_home"),
    path("company/vacancies/", company.company_vacancy_list, name="company_vacancy_list"),
    path("company/vacancies/<int:pk>/applicants/", company.company_applicants, name="company_applicants"),
    path("company/applications/<int:pk>/", company.company_application, name="company_application"),
    path("company/applications/<int:pk>/move/", company.company_application_move, name="company_application_move"),
    path("company/applications/<int:pk>/interview/", company.company_interview, name="company_interview"),
    path("company/applications/<int:pk>/notes/", company.company_notes, name="company_notes"),
    path("company/trainees/", trainees.company_trainees, name="company_trainees"),
    path("company/trainees/<int:pk>/supervisor/", trainees.company_supervisor, name="company_supervisor"),
    path(
        "company/supervisors/<int:pk>/release/",
        trainees.company_supervisor_release,
        name="company_supervisor_release",
    ),
]
