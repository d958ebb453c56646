"""Random operations of all kinds, made from nothing but what the API says of itself."""

import random
from collections.abc import Callable, Mapping
from typing import Any

from tests.web.api.program import Draft

Table = dict[str, Any]
Json = dict[str, Any]
Makers = Mapping[tuple[str, str], Callable[[random.Random], Any]]

PLAIN = ("string", "text", "integer", "boolean", "enum")


class RandomEdits:
    """Makes operations for the rows that a draft has at the moment.

    `makers`, by table and field, make values that no random word or number fits.
    """

    def __init__(
        self,
        draft: Draft,
        tables: list[Table],
        dice: random.Random,
        makers: Makers | None = None,
    ) -> None:
        self.draft = draft
        self.tables = {table["name"]: table for table in tables}
        self.root = tables[0]["name"]
        self.dice = dice
        self.makers = makers or {}
        self.made: dict[str, int] = {}
        self.seen: dict[tuple[str, str], list[Json]] = {}

    def do(self, count: int) -> None:
        """Do `count` operations that each change something."""
        done = 0
        while done < count:
            if done % 5 == 0:
                self.seen.clear()
            operation = self.operation()
            if operation is None:
                continue
            # What the dice propose may be refused (a reference to a chain deleted a
            # moment ago, a link that exists): that changes nothing, and is not counted.
            answer = self.draft.do("operations", operation, status="*")
            assert answer.status_int in (200, 422), answer.body
            if answer.json.get("sequence") is None:
                continue
            self.draft.version = answer.json["version"]
            self.made[operation["op"]] = self.made.get(operation["op"], 0) + 1
            done += 1

    def operation(self) -> Json | None:
        """Make an operation of a random kind; None where nothing fits."""
        kinds: list[Callable[[], Json | None]] = [
            self.set,
            self.set,
            self.insert,
            self.delete,
            self.delete,
            self.restore,
            self.move,
            self.move,
            self.batch,
        ]
        return self.dice.choice(kinds)()

    def rows(self, table: str, **query: str) -> list[Json]:
        """Return one page of rows, which may have been read some operations ago."""
        text = "&".join(f"{name}={value}" for name, value in query.items())
        if (table, text) not in self.seen:
            page = self.draft.get(f"/rows/{table}?limit=20&{text}").json
            self.seen[table, text] = page["items"]
        return self.seen[table, text]

    def row(self, *tables: str, **query: str) -> tuple[str, Json] | None:
        """Choose a row of one of the tables."""
        table = self.dice.choice(tables or tuple(self.tables))
        rows = self.rows(table, **query)
        return (table, self.dice.choice(rows)) if rows else None

    def set(self) -> Json | None:
        """Change one or two fields of a row."""
        found = self.row()
        if found is None:
            return None
        table, row = found
        fields = [f for f in self.settable(table) if self.can_make(table, f)]
        if not fields:
            return None
        some = self.dice.sample(fields, min(len(fields), 2))
        values = {field["name"]: self.value(table, field) for field in some}
        return {"op": "set", "table": table, "id": row["_id"], "values": values}

    def insert(self) -> Json | None:
        """Insert a row somewhere."""
        table = self.dice.choice([name for name in self.tables if name != self.root])
        described = self.tables[table]
        parent = self.row(described["parent"])
        if parent is None:
            return None
        values = {}
        for field in self.settable(table, inserting=True):
            if field["required"] or (
                self.can_make(table, field) and self.dice.random() < 0.3
            ):
                values[field["name"]] = self.value(table, field)
        if any(values[n] is None for n in values if self.is_required(table, n)):
            return None
        operation = {"op": "insert", "table": table, "values": values}
        operation["parent"] = parent[1]["_id"]
        if described["ordered"] and self.dice.random() < 0.5:
            operation["after"] = self.sibling(table, parent[1]["_id"])
        return operation

    def delete(self) -> Json | None:
        """Delete a row, a leaf more often than what has much below it."""
        leaves = [name for name in self.tables if not self.has_parts(name)]
        names = leaves if self.dice.random() < 0.8 else list(self.tables)
        names = [name for name in names if name != self.root and self.rows(name)]
        found = self.row(*names) if names else None
        if found is None:
            return None
        return {"op": "delete", "table": found[0], "id": found[1]["_id"]}

    def restore(self) -> Json | None:
        """Restore a deleted row."""
        for table in self.dice.sample(list(self.tables), len(self.tables)):
            rows = self.rows(table, state="changed", gone="1")
            gone = [row["_id"] for row in rows if row["_state"] == "gone"]
            if gone:
                key = self.dice.choice(gone)
                return {"op": "restore", "table": table, "id": key}
        return None

    def move(self) -> Json | None:
        """Move a row, below another parent or among its siblings."""
        movable = [
            name
            for name, table in self.tables.items()
            if table["ordered"] or table["changes_parent"]
        ]
        found = self.row(*movable) if movable else None
        if found is None:
            return None
        table, row = found
        operation = {"op": "move", "table": table, "id": row["_id"]}
        parent = self.row(self.tables[table]["parent"])
        if parent is None:
            return None
        operation["parent"] = parent[1]["_id"]
        if not self.tables[table]["ordered"]:
            return operation
        operation["after"] = self.sibling(table, parent[1]["_id"])
        if operation["after"] == row["_id"]:
            return None
        return operation

    def batch(self) -> Json | None:
        """Do some things at once, a row and what refers to it among them."""
        steps = [self.set(), self.insert(), self.move()]
        first = self.insert()
        if first is not None:
            first["as"] = "r1"
            steps.append(first)
            part = self.part_of(first["table"])
            if part is not None:
                steps.append(part)
        operations = [step for step in steps if step is not None]
        return {"op": "batch", "operations": operations} if operations else None

    def part_of(self, table: str) -> Json | None:
        """Insert a part below the row that the batch calls r1."""
        for name, described in self.tables.items():
            if described["parent"] == table:
                fields = [f for f in self.settable(name, True) if f["required"]]
                values = {f["name"]: self.value(name, f) for f in fields}
                if None in values.values():
                    return None
                operation = {"op": "insert", "table": name, "values": values}
                return operation | {"parent": {"ref": "r1"}}
        return None

    def sibling(self, table: str, parent: Any) -> Any:
        """Choose the row to stand after; None is the first place."""
        rows = self.rows(table, parent=",".join(map(str, parent)))
        return self.dice.choice([None, *(row["_id"] for row in rows)])

    def has_parts(self, name: str) -> bool:
        """Tell whether rows of this table own others."""
        return any(table["parent"] == name for table in self.tables.values())

    def is_required(self, table: str, name: str) -> bool:
        """Tell whether a field must not be empty."""
        fields = self.tables[table]["fields"]
        return any(f["required"] for f in fields if f["name"] == name)

    def settable(self, table: str, inserting: bool = False) -> list[Json]:
        """Return the fields that an operation may give."""
        described = self.tables[table]
        parent = described["parent"]
        # The columns of the parent's key are given by "parent", nothing else is.
        is_parent = {
            f["name"] for f in described["fields"] if f.get("references") == parent
        }
        return [
            field
            for field in described["fields"]
            if not field["read_only"]
            and field["type"] != "order"
            and (parent is None or field["name"] not in is_parent)
            and (field["name"] not in described["key"] or inserting)
            and not (
                field["name"] in described["key"]
                and field["type"] == "integer"
                and "references" not in field
            )
        ]

    def can_make(self, table: str, field: Json) -> bool:
        """Tell whether a value can be made up."""
        return field["type"] in PLAIN or (table, field["name"]) in self.makers

    def value(self, table: str, field: Json) -> Any:
        """Make a value for a field."""
        if (table, field["name"]) in self.makers:
            return self.makers[table, field["name"]](self.dice)
        if "references" in field:
            return self.reference(table, field)
        if not field["required"] and self.dice.random() < 0.15:
            return None if field.get("nullable", True) else self.word(field)
        if field["type"] == "boolean":
            return self.dice.random() < 0.5
        if field["type"] == "enum":
            return self.dice.choice(field["choices"])
        if field["type"] == "integer":
            return self.dice.randrange(1000)
        return self.word(field)

    def reference(self, table: str, field: Json) -> Any:
        """Choose what the draft offers for a reference."""
        path = f"/choices/{table}/{field['name']}"
        choices = self.draft.get(path).json["items"]
        return self.dice.choice(choices)["id"][0] if choices else None

    def word(self, field: Json) -> str:
        """Make a text that no other row has."""
        return f"wört-{self.dice.randrange(10**9)}"
