// sync init, now, status, log, resolve, restore.
#include "bridges/cli/sync/verbs.hpp"

#include <nlohmann/json.hpp>

#include "bridges/cli/event_stream.hpp"
#include "bridges/cli/invocation.hpp"
#include "bridges/cli/table.hpp"
#include "bridges/cli/terminal.hpp"
#include "bridges/cli/text.hpp"
#include "messages/ids.hpp"

namespace nightshift::bridges::cli {
namespace {

Result<Json> ask(Session& session, const std::string& target) {
  const auto answer = session.api.get(target);
  if (!answer) return std::unexpected(answer.error());
  return parse_json(answer->body);
}

/// The node whose vault is meant: what was said, this data folder's, the only one there is.
Result<std::string> node_of(Session& session, const SyncFlags& flags) {
  if (!flags.node.empty()) {
    if (is_id(flags.node)) return flags.node;
    return fail(ErrorCode::usage, "\"" + flags.node + "\" is no name of a node", "--node");
  }
  if (!session.api.is_elsewhere()) {
    const auto file = session.folder.read_node();
    if (file && *file) return (*file)->name();
  }
  const auto all = ask(session, "/v1/sync?limit=2");
  if (!all) return std::unexpected(all.error());
  const auto items = all->value("items", Json::array());
  if (items.size() == 1) return text_of(items.front(), "id");
  return fail(ErrorCode::not_found,
              items.empty() ? "no vault is synchronised there: set [git] remote, and start the "
                              "node again"
                            : "several vaults are known there; say --node NAME",
              "--node");
}

Result<Json> entity_of(Session& session, const std::string& node) {
  auto entity = ask(session, "/v1/sync/" + node);
  if (!entity && entity.error().code == ErrorCode::not_found) {
    return fail(ErrorCode::not_found,
                "the vault of " + node +
                    " is not synchronised: set [git] remote in its configuration, and start it "
                    "again",
                "sync/" + node);
  }
  return entity;
}

std::string time_of(const Json& view, const char* name) {
  const auto time = text_of(view, name);
  return time.empty() ? "never" : local_time(time);
}

std::uint64_t count_of(const Json& view, const char* name) {
  return view.value(name, std::uint64_t{0});
}

std::string shown(const Json& object, const char* name) {
  return sanitise(text_of(object, name), Lines::escape);
}

std::string loss_standing(const Json& loss) {
  if (loss.value("wanted", false)) return "is being restored";
  if (const auto error = text_of(loss, "error"); !error.empty()) return "not restored: " + error;
  if (const auto at = text_of(loss, "restored_as"); !at.empty()) return "restored as " + at;
  const auto kept = text_of(loss, "kept_as");
  const std::string where = kept.empty() ? "in the journal" : "at " + kept;
  return (loss.value("waits", false) ? "waits; " : "") + where;
}

void show_losses(Session& session, const Json& losses) {
  if (losses.empty()) return;
  Table table({"CONFLICT", "FILE", "LEFT OUT", "WHY", "ITS WORDS"});
  for (const auto& loss : losses) {
    const bool ours = text_of(loss, "loser") == "ours";
    table.add({text_of(loss, "conflict"), text_of(loss, "path"), ours ? "this side" : "the other",
               text_of(loss, "reason"), loss_standing(loss)});
  }
  session.out << "\n" << table.render(session.look().columns, session.look().colour);
}

void show_status(Session& session, const Json& entity) {
  if (session.json) {
    session.out << entity.dump() << "\n";
    return;
  }
  const auto view = entity.value("view", Json::object());
  session.out << "sync/" << shown(entity, "id") << "  " << shown(entity, "status") << "\n"
              << "  remote   " << shown(view, "remote") << ", branch " << shown(view, "branch")
              << "\n"
              << "  commits  " << count_of(view, "ahead") << " ahead, " << count_of(view, "behind")
              << " behind\n"
              << "  reached  " << time_of(view, "reached_at") << "\n"
              << "  pulled   " << time_of(view, "last_pull_timestamp") << "\n"
              << "  pushed   " << time_of(view, "last_push_timestamp") << "\n";
  if (const auto trouble = shown(view, "trouble"); !trouble.empty()) {
    session.out << "  " << trouble << ": " << shown(view, "message") << "\n";
  }
  for (const auto& skipped : view.value("skipped", Json::array())) {
    session.out << "  not shared: " << shown(skipped, "path") << ", " << shown(skipped, "reason")
                << "\n";
  }
  show_losses(session, view.value("losses", Json::array()));
  if (const auto more = count_of(view, "more_waiting"); more > 0) {
    session.out << more << " more wait than can be listed: see Logs/*/git_conflicts.md, then "
                << "\"nightshift sync resolve all\"\n";
  }
}

/// Waits until `is_done` of the entity as it is then; each event of it is a reason to look.
Result<Json> await(Session& session, const std::string& node, const Json& from,
                   const std::function<bool(const Json& view)>& is_done) {
  const auto away = [&](const Error& why) {
    session.err << "waiting for the node: " << sanitise(why.message(), Lines::escape) << "\n";
  };
  auto sequence = from.value("sequence", std::uint64_t{0});
  while (true) {
    const auto target = "/v1/sync/" + node + "/events?after=" + std::to_string(sequence);
    // One connection at a time: the look comes after the stream.
    const auto take_one = [](const std::vector<Frame>& frames) { return frames.empty(); };
    const auto followed = follow(session.api, target, {take_one, away});
    if (!followed) return std::unexpected(followed.error());
    auto entity = entity_of(session, node);
    if (!entity || is_done(entity->value("view", Json::object()))) return entity;
    sequence = entity->value("sequence", std::uint64_t{0});
  }
}

Result<Json> post(Session& session, const std::string& node, const std::string& word,
                  const Json& body) {
  const auto answer = session.api.post("/v1/sync/" + node + "/" + word, body.dump());
  if (!answer) return std::unexpected(answer.error());
  return parse_json(answer->body);
}

}  // namespace

Result<void> sync_init(Session& session, const SyncFlags& flags) {
  const auto node = node_of(session, flags);
  if (!node) return std::unexpected(node.error());
  const auto before = entity_of(session, *node);
  if (!before) return std::unexpected(before.error());
  const auto asked = post(session, *node, "init", Json::object());
  if (!asked) return std::unexpected(asked.error());
  const auto entity = await(session, *node, *before,
                            [](const Json& view) { return !view.value("init_wanted", false); });
  if (!entity) return std::unexpected(entity.error());
  const auto view = entity->value("view", Json::object());
  if (const auto error = text_of(view, "init_error"); !error.empty()) {
    return fail(ErrorCode::wrong_phase, error, "sync/" + *node);
  }
  const auto done = view.value("init_done", Json::array());
  if (session.json) {
    session.out << Json{{"done", done}}.dump() << "\n";
    return {};
  }
  for (const auto& line : done) {
    session.out << sanitise(line.get<std::string>(), Lines::escape) << "\n";
  }
  return {};
}

Result<void> sync_now(Session& session, const SyncFlags& flags) {
  const auto node = node_of(session, flags);
  if (!node) return std::unexpected(node.error());
  const auto before = entity_of(session, *node);
  if (!before) return std::unexpected(before.error());
  Json body = Json::object();
  if (flags.take_rewound) body["take_rewound"] = true;
  const auto asked = post(session, *node, "now", body);
  if (!asked) return std::unexpected(asked.error());
  const auto request = count_of(asked->value("view", Json::object()), "asked");
  const auto entity = await(session, *node, *before, [request](const Json& view) {
    return count_of(view, "answered") >= request;
  });
  if (!entity) return std::unexpected(entity.error());
  show_status(session, *entity);
  const auto view = entity->value("view", Json::object());
  const auto status = text_of(*entity, "status");
  if (status == "conflict") {
    return fail(ErrorCode::wrong_phase, "something waits for you, see above", "sync/" + *node);
  }
  if (const auto trouble = text_of(view, "trouble"); !trouble.empty()) {
    return fail(ErrorCode::unreachable, trouble + ": " + text_of(view, "message"), "sync/" + *node);
  }
  return {};
}

Result<void> sync_status(Session& session, const SyncFlags& flags) {
  const auto node = node_of(session, flags);
  if (!node) return std::unexpected(node.error());
  const auto entity = entity_of(session, *node);
  if (!entity) return std::unexpected(entity.error());
  show_status(session, *entity);
  return {};
}

Result<void> sync_log(Session& session, const SyncFlags& flags) {
  const auto node = node_of(session, flags);
  if (!node) return std::unexpected(node.error());
  LogFlags log_flags;
  log_flags.entity = "sync/" + *node;
  return log(session, log_flags);
}

Result<void> sync_resolve(Session& session, const SyncFlags& flags) {
  const auto node = node_of(session, flags);
  if (!node) return std::unexpected(node.error());
  const auto entity = post(session, *node, "resolve", Json{{"conflict", flags.conflict}});
  if (!entity) return std::unexpected(entity.error());
  if (session.json) {
    session.out << entity->dump() << "\n";
  } else {
    session.out << show_outcome(*entity);
  }
  return {};
}

Result<void> sync_restore(Session& session, const SyncFlags& flags) {
  const auto node = node_of(session, flags);
  if (!node) return std::unexpected(node.error());
  const auto before = entity_of(session, *node);
  if (!before) return std::unexpected(before.error());
  const auto asked = post(session, *node, "restore", Json{{"conflict", flags.conflict}});
  if (!asked) return std::unexpected(asked.error());
  Json restored;
  const auto entity = await(session, *node, *before, [&](const Json& view) {
    for (const auto& loss : view.value("losses", Json::array())) {
      if (text_of(loss, "conflict") == flags.conflict) restored = loss;
    }
    return restored.is_null() || !restored.value("wanted", false);
  });
  if (!entity) return std::unexpected(entity.error());
  if (const auto error = text_of(restored, "error"); !error.empty()) {
    return fail(ErrorCode::wrong_phase, "it is not restored: " + error, "sync/" + *node);
  }
  if (session.json) {
    session.out << restored.dump() << "\n";
  } else {
    session.out << "the words lie at " << shown(restored, "restored_as") << "\n";
  }
  return {};
}

void add_sync_verbs(CLI::App& app, Invocation& invocation) {
  auto& sync =
      *app.add_subcommand("sync", "The vault and the git repository it is kept in step with");
  sync.require_subcommand(0, 1);
  const auto add = [&](const char* word, const char* summary, auto act) {
    const auto said = flags<SyncFlags>();
    auto& verb = *sync.add_subcommand(word, summary);
    on(verb, invocation, [said, act](Session& session) { return act(session, *said); });
    return std::pair(&verb, said);
  };
  const auto add_node = [](CLI::App* verb, const std::shared_ptr<SyncFlags>& said) {
    verb->add_option("--node", said->node, "Whose vault, where several are known")
        ->type_name("NAME");
  };
  const auto [init, made] = add("init", "Make the vault a repository, as [git] says", sync_init);
  const auto [now, asked] = add("now", "Synchronise at once, and wait for the end", sync_now);
  now->add_flag("--take-rewound", asked->take_rewound,
                "Somebody has rewound the remote's branch, and that is in order");
  const auto [status, shown_of] = add("status", "How they stand to each other", sync_status);
  const auto [log_verb, logged] = add("log", "What rounds have done", sync_log);
  const auto [resolve, settled] =
      add("resolve", "Leave the file of a conflict as it is now", sync_resolve);
  resolve->add_option("conflict", settled->conflict, "Its number, its file, or all")->required();
  const auto [restore, wanted] =
      add("restore", "Put what a merge left out beside its file", sync_restore);
  restore->add_option("conflict", wanted->conflict, "The number of the conflict")->required();
  add_node(init, made);
  add_node(now, asked);
  add_node(status, shown_of);
  add_node(log_verb, logged);
  add_node(resolve, settled);
  add_node(restore, wanted);
}

}  // namespace nightshift::bridges::cli
