// Walks the parser's tables along the words that are there, and offers what may stand next.
#include "bridges/cli/completion.hpp"

#include <algorithm>
#include <span>

#include "bridges/cli/completion_line.hpp"
#include "bridges/cli/invocation.hpp"
#include "messages/json.hpp"
#include "messages/options.pb.h"

namespace nightshift::bridges::cli {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

constexpr int field_depth_max = 4;

/// What an option takes, in the words of its table.
std::string form_of(const CLI::Option& option) {
  auto type = option.get_type_name();
  return option.get_positional() && type == "TEXT" ? option.get_description() : type;
}

/// Where a person is waited for, if the command is taken there: elsewhere it may be answered that
/// it comes too late.
std::vector<std::string> statuses_that_take(const kernel::Kind& kind, std::string_view command) {
  std::vector<std::string> waiting, all;
  const auto& commands = kind.commands();
  const auto at = std::ranges::find(commands, command, &kernel::CommandInfo::word);
  if (at == commands.end()) return {};
  const auto index = static_cast<std::size_t>(at - commands.begin());
  // The first phase is that of what is not there yet.
  for (std::size_t i = 1; i < kind.phases().size(); ++i) {
    const auto& phase = kind.phases()[i];
    if (!kind.decides(i, index)) continue;
    for (auto* statuses : {&all, &waiting}) {
      const bool there = std::ranges::find(*statuses, phase.status) != statuses->end();
      const bool fits = statuses == &all || !phase.awaits.empty();
      if (fits && !there) statuses->push_back(phase.status);
    }
  }
  return waiting.empty() ? all : waiting;
}

std::string about_field(const FieldDescriptor& field) {
  const bool required = field.options().GetExtension(rules).required();
  std::string about = required ? "required" : "";
  if (field.is_repeated()) about += about.empty() ? "may be repeated" : ", may be repeated";
  return about;
}

bool is_nested(const FieldDescriptor& field) {
  return field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE && !field.is_repeated() &&
         field.message_type()->full_name() != "google.protobuf.Timestamp";
}

/// Every field that a command line can set, by its path (`action.webhook.target`).
void collect_fields(const Descriptor& message, const std::string& before, int depth,
                    std::vector<std::pair<std::string, const FieldDescriptor*>>& fields) {
  for (int i = 0; i < message.field_count(); ++i) {
    const auto* field = message.field(i);
    if (!is_nested(*field)) {
      fields.emplace_back(before + field->name(), field);
    } else if (depth < field_depth_max) {
      collect_fields(*field->message_type(), before + field->name() + ".", depth + 1, fields);
    }
  }
}

/// What a field may be, where that is a short list.
std::vector<std::string> values_of(const FieldDescriptor& field) {
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_BOOL) return {"true", "false"};
  if (field.cpp_type() != FieldDescriptor::CPPTYPE_ENUM) return {};
  std::vector<std::string> words;
  for (int i = 1; i < field.enum_type()->value_count(); ++i) {
    words.push_back(enum_word(*field.enum_type()->value(i)));
  }
  return words;
}

class Offer {
 public:
  Offer(const Program& program, const CLI::App& root, const Said& said,
        const LookAround& look_around)
      : program_(program), root_(root), said_(said), look_around_(look_around) {}

  Candidates make(const std::string& last) && {
    if (said_.lost) return {};
    const auto equals = last.find('=');
    if (said_.waits != nullptr) {
      add_values(*said_.waits, last, "");
    } else if (last.starts_with('-') && !said_.flags_ended) {
      if (equals == std::string::npos) {
        add_flags(last);
      } else if (const auto* option = find_flag(said_.verb, last.substr(0, equals))) {
        add_values(*option, last.substr(equals + 1), last.substr(0, equals + 1));
      }
    } else {
      if (said_.positionals.empty()) add_verbs(last);
      const auto* option = positional_at(*said_.verb, said_.positionals.size());
      if (option != nullptr) add_values(*option, last, "");
    }
    return std::move(offered_);
  }

