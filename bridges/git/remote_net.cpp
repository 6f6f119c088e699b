// A repository behind ssh or https.
#include <array>
#include <fstream>

#include "bridges/git/bounds.hpp"
#include "bridges/git/known_hosts.hpp"
#include "bridges/git/link_lock.hpp"
#include "bridges/git/refs.hpp"
#include "bridges/git/remote.hpp"
#include "bridges/git/silence.hpp"

namespace nightshift::bridges::git {
namespace {

/// `ssh://user@host:port/path` or `user@host:path`.
struct Address {
  std::string host;
  int port = 22;
};

Address address_of(std::string_view url) {
  const auto scheme = url.find("://");
  auto rest = scheme == std::string_view::npos ? url : url.substr(scheme + 3);
  const auto end = rest.find(scheme == std::string_view::npos ? ':' : '/');
  rest = rest.substr(0, end);
  if (const auto at = rest.rfind('@'); at != std::string_view::npos) rest.remove_prefix(at + 1);
  Address address{std::string(rest), url.starts_with("https:") ? 443 : 22};
  const auto colon = rest.rfind(':');
  if (scheme == std::string_view::npos || colon == std::string_view::npos) return address;
  const auto digits = rest.substr(colon + 1);
  if (rest.ends_with(']') || digits.empty() || digits.size() > 5) return address;
  int port = 0;
  for (const char c : digits) {
    if (c < '0' || c > '9') return address;
    port = port * 10 + (c - '0');
  }
  address.port = port;
  address.host = rest.substr(0, colon);
  return address;
}

/// The type's name stands at the front of the key, after its length in four bytes.
std::string_view type_of_key(std::string_view key) {
  if (key.size() < 4) return {};
  const auto length = static_cast<std::size_t>(static_cast<unsigned char>(key[3]));
  return length + 4 <= key.size() ? key.substr(4, length) : std::string_view{};
}

/// By its public part beside it, or its old form.
bool is_rsa(const std::filesystem::path& key) {
  const auto open = get_file(key.string() + ".pub").value_or("");
  const auto own = get_file(key).value_or("");
  return open.starts_with("ssh-rsa ") || own.find("BEGIN RSA") != std::string::npos;
}

/// What a conversation with the remote leaves behind.
struct Talk {
  explicit Talk(const Access& with) : access(with), address(address_of(with.url)) {}

  const Access& access;
  Address address;
  SilenceGuard guard{address.port, access.silent_after};
  std::optional<Trouble> why;
  int asked = 0;
  std::string refusal;
};

std::string key_name(const Access& access) {
  return access.ssh_key_name.empty() ? access.ssh_key.string() : access.ssh_key_name;
}

int fail_talk(Talk& talk, Trouble why) {
  if (!talk.why) talk.why = std::move(why);
  return GIT_EUSER;
}

int on_credentials(git_credential** out, const char* url, const char* user, unsigned int allowed,
                   void* payload) {
  auto& talk = *static_cast<Talk*>(payload);
  const auto& access = talk.access;
  if ((allowed & GIT_CREDENTIAL_USERNAME) != 0) {
    return git_credential_username_new(out, user != nullptr ? user : "git");
  }
  if (++talk.asked > 1) {
    auto words = std::string("the remote ") + url + " does not let us in with ";
    const bool ssh = (allowed & GIT_CREDENTIAL_SSH_KEY) != 0;
    words += ssh ? "the key " + key_name(access) : "this user and password";
    if (ssh && is_rsa(access.ssh_key)) {
      words +=
          ": it is an RSA key, and libssh2 1.10 of Debian 12 can sign with those by SHA-1 "
          "alone, which servers refuse. Make an Ed25519 key: `ssh-keygen -t ed25519`";
    } else {
      words += ssh ? ": is its public part known there, and its passphrase right?" : "";
    }
    return fail_talk(talk, {TroubleKind::denied, std::move(words)});
  }
  if ((allowed & GIT_CREDENTIAL_SSH_KEY) != 0 && !access.ssh_key.empty()) {
    return git_credential_ssh_key_new(out, user != nullptr ? user : "git", nullptr,
                                      access.ssh_key.c_str(), access.ssh_passphrase.c_str());
  }
  if ((allowed & GIT_CREDENTIAL_USERPASS_PLAINTEXT) != 0 && !access.https_password.empty()) {
    return git_credential_userpass_plaintext_new(out, access.https_user.c_str(),
                                                 access.https_password.c_str());
  }
  return fail_talk(talk, {TroubleKind::denied,
                          std::string("the remote ") + url +
                              " asks for a key or a password, and none is configured: set [git] "
                              "key, or user and password"});
}

int on_certificate(git_cert* certificate, int valid, const char* host, void* payload) {
  auto& talk = *static_cast<Talk*>(payload);
  if (certificate->cert_type != GIT_CERT_HOSTKEY_LIBSSH2) {
    if (valid != 0) return 0;
    return fail_talk(
        talk, {TroubleKind::certificate, std::string("the certificate of ") + host +
                                             " is not signed by anybody whom this machine trusts"});
  }
  const auto* key = reinterpret_cast<const git_cert_hostkey*>(certificate);
  if ((key->type & GIT_CERT_SSH_RAW) == 0) {
    return fail_talk(talk,
                     {TroubleKind::host_unknown, "the host shows no key that can be compared"});
  }
  const std::string_view bytes(key->hostkey, key->hostkey_len);
  const auto known = check_host(talk.access.known_hosts, talk.address.host, talk.address.port,
                                bytes, type_of_key(bytes));
  return known ? 0 : fail_talk(talk, known.error());
}

int on_progress(const git_indexer_progress* progress, void* payload) {
  static_cast<Talk*>(payload)->guard.heard();
  if (progress->received_bytes <= received_bytes_max) return 0;
  return fail_talk(*static_cast<Talk*>(payload),
                   {TroubleKind::too_large, "the remote sends more than 2 GiB in one round"});
}

int on_sent(unsigned int, unsigned int, std::size_t, void* payload) {
  static_cast<Talk*>(payload)->guard.heard();
  return 0;
}

int on_packed(int, std::uint32_t, std::uint32_t, void* payload) {
  static_cast<Talk*>(payload)->guard.heard();
  return 0;
}

int on_ref(const char* name, const char* status, void* payload) {
  if (status != nullptr) {
    static_cast<Talk*>(payload)->refusal = std::string(name) + ": " + status;
  }
  return 0;
}

class NetRemote final : public RemoteEnd {
 public:
  NetRemote(git_repository* repository, const Access& access)
      : repository_(repository), access_(access) {}

