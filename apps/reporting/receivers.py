"""What follows in reporting when something became so: one line per reaction."""
