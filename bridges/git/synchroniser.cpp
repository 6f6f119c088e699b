// A round: recover, commit, fetch, merge, push; anew while the remote is faster.
#include "bridges/git/synchroniser.hpp"

#include <fcntl.h>
#include <git2/sys/commit.h>
#include <sys/file.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "bridges/git/advance.hpp"
#include "bridges/git/bounds.hpp"
#include "bridges/git/inspection.hpp"
#include "bridges/git/snapshot.hpp"

namespace nightshift::bridges::git {
namespace {

/// Held while one process works in the repository.
Outcome<runtime::Descriptor> hold_round(const std::filesystem::path& own) {
  std::error_code error;
  std::filesystem::create_directories(own, error);
  runtime::Descriptor lock(::open((own / "lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666));
  if (!lock) return std::unexpected(system_trouble("making " + (own / "lock").string(), errno));
  if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
    return trouble(TroubleKind::locked, "another process synchronises this vault just now");
  }
  return lock;
}

/// One round, from the repository as it is now.
class Round {
 public:
  Round(const SyncOptions& options, Memory& memory, const RoundRequest& request)
      : options_(options), memory_(memory), request_(request) {}

  Report run() {
    if (auto done = all(); !done) report_.trouble = done.error();
    if (premises_.repository) count();
    report_.head = premises_.head ? hex(premises_.head) : "";
    report_.remote_head = remote_head_ ? hex(remote_head_) : "";
    return std::move(report_);
  }

 private:
  void step(std::string_view name) const {
    if (options_.step) options_.step(name);
  }

  Outcome<void> all() {
    auto opened = open_premises(options_.repository, options_.vault, options_.branch);
    if (!opened) return std::unexpected(opened.error());
    premises_ = std::move(*opened);
    const auto own = own_folder(premises_.git_folder);
    const auto lock = hold_round(own);
    if (!lock) return std::unexpected(lock.error());
    clear_dead_locks(premises_.git_folder);
    if (!memory_.is_seeded) clear_old_packs(premises_.git_folder, an_hour_ago());
    auto work = WorkTree::open(premises_.root, own / "swap", options_.step);
    if (!work) return std::unexpected(work.error());
    auto store = ObjectStore::open(premises_.repository.get());
    if (!store) return std::unexpected(store.error());
    Desk desk{
        premises_,     *work, *store,        memory_,          {premises_.prefix, options_.role},
        options_.step, who(), options_.keep, options_.arriving};
    if (auto done = recover(desk); !done) return done;
    if (auto done = commit(desk); !done) return done;
    return meet(desk);
  }

  std::string author_name() const {
    return options_.author_name.empty() ? options_.node : options_.author_name;
  }
  std::string author_mail() const {
    return options_.author_mail.empty() ? "nightshift@" + options_.node : options_.author_mail;
  }

  std::string who() const {
    return author_name() + " <" + author_mail() + "> " +
           std::to_string(to_us(request_.now) / 1'000'000) + " +0000";
  }

  /// Of the file system's time: files of others, who may still write them, stay.
  std::filesystem::file_time_type an_hour_ago() const {
    const auto then = std::chrono::time_point_cast<std::chrono::system_clock::duration>(
        request_.now - std::chrono::hours(1));
    return std::chrono::file_clock::from_sys(then);
  }

  Outcome<void> recover(Desk& desk) {
    Odb objects;
    const int code = git_repository_odb(into(objects), premises_.repository.get());
    if (code < 0) return std::unexpected(git_trouble("opening the objects", code));
    auto kept = desk.work.recover([&](std::string_view bytes) {
      ObjectId id;
      git_odb_hash(&id.raw, bytes.data(), bytes.size(), GIT_OBJECT_BLOB);
      return git_odb_exists(objects.get(), &id.raw) != 0;
    });
    if (!kept) return std::unexpected(kept.error());
    report_.recovered = std::move(*kept);
    auto placed = recover_round(desk);
    if (!placed) return std::unexpected(placed.error());
    note(std::move(*placed));
    return {};
  }

  void note(Placed placed) {
    std::ranges::move(placed.written, std::back_inserter(report_.written));
    std::ranges::move(placed.conflicts, std::back_inserter(report_.conflicts));
    std::ranges::move(placed.left, std::back_inserter(report_.skipped));
  }

  /// The commit object; nothing points to it yet.
  Outcome<ObjectId> make_commit(Desk& desk, const ObjectId& tree,
                                const std::vector<ObjectId>& parents, const std::string& text) {
    Signature signature;
    int code = git_signature_new(into(signature), author_name().c_str(), author_mail().c_str(),
                                 to_us(request_.now) / 1'000'000, 0);
    std::vector<const git_oid*> raw;
    for (const auto& parent : parents) {
      if (parent) raw.push_back(&parent.raw);
    }
    const auto message = text + "\n\nNightshift-Node: " + options_.node + "\nNightshift-Role: " +
                         (options_.role == Role::cloud ? "cloud" : "local") + "\n";
    ObjectId id;
    if (code == 0) {
      code = git_commit_create_from_ids(&id.raw, premises_.repository.get(), nullptr,
                                        signature.get(), signature.get(), nullptr, message.c_str(),
                                        &tree.raw, raw.size(), raw.data());
    }
    if (code < 0) return std::unexpected(git_trouble("making a commit", code));
    desk.store.wrote(id);
    return id;
  }

  Outcome<void> commit(Desk& desk) {
    auto* repository = premises_.repository.get();
    auto snapshot = take_snapshot(premises_, desk.work, desk.store, memory_);
    if (!snapshot) return std::unexpected(snapshot.error());
    std::ranges::move(snapshot->skipped, std::back_inserter(report_.skipped));
    const auto is_quiet = [this](const auto& change) {
      return options_.quiet && options_.quiet(change.first);
    };
    if (std::ranges::all_of(snapshot->changes, is_quiet)) return {};
    const auto before = tree_of(repository, premises_.head);
    if (!before) return std::unexpected(before.error());
    const auto tree = change_tree(repository, *before, snapshot->changes,
                                  [&](const ObjectId& id) { desk.store.wrote(id); });
    if (!tree) return std::unexpected(tree.error());
    if (*tree == *before) return {};
    const auto count = snapshot->changes.size();
    const auto id = make_commit(desk, *tree, {premises_.head},
                                "Sync the vault of " + options_.node + ": " +
                                    std::to_string(count) + (count == 1 ? " file" : " files"));
    if (!id) return std::unexpected(id.error());
    if (auto done = advance_to_commit(desk, *id, snapshot->changes, snapshot->stats); !done) {
      return done;
    }
    report_.committed = hex(*id);
    report_.committed_files = count;
    return {};
  }

  Outcome<void> meet(Desk& desk) {
    auto remote = open_remote(premises_.repository.get(), options_.access);
    if (!remote) return std::unexpected(remote.error());
    for (int attempt = 0; attempt < attempts_max; ++attempt) {
      step("fetch");
      const auto fetched = (*remote)->fetch(options_.branch);
      if (!fetched) return std::unexpected(fetched.error());
      report_.reached_remote = true;
      if (auto done = take_in(desk, *fetched); !done) return done;
      if (premises_.head == remote_head_ || !premises_.head) return {};
      step("push");
      auto pushed = (*remote)->push(options_.branch, remote_head_, premises_.head);
      if (pushed) {
        step("pushed");
        report_.pushed = true;
        remote_head_ = premises_.head;
        return remember_remote();
      }
      if (pushed.error().kind != TroubleKind::moved) return pushed;
    }
    return trouble(TroubleKind::moved,
                   "the remote moved each time we were about to push; the next round tries again");
  }

  std::string memory_ref() const { return "refs/nightshift/remote/" + options_.branch; }

  /// What the remote stands on, for us and as git shows it to people.
  Outcome<void> remember_remote() {
    auto* repository = premises_.repository.get();
    for (const auto& name : {memory_ref(), "refs/remotes/origin/" + options_.branch}) {
      const auto known = read_ref(repository, name);
      if (!known) return std::unexpected(known.error());
      if (*known == remote_head_) continue;
      auto moved = move_ref(repository, {name, *known, remote_head_, {}, {}});
      // Plain git may fetch at the same time: what it notes is as good.
      const bool is_own = name == memory_ref();
      if (!moved && is_own) return moved;
    }
    return {};
  }

  bool descends(const ObjectId& from, const ObjectId& ancestor) const {
    return from == ancestor ||
           git_graph_descendant_of(premises_.repository.get(), &from.raw, &ancestor.raw) == 1;
  }

  Outcome<void> take_in(Desk& desk, const ObjectId& fetched) {
    auto* repository = premises_.repository.get();
    const auto known = read_ref(repository, memory_ref());
    if (!known) return std::unexpected(known.error());
    remote_head_ = fetched;
    if (*known && !request_.take_rewound && (!fetched || !descends(fetched, *known))) {
      return trouble(TroubleKind::rewound,
                     "somebody has rewound the remote's " + options_.branch + " from " +
                         hex(*known).substr(0, 12) + " to " +
                         (fetched ? hex(fetched).substr(0, 12) : "nothing") +
                         ": nothing is lost here. If that is in order, say `nightshift sync now "
                         "--take-rewound`; our commits will be pushed there again");
    }
    if (!fetched) return {};
    const auto ours = tree_of(repository, premises_.head);
    if (!ours) return std::unexpected(ours.error());
    const auto theirs = tree_of(repository, fetched);
    if (!theirs) return std::unexpected(theirs.error());
    if (auto fine = inspect_tree(repository, *ours, *theirs); !fine) return fine;
    step("remember");
    if (auto done = remember_remote(); !done) return done;
    if (premises_.head && descends(premises_.head, fetched)) return {};
    if (!premises_.head || descends(fetched, premises_.head)) return move_to(desk, fetched);
    return merge(desk, *ours, *theirs);
  }

  Outcome<void> move_to(Desk& desk, const ObjectId& to) {
    auto placed = advance_to_merge(desk, to);
    if (!placed) return std::unexpected(placed.error());
    note(std::move(*placed));
    return {};
  }

  Outcome<void> merge(Desk& desk, const ObjectId& ours, const ObjectId& theirs) {
    auto* repository = premises_.repository.get();
    ObjectId base;
    const int code = git_merge_base(&base.raw, repository, &premises_.head.raw, &remote_head_.raw);
    if (code < 0 && code != GIT_ENOTFOUND) {
      return std::unexpected(git_trouble("finding the common ancestor", code));
    }
    if (code == GIT_ENOTFOUND) base = {};
    const auto base_tree = tree_of(repository, base);
    if (!base_tree) return std::unexpected(base_tree.error());
    auto merged = merge_trees(repository, desk.store, *base_tree, ours, theirs, desk.setting);
    if (!merged) return std::unexpected(merged.error());
    for (const auto& conflict : merged->conflicts) {
      if (!options_.keep) break;
      if (auto kept = options_.keep(conflict); !kept) return kept;
    }
    const auto tree = change_tree(repository, ours, merged->changes,
                                  [&](const ObjectId& id) { desk.store.wrote(id); });
    if (!tree) return std::unexpected(tree.error());
    std::string text = "Merge " + options_.branch + " of the remote into that of " + options_.node;
    if (!merged->conflicts.empty()) text += "\n";
    for (const auto& conflict : merged->conflicts) {
      text += "\n" + conflict.path + ": " + conflict.reason;
    }
    const auto id = make_commit(desk, *tree, {premises_.head, remote_head_}, text);
    if (!id) return std::unexpected(id.error());
    if (auto done = move_to(desk, *id); !done) return done;
    report_.merges.push_back(hex(*id));
    std::ranges::move(merged->conflicts, std::back_inserter(report_.conflicts));
    return {};
  }

  void count() {
    if (!remote_head_) {
      if (const auto known = read_ref(premises_.repository.get(), memory_ref())) {
        remote_head_ = *known;
      }
    }
    if (!premises_.head || !remote_head_) return;
    git_graph_ahead_behind(&report_.ahead, &report_.behind, premises_.repository.get(),
                           &premises_.head.raw, &remote_head_.raw);
  }

  const SyncOptions& options_;
  Memory& memory_;
  const RoundRequest& request_;
  Premises premises_;
  ObjectId remote_head_;
  Report report_;
};

}  // namespace

Synchroniser::Synchroniser(SyncOptions options)
    : options_(std::move(options)), memory_(std::make_unique<Memory>()) {
  start_library();
}
Synchroniser::Synchroniser(Synchroniser&&) noexcept = default;
Synchroniser::~Synchroniser() = default;

Outcome<std::string> Synchroniser::put_beside(const std::string& path, std::string_view bytes) {
  auto premises = open_premises(options_.repository, options_.vault, options_.branch);
  if (!premises) return std::unexpected(premises.error());
  const auto own = own_folder(premises->git_folder);
  const auto lock = hold_round(own);
  if (!lock) return std::unexpected(lock.error());
  auto work = WorkTree::open(premises->root, own / "swap", {});
  if (!work) return std::unexpected(work.error());
  return work->keep_beside(path, bytes);
}

Report Synchroniser::round(const RoundRequest& request) {
  return Round(options_, *memory_, request).run();
}

}  // namespace nightshift::bridges::git
