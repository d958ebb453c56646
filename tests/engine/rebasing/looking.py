"""What a draft, or the live plan, looks like, in words that a table can be made of."""

from draftedit.engine.base.errors import Unknown
from draftedit.service.objects import Objects
from tests.hosts import knot

Look = dict[str, object]


class Keys(dict):
    """The keys of boxes and items by their names, as attributes."""

    def __getattr__(self, name):
        return self[name]


def look(page) -> Look:
    """Return the plan by paths: "a" its items in order, "a.next", "u.nick", "u/old" …

    "" is the list of boxes in order; what is not there is not in it.
    """
    found: Look = {}
    plans, boxes, items = page("plan"), page("box"), page("item")
    box_names = {row.key: row.values["name"] for row in boxes}
    names = {row.key: row.values["name"] for row in items}
    for plan in plans:
        found["plan"] = plan.values["name"]
        found[""] = " ".join(row.values["name"] for row in boxes)
    for row in boxes:
        inside = [i for i in items if i.values["box_id"] == row.key[0]]
        found[box_names[row.key]] = " ".join(i.values["name"] for i in inside)
        if row.values["next_id"] is not None:
            path = f"{box_names[row.key]}.next"
            found[path] = box_names.get((row.values["next_id"],), "nothing")
    for row in items:
        if row.values["nick"] is not None:
            found[f"{names[row.key]}.nick"] = row.values["nick"]
        found[f"{names[row.key]}.code"] = row.values["code"]
    for row in page("mark"):
        path = f"{names[row.values['item_id'],]}/{row.values['word']}"
        found[path] = row.values["weight"]
    for row in page("item_badge"):
        found[f"{names[row.values['item_id'],]}#{row.values['badge_code']}"] = True
    return found


def draft_look(edit) -> Look:
    """Look at a draft."""
    return look(lambda table: edit.page(table, limit=500).rows)


def live_look(dbsession, keys, revision=None) -> Look:
    """Look at what is live, or was at a revision."""

    def page(table):
        live = Objects(knot.drafts, dbsession)
        place = ("plan", keys["plan"], table)
        try:
            return live.page(*place, limit=500, revision=revision).rows
        except Unknown:
            return []

    return look(page)
