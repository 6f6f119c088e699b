// Starting libgit2, and its errors in words.
#include "bridges/git/library.hpp"

#include "bridges/git/bounds.hpp"

#if defined(__SANITIZE_ADDRESS__)
/// What libgit2 keeps for each thread in the expressions it compiles, and for sessions over ssh
/// that ended early in libssh2 and its keys, is never freed.
extern "C" const char* __lsan_default_suppressions() {
  return "leak:libpcre2\nleak:libgit2\nleak:libssh2\nleak:libcrypto\n";
}
#endif

namespace nightshift::bridges::git {

std::string hex(const ObjectId& id) {
  std::string text(GIT_OID_HEXSZ, '0');
  git_oid_fmt(text.data(), &id.raw);
  return text;
}

std::optional<ObjectId> parse_object_id(std::string_view text) {
  ObjectId id;
  if (text.size() != GIT_OID_HEXSZ || git_oid_fromstrn(&id.raw, text.data(), text.size()) != 0) {
    return std::nullopt;
  }
  return id;
}

void start_library() {
  static const bool started = [] {
    git_libgit2_init();
    for (const auto level : {GIT_CONFIG_LEVEL_SYSTEM, GIT_CONFIG_LEVEL_GLOBAL, GIT_CONFIG_LEVEL_XDG,
                             GIT_CONFIG_LEVEL_PROGRAMDATA}) {
      git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, level, "");
    }
    git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, 1);
    // Our trees name objects that we have just written or read; looking each one up costs more than
    // all the rest of a large commit.
    git_libgit2_opts(GIT_OPT_ENABLE_STRICT_OBJECT_CREATION, 0);
    git_libgit2_opts(GIT_OPT_SET_PACK_MAX_OBJECTS, pack_objects_max);
    git_libgit2_opts(GIT_OPT_SET_PACK_MAX_OBJECT_SIZE, object_bytes_max);
    return true;
  }();
  static_cast<void>(started);
}

Trouble git_trouble(std::string_view doing, int code) {
  const auto* last = git_error_last();
  std::string said =
      last != nullptr && last->message != nullptr ? last->message : "no reason given";
  Trouble trouble{TroubleKind::failed, std::string(doing) + ": " + said};
  if (said.find("No space left") != std::string::npos) trouble.kind = TroubleKind::full;
  if (code == GIT_ELOCKED) trouble.kind = TroubleKind::locked;
  return trouble;
}

Outcome<void> check(int code, std::string_view doing) {
  if (code >= 0) return {};
  return std::unexpected(git_trouble(doing, code));
}

}  // namespace nightshift::bridges::git
