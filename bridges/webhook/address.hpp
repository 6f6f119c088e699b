// Which addresses lie inside: this machine, this network, the provider's metadata service.
#pragma once

#include <string>

struct sockaddr;

namespace nightshift::bridges::webhook {

/// True if the address is one of the public Internet: none that the IANA registries of special
/// addresses (RFC 6890) list as anything else, nor an IPv6 address that stands for such an IPv4 one
/// (mapped, NAT64). Families other than IPv4 and IPv6 are never public.
bool is_public(const sockaddr& address);

/// In digits, without the port.
std::string address_text(const sockaddr& address);

}  // namespace nightshift::bridges::webhook
