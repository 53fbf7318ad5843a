"""Small cohorts that a machine makes up, and who sits where in an answer."""

from hypothesis import strategies as st

from apps.applications.matching.allocate import NOBODY, Problem


@st.composite
def problems(draw, students=6, offers=4):
    """Some students, offers with 0 to 2 seats, and now and then a cap on hosts and groups."""
    count, places = draw(st.integers(1, students)), draw(st.integers(1, offers))
    lists = st.lists(st.integers(0, places - 1), unique=True, max_size=places)
    wishes = [draw(lists) for _student in range(count)]
    return Problem(
        wishes=wishes,
        standing=[[draw(st.integers(0, 2)) for _wish in mine] for mine in wishes],
        lottery=draw(st.permutations(range(count))),
        seats=[draw(st.integers(0, 2)) for _offer in range(places)],
        hosts=[draw(st.integers(0, 1)) for _offer in range(places)],
        host_seats=draw(st.sampled_from([None, None, 1, 2])),
        groups=[draw(st.integers(0, 1)) for _student in range(count)],
        group_seats=draw(st.sampled_from([None, None, 1])),
    )


def sitting(problem, chosen):
    """Return who sits in which room, as (student, wish)."""
    found = {}
    for student, wish in enumerate(chosen):
        if wish != NOBODY:
            for room in problem.rooms(student, problem.wishes[student][wish]):
                found.setdefault(room, []).append((student, wish))
    return found


def overrun(problem, chosen):
    return {room: len(who) for room, who in sitting(problem, chosen).items() if len(who) > problem.room_of(room)}
