// approver and token: who may sign, and who may call.
#include <algorithm>
#include <array>
#include <filesystem>
#include <iostream>

#include <nlohmann/json.hpp>

#include "bridges/cli/table.hpp"
#include "bridges/cli/terminal.hpp"
#include "bridges/cli/verbs.hpp"
#include "messages/canonical.hpp"
#include "messages/crypto.hpp"
#include "messages/ids.hpp"
#include "messages/nearest.hpp"

namespace nightshift::bridges::cli {
namespace {

using runtime::DataFolder;
using runtime::FolderLock;

constexpr std::array scope_words{"read", "operate", "propose", "approve", "admin"};
constexpr std::array approver_scopes{"approve", "operate", "read", "propose"};

std::string principal_target(std::string_view name, std::string_view command) {
  return "/v1/principal/" + std::string(name) + "/" + std::string(command);
}

Result<void> check_name(std::string_view name) {
  if (is_id(name)) return {};
  return fail(ErrorCode::usage,
              "\"" + std::string(name) +
                  "\" is not a name: 1 to 128 letters, "
                  "digits, dots, underscores or hyphens",
              "NAME");
}

/// Gives a token to a principal: the node learns its hash alone.
template <class Scopes>
Result<NodeAnswer> issue(Session& session, std::string_view name, std::string_view token,
                         const Scopes& scopes, bool agent) {
  Json body;
  body["token_hash"] = to_hex(as_bytes(sha256(token)));
  body["scopes"] = scopes;
  if (agent) body["agent"] = true;
  return session.api.post(principal_target(name, "issue"), body.dump());
}

/// The files of an approver; what was written is removed again unless `keep` was called.
class NewApprover {
 public:
  NewApprover(const DataFolder& folder, std::string name)
      : folder_(folder),
        name_(std::move(name)),
        key_(SigningKey::generate()),
        token_(runtime::make_token()) {}
  NewApprover(const NewApprover&) = delete;
  NewApprover& operator=(const NewApprover&) = delete;
  ~NewApprover() {
    if (kept_) return;
    std::error_code ignored;
    for (const auto& file : written_) std::filesystem::remove(file, ignored);
  }

  /// The public key last: by it others see that an approver is there.
  Result<void> write(std::string_view passphrase) {
    const std::array files{
        std::pair{folder_.approver_key_file(name_), key_.seal(passphrase)},
        std::pair{folder_.approver_token_file(name_), token_ + "\n"},
        std::pair{folder_.approver_public_file(name_), public_key() + "\n"},
    };
    for (const auto& [file, text] : files) {
      written_.push_back(file);
      if (auto done = runtime::write_private_file(file, text); !done) return done;
    }
    return {};
  }

  void keep() { kept_ = true; }
  std::string public_key() const { return to_base64url(key_.public_key()); }
  const std::string& token() const { return token_; }

