"""Lines taken by thousands beside the judge of single lines: the same verdicts, the same rows, the same people."""

import random
from dataclasses import replace
from itertools import islice

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction

from apps.accounts.models import Enrolment, ImportBatch, Programme, User
from apps.accounts.resources.widgets import EmailWidget, NumberWidget, PhoneWidget, TextWidget
from apps.accounts.services import import_blocks, import_kinds, import_staging, imports
from apps.accounts.services.history import verify_chain
from apps.accounts.services.jobs import run_job
from apps.accounts.services.outbox import run_due_tasks
from apps.accounts.services.people import grant
from apps.accounts.services.student_rows import enter_staged_students
from apps.accounts.services.students import STUDENTS, enter_student
from apps.accounts.states import ImportState, RowStatus
from portal.kernel.access import SYSTEM
from portal.kernel.addresses import email_key, email_keys
from portal.kernel.errors import RuleViolation
from portal.kernel.imports import CellRefusedError, likeness, likenesses
from portal.kernel.sheets import read_sheet
from portal.kernel.sheets.blocks import UnusualError, read_blocks, whole_blocks
from portal.kernel.staging import copy_many
from tests.accounts.tables import table
from tests.factories.accounts import (
    CohortFactory,
    EnrolmentFactory,
    ProgrammeFactory,
    StudentProfileFactory,
    UserFactory,
)
from tests.refusals import refusal

HEADERS = ("Reg no", "first_name", "last_name", "programme_code", "phone", "email", "year_of_study", "gender")
POOL = {
    "number": ["2021-04-{n:05d}", "2021-4-{n}", "T/{n:03d}", "t/{n}", " 2022-{n} ", "é{n}", "", "taken-{n}"],
    "name": ["Asha", "Ásha", "  Asha ", "Bi  Asha", "'Asha", '"Asha"', "أشا", "A\\sha", "x" * 151, ""],
    "programme": ["BSC-ME", "bsc me", "Mechanical", "BSC-XX", ""],
    "phone": ["+255712345{n:03d}", "0712 345 {n:03d}", "123", "", "+966512345{n:03d}", "+4930{n:03d}"],
    "email": ["s{n}@uni.example", "S{n}@Uni.Example", "s+{n}@gmail.com", "s{n}", "", "held@uni.example", "he1d@uni.example"],
    "year": ["2", "9", "", " 3"],
    "gender": ["F", "mwanamke", "?", ""],
}  # fmt: skip


