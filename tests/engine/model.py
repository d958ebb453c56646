"""A draft in plain Python, for the oracle: rows, what is gone, and the order."""

import copy


class Model:
    """What a draft should hold; every operation is a line or two here."""

    def __init__(self, target):
        self.target = target
        self.rows = {}
        self.gone = set()
        self.order = {}

    def copy(self):
        twin = Model(self.target)
        twin.rows = copy.deepcopy(self.rows)
        twin.gone = set(self.gone)
        twin.order = copy.deepcopy(self.order)
        return twin

    def __eq__(self, other):
        return self.__dict__ == other.__dict__

    __hash__ = None

    def add(self, table, key, values, parent, after="last"):
        self.rows[table, key] = dict(values)
        self._place(table, key, parent, after)

    def move(self, table, key, parent, after):
        old = self.parent_of(table, key)
        if (parent, after) != (old, key):
            self.order[table, old].remove(key)
            part = self.target.tables[table]
            fields = zip(part.parent_fields, parent, strict=True)
            self.rows[table, key] |= dict(fields)
            self._place(table, key, parent, after)

    def _place(self, table, key, parent, after):
        keys = self.order.setdefault((table, parent), [])
        if after == "last":
            keys.append(key)
        else:
            keys.insert(0 if after is None else keys.index(after) + 1, key)

    def parent_of(self, table, key):
        part = self.target.tables[table]
        row = self.rows[table, key]
        return tuple(row[name] for name in part.parent_fields)

    def is_hidden(self, table, key):
        """Tell whether a row is gone, or one above it."""
        while table is not None:
            if (table, key) in self.gone:
                return True
            part = self.target.tables[table]
            above = self.parent_of(table, key) if part.parent else None
            table, key = part.parent, above
        return False

    def visible(self, table):
        return [k for t, k in self.rows if t == table and not self.is_hidden(t, k)]

    def siblings(self, table, parent):
        keys = self.order.get((table, parent), [])
        return [key for key in keys if not self.is_hidden(table, key)]

    def changes(self, base):
        """Return what a save would change: kind and fields by row."""
        found = {}
        for (table, key), row in self.rows.items():
            before = base.rows.get((table, key))
            part = self.target.tables[table]
            if part.parent and self.is_hidden(part.parent, self.parent_of(table, key)):
                continue
            if (table, key) in self.gone:
                if before is not None:
                    found[table, key] = "gone"
            elif before is None:
                found[table, key] = "new"
            elif names := {n for n, v in row.items() if before[n] != v}:
                found[table, key] = names
        return found

    def clashes(self):
        """Return the unique values that two rows in sight share."""
        seen, found = set(), []
        for table, part in self.target.tables.items():
            for unique in set(part.uniques):
                if part.order in unique:
                    continue  # the engine gives places out
                for key in self.visible(table):
                    values = tuple(self.rows[table, key][name] for name in unique)
                    if None not in values and (table, unique, values) in seen:
                        found.append((table, unique, values))
                    seen.add((table, unique, values))
        return found

    def dangling(self):
        """Return the references of rows in sight to rows that are not."""
        return [
            (table, key, name)
            for table, part in self.target.tables.items()
            for key in self.visible(table)
            for name, field in part.fields.items()
            if field.references in self.target.tables
            and name not in part.parent_fields
            and (value := self.rows[table, key][name]) is not None
            and self.is_hidden(field.references, (value,))
        ]
