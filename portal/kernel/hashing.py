"""How passwords are hashed."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class PortalArgon2Hasher(Argon2PasswordHasher):
    """Argon2id with 64 MiB and three passes (the second choice of RFC 9106) in one lane.

    About a fifth of a second of one core: long for who guesses, short for who signs in. One lane, because a server
    that signs many in at once has no idle cores to hash on.
    """

    time_cost = 3
    memory_cost = 64 * 1024
    parallelism = 1
