// Who belongs to the cluster, as files in the data folder: docs/formats/cluster.md. One node has
// the authority's key; it invites others, and issues, renews and revokes certificates.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "messages/cluster.pb.h"
#include "messages/error.hpp"
#include "messages/time.hpp"
#include "runtime/cluster/certificates.hpp"

namespace nightshift::runtime::cluster {

// Of messages/cluster.proto; others of these names are not meant here.
using ::nightshift::cluster::Invitation;
using ::nightshift::cluster::Ledger;
using ::nightshift::cluster::Standing;
using enum ::nightshift::cluster::Standing;

/// How long certificates hold. They begin a day early, as clocks of machines differ.
inline constexpr std::chrono::days authority_days{3650};
inline constexpr std::chrono::days node_days{365};
/// A node asks for another certificate when so much is left of its own.
inline constexpr std::chrono::days renewal_days{120};

/// What a node shows its peers, and by what it judges them. PEM texts.
struct Credentials {
  std::string authority;
  /// The node's certificate and its key, one behind the other.
  std::string node;
  std::string revocations;
  /// Of the certificate and of `revocations`.
  CertificateFacts facts;
  RevocationFacts revoked;
};

/// One line of `cluster status`.
struct MemberLine {
  std::string node;
  std::string role;
  Standing standing = STANDING_UNSPECIFIED;
  Time expires{};
};

/// The files below DATA/cluster, all with mode 0600. What changes them holds a lock, so that the
/// program and a node may do so at the same time.
class Trust {
 public:
  /// `folder`: DATA/cluster.
  explicit Trust(std::filesystem::path folder) : folder_(std::move(folder)) {}

  /// Error `config`, naming `cluster init` and `cluster join`, where the node is in no cluster;
  /// `corrupt` where the files do not fit each other.
  Result<Credentials> credentials() const;
  bool has_authority() const;
  /// Changes whenever `credentials` may have changed.
  std::string version() const;

  /// Makes an authority, and this node its first member. `conflict` where the node is in a cluster.
  Result<void> init(const Subject& self, Time now);

  struct Guest {
    std::string node;
    std::string role;
    /// HOST:PORT of this node; may be empty.
    std::string address = {};
    std::chrono::seconds good_for{24 * 3600};
  };
  /// What the guest shall `join` with. Earlier invitations for its name are void. `conflict` where
  /// a node of this name is a member.
  Result<Invitation> invite(const Guest& guest, Time now);
  /// Takes an invitation up. `expired`, `conflict`, `bad_signature`; `forbidden`, if it is for
  /// another node or role than `self`, where that is known already.
  Result<void> join(const Invitation& invitation, const std::optional<Subject>& self, Time now);
  /// No certificate of this node counts any more. `not_found`.
  Result<void> revoke(std::string_view node, Time now);
  /// Another key for this node: at once on the node with the authority; else with the next session
  /// with it.
  Result<void> rotate(Time now);

  /// All that the authority knows of; on other nodes this one alone.
  Result<std::vector<MemberLine>> members() const;

  // -- for sessions

  /// What this node has to ask the authority for; nothing while all is well.
  Result<std::optional<std::string>> wanted_request(Time now);
  /// The authority's answer to what `peer` asked for, under the certificate `serial`. An invitation
  /// is good for one key: the same is answered again, another is `forbidden`.
  Result<std::string> renew(const Subject& peer, std::string_view serial, std::string_view request,
                            Time now);
  /// The certificate that was asked for has come.
  Result<void> accept(std::string_view certificate, Time now);
  /// A peer has shown this certificate: those that it replaces count no more.
  Result<void> seen(const Subject& peer, std::string_view serial, Time now);
  /// Keeps a list of revoked certificates if it is newer than the one here.
  Result<void> offer_revocations(std::string_view list);
  /// May an invitation with this serial still be used here? `forbidden`: only the node with the
  /// authority's key takes invited peers, and each once.
  Result<void> check_invited(std::string_view serial) const;

 private:
  std::filesystem::path file(const char* name) const { return folder_ / name; }
  Result<Authority> authority() const;
  Result<Ledger> ledger() const;
  Result<void> write(const Ledger& ledger) const;
  Result<void> write_revocations(const Authority& authority, Ledger& ledger) const;
  Result<std::string> add(const Authority& authority, Ledger& ledger, const Subject& subject,
                          std::string_view request, Validity validity, Time now) const;

  std::filesystem::path folder_;
};

/// As a file of its own, for `cluster invite` and `cluster join`. `invalid` where it is none.
std::string invitation_text(const Invitation& invitation);
Result<Invitation> read_invitation(std::string_view text);

}  // namespace nightshift::runtime::cluster
