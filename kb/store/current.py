"""What is served, and what is remembered of each handbook."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from kb import Handbook, NotFoundError, load_facets, storable
from kb.editions import title_likeness
from kb.store import chronicle, proof
from kb.store.holdings import Holdings


class Serving(Holdings):
    """The served handbooks of an open library."""

    def generation(self) -> str:
        """The name of the index generation that is served; "" before the first publication."""
        with self._database.read() as db:
            found = db.execute("SELECT generation FROM publication ORDER BY number DESC LIMIT 1").fetchone()
            return str(found[0]) if found else ""

    def revision(self) -> int:
        """How often this library was published to; cheap enough to poll before each search."""
        with self._database.read() as db:
            return int(db.execute("SELECT coalesce(max(number), 0) FROM publication").fetchone()[0])

    def served_records(self) -> int:
        """How many records are served, of all handbooks."""
        with self._database.read() as db:
            found = db.execute(
                "SELECT count(*) FROM served r JOIN handbook h ON h.id = r.handbook AND h.current = r.edition"
            )
            return int(found.fetchone()[0])

    def last_published(self) -> str:
        """When something was published last, UTC as ISO 8601; "" for never."""
        with self._database.read() as db:
            found = db.execute("SELECT published_at FROM publication ORDER BY number DESC LIMIT 1").fetchone()
            return str(found[0]) if found else ""

    def current_editions(self) -> dict[str, int]:
        """The edition that is served of each handbook."""
        return self.served()[1]

    def served(self) -> tuple[str, dict[str, int]]:
        """Generation and current editions, of one and the same commit."""
        with self._database.read() as db:
            current = db.execute(
                "SELECT id, current FROM handbook WHERE current IS NOT NULL ORDER BY id"
            ).fetchall()
            return self.generation(), dict(current)

    def handbooks(self) -> tuple[Handbook, ...]:
        """The handbooks that are served, by title."""
        with self._database.read() as db:
            counts: dict[str, dict[str, int]] = {}
            for handbook, kind, count in db.execute(
                "SELECT r.handbook, r.kind, count(*) FROM served r"
                " JOIN handbook h ON h.id = r.handbook AND h.current = r.edition"
                " GROUP BY r.handbook, r.kind ORDER BY r.handbook, r.kind"
            ):
                counts.setdefault(handbook, {})[kind] = count
            found = [
                Handbook(
                    handbook,
                    name or title,
                    language,
                    file_name,
                    number,
                    editions,
                    pages,
                    counts.get(handbook, {}),
                    *(*whose, name, tuple(subjects.splitlines()), load_facets(imprint)),
                )
                for (
                    handbook,
                    title,
                    language,
                    file_name,
                    number,
                    editions,
                    pages,
                    *whose,
                    name,
                    subjects,
                    imprint,
                ) in db.execute(
                    "SELECT h.id, e.title, e.language, e.file_name, e.number,"
                    " (SELECT count(*) FROM edition p WHERE p.handbook = h.id AND p.state = 'published'),"
                    " e.page_count, h.publisher, h.licence, h.url, h.name, h.subjects, e.imprint"
                    " FROM handbook h JOIN edition e ON e.handbook = h.id AND e.number = h.current"
                )
            ]
            return tuple(sorted(found, key=lambda h: (h.title.casefold(), h.id)))

    def handbook(self, handbook: str) -> Handbook:
        """One served handbook.

        Raises:
            NotFoundError: there is none of this id.
        """
        for found in self.handbooks():
            if found.id == handbook:
                return found
        raise NotFoundError(f"{handbook}: no such handbook in this library; kb handbooks lists them")

    def find_handbook(self, title: str) -> str | None:
        """The id of the served handbook with this title, or nearly so, in any edition; None for a new one."""
        with self._database.read() as db:
            best = (0.0, "")
            for handbook, known in db.execute(
                "SELECT e.handbook, e.title FROM edition e JOIN handbook h ON h.id = e.handbook"
                " WHERE e.state = 'published' AND h.current IS NOT NULL ORDER BY e.handbook, e.number DESC"
            ):
                share = title_likeness(known, title)
                if share > best[0]:
                    best = (share, handbook)
            return best[1] or None

    def by_checksum(self, sha256: str) -> tuple[str, int] | None:
        """The handbook and edition that were read from a PDF of this checksum; the served one goes first."""
        with self._database.read() as db:
            found = db.execute(
                "SELECT e.handbook, e.number FROM edition e JOIN handbook h ON h.id = e.handbook"
                " WHERE e.sha256 = ? AND e.state = 'published' AND h.current IS NOT NULL"
                " ORDER BY e.number = h.current DESC, e.number DESC, e.handbook LIMIT 1",
                (sha256,),
            ).fetchone()
            return (found[0], found[1]) if found else None

    def removed(self) -> tuple[str, ...]:
        """The handbooks that are kept but not served, by id."""
        with self._database.read() as db:
            found = db.execute(
                "SELECT id FROM handbook h WHERE current IS NULL AND EXISTS"
                " (SELECT 1 FROM edition e WHERE e.handbook = h.id AND e.state = 'published') ORDER BY id"
            )
            return tuple(handbook for (handbook,) in found)

    def profile(self, handbook: str) -> str:
        """The profile (TOML) that a handbook's editions are read with; "" for none or an unknown handbook."""
        with self._database.read() as db:
            found = db.execute("SELECT profile FROM handbook WHERE id = ?", (handbook,)).fetchone()
            return str(found[0]) if found else ""

    def set_profile(self, handbook: str, text: str) -> None:
        """Remember a profile for a handbook's next editions; "" forgets it.

        Raises:
            NotFoundError: there is no such handbook; one that is staged is there.
        """
        with self.write_lock(), self._database.write() as db:
            done = db.execute("UPDATE handbook SET profile = ? WHERE id = ?", (storable(text), handbook))
            if not done.rowcount:
                raise NotFoundError(f"{handbook}: no such handbook in this library; kb handbooks lists them")
            proof.seal(db, "handbook", handbook)

    def set_details(
        self,
        handbook: str,
        publisher: str | None = None,
        licence: str | None = None,
        url: str | None = None,
        name: str | None = None,
        subjects: Sequence[str] | None = None,
    ) -> Handbook:
        """State whose a served handbook is, what it is called and about; None leaves a part, "" takes it back.

        A new name is served from the next publication on.

        Raises:
            NotFoundError: there is no such handbook.
        """
        with self.write_lock():
            held = self.handbook(handbook)
            about = held.subjects if subjects is None else [one for text in subjects if (one := text.strip())]
            given = {"publisher": publisher, "licence": licence, "url": url, "name": name}
            stated = {
                part: storable(getattr(held, part) if value is None else value.strip())
                for part, value in given.items()
            }
            stated["subjects"] = storable("\n".join(about))
            with self._database.write() as db:
                columns = ", ".join(f"{part} = ?" for part in stated)
                db.execute(f"UPDATE handbook SET {columns} WHERE id = ?", (*stated.values(), handbook))
                proof.seal(db, "handbook", handbook)
                stamp = chronicle.note(db, handbook)
            self._settle(stamp)
            return self.handbook(handbook)

    def _settle(self, stamp: str) -> None:
        """Date what harvesters are told of a change by when it was committed; "" is for no change."""
        if chronicle.is_late(stamp):
            with self._database.write() as db:
                chronicle.settle(db, stamp)

    def settings(self, *names: str) -> dict[str, str]:
        """What the owner decided for the site as a whole, by name: of these names, of all where none is given."""
        with self._database.read() as db:
            found = db.execute(
                "SELECT name, value FROM setting WHERE ?1 = '[]' OR name IN (SELECT value FROM json_each(?1))",
                (json.dumps(names),),
            )
            return dict(found.fetchall())

    def set_settings(self, given: Mapping[str, str]) -> None:
        """Decide something for the site as a whole; "" takes a decision back."""
        with self.write_lock(), self._database.write() as db:
            for name, value in given.items():
                db.execute("DELETE FROM setting WHERE name = ?", (name,))
                if value:
                    db.execute("INSERT INTO setting VALUES (?, ?)", (name, storable(value)))
                proof.seal(db, "setting", name)
