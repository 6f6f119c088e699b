// Which addresses are private, in every way that they can be written into a socket address.
#include "bridges/webhook/address.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <cstring>

namespace nightshift::bridges::webhook {
namespace {

sockaddr_storage parsed(const std::string& text) {
  sockaddr_storage storage{};
  sockaddr_in ip4{};
  sockaddr_in6 ip6{};
  if (::inet_pton(AF_INET, text.c_str(), &ip4.sin_addr) == 1) {
    ip4.sin_family = AF_INET;
    std::memcpy(&storage, &ip4, sizeof ip4);
  } else if (::inet_pton(AF_INET6, text.c_str(), &ip6.sin6_addr) == 1) {
    ip6.sin6_family = AF_INET6;
    std::memcpy(&storage, &ip6, sizeof ip6);
  }
  return storage;
}

bool is_public(const std::string& text) {
  const auto address = parsed(text);
  return webhook::is_public(reinterpret_cast<const sockaddr&>(address));
}

/// First and last of each range.
const char* const inside[] = {"0.0.0.0",
                              "0.255.255.255",
                              "10.0.0.0",
                              "10.255.255.255",
                              "100.64.0.0",
                              "100.127.255.255",
                              "127.0.0.1",
                              "127.255.255.255",
                              "169.254.0.0",
                              "169.254.169.254",
                              "169.254.255.255",
                              "172.16.0.0",
                              "172.31.255.255",
                              "192.0.0.0",
                              "192.0.2.1",
                              "192.88.99.1",
                              "192.168.0.0",
                              "192.168.255.255",
                              "198.18.0.0",
                              "198.19.255.255",
                              "198.51.100.7",
                              "203.0.113.7",
                              "224.0.0.1",
                              "240.0.0.1",
                              "255.255.255.255",
                              "::",
                              "::1",
                              "::127.0.0.1",
                              "::ffff:127.0.0.1",
                              "::ffff:10.1.2.3",
                              "::ffff:169.254.169.254",
                              "64:ff9b::10.0.0.1",
                              "64:ff9b::127.0.0.1",
                              "64:ff9b:1::1",
                              "100::1",
                              "fc00::1",
                              "fd00:ec2::254",
                              "fe80::1",
                              "fec0::1",
                              "ff02::1",
                              "2001::1",
                              "2001:1ff:ffff::1",
                              "2001:db8::1",
                              "2002:7f00:1::",
                              "2002:808:808::",
                              "3fff::1",
                              "4000::1"};

const char* const outside[] = {
    "1.1.1.1",         "9.255.255.255",   "11.0.0.0",        "100.63.255.255",    "100.128.0.0",
    "126.255.255.255", "128.0.0.0",       "169.253.255.255", "169.255.0.0",       "172.15.255.255",
    "172.32.0.0",      "192.167.255.255", "192.169.0.0",     "198.17.255.255",    "198.20.0.0",
    "223.255.255.255", "2001:200::1",     "2606:4700::1111", "2a00:1450:4001::1", "::ffff:1.1.1.1",
    "64:ff9b::1.1.1.1"};

}  // namespace

BOOST_DATA_TEST_CASE(a_special_address_is_not_public, boost::unit_test::data::make(inside), text) {
  BOOST_TEST_REQUIRE(parsed(text).ss_family != 0);
  BOOST_TEST(!is_public(text), text);
}

BOOST_DATA_TEST_CASE(an_address_of_the_internet_is_public, boost::unit_test::data::make(outside),
                     text) {
  BOOST_TEST(is_public(text), text);
  const auto address = parsed(text);
  BOOST_TEST(!address_text(reinterpret_cast<const sockaddr&>(address)).empty());
}

BOOST_AUTO_TEST_CASE(a_socket_of_this_machine_is_not_public) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  BOOST_TEST(!webhook::is_public(reinterpret_cast<const sockaddr&>(address)));
}

}  // namespace nightshift::bridges::webhook
