"""The pages of vacancies."""

from django.urls import URLPattern, URLResolver, path

from apps.vacancies import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("vacancies/", views.vacancy_list, name="vacancy_list"),
    path("vacancies/<int:pk>/", views.vacancy_detail, name="vacancy_detail"),
    path("vacancies/<int:pk>/bookmark/", views.vacancy_bookmark, name="vacancy_bookmark"),
    path("company/vacancies/<int:pk>/help/", views.company_vacancy_help, name="company_vacancy_help"),
    path("vacancies/searches/", views.search_save, name="search_save"),
    path("vacancies/searches/<int:pk>/delete/", views.search_delete, name="search_delete"),
    path("company/vacancies/add/", views.company_vacancy_add, name="company_vacancy_add"),
    path("company/vacancies/<int:pk>/", views.company_vacancy_edit, name="company_vacancy_edit"),
    path("company/vacancies/<int:pk>/move/", views.company_vacancy_move, name="company_vacancy_move"),
    path("company/vacancies/<int:pk>/reopen/", views.company_vacancy_reopen, name="company_vacancy_reopen"),
    path("company/vacancies/<int:pk>/delete/", views.company_vacancy_delete, name="company_vacancy_delete"),
]
