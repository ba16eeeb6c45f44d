"""Three meetings of a council and what became of what they agreed: each priority turns another way."""

from briefbook.facts import Facts
from tests.council import facts_of

# As of 2031-06-05 the last meeting is that of May 2031; before May 2031 it is that of 2030.
LIFE = """
sources:
  minutes-2: {short: the minutes of 2030, published: 2030-05-03}
  minutes-3: {short: the minutes of 2031, published: 2031-05-12}
  leaflet: {short: the leaflet, published: 2031-07-01}
meetings:
  c2:
    forum: council
    ordinal: 2
    statements: [{source: minutes-2, says: held, date: 2030-05-02, evidence: met in Sund}]
  c3:
    forum: council
    ordinal: 3
    statements:
      - {source: minutes-2, says: announced, date: 2031-05, evidence: again next May}
      - {source: minutes-3, says: held, date: 2031-05-11, evidence: met in Port Emery}
priorities:
  survey:
    forum: council
    meeting: c2
    text: Survey the shared stock every spring.
    statements:
      - {source: minutes-2, force: agreed, promised_by: [norland, sudland], due: 2031-06-30, evidence: a}
      - {source: minutes-3, force: agreed, meeting: c3, evidence: a}
      - {source: leaflet, status: done, evidence: a}
  nets:
    forum: council
    meeting: c2
    text: Widen the mesh of the nets.
    statements: [{source: minutes-2, force: agreed, promised_by: [norland], due: 2031-04, evidence: a}]
  mesh:
    forum: council
    meeting: c3
    rewords: nets
    text: Allow no mesh below 40 mm.
    statements: [{source: minutes-3, force: agreed, promised_by: [sudland], due: 2033, evidence: a}]
  boats:
    forum: council
    meeting: c3
    text: Count the boats once a year.
    statements: [{source: minutes-3, force: agreed, promised_by: [norland], due: 2031-05-31, evidence: a}]
  buoys:
    forum: council
    meeting: c2
    text: Mark the shoals with buoys.
    statements:
      - {source: minutes-2, force: agreed, promised_by: [sudland], due: 2032, evidence: a}
      - {source: minutes-3, status: dropped, meeting: c3, evidence: a}
  patrol:
    forum: council
    meeting: c2
    text: Patrol the strait.
    statements:
      - {source: minutes-2, force: agreed, promised_by: [norland], evidence: a}
      - {source: leaflet, status: in-progress, evidence: a}
"""


def life(*more: str) -> Facts:
    """The facts of that life, with more of them."""
    return facts_of(LIFE, *more)


def pair(first: str, second: str, *statements: str, more: str = "") -> Facts:
    """One priority, told by `statements`, and two meetings of the council, told as these say."""
    return facts_of(f"""
sources:
  early: {{short: the early paper, published: 2030-05-03}}
  late: {{short: the late paper, published: 2031-05-12}}
  later: {{short: the paper after it, published: 2031-06-01}}
meetings:
  c2: {{forum: council, {first}}}
  c3: {{forum: council, {second}}}
priorities:
  p:
    forum: council
    text: Do it.
    {more or "meeting: c2"}
    statements: [{", ".join(f"{{evidence: a, {each}}}" for each in statements)}]
  other:
    forum: council
    meeting: c3
    text: Do another.
    statements: [{{source: late, force: agreed, evidence: a}}]
""")


EARLIER = "statements: [{source: early, says: held, date: 2030-05-02, evidence: a}]"
LATER = "statements: [{source: late, says: held, date: 2031-05-11, evidence: a}]"
