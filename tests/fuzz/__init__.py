"""Fuzzing: what reads bytes from outside, and what writes documents, under inputs that nobody thought of."""