 private:
  void add(std::string word, const std::string& begin, std::string about = {},
           const std::string& before = {}) {
    if (!word.starts_with(begin)) return;
    std::ranges::replace(about, '\n', ' ');
    offered_.words.push_back({before + word, std::move(about)});
  }

  void add_verbs(const std::string& begin) {
    for (const auto* below : said_.verb->get_subcommands([](const CLI::App*) { return true; })) {
      if (!below->get_group().empty()) add(below->get_name(), begin, below->get_description());
    }
  }

  void add_flags(const std::string& begin) {
    for (const auto* verb = said_.verb; verb != nullptr; verb = verb->get_parent()) {
      for (const auto* option : verb->get_options()) {
        const bool done = said_.options.contains(option) && !takes_many(*option);
        if (option->get_positional() || done || option->get_lnames().empty()) continue;
        // Of those above a verb, their help is not its own.
        const auto name = "--" + option->get_lnames().front();
        if (name == "--help" && verb != said_.verb) continue;
        add(name, begin, option->get_description());
      }
    }
  }

  /// `before` is what stands in the same word already: `--where=`.
  void add_values(const CLI::Option& option, const std::string& begin, const std::string& before) {
    const auto form = form_of(option);
    if (const auto brace = form.find('{'); brace != std::string::npos) {
      return add_members(form.substr(brace + 1, form.find('}') - brace - 1), begin, before);
    }
    if (form == "FILE" || form == "DIR") offered_.files = true;
    if (form == "=VALUE") add_fields(begin);
    if (form == "FIELD=VALUE") add_conditions(begin, before);
    if (form == "SCOPE") add_scopes(begin, before);
    if (form == "KIND") add_kinds(begin, before);
    if (form == "ID") add_ids(kind_of_verb(), said_.verb->get_name(), begin, "");
    if (form == "PATH") add_all(around().paths(), begin, before);
    if (form.starts_with("KIND/ID")) add_entities(begin);
    if (const auto* kind = program_.catalog->find(form)) add_named(*kind, begin, before);
    if (option.check_lname("approver") || option.check_lname("by")) {
      add_all(around().approvers(), begin, before);
    }
  }

  /// Ids of one kind; where the verb is a command of it, of those that would take it.
  void add_named(const kernel::Kind& kind, const std::string& begin, const std::string& before) {
    const auto verb = said_.verb->get_name();
    add_ids(&kind, kind.find_command(verb) == nullptr ? "" : verb, begin, before);
    add("all", begin, "all of them", before);
  }

  void add_all(const std::vector<std::string>& words, const std::string& begin,
               const std::string& before) {
    for (const auto& word : words) add(word, begin, {}, before);
  }

  void add_members(const std::string& list, const std::string& begin, const std::string& before) {
    for (std::size_t at = 0; at <= list.size();) {
      const auto end = std::min(list.find(',', at), list.size());
      add(list.substr(at, end - at), begin, {}, before);
      at = end + 1;
    }
  }

  void add_scopes(const std::string& begin, const std::string& before) {
    for (int number = SCOPE_READ; number < SCOPE_HOST; ++number) {
      add(enum_word(*Scope_descriptor()->FindValueByNumber(number)), begin, {}, before);
    }
  }

  void add_kinds(const std::string& begin, const std::string& before) {
    for (const auto* kind : program_.catalog->all()) {
      add(std::string(kind->name()), begin, std::string(kind->summary()), before);
    }
  }

  void add_entities(const std::string& begin) {
    const auto slash = begin.find('/');
    if (slash != std::string::npos) {
      const auto* kind = program_.catalog->find(begin.substr(0, slash));
      return add_ids(kind, "", begin.substr(slash + 1), begin.substr(0, slash + 1));
    }
    for (const auto* kind : program_.catalog->all()) {
      add(std::string(kind->name()) + "/", begin, std::string(kind->summary()));
    }
  }

