"""The story of one draft, told over the API alone, for any host.

Open, 200 random operations, undo all, redo all, save: at each point the pages of the
draft are what they must be, and nobody else saw anything.
"""

import random
from typing import Any

from tests.stories.random_edits import Json, Makers, RandomEdits
from tests.web.api.program import Draft, Program

Rows = dict[str, list[Json]]
LENGTH = 200  # operations
MOST_ROUNDS = 50  # of taking away what a save refuses
ALL_KINDS = {"set", "insert", "delete", "restore", "move", "batch"}


class Story:
    """One program on one object of one target."""

    def __init__(
        self,
        program: Program,
        target: str,
        key: Any,
        dice: random.Random,
        makers: Makers | None = None,
    ) -> None:
        self.program = program
        self.target = target
        self.key = key
        self.dice = dice
        self.makers = makers
        targets = program.get("/targets").json["items"]
        self.tables = next(t["tables"] for t in targets if t["name"] == target)
        self.made: dict[str, int] = {}

    def kinds(self) -> set[str]:
        """Return the kinds of operations that the story has: not every host moves."""
        moves = any(one["ordered"] or one["changes_parent"] for one in self.tables)
        return ALL_KINDS if moves else ALL_KINDS - {"move"}

    @property
    def path(self) -> str:
        """Where the object is read."""
        return f"/objects/{self.target}/{self.key}"

    def tell(self, count: int = LENGTH) -> Json:
        """Tell the story; return what save answered."""
        before = self.live()
        draft = self.program.open(self.target, self.key)
        edits = RandomEdits(draft, self.tables, self.dice, self.makers)
        edits.do(count)
        self.made = edits.made
        after = self.rows(draft)
        assert self.live() == before

        draft.do("undo", {"count": count})
        assert self.rows(draft) == before
        assert self.states(draft) <= {"same"}
        assert draft.get("/changes").json["items"] == []

        draft.do("redo", {"count": count})
        assert self.rows(draft) == after
        draft.do("undo", {"to": 0})
        draft.do("redo", {"to": count})
        assert self.rows(draft) == after

        wanted, saved = self.save(draft)
        live = by_key(self.live())
        expected = by_key(self.with_real_keys(wanted, saved["ids"]))
        assert sorted(live.keys() ^ expected.keys()) == []
        assert [row for row in live if live[row] != expected[row]] == []
        return saved

    def rows(self, draft: Draft) -> Rows:
        """Read every page of every table of a draft, states aside."""
        return {
            table["name"]: [
                {name: value for name, value in row.items() if name != "_state"}
                for row in self.pages(f"{draft.path}/rows/{table['name']}")
            ]
            for table in self.tables
        }

    def states(self, draft: Draft) -> set[str]:
        """Return the states of all rows, of the deleted ones, too."""
        return {
            row["_state"]
            for table in self.tables
            for row in self.pages(f"{draft.path}/rows/{table['name']}?gone=1")
        }

    def live(self) -> Rows:
        """Read every page of every table of the live object."""
        return {
            table["name"]: self.pages(f"{self.path}/rows/{table['name']}")
            for table in self.tables
        }

    def pages(self, path: str) -> list[Json]:
        """Follow the cursors of a list to its end."""
        mark = "&" if "?" in path else "?"
        items: list[Json] = []
        after = ""
        while after is not None:
            page = self.program.get(f"{path}{mark}limit=500{after}").json
            items += page["items"]
            after = f"&after={page['next']}" if page["next"] else None
        return items

    def save(self, draft: Draft) -> tuple[Rows, Json]:
        """Save; first take away what is refused: references to deleted rows.

        And what the host's own checks refuse: random words are no addresses.
        """
        for _ in range(MOST_ROUNDS):
            wanted = self.rows(draft)
            checked = draft.do("check").json
            answer = draft.do("save", {"message": "a story"}, status="*")
            assert (answer.status_int == 200) == (checked["problems"] == []), (
                answer.text,
                checked,
            )
            if answer.status_int == 200:
                return wanted, answer.json
            assert answer.status_int == 422, answer.body
            less = self._less(answer.json["problems"], by_key(wanted))
            draft.do("operations", {"op": "batch", "operations": less})
        raise AssertionError(f"still refused: {less}")

    def _less(
        self, problems: list[Json], found: dict[tuple[Any, ...], Json]
    ) -> list[Json]:
        """Return operations that take away what is refused, each only once.

        Values first, then rows, parts before what they are a part of.
        """
        depth = {table["name"]: n for n, table in enumerate(self.tables)}
        less = [self._taken_away(problem, found) for problem in problems]
        less.sort(key=lambda one: (one["op"] == "delete", -depth[one["table"]]))
        return [one for n, one in enumerate(less) if one not in less[:n]]

    def _taken_away(self, problem: Json, found: dict[tuple[Any, ...], Json]) -> Json:
        """Empty the field that is refused, or what asks for it to be filled.

        A row goes if its field must be filled, or nothing of it is left to empty.
        """
        table, key, field = (problem[name] for name in ("table", "id", "field"))
        row = found[table, *map(str, key)]
        names = [field] if row[field] is not None else self._may_be_empty(table)
        if self._is_required(problem) and row[field] is not None:
            names = []
        values = {name: self._empty(table, name) for name in names}
        if all(row[name] == value for name, value in values.items()):
            return {"op": "delete", "table": table, "id": key}
        return {"op": "set", "table": table, "id": key, "values": values}

    def _empty(self, table: str, name: str) -> Any:
        """Return what a field has that is left out: False for a flag."""
        [fields] = [one["fields"] for one in self.tables if one["name"] == table]
        [field] = [one for one in fields if one["name"] == name]
        return False if field["type"] == "boolean" else None

    def _is_required(self, problem: Json) -> bool:
        [fields] = [t["fields"] for t in self.tables if t["name"] == problem["table"]]
        return any(f["required"] for f in fields if f["name"] == problem["field"])

    def _may_be_empty(self, table: str) -> list[str]:
        [fields] = [one["fields"] for one in self.tables if one["name"] == table]
        return [
            field["name"]
            for field in fields
            if field["type"] in ("enum", "integer")
            and not (field["required"] or field["read_only"] or "references" in field)
        ]

    def with_real_keys(self, rows: Rows, ids: dict[str, Any]) -> Rows:
        """Put the real keys where the draft had its own, as save mapped them."""
        real = {
            int(path): keys[0]
            for mapped in ids.values()
            for path, keys in mapped.items()
            if "," not in path
        }
        return {
            table["name"]: [
                self._with_real(table, row, real) for row in rows[table["name"]]
            ]
            for table in self.tables
        }

    def _with_real(self, table: Json, row: Json, real: dict[int, Any]) -> Json:
        """Map keys and references; a priority of −100 is neither."""
        plain = {
            field["name"]
            for field in table["fields"]
            if not (field["read_only"] or "references" in field)
        } - {*table["key"]}
        mapped = {n: v if n in plain else _mapped(v, real) for n, v in row.items()}
        return mapped | {"_id": [_mapped(value, real) for value in row["_id"]]}


def _mapped(value: Any, real: dict[int, Any]) -> Any:
    return real.get(value, value) if isinstance(value, int) else value


def by_key(rows: Rows) -> dict[tuple[Any, ...], Json]:
    """Index rows by table and key: their order is in their order column."""
    return {
        (table, *map(str, row["_id"])): row
        for table, some in rows.items()
        for row in some
    }
