// The keeper: starts the children, drains their pipes, sees their ends, and outlives the node.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "bridges/process/channel.hpp"
#include "bridges/process/keeper/child.hpp"
#include "bridges/process/keeper/ledger.hpp"
#include "bridges/process/place.hpp"
#include "runtime/clock.hpp"

namespace nightshift::bridges::process {

struct KeeperOptions {
  std::string version;
  /// Without a node and without a child it goes after so long.
  std::chrono::seconds idle_for{60};
  /// Without, trees are found by session, mark and parents alone, and no limit can be kept.
  bool use_groups = true;
  /// Told once it listens; may be empty.
  std::function<void()> listening;
};

/// A process of its own, with one thread: it collects every process that becomes its child.
class Keeper {
 public:
  /// Ends the strays of a keeper before it. Nothing where there is a keeper at this place already.
  static Result<std::unique_ptr<Keeper>> make(Place place, std::shared_ptr<runtime::Clock> clock,
                                              KeeperOptions options);
  ~Keeper();
  Keeper(const Keeper&) = delete;
  Keeper& operator=(const Keeper&) = delete;

  /// Until it is asked to quit and nothing runs any more, or it is idle.
  void run();

 private:
  Keeper(Place place, std::shared_ptr<runtime::Clock> clock, KeeperOptions options);

  Result<void> open();
  void wait_for_something();
  void read_outputs();
  void heed_outputs(bool heed);
  void accept();
  void greet();
  bool take(std::string_view frame);
  void start(const keeper::Start& start);
  void stop(const keeper::Stop& stop);
  void knock(const keeper::Knock& knock);
  void hear_node();
  void collect();
  void bury_what_is_over();
  void tell(const keeper::FromKeeper& news);
  void watch(const runtime::Descriptor& poll, int descriptor);
  void watch_all(Child& child);
  Result<std::shared_ptr<LogFile>> file(const keeper::OutputFile& wanted);
  bool is_done() const;
  int patience_ms() const;

  const Place place_;
  const std::shared_ptr<runtime::Clock> clock_;
  const KeeperOptions options_;
  const std::string boot_id_;
  GroupPlaces groups_;
  std::optional<Ledger> ledger_;
  runtime::Descriptor lock_, listener_, signals_, poll_;
  /// What children print, within `poll_`; left alone until then.
  runtime::Descriptor outputs_;
  std::optional<std::chrono::microseconds> outputs_rest_until_;
  std::optional<Channel> node_;
  std::map<std::string, std::unique_ptr<Child>, std::less<>> children_;
  /// Who reads which descriptor.
  std::unordered_map<int, Child*> readers_;
  std::map<std::string, std::weak_ptr<LogFile>> files_;
  std::vector<char> buffer_;
  bool quitting_ = false;
  std::chrono::microseconds idle_since_{0};
};

}  // namespace nightshift::bridges::process
