"""A small book: two countries, one council."""

FACTS = b"""\
sources:
  gazette-2031-04-02: {short: the gazette of 2 April, published: 2031-04-02, publisher: norland}
  joint-note-2031-05-12:
    short: {en: the joint note, es: la nota conjunta}
    published: 2031-05-12
    speaks: [norland, sudland]
    grade: {reliability: A, credibility: 2, by: the desk}
    language: es-MX
    text: note.txt
organisations:
  norland: {name: Norland, short: NO, kind: country}
  sudland: {name: {en: Sudland, es: Sudlandia}, kind: country}
people:
  ana-holm: {name: Ana Holm, variants: [{text: A. Holm, source: gazette-2031-04-02}]}
forums:
  fisheries-council:
    name: Fisheries Council
    sides: [norland, sudland]
    questions: Who keeps the minutes?
meetings:
  fisheries-council-3:
    forum: fisheries-council
    ordinal: 3
    statements:
      - source: gazette-2031-04-02
        says: announced
        date: early 2031-05
        place: Port Emery
        evidence: ministers will meet in May
      - source: joint-note-2031-05-12
        says: held
        date: 2031-05-11
        time: 12:30
        zone: Europe/Oslo
        participants:
          - {person: ana-holm, as: Fisheries Minister, side: norland}
          - {organisation: sudland, spelled: Sud Land}
        evidence: [met in Port Emery, on 11 May]
priorities:
  shared-stock-survey:
    forum: fisheries-council
    text: Survey the shared stock together every spring.
    statements:
      - source: joint-note-2031-05-12
        force: agreed
        by: [norland, sudland]
      - {source: joint-note-2031-05-12, status: in-progress}
background:
  quota:
    say: Between 12 and 14.
    statements:
      - {source: joint-note-2031-05-12, claim: The quota is 12.}
      - {source: gazette-2031-04-02, claim: The quota is 14.}
"""

MEMO = b"""\
title: {en: Fisheries Council}
forum: fisheries-council
to: Minister
from: Fisheries desk
bottom_line: {text: Press for the autumn survey., rests_on: [shared-stock-survey], valid: 2031-05}
sections: [upcoming, {section: priorities, title: Aims, limit: 0, set: {tone: firm}}, sources]
"""

SETTINGS = b"format: 1\ntitle: Fisheries desk\nas_of: 2031-05-12\n"
