"""The first draft of a general report, made of what the logbook holds and nothing else: facts, hours, skills, steps.

Each function returns the text of one part in the active language, or nothing where the data says nothing: a report
must not claim what nobody wrote.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext, ngettext

from apps.reporting.context import Host, Person, WeekPage

MOST_SKILLS: Final = 12
MOST_TOOLS: Final = 15
MOST_OF_A_WEEK: Final = 1500


@dataclass(frozen=True)
class Facts:
    """What is known of a training: ``weeks`` are those that the student chose, hours and days those of the weeks."""

    university: str
    student: Person
    hosts: tuple[Host, ...]
    start: date
    end: date
    weeks: tuple[WeekPage, ...]
    required_hours: int = 0
    task: str = ""
    mentors: tuple[str, ...] = ()

    @property
    def hours(self) -> float:
        """The hours of the chosen weeks."""
        return sum(week.total_hours for week in self.weeks)

    @property
    def days(self) -> int:
        """The days of the chosen weeks with an entry."""
        return sum(1 for week in self.weeks for day in week.days if day.text or day.hours)


def draft_of(facts: Facts) -> dict[str, str]:
    """Return the draft of title and parts by the name of their field; a part of which nothing is known is empty."""
    return {name: write(facts) for name, write in _WRITERS.items()}


def _title(facts: Facts) -> str:
    if not facts.hosts:
        return gettext("Practical training %(phase)s") % {"phase": facts.student.phase}
    return gettext("Practical training at %(company)s") % {"company": _companies(facts)}


def _acknowledgements(facts: Facts) -> str:
    people = [
        gettext("%(name)s at %(company)s") % {"name": host.supervisor_name, "company": host.name}
        for host in facts.hosts
        if host.supervisor_name
    ]
    people += [gettext("%(name)s of the university") % {"name": name} for name in facts.mentors]
    return gettext("I thank %(people)s, who guided me.") % {"people": _listed(people)} if people else ""


def _introduction(facts: Facts) -> str:
    student = facts.student
    sentences = [
        gettext("I am a student of %(programme)s at %(university)s.")
        % {"programme": student.programme, "university": facts.university}
    ]
    if facts.hosts:
        sentences.append(
            gettext("From %(start)s to %(end)s I did my practical training (%(phase)s) at %(company)s.")
            % {
                "start": _day(facts.start),
                "end": _day(facts.end),
                "phase": student.phase,
                "company": _companies(facts),
            }
        )
    if facts.weeks:
        sentences.append(
            gettext("This report is made of %(weeks)s with %(days)s and %(hours)s hours of work.") % _amounts(facts)
        )
    return " ".join(sentences)


def _company_overview(facts: Facts) -> str:
    return "\n\n".join(_company(host) for host in facts.hosts)


def _company(host: Host) -> str:
    place = ", ".join(part for part in (host.address, host.region) if part)
    sentences = [gettext("%(company)s is in %(place)s.") % {"company": host.name, "place": place}] if place else []
    if host.sector:
        sentences.append(gettext("Its sector: %(sector)s.") % {"sector": host.sector})
    if host.about:
        sentences.append(host.about)
    if host.supervisor_name:
        sentences.append(gettext("My supervisor there was %(name)s.") % {"name": host.supervisor_name})
    return " ".join(sentences)


def _objectives(facts: Facts) -> str:
    sentences = []
    if facts.task:
        sentences.append(gettext("The work that was agreed before the training: %(task)s") % {"task": facts.task})
    if facts.required_hours:
        sentences.append(
            gettext("The training %(phase)s asks for %(hours)s hours of work.")
            % {"phase": facts.student.phase, "hours": number_format(facts.required_hours)}
        )
    return " ".join(sentences)


def _methodology(facts: Facts) -> str:
    steps = [step for week in facts.weeks for step in week.operations]
    sentences = []
    if facts.weeks:
        sentences.append(gettext("I wrote down each day what I did, and each week its main job."))
    if steps:
        count = ngettext("The main jobs took %(n)d operation.", "The main jobs took %(n)d operations.", len(steps))
        sentences.append(count % {"n": len(steps)})
    tools = _most_frequent((tool for step in steps for tool in _split(step.tools)), MOST_TOOLS)
    if tools:
        sentences.append(gettext("I worked with: %(tools)s.") % {"tools": _listed(tools)})
    return " ".join(sentences)


def _achievements(facts: Facts) -> str:
    return "\n\n".join(text for week in facts.weeks if (text := _week(week)))


def _week(week: WeekPage) -> str:
    """Return what was done in a week: heading, what the student wrote of it, and the operations as a list."""
    told = [_shortened(text) for text in (week.summary, week.main_job_detail) if text]
    steps = [f"{step.number}. {step.description}" for step in week.operations]
    if not (week.main_job_title or told or steps):
        return ""
    place = {"number": week.number, "start": _day(week.start)}
    head = gettext("Week %(number)d (from %(start)s)") % place
    title = f"{head}: {week.main_job_title}" if week.main_job_title else head
    return "\n".join([title, *told, *steps])


def _skills(facts: Facts) -> str:
    days = Counter(skill for week in facts.weeks for day in week.days for skill in day.skills)
    lines = []
    for skill, count in sorted(days.items(), key=lambda item: (-item[1], item[0]))[:MOST_SKILLS]:
        amount = ngettext("%(n)d day", "%(n)d days", count) % {"n": count}
        lines.append(f"\N{EN DASH} {skill} ({amount})")
    return "\n".join(lines)


def _challenges(facts: Facts) -> str:
    """Say which days were lost; what was hard only the student knows."""
    absent = Counter(day.absence for week in facts.weeks for day in week.days if day.absence)
    if not absent:
        return ""
    total = sum(absent.values())
    reasons = _listed([f"{reason} ({count})" for reason, count in sorted(absent.items())])
    text = ngettext(
        "On %(n)d day I could not work: %(reasons)s.", "On %(n)d days I could not work: %(reasons)s.", total
    )
    return text % {"n": total, "reasons": reasons}


def _recommendations(_facts: Facts) -> str:
    return ""


def _conclusion(facts: Facts) -> str:
    if not facts.weeks:
        return ""
    sentences = [gettext("In %(weeks)s I recorded %(days)s and %(hours)s hours of work.") % _amounts(facts)]
    if facts.required_hours:
        share = round(100 * facts.hours / facts.required_hours)
        sentences.append(gettext("That is %(share)d per cent of the hours that are asked for.") % {"share": share})
    verified = sum(1 for week in facts.weeks if week.industry)
    validated = sum(1 for week in facts.weeks if week.academic)
    if verified:
        sentences.append(
            gettext("The company has verified %(verified)d of these weeks, the university has validated %(validated)d.")
            % {"verified": verified, "validated": validated}
        )
    return " ".join(sentences)


_WRITERS: Final[Mapping[str, Callable[[Facts], str]]] = {
    "title": _title,
    "acknowledgements": _acknowledgements,
    "introduction": _introduction,
    "company_overview": _company_overview,
    "objectives": _objectives,
    "methodology": _methodology,
    "achievements": _achievements,
    "skills": _skills,
    "challenges": _challenges,
    "recommendations": _recommendations,
    "conclusion": _conclusion,
}


# -- words --------------------------------------------------------------------------------------------------------


def _amounts(facts: Facts) -> dict[str, str]:
    weeks, days = len(facts.weeks), facts.days
    return {
        "weeks": ngettext("%(n)d week", "%(n)d weeks", weeks) % {"n": weeks},
        "days": ngettext("%(n)d day", "%(n)d days", days) % {"n": days},
        "hours": number_format(facts.hours, decimal_pos=0 if facts.hours == int(facts.hours) else 1),
    }


def _companies(facts: Facts) -> str:
    return _listed([host.name for host in facts.hosts])


def _listed(words: list[str]) -> str:
    if len(words) < 2:  # noqa: PLR2004 - one word needs no list
        return "".join(words)
    return gettext("%(first)s and %(last)s") % {"first": ", ".join(words[:-1]), "last": words[-1]}


def _shortened(text: str) -> str:
    """Return the text, of a very long one whole words of its beginning."""
    return text if len(text) <= MOST_OF_A_WEEK else text[:MOST_OF_A_WEEK].rsplit(None, 1)[0] + " …"


def _day(day: date) -> str:
    return date_format(day, "j F Y")


def _split(tools: str) -> Iterator[str]:
    for tool in tools.replace("،", ",").replace(";", ",").split(","):
        if tool.strip():
            yield tool.strip()


def _most_frequent(words: Iterator[str], most: int) -> list[str]:
    """Return the words as they were first written, those that come most often first."""
    found: Counter[str] = Counter()
    shown: dict[str, str] = {}
    for word in words:
        shown.setdefault(word.casefold(), word)
        found[word.casefold()] += 1
    return [shown[key] for key, _count in found.most_common(most)]
