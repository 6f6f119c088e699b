// completion: the script of a shell, and the words that it asks for.
#include <ostream>

#include <nlohmann/json.hpp>

#include "bridges/cli/completion.hpp"
#include "bridges/cli/text.hpp"
#include "bridges/cli/verbs.hpp"
#include "messages/ids.hpp"

namespace nightshift::bridges::cli {
namespace {

/// Somebody waits behind the key: a node that does not answer by then knows nothing.
constexpr std::chrono::milliseconds answer_max{700};
constexpr int ids_max = 200;

/// Asks the node that the line would ask.
class NodeAround final : public Surroundings {
 public:
  NodeAround(Target target, runtime::DataFolder folder)
      : folder_(folder), api_(std::move(target), std::move(folder)) {}

  std::vector<std::string> ids(const std::string& kind, const std::string& begin,
                               const std::vector<std::string>& statuses) override {
    std::vector<std::string> found;
    if (statuses.empty()) add_ids(target_of(kind, begin), found);
    for (const auto& status : statuses) {
      add_ids(target_of(kind, begin) + "&status=" + query_escape(status), found);
    }
    return found;
  }

  std::vector<std::string> paths() override {
    std::vector<std::string> found;
    for (const auto& part : items("/v1/supervision")) found.push_back(text_of(part, "path"));
    return found;
  }

  std::vector<std::string> approvers() override {
    std::vector<std::string> names;
    if (const auto known = folder_.approvers()) {
      for (const auto& approver : *known) names.push_back(approver.name);
    }
    return names;
  }

 private:
  /// The page of ids that begin so.
  static std::string target_of(const std::string& kind, const std::string& begin) {
    auto target = "/v1/" + kind + "?limit=" + std::to_string(ids_max);
    if (begin.empty()) return target;
    // What comes right before them in order: no id has a `~`, which is behind all that ids have.
    auto before = begin;
    --before.back();
    return target + "&after=" + query_escape(before + "~");
  }

  void add_ids(const std::string& target, std::vector<std::string>& found) {
    for (const auto& item : items(target)) {
      if (auto id = text_of(item, "id"); is_id(id)) found.push_back(std::move(id));
    }
  }

  Json items(const std::string& target) {
    if (silent_) return Json::array();
    const auto answer = api_.get(target);
    silent_ = !answer;
    const auto json = answer ? parse_json(answer->body) : Result<Json>(Json::object());
    return json && json->is_object() ? json->value("items", Json::array()) : Json::array();
  }

  runtime::DataFolder folder_;
  NodeApi api_;
  /// It has not answered once: it is not asked again.
  bool silent_ = false;
};

}  // namespace

Result<void> completion_script_of(Session& session, const std::string& shell) {
  session.out << completion_script(shell);
  return {};
}

Result<void> completion_words(Session& session, const std::vector<std::string>& words) {
  const auto look_around = [&session](const Whereabouts& said) -> std::unique_ptr<Surroundings> {
    auto target = session.target;
    target.patience = std::chrono::milliseconds(0);
    target.timeout = answer_max;
    if (!said.url.empty()) target.url = said.url;
    if (!said.token.empty()) target.token = said.token;
    auto folder = said.data.empty() ? session.folder : runtime::DataFolder(said.data);
    return std::make_unique<NodeAround>(std::move(target), std::move(folder));
  };
  const auto offered = complete(session.program, words, look_around);
  for (const auto& [word, about] : offered.words) {
    session.out << sanitise(word, Lines::escape);
    if (!about.empty()) session.out << "\t" << sanitise(about, Lines::escape);
    session.out << "\n";
  }
  // No word of ours begins with a space.
  if (offered.files) session.out << " files\n";
  return {};
}

}  // namespace nightshift::bridges::cli
