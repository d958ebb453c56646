"""Tell the API story to a real server.

python -m tests.stories.over_http http://localhost:6543 TOKEN ruleset 2 [SEED]
"""

import random
import sys

from tests.stories.http import HttpClient
from tests.stories.story import Story
from tests.web.api.program import Program


def main(base: str, token: str, target: str, key: str, seed: str = "1") -> None:
    """Tell the story of one object; say what was seen."""
    program = Program(HttpClient(base), token)
    story = Story(program, target, key, random.Random(seed))
    saved = story.tell()
    print(f"seed {seed}: {sum(story.made.values())} operations {story.made}")
    print(f"saved as revision {saved['revision']}, {_count(saved['ids'])} new keys")

    before = story.live()
    draft = program.open(target, key)
    draft.do("cancel")
    assert story.live() == before
    print("a second draft cancelled: live is untouched")


def _count(ids: dict[str, dict[str, list[object]]]) -> int:
    return sum(len(mapped) for mapped in ids.values())


if __name__ == "__main__":
    main(*sys.argv[1:])
