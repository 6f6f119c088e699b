// The program's own verbs as the parser knows them.
#include <memory>
#include <ostream>

#include "bridges/cli/invocation.hpp"
#include "bridges/cli/outbox_verb.hpp"

namespace nightshift::bridges::cli {
namespace {

void add_node_flags(CLI::App& verb, NodeFlags& node) {
  verb.add_option("--http", node.http, "Where to listen; port 0 takes a free one")
      ->type_name("HOST:PORT");
  verb.add_option("--cluster", node.cluster, "Where other nodes reach it; needs `cluster init`")
      ->type_name("HOST:PORT");
  verb.add_option("--config", node.config, "The configuration file (TOML)")->type_name("FILE");
}

void add_keep_children(CLI::App& verb, bool& keep) {
  verb.add_flag("--keep-children", keep,
                "Processes go on when the node stops, and wait for the next one");
}

void add_node_verbs(CLI::App& app, Invocation& invocation, const Program& program) {
  const auto here = flags<NodeFlags>();
  auto& node = *app.add_subcommand("node", "Run a node in the foreground");
  add_node_flags(node, *here);
  node.add_flag("--quiet", here->quiet, "Log to the file in the data folder alone");
  add_keep_children(node, here->keep_children);
  node.callback([&invocation, &program, here] {
    invocation.action = [&program, here](Session& session) {
      here->data = session.folder.root();
      return program.run_node(*here);
    };
  });
  const auto behind = flags<NodeFlags>();
  auto& background = *app.add_subcommand("up", "Run a node in the background");
  add_node_flags(background, *behind);
  add_keep_children(background, behind->keep_children);
  on(background, invocation, [behind](Session& session) { return up(session, *behind); });
  const auto ending = flags<NodeFlags>();
  auto& down_verb = *app.add_subcommand("down", "Stop the node, and wait for its end");
  add_keep_children(down_verb, ending->keep_children);
  on(down_verb, invocation,
     [ending](Session& session) { return down(session, ending->keep_children); });
}

void add_read_verbs(CLI::App& app, Invocation& invocation) {
  const auto entity = flags<std::string>();
  auto& get_verb = *app.add_subcommand("get", "One entity as it is now");
  get_verb.add_option("entity", *entity, "KIND/ID")->required();
  on(get_verb, invocation, [entity](Session& session) { return get(session, *entity); });

  const auto page = flags<ListFlags>();
  auto& list_verb = *app.add_subcommand("list", "Entities of a kind; without one, the kinds");
  list_verb.add_option("kind", page->kind, "KIND");
  list_verb.add_option("--where", page->where, "Only those with this value of an indexed field")
      ->type_name("FIELD=VALUE");
  list_verb.add_option("--after", page->after, "Begin behind this one")->type_name("ID");
  list_verb.add_option("--limit", page->limit, "At most so many")
      ->capture_default_str()
      ->type_name("N")
      ->check(CLI::Range(1, 1'000'000));
  on(list_verb, invocation, [page](Session& session) { return list(session, *page); });

  const auto tail = flags<LogFlags>();
  auto& log_verb = *app.add_subcommand("log", "Events of the log or of one entity, newest last");
  log_verb.add_option("entity", tail->entity, "KIND/ID");
  log_verb.add_flag("--follow", tail->follow,
                    "Go on as events happen, over restarts of the node too");
  log_verb.add_option("--limit", tail->limit, "The newest so many of the log")
      ->capture_default_str()
      ->type_name("N")
      ->check(CLI::Range(1, 1'000'000));
  on(log_verb, invocation, [tail](Session& session) { return log(session, *tail); });

  const auto waiting = flags<InboxFlags>();
  auto& inbox_verb = *app.add_subcommand("inbox", "What waits for a person, and what to do");
  inbox_verb.add_option("--after", waiting->after, "Begin behind this page")->type_name("NEXT");
  inbox_verb.add_option("--limit", waiting->limit, "At most so many")
      ->capture_default_str()
      ->type_name("N")
      ->check(CLI::Range(1, 1000));
  on(inbox_verb, invocation, [waiting](Session& session) { return inbox(session, *waiting); });

  const auto spent = flags<SumsFlags>();
  auto& sums_verb = *app.add_subcommand("sums", "What all meters (usage) have counted, added up");
  sums_verb.add_option("--by", spent->by, "day, week, month, agent, task_type or model")
      ->capture_default_str()
      ->type_name("WORD");
  sums_verb.add_option("--from", spent->from, "A day such as 2026-11-21, or a time")
      ->type_name("TIME");
  sums_verb.add_option("--to", spent->to, "Where the sums end, itself not part of them")
      ->type_name("TIME");
  sums_verb.add_option("--tz", spent->zone, "IANA time zone; the node's if absent")
      ->type_name("ZONE");
  on(sums_verb, invocation, [spent](Session& session) { return sums(session, *spent); });

  const auto watched = flags<TopFlags>();
  auto& top_verb = *app.add_subcommand("top", "What the node does, as it does it");
  top_verb.add_flag("--once", watched->once, "Show it once and end, as without a terminal");
  top_verb.add_option("--every", watched->every_s, "Look again after so long")
      ->capture_default_str()
      ->type_name("SECONDS")
      ->check(CLI::Range(1, 3600));
  on(top_verb, invocation, [watched](Session& session) { return top(session, *watched); });

  const auto asked = flags<std::string>();
  auto& why_verb = *app.add_subcommand("why", "What made an entity what it is");
  why_verb.add_option("entity", *asked, "KIND/ID")->required();
  on(why_verb, invocation, [asked](Session& session) { return why(session, *asked); });
}

void add_journal_verbs(CLI::App& app, Invocation& invocation) {
  const auto past = flags<ReplayFlags>();
  auto& replay_verb = *app.add_subcommand("replay", "The node as it was, from its journal");
  replay_verb.add_option("--at", past->at, "An offset, a time (2026-11-21T23:00:00Z) or a day")
      ->required()
      ->type_name("OFFSET|TIME");
  replay_verb.add_option("verb", past->verb, "get, list or why")
      ->required()
      ->check(CLI::IsMember({"get", "list", "why"}));
  replay_verb.add_option("argument", past->argument, "KIND/ID, or KIND for list")->required();
  replay_verb.add_option("--where", past->where, "Only those with this value of an indexed field")
      ->type_name("FIELD=VALUE");
  on(replay_verb, invocation, [past](Session& session) { return replay(session, *past); });

  const auto other = flags<WhatIfFlags>();
  auto& what_if_verb =
      *app.add_subcommand("what-if", "The same history under another policy or price table");
  what_if_verb.add_option("--policy", other->policy, "A configuration (TOML) of what shall differ")
      ->required()
      ->type_name("FILE");
  what_if_verb
      .add_option("--since", other->since, "From where on, an offset, a time or a day: 2026-11-01")
      ->required()
      ->type_name("OFFSET|TIME");
  on(what_if_verb, invocation, [other](Session& session) { return what_if(session, *other); });

  const auto kept = flags<ExportTestFlags>();
  auto& export_verb = *app.add_subcommand(
      "export-test", "A real history as a test: given these events, when this, then that");
  export_verb.add_option("entity", kept->entity, "KIND/ID")->required();
  export_verb.add_option("--out", kept->out, "The file to make; stdout if absent")
      ->type_name("FILE");
  export_verb.add_flag("--redact", kept->redact, "Without anybody's words; their lengths stay");
  on(export_verb, invocation, [kept](Session& session) { return export_test(session, *kept); });
  const auto file = flags<std::filesystem::path>();
  auto& check_verb =
      *app.add_subcommand("check-test", "Does this program pass what export-test wrote?");
  check_verb.add_option("file", *file, "The test")->required()->type_name("FILE");
  on(check_verb, invocation, [file](Session& session) { return check_test(session, *file); });
}

void add_audit_verbs(CLI::App& app, Invocation& invocation) {
  auto& audit = *app.add_subcommand("audit", "Is the journal what was written?");
  audit.require_subcommand(0, 1);
  const auto head = flags<AuditFlags>();
  auto& head_verb = *audit.add_subcommand("head", "Print the head of the chain: keep it elsewhere");
  head_verb.add_option("path", head->path, "A data folder or journal")->type_name("DIR");
  on(head_verb, invocation, [head](Session& session) { return audit_head(session, *head); });
  const auto exported = flags<AuditFlags>();
  auto& export_verb = *audit.add_subcommand(
      "export", "The whole journal as one file that can be checked without a node");
  export_verb.add_option("path", exported->path, "The file to make")->type_name("FILE")->required();
  on(export_verb, invocation,
     [exported](Session& session) { return audit_export(session, *exported); });
  const auto whole = flags<AuditFlags>();
  auto& verify = *audit.add_subcommand("verify", "Check every record, and a head kept before");
  verify.add_option("path", whole->path, "A data folder, journal, backup, export or archive")
      ->type_name("FILE");
  verify.add_option("--head", whole->head, "What `audit head` printed")->type_name("FILE");
  on(verify, invocation, [whole](Session& session) { return audit_verify(session, *whole); });
  const auto shown = flags<AuditFlags>();
  auto& show_verb = *audit.add_subcommand("show", "The events in an archive or an export");
  show_verb.add_option("file", shown->path, "The file")->type_name("FILE")->required();
  show_verb.add_option("entity", shown->entity, "KIND/ID alone");
  on(show_verb, invocation, [shown](Session& session) { return audit_show(session, *shown); });
}

void add_people_verbs(CLI::App& app, Invocation& invocation) {
  auto& approver = *app.add_subcommand("approver", "People who can approve");
  approver.require_subcommand(0, 1);
  const auto added = flags<ApproverFlags>();
  auto& add = *approver.add_subcommand("add", "Make a key for a person, sealed by a passphrase");
  add.add_option("name", added->name, "NAME")->required();
  add.add_option("--passphrase-file", added->passphrase_file, "The new key's passphrase")
      ->type_name("FILE");
  add.add_option("--by", added->by.approver, "The approver who vouches")->type_name("NAME");
  add.add_option("--by-passphrase-file", added->by.passphrase_file, "That approver's passphrase")
      ->type_name("FILE");
  on(add, invocation, [added](Session& session) { return approver_add(session, *added); });
  on(*approver.add_subcommand("list", "Who has a key here"), invocation, approver_list);

  const auto entered = flags<LoginFlags>();
  auto& login_verb =
      *app.add_subcommand("login", "A link, good once, that signs a browser in; its sessions");
  login_verb.add_option("--approver", entered->approver, "Who signs in")->type_name("NAME");
  auto* shown = login_verb.add_flag("--list", entered->list, "Show who is signed in, instead");
  login_verb.add_option("--end", entered->end, "End a session, or all, instead")
      ->type_name("ID")
      ->excludes(shown);
  on(login_verb, invocation, [entered](Session& session) { return login(session, *entered); });

  auto& token = *app.add_subcommand("token", "Tokens of people, programs and agents");
  token.require_subcommand(0, 1);
  const auto created = flags<TokenFlags>();
  auto& create = *token.add_subcommand("create", "Make a token; it is shown once");
  create.add_option("name", created->name, "NAME")->required();
  create.add_option("--scope", created->scopes, "read, operate, propose, approve or admin")
      ->required()
      ->type_name("SCOPE")
      ->expected(1)
      ->take_all();
  create.add_flag("--agent", created->agent, "For an agent: it can never approve");
  on(create, invocation, [created](Session& session) { return token_create(session, *created); });
  const auto name = flags<std::string>();
  auto& revoke = *token.add_subcommand("revoke", "End every token of this principal");
  revoke.add_option("name", *name, "NAME")->required();
  on(revoke, invocation, [name](Session& session) { return token_revoke(session, *name); });
}

std::shared_ptr<SecretFlags> secret_flags(CLI::App& verb) {
  auto said = flags<SecretFlags>();
  verb.add_option("--config", said->config, "The node's configuration file (TOML)")
      ->type_name("FILE");
  return said;
}

void add_secret_verbs(CLI::App& app, Invocation& invocation) {
  auto& secret = *app.add_subcommand("secret", "Secrets that lie sealed in the data folder");
  secret.require_subcommand(0, 1);
  auto& set = *secret.add_subcommand("set", "Seal a secret; its value comes by stdin or a file");
  const auto given = secret_flags(set);
  set.add_option("name", given->name, "NAME")->required();
  set.add_option("--file", given->file, "Where the value lies, instead of stdin")
      ->type_name("FILE");
  on(set, invocation, [given](Session& session) { return secret_set(session, *given); });

  auto& list_verb = *secret.add_subcommand("list", "Names, never values");
  const auto listed = secret_flags(list_verb);
  on(list_verb, invocation, [listed](Session& session) { return secret_list(session, *listed); });

  auto& remove = *secret.add_subcommand("remove", "Forget a secret");
  const auto removed = secret_flags(remove);
  remove.add_option("name", removed->name, "NAME")->required();
  on(remove, invocation, [removed](Session& session) { return secret_remove(session, *removed); });

  auto& rotate = *secret.add_subcommand("rotate", "Seal everything anew with another master key");
  const auto rotated = secret_flags(rotate);
  rotate
      .add_option("--to", rotated->key,
                  "The new master key, env:NAME or file:PATH; a fresh one of the store's own if "
                  "absent")
      ->type_name("REFERENCE");
  on(rotate, invocation, [rotated](Session& session) { return secret_rotate(session, *rotated); });

  auto& import = *secret.add_subcommand("import", "Seal what other programs kept: all, or nothing");
  const auto brought = secret_flags(import);
  import.add_option("file", brought->file, "FILE, or - for stdin")->required()->type_name("FILE");
  import.add_option("--format", brought->format, "What it is; by its look if absent")
      ->type_name("FORMAT")
      ->check(CLI::IsMember({"env", "json", "fernet", "iv-tag-ciphertext"}));
  import
      .add_option("--key", brought->key,
                  "The key that opens it, env:NAME or file:PATH; ENCRYPTION_KEY if absent")
      ->type_name("REFERENCE");
  import.add_option("--name", brought->name, "The whole of it is one secret of this name")
      ->type_name("NAME");
  import.add_flag("--replace", brought->replace, "Give secrets that are there already a new value");
  on(import, invocation, [brought](Session& session) { return secret_import(session, *brought); });
}

void add_cluster_verbs(CLI::App& app, Invocation& invocation) {
  auto& cluster = *app.add_subcommand("cluster", "Nodes that belong together");
  cluster.require_subcommand(0, 1);
  const auto add = [&](const char* verb, const char* summary, auto act) {
    const auto said = flags<ClusterFlags>();
    auto& one = *cluster.add_subcommand(verb, summary);
    on(one, invocation, [said, act](Session& session) { return act(session, *said); });
    return std::pair(&one, said);
  };
  const auto [init, first] =
      add("init", "Make this node the first of a cluster, with its authority", cluster_init);
  init->add_option("--config", first->config, "The node's configuration file (TOML)")
      ->type_name("FILE");
  const auto [invite, guest] =
      add("invite", "Write an invitation that lets a node join once", cluster_invite);
  invite->add_option("node", guest->node, "NODE")->required();
  invite->add_option("--role", guest->role, "What it will be")
      ->type_name("ROLE")
      ->check(CLI::IsMember({"cloud", "local"}))
      ->capture_default_str();
  invite->add_option("--expires", guest->expires, "How long it is good")
      ->type_name("SPAN")
      ->capture_default_str();
  invite->add_option("--out", guest->file, "NODE.invitation if absent")->type_name("FILE");
  const auto [join, joined] = add("join", "Take an invitation up", cluster_join);
  join->add_option("file", joined->file, "FILE")->required()->type_name("FILE");
  on(*cluster.add_subcommand("status", "Members and sessions"), invocation, cluster_status);
  on(*cluster.add_subcommand("outbox",
                             "Commands that wait for another node, and what became of the last"),
     invocation, cluster_outbox);
  const auto [revoke, expelled] = add("revoke", "End every certificate of a node",
                                      [](Session& session, const ClusterFlags& said) {
                                        return cluster_revoke(session, said.node);
                                      });
  revoke->add_option("node", expelled->node, "NODE")->required();
  on(*cluster.add_subcommand("rotate", "Give this node another key"), invocation, cluster_rotate);
}

void add_supervision_verbs(CLI::App& app, Invocation& invocation) {
  on(*app.add_subcommand("tree", "What runs in the node, and how it is doing"), invocation, tree);
  auto& chaos = *app.add_subcommand("chaos", "Break something on purpose");
  chaos.require_subcommand(0, 1);
  const auto killed = flags<std::string>();
  auto& kill = *chaos.add_subcommand("kill", "End what runs at a path; it is started anew");
  kill.add_option("path", *killed, "A path of `tree`, or entities/KIND/ID")
      ->required()
      ->type_name("PATH");
  on(kill, invocation, [killed](Session& session) { return chaos_kill(session, *killed); });
  auto& supervision = *app.add_subcommand("supervision", "What supervision has stopped");
  supervision.require_subcommand(0, 1);
  const auto path = flags<std::string>();
  auto& resume = *supervision.add_subcommand("resume", "Take an entity out of quarantine");
  resume.add_option("path", *path, "KIND/ID")->required();
  on(resume, invocation, [path](Session& session) { return supervision_resume(session, *path); });
}

void add_upkeep_verbs(CLI::App& app, Invocation& invocation) {
  const auto wanted = flags<BackupFlags>();
  auto& backup_verb = *app.add_subcommand(
      "backup", "Save the node's data, while it runs; without DIR, list the scheduled backups");
  backup_verb.add_option("dir", wanted->target, "The folder to make")->type_name("DIR");
  on(backup_verb, invocation, [wanted](Session& session) { return backup(session, *wanted); });
  const auto from = flags<std::filesystem::path>();
  auto& restore_verb =
      *app.add_subcommand("restore", "Make --data a data folder of what a backup holds");
  restore_verb.add_option("dir", *from, "The backup")->type_name("DIR")->required();
  on(restore_verb, invocation, [from](Session& session) { return restore(session, *from); });
}

void add_retention_verbs(CLI::App& app, Invocation& invocation) {
  const auto wanted = flags<RetentionFlags>();
  auto& verb = *app.add_subcommand("retention", "Archive what is at rest and old, now");
  verb.add_flag("--dry-run", wanted->dry_run, "Show what would go, and why the rest stays");
  on(verb, invocation, [wanted](Session& session) { return retention(session, *wanted); });

  auto& hold = *app.add_subcommand("hold", "What must not be archived");
  hold.require_subcommand(0, 1);
  const auto add = [&](const char* word, const char* summary, auto act) {
    const auto said = flags<HoldFlags>();
    auto& one = *hold.add_subcommand(word, summary);
    one.add_option("entity", said->entity, "KIND/ID, or KIND/* for all of a kind")->required();
    one.add_option("--reason", said->reason, "Why; it is kept in the journal")
        ->required()
        ->type_name("TEXT");
    on(one, invocation, [said, act](Session& session) { return act(session, *said); });
  };
  add("set", "Keep it in the journal until it is released", hold_set);
  add("release", "Let it go with the others again", hold_release);
  on(*hold.add_subcommand("list", "What is held, since when, by whom and why"), invocation,
     hold_list);
}

void add_completion_verbs(CLI::App& app, Invocation& invocation) {
  auto& completion = *app.add_subcommand("completion", "Let a shell complete this command line");
  completion.require_subcommand(0, 1);
  for (const std::string shell : {"bash", "zsh", "fish"}) {
    auto& verb = *completion.add_subcommand(
        shell, shell == "fish" ? "Print what fish sources" : "Print what " + shell + " evaluates");
    on(verb, invocation,
       [shell](Session& session) { return completion_script_of(session, shell); });
  }
  const auto words = flags<std::vector<std::string>>();
  // For those scripts: no word for people.
  auto& verb = *completion.add_subcommand("words", "What may stand next")->group("");
  verb.add_option("word", *words, "WORD");
  on(verb, invocation, [words](Session& session) { return completion_words(session, *words); });
}

/// `field=value, or field=@FILE: title category body ...`.
std::string fields_help(const kernel::CommandInfo& command) {
  std::string help = "field=value, or field=@FILE";
  for (int i = 0; i < command.descriptor->field_count(); ++i) {
    help += (i == 0 ? ": " : " ") + command.descriptor->field(i)->name();
  }
  return help;
}

}  // namespace

void add_signer_flags(CLI::App& verb, SignerFlags& signer) {
  verb.add_option("--approver", signer.approver, "Whose key signs")->type_name("NAME");
  verb.add_option("--passphrase-file", signer.passphrase_file, "Instead of asking for it")
      ->type_name("FILE");
}

void add_verbs(CLI::App& app, Invocation& invocation, const Program& program) {
  add_node_verbs(app, invocation, program);
  add_read_verbs(app, invocation);
  add_journal_verbs(app, invocation);
  add_audit_verbs(app, invocation);
  add_upkeep_verbs(app, invocation);
  add_retention_verbs(app, invocation);
  add_people_verbs(app, invocation);
  add_secret_verbs(app, invocation);
  add_cluster_verbs(app, invocation);
  add_supervision_verbs(app, invocation);
  add_completion_verbs(app, invocation);
  add_process_verbs(app, invocation);
  add_mcp_verb(app, invocation);
  add_sync_verbs(app, invocation);
  auto& version = *app.add_subcommand("version", "The version of this program");
  version.callback([&invocation, &program] {
    invocation.action = [&program](Session& session) {
      session.out << "nightshift " << program.version << "\n";
      return 0;
    };
  });
}

void add_kind_verbs(CLI::App& app, Invocation& invocation, const runtime::Catalog& catalog) {
  for (const auto* kind : catalog.all()) {
    const auto is_its_own = [kind](const CLI::App* verb) {
      return verb->get_name() == kind->name();
    };
    if (!std::as_const(app).get_subcommands(is_its_own).empty()) continue;
    auto& verb = *app.add_subcommand(std::string(kind->name()), std::string(kind->summary()));
    verb.require_subcommand(0, 1);
    for (const auto& info : kind->commands()) {
      if (info.scope == SCOPE_HOST) continue;
      const auto said = flags<CommandFlags>();
      said->kind = kind->name();
      said->command = info.word;
      auto& word = *verb.add_subcommand(info.word, info.summary);
      word.add_option("id", said->id, "ID")->required();
      word.add_option("field", said->fields, fields_help(info))->type_name("=VALUE");
      if (info.signed_by_approver) add_signer_flags(word, said->signer);
      on(word, invocation, [said](Session& session) { return command(session, *said); });
    }
  }
}

}  // namespace nightshift::bridges::cli
