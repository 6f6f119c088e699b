// The files of the cluster's trust, and what the program and sessions do with them.
#include "runtime/cluster/trust.hpp"

#include <algorithm>
#include <array>

#include "messages/ids.hpp"
#include "messages/json.hpp"
#include "runtime/cluster/trust_files.hpp"
#include "runtime/data_folder.hpp"

namespace nightshift::runtime::cluster {
namespace {

namespace fs = std::filesystem;

constexpr std::uint32_t invitation_version = 1;

std::unexpected<Error> not_the_authority() {
  return fail(ErrorCode::forbidden,
              "this node has not the cluster's authority; do this on the node where "
              "`nightshift cluster init` was run");
}

/// In this order, and no further than to the first that fails.
Result<void> write_files(const fs::path& folder,
                         std::initializer_list<std::pair<const char*, std::string>> files) {
  for (const auto& [name, text] : files) {
    if (auto written = write_private_file(folder / name, text); !written) return written;
  }
  return {};
}

}  // namespace

Result<Credentials> Trust::credentials() const {
  Credentials all;
  const std::array<std::pair<const char*, std::string*>, 3> files{
      {{authority_file, &all.authority},
       {node_file, &all.node},
       {revocations_file, &all.revocations}}};
  for (const auto& [name, text] : files) {
    auto read = read_small_file(file(name));
    if (!read && read.error().code == ErrorCode::not_found) {
      return fail(ErrorCode::config,
                  "this node is in no cluster: " + file(name).string() +
                      " is missing; run `nightshift cluster init` on the first node, and "
                      "`nightshift cluster join FILE` with an invitation on every other",
                  file(name).string());
    }
    if (!read) return std::unexpected(read.error());
    *text = std::move(*read);
  }
  auto facts = read_certificate(all.node);
  if (!facts) return std::unexpected(facts.error());
  auto revoked = read_revocations(all.revocations, all.authority);
  if (!revoked) return std::unexpected(revoked.error());
  if (!belongs(all.node, all.node)) {
    return fail(ErrorCode::corrupt,
                "the certificate and the key in " + file(node_file).string() +
                    " do not belong together; restore the file, or join the cluster anew",
                file(node_file).string());
  }
  all.facts = std::move(*facts);
  all.revoked = std::move(*revoked);
  return all;
}

bool Trust::has_authority() const {
  std::error_code ignored;
  return fs::exists(file(authority_key_file), ignored);
}

std::string Trust::version() const {
  std::string all;
  for (const auto* name : {authority_file, node_file, revocations_file, next_key_file}) {
    std::error_code error;
    const auto written = fs::last_write_time(file(name), error);
    all += error ? "-" : std::to_string(written.time_since_epoch().count());
    all += ' ';
  }
  return all;
}

Result<Authority> Trust::authority() const {
  if (!has_authority()) return not_the_authority();
  auto certificate = read_small_file(file(authority_file));
  if (!certificate) return std::unexpected(certificate.error());
  auto key = read_small_file(file(authority_key_file));
  if (!key) return std::unexpected(key.error());
  return Authority{std::move(*certificate), std::move(*key)};
}

Result<Ledger> Trust::ledger() const {
  Ledger ledger;
  const auto text = read_small_file(file(ledger_file));
  if (!text) return std::unexpected(text.error());
  if (!from_json(*text, ledger)) {
    return fail(ErrorCode::corrupt, file(ledger_file).string() + " is damaged; restore it",
                file(ledger_file).string());
  }
  return ledger;
}

Result<void> Trust::write(const Ledger& ledger) const {
  return write_private_file(file(ledger_file), to_json(ledger) + "\n");
}

Result<void> Trust::write_revocations(const Authority& authority, Ledger& ledger) const {
  std::vector<std::string> serials;
  for (const auto& entry : ledger.entries()) {
    if (entry.standing() == STANDING_REVOKED) serials.push_back(entry.serial());
  }
  ledger.set_revocations(ledger.revocations() + 1);
  const auto list = make_revocations(authority, ledger.revocations(), serials);
  if (!list) return std::unexpected(list.error());
  // The ledger first: a list that was never written is made again, with a higher number.
  if (auto written = write(ledger); !written) return written;
  return write_private_file(file(revocations_file), *list);
}

Result<std::string> Trust::add(const Authority& authority, Ledger& ledger, const Subject& subject,
                               std::string_view request, Validity validity, Time now) const {
  auto certificate = issue(authority, subject, request, validity);
  if (!certificate) return certificate;
  const auto facts = read_certificate(*certificate);
  if (!facts) return std::unexpected(facts.error());
  auto& entry = *ledger.add_entries();
  entry.set_serial(facts->serial);
  entry.set_node(subject.node);
  entry.set_role(subject.role);
  *entry.mutable_expires() = to_proto(validity.to);
  set_standing(entry, subject.invitation ? STANDING_INVITED : STANDING_ISSUED, now);
  return certificate;
}

Result<void> Trust::init(const Subject& self, Time now) {
  const TrustLock lock(folder_);
  std::error_code ignored;
  if (fs::exists(file(node_file), ignored)) {
    return fail(ErrorCode::conflict,
                "this node is in a cluster already; `nightshift cluster status` shows it");
  }
  const auto made = make_authority(from_now(now, authority_days));
  if (!made) return std::unexpected(made.error());
  const auto key = make_key();
  const auto request = make_request(key);
  if (!request) return std::unexpected(request.error());
  Ledger ledger;
  const auto certificate = add(*made, ledger, self, *request, from_now(now, node_days), now);
  if (!certificate) return std::unexpected(certificate.error());
  // The node's certificate last: without it there is no cluster yet.
  auto written = write_files(folder_, {{authority_key_file, made->key},  //
                                       {authority_file, made->certificate}});
  if (written) written = write_revocations(*made, ledger);
  if (!written) return written;
  return write_private_file(file(node_file), *certificate + key);
}

Result<Invitation> Trust::invite(const Guest& guest, Time now) {
  const TrustLock lock(folder_);
  const auto own = credentials();
  if (!own) return std::unexpected(own.error());
  const auto issuer = authority();
  if (!issuer) return std::unexpected(issuer.error());
  auto book = ledger();
  if (!book) return std::unexpected(book.error());
  bool voided = false;
  for (auto& entry : *book->mutable_entries()) {
    if (entry.node() != guest.node || !counts(entry.standing())) continue;
    if (entry.standing() != STANDING_INVITED) {
      return fail(ErrorCode::conflict,
                  guest.node +
                      " is a member already; if it lost its data folder, run "
                      "`nightshift cluster revoke " +
                      guest.node + "` first",
                  guest.node);
    }
    set_standing(entry, STANDING_REVOKED, now);
    voided = true;
  }
  const auto key = make_key();
  const auto request = make_request(key);
  if (!request) return std::unexpected(request.error());
  const Subject subject{guest.node, guest.role, true};
  const auto certificate =
      add(*issuer, *book, subject, *request, from_now(now, guest.good_for), now);
  if (!certificate) return std::unexpected(certificate.error());
  const auto kept = voided ? write_revocations(*issuer, *book) : write(*book);
  if (!kept) return std::unexpected(kept.error());
  const auto revocations = read_small_file(file(revocations_file));
  if (!revocations) return std::unexpected(revocations.error());
  Invitation invitation;
  invitation.set_version(invitation_version);
  invitation.set_node(guest.node);
  invitation.set_role(guest.role);
  invitation.set_inviter(own->facts.subject.node);
  invitation.set_address(guest.address);
  *invitation.mutable_expires() = to_proto(now + guest.good_for);
  invitation.set_authority(issuer->certificate);
  invitation.set_certificate(*certificate);
  invitation.set_key(key);
  invitation.set_revocations(*revocations);
  return invitation;
}

Result<void> Trust::join(const Invitation& invitation, const std::optional<Subject>& self,
                         Time now) {
  const TrustLock lock(folder_);
  std::error_code ignored;
  if (fs::exists(file(node_file), ignored)) {
    return fail(ErrorCode::conflict,
                "this node is in a cluster already; `nightshift cluster status` shows it");
  }
  if (auto holds = check_signed(invitation.certificate(), invitation.authority(), now); !holds) {
    if (holds.error().code != ErrorCode::expired) return holds;
    return fail(ErrorCode::expired, "the invitation has expired; ask " + invitation.inviter() +
                                        " for another: `nightshift cluster invite " +
                                        invitation.node() + "`");
  }
  const auto facts = read_certificate(invitation.certificate());
  if (!facts) return std::unexpected(facts.error());
  if (!facts->subject.invitation || !belongs(invitation.key(), invitation.certificate())) {
    return fail(ErrorCode::bad_signature, "the invitation's parts do not belong together");
  }
  if (auto list = read_revocations(invitation.revocations(), invitation.authority()); !list) {
    return std::unexpected(list.error());
  }
  if (self && (self->node != facts->subject.node || self->role != facts->subject.role)) {
    return fail(ErrorCode::forbidden, "the invitation is for the " + facts->subject.role +
                                          " node " + facts->subject.node + ", and this is the " +
                                          self->role + " node " + self->node);
  }
  return write_files(folder_, {{next_key_file, make_key()},
                               {authority_file, invitation.authority()},
                               {revocations_file, invitation.revocations()},
                               {node_file, invitation.certificate() + invitation.key()}});
}

Result<void> Trust::revoke(std::string_view node, Time now) {
  const TrustLock lock(folder_);
  const auto own = credentials();
  if (!own) return std::unexpected(own.error());
  const auto issuer = authority();
  if (!issuer) return std::unexpected(issuer.error());
  if (own->facts.subject.node == node) {
    return fail(ErrorCode::invalid,
                "a node cannot revoke itself; another key is given by `nightshift cluster rotate`");
  }
  auto book = ledger();
  if (!book) return std::unexpected(book.error());
  bool found = false;
  for (auto& entry : *book->mutable_entries()) {
    if (entry.node() != node || !counts(entry.standing())) continue;
    set_standing(entry, STANDING_REVOKED, now);
    found = true;
  }
  if (!found) {
    return fail(ErrorCode::not_found,
                "no certificate of a node " + std::string(node) +
                    " counts; `nightshift cluster status` names the members",
                std::string(node));
  }
  return write_revocations(*issuer, *book);
}

Result<void> Trust::rotate(Time now) {
  const TrustLock lock(folder_);
  const auto own = credentials();
  if (!own) return std::unexpected(own.error());
  if (!has_authority()) return write_private_file(file(next_key_file), make_key());
  const auto issuer = authority();
  if (!issuer) return std::unexpected(issuer.error());
  auto book = ledger();
  if (!book) return std::unexpected(book.error());
  const auto key = make_key();
  const auto request = make_request(key);
  if (!request) return std::unexpected(request.error());
  const auto made =
      add(*issuer, *book, own->facts.subject, *request, from_now(now, node_days), now);
  if (!made) return std::unexpected(made.error());
  if (auto written = write(*book); !written) return written;
  if (auto written = write_private_file(file(node_file), *made + key); !written) return written;
  if (auto* before = find_entry(*book, own->facts.serial)) {
    set_standing(*before, STANDING_REVOKED, now);
  }
  return write_revocations(*issuer, *book);
}

Result<std::vector<MemberLine>> Trust::members() const {
  const auto own = credentials();
  if (!own) return std::unexpected(own.error());
  std::vector<MemberLine> lines;
  if (!has_authority()) {
    const auto& facts = own->facts;
    lines.push_back({facts.subject.node, facts.subject.role,
                     facts.subject.invitation ? STANDING_INVITED : STANDING_ISSUED,
                     facts.not_after});
    return lines;
  }
  const auto book = ledger();
  if (!book) return std::unexpected(book.error());
  for (const auto& entry : book->entries()) {
    lines.push_back({entry.node(), entry.role(), entry.standing(), from_proto(entry.expires())});
  }
  return lines;
}

std::string invitation_text(const Invitation& invitation) { return to_json(invitation) + "\n"; }

Result<Invitation> read_invitation(std::string_view text) {
  Invitation invitation;
  if (!from_json(text, invitation) || !is_id(invitation.node())) {
    return fail(ErrorCode::invalid, "this is not an invitation of `nightshift cluster invite`");
  }
  if (invitation.version() != invitation_version) {
    return fail(ErrorCode::newer_version,
                "a newer version of the program wrote this invitation; use that version here too");
  }
  return invitation;
}

}  // namespace nightshift::runtime::cluster
