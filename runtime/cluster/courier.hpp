// Carries commands and Tells between this node and others: out of a durable outbox, in order, until
// their home has decided them; and takes in what others send, as far as they may.
#pragma once

#include <chrono>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "runtime/abroad.hpp"
#include "runtime/cluster/peer_rights.hpp"
#include "runtime/cluster/post_store.hpp"
#include "runtime/cluster/status.hpp"
#include "storage/event_log.hpp"

namespace nightshift::runtime::cluster {

struct CourierOptions {
  /// This node.
  std::string node;
  std::string role;
  /// Where kinds are at home: a node's name, or `local` for the one local node that there is.
  std::map<std::string, std::string> homes;
  std::shared_ptr<const storage::EventLog> log;
  std::shared_ptr<const Catalog> catalog;
  std::shared_ptr<Clock> clock;
  std::unique_ptr<PostStore> store;
  /// The peer whose log has an entity; may be empty.
  std::function<std::optional<std::string>(const EntityRef&)> known;
  /// Of what waits for one peer.
  std::uint64_t items_max = 10'000;
  std::uint64_t bytes_max = 64u << 20;
  /// So many items are on their way to a peer at once.
  std::size_t under_way_max = 256;
  /// Who is not patient is told by then that it takes time.
  std::chrono::milliseconds patience{5'000};
  /// One line for the operator.
  std::function<void(std::string_view)> report;
  /// Named points where a crash test ends the process.
  std::function<void(std::string_view)> crash_point;
};

/// What the courier needs of the sessions. Both may be called by any thread.
struct Wire {
  /// False where it cannot go now: `credited` or `up` follows.
  std::function<bool(const std::string& node, std::string body)> send;
  std::function<void(const std::string& node, std::uint64_t bytes)> consumed;
};

/// Thread-safe. One thread of its own does everything but `home_of` and the views.
class Courier final : public Abroad, public PostView, public std::enable_shared_from_this<Courier> {
 public:
  static Result<std::shared_ptr<Courier>> make(CourierOptions options);
  ~Courier() override;

  // -- Abroad

  void open(Node& node, Hear hear) override;
  void close() override;
  std::optional<std::string> home_of(const EntityRef& entity) const override;
  void tell(const std::string& node, TellAbroad tell, Decided decided) override;
  void submit(const std::string& node, Command command, bool patient, Sent sent) override;

  // -- what sessions bring

  /// Nothing goes out without one.
  void connect(Wire wire);
  void up(const std::string& node, const std::string& role);
  void down(const std::string& node);
  void delivered(const std::string& node, std::string body);
  void credited(const std::string& node);

  // -- PostView

  std::vector<PeerPost> peers() const override;
  std::vector<Offence> offences() const override;
  Result<std::vector<post::Item>> waiting(const std::string& node, std::size_t most) const override;
  Result<std::vector<post::Answered>> answered(const std::string& node) const override;

 private:
  using Job = std::move_only_function<void()>;

  struct Submission {
    std::string node;
    Command command;
    bool patient = false;
    Sent sent;
  };
  struct Waiter {
    Sent sent;
    bool patient = false;
    std::chrono::microseconds until{};
    std::string command_id;
  };
  /// What it answers for gives the peer its credit back once it is on the wire: who does not take
  /// answers cannot ask on.
  struct Reply {
    std::string body;
    std::uint64_t release = 0;
  };
  struct HeldTell {
    post::Told told;
    Decided decided;
  };
  struct UnderWay {
    post::Item item;
    std::uint64_t bytes = 0;
  };
  /// Something that came, for what becomes of it: an answer goes to the session that it came by.
  struct Received {
    std::string node;
    std::uint64_t session = 0;
    std::uint64_t bytes = 0;
    /// Of the item or the Tell.
    std::uint64_t number = 0;
    /// Of a Tell.
    EntityRef source = {};
  };
  /// A command that could not be decided for a passing reason: it is asked again.
  struct Again {
    Received received;
    Command command;
    std::uint32_t attempts = 0;
  };
  struct Peer {
    std::string role;
    bool up = false;
    /// Counts them.
    std::uint64_t session = 0;
    OutboxSize outbox;
    /// Of this session: the last item sent, those without an outcome, the last Tell sent.
    std::uint64_t sent = 0;
    std::map<std::uint64_t, UnderWay> under_way;
    std::uint64_t told = 0;
    std::deque<Reply> replies;
    std::size_t reply_bytes = 0;
    std::map<std::uint64_t, HeldTell> tells;
    std::uint64_t tell_bytes = 0;
    std::map<std::uint64_t, Waiter> waiters;
    /// Of what it sends: whether it has said who it is, the last item, why nothing is taken.
    bool hailed = false;
    std::uint64_t came = 0;
    std::string refused;
    /// Why it takes nothing of this node.
    std::string fenced;
    post::Fence fence;
  };

