// Which field of PM2 becomes what.
#include <algorithm>
#include <array>
#include <span>

#include "bridges/cli/ecosystem/draft.hpp"
#include "bridges/cli/ecosystem/reasons.hpp"
#include "bridges/cli/ecosystem/values.hpp"
#include "messages/nearest.hpp"

namespace nightshift::bridges::cli::ecosystem {
namespace {

constexpr std::uint64_t day_ms = 86'400'000;
constexpr std::uint64_t limit_max = 1'000;
/// PM2's own bound of a growing delay.
constexpr std::uint32_t pm2_backoff_ms_max = 15'000;
constexpr std::uint32_t pm2_restarts_window_s = 3'600;

using Take = void (*)(Draft&, const std::string& field, const Json&);
struct Field {
  std::string_view name;
  Take take;
};

void wants(Draft& draft, const std::string& field, std::string_view what, const Json& value) {
  draft.wrong(field, "wants " + std::string(what) + ", not " + name_of(value));
}

// ---- readers: nothing where a remark has been made

std::optional<std::string> text_of(Draft& draft, const std::string& field, const Json& value) {
  if (value.is_string() && value.get_ref<const std::string&>().find('\0') == std::string::npos) {
    return value.get<std::string>();
  }
  wants(draft, field, "a text", value);
  return std::nullopt;
}

std::optional<bool> truth_of(Draft& draft, const std::string& field, const Json& value) {
  if (value.is_boolean()) return value.get<bool>();
  if (value == "true" || value == "false") return value == "true";
  wants(draft, field, "true or false", value);
  return std::nullopt;
}

std::optional<std::uint32_t> milliseconds_of(Draft& draft, const std::string& field,
                                             const Json& value) {
  const auto read = read_milliseconds(value);
  if (read && *read <= day_ms) return static_cast<std::uint32_t>(*read);
  wants(draft, field, "milliseconds, or a text such as \"5s\", up to a day", value);
  return std::nullopt;
}

std::optional<std::uint64_t> count_of(Draft& draft, const std::string& field, const Json& value) {
  const auto read = read_count(value);
  if (!read) wants(draft, field, "a whole number", value);
  return read;
}

std::optional<std::vector<std::string>> texts_of(Draft& draft, const std::string& field,
                                                 const Json& list) {
  std::vector<std::string> texts;
  for (const auto& item : list) {
    const auto text = read_variable(item);
    if (!text || text->find('\0') != std::string::npos) {
      wants(draft, field, "a list of texts", item);
      return std::nullopt;
    }
    texts.push_back(*text);
  }
  return texts;
}

/// A list, or a text that is taken apart as a shell does.
std::optional<std::vector<std::string>> words_of(Draft& draft, const std::string& field,
                                                 const Json& value) {
  if (value.is_array()) return texts_of(draft, field, value);
  const auto line = text_of(draft, field, value);
  if (!line) return std::nullopt;
  auto words = split_words(*line);
  if (!words) draft.wrong(field, "has a quote that is never closed");
  return words;
}

/// A list, or one text.
std::optional<std::vector<std::string>> list_of(Draft& draft, const std::string& field,
                                                const Json& value) {
  return texts_of(draft, field, value.is_array() ? value : Json::array({value}));
}

// ---- fields, a function each where they are more than a value

void take_instances(Draft& draft, const std::string& field, const Json& value) {
  constexpr std::int64_t most = 1'000;
  if (value == "max") {
    draft.instances = 0;
    return;
  }
  const bool negative = value.is_number_integer() && value.get<std::int64_t>() < 0;
  const auto count = negative ? std::nullopt : read_count(value);
  const auto instances =
      negative ? value.get<std::int64_t>() : static_cast<std::int64_t>(count.value_or(most + 1));
  if (instances > most || instances < -most) {
    return wants(draft, field, "a number up to 1000, or \"max\"", value);
  }
  draft.instances = instances;
}

void take_exec_mode(Draft& draft, const std::string& field, const Json& value) {
  const auto mode = text_of(draft, field, value);
  if (!mode) return;
  draft.cluster = mode->starts_with("cluster");
  if (!draft.cluster && !mode->starts_with("fork")) wants(draft, field, "fork or cluster", value);
}

void take_memory(Draft& draft, const std::string& field, const Json& value) {
  const auto bytes = read_bytes(value);
  if (!bytes) return wants(draft, field, "bytes, or a text such as \"300M\"", value);
  draft.config.set_memory_restart_bytes(*bytes);
}

void take_cron(Draft& draft, const std::string& field, const Json& value) {
  if (value == 0 || value == "0" || value == "") return;
  auto text = text_of(draft, field, value);
  if (!text) return;
  const auto words = split_words(*text);
  if (words && words->size() == 6 && words->front() == "0") {
    *text = text->substr(text->find_first_not_of(" \t", text->find_first_of(" \t")));
  } else if (words && words->size() == 6) {
    return draft.left_out(
        field, "\"" + *text + "\" has seconds; cron here has five fields, minutes first");
  }
  draft.config.set_cron_restart(*text);
}

void take_restart_delay(Draft& draft, const std::string& field, const Json& value) {
  const auto delay = milliseconds_of(draft, field, value);
  if (!delay || *delay == 0) return;
  draft.config.set_restart_delay_ms(*delay);
  if (draft.config.has_backoff_ms()) return;
  draft.config.set_backoff_ms(*delay);
  draft.config.set_backoff_ms_max(*delay);
}

void take_backoff(Draft& draft, const std::string& field, const Json& value) {
  const auto delay = milliseconds_of(draft, field, value);
  if (!delay || *delay == 0) return;
  draft.config.set_restart_delay_ms(*delay);
  draft.config.set_backoff_ms(*delay);
  draft.config.set_backoff_ms_max(std::max(*delay, pm2_backoff_ms_max));
}

void take_max_restarts(Draft& draft, const std::string& field, const Json& value) {
  auto count = count_of(draft, field, value);
  if (!count) return;
  if (*count > limit_max) {
    draft.changed(field, "1000 is the most, within an hour");
    count = limit_max;
  }
  draft.config.set_crash_loop_restarts(static_cast<std::uint32_t>(*count));
  draft.config.set_crash_loop_s(pm2_restarts_window_s);
  draft.config.set_restarts_max(static_cast<std::uint32_t>(*count));
  draft.config.set_restarts_window_s(pm2_restarts_window_s);
}

void take_stop_codes(Draft& draft, const std::string& field, const Json& value) {
  for (const auto& item : value.is_array() ? value : Json::array({value})) {
    const auto code = read_count(item);
    if (!code || *code > 255) return wants(draft, field, "exit codes from 0 to 255", item);
    draft.stop_exit_codes.push_back(static_cast<std::uint32_t>(*code));
  }
}

void take_watch(Draft& draft, const std::string& field, const Json& value) {
  if (value.is_boolean()) {
    draft.watches = value.get<bool>();
    return;
  }
  const auto list = list_of(draft, field, value);
  if (!list) return;
  draft.watches = !list->empty();
  for (const auto& text : *list) draft.watch.push_back(draft.path(text));
}

/// PM2 takes regular expressions among the patterns.
void take_ignored(Draft& draft, const std::string& field, const Json& value) {
  Json patterns = Json::array();
  for (const auto& item : value.is_array() ? value : Json::array({value})) {
    if (name_of(item) == "a RegExp") {
      draft.left_out(field, "a regular expression is no pattern; write one such as *.tmp");
    } else {
      patterns.push_back(item);
    }
  }
  draft.watch_ignore = list_of(draft, field, patterns);
}

void take_file(Draft& draft, const std::string& field, const Json& value,
               void (*set)(ProcessConfig&, std::string)) {
  const auto text = text_of(draft, field, value);
  if (!text) return;
  set(draft.config, *text == "NULL" ? "/dev/null" : draft.path(*text));
}
void take_out_file(Draft& draft, const std::string& field, const Json& value) {
  take_file(draft, field, value,
            [](ProcessConfig& config, std::string file) { config.set_out_file(std::move(file)); });
}
void take_error_file(Draft& draft, const std::string& field, const Json& value) {
  take_file(draft, field, value, [](ProcessConfig& config, std::string file) {
    config.set_error_file(std::move(file));
  });
}

void take_user(Draft& draft, const std::string& field, const Json& value) {
  const auto user = read_variable(value);
  if (!user) return wants(draft, field, "a user", value);
  draft.config.set_user(*user);
}

void take_date_format(Draft& draft, const std::string& field, const Json& value) {
  const auto format = text_of(draft, field, value);
  if (!format || format->empty()) return;
  draft.config.set_log_time(true);
  draft.changed(field, "each line begins with its time, in RFC 3339 rather than \"" +
                           format->substr(0, 80) + "\"");
}

void take_interpreter(Draft& draft, const std::string& field, const Json& value) {
  const auto text = text_of(draft, field, value);
  if (!text) return;
  const auto at = text->find("node@");
  draft.interpreter = at == std::string::npos ? *text : "node";
  if (at != std::string::npos) {
    draft.changed(field, "the node of PATH runs it; for \"" + *text +
                             "\" name the path of that version's program");
  }
}

constexpr Field fields[] = {
    {"script",
     [](Draft& d, const std::string& f, const Json& v) {
       if (auto text = text_of(d, f, v)) d.script = *text;
     }},
    {"args", [](Draft& d, const std::string& f, const Json& v) { d.args = words_of(d, f, v); }},
    {"exec_interpreter", take_interpreter},
    {"node_args",
     [](Draft& d, const std::string& f, const Json& v) {
       const auto words = words_of(d, f, v).value_or(std::vector<std::string>{});
       d.config.mutable_interpreter_args()->Assign(words.begin(), words.end());
     }},
    {"instances", take_instances},
    {"exec_mode", take_exec_mode},
    {"max_memory_restart", take_memory},
    {"cron_restart", take_cron},
    {"restart_delay", take_restart_delay},
    {"exp_backoff_restart_delay", take_backoff},
    {"max_restarts", take_max_restarts},
    {"stop_exit_codes", take_stop_codes},
    {"watch", take_watch},
    {"out_file", take_out_file},
    {"error_file", take_error_file},
    {"uid", take_user},
    {"log_date_format", take_date_format},
    {"ignore_watch", take_ignored},
    {"watch_delay",
     [](Draft& d, const std::string& f, const Json& v) {
       if (const auto ms = milliseconds_of(d, f, v)) d.config.set_watch_delay_ms(*ms);
     }},
    {"min_uptime",
     [](Draft& d, const std::string& f, const Json& v) {
       if (const auto ms = milliseconds_of(d, f, v)) d.config.set_min_uptime_ms(*ms);
     }},
    {"kill_timeout",
     [](Draft& d, const std::string& f, const Json& v) {
       if (const auto ms = milliseconds_of(d, f, v)) d.config.set_kill_timeout_ms(*ms);
     }},
    {"listen_timeout", [](Draft& d, const std::string& f,
                          const Json& v) { d.listen_timeout_ms = milliseconds_of(d, f, v); }},
    {"wait_ready", [](Draft& d, const std::string& f,
                      const Json& v) { d.wait_ready = truth_of(d, f, v).value_or(false); }},
    {"autorestart", [](Draft& d, const std::string& f,
                       const Json& v) { d.autorestart = truth_of(d, f, v).value_or(true); }},
    {"autostart", [](Draft& d, const std::string& f,
                     const Json& v) { d.start = truth_of(d, f, v).value_or(true); }},
    {"merge_logs", [](Draft& d, const std::string& f,
                      const Json& v) { d.merge_logs = truth_of(d, f, v).value_or(false); }},
    {"time", [](Draft& d, const std::string& f,
                const Json& v) { d.config.set_log_time(truth_of(d, f, v).value_or(false)); }},
    {"treekill",
     [](Draft& d, const std::string& f, const Json& v) {
       d.config.set_kill_first_only(!truth_of(d, f, v).value_or(true));
     }},
    {"disable_logs",
     [](Draft& d, const std::string& f, const Json& v) {
       if (!truth_of(d, f, v).value_or(false)) return;
       d.config.set_out_file("/dev/null");
       d.config.set_error_file("/dev/null");
     }},
    {"port",
     [](Draft& d, const std::string& f, const Json& v) {
       if (const auto port = count_of(d, f, v)) d.set_variable("PORT", std::to_string(*port));
     }},
    {"instance_var", [](Draft& d, const std::string& f,
                        const Json& v) { d.instance_variable = text_of(d, f, v).value_or(""); }},
    {"increment_var", [](Draft& d, const std::string& f,
                         const Json& v) { d.counted_variable = text_of(d, f, v).value_or(""); }},
};

struct Alias {
  std::string_view name;
  std::string_view means;
};
constexpr Alias aliases[] = {
    {"exec", "script"},
    {"cmd", "script"},
    {"command", "script"},
    {"interpreter", "exec_interpreter"},
    {"interpreterArgs", "node_args"},
    {"interpreter_args", "node_args"},
    {"cron", "cron_restart"},
    {"out", "out_file"},
    {"output", "out_file"},
    {"out_log", "out_file"},
    {"error", "error_file"},
    {"err", "error_file"},
    {"err_file", "error_file"},
    {"err_log", "error_file"},
    {"combine_logs", "merge_logs"},
    {"user", "uid"},
};

/// Read elsewhere, before or after the others.
constexpr std::string_view read_apart[] = {"name", "cwd", "env", "append_env_to_name",
                                           "name_prefix"};

std::vector<std::string_view> known_names() {
  std::vector<std::string_view> names(std::begin(read_apart), std::end(read_apart));
  for (const auto& field : fields) names.push_back(field.name);
  for (const auto& alias : aliases) names.push_back(alias.name);
  for (const auto& reason : reasons()) names.push_back(reason.name);
  return names;
}

}  // namespace

void take_field(Draft& draft, const std::string& field, const Json& value) {
  // An environment's block has been read, or is another environment's.
  if (std::ranges::find(read_apart, field) != std::end(read_apart) || field.starts_with("env_")) {
    return;
  }
  // As PM2 does: what is null is not set.
  if (value.is_null()) return;
  const auto alias = std::ranges::find(aliases, field, &Alias::name);
  const auto name = alias == std::end(aliases) ? std::string_view(field) : alias->means;
  if (const auto known = std::ranges::find(fields, name, &Field::name); known != std::end(fields)) {
    return known->take(draft, field, value);
  }
  if (const auto reason = std::ranges::find(reasons(), field, &Reason::name);
      reason != reasons().end()) {
    return draft.left_out(field, std::string(reason->why));
  }
  draft.left_out(field.substr(0, 128),
                 "PM2 has no such field; did you mean " + nearest(field, known_names()) + "?");
}

}  // namespace nightshift::bridges::cli::ecosystem