@pytest.fixture(autouse=True)
def files_of_its_own(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def cohort():
    cohort = CohortFactory.create(name="Mechanical PT2", country="TZ")
    programme = ProgrammeFactory.create(department=cohort.department, code="BSC-ME", name="Mechanical")
    for number in ("2021-04-00001", "T/002"):
        profile = StudentProfileFactory.create(reg_no=number, programme=programme, user__username=number.lower())
        EnrolmentFactory.create(student=profile.user, cohort=cohort)
    StudentProfileFactory.create(reg_no="2021-04-00003")
    UserFactory.create(username="taken-4", email="held@uni.example")
    return cohort


@pytest.fixture
def coordinator(cohort):
    person = UserFactory.create()
    grant(person, cohort.department, actor=SYSTEM)
    return person


def some_table(seed: int, lines: int, *, mostly_good: bool) -> str:
    """A table of made-up students; where not mostly good, every kind of cell is as likely as any other."""
    dice = random.Random(seed)

    def cell(name: str) -> str:
        choices = POOL[name][:1] if mostly_good and dice.random() < 0.9 else POOL[name]
        return dice.choice(choices).format(n=dice.randrange(lines))

    names = ("number", "name", "name", "programme", "phone", "email", "year", "gender")
    return table(*([cell(name) for name in names] for _line in range(lines)), headers=HEADERS)


def imported(cohort, actor, text: str, *, apply: bool = True) -> tuple[object, object]:
    """Stage, and apply; return the lines as they were shown, and the people as they are stored."""
    batch = imports.upload_students(cohort, SimpleUploadedFile("students.csv", text.encode()), actor=actor)
    run_due_tasks()
    batch.refresh_from_db()
    shown = (batch.counts, list(batch.rows.values_list("line", "values", "status", "problems", "changes")))
    if apply and batch.counts["new"] + batch.counts["changed"]:
        imports.confirm_import(batch, actor=actor)
        run_due_tasks()
        batch.refresh_from_db()
        assert batch.state == ImportState.APPLIED, batch.job.error
    return shown, people(cohort)


def people(cohort) -> list[tuple[object, ...]]:
    of_user = ("username", "first_name", "last_name", "email", "email_key", "phone", "is_active", "groups__name")
    of_profile = ("reg_no", "gender", "programme__code", "year_of_study", "middle_name", "special_need")
    fields = [f"student__{name}" for name in of_user] + [f"student__student_profile__{name}" for name in of_profile]
    return list(Enrolment.objects.filter(cohort=cohort).order_by("student__username").values_list("is_active", *fields))


def undone(work):
    """Do the work and take it back."""
    with transaction.atomic():
        found = work()
        transaction.set_rollback(True)
    return found


@pytest.mark.django_db
@pytest.mark.parametrize(("seed", "good"), [(1, True), (2, True), (3, True), (4, False), (5, False)])
def test_taken_by_thousands_or_one_by_one_it_is_the_same(cohort, coordinator, monkeypatch, seed, good):
    text = some_table(seed, 60, mostly_good=good)
    shown, stored = undone(lambda: imported(cohort, coordinator, text))
    kind = import_kinds.import_kind(STUDENTS)
    monkeypatch.setitem(import_kinds._kinds, STUDENTS, replace(kind, blocks=None))
    assert undone(lambda: imported(cohort, coordinator, text)) == (shown, stored)
    assert undone(lambda: entered(cohort, coordinator, shown[1])) == stored
    assert {status for _line, _values, status, *_rest in shown[1]} >= {RowStatus.NEW, RowStatus.ERROR}


@pytest.mark.django_db
def test_lines_whose_keys_have_the_same_hash_are_judged_and_come_to_the_same(cohort, coordinator, monkeypatch):
    text = some_table(1, 60, mostly_good=True)
    taken = undone(lambda: imported(cohort, coordinator, text))
    monkeypatch.setattr(import_blocks, "hash", lambda _key: 0, raising=False)
    assert undone(lambda: imported(cohort, coordinator, text)) == taken
    assert taken[0][0]["new"] == 10


@pytest.mark.django_db
def test_a_table_that_turns_out_unusual_in_the_middle_is_read_again_as_a_whole(cohort, coordinator, monkeypatch):
    text = table(*((f"X-{n}", "A", f"B{n}", "BSC-ME") for n in range(5)), ("X-5", "A\nB", "B5", "BSC-ME"))
    taken = undone(lambda: imported(cohort, coordinator, text))
    kept: list[list[str]] = []

    def copy(model, shared, columns):
        kept.append(columns["line"])
        copy_many(model, shared, columns)

    monkeypatch.setattr("portal.kernel.sheets.blocks.BLOCK", 2)
    monkeypatch.setattr(import_staging, "copy_many", copy)
    assert undone(lambda: imported(cohort, coordinator, text)) == taken
    # What stood before the unusual line was kept already.
    first, again = [["2", "3"], ["4", "5"]], [["2", "3"], ["4", "5"], ["6", "7"]]
    assert (taken[0][0]["new"], kept) == (6, [*first, *again])


@pytest.mark.django_db
@pytest.mark.parametrize(
    "happens",
    [
        lambda: UserFactory.create(username="x-1"),
        lambda: Programme.objects.filter(code="BSC-ME").update(code="BSC-EE"),
    ],
)
def test_students_are_entered_whole_or_not_where_somebody_comes_between(cohort, coordinator, happens):
    imported(cohort, coordinator, table(*((f"X-{n}", "A", "B", "BSC-ME") for n in range(3))), apply=False)
    happens()
    before = (User.objects.count(), people(cohort))
    assert refusal(enter_staged_students, ImportBatch.objects.get()) == "changed_meanwhile"
    assert (User.objects.count(), people(cohort)) == before


def entered(cohort, actor, rows) -> list[tuple[object, ...]]:
    """Enter every good line as a form does."""
    for _line, values, status, *_rest in rows:
        if status != RowStatus.ERROR:
            enter_student(cohort, values, actor=actor)
    return people(cohort)


@pytest.mark.django_db
def test_every_person_has_an_unusable_password_of_its_own(cohort, coordinator):
    imported(cohort, coordinator, table(*((f"X-{n}", "A", "B", "BSC-ME") for n in range(5))))
    found = list(User.objects.filter(username__startswith="x-"))
    assert [person.has_usable_password() for person in found] == [False] * 5
    assert len({person.password for person in found}) == 5
    assert list(verify_chain()) == []


# -- killed at any point ------------------------------------------------------------------------------------------


class Killed(BaseException):
    """No handler of ours catches it, as none runs when a worker is killed."""


def killed_at(job_id: int, point: int) -> bool:
    """Run a job and kill it at that statement; say whether it came so far."""
    count = 0

    def counted(execute, sql, params, many, context):
        nonlocal count
        count += 1
        if count == point:
            raise Killed
        return execute(sql, params, many, context)

    try:
        with transaction.atomic(), connection.execute_wrapper(counted):
            run_job(job_id)
    except Killed:
        return True
    return False


@pytest.mark.django_db
def test_killed_at_twenty_points_every_student_is_there_once(cohort, coordinator):
    text = table(*((f"X-{n}", "A", f"B{n}", "BSC-ME") for n in range(30)), ("T/002", "New", "Name", "BSC-ME"))
    batch = imports.upload_students(cohort, SimpleUploadedFile("students.csv", text.encode()), actor=coordinator)
    dice = random.Random(20)
    reading = [killed_at(batch.job_id, point) for point in sorted(dice.sample(range(1, 16), 8))]
    run_job(batch.job_id)
    batch.refresh_from_db()
    assert (batch.state, batch.counts["new"], batch.rows.count()) == (ImportState.STAGED, 30, 31)
    job = imports.confirm_import(batch, actor=coordinator)
    applying = []
    for point in sorted(dice.sample(range(3, 40), 12)):
        applying.append(killed_at(job.pk, point))
        assert Enrolment.objects.filter(cohort=cohort).count() == 2
    run_job(job.pk)
    run_job(job.pk)
    batch.refresh_from_db()
    assert (batch.state, all(reading), all(applying)) == (ImportState.APPLIED, True, True)
    names = sorted(User.objects.filter(enrolments__cohort=cohort).values_list("username", flat=True))
    assert names == sorted(["2021-04-00001", "t/002", *(f"x-{n}" for n in range(30))])
    assert ImportBatch.objects.count() == 1


# -- the parts ----------------------------------------------------------------------------------------------------

TEXTS = {
    "plain": "id,name\n1,Asha\n2,Said\n",
    "blanks and an apostrophe": "id,name\n 1 ,' Asha\n2,'=1+1\n",
    "a byte order mark": "\ufeffid;name\r\n1;Asha\r\n",
    "empty lines": "id,name\n\n1,Asha\n,\n2,Said\n\n",
    "quotes": 'id,name\n1,"Asha, Bi"\n2,"a ""b"""\n',
    "not composed": "id,name\n1,A\u0301sha\n",
    "a cell over two lines": 'id,name\n1,"Asha\nBi"\n2,Said\n',
    "ragged": "id,name\n1\n2,Said,x\n",
    "an unnamed column": "id,,name\n1,,Asha\n",
    "unreadable": "id,name\n1,A\x01sha\n",
    "only blanks": "id,name\n1,Asha\n \u00a0, \n",
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_blocks_are_the_rows_of_the_whole_reader(text):
    whole = read_sheet(text.encode(), "x.csv")
    try:
        sheet, blocks = read_blocks(text.encode(), "x.csv")
        found = list(blocks)
    except UnusualError:
        sheet, blocks = whole_blocks(read_sheet(text.encode(), "x.csv"))
        found = list(blocks)
    rows = [(line, *cells) for block in found for line, *cells in zip(block.lines, *block.columns, strict=True)]
    assert rows == [(row.line, *row.values) for row in whole.rows]
    assert (sheet.headers, sheet.notes, sheet.delimiter) == (whole.headers, whole.notes, whole.delimiter)
    assert [len(block.problems) for block in found] == [sum(1 for row in whole.rows if row.problems)]


@pytest.mark.parametrize("text", ["id,name\n1,Asha,x,y\n", "", "id\n", 'id\n"1\n'])
def test_what_is_refused_is_refused_by_blocks_too(text):
    def answer(read):
        try:
            return [row.line for row in read()]
        except RuleViolation as error:
            return error.code

    def by_blocks():
        _sheet, blocks = read_blocks(text.encode(), "x.csv")
        return [type("Row", (), {"line": line}) for block in blocks for line in block.lines]

    assert answer(by_blocks) == answer(lambda: read_sheet(text.encode(), "x.csv").rows)


def letters(dice: random.Random) -> str:
    return "".join(dice.choice("aB1.0 -_@/+'rnvé\u200b") for _n in range(dice.randrange(1, 12)))


def phones(dice: random.Random) -> str:
    start = dice.choice(["+255", "+966", "+1", "+39", "+49", "+44", "+7", "+254", "+999", "255", "0"])
    return start + "".join(dice.choice("0123456789") for _n in range(dice.randrange(3, 12)))


@pytest.mark.parametrize(
    ("widget", "made"),
    [(TextWidget(8), letters), (NumberWidget(8), letters), (EmailWidget(), letters), (PhoneWidget(), phones)],
)
def test_what_a_widget_keeps_it_would_return(widget, made):
    dice = random.Random(3)
    good = ["s1@uni.example", "a-b@c.example", "+255712345678", "+966512345678", "T/1"]
    kept = [cell for cell in [*good, *(made(dice) for _n in range(3000))] if widget.keeps_all([cell])]
    for cell in kept:
        try:
            assert widget.clean(cell) == cell
        except CellRefusedError:
            pytest.fail(f"{cell!r} would be refused")
    assert kept
    assert widget.keeps_all([*islice(kept, 50), ""])


def test_keys_of_many_are_the_keys_of_each():
    dice = random.Random(4)
    numbers = [letters(dice).replace("é", "e").replace("\u200b", "") for _n in range(2000)]
    emails = [f"{letters(dice).strip()}@{dice.choice(['uni.example', 'arnov1.example'])}" for _n in range(500)]
    plain = ["00012", "2021/04-007", "0", "000", "", "a-0-b", *numbers]
    assert likenesses(plain) == [likeness(number) for number in plain]
    for address in ([e for e in emails if e.isascii() and "+" not in e], emails):
        assert email_keys(address) == [email_key(email) for email in address]
