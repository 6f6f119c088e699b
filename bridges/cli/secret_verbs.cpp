// secret: what lies sealed in the data folder, beside a running node or without one.
#include <array>
#include <iostream>
#include <utility>

#include <nlohmann/json.hpp>

#include "bridges/cli/table.hpp"
#include "bridges/cli/terminal.hpp"
#include "bridges/cli/text.hpp"
#include "bridges/cli/verbs.hpp"
#include "messages/ids.hpp"
#include "messages/time.hpp"
#include "runtime/clock.hpp"
#include "runtime/replay.hpp"
#include "runtime/secrets/import.hpp"
#include "runtime/secrets/resolver.hpp"
#include "runtime/secrets/sealed_store.hpp"

namespace nightshift::bridges::cli {
namespace {

using runtime::ImportFormat;
using runtime::SealedStore;
using runtime::SecretReference;
using runtime::SecretText;
using runtime::SecretVariables;
using runtime::WipedString;

constexpr std::size_t import_bytes_max = 1 << 20;

constexpr std::array formats{
    std::pair{std::string_view("env"), ImportFormat::plain},
    std::pair{std::string_view("json"), ImportFormat::plain},
    std::pair{std::string_view("fernet"), ImportFormat::fernet},
    std::pair{std::string_view("iv-tag-ciphertext"), ImportFormat::gcm},
};

/// The variable that `reference` means, alone.
SecretVariables variables_of(const Session& session, const SecretReference& reference) {
  SecretVariables variables;
  const auto found = session.program.environment.find(reference.name);
  if (reference.source == SecretReference::Source::env &&
      found != session.program.environment.end()) {
    variables.emplace(found->first, SecretText(found->second));
  }
  return variables;
}

/// A reference as a flag has it; relative paths start where the command was given.
Result<SecretReference> reference_of(const std::string& text, const char* flag) {
  auto reference = runtime::parse_secret_reference(text, "");
  if (!reference) {
    return fail(ErrorCode::usage, std::string(flag) + " " + reference.error().detail, flag);
  }
  if (reference->source == SecretReference::Source::sealed) {
    return fail(ErrorCode::usage, std::string(flag) + " cannot be a sealed secret", flag);
  }
  return reference;
}

Result<runtime::Settings> settings_of(const Session& session, const SecretFlags& flags) {
  runtime::SettingsSources sources;
  const auto& environment = session.program.environment;
  sources.file = flags.config ? flags.config : runtime::default_config_file(environment);
  sources.environment = environment;
  return runtime::load_settings(sources);
}

/// Whose secrets a folder without any is to hold: what the node was made as, or what the settings
/// will make it.
Result<runtime::SealedFor> owner_of(const Session& session, const runtime::Settings& settings) {
  if (!session.folder.initialised()) {
    return runtime::SealedFor{settings.node_name.value_or(runtime::default_node_name()),
                              settings.node_role.value_or("local")};
  }
  const auto node =
      runtime::Replay::open(session.folder.journal(), session.program.catalog, std::uint64_t{0});
  if (!node) return std::unexpected(node.error());
  return runtime::SealedFor{node->identity().node(), node->identity().role()};
}

/// All of a file or of stdin.
Result<WipedString> read_input(const std::optional<std::filesystem::path>& file) {
  if (file && *file != "-") {
    auto text = runtime::read_small_file(*file);
    if (!text) return std::unexpected(text.error());
    return WipedString(std::move(*text));
  }
  WipedString text;
  // Grows no further, so that no copy stays behind.
  text.text().reserve(import_bytes_max + 1);
  while (text.text().size() <= import_bytes_max) {
    const int byte = std::cin.get();
    if (byte < 0) return text;
    text.text() += static_cast<char>(byte);
  }
  return fail(ErrorCode::too_large, "stdin has more than 1 MiB; is it the right file?", "stdin");
}

Result<SecretText> read_value(const SecretFlags& flags) {
  if (!flags.file && input_is_terminal()) {
    auto typed = ask_hidden_line("The secret " + flags.name + ": ");
    if (!typed) return std::unexpected(typed.error());
    return SecretText::taken_from(*typed);
  }
  const auto input = read_input(flags.file);
  if (!input) return std::unexpected(input.error());
  std::string_view text = input->text();
  if (text.ends_with('\n')) text.remove_suffix(1);
  if (text.ends_with('\r')) text.remove_suffix(1);
  return SecretText(text);
}

Result<std::optional<SecretText>> import_key(const Session& session, const SecretFlags& flags) {
  const auto& environment = session.program.environment;
  const bool usual = flags.key.empty();
  if (usual && !environment.contains("ENCRYPTION_KEY")) return std::nullopt;
  const auto reference = reference_of(usual ? "env:ENCRYPTION_KEY" : flags.key, "--key");
  if (!reference) return std::unexpected(reference.error());
  auto key = runtime::SecretResolver(variables_of(session, *reference)).resolve(*reference);
  if (!key) return std::unexpected(key.error());
  return std::move(*key);
}

Result<runtime::NamedSecrets> read_imported(const Session& session, const SecretFlags& flags) {
  const auto input = read_input(flags.file);
  if (!input) return std::unexpected(input.error());
  const auto key = import_key(session, flags);
  if (!key) return std::unexpected(key.error());
  runtime::Import import;
  import.text = input->text();
  import.name = flags.name;
  for (const auto& [word, format] : formats) {
    if (flags.format == word) import.format = format;
  }
  // The usual key opens sealed files alone: values that only look sealed stay as they are.
  const bool sealed = import.format != ImportFormat::plain &&
                      (import.format != ImportFormat::detect ||
                       runtime::detect_format(import.text) != ImportFormat::plain);
  if (*key && (sealed || !flags.key.empty())) import.key = &**key;
  return runtime::read_import(import);
}

void show_sealed(Session& session, const SealedStore& store,
                 const std::vector<std::string>& names) {
  const auto owner = store.owner();
  if (session.json) {
    Json all = Json::array();
    for (const auto& name : names) all.push_back({{"name", name}, {"reference", "sealed:" + name}});
    session.out << all.dump() << "\n";
    return;
  }
  for (const auto& name : names) {
    session.out << name << " is sealed";
    if (owner && *owner) session.out << " for " << (*owner)->node << " (" << (*owner)->zone << ")";
    session.out << "; refer to it as sealed:" << name << "\n";
  }
}

Result<void> put(Session& session, SealedStore& store, const runtime::NamedSecrets& secrets,
                 bool replace) {
  if (auto made = session.folder.create(); !made) return made;
  if (auto done = store.put(secrets, replace); !done) return done;
  std::vector<std::string> names;
  for (const auto& [name, secret] : secrets) names.push_back(name);
  show_sealed(session, store, names);
  return {};
}

}  // namespace

Result<runtime::SealedFor> node_identity(const Session& session, const SecretFlags& flags) {
  const auto settings = settings_of(session, flags);
  if (!settings) return std::unexpected(settings.error());
  return owner_of(session, *settings);
}

Result<SealedStore> open_sealed_store(const Session& session, const SecretFlags& flags) {
  const auto settings = settings_of(session, flags);
  if (!settings) return std::unexpected(settings.error());
  runtime::SealedStoreOptions options;
  options.folder = session.folder.secrets();
  options.now = [] { return runtime::SystemClock().now(); };
  if (settings->secrets_key) {
    options.key = runtime::master_key_of(*settings->secrets_key,
                                         variables_of(session, *settings->secrets_key));
  }
  if (!SealedStore(options).exists()) {
    auto owner = owner_of(session, *settings);
    if (!owner) return std::unexpected(owner.error());
    options.owner = std::move(*owner);
  }
  return SealedStore(std::move(options));
}

Result<void> secret_set(Session& session, const SecretFlags& flags) {
  if (!is_id(flags.name)) {
    return fail(ErrorCode::usage,
                "a secret's name is 1 to 128 letters, digits, dots, underscores or hyphens; its "
                "value comes by stdin or --file, as others see a command line",
                "NAME");
  }
  auto store = open_sealed_store(session, flags);
  if (!store) return std::unexpected(store.error());
  auto value = read_value(flags);
  if (!value) return std::unexpected(value.error());
  runtime::NamedSecrets secrets;
  secrets.emplace_back(flags.name, std::move(*value));
  return put(session, *store, secrets, true);
}

Result<void> secret_list(Session& session, const SecretFlags& flags) {
  const auto store = open_sealed_store(session, flags);
  if (!store) return std::unexpected(store.error());
  const auto known = store->list();
  if (!known) return std::unexpected(known.error());
  if (session.json) {
    Json all = Json::array();
    for (const auto& secret : *known) {
      all.push_back({{"name", secret.name},
                     {"written_at", to_rfc3339(secret.written_at)},
                     {"key_id", secret.key_id}});
    }
    session.out << all.dump() << "\n";
    return {};
  }
  if (known->empty()) {
    session.out << "no sealed secrets; make one with \"nightshift secret set NAME\"\n";
    return {};
  }
  Table table({"NAME", "SET", "MASTER KEY"});
  for (const auto& secret : *known) {
    table.add({secret.name, local_time(to_rfc3339(secret.written_at)), secret.key_id});
  }
  session.out << table.render(session.look().columns, session.look().colour);
  return {};
}

Result<void> secret_remove(Session& session, const SecretFlags& flags) {
  auto store = open_sealed_store(session, flags);
  if (!store) return std::unexpected(store.error());
  if (auto done = store->remove(flags.name); !done) return done;
  if (session.json)
    session.out << Json{{"removed", flags.name}}.dump() << "\n";
  else
    session.out << flags.name << " is gone\n";
  return {};
}

Result<void> secret_rotate(Session& session, const SecretFlags& flags) {
  auto store = open_sealed_store(session, flags);
  if (!store) return std::unexpected(store.error());
  std::optional<runtime::MasterKey> to;
  if (!flags.key.empty()) {
    const auto reference = reference_of(flags.key, "--to");
    if (!reference) return std::unexpected(reference.error());
    auto key = runtime::master_key_of(*reference, variables_of(session, *reference))();
    if (!key) return std::unexpected(key.error());
    to = std::move(*key);
  }
  const auto id = store->rotate(std::move(to));
  if (!id) return std::unexpected(id.error());
  if (session.json) {
    session.out << Json{{"key_id", *id}}.dump() << "\n";
    return {};
  }
  session.out << "every secret is sealed with the master key " << *id << " now\n";
  if (!flags.key.empty()) {
    session.out << "let secrets.key in the configuration be \"" << flags.key << "\"\n";
  }
  return {};
}

Result<void> secret_import(Session& session, const SecretFlags& flags) {
  auto store = open_sealed_store(session, flags);
  if (!store) return std::unexpected(store.error());
  const auto secrets = read_imported(session, flags);
  if (!secrets) return std::unexpected(secrets.error());
  return put(session, *store, *secrets, flags.replace);
}

}  // namespace nightshift::bridges::cli
