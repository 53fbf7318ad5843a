"""The world of the matrix."""

from tests.factories.world import World, build_world


def build_matrix_world() -> World:
    """Build the usual world; both companies came for a department, so that a foreign coordinator is foreign to them."""
    world = build_world()
    for company in (world.company, world.rival):
        company.proposed_for = world.department
        company.save()
    return world
