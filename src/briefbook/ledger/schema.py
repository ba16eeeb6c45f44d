"""The tables of the ledger, as the migrations that lead to them.

Append; never edit a published one, not even a comment in its SQL: a file holds these texts, and one that
holds others is refused. Published is what a release had: what stood here only between two releases counts for
nobody, and a ledger that such a commit wrote is refused like any other (one of "version 3" before 0.1.0).
"""

from collections.abc import Sequence

APPLICATION = 0x62726966  # "brif", in the file's header: this database is a ledger

# The statements that lead from version N to N + 1; `user_version` counts how many of these a file has seen.
Migration = tuple[str, ...]

MIGRATIONS: Sequence[Migration] = (
    (
        f"PRAGMA application_id = {APPLICATION}",
        # Instants are UTC to the second, in ISO 8601: they sort as text. Digests are hexadecimal.
        """CREATE TABLE editions (
            memo TEXT NOT NULL,
            number INTEGER NOT NULL CHECK (number > 0),
            as_of TEXT NOT NULL,
            known_by TEXT NOT NULL,
            digest TEXT NOT NULL,
            substance TEXT NOT NULL,
            inputs TEXT NOT NULL,
            tool TEXT NOT NULL,
            made TEXT NOT NULL,
            PRIMARY KEY (memo, number)
        ) WITHOUT ROWID""",
        # The edition's own digest, and others that came out as the same bytes.
        """CREATE TABLE digests (
            memo TEXT NOT NULL,
            digest TEXT NOT NULL,
            number INTEGER NOT NULL,
            PRIMARY KEY (memo, digest),
            FOREIGN KEY (memo, number) REFERENCES editions (memo, number)
        ) WITHOUT ROWID""",
        """CREATE TABLE outputs (
            id INTEGER PRIMARY KEY, -- the order in which they were recorded
            memo TEXT NOT NULL,
            number INTEGER NOT NULL,
            format TEXT NOT NULL,
            name TEXT NOT NULL,
            sha256 TEXT NOT NULL,
            size INTEGER NOT NULL,
            UNIQUE (memo, number, format),
            FOREIGN KEY (memo, number) REFERENCES editions (memo, number)
        )""",
        "CREATE INDEX outputs_by_bytes ON outputs (sha256)",
        """CREATE TABLE passes (
            id INTEGER PRIMARY KEY,
            digest TEXT NOT NULL UNIQUE,
            said BLOB NOT NULL, -- UTF-8; a path may hold what is none
            editions TEXT NOT NULL, -- JSON: [[memo, number], …]
            made TEXT NOT NULL
        )""",
        # The schedule that each memo follows now, and from when on.
        """CREATE TABLE followed (
            memo TEXT PRIMARY KEY NOT NULL,
            revision TEXT NOT NULL,
            since TEXT NOT NULL
        ) WITHOUT ROWID""",
        """CREATE TABLE runs (
            id INTEGER PRIMARY KEY CHECK (id = 1), -- there is one row
            last TEXT NOT NULL,
            latest TEXT NOT NULL
        )""",
        """CREATE TABLE occurrences (
            memo TEXT NOT NULL,
            revision TEXT NOT NULL,
            instant TEXT NOT NULL,
            state TEXT NOT NULL,
            reason TEXT NOT NULL,
            edition INTEGER,
            PRIMARY KEY (memo, revision, instant)
        ) WITHOUT ROWID""",
        """CREATE TABLE envelopes (
            id INTEGER PRIMARY KEY AUTOINCREMENT, -- never given twice
            kind TEXT NOT NULL,
            memo TEXT NOT NULL,
            edition INTEGER,
            occasion TEXT NOT NULL,
            recipient TEXT NOT NULL,
            message_id TEXT NOT NULL,
            message TEXT NOT NULL,
            size INTEGER NOT NULL,
            smaller TEXT NOT NULL, -- JSON: [[sha256, size], …]
            queued TEXT NOT NULL,
            state TEXT NOT NULL,
            attempts INTEGER NOT NULL,
            next_try TEXT,
            reply TEXT NOT NULL,
            changed TEXT,
            UNIQUE (occasion, recipient)
        )""",
        "CREATE INDEX envelopes_by_state ON envelopes (state)",
        "CREATE INDEX envelopes_by_recipient ON envelopes (memo, recipient)",
        """CREATE TABLE calendars (
            meeting TEXT PRIMARY KEY NOT NULL,
            digest TEXT NOT NULL, -- JSON: [of what was told last, {language: of its place}]
            sequence INTEGER NOT NULL
        ) WITHOUT ROWID""",
    ),
    (
        # Who approved of which bytes. A row stays as it is: that it was taken back, a later one tells.
        """CREATE TABLE clearances (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            memo TEXT NOT NULL,
            edition INTEGER NOT NULL,
            outputs TEXT NOT NULL, -- JSON: [[format, name, sha256, size], …]
            person TEXT NOT NULL,
            office TEXT NOT NULL,
            note TEXT NOT NULL,
            given TEXT NOT NULL,
            withdraws INTEGER UNIQUE REFERENCES clearances (id),
            FOREIGN KEY (memo, edition) REFERENCES editions (memo, number)
        )""",
        "CREATE INDEX clearances_by_memo ON clearances (memo)",
        """CREATE TRIGGER clearances_stay BEFORE UPDATE ON clearances
            BEGIN SELECT RAISE(ABORT, 'a clearance stays as it was given'); END""",
        """CREATE TRIGGER clearances_remain BEFORE DELETE ON clearances
            BEGIN SELECT RAISE(ABORT, 'a clearance stays as it was given'); END""",
    ),
)
