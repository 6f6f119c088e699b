// Reads any bytes as JSON, YAML and a Procfile of processes, and takes them over: what comes of it
// can be run, and has no secret in it.
#include <string>

#include "bridges/cli/ecosystem/translate.hpp"
#include "messages/ids.hpp"
#include "messages/json.hpp"
#include "messages/process_words.hpp"
#include "tests/fuzz/fuzzer.hpp"

namespace nightshift::fuzz {
namespace {

using namespace bridges::cli::ecosystem;

/// Shorter ones may stand anywhere by chance.
constexpr std::size_t secret_bytes_min = 12;

Surroundings around(const std::string& environment) {
  Surroundings here;
  here.folder = "/srv/app";
  here.home = "/home/anna";
  here.processors = 2;
  here.environment = environment;
  here.look = [](const std::filesystem::path& path) {
    return path.has_extension() ? Lies::text : Lies::nothing;
  };
  return here;
}

void check(const Translation& translation) {
  require(translation.processes.size() <= processes_max, "too many processes");
  for (const auto& remark : translation.remarks) {
    require(!remark.field.empty() || !remark.text.empty(), "a remark says nothing");
  }
  for (const auto& process : translation.processes) {
    require(is_id(process.id), "a process has no name");
    require(check_rules(process.config).has_value(), "a configuration breaks a rule");
    require(check_process_config(process.config).has_value(), "a configuration can never run");
    for (const auto& variable : process.config.env()) {
      for (const auto& [name, value] : translation.secrets) {
        if (value.size() < secret_bytes_min ||
            !name.ends_with(variable.substr(0, variable.find('='))))
          continue;
        require(!variable.ends_with("=" + value), "a secret stands in a configuration");
      }
    }
  }
}

}  // namespace

void ecosystem(std::string_view input) {
  for (const auto read : {read_json, read_yaml}) {
    const auto document = read(input);
    if (!document) {
      require(!document.error().detail.empty(), "an error says nothing");
      continue;
    }
    check(translate(*document, around("")));
    check(translate(*document, around("production")));
  }
  if (const auto lines = read_procfile(input)) check(translate(*lines, around("")));
}

}  // namespace nightshift::fuzz

NIGHTSHIFT_FUZZER(ecosystem)
