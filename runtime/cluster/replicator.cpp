// Ships this node's log: its thread, what goes out, and reading of what came in.
#include "runtime/cluster/replicator.hpp"

#include <algorithm>

#include "storage/entries.hpp"

namespace nightshift::runtime::cluster {
namespace {

/// Records of one body, at most.
constexpr std::uint64_t records_max = 4'096;

void write_batch(const storage::Batch& batch, replication::Piece& piece) {
  piece.set_first_offset(batch.first_offset);
  piece.set_count(batch.count);
  piece.set_written_at_us(to_us(batch.written_at));
  piece.set_digest(std::string(as_bytes(batch.head)));
}

/// The record, or its leaf where only its home may see it.
void write_entry(const storage::Entry& from, replication::Entry& to) {
  if (from.record == nullptr) return to.set_leaf(std::string(as_bytes(from.leaf)));
  const auto& stored = *from.record;
  Record record;
  const bool open =
      record.ParseFromString(stored.bytes) && record.audience() == AUDIENCE_EVERY_NODE;
  if (!open) {
    return to.set_leaf(std::string(as_bytes(storage::leaf_of(stored.salt, stored.bytes))));
  }
  to.set_record(stored.bytes);
  to.set_salt(std::string(reinterpret_cast<const char*>(stored.salt.data()), stored.salt.size()));
}

/// A folder per log, the newest written last.
std::vector<std::filesystem::path> logs_in(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> logs;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    if (entry.is_directory()) logs.push_back(entry.path());
  }
  return logs;
}

}  // namespace

Result<std::shared_ptr<Replicator>> Replicator::make(ReplicatorOptions options) {
  std::shared_ptr<Replicator> made(new Replicator(std::move(options)));
  if (auto loaded = made->load(); !loaded) return std::unexpected(loaded.error());
  return made;
}

Replicator::~Replicator() { stop(); }

Result<void> Replicator::load() {
  for (const auto& folder : logs_in(options_.folder)) {
    const auto node = folder.filename().string();
    for (const auto& path : logs_in(folder)) {
      auto opened = ReplicaKeeper::open(node, path, std::nullopt, *options_.catalog);
      if (!opened) return std::unexpected(opened.error());
      auto& present = keepers_[node];
      // Of several, those before were left behind by restores of the peer.
      const bool newer =
          !present || present->log().head().written_at < (*opened)->log().head().written_at;
      if (newer) present = std::move(*opened);
    }
  }
  return {};
}

void Replicator::start() {
  thread_ = std::thread([this] { run(); });
}

void Replicator::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  alarm_->wake();
  if (thread_.joinable()) thread_.join();
}

void Replicator::post_job(Job job) {
  {
    const std::lock_guard lock(mutex_);
    if (stopped_) return;
    jobs_.push_back(std::move(job));
  }
  alarm_->wake();
}

void Replicator::wake() { alarm_->wake(); }

void Replicator::run() {
  while (true) {
    alarm_->arm();
    std::deque<Job> jobs;
    {
      const std::lock_guard lock(mutex_);
      if (stopped_) return;
      jobs.swap(jobs_);
    }
    for (auto& job : jobs) job();
    const auto next = ask_again();
    for (auto& [node, peer] : peers_) pump(node, peer);
    {
      const std::lock_guard lock(mutex_);
      if (stopped_) return;
      for (const auto& [node, peer] : peers_) shipped_[node] = {peer.shipped, peer.alarm};
      if (!jobs_.empty()) continue;
    }
    alarm_->wait(next);
  }
}

// ---- out

void Replicator::connect(Wire wire) {
  post_job([this, wire = std::move(wire)]() mutable {
    wire_ = std::move(wire);
    if (wire_.send) return;
    for (auto& [node, peer] : peers_) peer.up = false;
  });
}

void Replicator::up(const std::string& node) {
  post_job([this, node] {
    auto& peer = peers_[node];
    const auto shipped = peer.shipped;
    peer = {};
    peer.up = true;
    peer.shipped = shipped;
    if (const auto kept = keeper(node)) kept->part();
    greet(peer);
  });
}

void Replicator::down(const std::string& node) {
  post_job([this, node] {
    auto& peer = peers_[node];
    if (!std::exchange(peer.up, false)) return;
    peer.queue.clear();
    const auto kept = keeper(node);
    if (!kept) return;
    if (const auto age = kept->as_of(options_.clock->now())) kept->note_age(*age);
    kept->part();
  });
}

void Replicator::delivered(const std::string& node, std::string body) {
  post_job([this, node, body = std::move(body)] {
    if (!peers_[node].up) return;
    read(node, body);
    if (wire_.consumed) wire_.consumed(node, body.size());
  });
}

void Replicator::say(Peer& peer, const replication::Replication& what) {
  if (peer.up) peer.queue.push_back(what.SerializeAsString());
}

void Replicator::greet(Peer& peer) {
  replication::Replication what;
  auto& log = *what.mutable_log();
  const auto& lineage = options_.log->lineage();
  log.set_identity(lineage.identity);
  for (const auto& stored : lineage.restorations) log.add_restorations(stored);
  if (options_.sign) log.set_head(options_.sign(options_.log->head()));
  say(peer, what);
}

void Replicator::pump(const std::string& node, Peer& peer) {
  if (!peer.up || !wire_.send) return;
  do {
    while (!peer.queue.empty()) {
      if (!wire_.send(node, peer.queue.front())) return;
      peer.queue.pop_front();
    }
  } while (refill(node, peer));
}

