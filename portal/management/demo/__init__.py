"""A made-up university for `make run`: deterministic, believable, nobody in it exists."""
