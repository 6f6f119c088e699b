// Hands the configuration to the bridge.
#include "tools/nightshift/git.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <spdlog/spdlog.h>

#include "bridges/git/rounds/git_bridge.hpp"
#include "messages/crypto.hpp"
#include "messages/sync.pb.h"

namespace nightshift::tools {
namespace {

using bridges::git::Access;
using bridges::git::GitBridge;
using bridges::git::GitBridgeOptions;
using runtime::SecretReference;
using runtime::SecretResolver;
using runtime::supervision::Component;
using runtime::supervision::Health;

constexpr std::chrono::seconds patience{30};
/// Longer than a remote may be silent.
constexpr std::chrono::seconds patience_at_the_end{75};

template <class Message>
Result<void> say(runtime::Node& node, Message message) {
  runtime::Command command;
  command.entity = {.kind = "sync", .id = node.identity().node()};
  command.body = std::make_shared<const Message>(std::move(message));
  command.caller = kernel::Caller::of_host();
  const auto answer = node.call(std::move(command), patience);
  if (!answer) return std::unexpected(answer.error());
  return {};
}

/// The key as a file for those who only read files: of this process alone, and nowhere on a disk.
class KeyFile {
 public:
  static Result<KeyFile> make(std::string_view key) {
    KeyFile file;
    file.memory_ = runtime::Descriptor(::memfd_create("git-key", MFD_CLOEXEC));
    const auto written = file.memory_ ? ::write(file.memory_.get(), key.data(), key.size()) : -1;
    if (written != static_cast<ssize_t>(key.size())) {
      return fail(ErrorCode::io, "the system has no memory for the key of [git]");
    }
    return file;
  }
  std::filesystem::path path() const { return "/proc/self/fd/" + std::to_string(memory_.get()); }

 private:
  runtime::Descriptor memory_;
};

/// Resolves what the remote asks for, anew each time: a changed secret needs no restart.
class Keys {
 public:
  Keys(const runtime::GitSettings& git, std::shared_ptr<const SecretResolver> secrets)
      : git_(git), secrets_(std::move(secrets)) {}

  Result<Access> access() {
    Access access;
    access.url = git_.remote;
    access.known_hosts = git_.known_hosts;
    access.https_user = git_.user;
    if (auto done = put_key(access); !done) return std::unexpected(done.error());
    if (auto done = put(git_.passphrase, access.ssh_passphrase); !done) {
      return std::unexpected(done.error());
    }
    if (auto done = put(git_.password, access.https_password); !done) {
      return std::unexpected(done.error());
    }
    return access;
  }

 private:
  Result<void> put(const std::optional<SecretReference>& reference, std::string& target) const {
    if (!reference) return {};
    const auto secret = secrets_->resolve(*reference);
    if (!secret) return std::unexpected(secret.error());
    target = std::string(secret->reveal());
    return {};
  }

  Result<void> put_key(Access& access) {
    if (!git_.key) return {};
    const auto secret = secrets_->resolve(*git_.key);
    if (!secret) return std::unexpected(secret.error());
    access.ssh_key_name = to_string(*git_.key);
    if (git_.key->source == SecretReference::Source::file) {
      access.ssh_key = git_.key->name;
      return {};
    }
    // One line end at the end of it does not belong to a secret; it does to a key in PEM.
    std::string text = std::string(secret->reveal()) + "\n";
    const auto digest = sha256(text);
    if (!file_ || digest != digest_) {
      auto file = KeyFile::make(text);
      if (!file) return std::unexpected(file.error());
      file_ = std::move(*file);
      digest_ = digest;
    }
    runtime::wipe(text);
    access.ssh_key = file_->path();
    return {};
  }

  const runtime::GitSettings git_;
  const std::shared_ptr<const SecretResolver> secrets_;
  std::optional<KeyFile> file_;
  Digest digest_{};
};

class Running final : public Component {
 public:
  explicit Running(std::unique_ptr<GitBridge> bridge) : bridge_(std::move(bridge)) {}
  Health health() const override { return {0, bridge_->trouble()}; }

 private:
  const std::unique_ptr<GitBridge> bridge_;
};

/// What is said of the vault and its repository.
struct Said {
  runtime::GitSettings git;
  std::filesystem::path vault;
};

void ensure_sync(runtime::Node& node, const runtime::GitSettings& git) {
  Result<void> said;
  if (git.wanted()) {
    sync::Define define;
    define.mutable_config()->set_remote(git.remote);
    define.mutable_config()->set_branch(git.branch);
    define.mutable_config()->set_side(node.identity().role());
    said = say(node, std::move(define));
  } else if (node.get({.kind = "sync", .id = node.identity().node()})) {
    said = say(node, sync::End());
  }
  if (!said) spdlog::error("[git]: {}", said.error().message());
}

bridges::git::SyncOptions sync_options(const Identity& node, const Said& said) {
  bridges::git::SyncOptions options;
  options.vault = said.vault;
  options.repository = said.git.repository.empty() ? said.vault : said.git.repository;
  options.branch = said.git.branch;
  options.node = node.node();
  options.role = node.role() == "cloud" ? bridges::git::Role::cloud : bridges::git::Role::local;
  const auto& author = said.git.author;
  if (const auto open = author.rfind(" <"); open != std::string::npos) {
    options.author_name = author.substr(0, open);
    options.author_mail = author.substr(open + 2, author.size() - open - 3);
  }
  return options;
}

runtime::supervision::Part git_part(runtime::Node& node, Said said,
                                    std::shared_ptr<const SecretResolver> secrets,
                                    std::shared_ptr<bridges::vault::Arrivals> arrivals) {
  return {.name = "git",
          .patience = patience_at_the_end,
          .start = [&node, said = std::move(said), secrets = std::move(secrets),
                    arrivals = std::move(arrivals)](
                       runtime::supervision::Failed failed) -> Result<std::unique_ptr<Component>> {
            GitBridgeOptions options;
            options.sync = sync_options(node.identity(), said);
            options.pace.interval = said.git.interval;
            options.access = [keys = std::make_shared<Keys>(said.git, secrets)] {
              return keys->access();
            };
            options.arriving = [arrivals](const std::string& path) { arrivals->add(path); };
            options.log = [](std::string_view line) { spdlog::warn("git: {}", line); };
            options.failed = std::move(failed);
            auto bridge = GitBridge::start(node, std::move(options));
            if (!bridge) return std::unexpected(bridge.error());
            return std::make_unique<Running>(std::move(*bridge));
          }};
}

}  // namespace

Result<void> add_git(runtime::Node& node, const runtime::GitSettings& git,
                     const std::filesystem::path& vault,
                     std::shared_ptr<const SecretResolver> secrets,
                     std::shared_ptr<bridges::vault::Arrivals> arrivals) {
  ensure_sync(node, git);
  if (!git.wanted()) return {};
  return node.tree().add("bridges",
                         git_part(node, {git, vault}, std::move(secrets), std::move(arrivals)));
}

}  // namespace nightshift::tools
