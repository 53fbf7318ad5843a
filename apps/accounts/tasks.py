"""What accounts does later: each task takes ids, reads the rows anew and calls one service."""

from apps.accounts import notifications
from apps.accounts.models import CompanyMember, ImportBatch, User
from apps.accounts.services import (  # noqa: F401 - some declare jobs
    codes,
    digests,
    erasure,
    exports,
    feedback,
    heads,
    history,
    import_schedules,
    import_undo,
    imports,
    invitations,
    jobs,
    lists,
    mass_mail,
    outbox,
    own_data,
    reconcile,
    retention,
    signon,
    webhooks,
)
from apps.accounts.services.letters import send_reset_letter
from apps.accounts.services.limits import sweep_limits
from apps.accounts.services.links import send_again, sends_again
from apps.accounts.services.registering_by_name import send_confirmation, send_confirmation_again
from apps.accounts.services.registration import send_registration_letter
from apps.accounts.services.site import sweep_logos
from portal.kernel.tasks import task

task("accounts.relay_outbox")(outbox.relay_outbox)
task("accounts.erase_due")(erasure.erase_due)
task("accounts.delete_outdated")(retention.delete_outdated)
task("accounts.reconcile_reactions")(reconcile.reconcile_reactions)
task("accounts.seal_history")(history.seal_history)
task("accounts.note_head")(heads.note_head)
task("accounts.send_digests")(digests.send_digests)
task("accounts.send_notices")(digests.send_notices)
task("accounts.run_job")(jobs.run_job)
task("accounts.sweep_jobs")(jobs.sweep_jobs)
task("accounts.send_registration_letter")(send_registration_letter)
task(codes.SEND)(codes.send_code)
task(feedback.SEND)(feedback.send_feedback)
task("accounts.confirm_address")(send_confirmation)
task("accounts.confirm_again")(send_confirmation_again)
task("accounts.send_reset_letter")(send_reset_letter)
task("accounts.send_links_again")(send_again)
task("accounts.queue_webhooks")(webhooks.queue_webhooks)
task("accounts.sweep_limits")(sweep_limits)
task("accounts.sweep_logos")(sweep_logos)
task("accounts.forget_old_signons")(signon.forget_old_signons)
task("accounts.invite_again")(invitations.invite_again)
sends_again("accounts.invite_again")
task("accounts.take_imports")(import_schedules.take_scheduled_imports)
task(import_schedules.LOOK)(import_schedules.look_into_folder)


@task(import_schedules.TELL)
def tell_of_import(batch_id: int) -> None:
    """Write to the owner of a table that came by a schedule."""
    for batch in ImportBatch.objects.filter(pk=batch_id).select_related("owner"):
        notifications.tell_of_import(batch)


@task(invitations.TELL)
def tell_invited(people: list[int], member_id: int | None, inviter_id: int, batch: str) -> None:
    """Write to people who are invited; who has joined or was disinvited meanwhile gets nothing."""
    inviter = User.objects.filter(pk=inviter_id).first()
    member = None
    if member_id is not None:
        rows = CompanyMember.objects.select_related("company")
        member = rows.filter(pk=member_id, invited_at__isnull=False).first()
        if member is None:
            return
    for person in User.objects.filter(pk__in=people, is_active=True):
        if member is not None or invitations.is_waited_for(person):
            notifications.tell_invited(person, member=member, inviter=inviter, batch=batch)
