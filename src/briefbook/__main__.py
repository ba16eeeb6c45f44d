"""`python -m briefbook` is the command `briefbook`."""

import atexit
import gc

# Net new objects between two looks for garbage in cycles. Most of what a command makes it keeps to its end
# (classes, facts, a book's index), and at Python's 700 a tenth of a cold build goes by looking through it.
OBJECTS = 100_000


def run() -> None:
    """Run the command line."""
    gc.set_threshold(OBJECTS)
    # At its end Python looks for cycles in all there is, several times over: a quarter of a cold build, to
    # free memory that the system takes back at once. Files and locks are closed by then, in nobody's cycle.
    atexit.register(gc.freeze)
    from briefbook.cli import main  # behind the threshold: its imports are much of what is kept
    from briefbook.cli.printing import substitute_what_output_lacks

    substitute_what_output_lacks()
    main(prog_name="briefbook")


if __name__ == "__main__":
    run()
