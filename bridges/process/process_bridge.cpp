// A thread around the reconciler.
#include "bridges/process/process_bridge.hpp"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "bridges/process/reconciler.hpp"

namespace nightshift::bridges::process {

class ProcessBridge::Impl {
 public:
  Impl(runtime::Node& node, ProcessOptions options, Place place)
      : failed_(options.failed), reconciler_(node, std::move(options), std::move(place)) {}

  ~Impl() {
    stopping_ = true;
    reconciler_.wake();
    if (thread_.joinable()) thread_.join();
  }

  Result<void> start() {
    if (auto loaded = reconciler_.load(); !loaded) return loaded;
    active_ = reconciler_.active();
    thread_ = std::thread([this] { run(); });
    return {};
  }

  bool end_children(std::chrono::milliseconds within) {
    parking_ = true;
    reconciler_.wake();
    std::unique_lock lock(mutex_);
    return parked_changed_.wait_for(lock, within, [this] { return parked_; });
  }

  std::size_t active() const { return active_; }

 private:
  void run() {
    try {
      while (!stopping_) {
        if (parking_) reconciler_.park();
        // Before it waits: where nothing runs, nothing wakes it.
        if (reconciler_.is_parked()) tell_parked();
        reconciler_.turn();
        active_ = reconciler_.active();
      }
    } catch (const std::exception& error) {
      if (failed_) failed_(error.what());
    }
  }

  void tell_parked() {
    const std::lock_guard lock(mutex_);
    if (parked_) return;
    reconciler_.dismiss_keeper();
    parked_ = true;
    parked_changed_.notify_all();
  }

  const std::function<void(std::string)> failed_;
  Reconciler reconciler_;
  std::atomic<bool> stopping_ = false;
  std::atomic<bool> parking_ = false;
  std::atomic<std::size_t> active_ = 0;
  std::mutex mutex_;
  std::condition_variable parked_changed_;
  bool parked_ = false;
  std::thread thread_;
};

ProcessBridge::ProcessBridge(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ProcessBridge::~ProcessBridge() = default;

Result<std::unique_ptr<ProcessBridge>> ProcessBridge::start(runtime::Node& node,
                                                            ProcessOptions options) {
  auto place = Place::open(options.run_folder);
  if (!place) return std::unexpected(place.error());
  options.places.mark = place->mark();
  options.places.streams = place->folder() / "streams";
  auto impl = std::make_unique<Impl>(node, std::move(options), std::move(*place));
  if (auto started = impl->start(); !started) return std::unexpected(started.error());
  return std::unique_ptr<ProcessBridge>(new ProcessBridge(std::move(impl)));
}

bool ProcessBridge::end_children(std::chrono::milliseconds within) {
  return impl_->end_children(within);
}

std::size_t ProcessBridge::active() const { return impl_->active(); }

}  // namespace nightshift::bridges::process
