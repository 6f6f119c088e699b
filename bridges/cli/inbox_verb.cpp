// inbox: what waits for a person, and what to do about each.
#include <ostream>

#include <nlohmann/json.hpp>

#include "bridges/cli/text.hpp"
#include "bridges/cli/verbs.hpp"

namespace nightshift::bridges::cli {
namespace {

std::string shown(const Json& object, std::string_view name) {
  return sanitise(text_of(object, name), Lines::escape);
}

/// `approve|reject|edit`.
std::string commands_of(const Json& item) {
  std::string words;
  for (const auto& word : item.value("commands", Json::array())) {
    if (!word.is_string()) continue;
    words += (words.empty() ? "" : "|") + sanitise(word.get<std::string>(), Lines::escape);
  }
  return words;
}

void print_item(std::ostream& out, const Json& item) {
  const auto kind = shown(item, "kind");
  const auto id = shown(item, "id");
  out << kind << "/" << id << "  " << shown(item, "status") << " since "
      << local_time(shown(item, "since")) << "\n    " << shown(item, "awaits") << "\n";
  const auto commands = commands_of(item);
  if (!commands.empty()) out << "    nightshift " << kind << " " << commands << " " << id << "\n";
  out << "    nightshift get " << kind << "/" << id << "\n";
}

void print_tell(std::ostream& out, const Json& tell) {
  out << shown(tell, "source") << "  cannot tell " << shown(tell, "target") << ": "
      << shown(tell, "command") << ", since " << local_time(shown(tell, "since")) << "\n    "
      << shown(tell, "cause") << "\n    " << shown(tell, "awaits") << "\n";
}

void print_file(std::ostream& out, const Json& file) {
  out << shown(file, "path") << "  is refused since " << local_time(shown(file, "since"))
      << "\n    " << shown(file, "cause") << "\n";
}

}  // namespace

Result<void> inbox(Session& session, const InboxFlags& flags) {
  auto target = "/v1/inbox?limit=" + std::to_string(flags.limit);
  if (!flags.after.empty()) target += "&after=" + query_escape(flags.after);
  const auto answer = session.api.get(target);
  if (!answer) return std::unexpected(answer.error());
  if (session.json) {
    session.out << answer->body << "\n";
    return {};
  }
  const auto page = parse_json(answer->body);
  if (!page) return std::unexpected(page.error());
  const auto items = page->value("items", Json::array());
  const auto tells = page->value("tells", Json::array());
  const auto files = page->value("files", Json::array());
  for (const auto& item : items) print_item(session.out, item);
  for (const auto& tell : tells) print_tell(session.out, tell);
  for (const auto& file : files) print_file(session.out, file);
  if (items.empty() && tells.empty() && files.empty()) session.out << "nothing waits for you\n";
  if (const auto next = text_of(*page, "next"); !next.empty()) {
    session.out << "there is more: nightshift inbox --after " << sanitise(next, Lines::escape)
                << "\n";
  }
  return {};
}

}  // namespace nightshift::bridges::cli
