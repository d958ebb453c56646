"""The closed word lists of nft, and the words of its JSON that we know."""

FAMILIES = ("ip", "ip6", "inet", "arp", "bridge", "netdev")
TYPES = ("filter", "nat", "route")
HOOKS = (
    "ingress",
    "prerouting",
    "input",
    "forward",
    "output",
    "postrouting",
    "egress",
)
POLICIES = ("accept", "drop")

# The actions that end a rule. Other statements (log, counter, limit) are kept as they
# are: a rule may have several of them, and their order matters.
ACTIONS = (
    "accept",
    "drop",
    "reject",
    "return",
    "continue",
    "jump",
    "goto",
    "queue",
    "masquerade",
    "snat",
    "dnat",
    "redirect",
    "tproxy",
    "notrack",
)
JUMPS = ("jump", "goto")
# Actions that mean nothing without their parameters.
BARE_ACTIONS = tuple(
    word for word in ACTIONS if word not in (*JUMPS, "snat", "dnat", "tproxy")
)

# Protocols with ports, as nft spells them.
PORT_PROTOCOLS = ("tcp", "udp", "udplite", "sctp", "dccp")

# Objects that an element of a map or a rule may name.
NAMED_OBJECTS = (
    "counter",
    "quota",
    "limit",
    "ct helper",
    "ct timeout",
    "ct expectation",
    "secmark",
    "synproxy",
    "tunnel",
)
# Objects that live in a table. Any other object is kept where it can be.
TABLE_OBJECTS = (*NAMED_OBJECTS, "set", "map", "flowtable", "element")
