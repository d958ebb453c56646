"""nft is asked where it can do no harm, is not waited for, and need not be there.

Two programs of these tests' own stand in for `nft` and `unshare`.
"""

import json
import signal
import subprocess

import pytest

from draftedit.firewall import nft_program
from tests.firewall.build import chain, listing, table

FINE = listing(table(), chain())
CHECKS = "--check --json --file -"
ANSWER_THE_PROBE = 'case "$(cat)" in *probe*) exit 0;; esac'


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Return the folder that has all the programs there are, and none yet."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(nft_program, "_SYSTEM", str(tmp_path))
    nft_program._way.cache_clear()
    yield tmp_path
    nft_program._way.cache_clear()


@pytest.fixture
def program(folder):
    """Return `program(name, script)`, which installs a program."""

    def program(name, script):
        path = folder / name
        path.write_text(script)
        path.chmod(0o755)

    return program


@pytest.fixture
def unshare(program, folder):
    """Return `unshare(forbidden)`: with an option of this name it runs nothing."""

    def unshare(forbidden="nothing"):
        program(
            "unshare",
            f"""#!/bin/sh
echo "$@" >>{folder}/asked
case "$*" in *{forbidden}*) echo "not permitted"; exit 1;; esac
while [ "${{1#--}}" != "$1" ]; do shift; done
exec "$@"
""",
        )

    return unshare


@pytest.fixture
def nft(program, unshare):
    """Return `nft(script)`: it answers the probe, and then does this."""

    def nft(script):
        unshare()
        program("nft", f"#!/bin/sh\n{ANSWER_THE_PROBE}\n{script}\n")

    return nft


def asked(folder):
    return (folder / "asked").read_text().splitlines()


def complaints():
    return nft_program.complaints(FINE, nft_program.deadline())


# Where it runs


def test_nft_only_checks_and_sees_no_network_of_this_machine(folder, nft):
    nft("exit 0")

    assert nft_program.is_installed()
    assert complaints() == []

    alone = f"--user --map-root-user --net {folder}/nft {CHECKS}"
    assert asked(folder) == [alone, alone]  # the probe, and the listing


def test_nft_is_given_the_listing_as_json(folder, program, unshare):
    unshare()
    program("nft", f'#!/bin/sh\ncat >"{folder}/given"\n')

    assert complaints() == []

    assert json.loads((folder / "given").read_text()) == FINE


def test_without_users_of_its_own_it_has_a_network_of_its_own(folder, nft, unshare):
    nft("exit 0")
    unshare(forbidden="--user")

    assert nft_program.is_there()
    assert complaints() == []

    assert asked(folder)[-1] == f"--net {folder}/nft {CHECKS}"


def test_without_a_network_of_its_own_it_is_not_asked(nft, unshare):
    nft("exit 0")
    unshare(forbidden="--net")

    assert nft_program.is_installed()
    assert not nft_program.is_there()
    with pytest.raises(nft_program.Unanswered):
        complaints()


@pytest.mark.parametrize("one", ["nft", "unshare"])
def test_one_program_without_the_other_is_as_good_as_none(program, one):
    program(one, "#!/bin/sh\n")

    assert not nft_program.is_installed()
    assert not nft_program.is_there()


def test_a_program_that_cannot_be_started_is_as_good_as_none(program, nft):
    nft("exit 0")
    program("unshare", "")

    assert nft_program.is_installed()
    assert not nft_program.is_there()


def test_one_that_does_not_answer_the_probe_is_not_asked_again(
    folder, program, unshare, monkeypatch
):
    unshare()
    program("nft", "#!/bin/sh\nexec sleep 600\n")
    monkeypatch.setattr(nft_program, "SECONDS", 0)

    assert not nft_program.is_there()
    (folder / "unshare").unlink()  # were it asked again, this would raise

    assert not nft_program.is_there()


# What it says


def test_its_complaints_are_told_line_by_line(nft):
    nft('echo "Error: one"; echo; echo "  "; echo "Error: two" >&2; exit 1')

    assert complaints() == ["Error: one", "Error: two"]


def test_warnings_about_what_it_would_load_are_no_complaints(nft):
    nft('echo "Warning: deprecated"')

    assert complaints() == []


def test_a_refusal_without_a_word_is_a_complaint(nft):
    nft("exit 3")

    assert complaints() == ["It ended with status 3."]


def test_one_that_complains_without_end_is_not_read_to_the_end(nft):
    line = "Error: line $n of many"
    nft(f"n=1; while [ $n -lt 999 ]; do echo {line}; n=$((n+1)); done; exit 1")

    found = complaints()

    assert found[0] == "Error: line 1 of many"
    assert sum(len(line) + 1 for line in found) <= nft_program.OUTPUT + 1


def test_one_that_takes_too_long_is_ended(nft, monkeypatch):
    started = []

    class StartedProcess(subprocess.Popen):
        def __init__(self, *args, **options):
            super().__init__(*args, **options)
            started.append(self)

    nft("exec sleep 600")
    assert nft_program.is_there()
    monkeypatch.setattr(nft_program.subprocess, "Popen", StartedProcess)

    with pytest.raises(nft_program.Unanswered):
        nft_program.complaints(FINE, nft_program.deadline() - nft_program.SECONDS)

    [process] = started
    assert process.returncode == -signal.SIGKILL
