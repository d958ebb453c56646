"""JSON that is typed into a form is read as strictly as JSON that is sent."""

import pytest

from draftedit.engine.base import strict_json
from draftedit.engine.base.strict_json import MAX_DEPTH
from draftedit.engine.values import codecs
from draftedit.firewall import drafts
from draftedit.firewall.models import Ruleset
from draftedit.web.form_values import FormInput, read


def nested(levels):
    return "[" * levels + "]" * levels


@pytest.mark.parametrize(
    "text",
    [
        '{"a": 1, "a": 2}',
        "NaN",
        "1e999",
        "{",
        nested(MAX_DEPTH + 1),
        nested(100_000),
    ],
    ids=lambda text: text[:16],
)
def test_a_form_refuses_what_the_api_refuses(text):
    part = drafts.targets["ruleset"].tables["ruleset"]
    found, problems = read(part, FormInput({"objects": text}), {"objects": None})
    assert found == {}
    assert [problem.field for problem in problems] == ["objects"]


def test_as_deep_as_may_be_is_taken():
    assert strict_json.depth(strict_json.parse_value(nested(MAX_DEPTH))) == MAX_DEPTH
    assert strict_json.depth({"a": [{}]}) == 3
    assert strict_json.depth(7) == 0


def test_mariadb_takes_no_json_that_its_functions_cannot_read():
    json_codec = codecs.codec(Ruleset.__table__.c.objects.type)
    deep = strict_json.parse(nested(MAX_DEPTH + 1))
    assert json_codec.parse(deep, "sqlite") == deep
    with pytest.raises(ValueError, match="levels at most"):
        json_codec.parse(deep, "mariadb")
