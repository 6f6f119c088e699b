// A thread that waits for the clock, the vault and the journal, and runs rounds.
#include "bridges/git/rounds/git_bridge.hpp"

#include <poll.h>
#include <sys/eventfd.h>

#include <array>
#include <atomic>
#include <mutex>
#include <thread>

#include "bridges/git/premises.hpp"
#include "bridges/git/rounds/report.hpp"
#include "bridges/git/rounds/vault_watch.hpp"
#include "messages/member.pb.h"
#include "messages/sync.pb.h"

namespace nightshift::bridges::git {
namespace {

constexpr std::string_view kind = "sync";
constexpr std::size_t page = 1000;
constexpr std::chrono::seconds patience{30};

std::string prefix_of(const SyncOptions& options) {
  const auto inside = options.vault.lexically_relative(options.repository).generic_string();
  return inside.empty() || inside == "." ? "" : inside + "/";
}

}  // namespace

class GitBridge::Impl {
 public:
  Impl(runtime::Node& node, GitBridgeOptions options)
      : node_(node),
        options_(std::move(options)),
        entity_{.kind = std::string(kind), .id = options_.sync.node},
        prefix_(prefix_of(options_.sync)),
        wakes_(std::make_shared<runtime::Descriptor>(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC))),
        pace_(options_.pace),
        vault_(options_.sync.vault) {
    options_.sync.keep = [this](const Conflict& conflict) { return keep(conflict); };
    options_.sync.quiet = [this](const std::string& path) {
      return is_quiet_page(from_vault(path, prefix_));
    };
    options_.sync.arriving = [this](const std::string& path) {
      if (options_.arriving) options_.arriving(from_vault(path, prefix_));
    };
    watch_ = node_.watch([wakes = wakes_](std::uint64_t) { ring(*wakes); });
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  ~Impl() {
    stopping_ = true;
    watch_.reset();
    ring(*wakes_);
    if (thread_.joinable()) thread_.join();
  }

  Result<void> start() {
    if (!*wakes_) return fail(ErrorCode::io, "the system has no descriptor for synchronisation");
    offset_ = node_.head().offset;
    if (auto seen = see(); !seen) return seen;
    thread_ = std::thread([this] { run(); });
    return {};
  }

  std::string trouble() const {
    const std::lock_guard lock(mutex_);
    return trouble_;
  }

 private:
  static void ring(const runtime::Descriptor& wakes) { ::eventfd_write(wakes.get(), 1); }

  Result<void> see() {
    const auto answer = node_.get(entity_);
    if (!answer) return std::unexpected(answer.error());
    const auto* view = dynamic_cast<const sync::View*>(answer->view.get());
    if (view == nullptr) return fail(ErrorCode::corrupt, "sync/" + entity_.id + " is of no kind");
    view_ = *view;
    return {};
  }

  void hear_journal() {
    bool changed = false;
    while (true) {
      const auto events = node_.events(offset_, page);
      if (!events || events->empty()) break;
      for (const auto& event : *events) {
        offset_ = event.offset;
        changed = changed || (event.record.kind() == kind && event.record.entity() == entity_.id);
      }
    }
    if (!changed) return;
    if (auto seen = see(); !seen)
      log("its state cannot be read: " + std::string(seen.error().message()));
  }

  template <class Message>
  Result<runtime::Answer> tell(const EntityRef& entity, Message message, std::string key = {}) {
    runtime::Command command;
    command.entity = entity;
    command.body = std::make_shared<const Message>(std::move(message));
    command.key = std::move(key);
    command.caller = kernel::Caller::of_host();
    return node_.call(std::move(command), patience);
  }

  /// Nothing is merged whose loser is not written down.
  Outcome<void> keep(const Conflict& conflict) {
    auto report = conflict_of(conflict, prefix_);
    const auto kept = tell(entity_, std::move(report));
    if (kept) return {};
    return bridges::git::trouble(TroubleKind::failed,
                                 "what a merge would leave out of " + conflict.path +
                                     " cannot be written down, so nothing is merged: " +
                                     std::string(kept.error().message()));
  }

  void run() {
    try {
      while (!stopping_) {
        hear_journal();
        if (vault_.take()) pace_.changed(node_.clock().elapsed());
        if (view_.asked() > view_.answered() && view_.asked() > tried_) pace_.asked();
        if (view_.init_wanted()) init();
        restore_what_is_wanted();
        if (pace_.due() <= node_.clock().elapsed()) round();
        if (!stopping_) wait();
      }
    } catch (const std::exception& error) {
      if (options_.failed && !stopping_) options_.failed(error.what());
    }
  }

  void round() {
    const auto request = view_.asked();
    tried_ = request;
    pace_.begun(node_.clock().elapsed());
    const auto report = run_round();
    if (stopping_ && report.trouble) return;
    sync::ReportRound command;
    *command.mutable_round() = round_of(report, prefix_);
    command.set_request(request);
    remember(command.round().trouble());
    const auto sequence = node_.get(entity_);
    const auto answer = tell(entity_, std::move(command));
    if (!answer)
      return log("what a round did cannot be written down: " +
                 std::string(answer.error().message()));
    const bool is_news = sequence && answer->sequence != sequence->sequence;
    if (is_news && report.reached_remote) tell_member();
    solve_by_hand();
  }

  Report run_round() {
    auto access = options_.access();
    if (!access) {
      Report report;
      report.head = view_.side() == "cloud" ? view_.commit_hash_cloud() : view_.commit_hash_local();
      report.trouble = Trouble{TroubleKind::denied, std::string(access.error().message())};
      return report;
    }
    if (!synchroniser_ || !is_same(*access)) {
      auto sync = options_.sync;
      sync.access = std::move(*access);
      access_ = sync.access;
      synchroniser_ = std::make_unique<Synchroniser>(std::move(sync));
    }
    RoundRequest request{.now = node_.clock().now(), .take_rewound = view_.take_rewound()};
    return synchroniser_->round(request);
  }

  bool is_same(const Access& access) const {
    return access.url == access_.url && access.ssh_key == access_.ssh_key &&
           access.ssh_passphrase == access_.ssh_passphrase &&
           access.https_user == access_.https_user &&
           access.https_password == access_.https_password;
  }

  void tell_member() {
    // A node without a vault of its own is no member; nothing is lost then.
    const auto told = tell({.kind = "member", .id = entity_.id}, member::Sync());
    if (!told && told.error().code != ErrorCode::not_found) {
      log("member/" + entity_.id + ": " + std::string(told.error().message()));
    }
  }

  void remember(const sync::Trouble& trouble) {
    auto words = trouble.name().empty() ? "" : trouble.name() + ": " + trouble.words();
    const std::lock_guard lock(mutex_);
    if (words != trouble_ && !words.empty()) log(words);
    trouble_ = std::move(words);
  }

  /// The file with the loser's words is gone: somebody has dealt with it.
  void solve_by_hand() {
    if (auto seen = see(); !seen) return;
    for (const auto& loss : view_.losses()) {
      if (!loss.waits() || loss.kept_as().empty()) continue;
      std::error_code error;
      const auto file = options_.sync.vault / loss.kept_as();
      const auto status = std::filesystem::symlink_status(file, error);
      if (status.type() != std::filesystem::file_type::not_found) continue;
      sync::ReportSolved solved;
      solved.set_conflict(loss.conflict());
      const auto told = tell(entity_, std::move(solved));
      if (!told) log("a conflict that is solved: " + std::string(told.error().message()));
    }
  }

  void init() {
    sync::ReportInit report;
    const auto& sync = options_.sync;
    const auto done = make_premises(sync.repository, sync.branch, view_.remote());
    if (done) {
      for (const auto& line : *done) report.add_done(line);
      if (done->empty()) report.add_done(sync.repository.string() + " is ready already");
    } else {
      report.set_error(done.error().words);
    }
    const auto told = tell(entity_, std::move(report));
    if (!told) return log("sync init: " + std::string(told.error().message()));
    pace_.changed(node_.clock().elapsed());
  }

  void restore_what_is_wanted() {
    for (const auto& loss : view_.losses()) {
      if (!loss.wanted() || stopping_) continue;
      sync::ReportRestored report;
      report.set_conflict(loss.conflict());
      if (const auto done = restore(loss)) {
        report.set_restored_as(from_vault(*done, prefix_));
      } else {
        report.set_error(done.error());
      }
      const auto told = tell(entity_, std::move(report));
      // It is seen anew before it is done again.
      if (!told)
        return log("what was restored cannot be written down: " +
                   std::string(told.error().message()));
      pace_.changed(node_.clock().elapsed());
    }
  }

  std::expected<std::string, std::string> restore(const sync::Loss& loss) {
    const auto events = node_.events(entity_, loss.sequence() - 1, 1);
    if (!events || events->empty()) return std::unexpected("the journal has it no more");
    const auto* event = dynamic_cast<const sync::Conflicted*>(events->front().event.get());
    if (event == nullptr || event->conflict() != loss.conflict()) {
      return std::unexpected("the journal has something else in its place");
    }
    Synchroniser hands(options_.sync);
    auto put = hands.put_beside(from_top(loss.path(), prefix_), event->bytes());
    if (!put) return std::unexpected(put.error().words);
    return std::move(*put);
  }

  void wait() {
    const auto left = std::max(pace_.due() - node_.clock().elapsed(), Pace::Moment(0));
    const auto ms = std::chrono::ceil<std::chrono::milliseconds>(left);
    std::array<pollfd, 2> wakes{{{wakes_->get(), POLLIN, 0}, {vault_.descriptor(), POLLIN, 0}}};
    ::poll(wakes.data(), wakes.size(),
           static_cast<int>(std::min<std::int64_t>(ms.count(), 60'000)));
    eventfd_t ignored = 0;
    ::eventfd_read(wakes_->get(), &ignored);
  }

  void log(std::string_view line) const {
    if (options_.log) options_.log(line);
  }

  runtime::Node& node_;
  GitBridgeOptions options_;
  const EntityRef entity_;
  const std::string prefix_;
  const std::shared_ptr<runtime::Descriptor> wakes_;
  std::atomic<bool> stopping_ = false;
  Pace pace_;
  VaultWatch vault_;
  std::unique_ptr<Synchroniser> synchroniser_;
  Access access_;
  /// As the journal has it.
  sync::View view_;
  std::uint64_t offset_ = 0;
  /// The last request that a round was begun for.
  std::uint64_t tried_ = 0;
  mutable std::mutex mutex_;
  std::string trouble_;
  runtime::Node::Watch watch_;
  std::thread thread_;
};

GitBridge::GitBridge(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
GitBridge::~GitBridge() = default;

Result<std::unique_ptr<GitBridge>> GitBridge::start(runtime::Node& node, GitBridgeOptions options) {
  auto impl = std::make_unique<Impl>(node, std::move(options));
  if (auto started = impl->start(); !started) return std::unexpected(started.error());
  return std::unique_ptr<GitBridge>(new GitBridge(std::move(impl)));
}

std::string GitBridge::trouble() const { return impl_->trouble(); }

}  // namespace nightshift::bridges::git
