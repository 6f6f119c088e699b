// Goes through the apps of a document.
#include "bridges/cli/ecosystem/translate.hpp"

#include <algorithm>
#include <set>

#include "bridges/cli/ecosystem/draft.hpp"
#include "bridges/cli/ecosystem/values.hpp"
#include "messages/ids.hpp"

namespace nightshift::bridges::cli::ecosystem {
namespace {

constexpr std::string_view top_fields[] = {"apps", "pm2"};
/// foreman's first port, and how far apart they are.
constexpr unsigned port_first = 5'000;
constexpr unsigned port_step = 100;

void note(Translation& translation, Remark::Weight weight, const std::string& app,
          const std::string& field, std::string text) {
  translation.remarks.push_back({weight, app, field, std::move(text)});
}

/// Signs that an id has not become `-`.
std::string as_id(std::string_view name) {
  std::string id(name.substr(0, 120));
  std::ranges::replace_if(id, [](char c) { return !is_id({&c, 1}); }, '-');
  return id;
}

std::string text_at(const Json& app, const char* field) {
  const auto found = app.find(field);
  return found != app.end() && found->is_string() ? found->get<std::string>() : "";
}

std::string script_of(const Json& app) {
  for (const auto* field : {"script", "exec", "cmd", "command"}) {
    if (auto text = text_at(app, field); !text.empty()) return text;
  }
  return "";
}

class Apps {
 public:
  Apps(const Surroundings& around, Translation& translation)
      : around_(around), translation_(translation) {}

  void take(const Json& app, std::size_t index) {
    if (!app.is_object()) {
      return note(translation_, Remark::Weight::wrong, "", "apps",
                  "number " + std::to_string(index + 1) + " is " + name_of(app) +
                      ", and an app is an object");
    }
    Draft draft(name_of_app(app, index), around_, translation_.remarks);
    take_cwd(draft, app);
    take_variables(draft, app);
    for (const auto& [field, value] : app.items()) take_field(draft, field, value);
    finish(draft, translation_);
  }

 private:
  std::string name_of_app(const Json& app, std::size_t index) {
    const auto said = text_at(app, "name");
    auto name = said.empty() ? std::filesystem::path(script_of(app)).stem().string() : said;
    const bool wrong_type = app.contains("name") && said.empty() && !app.at("name").is_null();
    name = text_at(app, "name_prefix") + name;
    if (app.value("append_env_to_name", Json()) == true && !around_.environment.empty()) {
      name += "-" + around_.environment;
    }
    auto id = as_id(name);
    if (id.empty()) id = "app-" + std::to_string(index + 1);
    if (wrong_type) {
      note(translation_, Remark::Weight::wrong, id, "name",
           "wants a text, not " + name_of(app.at("name")));
    }
    const auto base = id;
    for (int n = 2; taken(id); ++n) id = base + "-" + std::to_string(n);
    if (id != name) {
      note(translation_, Remark::Weight::changed, id, "name",
           "it is called so here: names are letters, digits, dots, _ and -, and each is one app");
    }
    return id;
  }

  bool taken(const std::string& id) const {
    return std::ranges::find(translation_.processes, id, &Imported::id) !=
           translation_.processes.end();
  }

  const Surroundings& around_;
  Translation& translation_;
};

/// An id that two instances of different apps have is nobody's.
void refuse_twins(Translation& translation) {
  std::set<std::string> ids;
  for (const auto& process : translation.processes) {
    if (ids.insert(process.id).second) continue;
    note(translation, Remark::Weight::wrong, process.config.app(), "name",
         "would be " + process.id + ", which there is already; rename one of them");
  }
}

}  // namespace

bool Translation::usable() const {
  return std::ranges::none_of(
      remarks, [](const Remark& remark) { return remark.weight == Remark::Weight::wrong; });
}

Translation translate(const Json& document, const Surroundings& around) {
  Translation translation;
  Apps taken(around, translation);
  const Json* apps = &document;
  if (document.is_object() && (document.contains("apps") || document.contains("pm2"))) {
    apps = &document.at(document.contains("apps") ? "apps" : "pm2");
    for (const auto& [field, value] : document.items()) {
      if (std::ranges::find(top_fields, field) != std::end(top_fields)) continue;
      note(translation, Remark::Weight::left_out, "", field.substr(0, 128),
           field == "deploy" ? "nothing is deployed by an import" : "PM2 has no such field");
    }
  }
  if (apps->is_array()) {
    for (std::size_t i = 0; i < apps->size(); ++i) {
      if (translation.processes.size() >= processes_max) {
        note(translation, Remark::Weight::wrong, "", "apps",
             "make more than " + std::to_string(processes_max) + " processes of one file");
        break;
      }
      taken.take(apps->at(i), i);
    }
  } else {
    taken.take(*apps, 0);
  }
  if (translation.processes.empty() && translation.usable()) {
    note(translation, Remark::Weight::wrong, "", "apps", "there is no app in it");
  }
  refuse_twins(translation);
  return translation;
}

Translation translate(const std::vector<ProcfileLine>& lines, const Surroundings& around) {
  Translation translation;
  unsigned port = port_first;
  for (const auto& line : lines) {
    Draft draft(line.name, around, translation.remarks);
    take_cwd(draft, Json::object());
    draft.set_variable("PORT", std::to_string(port));
    draft.interpreter = "none";
    draft.script = "/bin/sh";
    draft.args = std::vector<std::string>{"-c", line.command};
    draft.config.set_kill_signal("SIGTERM");
    finish(draft, translation);
    port += port_step;
  }
  return translation;
}

}  // namespace nightshift::bridges::cli::ecosystem
