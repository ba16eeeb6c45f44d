"""The form that asks what became of a meeting: made, mailed, read back into proposals."""