  explicit Courier(CourierOptions options);

  Result<void> load();
  void run();
  void post_job(Job job);
  /// One round: what came in, one write, what follows from it, what can go out.
  std::chrono::microseconds round(std::deque<Job> jobs, std::vector<Submission> submissions);
  void write();
  Peer& peer(const std::string& node);

  void take(Submission submission);
  void entered(const std::string& node, std::uint64_t n, Submission& submission);
  void hand_over(Waiter waiter, const std::string& node);
  std::chrono::microseconds settle_impatient();
  void pump(const std::string& node, Peer& peer);
  bool put(const std::string& node, const post::Post& post);
  void reply(const std::string& node, const post::Post& post, std::uint64_t release = 0);
  void hail(const std::string& node, Peer& peer);

  void read(const std::string& node, const std::string& body);
  void read_hail(const std::string& node, Peer& peer, const post::Hail& hail);
  void read_item(const std::string& node, Peer& peer, const post::Item& item, std::uint64_t bytes);
  void settle(const std::string& node, const post::Item& item, const post::Outcome& outcome,
              std::uint64_t bytes);
  void read_outcome(const std::string& node, Peer& peer, post::Outcome outcome);
  void read_told(const std::string& node, Peer& peer, const post::Told& told, std::uint64_t bytes);
  void read_heard(const std::string& node, Peer& peer, const post::Heard& heard);
  Result<Command> checked(const std::string& node, const Peer& peer, const post::Told& told);
  void ask(Again item);
  std::chrono::microseconds ask_again();
  void decided(const Received& received, const Result<Answer>& answer);
  void heard(const Received& received, const Result<void>& decided);
  /// Sources are remembered as long as they have told something that was taken.
  void remember(const Received& received, bool accepted);
  /// False if the session that it came by is no more.
  bool is_present(const Received& received);
  void release(const Received& received);
  Result<Answer> answer_of(const post::Item& item, const post::Outcome& outcome) const;

  void offend(const std::string& node, std::string what);
  void refuse(const std::string& node, Peer& peer, std::string why);
  void report(std::string_view line) const;
  void point(std::string_view name) const;

  const CourierOptions options_;
  PostStore& store_;
  const std::string run_;
  const std::unique_ptr<Alarm> alarm_;

  mutable std::mutex mutex_;
  std::deque<Job> jobs_;
  std::vector<Submission> submissions_;
  bool stopped_ = false;
  std::deque<Offence> offences_;
  /// Of the peers, for others to see.
  std::map<std::string, PeerPost> seen_;
  std::set<std::string> locals_;

  // The thread's own.
  std::thread thread_;
  Wire wire_;
  Node* node_ = nullptr;
  Hear hear_;
  std::map<std::string, Peer> peers_;
  std::uint64_t tickets_ = 0;
  std::multimap<std::chrono::microseconds, Again> again_;
  /// Sources that were not known, until the first thing they told is decided.
  std::set<EntityRef> unproven_;
  std::optional<PostBatch> batch_;
  std::vector<std::move_only_function<void(bool written)>> then_;
  bool broken_ = false;
};

}  // namespace nightshift::runtime::cluster
