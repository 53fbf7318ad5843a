"""What ai does later: each task takes ids, reads the rows anew and calls one service."""
