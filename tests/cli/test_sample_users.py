"""The users of development are the ones that its ini file tells."""

from draftedit.cli.init import SAMPLE_USERS
from draftedit.settings import shipped_ini
from draftedit.settings.table import ROLES


def test_the_server_says_how_to_sign_in():
    note = next(
        line
        for line in shipped_ini("development.ini").splitlines()
        if line.startswith("note = ")
    )
    for user in SAMPLE_USERS:
        assert user.role in ROLES
        assert f"{user.name} ({user.role}, password {user.password})" in note
    assert "note = " not in shipped_ini("production.ini")
