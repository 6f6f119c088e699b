// Checks the keys of `[git]`.
#include "runtime/settings_git.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace nightshift::runtime {
namespace {

constexpr std::size_t text_bytes_max = 1'024;
constexpr std::int64_t interval_s_min = 5;
constexpr std::int64_t interval_s_max = 86'400;

bool is_plain(std::string_view text) {
  return !text.empty() && text.size() <= text_bytes_max &&
         std::ranges::all_of(text, [](char c) { return c > ' ' && c < 127; });
}

/// A password that stands in an address would be in logs and in the journal.
bool holds_a_password(std::string_view url) {
  const auto begin = url.find("://");
  if (begin == std::string_view::npos) return false;
  const auto place = url.substr(begin + 3, url.find('/', begin + 3) - begin - 3);
  const auto at = place.rfind('@');
  return at != std::string_view::npos && place.substr(0, at).contains(':');
}

std::optional<std::string> set_secret(std::optional<SecretReference>& target,
                                      const SettingValue& value) {
  auto reference = parse_secret_reference(value.text, value.base);
  if (!reference) return "is not a reference to a secret: " + reference.error().detail;
  target = std::move(*reference);
  return std::nullopt;
}

std::optional<std::string> set_place(std::filesystem::path& target, const SettingValue& value,
                                     const char* what) {
  if (value.text.empty()) return std::string("must name ") + what;
  target = std::filesystem::absolute(value.base / value.text).lexically_normal();
  return std::nullopt;
}

}  // namespace

std::optional<std::string> set_git_remote(GitSettings& git, const SettingValue& value) {
  const std::string_view url = value.text;
  if (holds_a_password(url)) {
    return "must not hold a password; name it by git.password = \"sealed:NAME\"";
  }
  if (url.starts_with("http://") || url.starts_with("git://")) {
    return "must be reached by https or ssh, or be a folder: http:// and git:// do not prove who "
           "answers";
  }
  const bool is_folder = url.starts_with('/') || url.starts_with("./") || url.starts_with("../");
  if (!is_folder && !is_plain(url)) {
    return "must be where the repository is, such as \"git@example.org:vault.git\" or "
           "\"https://example.org/vault.git\"";
  }
  const bool is_net =
      url.starts_with("https://") || url.starts_with("file:///") || is_ssh_remote(value.text);
  if (!is_folder && !is_net) {
    return "must begin with https://, ssh://, file:/// or /, or be USER@HOST:PATH, not \"" +
           value.text + "\"";
  }
  git.remote = is_folder
                   ? std::filesystem::absolute(value.base / value.text).lexically_normal().string()
                   : value.text;
  return std::nullopt;
}

std::optional<std::string> set_git_branch(GitSettings& git, const SettingValue& value) {
  const std::string_view name = value.text;
  // git-check-ref-format(1).
  const bool fits = is_plain(name) && name.find_first_of("~^:?*[\\") == name.npos &&
                    !name.contains("..") && !name.contains("@{") && !name.contains("//") &&
                    !name.contains("/.") && name.front() != '.' && name.front() != '/' &&
                    name.front() != '-' && name.back() != '.' && name.back() != '/' &&
                    !name.ends_with(".lock");
  if (!fits) return "must be the name of a branch, such as \"main\", not \"" + value.text + "\"";
  git.branch = value.text;
  return std::nullopt;
}

std::optional<std::string> set_git_interval(GitSettings& git, const SettingValue& value) {
  if (value.number < interval_s_min || value.number > interval_s_max) {
    return "must be " + std::to_string(interval_s_min) + " to " + std::to_string(interval_s_max) +
           " seconds, not " + std::to_string(value.number);
  }
  git.interval = std::chrono::seconds(value.number);
  return std::nullopt;
}

std::optional<std::string> set_git_author(GitSettings& git, const SettingValue& value) {
  const std::string_view text = value.text;
  const auto open = text.rfind(" <");
  const bool fits = open != text.npos && open > 0 && text.ends_with('>') &&
                    text.size() <= text_bytes_max && text.substr(open + 2).contains('@') &&
                    text.substr(0, open).find_first_of("<>\n") == text.npos &&
                    text.substr(open + 2).find_first_of("< \n") == text.npos;
  if (!fits) return "must be a name and an address, \"Ada <ada@example.org>\"";
  git.author = value.text;
  return std::nullopt;
}

std::optional<std::string> set_git_user(GitSettings& git, const SettingValue& value) {
  if (!is_plain(value.text)) return "must be the name that the server knows the account by";
  git.user = value.text;
  return std::nullopt;
}

std::optional<std::string> set_git_repository(GitSettings& git, const SettingValue& value) {
  return set_place(git.repository, value, "a folder");
}

std::optional<std::string> set_git_key(GitSettings& git, const SettingValue& value) {
  return set_secret(git.key, value);
}

std::optional<std::string> set_git_passphrase(GitSettings& git, const SettingValue& value) {
  return set_secret(git.passphrase, value);
}

std::optional<std::string> set_git_known_hosts(GitSettings& git, const SettingValue& value) {
  return set_place(git.known_hosts, value, "a file");
}

std::optional<std::string> set_git_password(GitSettings& git, const SettingValue& value) {
  return set_secret(git.password, value);
}

bool is_ssh_remote(const std::string& remote) {
  if (remote.starts_with("ssh://")) return true;
  if (remote.contains("://") || remote.starts_with('/')) return false;
  const auto at = remote.find('@');
  const auto colon = remote.find(':');
  return at != std::string::npos && at > 0 && colon != std::string::npos && colon > at + 1 &&
         colon + 1 < remote.size();
}

std::optional<std::string> (*git_setter(std::string_view key))(GitSettings&, const SettingValue&) {
  using Setter = std::optional<std::string> (*)(GitSettings&, const SettingValue&);
  constexpr std::array<std::pair<std::string_view, Setter>, 10> all{
      {{"git.remote", set_git_remote},
       {"git.branch", set_git_branch},
       {"git.interval_s", set_git_interval},
       {"git.author", set_git_author},
       {"git.repository", set_git_repository},
       {"git.key", set_git_key},
       {"git.passphrase", set_git_passphrase},
       {"git.known_hosts", set_git_known_hosts},
       {"git.user", set_git_user},
       {"git.password", set_git_password}}};
  const auto found = std::ranges::find(all, key, &std::pair<std::string_view, Setter>::first);
  return found == all.end() ? nullptr : found->second;
}

std::optional<std::string> incomplete(const GitSettings& git, bool has_vault) {
  if (!git.wanted()) {
    const bool says_more = git.key || git.password || !git.user.empty() ||
                           !git.known_hosts.empty() || !git.repository.empty();
    if (says_more) return "has no remote; say which repository the vault is kept in step with";
    return std::nullopt;
  }
  if (!has_vault) return "has a remote, and there is no [vault] path that could be synchronised";
  if (is_ssh_remote(git.remote)) {
    if (!git.key) return "is reached over ssh and has no key; refer to the private key";
    if (git.known_hosts.empty()) {
      return "is reached over ssh and has no known_hosts; name the file with the host's key "
             "(ssh-keyscan shows it; compare it with what the host's owner says)";
    }
  }
  if (git.user.empty() != !git.password) {
    return git.password ? "has a password and no user; name the user as well"
                        : "has a user and no password; refer to the secret as well";
  }
  return std::nullopt;
}

}  // namespace nightshift::runtime
