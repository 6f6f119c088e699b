// Verification of a journal, with or without a head kept elsewhere.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "storage/event_log.hpp"

namespace nightshift::storage {

struct AuditFinding {
  std::uint64_t offset = 0;
  std::string what;
};

struct AuditReport {
  ChainHead head;
  /// The chain covers them.
  std::uint64_t records = 0;
  /// Those among them that are there as leaves alone.
  std::uint64_t withheld = 0;
  /// Nothing for a whole log; for a part of one, the offset behind which it begins.
  std::optional<std::uint64_t> part_behind = {};
  std::uint64_t batches = 0;
  /// Empty if the log is whole.
  std::vector<AuditFinding> findings;
};

/// A head as somebody keeps it, and the public key (32 bytes) that signed it; empty: none did.
struct SavedHead {
  SavedHead(ChainHead the_head, std::string who = {})
      : head(std::move(the_head)), signer(std::move(who)) {}

  ChainHead head;
  std::string signer;
};

/// Walks every batch: recomputes leaves and chain, checks offsets, pointers and that every stream
/// counts from 1 without gaps, that the log says of every record that it lacks in which archive it
/// is, and, where `kept` is given, that the log still contains that head
/// (a cut tail and a rewritten log are found only so) and that whoever signed it is who the log
/// names.
Result<AuditReport> verify(const EventLog& log, const std::optional<SavedHead>& kept);

/// Text form of a head, as saved by `audit head`: docs/formats/journal.md.
std::string to_text(const ChainHead& head);
Result<ChainHead> parse_head(std::string_view text);

/// The same with a signature, on a second line.
std::string to_signed_text(const ChainHead& head, const SigningKey& key);
/// Either form. `bad_signature` where the signature is not that of the key it names.
Result<SavedHead> parse_saved_head(std::string_view text);

}  // namespace nightshift::storage
