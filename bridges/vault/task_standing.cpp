// Reads a task's view, and what it said before.
#include "bridges/vault/task_standing.hpp"

#include "bridges/vault/layout.hpp"
#include "bridges/vault/names.hpp"

namespace nightshift::bridges::vault {
namespace {

constexpr std::size_t page = 256;

/// The sentence under the key `nightshift`.
std::string note_of(const std::string& id, const std::string& status, const task::View& view) {
  if (status == "waiting") {
    return "waits for a person: " + view.why() +
           ". To give it to an agent: nightshift task assign " + id + " agent=NAME";
  }
  if (status == "drafting")
    return "claimed by " + view.claimed_by() + "; " + view.agent() + " drafts";
  if (status == "drafted") return "drafted by " + view.agent() + ": draft/" + view.draft();
  if (status == "stuck") {
    return view.detail() + ". To try again: nightshift task retry " + id;
  }
  const std::string by = view.ended_by().empty() ? "" : " by " + view.ended_by();
  return status + by + (view.detail().empty() ? "" : ": " + view.detail());
}

struct Said {
  const Assignment* content = nullptr;
  std::string digest;
};

Said said_in(const google::protobuf::Message* event) {
  if (const auto* first = dynamic_cast<const task::Arrived*>(event)) {
    return {.content = &first->content(), .digest = first->digest()};
  }
  if (const auto* edited = dynamic_cast<const task::Edited*>(event)) {
    return {.content = &edited->content(), .digest = edited->digest()};
  }
  return {};
}

}  // namespace

std::string TaskStanding::file_name() const {
  const std::string& file = view.file();
  const std::string name = file.substr(file.rfind('/') + 1);
  const bool is_its_own = is_draft_name(name) && id_of_stem(stem_of(name)) == id;
  return is_its_own ? name : id + ".md";
}

std::string TaskStanding::place() const {
  if (status == "done") return std::string(done_folder);
  if (status == "dropped") return std::string(rejected_folder);
  if (status != "drafting" && status != "drafted") return std::string(needs_action_folder);
  return std::string(view.claimed_by() == "cloud" ? in_progress_cloud_folder
                                                  : in_progress_local_folder);
}

Result<std::optional<TaskStanding>> read_task_standing(const runtime::Node& node,
                                                       const std::string& id) {
  const auto answer = node.get({.kind = task_kind, .id = id});
  if (!answer) {
    const auto code = answer.error().code;
    // Of what was archived the files stay as they are.
    if (code == ErrorCode::not_found || code == ErrorCode::archived) return std::nullopt;
    return std::unexpected(answer.error());
  }
  const auto* view = dynamic_cast<const task::View*>(answer->view.get());
  if (view == nullptr) return fail(ErrorCode::corrupt, "task/" + id + " has no view of a task");
  return TaskStanding{.id = id,
                      .status = answer->status,
                      .sequence = answer->sequence,
                      .view = *view,
                      .marks = {.id = id,
                                .status = answer->status,
                                .digest = view->digest(),
                                .note = note_of(id, answer->status, *view)}};
}

Result<std::optional<Assignment>> read_task_revision(const runtime::Node& node,
                                                     const std::string& id,
                                                     const std::string& digest) {
  std::uint64_t after = 0;
  for (;;) {
    const auto events = node.events({.kind = task_kind, .id = id}, after, page);
    if (!events) return std::unexpected(events.error());
    if (events->empty()) return std::nullopt;
    for (const auto& event : *events) {
      const Said said = said_in(event.event.get());
      if (said.content != nullptr && said.digest == digest) return *said.content;
    }
    after = events->back().record.sequence();
  }
}

}  // namespace nightshift::bridges::vault
