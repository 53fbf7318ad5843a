"""The script that removes guards finds each of them."""

from tests.matrix.mutants import MUTANTS, removed


def test_every_guard_that_is_to_be_removed_is_there_and_comes_back():
    lost = []
    for mutant in MUTANTS:
        try:
            with removed(mutant):
                pass
        except (AttributeError, ImportError) as error:
            lost.append(f"{mutant.where}: {error}")
    assert lost == []
    assert len(MUTANTS) >= 60
    assert len({mutant.where for mutant in MUTANTS}) == len(MUTANTS)
