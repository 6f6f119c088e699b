// The bridge's thread: follow the journal, scan the folder, remember how far it came.
#include "bridges/vault/vault.hpp"

#include <atomic>
#include <charconv>
#include <condition_variable>
#include <mutex>
#include <set>
#include <thread>

#include "bridges/vault/intake.hpp"
#include "bridges/vault/names.hpp"

namespace nightshift::bridges::vault {
namespace {

/// `LOG_ID OFFSET`: how far the journal stands projected. A hint: without it everything that waits
/// is compared, and what has ended is left as people have it.
constexpr const char* cursor_name = ".nightshift_cursor";
constexpr std::size_t cursor_bytes_max = 256;
constexpr std::size_t events_page = 1'000;
constexpr std::size_t list_page = 500;
constexpr std::size_t entries_max = 1'000'000;

}  // namespace

class VaultBridge::Impl {
 public:
  Impl(runtime::Node& node, VaultOptions options, Folder root, Stamp identity)
      : node_(node),
        options_(std::move(options)),
        root_(std::move(root)),
        identity_(identity),
        errors_(root_, node.identity().role(), options_.log),
        projector_(root_, node.clock(), errors_),
        intake_(node, root_, projector_, errors_,
                {.owner = options_.owner,
                 .moves_count = options_.decisions != "off",
                 .stable_for = options_.stable_for,
                 .stop = [this] { return stop_.load(); }}) {}

  Result<void> prepare() { return projector_.make_folders(); }
  void wake(bool stop);
  void launch() {
    watch_ = node_.watch([this](std::uint64_t) { wake(false); });
    thread_ = std::thread([this] {
      try {
        run();
      } catch (const std::exception& error) {
        if (!options_.failed) throw;
        options_.failed(error.what());
      }
    });
  }
  void join() {
    watch_.reset();
    if (thread_.joinable()) thread_.join();
  }

 private:
  void run();
  void rest_until(std::chrono::microseconds moment);
  Result<void> begin();
  bool told(const Result<void>& result, const std::string& what);
  bool is_in_place();
  void read_cursor();
  void write_cursor();
  Result<void> gather_waiting();
  void gather_left_behind();
  bool follow();
  void project_changed();
  Result<void> project(const std::string& id, bool create);

  runtime::Node& node_;
  const VaultOptions options_;
  const Folder root_;
  const Stamp identity_;
  ErrorsLog errors_;
  Projector projector_;
  Intake intake_;

  /// Offset up to which events were read, and the one that the file names.
  std::uint64_t cursor_ = 0;
  std::uint64_t written_cursor_ = 0;
  /// Approvals whose files are to be compared; true: write a file where there is none.
  std::map<std::string, bool> changed_;

