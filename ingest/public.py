"""Which IP addresses are of the open internet, by the IANA special-purpose address registries of 2026."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network

Address = IPv4Address | IPv6Address

_NOT_GLOBAL_V4 = tuple(
    IPv4Network(one)
    for one in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",  # with the relays that two of it are for
        "192.0.2.0/24",
        "192.88.99.0/24",  # relays to 6to4, given up
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/3",  # multicast, reserved, broadcast
    )
)
_GLOBAL_V6 = IPv6Network("2000::/3")
"""All that is given out for single hosts (RFC 4291); what is outside is local, reserved, or leads elsewhere."""
_NOT_GLOBAL_V6 = tuple(
    IPv6Network(one)
    for one in (
        "2001::/23",  # protocols: Teredo, benchmarks, ORCHID
        "2001:db8::/32",
        "2002::/16",  # 6to4, which leads to an IPv4 address
        "3fff::/20",
    )
)
_NAT64 = ip_network("64:ff9b::/96")
_ISATAP = (0x00005EFE, 0x02005EFE)
"""Bits 64 to 95 of an address whose last 32 are an IPv4 address that it leads to (RFC 5214)."""


def is_public(address: Address) -> bool:
    """Whether an address is one that anybody may reach; one that wraps an IPv4 address is judged as that."""
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _NOT_GLOBAL_V4) and address.is_global
    if address.ipv4_mapped is not None:
        return is_public(address.ipv4_mapped)
    if address in _NAT64:
        return is_public(IPv4Address(int(address) & 0xFFFFFFFF))
    if (int(address) >> 32) & 0xFFFFFFFF in _ISATAP:
        return False
    is_given_out = address in _GLOBAL_V6 and address.is_global
    return is_given_out and not any(address in network for network in _NOT_GLOBAL_V6)
