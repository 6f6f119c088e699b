// Reads JSON, and tells the forms of files apart.
#include "bridges/cli/ecosystem/document.hpp"

#include <array>

namespace nightshift::bridges::cli::ecosystem {

std::optional<Form> form_of(const std::filesystem::path& file) {
  const auto name = file.filename().string();
  constexpr std::array<std::pair<std::string_view, Form>, 6> endings{{{".js", Form::javascript},
                                                                      {".cjs", Form::javascript},
                                                                      {".mjs", Form::javascript},
                                                                      {".json", Form::json},
                                                                      {".yaml", Form::yaml},
                                                                      {".yml", Form::yaml}}};
  for (const auto& [ending, form] : endings) {
    if (name.ends_with(ending)) return form;
  }
  if (name == "Procfile" || name.starts_with("Procfile.")) return Form::procfile;
  return std::nullopt;
}

std::optional<Form> form_of_configuration(const std::filesystem::path& file) {
  const auto form = form_of(file);
  if (form != Form::javascript) return form;
  return file.stem().string().ends_with(".config") ? form : std::nullopt;
}

Result<Json> read_json(std::string_view text) {
  std::size_t values = 0;
  int deepest = 0;
  const auto within = [&](int depth, Json::parse_event_t, Json&) {
    deepest = std::max(deepest, depth);
    return deepest <= document_depth_max && ++values <= document_values_max;
  };
  try {
    auto document = Json::parse(text, within, true, true);
    if (deepest > document_depth_max) {
      return fail(ErrorCode::invalid, "it nests deeper than " + std::to_string(document_depth_max) +
                                          " levels; is it a configuration?");
    }
    if (values > document_values_max) {
      return fail(ErrorCode::invalid, "it has more than " + std::to_string(document_values_max) +
                                          " values; is it a configuration?");
    }
    return document;
  } catch (const Json::exception& wrong) {
    const std::string_view said = wrong.what();
    const auto place = said.find("at line");
    return fail(ErrorCode::invalid,
                "it is not JSON" +
                    (place == said.npos ? "" : " " + std::string(said.substr(place, 200))) +
                    "; where it is JavaScript, name it ecosystem.config.js");
  }
}

}  // namespace nightshift::bridges::cli::ecosystem
