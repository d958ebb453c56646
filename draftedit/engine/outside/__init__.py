"""Rows outside an object that a delete of its rows would change.

Other tables may refer to the rows of an object by foreign keys with a rule (`ON
DELETE`), or by a relationship that the ORM empties. What a save does to their rows is
found (`search`), reported (`consequences`), and carried out and kept by the save
(`engine.saving.cascades`).
"""
