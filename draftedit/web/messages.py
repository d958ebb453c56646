"""What is wrong with a request or a form, by code; see `engine/base/messages.py`."""

from translationstring import TranslationStringFactory

from draftedit.engine.base.texts import Messages

_ = TranslationStringFactory("draftedit")

say = Messages(
    {
        "body-not-an-object": _("The body is not a JSON object."),
        "too-many-operations": _("A call carries at most ${limit} operations."),
        "body-member-not-a-key": _(
            "“${name}” is no key: a list of texts and whole numbers."
        ),
        "body-member-unknown": _("There is no member “${name}” here."),
        "body-member-not-a-count": _("“${name}” is a whole number, 0 or more."),
        "body-member-missing": _("“${name}” is missing."),
        "body-member-of-wrong-type": _("“${name}” is not ${type}."),
        "count-below-one": _("“count” is 1 or more."),
        "message-too-long": _("A message has at most ${limit} characters."),
        "count-or-to": _("Say either “count” or “to”."),
        "revert-without-id": _("“revert_to” goes with the “id” of an object."),
        "body-too-deep": _("The body is nested deeper than ${limit} levels."),
        "body-has-half-surrogate": _("The body has half of a surrogate pair."),
        "body-not-json": _("The body is not JSON: ${why}."),
        "body-has-nul": _("Text cannot hold the character NUL."),
        "parameter-has-nul": _("“${name}” holds the character NUL."),
        "limit-out-of-range": _("“limit” is a number from 1 to ${limit}."),
        "search-too-long": _("“q” has at most ${limit} characters."),
        "parameter-not-a-choice": _("“${name}” is one of: ${choices}."),
        "parameter-not-a-flag": _("“${name}” is 1 or 0."),
        "parameter-not-a-day": _("“${name}” is a day, like 2026-03-01."),
        "parameter-not-a-key": _("“${name}” is no key: ${why}."),
        "choice-members": _("A choice has table, id, field, take and value; no more."),
        "choice-take-unknown": _("“take” is one of ${choices}."),
        "choice-names-too-little": _(
            "A choice names table and id, a field besides, or nothing."
        ),
        "choice-value-without-take": _(
            "A “value” goes with “take”: “value”, and only with that."
        ),
        "choice-value-without-field": _("A value of one's own is that of a “field”."),
        "choice-names-not-text": _("“table” and “field” are names."),
        "after-not-a-cursor": _("“after” is no cursor of this list."),
        "request-key-reused": _("This request key was used for another request."),
        "bad-request-key": _("A request key is 1 to 128 visible ASCII characters."),
        "if-match-missing": _('Say which version you changed: If-Match: "17".'),
        "bad-if-match": _('If-Match takes one version in double quotes, like "17".'),
        "form-version-missing": _(
            "The form does not say which version it was made for."
        ),
        "form-version-not-a-number": _("The form's version is not a number."),
        "body-too-large": _("A body has at most ${limit} bytes."),
        "body-cut-off": _("The body ends before the length that it was to have."),
        "query-too-large": _(
            "A query has at most ${fields} fields and ${bytes} bytes."
        ),
        "form-too-large": _("A form has at most ${limit} fields."),
        "header-too-large": _("${name} has at most ${limit} bytes."),
        "query-not-utf-8": _("The query is not in UTF-8."),
        "form-value-not-a-number": _("“${name}” is not a number."),
        "form-without-operation": _("A form names an operation (op) and a table."),
        "form-operation-unknown": _("A form cannot do '${name}'."),
        "form-without-row": _("The form names no row (${member})."),
        "form-table-unknown": _("There is no table ${table}."),
        "not-with-several-rows": _("This cannot be done with several rows."),
        "form-days-unknown": _("“days” is one of: ${choices}."),
        "form-start-not-a-number": _("“start” is not a number."),
        "form-member-missing": _("The form does not say “${name}”."),
        "form-member-not-a-number": _("“${name}” is not a whole number."),
        "form-without-task": _("The form names no task."),
        "wrong-media-type": _("Send the body as ${expected}, in UTF-8."),
        "bad-revision": _("A revision is a whole number, 0 or more."),
        "place-missing": _("Say where it is to stand."),
        "nothing-found": _("Nothing is called “${text}”."),
        "several-found": _("Several fit “${text}”: choose one."),
        "no-row-ticked": _("No row is ticked."),
        "no-field-chosen": _("No field is chosen to be set."),
        "message-has-nul": _("The message holds a NUL character."),
        "no-such-owner": _("There is nobody of this name who edits drafts."),
    }
)
