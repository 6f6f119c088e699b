// What sessions do with the cluster's trust: certificates that are asked for, issued and seen.
#include "runtime/cluster/trust.hpp"

#include <algorithm>

#include "runtime/cluster/trust_files.hpp"
#include "runtime/data_folder.hpp"

namespace nightshift::runtime::cluster {
namespace {

/// Of one node at a time: each stays until its successor is seen in use.
constexpr std::ptrdiff_t certificates_max = 16;

std::unexpected<Error> used_up(const Ledger::Entry& entry) {
  return fail(ErrorCode::forbidden, "the invitation of " + entry.node() + " was used already",
              entry.node());
}

}  // namespace

Result<std::optional<std::string>> Trust::wanted_request(Time now) {
  const TrustLock lock(folder_);
  if (has_authority()) return std::nullopt;
  const auto own = credentials();
  if (!own) return std::unexpected(own.error());
  auto key = read_small_file(file(next_key_file));
  if (!key && key.error().code != ErrorCode::not_found) return std::unexpected(key.error());
  if (!key && own->facts.not_after - now > renewal_days) return std::nullopt;
  if (!key) {
    key = make_key();
    if (auto kept = write_private_file(file(next_key_file), *key); !kept) {
      return std::unexpected(kept.error());
    }
  }
  auto request = make_request(*key);
  if (!request) return std::unexpected(request.error());
  return std::move(*request);
}

Result<std::string> Trust::renew(const Subject& peer, std::string_view serial,
                                 std::string_view request, Time now) {
  const TrustLock lock(folder_);
  const auto issuer = authority();
  if (!issuer) return std::unexpected(issuer.error());
  const auto key = key_hash_of(request);
  if (!key) return std::unexpected(key.error());
  auto book = ledger();
  if (!book) return std::unexpected(book.error());
  auto* entry = find_entry(*book, serial);
  if (entry == nullptr || entry->node() != peer.node || entry->standing() == STANDING_REVOKED) {
    return fail(ErrorCode::forbidden, "this certificate of " + peer.node + " counts no more",
                peer.node);
  }
  // Whoever was cut off before the answer came asks again with the same key.
  if (entry->successor_key() == *key) return entry->successor();
  if (entry->standing() == STANDING_JOINED) return used_up(*entry);
  const auto valid = std::ranges::count_if(book->entries(), [&](const auto& one) {
    return one.node() == peer.node && counts(one.standing());
  });
  if (valid >= certificates_max) {
    return fail(ErrorCode::forbidden,
                peer.node + " has " + std::to_string(valid) +
                    " certificates that count; revoke it and invite it again",
                peer.node);
  }
  const bool invited = entry->standing() == STANDING_INVITED;
  const Subject subject{peer.node, entry->role(), false};
  auto made = add(*issuer, *book, subject, request, from_now(now, node_days), now);
  if (!made) return made;
  // Adding may have moved it.
  entry = find_entry(*book, serial);
  entry->set_successor_key(*key);
  entry->set_successor(*made);
  set_standing(*entry, invited ? STANDING_JOINED : STANDING_REPLACED, now);
  if (auto kept = write(*book); !kept) return std::unexpected(kept.error());
  return made;
}

Result<void> Trust::accept(std::string_view certificate, Time now) {
  const TrustLock lock(folder_);
  const auto own = credentials();
  if (!own) return std::unexpected(own.error());
  const auto key = read_small_file(file(next_key_file));
  if (!key) return std::unexpected(key.error());
  if (auto holds = check_signed(certificate, own->authority, now); !holds) return holds;
  const auto facts = read_certificate(certificate);
  if (!facts) return std::unexpected(facts.error());
  const Subject wanted{own->facts.subject.node, own->facts.subject.role, false};
  if (facts->subject != wanted || !belongs(*key, certificate)) {
    return fail(ErrorCode::bad_signature,
                "the certificate that came is not the one that this node asked for");
  }
  auto written = write_private_file(file(node_file), std::string(certificate) + *key);
  if (!written) return written;
  std::error_code ignored;
  std::filesystem::remove(file(next_key_file), ignored);
  return {};
}

Result<void> Trust::seen(const Subject& peer, std::string_view serial, Time now) {
  if (!has_authority() || peer.invitation) return {};
  const TrustLock lock(folder_);
  auto book = ledger();
  if (!book) return std::unexpected(book.error());
  bool changed = false;
  for (auto& entry : *book->mutable_entries()) {
    const bool before = entry.standing() == STANDING_REPLACED;
    if (!before || entry.node() != peer.node || entry.serial() == serial) continue;
    const auto successor = read_certificate(entry.successor());
    if (!successor || successor->serial != serial) continue;
    set_standing(entry, STANDING_REVOKED, now);
    changed = true;
  }
  if (!changed) return {};
  const auto issuer = authority();
  if (!issuer) return std::unexpected(issuer.error());
  return write_revocations(*issuer, *book);
}

Result<void> Trust::offer_revocations(std::string_view list) {
  const TrustLock lock(folder_);
  const auto own = credentials();
  if (!own) return std::unexpected(own.error());
  const auto offered = read_revocations(list, own->authority);
  if (!offered) return std::unexpected(offered.error());
  if (offered->number <= own->revoked.number) return {};
  return write_private_file(file(revocations_file), list);
}

Result<void> Trust::check_invited(std::string_view serial) const {
  if (!has_authority()) {
    return fail(ErrorCode::forbidden,
                "the peer has an invitation only, which the node that invited it must take up");
  }
  auto book = ledger();
  if (!book) return std::unexpected(book.error());
  const auto* entry = find_entry(*book, serial);
  if (entry == nullptr) {
    return fail(ErrorCode::forbidden, "the peer shows an invitation that nobody gave");
  }
  // One that was taken up may come back for the answer; another key is refused then.
  if (entry->standing() == STANDING_INVITED || entry->standing() == STANDING_JOINED) return {};
  return used_up(*entry);
}

}  // namespace nightshift::runtime::cluster