  std::mutex mutex_;
  std::condition_variable woken_;
  bool news_ = false;
  std::atomic<bool> stop_ = false;
  runtime::Node::Watch watch_;
  std::thread thread_;
};

/// Everything that waits gets its file compared; what a crash left under way is finished.
Result<void> VaultBridge::Impl::begin() {
  if (auto settled = projector_.settle_leftovers(); !settled) return settled;
  read_cursor();
  if (auto gathered = gather_waiting(); !gathered) return gathered;
  gather_left_behind();
  return {};
}

void VaultBridge::Impl::run() {
  std::optional<std::chrono::microseconds> last_scan;
  bool begun = false;
  bool busy = true;
  while (!stop_) {
    const auto now = node_.clock().elapsed();
    const std::chrono::microseconds pause = busy ? options_.stable_for : options_.rescan_every;
    const bool scan_is_due = !last_scan || now >= *last_scan + pause;
    if (scan_is_due) last_scan = now;
    if (is_in_place()) {
      begun = begun || told(begin(), "vault");
      if (begun) {
        follow();
        project_changed();
      }
      if (scan_is_due) busy = intake_.scan();
      if (begun) write_cursor();
    }
    rest_until(*last_scan + (busy ? options_.stable_for : options_.rescan_every));
  }
}

/// Or until there is news.
void VaultBridge::Impl::rest_until(std::chrono::microseconds moment) {
  std::unique_lock lock(mutex_);
  woken_.wait_for(lock, moment - node_.clock().elapsed(), [this] { return news_ || stop_; });
  news_ = false;
}

void VaultBridge::Impl::wake(bool stop) {
  {
    const std::lock_guard lock(mutex_);
    news_ = true;
    stop_ = stop_ || stop;
  }
  woken_.notify_all();
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

void VaultBridge::Impl::read_cursor() {
  cursor_ = node_.head().offset;
  const auto text = root_.read_beneath(cursor_name, cursor_bytes_max);
  if (!text) return;
  const std::string prefix = node_.identity().log_id() + " ";
  if (!text->starts_with(prefix)) return;
  std::uint64_t offset = 0;
  const char* begin = text->data() + prefix.size();
  const auto read = std::from_chars(begin, text->data() + text->size(), offset);
  if (read.ec == std::errc() && offset <= cursor_) cursor_ = written_cursor_ = offset;
}

void VaultBridge::Impl::write_cursor() {
  if (cursor_ == written_cursor_ || !changed_.empty()) return;
  const std::string text = node_.identity().log_id() + " " + std::to_string(cursor_) + "\n";
  const auto before = root_.read(cursor_name, cursor_bytes_max);
  const auto written =
      before ? root_.replace(cursor_name, text, *before) : root_.create(cursor_name, text);
  if (written) written_cursor_ = cursor_;
}

Result<void> VaultBridge::Impl::gather_waiting() {
  for (const char* status : {"pending", "approved", "unknown"}) {
    runtime::ListQuery query{
        .kind = approval_kind, .where = {{"status", status}}, .after = {}, .limit = list_page};
    do {
      const auto page = node_.list(query);
      if (!page) return std::unexpected(page.error());
      for (const auto& item : page->items) changed_[item.entity.id] = true;
      query.after = page->next;
    } while (!query.after.empty());
  }
  return {};
}

/// Files in `Approved/` whose approval has ended meanwhile.
void VaultBridge::Impl::gather_left_behind() {
  const auto folder = root_.sub(approved_folder);
  const auto names = folder ? folder->names(entries_max)
                            : Result<std::vector<std::string>>(std::unexpected(folder.error()));
  if (!names) return;
  for (const auto& name : *names) {
    if (is_draft_name(name)) changed_.try_emplace(id_of_stem(stem_of(name)), false);
  }
}

/// Reads the events since the last time. False if they could not be read: later, then.
bool VaultBridge::Impl::follow() {
  for (;;) {
    const auto events = node_.events(cursor_, events_page);
    if (!events) return false;
    if (events->empty()) return true;
    for (const auto& event : *events) {
      if (event.record.kind() == approval_kind) changed_[event.record.entity()] = true;
    }
    cursor_ = events->back().offset;
  }
}

void VaultBridge::Impl::project_changed() {
  std::map<std::string, bool> left;
  for (const auto& [id, create] : changed_) {
    if (stop_ || !told(project(id, create), std::string(approval_kind) + "/" + id)) {
      left[id] = create;
    }
  }
  changed_ = std::move(left);
}

Result<void> VaultBridge::Impl::project(const std::string& id, bool create) {
  auto standing = read_standing(node_, id);
  if (!standing) return std::unexpected(standing.error());
  if (!*standing) return {};
  intake_.learn(**standing);
  return projector_.project(**standing, create);
}

/// True if it went well. A person was faster: that is no error, it is tried again.
bool VaultBridge::Impl::told(const Result<void>& result, const std::string& what) {
  if (result) return true;
  if (result.error().code != ErrorCode::conflict) {
    errors_.record(
        node_.clock().now(), what,
        "its files could not be brought up to date: " + std::string(result.error().message()), "");
  }
  return false;
}

VaultBridge::VaultBridge(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Result<std::unique_ptr<VaultBridge>> VaultBridge::start(runtime::Node& node, VaultOptions options) {
  if (options.decisions == "move") {
    return fail(ErrorCode::config,
                "[vault] decisions = \"move\" is refused: agents are not kept from writing to the "
                "vault, so a move would prove nothing; use \"request\" and approve with the key",
                "vault.decisions");
  }
  std::error_code error;
  std::filesystem::create_directories(options.root, error);
  auto root = Folder::open(options.root);
  if (!root) {
    return fail(ErrorCode::config,
                "[vault] path " + options.root.string() +
                    " is no folder that can be used: " + std::string(root.error().message()),
                "vault.path");
  }
  const auto identity = root->identity();
  if (!identity) return std::unexpected(identity.error());
  auto impl = std::make_unique<Impl>(node, std::move(options), std::move(*root), *identity);
  if (auto ready = impl->prepare(); !ready) return std::unexpected(ready.error());
  impl->launch();
  return std::unique_ptr<VaultBridge>(new VaultBridge(std::move(impl)));
}

VaultBridge::~VaultBridge() { stop(); }

void VaultBridge::stop() {
  impl_->wake(true);
  impl_->join();
}

}  // namespace nightshift::bridges::vault
