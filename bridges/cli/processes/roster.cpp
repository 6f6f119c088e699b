// Reads the processes of a node, numbers them, and finds those that are named.
#include "bridges/cli/processes/roster.hpp"

#include <algorithm>
#include <set>

#include <nlohmann/json.hpp>

#include "messages/ids.hpp"
#include "messages/nearest.hpp"

namespace nightshift::bridges::cli {
namespace {

constexpr int page_items = 500;

bool is_deleted(const Process& process) {
  return process.status == "deleted" || process.status == "absent";
}

Result<Json> read(NodeApi& api, const std::string& target) {
  const auto answer = api.get(target);
  if (!answer) return std::unexpected(answer.error());
  return parse_json(answer->body);
}

bool fits(const Process& process, std::string_view word) {
  return word == "all" || process.id == word || process.app() == word ||
         std::to_string(process.number) == word;
}

}  // namespace

std::uint64_t Process::count(std::string_view field) const {
  const auto found = view.find(field);
  return found != view.end() && found->is_number_unsigned() ? found->get<std::uint64_t>() : 0;
}

std::string Process::app() const {
  auto name = text("app");
  return name.empty() ? id : name;
}

Process process_of(const Json& entity) {
  Process process;
  process.id = text_of(entity, "id");
  process.status = text_of(entity, "status");
  if (const auto at = entity.find("sequence"); at != entity.end() && at->is_number_unsigned()) {
    process.sequence = at->get<std::uint64_t>();
  }
  process.view = entity.value("view", Json::object());
  return process;
}

bool is_settled(const Process& process) {
  return process.status != "launching" && process.status != "stopping";
}

Result<std::uint64_t> Roster::born(const std::string& id) {
  if (const auto known = born_.find(id); known != born_.end()) return known->second;
  const auto page = read(api_, "/v1/process/" + id + "/events?after=0&limit=1");
  if (!page) return std::unexpected(page.error());
  std::uint64_t offset = 0;
  for (const auto& event : page->value("items", Json::array())) {
    const auto at = event.find("offset");
    if (at != event.end() && at->is_number_unsigned()) offset = at->get<std::uint64_t>();
  }
  return born_[id] = offset;
}

Result<std::vector<Process>> Roster::all() {
  std::vector<std::pair<std::uint64_t, Process>> found;
  std::string after;
  do {
    const auto page = read(api_, "/v1/process?limit=" + std::to_string(page_items) +
                                     (after.empty() ? "" : "&after=" + query_escape(after)));
    if (!page) return std::unexpected(page.error());
    for (const auto& item : page->value("items", Json::array())) {
      auto process = process_of(item);
      if (!is_id(process.id)) continue;
      const auto offset = born(process.id);
      if (!offset) return std::unexpected(offset.error());
      found.emplace_back(*offset, std::move(process));
    }
    after = text_of(*page, "next");
  } while (!after.empty());
  std::ranges::stable_sort(found, {}, [](const auto& one) { return one.first; });
  std::vector<Process> processes;
  for (std::size_t i = 0; i < found.size(); ++i) {
    auto& process = found[i].second;
    process.number = i;
    if (!is_deleted(process)) processes.push_back(std::move(process));
  }
  return processes;
}

Result<std::vector<Process>> Roster::select(const std::vector<std::string>& words) {
  if (words.empty()) {
    return fail(ErrorCode::usage,
                "name a process, its number, or all; \"nightshift ps\" lists them");
  }
  const auto processes = all();
  if (!processes) return std::unexpected(processes.error());
  std::vector<std::string_view> names;
  for (const auto& process : *processes) names.push_back(process.id);
  std::vector<Process> chosen;
  for (const auto& word : words) {
    // A name goes before the same as a number.
    const bool named = std::ranges::find(names, word) != names.end();
    bool found = word == "all";
    for (const auto& process : *processes) {
      if (!fits(process, word) || (named && process.id != word && process.app() != word)) continue;
      found = true;
      const bool twice = std::ranges::find(chosen, process.id, &Process::id) != chosen.end();
      if (!twice) chosen.push_back(process);
    }
    if (found) continue;
    const auto hint = names.empty() ? "there is none yet; nightshift start makes one"
                                    : "did you mean " + nearest(word, names) + "?";
    return fail(ErrorCode::not_found, "there is no process \"" + word + "\"; " + hint, word);
  }
  return chosen;
}

Result<Process> Roster::again(const Process& process) {
  const auto entity = read(api_, "/v1/process/" + process.id);
  if (!entity) return std::unexpected(entity.error());
  auto now = process_of(*entity);
  now.number = process.number;
  return now;
}

}  // namespace nightshift::bridges::cli
