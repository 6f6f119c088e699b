// Reads a draft's view, and what it said before.
#include "bridges/vault/draft_standing.hpp"

#include <algorithm>
#include <array>

namespace nightshift::bridges::vault {
namespace {

constexpr std::size_t page = 256;

struct ChannelPlace {
  Channel channel;
  approval::Category category;
  /// The account where the draft names none: on Social it says which network is meant.
  std::string_view network;
};

constexpr std::array places{ChannelPlace{CHANNEL_EMAIL, approval::CATEGORY_EMAIL, ""},
                            ChannelPlace{CHANNEL_LINKEDIN, approval::CATEGORY_LINKEDIN, ""},
                            ChannelPlace{CHANNEL_WHATSAPP, approval::CATEGORY_WHATSAPP, ""},
                            ChannelPlace{CHANNEL_ODOO, approval::CATEGORY_ODOO, ""},
                            ChannelPlace{CHANNEL_FACEBOOK, approval::CATEGORY_SOCIAL, "facebook"},
                            ChannelPlace{CHANNEL_INSTAGRAM, approval::CATEGORY_SOCIAL, "instagram"},
                            ChannelPlace{CHANNEL_X, approval::CATEGORY_SOCIAL, "x"}};

approval::Proposal shown_of(const draft::Content& content) {
  const auto* place = std::ranges::find(places, content.channel(), &ChannelPlace::channel);
  approval::Proposal shown;
  shown.set_category(place == places.end() ? approval::CATEGORY_EMAIL : place->category);
  shown.set_title(content.title());
  shown.set_body(content.body());
  *shown.mutable_to() = content.to();
  *shown.mutable_cc() = content.cc();
  shown.set_subject(content.subject());
  const bool names_network = content.account().empty() && place != places.end();
  shown.set_account(names_network ? std::string(place->network) : content.account());
  return shown;
}

std::string note_of(const std::string& id, const std::string& status, const draft::View& view) {
  const std::string by = view.agent().empty() ? view.requester() : view.agent();
  if (status == "drafted") return "written by " + by + "; a node that may send proposes it";
  if (status == "refused") {
    return "it cannot be proposed: " + view.detail() +
           ". Once it is mended: nightshift draft propose " + id;
  }
  return status + (view.detail().empty() ? "" : ": " + view.detail());
}

}  // namespace

Result<std::optional<DraftStanding>> read_draft_standing(const runtime::Node& node,
                                                         const std::string& id) {
  const auto answer = node.get({.kind = draft_kind, .id = id});
  if (!answer) {
    const auto code = answer.error().code;
    // Of what was archived the files stay as they are.
    if (code == ErrorCode::not_found || code == ErrorCode::archived) return std::nullopt;
    return std::unexpected(answer.error());
  }
  const auto* view = dynamic_cast<const draft::View*>(answer->view.get());
  if (view == nullptr) return fail(ErrorCode::corrupt, "draft/" + id + " has no view of a draft");
  DraftStanding standing{.id = id,
                         .status = answer->status,
                         .sequence = answer->sequence,
                         .shown = shown_of(view->content()),
                         .marks = {.id = id,
                                   .status = answer->status,
                                   .digest = view->digest(),
                                   .note = note_of(id, answer->status, *view)}};
  standing.shown.set_requester(view->requester());
  *standing.shown.mutable_proposed_at() = view->written_at();
  return standing;
}

Result<std::optional<approval::Proposal>> read_draft_revision(const runtime::Node& node,
                                                              const std::string& id,
                                                              const std::string& digest) {
  std::uint64_t after = 0;
  for (;;) {
    const auto events = node.events({.kind = draft_kind, .id = id}, after, page);
    if (!events) return std::unexpected(events.error());
    if (events->empty()) return std::nullopt;
    for (const auto& event : *events) {
      const auto* written = dynamic_cast<const draft::Written*>(event.event.get());
      const auto* edited = dynamic_cast<const draft::Edited*>(event.event.get());
      if (written != nullptr && written->digest() == digest) return shown_of(written->content());
      if (edited != nullptr && edited->digest() == digest) return shown_of(edited->content());
    }
    after = events->back().record.sequence();
  }
}

}  // namespace nightshift::bridges::vault
