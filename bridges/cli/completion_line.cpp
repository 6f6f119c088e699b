// Reads the finished words of a command line.
#include "bridges/cli/completion_line.hpp"

namespace nightshift::bridges::cli {
namespace {

bool takes_value(const CLI::Option& option) { return option.get_items_expected_max() > 0; }

const CLI::App* find_verb(const CLI::App& verb, const std::string& name) {
  for (const auto* below : verb.get_subcommands([](const CLI::App*) { return true; })) {
    if (below->check_name(name)) return below;
  }
  return nullptr;
}

void read_flag(Said& said, const std::string& word) {
  const auto equals = word.find('=');
  const auto* option = find_flag(said.verb, word.substr(0, equals));
  said.lost = option == nullptr;
  if (said.lost) return;
  auto& values = said.options[option];
  if (equals != std::string::npos) {
    values.push_back(word.substr(equals + 1));
  } else if (takes_value(*option)) {
    said.waits = option;
  }
}

void read_word(Said& said, const std::string& word) {
  if (said.waits != nullptr) {
    said.options[said.waits].push_back(word);
    said.waits = nullptr;
  } else if (word == "--" && !said.flags_ended) {
    said.flags_ended = true;
  } else if (word.starts_with('-') && !said.flags_ended) {
    read_flag(said, word);
  } else if (const auto* below = find_verb(*said.verb, word);
             below != nullptr && said.positionals.empty()) {
    said.verb = below;
  } else {
    said.positionals.push_back(word);
  }
}

}  // namespace

bool takes_many(const CLI::Option& option) { return option.get_items_expected_max() > 1; }

const CLI::Option* find_flag(const CLI::App* verb, const std::string& name) {
  for (; verb != nullptr; verb = verb->get_parent()) {
    for (const auto* option : verb->get_options()) {
      if (!option->get_positional() && option->check_name(name)) return option;
    }
  }
  return nullptr;
}

const CLI::Option* positional_at(const CLI::App& verb, std::size_t n) {
  std::size_t at = 0;
  for (const auto* option : verb.get_options()) {
    if (!option->get_positional()) continue;
    if (at == n || takes_many(*option)) return option;
    ++at;
  }
  return nullptr;
}

Said read_line(const CLI::App& root, std::span<const std::string> words) {
  Said said;
  said.verb = &root;
  for (const auto& word : words) {
    if (said.lost) break;
    read_word(said, word);
  }
  return said;
}

}  // namespace nightshift::bridges::cli
