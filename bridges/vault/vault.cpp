// The bridge's thread: hear what changed, follow the journal, take what people did.
#include "bridges/vault/vault.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <thread>

#include "bridges/vault/action_log.hpp"
#include "bridges/vault/agent_state.hpp"
#include "bridges/vault/approval_files.hpp"
#include "bridges/vault/bell.hpp"
#include "bridges/vault/conflict_log.hpp"
#include "bridges/vault/dashboard.hpp"
#include "bridges/vault/draft_files.hpp"
#include "bridges/vault/follower.hpp"
#include "bridges/vault/intake.hpp"
#include "bridges/vault/lookout.hpp"
#include "bridges/vault/mcp_health.hpp"
#include "bridges/vault/moves.hpp"
#include "bridges/vault/reception.hpp"
#include "bridges/vault/sync_state.hpp"
#include "bridges/vault/task_intake.hpp"
#include "bridges/vault/usage_log.hpp"

namespace nightshift::bridges::vault {
namespace {

/// What could not be done is tried again after so long.
constexpr std::chrono::milliseconds retry_after{300};
/// The cursor is a hint: it need not be written with every event.
constexpr std::chrono::seconds remember_every{1};

Result<void> check_decisions(const VaultOptions& options) {
  if (options.decisions != "move") return {};
  const auto why = options.moves_doubted
                       ? options.moves_doubted()
                       : std::optional<std::string>(
                             "nobody says that agents are kept from writing to the vault");
  if (!why) return {};
  return fail(ErrorCode::config,
              "[vault] decisions = \"move\" is refused, for a move would prove nothing: " + *why +
                  "; mend that, or use \"request\" and approve with the key",
              "vault.decisions");
}

}  // namespace

class VaultBridge::Impl {
 public:
  Impl(runtime::Node& node, VaultOptions options, Folder root, Stamp identity, Bell bell)
      : node_(node),
        options_(std::move(options)),
        root_(std::move(root)),
        identity_(identity),
        bell_(std::move(bell)),
        errors_(root_, node.identity().role(), options_.log),
        projector_(root_, node.clock(), errors_),
        intake_(node, root_, projector_, errors_,
                {.owner = options_.owner,
                 .moves_count = options_.decisions != "off",
                 .moves = options_.decisions == "move" ? &moves_ : nullptr,
                 .moves_doubted = options_.moves_doubted,
                 .arrivals = options_.arrivals,
                 .stable_for = options_.stable_for,
                 .stop = stopped_}),
        approvals_(node, root_, projector_, intake_, errors_),
        tasks_(node, root_, errors_),
        task_intake_(
            node, root_, tasks_, errors_,
            {.owner = options_.owner,
             .stable_for = options_.stable_for,
             .stop = stopped_,
             .drafts = &drafts_,
             .settle_stray = [this](const Arrived& arrived,
                                    const Marks& marks) { return settle_stray(arrived, marks); }}),
        drafts_(node, root_, errors_, {.owner = options_.owner, .stable_for = options_.stable_for}),
        reception_(root_, node.clock(), errors_, *options_.refusals,
                   {&intake_, &task_intake_, &drafts_}, options_.stable_for,
                   [this](const Arrived& arrived) { return is_anothers(arrived); }),
        page_(root_, errors_, node.identity().log_id()),
        usage_(page_, node.clock(), options_.zone),
        actions_(node, page_, options_.zone),
        agents_(node, root_, errors_),
        servers_(node, root_, errors_),
        sync_(node, root_, errors_),
        conflicts_(node, page_),
        dashboard_(node, root_, errors_, *options_.refusals),
        follower_(node, root_,
                  {&approvals_, &tasks_, &drafts_, &usage_, &actions_, &agents_, &servers_, &sync_,
                   &conflicts_, &dashboard_}),
        lookout_(root_, node.clock(), errors_,
                 {.watches_max = options_.watches_max,
                  .every = options_.rescan_every,
                  .every_unwatched = options_.rescan_unwatched_every}) {}

  Result<void> prepare() { return projector_.make_folders(); }
  void launch() {
    watch_ = node_.watch([this](std::uint64_t) { bell_.ring(); });
    thread_ = std::thread([this] {
      try {
        run();
      } catch (const std::exception& error) {
        if (!options_.failed) throw;
        options_.failed(error.what());
      }
    });
  }
  void stop() {
    stop_ = true;
    bell_.ring();
    watch_.reset();
    if (thread_.joinable()) thread_.join();
  }
  const Refusals& refusals() const { return *options_.refusals; }

 private:
  using Moment = std::chrono::microseconds;

  void run();
  void work();
  void look_for_missing();
  void look();
  bool is_in_place();
  bool begin();
  Result<bool> settle_stray(const Arrived& arrived, const Marks& marks);
  bool is_anothers(const Arrived& arrived) const;
  void wake_by(Moment moment) { wake_at_ = std::min(wake_at_.value_or(moment), moment); }

  runtime::Node& node_;
  const VaultOptions options_;
  const Folder root_;
  const Stamp identity_;
  const Bell bell_;
  std::atomic<bool> stop_ = false;
  const Stop stopped_ = [this] { return stop_.load(); };
  ErrorsLog errors_;
  Projector projector_;
  Moves moves_;
  Intake intake_;
  ApprovalFiles approvals_;
  TaskFiles tasks_;
  TaskIntake task_intake_;
  DraftFiles drafts_;
  Reception reception_;
  JournalPage page_;
  UsageLog usage_;
  ActionLog actions_;
  AgentState agents_;
  McpHealth servers_;
  SyncState sync_;
  ConflictLog conflicts_;
  Dashboard dashboard_;
  Follower follower_;
  Lookout lookout_;