 private:
  const DataFolder& folder_;
  std::string name_;
  SigningKey key_;
  std::string token_;
  std::vector<std::filesystem::path> written_;
  bool kept_ = false;
};

Result<void> refuse_known(const DataFolder& folder, const std::string& name) {
  const auto known = folder.approvers();
  if (!known) return std::unexpected(known.error());
  for (const auto& approver : *known) {
    if (approver.name == name) {
      return fail(ErrorCode::conflict,
                  "there is a key of \"" + name +
                      "\" already; choose another "
                      "name",
                  name);
    }
  }
  return {};
}

/// Before the node's first run, or while it is stopped: the node enrols the only approver of its
/// folder when it starts without one.
Result<void> add_first(Session& session, const ApproverFlags& flags) {
  const auto known = session.folder.approvers();
  if (!known) return std::unexpected(known.error());
  if (!known->empty()) {
    return fail(ErrorCode::forbidden,
                "\"" + known->front().name +
                    "\" is an approver already, and a further one needs "
                    "that one's signature: start the node with \"nightshift up\", then add \"" +
                    flags.name + "\" again",
                flags.name);
  }
  if (session.folder.initialised() && !input_is_terminal()) {
    return fail(ErrorCode::forbidden,
                "this node has run without an approver; its first one is added by a person at a "
                "terminal, not by a script",
                flags.name);
  }
  const auto passphrase =
      ask_new_passphrase("Passphrase for " + flags.name + "'s key: ", flags.passphrase_file);
  if (!passphrase) return std::unexpected(passphrase.error());
  NewApprover approver(session.folder, flags.name);
  if (auto written = approver.write(*passphrase); !written) return written;
  approver.keep();
  if (session.json) {
    session.out << Json{{"name", flags.name}, {"public_key", approver.public_key()}}.dump() << "\n";
  } else {
    session.out << flags.name << " can approve as soon as the node runs (\"nightshift up\").\n"
                << "public key: " << approver.public_key() << "\n";
  }
  return {};
}

Result<std::string> node_name(Session& session) {
  const auto answer = session.api.get("/v1/node");
  if (!answer) return std::unexpected(answer.error());
  const auto json = parse_json(answer->body);
  if (!json) return std::unexpected(json.error());
  return text_of(*json, "name");
}

/// The body of `enroll`: an existing approver vouches for the new key.
Result<std::string> enrolment(Session& session, const ApproverFlags& flags,
                              const std::string& public_key) {
  const auto by = choose_approver(session.folder, flags.by.approver);
  if (!by) return std::unexpected(by.error());
  const auto node = node_name(session);
  if (!node) return std::unexpected(node.error());
  session.out << *by << " vouches for " << flags.name << " on node " << *node << ", public key "
              << public_key << "\n"
              << std::flush;
  const auto key = open_key(session.folder, flags.by, *by);
  if (!key) return std::unexpected(key.error());
  const auto nonce = to_base64url(random_bytes(16));
  Json body;
  body["public_key"] = public_key;
  body["approver"] = *by;
  body["nonce"] = nonce;
  body["signature"] = to_base64url(key->sign(enrolment_text(flags.name, public_key, nonce, *node)));
  return body.dump();
}

/// While the node runs.
Result<void> add_vouched(Session& session, const ApproverFlags& flags) {
  NewApprover approver(session.folder, flags.name);
  auto body = enrolment(session, flags, approver.public_key());
  if (!body) return std::unexpected(body.error());
  const auto passphrase =
      ask_new_passphrase("New passphrase for " + flags.name + "'s key: ", flags.passphrase_file);
  if (!passphrase) return std::unexpected(passphrase.error());
  if (auto written = approver.write(*passphrase); !written) return written;
  const auto enrolled = session.api.post(principal_target(flags.name, "enroll"), std::move(*body));
  if (!enrolled) {
    // Whether the node took it is unknown then: the key must not be lost.
    if (enrolled.error().code == ErrorCode::unavailable) approver.keep();
    return std::unexpected(enrolled.error());
  }
  approver.keep();
  const auto issued = issue(session, flags.name, approver.token(), approver_scopes, false);
  if (!issued) return std::unexpected(issued.error());
  if (session.json)
    session.out << issued->body << "\n";
  else
    session.out << flags.name << " can approve from now on.\n";
  return {};
}

Result<std::vector<std::string>> split_scopes(const std::vector<std::string>& texts) {
  std::vector<std::string> scopes;
  for (std::string_view text : texts) {
    while (!text.empty()) {
      const auto word = text.substr(0, text.find(','));
      if (std::ranges::find(scope_words, word) == scope_words.end()) {
        return fail(ErrorCode::usage,
                    "there is no scope \"" + std::string(word) + "\"; did you mean " +
                        nearest(word, scope_words) + "?",
                    "--scope");
      }
      scopes.emplace_back(word);
      text.remove_prefix(std::min(text.size(), word.size() + 1));
    }
  }
  return scopes;
}

}  // namespace

Result<void> approver_add(Session& session, const ApproverFlags& flags) {
  if (auto checked = check_name(flags.name); !checked) return checked;
  if (auto made = session.folder.create(); !made) return made;
  if (auto free = refuse_known(session.folder, flags.name); !free) return free;
  const auto lock = FolderLock::take(session.folder);
  if (lock) return add_first(session, flags);
  if (lock.error().code != ErrorCode::locked) return std::unexpected(lock.error());
  const auto known = session.folder.approvers();
  if (known && known->empty()) {
    return fail(ErrorCode::forbidden,
                "this node runs without an approver; stop it with \"nightshift down\", add the "
                "first one at a terminal, and start it again",
                flags.name);
  }
  return add_vouched(session, flags);
}

Result<void> approver_list(Session& session) {
  const auto known = session.folder.approvers();
  if (!known) return std::unexpected(known.error());
  if (session.json) {
    Json all = Json::array();
    for (const auto& approver : *known) {
      all.push_back({{"name", approver.name}, {"public_key", approver.public_key}});
    }
    session.out << all.dump() << "\n";
    return {};
  }
  if (known->empty()) {
    session.out << "no approvers; make one with \"nightshift approver add NAME\"\n";
    return {};
  }
  Table table({"NAME", "PUBLIC KEY"});
  for (const auto& approver : *known) table.add({approver.name, approver.public_key});
  session.out << table.render(session.look().columns, session.look().colour);
  return {};
}

Result<void> token_create(Session& session, const TokenFlags& flags) {
  if (auto checked = check_name(flags.name); !checked) return checked;
  const auto scopes = split_scopes(flags.scopes);
  if (!scopes) return std::unexpected(scopes.error());
  if (flags.agent && std::ranges::find(*scopes, "approve") != scopes->end()) {
    return fail(ErrorCode::forbidden,
                "an agent never approves: leave out --scope approve or "
                "--agent",
                "--scope");
  }
  const auto token = runtime::make_token();
  const auto answer = issue(session, flags.name, token, *scopes, flags.agent);
  if (!answer) return std::unexpected(answer.error());
  if (session.json) {
    Json shown{{"principal", flags.name}, {"scopes", *scopes}, {"agent", flags.agent}};
    shown["token"] = token;
    session.out << shown.dump() << "\n";
    return {};
  }
  session.err << "the token of " << flags.name << "; it is shown this once and stored nowhere:\n"
              << std::flush;
  session.out << token << "\n";
  return {};
}

Result<void> token_revoke(Session& session, const std::string& name) {
  if (auto checked = check_name(name); !checked) return checked;
  const auto answer = session.api.post(principal_target(name, "revoke"), "{}");
  if (!answer) return std::unexpected(answer.error());
  if (session.json)
    session.out << answer->body << "\n";
  else
    session.out << "every token of " << name << " has ended\n";
  return {};
}

}  // namespace nightshift::bridges::cli
