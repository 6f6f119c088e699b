// Reads an approval's view and its revisions.
#include "bridges/vault/standing.hpp"

#include <algorithm>

#include "bridges/vault/layout.hpp"
#include "bridges/vault/names.hpp"
#include "messages/crypto.hpp"

namespace nightshift::bridges::vault {
namespace {

constexpr std::size_t page = 256;

const approval::Proposal* proposal_in(const google::protobuf::Message* event) {
  if (const auto* first = dynamic_cast<const approval::Proposed*>(event)) return &first->proposal();
  if (const auto* edited = dynamic_cast<const approval::Edited*>(event)) return &edited->proposal();
  if (const auto* again = dynamic_cast<const approval::Retried*>(event)) return &again->proposal();
  return nullptr;
}

std::string deciders(const approval::View& view) {
  std::string all;
  for (const auto& name : view.decided_by()) all += (all.empty() ? "" : " and ") + name;
  return all;
}

std::string with_reason(std::string sentence, const std::string& reason) {
  return reason.empty() ? sentence : std::move(sentence) + ": " + reason;
}

/// The sentence under the key `nightshift`.
std::string note_of(const std::string& id, const std::string& status, const approval::View& view) {
  const std::string by = deciders(view);
  if (status == "pending") return by.empty() ? "" : "approved by " + by + "; one more must approve";
  if (status == "approved") return "approved by " + by + "; on its way";
  if (status == "sent") return with_reason("sent", view.evidence());
  if (status == "failed") {
    return with_reason("failed, nothing was sent", view.evidence()) +
           ". To ask again: nightshift approval retry " + id;
  }
  if (status == "unknown") {
    return with_reason("it is not known whether it was sent", view.evidence()) +
           ". To say so: nightshift approval resolve " + id + " outcome=committed (or failed)";
  }
  if (status == "expired") return "expired: nobody decided before the deadline";
  return with_reason(status + (by.empty() ? "" : " by " + by), view.reason());
}

}  // namespace

const approval::Proposal* Standing::revision(std::string_view digest_hex) const {
  const auto digest = from_hex(digest_hex);
  if (!digest || digest->empty()) return nullptr;
  const auto found = std::ranges::find(revisions, *digest, &approval::Proposal::digest);
  return found == revisions.end() ? nullptr : &*found;
}

const approval::Proposal* Standing::shown_by(std::string_view text, const Marks& its_marks) const {
  const bool became_one = taken && taken->bytes == sha256(text);
  return revision(became_one ? taken->digest : its_marks.digest);
}

std::string Standing::file_name() const {
  const std::string& file = current().file();
  const std::string name = file.substr(file.rfind('/') + 1);
  const bool is_its_own = is_draft_name(name) && id_of_stem(stem_of(name)) == id;
  return is_its_own ? name : id + ".md";
}

std::string Standing::place() const { return place_of(status, current().category()); }

Result<std::optional<Standing>> read_standing(const runtime::Node& node, const std::string& id) {
  const EntityRef entity{.kind = approval_kind, .id = id};
  const auto answer = node.get(entity);
  const auto code = answer ? std::optional<ErrorCode>() : answer.error().code;
  // Of what was archived the files stay as they are.
  if (code == ErrorCode::not_found || code == ErrorCode::archived) return std::nullopt;
  if (!answer) return std::unexpected(answer.error());
  const auto* view = dynamic_cast<const approval::View*>(answer->view.get());
  if (view == nullptr) {
    return fail(ErrorCode::corrupt, "approval/" + id + " has no view of an approval");
  }

  Standing standing{.id = id,
                    .status = answer->status,
                    .sequence = answer->sequence,
                    .revisions = {},
                    .marks = {.id = id,
                              .status = answer->status,
                              .digest = view->digest(),
                              .note = note_of(id, answer->status, *view)},
                    .taken = {}};
  std::uint64_t after = 0;
  while (after < answer->sequence) {
    const auto events = node.events(entity, after, page);
    if (!events) return std::unexpected(events.error());
    if (events->empty()) break;
    for (const auto& event : *events) {
      const auto* proposal = proposal_in(event.event.get());
      const bool seen = event.record.sequence() <= answer->sequence;
      if (proposal != nullptr && seen) standing.revisions.push_back(*proposal);
    }
    after = events->back().record.sequence();
  }
  if (standing.revisions.empty()) {
    return fail(ErrorCode::corrupt, "approval/" + id + " has no readable proposal in its events");
  }
  return standing;
}

}  // namespace nightshift::bridges::vault
