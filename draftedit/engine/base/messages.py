"""Messages of the engine and the service, by code.

The codes are part of the contract, the words are not: programs read a problem's `code`
and `params`. One table for both, as a message says the same whichever room refuses;
those about a single value are beside the codecs, in `engine/values/messages.py`, those
about requests and forms in `web/messages.py`.
"""

from translationstring import TranslationStringFactory

from draftedit.engine.base.texts import Messages

_ = TranslationStringFactory("draftedit")

say = Messages(
    {
        "draft-at-another-version": _(
            "The draft is at version ${current}; the request was made for ${seen}."
        ),
        "base-moved": _(
            "The draft was opened on revision ${base}; the object is at"
            " revision ${current} now."
        ),
        "saved-at-the-same-time": _(
            "Revision ${revision} was saved by another at the same time."
        ),
        "conflicts": _("${count} changes conflict with the live rows."),
        "draft-does-not-fit": _("The draft no longer fits the columns of its tables."),
        "too-many-writes": _(
            "At most ${limit} changes are taken; try again in ${retry_after} s."
        ),
        "nothing-to-save": _("Nothing is changed: there is nothing to save."),
        "consent-outdated": _(
            "The rows of ${tables} that would be lost are not those that were"
            " agreed to: they have changed since. Look at them again."
        ),
        "consent-needed": _(
            "Rows of ${tables} refer to what is deleted, and would change in a"
            " way that no revert brings back. The save must be agreed to."
        ),
        "not-a-cursor": _("This is not a cursor of this list."),
        "check-failed": _("The check '${name}' failed, so nothing can be saved."),
        "table-gone": _("There is no table ${table} any more."),
        "field-gone": _("${table} has no ${field} any more: ${value}."),
        "note-failed": _("The note '${name}' failed."),
        "choice-unknown": _("'${take}' is not one of the choices: ${choices}."),
        "values-not-by-column": _("Values are given by column."),
        "values-of-new-objects": _("Values are given to a new object only."),
        "changes-nothing": _("It changes nothing any more."),
        "key-cannot-be-made": _(
            "A new ${title} needs a key that draftedit cannot make: it must be given."
        ),
        "key-belongs-to-another-object": _(
            "Revision ${revision} is of another ${title}, which revision"
            " ${deleted_by} deleted: its key belongs to this ${same_title} now."
        ),
        "key-in-use": _(
            "The key of this ${title} is in use elsewhere: it cannot come back."
        ),
        "key-belongs-to-another-row": _(
            "The key of this ${title} belongs to another one now, which was not"
            " made in a draft: it cannot come back."
        ),
        "same-as-revision": _(
            "Nothing differs from revision ${revision}: it is as it was then."
        ),
        "operation-without-name": _(
            'An operation is an object with a name under "op".'
        ),
        "not-by-form": _("A form cannot do '${name}'."),
        "member-not-a-number": _('${operation}: "${member}" must be a whole number.'),
        "unknown-operation": _("There is no operation '${name}'."),
        "batch-not-a-list": _('batch: "operations" must be a list.'),
        "batch-too-deep": _("batch: at most ${limit} may be nested."),
        "field-computed": _("This is computed and cannot be set."),
        "field-fixed": _("This is ${value} for every row here and cannot be set."),
        "parent-changed-by-move": _("The parent is changed by a move."),
        "place-changed-by-move": _("The place is changed by a move."),
        "key-not-settable": _("A key cannot be changed."),
        "reference-missing": _("There is no ${table} ${value}."),
        "unknown-field": _("${table} has no field ${field}."),
        "value-not-allowed": _("This must be one of ${choices}."),
        "unknown-name-in-batch": _("Nothing in this batch is called '${name}'."),
        "reference-outside-object": _("A batch can name rows of this object only."),
        "value-missing": _("This must be given."),
        "not-read-by-database": _("The database does not read this as ${type}."),
        "not-a-key": _("This is no key."),
        "root-made-by-opening": _("An object is made by opening a draft."),
        "no-order": _("${table} has no order."),
        "only-to-another-parent": _(
            "Rows of ${table} have no order: a move gives them another parent."
        ),
        "key-exists": _("A row of this key exists already."),
        "deleted-row-has-rows": _(
            "The deleted row of this key still has rows below it."
        ),
        "member-not-a-key-or-ref": _(
            '${operation}: "${member}" must be a key or a "ref".'
        ),
        "member-not-text": _('${operation}: "${member}" must be text.'),
        "member-not-an-object": _('${operation}: "${member}" must be an object.'),
        "member-missing": _('${operation}: "${member}" is missing.'),
        "members-unknown": _("${operation}: ${members} cannot be given."),
        "member-not-a-key": _('${operation}: "${member}" must be a key.'),
        "key-taken-over": _("The key belongs to another row now."),
        "row-deleted": _("The row is deleted, or one above it is: restore it first."),
        "key-names-parent": _("The row's key names its parent: it cannot move away."),
        "after-elsewhere": _("The row to stand after is not below this parent."),
        "parent-deleted": _("The parent is deleted: restore it first."),
        "parent-missing": _("The parent, a ${parent}, must be given."),
        "key-made-by-database": _(
            "The database makes this key, and does not take an old one."
        ),
        "second-root": _("A draft has one root."),
        "referred-to-by-other-objects": _(
            "With this row, ${title} of other objects would be deleted or lose"
            " their reference, and their history would not show it: ${rows}."
            " Change these first."
        ),
        "deletes-not-counted": _(
            "A table with row-level security refers to this row, and the"
            " database does not count what a delete changes in it: its setting"
            " track_counts is off."
        ),
        "deletes-unseen-rows": _(
            "${table} has row-level security for this session. The delete would"
            " also change rows of ${same_table} that the session does not see:"
            " nobody could list them, and no revert could bring them back."
        ),
        "odd-date": _(
            "${value} is no date that this database writes: neither a draft nor"
            " history can keep the row. Correct it in the database first."
        ),
        "unreadable-value": _(
            "A value in the table ${table} is not of its column's type: ${problem}."
            " Correct it in the database first."
        ),
        "row-has-rows": _("Rows hang below it: give it a value of its own."),
        "choice-not-for-rows": _("For a whole row, take base, draft or live."),
        "deleted-outside-drafts": _(
            "It was deleted behind draftedit's back: nothing is left of it."
        ),
        "already-so": _("It is so already."),
        "unknown-conflict": _("There is no such conflict."),
        "rows-indistinguishable": _(
            "${table} has no primary key, and its row ${row} is there twice or"
            " refers to nothing: history could not tell such rows apart. Delete"
            " it in the database first."
        ),
        "deletes-not-kept": _(
            "The database did not keep all rows that this delete takes along,"
            " and gave no reason: a revert could not bring them back."
        ),
        "refused-by-database": _("The database refuses this value."),
        "refused-by-rule": _("A rule of the database refuses this value."),
        "value-does-not-fit": _("The value does not fit the column."),
        "stand-in-left": _(
            "Row ${row} gives up ${unique} in the same save, but what stood in"
            " for it left it in the way: see park=. None of your values is"
            " refused."
        ),
        "reference-broken": _("This refers to a row that is not there."),
        "reference-deleted": _("This refers to a ${title} that is deleted."),
        "referred-to-by-hidden-rows": _(
            "${table} refers to this ${title} in ${rows} that a draft does not"
            " show: it cannot be deleted while that is so."
        ),
        "references-unseen": _(
            "${table} has row-level security for this session: rows of"
            " ${same_table} that it does not see may refer to this value, and"
            " would lose their reference with another one."
        ),
        "reference-would-be-lost": _(
            "${table} refers to this value in ${rows}: the reference would be"
            " lost with another value, and no revert would bring it back."
            " Change it first."
        ),
        "referred-to-from-outside": _(
            "The row is deleted, but something outside this object refers to it."
        ),
        "no-stand-in": _(
            "No value can stand in for ${unique} while it is exchanged with"
            " another row, and the row is referred to: set park=. None of your"
            " values is refused."
        ),
        "row-hidden-from-save": _(
            "The application's session does not show this row to the save:"
            " something filters what it reads, such as do_orm_execute with"
            " with_loader_criteria. Say the same by visible= of drafts.target,"
            " and drafts do not show it either."
        ),
        "row-not-written": _(
            "The database did not write this row, and gave no reason."
        ),
        "events-never-end": _("The events of the models never come to an end."),
        "row-not-in-object": _(
            "This row would not be part of the object after the save."
        ),
        "row-still-there": _(
            "This row would still be there after the save, which is to delete it."
        ),
        "old-value-put-back": _(
            "The database or the application put the old value back."
        ),
        "row-put-elsewhere": _(
            "The database or the application put this row below another one"
            " than the draft has it below."
        ),
        "json-too-deep": _("This database takes JSON of ${limit} levels at most."),
        "integer-too-long-for-json": _(
            "SQLite keeps whole numbers this long only in a list."
        ),
        "not-json": _("This is not JSON."),
        "value-not-json": _("This is not JSON: ${why}."),
        "key-too-long": _(
            "The key of an object may have ${limit} characters, as it stands in"
            " addresses; this one has ${length}."
        ),
        "owner-too-long": _("An owner's name may have ${limit} characters."),
        "owner-already": _("The draft is theirs already."),
        "unknown": _("There is no ${what} ${name}."),
        "draft-closed": _("The draft is ${state}; it can only be read."),
        "undo-too-many": _("Asked to undo ${asked}; there are ${there_are}."),
        "redo-too-many": _("Asked to redo ${asked}; there are ${there_are}."),
        "entry-broken": _(
            "Entry ${entry} of the journal cannot be turned over: ${why}"
        ),
        "step-obsolete": _(
            "Step ${step} no longer applies to the newer revision: ${why}"
        ),
        "value-obsolete": _("${value} no longer fits: ${why}"),
        "refused-by-host": _("The host refuses this value."),
        "value-taken": _("${value} is taken already by another ${title}."),
        "value-taken-by-row": _(
            "${value} is taken already by another ${title} (row ${row})."
        ),
        "value-taken-under": _(
            "${value} is taken already by another ${title} under ${unique}."
        ),
        "referred-to-by-rows": _(
            "The row is deleted, but something outside this object refers to"
            " it: ${table}, ${count} (${rows})."
        ),
        "referred-to-by-keyless-rows": _(
            "The row is deleted, but something outside this object refers to"
            " it: ${table}, ${count}."
        ),
        "too-many-to-keep": _("there are more than ${limit} of them"),
        "referred-not-kept": _("what they refer to cannot be kept"),
        "not-as-deleted": _(
            "they are changed by now, or their key or what they refer to is not free"
        ),
    }
)