  /// With a command only of those that would take it.
  void add_ids(const kernel::Kind* kind, const std::string& command, const std::string& begin,
               const std::string& before) {
    if (kind == nullptr) return;
    std::vector<std::string> statuses;
    if (!command.empty()) {
      statuses = statuses_that_take(*kind, command);
      if (statuses.empty()) return;
    }
    for (auto& id : around().ids(std::string(kind->name()), begin, statuses)) {
      add(std::move(id), begin, {}, before);
    }
  }

  void add_fields(const std::string& begin) {
    const auto* kind = kind_of_verb();
    const auto* command = kind == nullptr ? nullptr : kind->find_command(said_.verb->get_name());
    // What an approver signs is filled in by the signing.
    if (command == nullptr || command->signed_by_approver) return;
    std::vector<std::pair<std::string, const FieldDescriptor*>> fields;
    collect_fields(*command->descriptor, "", 0, fields);
    const auto equals = begin.find('=');
    for (const auto& [name, field] : fields) {
      const auto word = name + "=";
      if (equals == std::string::npos) {
        const bool said = std::ranges::any_of(
            said_.positionals, [&](const auto& other) { return other.starts_with(word); });
        if (!said || field->is_repeated()) add(word, begin, about_field(*field));
      } else if (begin.starts_with(word)) {
        const auto value = begin.substr(equals + 1);
        for (auto& one : values_of(*field)) add(std::move(one), value, {}, word);
        if (value.starts_with('@')) offered_.files = true;
      }
    }
  }

  void add_conditions(const std::string& begin, const std::string& before) {
    const auto* kind = kind_said();
    if (kind == nullptr) return;
    const auto equals = begin.find('=');
    const auto* view = kind->view_descriptor();
    if (equals == std::string::npos) add("status=", begin, {}, before);
    for (std::size_t i = 1; i < kind->phases().size() && begin.starts_with("status="); ++i) {
      const auto& status = kind->phases()[i].status;
      const auto earlier = std::span(kind->phases()).subspan(1, i - 1);
      if (std::ranges::find(earlier, status, &kernel::PhaseInfo::status) != earlier.end()) continue;
      add(status, begin.substr(equals + 1), {}, before + "status=");
    }
    for (int i = 0; i < view->field_count(); ++i) {
      const auto* field = view->field(i);
      if (!field->options().GetExtension(rules).indexed()) continue;
      const auto word = field->name() + "=";
      if (equals == std::string::npos) add(word, begin, {}, before);
      if (!begin.starts_with(word)) continue;
      for (auto& one : values_of(*field))
        add(std::move(one), begin.substr(equals + 1), {}, before + word);
    }
  }

  /// Of `nightshift KIND COMMAND`.
  const kernel::Kind* kind_of_verb() const {
    const auto* parent = said_.verb->get_parent();
    return parent == nullptr ? nullptr : program_.catalog->find(parent->get_name());
  }

  /// The kind among the words that are there: `list KIND`.
  const kernel::Kind* kind_said() const {
    for (const auto& word : said_.positionals) {
      if (const auto* kind = program_.catalog->find(word)) return kind;
    }
    return nullptr;
  }

  Surroundings& around() {
    if (!around_) around_ = look_around_({value("--data"), value("--url"), value("--token")});
    return *around_;
  }

  std::string value(const std::string& flag) const {
    const auto found = said_.options.find(find_flag(&root_, flag));
    return found == said_.options.end() || found->second.empty() ? "" : found->second.back();
  }

  const Program& program_;
  const CLI::App& root_;
  const Said& said_;
  const LookAround& look_around_;
  std::unique_ptr<Surroundings> around_;
  Candidates offered_;
};

}  // namespace

Candidates complete(const Program& program, const std::vector<std::string>& words,
                    const LookAround& look_around) {
  Invocation invocation;
  CLI::App app{"", "nightshift"};
  describe(app, invocation, program);
  if (words.empty()) return {};
  const auto said = read_line(app, std::span(words).first(words.size() - 1));
  return Offer(program, app, said, look_around).make(words.back());
}

}  // namespace nightshift::bridges::cli