  Outcome<ObjectId> fetch(const std::string& branch) override {
    Talk talk(access_);
    Remote remote;
    if (auto done = connect(remote, GIT_DIRECTION_FETCH, talk); !done) {
      return std::unexpected(done.error());
    }
    const auto found = stands_on(remote.get(), branch);
    if (!found || !*found) return found;
    Odb objects;
    if (git_repository_odb(into(objects), repository_) == 0 &&
        git_odb_exists(objects.get(), &found->raw) != 0) {
      return found;
    }
    auto spec = "+refs/heads/" + branch + ":refs/remotes/origin/" + branch;
    std::array<char*, 1> specs{spec.data()};
    const git_strarray list{specs.data(), specs.size()};
    git_fetch_options options = GIT_FETCH_OPTIONS_INIT;
    options.callbacks = callbacks(talk);
    options.download_tags = GIT_REMOTE_DOWNLOAD_TAGS_NONE;
    options.update_fetchhead = 0;
    const int code = git_remote_download(remote.get(), &list, &options);
    if (code < 0) return std::unexpected(why(talk, "fetching from " + access_.url, code));
    return found;
  }

  Outcome<void> push(const std::string& branch, const ObjectId& from, const ObjectId& to) override {
    Talk talk(access_);
    Remote remote;
    if (auto done = connect(remote, GIT_DIRECTION_PUSH, talk); !done) return done;
    const auto found = stands_on(remote.get(), branch);
    if (!found && found.error().kind != TroubleKind::branch_absent) {
      return std::unexpected(found.error());
    }
    if (found.value_or(ObjectId{}) != from) {
      return trouble(TroubleKind::moved, "the remote's " + branch + " has moved meanwhile");
    }
    // The server compares once more: it is told from where the branch is to be moved.
    // libgit2 sends what a reference of ours stands on, so there is one for this.
    const auto own = "refs/nightshift/push/" + branch;
    const auto last = read_ref(repository_, own);
    if (!last) return std::unexpected(last.error());
    if (*last != to) {
      if (auto done = move_ref(repository_, {own, *last, to, {}, {}}); !done) return done;
    }
    auto spec = own + ":refs/heads/" + branch;
    std::array<char*, 1> specs{spec.data()};
    const git_strarray list{specs.data(), specs.size()};
    git_push_options options = GIT_PUSH_OPTIONS_INIT;
    options.callbacks = callbacks(talk);
    const int code = git_remote_upload(remote.get(), &list, &options);
    if (code == GIT_ENONFASTFORWARD) {
      return trouble(TroubleKind::moved, "the remote's " + branch + " has moved meanwhile");
    }
    if (code < 0) return std::unexpected(why(talk, "pushing to " + access_.url, code));
    if (talk.refusal.empty()) return {};
    return refusal(branch, from, talk.refusal);
  }

