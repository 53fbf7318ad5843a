"""The app as Django sees it."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Hands the kernel its tables: where tasks are stored and how a user's scope is read."""

    name = "apps.accounts"

    def ready(self) -> None:
        """Register what the kernel needs, the app's tasks and reactions."""
        from apps.accounts import receivers, resources, selectors, tasks  # noqa: F401, PLC0415 - need the loaded models
        from apps.accounts.services import (  # noqa: F401, PLC0415 - as above
            bulk_moves,
            list_views,
            mass_mail_results,
            outbox,
            people,
            privacy,
            repeating,
        )
        from portal.kernel.access import read_scope_with  # noqa: PLC0415 - as above
        from portal.kernel.admin.recording import record_bulk_with  # noqa: PLC0415 - as above
        from portal.kernel.admin.remembering import remember_lists_with  # noqa: PLC0415 - as above
        from portal.kernel.api.repeating import keep_answers_with  # noqa: PLC0415 - as above
        from portal.kernel.screens import count_notices_with, keep_language_with  # noqa: PLC0415 - as above
        from portal.kernel.tasks import store_tasks_with  # noqa: PLC0415 - as above

        record_bulk_with(bulk_moves.BulkRecords())
        remember_lists_with(list_views.ListMemory())
        read_scope_with(selectors.read_scope)
        store_tasks_with(outbox.store_task, outbox.store_tasks)
        keep_answers_with(repeating.begin_answer, repeating.keep_answer, repeating.drop_answer)
        count_notices_with(selectors.unread_notice_count)
        keep_language_with(people.keep_language)
