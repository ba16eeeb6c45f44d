"""A document that came back: what was done to it, and what that proposes for the files of the book."""
