"""What a real nft accepts before the import, it accepts after the export.

Needs nft, and a namespace of its own: outside of one this would replace the packet
filter of the machine.
"""

import json
import shutil
import subprocess

import pytest

from draftedit.firewall import nft
from tests.firewall.listings import SAMPLE, ours

INTERFACES = """
ip link add eth0 type veth peer name eth1
ip link add eth2 type veth peer name eth3
"""
UNSHARE = shutil.which("unshare")
CHECK = ["nft", "--check", "--json", "--file"]


def in_a_namespace(*command: str) -> subprocess.CompletedProcess[str]:
    script = f'({INTERFACES}) 2>/dev/null; exec "$@"'
    return subprocess.run(
        [UNSHARE or "unshare", "--net", "sh", "-c", script, "sh", *command],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def nft_works() -> bool:
    return (
        shutil.which("nft") is not None
        and UNSHARE is not None
        and in_a_namespace("nft", "list", "ruleset").returncode == 0
    )


pytestmark = pytest.mark.skipif(  # because a machine may not have nft
    not nft_works(), reason="no nft that works inside unshare --net"
)


@pytest.fixture
def accepts(tmp_path):
    """Return what asks nft whether it would load a listing."""

    def ask(listing: dict) -> bool:
        path = tmp_path / "listing.json"
        path.write_text(json.dumps(listing))
        return in_a_namespace(*CHECK, str(path)).returncode == 0

    return ask


def test_what_nft_accepts_before_it_accepts_after(accepts, listing):
    before = listing.read()

    after = nft.render(nft.parse(before))

    assert accepts(after) or not accepts(before)


def test_nft_accepts_the_sample(accepts):
    assert accepts(nft.render(nft.parse(json.loads(SAMPLE.read_text()))))


def test_nft_accepts_maps_that_jump_to_chains(accepts):
    listed = ours("bridges")

    assert not accepts(listed)
    assert accepts(nft.render(nft.parse(listed)))


@pytest.mark.parametrize("order", range(6))
def test_nft_accepts_what_was_listed_in_any_order(accepts, order):
    listed = ours("bridges")
    entries = listed["nftables"]
    starts = range(order, order + 7)
    mixed = [one for start in starts for one in entries[start % 7 :: 7]]

    assert accepts(nft.render(nft.parse({"nftables": mixed})))


def test_nft_accepts_a_rule_filled_by_hand(accepts):
    ruleset = nft.parse(json.loads(SAMPLE.read_text()))
    rule = ruleset.tables[0].chains[0].rules[0]
    rule.statements = None
    rule.protocol = "tcp, udp"
    rule.source = "!= 10.0.0.0/8, 192.168.1.1-192.168.1.9"
    rule.destination = "@blocked"
    rule.source_ports = "1024-65535"
    rule.destination_ports = "53, 80, ssh"
    rule.in_interface = "lo, eth*"
    rule.out_interface = "!= wan0"
    rule.connection_state = "new, related"
    rule.action = "goto"
    rule.jump = ruleset.tables[0].chains[1].name

    assert accepts(nft.render(ruleset))
