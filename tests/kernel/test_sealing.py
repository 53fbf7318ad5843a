"""Secrets that are stored: opened by our keys only."""

import pytest

from portal.kernel.sealing import seal, unseal


def test_what_is_sealed_is_opened_again_and_cannot_be_read():
    sealed = seal("geheim ß 密")
    assert unseal(sealed) == "geheim ß 密"
    assert "geheim" not in sealed
    assert seal("geheim ß 密") != sealed


def test_nothing_stays_nothing():
    assert (seal(""), unseal("")) == ("", "")


def test_a_new_key_opens_what_the_old_one_sealed_while_it_is_a_fallback(settings):
    sealed = seal("x")
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another", [settings.SECRET_KEY]
    assert unseal(sealed) == "x"
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(LookupError, match="another SECRET_KEY"):
        unseal(sealed)


def test_what_was_changed_is_not_opened():
    with pytest.raises(LookupError):
        unseal(seal("x")[:-2])
