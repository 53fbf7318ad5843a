"""What follows in ai when something became so: one line per reaction."""