  bool begun_ = false;
  /// When there is something to do at the latest, of the clock's `elapsed`.
  std::optional<Moment> wake_at_;
  Moment remembered_at_{0};
  runtime::Node::Watch watch_;
  std::thread thread_;
};

void VaultBridge::Impl::run() {
  while (!stop_) {
    wake_at_.reset();
    if (is_in_place()) {
      work();
    } else {
      lookout_.lose_sight();
      moves_.forget_all();
      wake_by(node_.clock().elapsed() + options_.rescan_unwatched_every);
    }
    std::optional<Moment> rest;
    if (wake_at_) rest = std::max(*wake_at_ - node_.clock().elapsed(), Moment(0));
    if (!stop_) bell_.wait(lookout_.descriptor(), rest);
  }
  if (begun_ && is_in_place()) follower_.remember();
}

void VaultBridge::Impl::work() {
  const auto& clock = node_.clock();
  begun_ = begun_ || begin();
  if (!begun_) return wake_by(clock.elapsed() + retry_after);
  look();
  follower_.follow(stopped_);
  reception_.serve(stopped_);
  look_for_missing();
  // What was taken from files shows in them before there is a rest.
  const auto followed = follower_.offset();
  if (!follower_.follow(stopped_)) wake_by(clock.elapsed() + retry_after);
  // What shows now can be missed.
  if (follower_.offset() != followed || !tasks_.is_settled()) wake_by(clock.elapsed());
  if (!drafts_.is_settled()) wake_by(clock.elapsed() + options_.stable_for);
  if (const auto next = reception_.next()) wake_by(*next);
  if (const auto next = dashboard_.refresh()) wake_by(*next);
  wake_by(lookout_.next());
  if (clock.elapsed() >= remembered_at_ + remember_every) {
    follower_.remember();
    remembered_at_ = clock.elapsed();
  }
  if (!follower_.is_remembered()) wake_by(remembered_at_ + remember_every);
}

void VaultBridge::Impl::look_for_missing() {
  const auto is_there = [this](const std::string& path) { return reception_.has(path); };
  const bool calm = !reception_.next();
  for (const auto next : {intake_.look_for_missing(is_there, calm),
                          task_intake_.look_for_missing(calm), drafts_.look_for_missing(calm)}) {
    if (next) wake_by(*next);
  }
}

void VaultBridge::Impl::look() {
  const auto news = lookout_.take();
  for (const auto& rename : news.renames) moves_.hear(rename);
  if (news.lost) moves_.forget_moves();
  for (const auto& path : news.files) reception_.look(path);
  if (news.everything && !reception_.look_everywhere()) lookout_.look_again();
}

/// A file among those of tasks that says it is another kind's.
Result<bool> VaultBridge::Impl::settle_stray(const Arrived& arrived, const Marks& marks) {
  const auto of_approval = intake_.settle_stray(arrived, marks);
  if (!of_approval || *of_approval) return of_approval;
  return drafts_.settle_stray(arrived, marks);
}

/// In a vault that nodes share, what one of them has marked is its own: it brings file and journal
/// together, and no other takes it.
bool VaultBridge::Impl::is_anothers(const Arrived& arrived) const {
  std::string id;
  if (!options_.shared || !is_marked_by_a_node(arrived.file.text, id)) return false;
  return std::ranges::all_of(std::array{"approval", "task", "draft"}, [&](const char* kind) {
    const auto known = node_.get({.kind = kind, .id = id});
    return !known && known.error().code == ErrorCode::not_found;
  });
}

/// An unmounted or exchanged vault must not look like one that a person has emptied.
bool VaultBridge::Impl::is_in_place() {
  const auto there = Folder::open(options_.root);
  const auto identity = there ? there->identity() : Result<Stamp>(Stamp{});
  if (identity && *identity == identity_) return true;
  errors_.record(node_.clock().now(), options_.root.string(),
                 "the vault is away or another folder stands in its place; put it back, or start "
                 "the node again to use the new one",
                 "");
  return false;
}

bool VaultBridge::Impl::begin() {
  const auto begun = follower_.begin();
  if (!begun) {
    errors_.record(node_.clock().now(), "vault",
                   "it could not be compared with the journal and is tried again: " +
                       std::string(begun.error().message()),
                   "");
  }
  return begun.has_value();
}

VaultBridge::VaultBridge(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Result<std::unique_ptr<VaultBridge>> VaultBridge::start(runtime::Node& node, VaultOptions options) {
  std::error_code error;
  std::filesystem::create_directories(options.root, error);
  if (auto allowed = check_decisions(options); !allowed) return std::unexpected(allowed.error());
  auto root = Folder::open(options.root);
  if (!root) {
    return fail(ErrorCode::config,
                "[vault] path " + options.root.string() +
                    " is no folder that can be used: " + std::string(root.error().message()),
                "vault.path");
  }
  const auto identity = root->identity();
  if (!identity) return std::unexpected(identity.error());
  if (!options.refusals) options.refusals = std::make_shared<Refusals>();
  options.refusals->clear();
  if (!options.arrivals) options.arrivals = std::make_shared<Arrivals>();
  auto bell = Bell::make();
  if (!bell) return std::unexpected(bell.error());
  auto impl = std::make_unique<Impl>(node, std::move(options), std::move(*root), *identity,
                                     std::move(*bell));
  if (auto ready = impl->prepare(); !ready) return std::unexpected(ready.error());
  impl->launch();
  return std::unique_ptr<VaultBridge>(new VaultBridge(std::move(impl)));
}

VaultBridge::~VaultBridge() { stop(); }

const Refusals& VaultBridge::refusals() const { return impl_->refusals(); }

void VaultBridge::stop() { impl_->stop(); }

}  // namespace nightshift::bridges::vault
