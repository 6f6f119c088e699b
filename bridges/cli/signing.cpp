// What an approver sees, and signs: both are made here from the canonical bytes.
#include <algorithm>
#include <iostream>

#include <nlohmann/json.hpp>

#include "bridges/cli/terminal.hpp"
#include "bridges/cli/text.hpp"
#include "bridges/cli/verbs.hpp"
#include "messages/canonical.hpp"
#include "messages/crypto.hpp"
#include "messages/ids.hpp"

namespace nightshift::bridges::cli {
namespace {

/// What waits for a decision: content that has this digest, and what it says.
struct Seen {
  std::string preview;
  std::string digest_hex;
  std::string executor;
};

/// Nothing waits: who decided, if somebody did.
std::unexpected<Error> nothing_to_decide(const Json& entity, const Json& view,
                                         const std::string& name) {
  std::string who;
  for (const auto& person : view.value("decided_by", Json::array())) {
    who += (who.empty() ? " by " : ", ") + person.get<std::string>();
  }
  const auto when = text_of(view, "decided_at");
  return fail(who.empty() ? ErrorCode::wrong_phase : ErrorCode::already_decided,
              name + " is " + text_of(entity, "status") +
                  (when.empty() ? "" : ", decided" + who + " at " + local_time(when)) +
                  ": there is nothing to decide on",
              name);
}

std::unexpected<Error> not_what_it_says(const std::string& name, const std::string& what) {
  return fail(ErrorCode::digest_mismatch,
              what + "; nothing was signed. Do not trust this node before you know why", name);
}

/// Takes nothing on the node's word: the digest is computed from the content, and what is shown
/// is decoded from it by this program.
Result<Seen> look_at(const Json& entity, const kernel::Kind& kind) {
  const auto view = entity.value("view", Json::object());
  const auto id = text_of(entity, "id");
  const auto name = std::string(kind.name()) + "/" + id;
  const auto bytes = from_base64url(text_of(view, "content"));
  Seen seen{{}, text_of(view, "digest"), text_of(view, "executor")};
  if (!bytes || bytes->empty()) return nothing_to_decide(entity, view, name);
  if (to_hex(as_bytes(content_digest(*bytes))) != seen.digest_hex) {
    return not_what_it_says(name, "the node says digest " + seen.digest_hex +
                                      ", but that is not "
                                      "the digest of the content that it shows");
  }
  const auto content = Canonical::decode(*bytes);
  if (!content) return std::unexpected(content.error());
  if (content->find(kind.name()) != id || content->find("executor") != seen.executor) {
    return not_what_it_says(name, "the content is that of another entity or of another node");
  }
  auto preview = kind.preview(*bytes);
  if (!preview) return std::unexpected(preview.error());
  seen.preview = std::move(*preview);
  return seen;
}

std::string picture(const Seen& seen, const std::string& name) {
  return sanitise(name, Lines::escape) + ", exactly as it would be sent:\n\n" +
         sanitise(seen.preview, Lines::keep) + "\ndigest " + seen.digest_hex + "\n\n";
}

/// The value of `name=` among the fields, or nothing.
std::optional<std::string> said(const std::vector<std::string>& fields, std::string_view name) {
  for (const auto& field : fields) {
    if (field.starts_with(name) && field.substr(name.size()).starts_with('=')) {
      return field.substr(name.size() + 1);
    }
  }
  return std::nullopt;
}

Result<void> check_said(const std::vector<std::string>& fields, const Seen& seen) {
  if (const auto digest = said(fields, "digest"); digest && *digest != seen.digest_hex) {
    return fail(ErrorCode::digest_mismatch,
                "the present content has digest " + seen.digest_hex + ", not " + *digest +
                    "; look at it again before you decide",
                "digest");
  }
  return {};
}

}  // namespace

Result<std::string> choose_approver(const runtime::DataFolder& folder, const std::string& name) {
  const auto known = folder.approvers();
  if (!known) return std::unexpected(known.error());
  std::string names;
  for (const auto& approver : *known) {
    if (approver.name == name) return name;
    names += (names.empty() ? "" : ", ") + approver.name;
  }
  if (known->empty()) {
    return fail(ErrorCode::not_found,
                "there is no approver's key in " + folder.root().string() +
                    "; make one with \"nightshift approver add NAME\"",
                "--approver");
  }
  if (!name.empty()) {
    return fail(ErrorCode::not_found, "there is no key of \"" + name + "\" here, only of " + names,
                "--approver");
  }
  if (known->size() == 1) return known->front().name;
  return fail(ErrorCode::usage,
              "there are several approvers (" + names +
                  "); say which one with "
                  "--approver NAME",
              "--approver");
}

Result<SigningKey> open_key(const runtime::DataFolder& folder, const SignerFlags& signer,
                            const std::string& name) {
  const auto sealed = runtime::read_small_file(folder.approver_key_file(name));
  if (!sealed) return std::unexpected(sealed.error());
  const auto passphrase = ask_passphrase("Passphrase of " + name + ": ", signer.passphrase_file);
  if (!passphrase) return std::unexpected(passphrase.error());
  auto key = SigningKey::unseal(*sealed, *passphrase);
  if (!key && key.error().code == ErrorCode::bad_signature) {
    return fail(ErrorCode::bad_signature,
                "the passphrase of " + name +
                    " is wrong; nothing was "
                    "signed",
                name);
  }
  return key;
}

void prefer_approver(Session& session) {
  const auto name = choose_approver(session.folder, {});
  if (!name) return;
  auto token = session.folder.read_token(session.folder.approver_token_file(*name));
  if (token) session.api.prefer_token(std::move(*token));
}

Result<std::vector<std::string>> sign_decision(Session& session, const kernel::Kind& kind,
                                               const CommandFlags& flags) {
  if (said(flags.fields, "signature")) return flags.fields;
  const auto said_approver = said(flags.fields, "approver");
  const auto name = choose_approver(session.folder, said_approver.value_or(flags.signer.approver));
  if (!name) return std::unexpected(name.error());
  if (auto token = session.folder.read_token(session.folder.approver_token_file(*name))) {
    session.api.prefer_token(std::move(*token));
  }
  const auto answer = session.api.get("/v1/" + flags.kind + "/" + flags.id);
  if (!answer) return std::unexpected(answer.error());
  const auto entity = parse_json(answer->body);
  if (!entity) return std::unexpected(entity.error());
  const auto seen = look_at(*entity, kind);
  if (!seen) return std::unexpected(seen.error());
  if (auto checked = check_said(flags.fields, *seen); !checked) {
    return std::unexpected(checked.error());
  }
  (session.json ? session.err : session.out)
      << picture(*seen, flags.kind + "/" + flags.id) << std::flush;
  const auto key = open_key(session.folder, flags.signer, *name);
  if (!key) return std::unexpected(key.error());

  auto fields = flags.fields;
  std::erase_if(fields, [](const std::string& field) {
    return field.starts_with("digest=") || field.starts_with("approver=");
  });
  const auto nonce = to_base64url(random_bytes(16));
  const auto expiry = said(fields, "expiry").value_or("");
  const auto text = approval_text(seen->digest_hex, flags.command, nonce, expiry, seen->executor);
  fields.push_back("digest=" + seen->digest_hex);
  fields.push_back("approver=" + *name);
  fields.push_back("nonce=" + nonce);
  fields.push_back("signature=" + to_base64url(key->sign(text)));
  return fields;
}

}  // namespace nightshift::bridges::cli
