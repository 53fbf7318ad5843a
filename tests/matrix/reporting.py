"""Doors to documents."""

from tests.matrix.endpoints import Endpoint, Offers, Scene, without_arguments

AUDIENCE = "SO SX SF UO UX KO KX"


def _book(scene: Scene) -> tuple[int, str]:
    return (scene.world.placement.pk, "docx")


def _week(scene: Scene) -> tuple[object, ...]:
    return (scene.world.placement.pk, scene.obj.week_start, "docx")


def _book_link(scene: Scene) -> str:
    return f"/documents/{scene.world.placement.pk}/logbook"


OFFERS = Offers(
    endpoints=[
        Endpoint("logbook_download", "log", "export", serves=AUDIENCE, args=_book),
        Endpoint("week_download", "weekly", "export", serves=AUDIENCE, args=_week),
        Endpoint("documents", "weekly", "export", serves=AUDIENCE, args=without_arguments, shows=_book_link),
    ],
    public={},
    scenes={},
)
