"""What untrusted templates may take of the machine, as long as the user's settings say nothing else.

Each of these is a hundred times what the most that a real memo takes, and little for the machine.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """For one template with all that it includes, and for all templates of one document together."""

    processor: float = 10.0  # seconds of processor time for one template: a shipped one takes 0.001
    clock: float = 30.0  # seconds by the clock for one template: a busy machine is no endless template
    whole: float = 120.0  # seconds by the clock for all templates of a document, tried in all lengths
    memory: int = 256  # MiB that the process may hold: without templates it has 40
    characters: int = 1_000_000  # that one template may print: some 300 pages
    whole_characters: int = 5_000_000  # that all templates of a document may print


USUAL = Limits()