 private:
  static git_remote_callbacks callbacks(Talk& talk) {
    git_remote_callbacks callbacks = GIT_REMOTE_CALLBACKS_INIT;
    callbacks.credentials = on_credentials;
    callbacks.certificate_check = on_certificate;
    callbacks.transfer_progress = on_progress;
    callbacks.push_update_reference = on_ref;
    callbacks.push_transfer_progress = on_sent;
    callbacks.pack_progress = on_packed;
    callbacks.payload = &talk;
    return callbacks;
  }

  Outcome<void> connect(Remote& remote, git_direction direction, Talk& talk) const {
    int code = git_remote_create_anonymous(into(remote), repository_, access_.url.c_str());
    if (code < 0) return std::unexpected(git_trouble("the remote " + access_.url, code));
    git_remote_connect_options options = GIT_REMOTE_CONNECT_OPTIONS_INIT;
    options.callbacks = callbacks(talk);
    code = git_remote_connect_ext(remote.get(), direction, &options);
    if (code < 0) return std::unexpected(why(talk, "connecting to " + access_.url, code));
    return {};
  }

  /// What the callbacks found, else what libgit2 says.
  static Trouble why(const Talk& talk, const std::string& doing, int code) {
    if (talk.why) return *talk.why;
    if (talk.guard.has_cut()) {
      return {TroubleKind::silent, "the remote " + talk.access.url + " said nothing for " +
                                       std::to_string(talk.access.silent_after.count() / 1'000) +
                                       " seconds, while " + doing};
    }
    auto found = git_trouble(doing, code);
    const auto says = [&](std::string_view text) {
      return found.words.find(text) != found.words.npos;
    };
    const auto* last = git_error_last();
    const int area = last == nullptr ? 0 : last->klass;
    if (code == GIT_EAUTH) {
      found.kind = TroubleKind::denied;
    } else if (code == GIT_ECERTIFICATE) {
      found.kind = TroubleKind::certificate;
    } else if (code == GIT_ENOTFOUND || says("not appear to be a git repository") ||
               says("does not exist") || says("404")) {
      found.kind = TroubleKind::remote_absent;
    } else if (says("No space left") || says("disk full")) {
      found.kind = TroubleKind::full;
    } else if (area == GIT_ERROR_NET || area == GIT_ERROR_SSH || area == GIT_ERROR_HTTP ||
               area == GIT_ERROR_SSL || area == GIT_ERROR_OS) {
      found.kind = TroubleKind::unreachable;
    }
    return found;
  }

  static Outcome<void> refusal(const std::string& branch, const ObjectId& from,
                               const std::string& said) {
    const auto has = [&](std::string_view text) { return said.find(text) != said.npos; };
    if (has("fast") || has("stale info") || has("fetch first") || has("cannot lock ref") ||
        has("failed to update ref") || has("reference already exists")) {
      return trouble(TroubleKind::moved, "the remote's " + branch + " has moved from " + hex(from));
    }
    if (has("unpacker error") || has("No space") || has("unable to write")) {
      return trouble(TroubleKind::refused,
                     "the remote could not store what was sent, perhaps its disk is full: " + said);
    }
    return trouble(TroubleKind::refused, "the remote refuses the push: " + said);
  }

  Outcome<ObjectId> stands_on(git_remote* remote, const std::string& branch) const {
    const git_remote_head** heads = nullptr;
    std::size_t count = 0;
    const int code = git_remote_ls(&heads, &count, remote);
    if (code < 0) return std::unexpected(git_trouble("listing the remote's branches", code));
    std::string others;
    for (std::size_t i = 0; i < count; ++i) {
      const std::string_view name = heads[i]->name;
      if (name == "refs/heads/" + branch) return ObjectId{heads[i]->oid};
      if (name.starts_with("refs/heads/")) others += " " + std::string(name.substr(11));
    }
    if (others.empty()) return ObjectId{};
    return trouble(TroubleKind::branch_absent,
                   "the remote has no branch " + branch + ", but" + others +
                       ": name one of these as [git] branch, or make the other there");
  }

  git_repository* repository_;
  Access access_;
};

}  // namespace

Outcome<std::unique_ptr<RemoteEnd>> open_net_remote(git_repository* repository,
                                                    const Access& access) {
  return std::make_unique<NetRemote>(repository, access);
}

}  // namespace nightshift::bridges::git
