// The registries of special addresses, as tables.
#include "bridges/webhook/address.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

namespace nightshift::bridges::webhook {
namespace {

struct Range4 {
  std::uint32_t network;
  int bits;
};

constexpr std::uint32_t ip4(unsigned a, unsigned b, unsigned c, unsigned d) {
  return a << 24 | b << 16 | c << 8 | d;
}

/// https://www.iana.org/assignments/iana-ipv4-special-registry, and multicast.
constexpr std::array special4{
    Range4{ip4(0, 0, 0, 0), 8},        // this network
    Range4{ip4(10, 0, 0, 0), 8},       // private
    Range4{ip4(100, 64, 0, 0), 10},    // shared by a provider's customers
    Range4{ip4(127, 0, 0, 0), 8},      // this machine
    Range4{ip4(169, 254, 0, 0), 16},   // this link, and the metadata services of clouds
    Range4{ip4(172, 16, 0, 0), 12},    // private
    Range4{ip4(192, 0, 0, 0), 24},     // protocols
    Range4{ip4(192, 0, 2, 0), 24},     // documentation
    Range4{ip4(192, 88, 99, 0), 24},   // relays to IPv6, given up
    Range4{ip4(192, 168, 0, 0), 16},   // private
    Range4{ip4(198, 18, 0, 0), 15},    // benchmarks
    Range4{ip4(198, 51, 100, 0), 24},  // documentation
    Range4{ip4(203, 0, 113, 0), 24},   // documentation
    Range4{ip4(224, 0, 0, 0), 4},      // multicast
    Range4{ip4(240, 0, 0, 0), 4},      // reserved, broadcast
};

struct Range6 {
  std::array<std::uint8_t, 4> network;
  int bits;
};

/// Within 2000::/3, https://www.iana.org/assignments/iana-ipv6-special-registry.
constexpr std::array special6{
    Range6{{0x20, 0x01, 0x00, 0x00}, 23},  // protocols, Teredo
    Range6{{0x20, 0x01, 0x0d, 0xb8}, 32},  // documentation
    Range6{{0x20, 0x02, 0x00, 0x00}, 16},  // 6to4: holds an IPv4 address
    Range6{{0x3f, 0xff, 0x00, 0x00}, 20},  // documentation
};

constexpr bool within(std::uint32_t address, std::uint32_t network, int bits) {
  return (address ^ network) >> (32 - bits) == 0;
}

bool is_public4(std::uint32_t address) {
  return std::ranges::none_of(
      special4, [&](const Range4& range) { return within(address, range.network, range.bits); });
}

std::uint32_t word(const std::uint8_t* bytes) {
  return ip4(bytes[0], bytes[1], bytes[2], bytes[3]);
}

/// ::ffff:0:0/96 (mapped) and 64:ff9b::/96 (NAT64) stand for an IPv4 address.
bool stands_for_ip4(const std::uint8_t* bytes) {
  constexpr std::array<std::uint8_t, 12> mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  constexpr std::array<std::uint8_t, 12> nat64{0, 0x64, 0xff, 0x9b};
  return std::equal(mapped.begin(), mapped.end(), bytes) ||
         std::equal(nat64.begin(), nat64.end(), bytes);
}

bool is_public6(const std::uint8_t* bytes) {
  if (stands_for_ip4(bytes)) return is_public4(word(bytes + 12));
  const bool global = (bytes[0] & 0xe0) == 0x20;  // 2000::/3, the only part that was given out
  return global && std::ranges::none_of(special6, [&](const Range6& range) {
           return within(word(bytes), word(range.network.data()), range.bits);
         });
}

}  // namespace

bool is_public(const sockaddr& address) {
  if (address.sa_family == AF_INET) {
    sockaddr_in ip{};
    std::memcpy(&ip, &address, sizeof ip);
    return is_public4(ntohl(ip.sin_addr.s_addr));
  }
  if (address.sa_family != AF_INET6) return false;
  sockaddr_in6 ip{};
  std::memcpy(&ip, &address, sizeof ip);
  return is_public6(ip.sin6_addr.s6_addr);
}

std::string address_text(const sockaddr& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (address.sa_family == AF_INET) {
    sockaddr_in ip{};
    std::memcpy(&ip, &address, sizeof ip);
    ::inet_ntop(AF_INET, &ip.sin_addr, text.data(), text.size());
  } else if (address.sa_family == AF_INET6) {
    sockaddr_in6 ip{};
    std::memcpy(&ip, &address, sizeof ip);
    ::inet_ntop(AF_INET6, &ip.sin6_addr, text.data(), text.size());
  }
  return text.data();
}

}  // namespace nightshift::bridges::webhook
