"""`python -m briefbook` is the command `briefbook`."""

from briefbook.cli import main

if __name__ == "__main__":
    main(prog_name="briefbook")
