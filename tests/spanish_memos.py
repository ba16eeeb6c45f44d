"""The example book with memos of all profiles in Spanish, marked: what tests read for English.

A person wrote the memos, as a desk in Mexico would; the facts are those of the example.
"""

import shutil
from pathlib import Path

from tests.conftest import EXAMPLE

MARKING = """
marking:
  scheme: custom
  default: interno
  levels:
    - {level: interno, banner: USO INTERNO, portion: UI, ink: "1A1A1A", paper: "FFFFFF"}
    - {level: reservado, banner: RESERVADO, portion: R}
  caveats:
    - {caveat: datos, banner: DATOS PERSONALES, portion: DP}
"""
DRAFTED = """\
drafter: { name: Lucía Robles, office: Dirección para América, phone: ext. 4471 }
"""
CLEARED = """\
approver: { name: Tomás Arce, office: Dirección General }
clearances:
  - { office: Consultoría Jurídica, name: Inés Mora, status: conforme, date: 2026-01-19 }
  - { office: Enlace con Marina, status: para conocimiento }
"""
MEMOS = {
    "state-style": """\
title: Reunión Ministerial de Seguridad
forums: [security-ministerial, security-implementation-group]
through: [Subsecretaría para América del Norte]
bottom_line: Conviene fijar nuestro balance antes de febrero. Los costos se detallan en el anexo 1.
recommendation:
  - Que se pida a Washington la fecha exacta.
  - { text: Que se lleven cifras propias., rests_on: [ministerial-convened], marking: reservado }
tabs:
  - { tab: "1", title: Costos de la delegación }
""",
    "read-ahead": """\
title: Grupo de Implementación de Seguridad
forum: security-implementation-group
purpose: Acordar con la otra parte qué medidas concretas se presentan. El anexo A reúne las listas.
objectives:
  - Una lista común de medidas.
  - Una fecha para la siguiente reunión.
talking_points:
  - Ambos países ganan cuando las medidas pueden medirse.
  - { text: Conviene hablar también de las armas en la frontera., rests_on: [sig-fentanyl-weapons] }
tabs:
  - { tab: A, title: Quiénes integran cada delegación }
""",
    "background-paper": """\
title: el Diálogo de Alto Nivel de Seguridad
forums: [high-level-security-dialogue, security-implementation-group, security-ministerial]
purpose: Mostrar qué se sabe del diálogo y qué falta por preguntar.
argument:
  - Un diálogo nuevo no obliga a romper con el anterior.
  - Sin nombres de la parte mexicana no hay con quién acordar la agenda.
recommendation: Pedir la agenda por escrito.
""",
    "submission": """\
title: Fecha de la Reunión Ministerial de Seguridad
forums: [security-ministerial, security-implementation-group]
issue: Si conviene proponer una fecha propia para la Reunión Ministerial de Seguridad.
recommendation: Proponer la segunda semana de febrero.
timing: A más tardar el 26 de enero, para que haya respuesta antes de febrero.
argument:
  - Quien propone la fecha también ordena la agenda.
  - La delegación ya tiene previstos los gastos (véase el anexo A).
tabs:
  - { tab: A, title: Gastos previstos }
""",
}


def write_spanish_book(root: Path) -> Path:
    """Write the book into a folder that is not there yet."""
    shutil.copytree(EXAMPLE, root)
    for profile, text in MEMOS.items():
        head = f"language: es\nprofile: {profile}\nlength: 9\n"
        signed = DRAFTED if profile == "background-paper" else DRAFTED + CLEARED  # which has no such block
        (root / f"memos/{profile}.yaml").write_text(head + text + signed, encoding="utf-8")
    settings = (root / "book.yaml").read_text(encoding="utf-8")
    settings = settings.replace("language: en\n", "language: es\n").replace("Americas desk <", "Dirección <")
    (root / "book.yaml").write_text(settings + MARKING, encoding="utf-8")
    return root
