// The verbs of the program, each a function of the session and its own flags.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "bridges/cli/session.hpp"
#include "messages/crypto.hpp"
#include "runtime/secrets/sealed_store.hpp"

namespace nightshift::bridges::cli {

struct ListFlags {
  std::string kind;
  /// `FIELD=VALUE`.
  std::vector<std::string> where;
  std::string after;
  std::size_t limit = 100;
};

struct LogFlags {
  /// Empty means the whole log.
  std::string entity;
  bool follow = false;
  /// The newest so many.
  std::size_t limit = 50;
};

struct TopFlags {
  bool once = false;
  int every_s = 2;
};

struct InboxFlags {
  std::string after;
  std::size_t limit = 100;
};

struct SumsFlags {
  /// `day`, `week`, `month`, `agent`, `task_type`, `model`.
  std::string by = "day";
  /// A day, or a time (RFC 3339); empty: not said.
  std::string from;
  std::string to;
  std::string zone;
};

struct CommandFlags {
  std::string kind;
  std::string command;
  std::string id;
  /// `field=value` or `field=@FILE`.
  std::vector<std::string> fields;
  SignerFlags signer;
};

struct ReplayFlags {
  /// An offset, a time (RFC 3339) or a day.
  std::string at;
  /// `get`, `list` or `why`.
  std::string verb;
  std::string argument;
  std::vector<std::string> where;
};

struct WhatIfFlags {
  std::filesystem::path policy;
  /// An offset, a time (RFC 3339) or a day.
  std::string since;
};

struct ExportTestFlags {
  std::string entity;
  /// Empty means stdout.
  std::filesystem::path out;
  bool redact = false;
};

struct AuditFlags {
  /// A data folder, a journal, a backup or an export; empty means `--data`. Where to export to.
  std::filesystem::path path;
  std::optional<std::filesystem::path> head;
  /// Of an archive, this alone; empty means all.
  std::string entity;
};

struct RetentionFlags {
  /// Show what would go, and why the rest stays.
  bool dry_run = false;
};

struct HoldFlags {
  /// `KIND/ID` or `KIND/*`.
  std::string entity;
  std::string reason;
};

struct BackupFlags {
  /// Empty lists the scheduled ones.
  std::filesystem::path target;
};

struct ApproverFlags {
  std::string name;
  std::optional<std::filesystem::path> passphrase_file;
  /// Who vouches.
  SignerFlags by;
};

struct LoginFlags {
  /// Who signs in; empty means the only approver, else the administrator.
  std::string approver;
  bool list = false;
  /// A session's id, or `all`.
  std::string end;
};

struct TokenFlags {
  std::string name;
  std::vector<std::string> scopes;
  bool agent = false;
};

struct SecretFlags {
  std::string name;
  /// Where the value or what is imported lies; nothing or `-` means stdin.
  std::optional<std::filesystem::path> file;
  std::optional<std::filesystem::path> config;
  /// A reference: the key that opens what is imported, or the new master key.
  std::string key;
  /// `env`, `json`, `fernet` or `iv-tag-ciphertext`; empty: as it looks.
  std::string format;
  bool replace = false;
};

struct ClusterFlags {
  std::string node;
  std::string role = "cloud";
  std::string expires = "24h";
  /// The invitation: read, or written.
  std::optional<std::filesystem::path> file;
  std::optional<std::filesystem::path> config;
};

// reading
Result<void> get(Session& session, const std::string& entity);
Result<void> list(Session& session, const ListFlags& flags);
Result<void> log(Session& session, const LogFlags& flags);
Result<void> why(Session& session, const std::string& entity);
Result<void> inbox(Session& session, const InboxFlags& flags);
Result<void> sums(Session& session, const SumsFlags& flags);
/// On a terminal until somebody quits; once without one, and with `--once` or `--json`.
Result<void> top(Session& session, const TopFlags& flags);

// commands
Result<void> command(Session& session, const CommandFlags& flags);

// the journal itself, beside a running node or without one
Result<void> replay(Session& session, const ReplayFlags& flags);
Result<void> what_if(Session& session, const WhatIfFlags& flags);
Result<void> export_test(Session& session, const ExportTestFlags& flags);
Result<void> check_test(Session& session, const std::filesystem::path& file);
Result<void> audit_head(Session& session, const AuditFlags& flags);
Result<void> audit_export(Session& session, const AuditFlags& flags);
Result<void> audit_verify(Session& session, const AuditFlags& flags);
Result<void> audit_show(Session& session, const AuditFlags& flags);

// backups
Result<void> backup(Session& session, const BackupFlags& flags);
Result<void> restore(Session& session, const std::filesystem::path& from);

// what leaves the journal
Result<void> retention(Session& session, const RetentionFlags& flags);
Result<void> hold_set(Session& session, const HoldFlags& flags);
Result<void> hold_release(Session& session, const HoldFlags& flags);
Result<void> hold_list(Session& session);

// people and programs
Result<void> approver_add(Session& session, const ApproverFlags& flags);
Result<void> approver_list(Session& session);
Result<void> token_create(Session& session, const TokenFlags& flags);
/// Prints a link that signs a browser in, once; or shows and ends such sessions.
Result<void> login(Session& session, const LoginFlags& flags);
Result<void> token_revoke(Session& session, const std::string& name);

// sealed secrets, beside a running node or without one; no value is ever shown
Result<void> secret_set(Session& session, const SecretFlags& flags);
Result<void> secret_list(Session& session, const SecretFlags& flags);
Result<void> secret_remove(Session& session, const SecretFlags& flags);
Result<void> secret_rotate(Session& session, const SecretFlags& flags);
Result<void> secret_import(Session& session, const SecretFlags& flags);

// the cluster, beside a running node or without one
Result<void> cluster_init(Session& session, const ClusterFlags& flags);
Result<void> cluster_invite(Session& session, const ClusterFlags& flags);
Result<void> cluster_join(Session& session, const ClusterFlags& flags);
Result<void> cluster_status(Session& session);
Result<void> cluster_revoke(Session& session, const std::string& node);
Result<void> cluster_rotate(Session& session);

/// What the node of this data folder is, or will be by its configuration: its name and its role.
Result<runtime::SealedFor> node_identity(const Session& session, const SecretFlags& flags);

/// The store of this data folder, as the configuration has its key; made when something is put in.
Result<runtime::SealedStore> open_sealed_store(const Session& session, const SecretFlags& flags);

// supervision
Result<void> tree(Session& session);
Result<void> chaos_kill(Session& session, const std::string& path);
Result<void> supervision_resume(Session& session, const std::string& path);

// what a shell completes with
Result<void> completion_script_of(Session& session, const std::string& shell);
Result<void> completion_words(Session& session, const std::vector<std::string>& words);

// the node in the background
Result<void> up(Session& session, const NodeFlags& flags);
/// For a verb that needs a node: says so in a line, and nothing where programs read.
Result<void> up_for_others(Session& session);
/// With `keep_children`, processes go on and wait for the next node.
Result<void> down(Session& session, bool keep_children);

/// `field=value` texts as the body of a command: JSON of what was said, nothing else. Errors as
/// `set_field`; `usage` where there is no `=`; `io` where a file cannot be read.
Result<std::string> command_body(const kernel::CommandInfo& command,
                                 const std::vector<std::string>& fields);

/// What only an approver may do is done with the token of the one approver on this machine, if
/// there is one.
void prefer_approver(Session& session);
/// Shows what would be sent, asks for the passphrase, and returns the fields of the command with
/// the signature among them. Nothing is signed but what was shown. Fields that hold a signature
/// already, made elsewhere, come back as they are.
Result<std::vector<std::string>> sign_decision(Session& session, const kernel::Kind& kind,
                                               const CommandFlags& flags);

/// The approver named, or the only one with a key here.
Result<std::string> choose_approver(const runtime::DataFolder& folder, const std::string& name);
/// Opens a key; asks for the passphrase.
Result<SigningKey> open_key(const runtime::DataFolder& folder, const SignerFlags& signer,
                            const std::string& name);

}  // namespace nightshift::bridges::cli
