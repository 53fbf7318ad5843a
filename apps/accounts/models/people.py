"""People: one row a person, whether or not the person ever signs in."""

import uuid
from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from apps.accounts.states import Gender, NoticeFrequency, Role
from portal.kernel.addresses import email_key
from portal.kernel.models import Timestamped


def picture_path(_person: models.Model, _name: str) -> str:
    """Return where a picture is stored: a name of our own, so that an address tells nothing."""
    return f"people/{uuid.uuid4().hex}.jpg"


class EmailKeyField(models.CharField[str, str]):
    """What the person's address shares with its look-alikes; written with every row, one by one or many at once."""

    def pre_save(self, model_instance: models.Model, add: bool) -> str:  # noqa: FBT001 - Django's signature
        """Read it off the address."""
        del add
        key = email_key(getattr(model_instance, "email", ""))
        setattr(model_instance, self.attname, key)
        return key


class User(AbstractUser):
    """A person. Supervisors in companies have a row too, with no usable password: they act by link.

    Identity at an identity provider is (issuer, subject) and lives with allauth; the e-mail address is how we
    reach somebody, never who somebody is.
    """

    email = models.EmailField(_("e-mail"), blank=True)
    email_key = EmailKeyField(max_length=300, blank=True, db_index=True, editable=False)
    phone = models.CharField(_("phone"), max_length=20, blank=True, help_text=_("With country code, such as +255…"))
    language = models.CharField(_("language"), max_length=8, blank=True)
    notice_frequency = models.CharField(
        _("mail for what can wait"), max_length=10, choices=NoticeFrequency, default=NoticeFrequency.DAILY
    )
    session_version = models.PositiveIntegerField(default=0, editable=False)
    has_short_password = models.BooleanField(default=False, editable=False)
    picture = models.ImageField(_("picture"), upload_to=picture_path, blank=True, editable=False)
    # Which columns of which list the person has taken as a table last; null, because imports write rows past Django.
    list_columns = models.JSONField(null=True, blank=True, editable=False)
    # The views with which lists open, by the label of the list.
    usual_views = models.JSONField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                condition=~models.Q(email=""),
                name="accounts_user_email_once",
                violation_error_message=_("Somebody has this e-mail address already."),
            ),
        ]

    def __str__(self) -> str:
        return self.get_full_name() or self.username

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        """Store the key of look-alikes whenever the address is stored."""
        if update_fields is not None and "email" in update_fields:
            update_fields = {*update_fields, "email_key"}
        super().save(*args, update_fields=update_fields, **kwargs)

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Bind sessions to the version too: raising it ends every one of them on its next request.

        Sessions of somebody who was shut out stay ended when the person is let in again.
        """
        key_salt = "apps.accounts.models.User.get_session_auth_hash"
        value = f"{self.password}:{self.session_version}"
        return salted_hmac(key_salt, value, secret=secret, algorithm="sha256").hexdigest()


class StudentProfile(Timestamped):
    """What the university knows about a student beside the person."""

    user = models.OneToOneField(
        User, on_delete=models.CASCADE, related_name="student_profile", verbose_name=_("person")
    )
    reg_no = models.CharField(_("registration number"), max_length=40, unique=True)
    middle_name = models.CharField(_("middle name"), max_length=80, blank=True)
    gender = models.CharField(_("gender"), max_length=1, choices=Gender, blank=True)
    programme = models.ForeignKey(
        "accounts.Programme", on_delete=models.PROTECT, related_name="students", verbose_name=_("programme")
    )
    year_of_study = models.PositiveSmallIntegerField(_("year of study"), null=True, blank=True)
    region_preference = models.CharField(_("wished region"), max_length=80, blank=True)
    special_need = models.CharField(_("special need"), max_length=200, blank=True)
    supervisor_name = models.CharField(_("supervisor's name"), max_length=120, blank=True)
    supervisor_email = models.CharField(_("supervisor's e-mail"), max_length=254, blank=True)
    company_name = models.CharField(_("company"), max_length=160, blank=True)
    company_region = models.CharField(_("company's region"), max_length=80, blank=True)
    welcomed_at = models.DateTimeField(_("welcomed"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("student")
        verbose_name_plural = _("students")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(year_of_study__isnull=True) | models.Q(year_of_study__range=(1, 8)),
                name="accounts_student_year_range",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reg_no} {self.user}"


class StaffProfile(Timestamped):
    """What the university knows about a member of its staff beside the person."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="staff_profile", verbose_name=_("person"))
    staff_no = models.CharField(_("staff number"), max_length=40, unique=True)
    department = models.ForeignKey(
        "accounts.Department", on_delete=models.PROTECT, related_name="staff", verbose_name=_("department")
    )

    class Meta:
        verbose_name = _("member of staff")
        verbose_name_plural = _("staff")

    def __str__(self) -> str:
        return f"{self.staff_no} {self.user}"

    @property
    def supervises(self) -> bool:
        """Whether the person is a university supervisor; reads the groups, which lists fetch before."""
        return any(group.name == Role.UNIVERSITY_SUPERVISOR for group in self.user.groups.all())
