"""Whether a model knows what means the same in another language: fixed questions, and their translations."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import permutations

import numpy as np

from kb.model.encoder import Encoder

QUESTIONS: tuple[tuple[str, ...], ...] = (
    (
        "How is credit awarded for a course taken online?",
        "Wie werden Leistungen aus einem Online-Kurs angerechnet?",
        "Πώς αναγνωρίζονται οι μονάδες για ένα διαδικτυακό μάθημα;",
        "¿Cómo se reconocen los créditos de un curso en línea?",
        "Comment sont reconnus les crédits d’un cours suivi en ligne ?",
        "Come si riconoscono i crediti di un corso seguito online?",
        "Cum se recunosc creditele pentru un curs urmat online?",
        "Hur tillgodoräknas poäng för en kurs på nätet?",
    ),
    (
        "When is the library open in the evening?",
        "Wann hat die Bibliothek am Abend geöffnet?",
        "Πότε είναι ανοιχτή η βιβλιοθήκη το βράδυ;",
        "¿Cuándo abre la biblioteca por la tarde?",
        "Quand la bibliothèque est-elle ouverte le soir ?",
        "Quando è aperta la biblioteca la sera?",
        "Când este deschisă biblioteca seara?",
        "När är biblioteket öppet på kvällen?",
    ),
    (
        "Who helps students to find a room in the city?",
        "Wer hilft Studierenden, ein Zimmer in der Stadt zu finden?",
        "Ποιος βοηθά τους φοιτητές να βρουν δωμάτιο στην πόλη;",
        "¿Quién ayuda a los estudiantes a encontrar una habitación en la ciudad?",
        "Qui aide les étudiants à trouver une chambre en ville ?",
        "Chi aiuta gli studenti a trovare una stanza in città?",
        "Cine îi ajută pe studenți să găsească o cameră în oraș?",
        "Vem hjälper studenter att hitta ett rum i staden?",
    ),
    (
        "How do doctoral students get money for a conference abroad?",
        "Wie bekommen Promovierende Geld für eine Tagung im Ausland?",
        "Πώς παίρνουν οι υποψήφιοι διδάκτορες χρήματα για ένα συνέδριο στο εξωτερικό;",
        "¿Cómo consiguen los doctorandos dinero para un congreso en el extranjero?",
        "Comment les doctorants obtiennent-ils de l’argent pour un colloque à l’étranger ?",
        "Come ottengono i dottorandi denaro per un convegno all’estero?",
        "Cum primesc doctoranzii bani pentru o conferință în străinătate?",
        "Hur får doktorander pengar till en konferens utomlands?",
    ),
    (
        "What must be done when an exam is failed twice?",
        "Was ist zu tun, wenn eine Prüfung zweimal nicht bestanden wurde?",
        "Τι πρέπει να γίνει αν κάποιος αποτύχει δύο φορές σε μια εξέταση;",
        "¿Qué hay que hacer cuando se suspende un examen dos veces?",
        "Que faut-il faire quand on échoue deux fois à un examen ?",
        "Che cosa bisogna fare quando un esame non viene superato due volte?",
        "Ce trebuie făcut când un examen este picat de două ori?",
        "Vad ska man göra när en tenta har underkänts två gånger?",
    ),
    (
        "How can teachers from several countries teach a seminar together?",
        "Wie können Lehrende aus mehreren Ländern gemeinsam ein Seminar halten?",
        "Πώς μπορούν διδάσκοντες από διάφορες χώρες να διδάξουν μαζί ένα σεμινάριο;",
        "¿Cómo pueden profesores de varios países impartir juntos un seminario?",
        "Comment des enseignants de plusieurs pays peuvent-ils animer ensemble un séminaire ?",
        "Come possono docenti di più paesi tenere insieme un seminario?",
        "Cum pot profesori din mai multe țări să țină împreună un seminar?",
        "Hur kan lärare från flera länder hålla ett seminarium tillsammans?",
    ),
    (
        "How are patients' data protected in a study?",
        "Wie werden die Daten der Patienten in einer Studie geschützt?",
        "Πώς προστατεύονται τα δεδομένα των ασθενών σε μια μελέτη;",
        "¿Cómo se protegen los datos de los pacientes en un estudio?",
        "Comment les données des patients sont-elles protégées dans une étude ?",
        "Come vengono protetti i dati dei pazienti in uno studio?",
        "Cum sunt protejate datele pacienților într-un studiu?",
        "Hur skyddas patienternas uppgifter i en studie?",
    ),
    (
        "Which software draws maps of old towns?",
        "Welches Programm zeichnet Karten von alten Städten?",
        "Ποιο λογισμικό σχεδιάζει χάρτες παλιών πόλεων;",
        "¿Qué programa dibuja mapas de ciudades antiguas?",
        "Quel logiciel dessine des cartes de villes anciennes ?",
        "Quale programma disegna mappe di città antiche?",
        "Ce program desenează hărți ale orașelor vechi?",
        "Vilket program ritar kartor över gamla städer?",
    ),
)
"""Everyday matters of a university, written for this check: a row a question, its columns English and seven others."""


@dataclass(frozen=True, slots=True)
class Translations:
    """How often a question's nearest one in another language is its translation."""

    found: int
    asked: int


def translations(encoder: Encoder) -> Translations:
    """Ask for each question in each language which one is nearest in each other language."""
    columns = [encoder.queries(texts) for texts in zip(*QUESTIONS, strict=True)]
    own = np.arange(len(QUESTIONS))
    pairs = list(permutations(columns, 2))
    found = sum(int(np.sum((one @ other.T).argmax(axis=1) == own)) for one, other in pairs)
    return Translations(found, len(pairs) * len(own))
