// Opening and making repositories.
#include "bridges/git/premises.hpp"

#include <sys/stat.h>

#include <optional>

#include "bridges/git/link_lock.hpp"
#include "bridges/git/paths.hpp"
#include "bridges/git/refs.hpp"
#include "bridges/git/secret_scan.hpp"

namespace nightshift::bridges::git {
namespace {

namespace fs = std::filesystem;

std::string_view operation_name(int state) {
  switch (state) {
    case GIT_REPOSITORY_STATE_MERGE: return "a merge";
    case GIT_REPOSITORY_STATE_REVERT:
    case GIT_REPOSITORY_STATE_REVERT_SEQUENCE: return "a revert";
    case GIT_REPOSITORY_STATE_CHERRYPICK:
    case GIT_REPOSITORY_STATE_CHERRYPICK_SEQUENCE: return "a cherry-pick";
    case GIT_REPOSITORY_STATE_BISECT: return "a bisect";
    case GIT_REPOSITORY_STATE_REBASE:
    case GIT_REPOSITORY_STATE_REBASE_INTERACTIVE:
    case GIT_REPOSITORY_STATE_REBASE_MERGE: return "a rebase";
    default: return "applying patches";
  }
}

Outcome<Repository> open_repository(const fs::path& folder) {
  Repository repository;
  const int code = git_repository_open_ext(into(repository), folder.c_str(),
                                           GIT_REPOSITORY_OPEN_NO_SEARCH, nullptr);
  if (code == 0) return repository;
  const auto config = get_file(folder / ".git" / "config").value_or("");
  if (folded(config).find("objectformat") != std::string::npos &&
      folded(config).find("sha256") != std::string::npos) {
    return trouble(TroubleKind::unsupported,
                   folder.string() +
                       " is a SHA-256 repository, which libgit2 1.5 cannot read: use "
                       "one that was made with `git init --object-format=sha1`");
  }
  const auto said = git_trouble("opening the repository at " + folder.string(), code);
  if (code == GIT_ENOTFOUND) {
    return trouble(TroubleKind::no_repository,
                   folder.string() +
                       " is no git repository: `nightshift sync init` makes one, or "
                       "clone yours to that place");
  }
  if (code == GIT_EOWNER) {
    return trouble(TroubleKind::unsupported,
                   folder.string() + " belongs to another user than this node runs as");
  }
  return std::unexpected(Trouble{TroubleKind::unsupported, said.words});
}

Outcome<void> check_kind(git_repository* repository, const fs::path& folder) {
  if (git_repository_is_bare(repository) != 0) {
    return trouble(TroubleKind::unsupported,
                   folder.string() + " is a bare repository, without files");
  }
  if (git_repository_is_worktree(repository) != 0) {
    return trouble(TroubleKind::unsupported,
                   folder.string() + " is a linked work tree: synchronise the main one");
  }
  if (git_repository_is_shallow(repository) != 0) {
    return trouble(TroubleKind::shallow, folder.string() +
                                             " is a shallow clone, whose history ends somewhere: "
                                             "run `git fetch --unshallow` first");
  }
  Config config;
  int sparse = 0;
  const bool is_set = git_repository_config_snapshot(into(config), repository) == 0 &&
                      git_config_get_bool(&sparse, config.get(), "core.sparsecheckout") == 0 &&
                      sparse != 0;
  // Where git writes it today, and libgit2 1.5 does not look.
  const auto own = get_file(fs::path(git_repository_path(repository)) / "config.worktree");
  if (is_set || folded(own.value_or("")).find("sparsecheckout = true") != std::string::npos) {
    return trouble(TroubleKind::sparse,
                   "only a part of the files is checked out (core.sparseCheckout): run `git "
                   "sparse-checkout disable` first");
  }
  const int state = git_repository_state(repository);
  if (state == GIT_REPOSITORY_STATE_NONE) return {};
  return trouble(TroubleKind::operation_under_way,
                 std::string(operation_name(state)) + " of yours is under way in " +
                     folder.string() + ": finish or abort it, and synchronisation goes on");
}

Outcome<void> check_head(git_repository* repository, const std::string& branch) {
  Reference head;
  const int code = git_reference_lookup(into(head), repository, "HEAD");
  if (code < 0) return std::unexpected(git_trouble("reading HEAD", code));
  const auto short_name = branch.substr(branch.rfind('/') + 1);
  if (git_reference_type(head.get()) == GIT_REFERENCE_DIRECT) {
    return trouble(TroubleKind::detached,
                   "HEAD is detached, on no branch: run `git switch " + short_name + "`");
  }
  const std::string target = git_reference_symbolic_target(head.get());
  if (target == branch) return {};
  return trouble(TroubleKind::other_branch, "the branch " + target.substr(target.find('/', 5) + 1) +
                                                " is checked out, and " + short_name +
                                                " is synchronised: run `git switch " + short_name +
                                                "`, or name the other as [git] branch");
}

}  // namespace

Outcome<Premises> open_premises(const fs::path& repository, const fs::path& vault,
                                const std::string& branch) {
  start_library();
  auto opened = open_repository(repository);
  if (!opened) return std::unexpected(opened.error());
  Premises premises;
  premises.repository = std::move(*opened);
  auto* raw = premises.repository.get();
  if (auto fine = check_kind(raw, repository); !fine) return std::unexpected(fine.error());
  premises.branch = "refs/heads/" + branch;
  if (auto fine = check_head(raw, premises.branch); !fine) return std::unexpected(fine.error());
  premises.git_folder = git_repository_path(raw);
  premises.root = git_repository_workdir(raw);
  std::error_code error;
  const auto inside = fs::canonical(vault, error)
                          .lexically_relative(fs::canonical(premises.root, error))
                          .generic_string();
  if (error || !fs::is_directory(vault, error)) {
    return trouble(TroubleKind::no_repository, "the vault " + vault.string() +
                                                   " is not there, or no folder; nothing is "
                                                   "committed, so that nothing seems deleted");
  }
  if (inside.empty() || inside.starts_with("..")) {
    return trouble(TroubleKind::no_repository,
                   "the vault " + vault.string() + " does not lie in " + repository.string());
  }
  premises.prefix = inside == "." ? "" : inside + "/";
  auto head = read_ref(raw, premises.branch);
  if (!head) return std::unexpected(head.error());
  premises.head = *head;
  return premises;
}

namespace {

Outcome<void> add_origin(git_repository* repository, const std::string& url,
                         std::vector<std::string>& done) {
  Remote remote;
  if (git_remote_lookup(into(remote), repository, "origin") == 0) {
    const std::string known = git_remote_url(remote.get());
    if (known == url) return {};
    return trouble(TroubleKind::unsupported,
                   "origin is " + known + " already, not " + url + ": change one of the two");
  }
  const int code = git_remote_create(into(remote), repository, "origin", url.c_str());
  if (code < 0) return std::unexpected(git_trouble("adding the remote " + url, code));
  done.push_back("origin is " + url);
  return {};
}

Outcome<void> add_hook(const fs::path& git_folder, std::vector<std::string>& done) {
  const auto hook = git_folder / "hooks" / "pre-commit";
  if (const auto there = get_file(hook)) {
    if (*there != pre_commit_hook()) {
      done.push_back("the pre-commit hook that is there stays: it is not ours");
    }
    return {};
  }
  if (auto put = put_file(hook, pre_commit_hook()); !put) return put;
  if (::chmod(hook.c_str(), 0755) != 0) return std::unexpected(system_trouble("the hook", errno));
  done.push_back("a pre-commit hook refuses keys and sessions: " + hook.string());
  return {};
}

}  // namespace

Outcome<std::vector<std::string>> make_premises(const fs::path& folder, const std::string& branch,
                                                const std::string& url) {
  start_library();
  std::vector<std::string> done;
  auto opened = open_repository(folder);
  if (!opened && opened.error().kind != TroubleKind::no_repository) {
    return std::unexpected(opened.error());
  }
  if (!opened) {
    git_repository_init_options options = GIT_REPOSITORY_INIT_OPTIONS_INIT;
    options.flags = GIT_REPOSITORY_INIT_MKPATH | GIT_REPOSITORY_INIT_NO_REINIT;
    options.initial_head = branch.c_str();
    Repository made;
    const int code = git_repository_init_ext(into(made), folder.c_str(), &options);
    if (code < 0) return std::unexpected(git_trouble("making a repository", code));
    done.push_back("made a repository at " + folder.string());
    opened = std::move(made);
  }
  auto* repository = opened->get();
  if (!url.empty()) {
    if (auto added = add_origin(repository, url, done); !added) {
      return std::unexpected(added.error());
    }
  }
  std::error_code error;
  if (!fs::exists(folder / ".gitignore", error)) {
    if (auto put = put_file(folder / ".gitignore", ignore_file()); !put) {
      return std::unexpected(put.error());
    }
    done.push_back("wrote .gitignore");
  }
  if (auto added = add_hook(git_repository_path(repository), done); !added) {
    return std::unexpected(added.error());
  }
  return done;
}

}  // namespace nightshift::bridges::git
