// Reading known_hosts by libssh2.
#include "bridges/git/known_hosts.hpp"

#include <libssh2.h>

#include <memory>

namespace nightshift::bridges::git {
namespace {

int type_bits(std::string_view type) {
  if (type == "ssh-rsa") return LIBSSH2_KNOWNHOST_KEY_SSHRSA;
  if (type == "ecdsa-sha2-nistp256") return LIBSSH2_KNOWNHOST_KEY_ECDSA_256;
  if (type == "ecdsa-sha2-nistp384") return LIBSSH2_KNOWNHOST_KEY_ECDSA_384;
  if (type == "ecdsa-sha2-nistp521") return LIBSSH2_KNOWNHOST_KEY_ECDSA_521;
  if (type == "ssh-ed25519") return LIBSSH2_KNOWNHOST_KEY_ED25519;
  return LIBSSH2_KNOWNHOST_KEY_UNKNOWN;
}

}  // namespace

Outcome<void> check_host(const std::filesystem::path& known_hosts, const std::string& host,
                         int port, std::string_view key, std::string_view type) {
  const std::unique_ptr<LIBSSH2_SESSION, int (*)(LIBSSH2_SESSION*)> session(libssh2_session_init(),
                                                                            libssh2_session_free);
  const std::unique_ptr<LIBSSH2_KNOWNHOSTS, void (*)(LIBSSH2_KNOWNHOSTS*)> hosts(
      session ? libssh2_knownhost_init(session.get()) : nullptr, libssh2_knownhost_free);
  if (!hosts) return trouble(TroubleKind::failed, "no memory for the known hosts");
  const auto where = known_hosts.string();
  const int read =
      libssh2_knownhost_readfile(hosts.get(), known_hosts.c_str(), LIBSSH2_KNOWNHOST_FILE_OPENSSH);
  const auto place = host + (port == 22 ? "" : ":" + std::to_string(port));
  const auto how = "compare the key of " + place +
                   " with that its administrator tells, and add it: "
                   "`ssh-keyscan -t " +
                   std::string(type) + " -p " + std::to_string(port) + " " + host + " >> " + where +
                   "`";
  if (read < 0) return trouble(TroubleKind::host_unknown, where + " cannot be read; " + how);
  libssh2_knownhost* found = nullptr;
  const int answer = libssh2_knownhost_checkp(
      hosts.get(), host.c_str(), port, key.data(), key.size(),
      LIBSSH2_KNOWNHOST_TYPE_PLAIN | LIBSSH2_KNOWNHOST_KEYENC_RAW | type_bits(type), &found);
  if (answer == LIBSSH2_KNOWNHOST_CHECK_MATCH) return {};
  if (answer == LIBSSH2_KNOWNHOST_CHECK_MISMATCH) {
    return trouble(TroubleKind::host_changed,
                   "the key of " + place + " is not the one in " + where +
                       ": somebody may stand in between, or it was changed. Nothing was sent. Ask "
                       "its administrator before you change that file");
  }
  return trouble(TroubleKind::host_unknown,
                 "no key of the type " + std::string(type) + " is known of " + place + "; " + how);
}

}  // namespace nightshift::bridges::git
