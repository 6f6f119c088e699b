// One thread's work: what runs is made to agree with what the journal says is to run.
#pragma once

#include <atomic>
#include <memory>
#include <set>
#include <string>

#include "bridges/process/dependencies.hpp"
#include "bridges/process/keeper/tree.hpp"
#include "bridges/process/keeper_client.hpp"
#include "bridges/process/mailbox.hpp"
#include "bridges/process/process_bridge.hpp"
#include "bridges/process/vigil.hpp"

namespace nightshift::bridges::process {

/// Level-triggered: every step looks at the newest durable state of a process and at what the
/// keeper has of its run, and does the one thing that brings them closer. So it does not matter
/// what was missed, or done twice. Used by one thread, but for what says otherwise.
class Reconciler {
 public:
  Reconciler(runtime::Node& node, ProcessOptions options, Place place);
  ~Reconciler();

  /// Reads all processes of the journal. Error as `Node::list`.
  Result<void> load();
  /// Waits for something to happen, and sees to it.
  void turn();
  /// Any thread: ends `turn`.
  void wake() { mailbox_->wake(); }
  /// From now on nothing is started, and everything is taken along.
  void park();
  /// Everything was taken along.
  bool is_parked() const;
  /// Once that is so: the keeper goes.
  void dismiss_keeper();
  std::size_t active() const;
  /// What goes wrong again and again; empty if nothing does.
  const std::string& trouble() const { return trouble_; }

 private:
  /// What is under way for one process.
  struct Desk {
    /// A command of ours is not answered yet.
    bool busy = false;
    /// Runs that the keeper was asked to start, to stop; signals that it was asked to send.
    std::string start_asked, stop_asked, knock_asked;
    /// What it said to that.
    std::unique_ptr<keeper::Refused> refused;
    std::unique_ptr<keeper::Knocked> knocked;
    /// The last run that was started here.
    std::string started_here;
    /// Over the present run; none where nothing is to be looked at.
    std::unique_ptr<Vigil> vigil;
    /// The run that it was begun for, or could not be.
    std::string attended;
  };

  void wait();
  bool is_attended(const std::string& name, const Desk& desk) const;
  int patience_ms(const std::vector<const Vigil*>& vigils) const;
  void hear_mailbox();
  void hear_journal();
  void hear_keeper();
  void take(const keeper::FromKeeper& news);
  void refresh(const std::string& name);
  void keep_connected();
  void lose_keeper(const std::string& why);

  void reconcile(const std::string& name);
  void reconcile_waiting(const std::string& name, const Standing& standing);
  void reconcile_run(const std::string& name, const Standing& standing);
  void see_to_run(const std::string& name, const Standing& standing, const KeptChild& child);
  bool report_life(const std::string& name, const Standing& standing, const KeptChild& child);
  void offer_streams(const std::string& name, const KeptChild& child);
  void stop(const std::string& name, const std::string& run);
  void knock(const std::string& name, const nightshift::process::View& view);
  void attend(const std::string& name, const Standing& standing, const KeptChild& child);
  Result<void> begin_vigil(const std::string& name, const nightshift::process::View& view,
                           std::vector<std::string> own_files);
  std::uint64_t memory_of(const nightshift::process::View& view);
  void see_to_missing(const std::string& name, const Standing& standing);
  void start(const std::string& name, const Standing& standing);
  void park_one(const std::string& name, const Standing& standing);
  void end_unclaimed();

  template <class Message>
  void submit(const std::string& name, const Message& message);
  void log(const std::string& line) const;

  runtime::Node& node_;
  const ProcessOptions options_;
  KeeperClient keeper_;
  std::shared_ptr<Mailbox> mailbox_;
  runtime::Node::Watch watch_;
  Standings standings_;
  std::map<std::string, Desk, std::less<>> desks_;
  std::set<std::string, std::less<>> dirty_;
  /// Of the journal, up to which it is known here.
  std::uint64_t offset_ = 0;
  bool parking_ = false;
  /// Something could not be done: when all is looked at again.
  std::optional<Moment> retry_at_;
  Census census_;
  std::optional<Moment> census_at_;
  std::string trouble_;
};

}  // namespace nightshift::bridges::process
