// Which kind of remote a URL names.
#include "bridges/git/remote.hpp"

#include <algorithm>

namespace nightshift::bridges::git {

Outcome<std::unique_ptr<RemoteEnd>> open_remote(git_repository* repository, const Access& access) {
  const std::string_view url = access.url;
  if (url.starts_with("file://")) return open_folder_remote(repository, url.substr(7));
  if (url.starts_with('/')) return open_folder_remote(repository, url);
  const auto scheme = url.find("://");
  const bool short_form = scheme == url.npos && url.find(':') != url.npos &&
                          url.find("::") == url.npos && url.find(':') < url.find('/');
  if (url.starts_with("ssh://") || url.starts_with("https://") || short_form) {
    return open_net_remote(repository, access);
  }
  return trouble(TroubleKind::unsupported, "the remote \"" + access.url +
                                               "\" is none that proves who answers: use ssh://, "
                                               "user@host:path, https:// or the path of a folder");
}

}  // namespace nightshift::bridges::git