bool Replicator::refill(const std::string& node, Peer& peer) {
  if (!peer.wanted || !peer.alarm.empty()) return false;
  const auto head = options_.log->head();
  if (peer.next <= head.offset) {
    auto ships = next_ships(peer);
    if (!ships) {
      report("the log cannot be shipped to " + node + ": " + ships.error().detail);
      return false;
    }
    for (auto& body : *ships) peer.queue.push_back(std::move(body));
    return !ships->empty();
  }
  if (!options_.sign || peer.announced == head.offset) return false;
  peer.announced = head.offset;
  replication::Replication what;
  what.mutable_head()->set_head(options_.sign(head));
  say(peer, what);
  return true;
}

/// Whole batches as far as they fit, or all of one that is larger: in pieces.
Result<std::vector<std::string>> Replicator::next_ships(Peer& peer) {
  std::vector<storage::Batch> batches;
  std::uint64_t count = 0;
  auto scanned = options_.log->scan_batches(peer.next, [&](const storage::Batch& batch) {
    if (count > 0 && count + batch.count > records_max) return false;
    batches.push_back(batch);
    count += batch.count;
    return count < records_max;
  });
  if (!scanned) return std::unexpected(scanned.error());
  std::vector<std::string> bodies;
  replication::Replication what;
  auto& ship = *what.mutable_ship();
  replication::Piece* piece = nullptr;
  auto batch = batches.begin();
  std::size_t bytes = 0;
  std::uint64_t next = peer.next;
  std::uint64_t left = 0;
  const auto begin_piece = [&](std::uint64_t at) {
    piece = ship.add_pieces();
    write_batch(*batch, *piece);
    piece->set_at(at);
  };
  scanned = storage::scan_entries(*options_.log, peer.next, peer.next + count,
                                  [&](const storage::Entry& entry) {
                                    // Something is being archived at this moment: what is missing
                                    // is a leaf the next time.
                                    if (entry.offset != next) return false;
                                    if (left == 0) {
                                      if (bytes >= options_.piece_bytes) return false;
                                      if (piece != nullptr) ++batch;
                                      begin_piece(0);
                                      left = batch->count;
                                    } else if (bytes >= options_.piece_bytes) {
                                      bodies.push_back(what.SerializeAsString());
                                      ship.clear_pieces();
                                      begin_piece(batch->count - left);
                                      bytes = 0;
                                    }
                                    auto& to = *piece->add_entries();
                                    write_entry(entry, to);
                                    bytes += to.ByteSizeLong();
                                    ++next;
                                    --left;
                                    return true;
                                  });
  if (!scanned) return std::unexpected(scanned.error());
  if (left > 0 || next == peer.next) return std::vector<std::string>();
  bodies.push_back(what.SerializeAsString());
  peer.next = next;
  return bodies;
}

// ---- reading

std::shared_ptr<ReplicaKeeper> Replicator::keeper(const std::string& node) const {
  const std::lock_guard lock(mutex_);
  const auto found = keepers_.find(node);
  return found == keepers_.end() ? nullptr : found->second;
}

std::vector<std::shared_ptr<ReplicaKeeper>> Replicator::keepers() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::shared_ptr<ReplicaKeeper>> all;
  for (const auto& [node, keeper] : keepers_) all.push_back(keeper);
  return all;
}

std::vector<ReplicaStatus> Replicator::replicas() const {
  std::map<std::string, ReplicaStatus> all;
  for (const auto& kept : keepers()) {
    auto& status = all[kept->node()];
    const auto head = kept->log().head();
    status.log_id = head.log_id;
    status.offset = head.offset;
    status.newest = kept->newest();
    status.as_of = kept->as_of(options_.clock->now());
    status.alarm = kept->alarm();
  }
  const std::lock_guard lock(mutex_);
  for (const auto& [node, shipped] : shipped_) {
    auto& status = all[node];
    status.shipped = shipped.first;
    if (status.alarm.empty()) status.alarm = shipped.second;
  }
  std::vector<ReplicaStatus> list;
  for (auto& [node, status] : all) {
    status.node = node;
    list.push_back(std::move(status));
  }
  return list;
}

Result<std::optional<Elsewhere>> Replicator::get(const EntityRef& entity) const {
  for (const auto& kept : keepers()) {
    const auto here = kept->log().state(entity);
    if (!here) return std::unexpected(here.error());
    if (!*here) continue;
    auto answer = kept->reading().get(entity);
    if (!answer) return std::unexpected(answer.error());
    return Elsewhere{std::move(*answer), kept->node(), kept->as_of(options_.clock->now())};
  }
  return std::nullopt;
}

Result<std::vector<Elsewhere>> Replicator::list(const ListQuery& query) const {
  std::vector<Elsewhere> all;
  for (const auto& kept : keepers()) {
    auto page = kept->reading().list(query);
    if (!page) return std::unexpected(page.error());
    for (auto& answer : page->items) {
      all.push_back({std::move(answer), kept->node(), kept->as_of(options_.clock->now())});
    }
  }
  std::ranges::sort(all, {}, [](const Elsewhere& one) {
    return std::pair<const std::string&, const std::string&>(one.answer.entity.id, one.home);
  });
  return all;
}

std::optional<std::string> Replicator::home_of(const EntityRef& entity) const {
  for (const auto& kept : keepers()) {
    const auto here = kept->log().state(entity);
    if (here && *here) return kept->node();
  }
  return std::nullopt;
}

void Replicator::report(const std::string& line) const {
  if (options_.report) options_.report(line);
}

}  // namespace nightshift::runtime::cluster
