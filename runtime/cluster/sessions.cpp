// Sessions on CAF's network brokers: one for the door, one for every connection. They all run on
// one thread of CAF. All of CAF that the cluster uses is here.
#include "runtime/cluster/sessions.hpp"

#include <fcntl.h>
#include <sys/socket.h>

#include <atomic>
#include <future>
#include <list>
#include <map>
#include <optional>

#include <caf/all.hpp>
#include <caf/io/all.hpp>

#include "messages/crypto.hpp"
#include "runtime/cluster/registry.hpp"

namespace nightshift::runtime::cluster {
/// CAF wants its messages copyable: what is told stays where it is.
struct Order {
  std::shared_ptr<std::move_only_function<void()>> job;
};
}  // namespace nightshift::runtime::cluster

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(nightshift::runtime::cluster::Order)

namespace nightshift::runtime::cluster {
namespace {

using caf::io::broker;
using caf::io::connection_handle;

constexpr std::size_t read_bytes_max = 64u << 10;
/// What may wait for the wire: a peer that reads nothing is let go.
constexpr std::size_t unsent_bytes_max = 64u << 20;
/// Between the end of a session and that of its connection, for the last words.
constexpr int ticks_for_last_words = 5;

struct Config : caf::actor_system_config {
  Config() {
    load<caf::io::middleman>();
    set("scheduler.max-threads", std::size_t{1});
    set("logger.verbosity", caf::atom("quiet"));
    set("logger.console", caf::atom("none"));
    set("logger.file-verbosity", caf::atom("quiet"));
  }
};

/// What the brokers of one node share. But for the registry, only on CAF's thread for networks.
struct Shared {
  Shared(SessionsOptions its_options, std::shared_ptr<const TlsContext> context)
      : options(std::move(its_options)),
        registry(options, Trust(options.trust), std::move(context)) {}

  SessionsOptions options;
  Registry registry;
  std::unique_ptr<Dialer> dialer;
  std::atomic<std::uint64_t> connections = 0;
  std::atomic<std::uint64_t> accepted = 0;
  std::atomic<std::uint64_t> half_open_count = 0;
  /// What is done with each connection from outside: a tick, and its end.
  struct Handles {
    std::function<void()> tick;
    std::function<void()> cut;
  };
  std::map<std::uint64_t, Handles> all;
  bool stopping = false;
  /// Connections in their handshake or saying their last words, the oldest first.
  std::list<std::pair<std::uint64_t, std::function<void()>>> half_open;

  void began(std::uint64_t connection, std::function<void()> cut) {
    half_open.emplace_back(connection, std::move(cut));
    if (half_open.size() > options.half_open_max) {
      auto oldest = std::move(half_open.front().second);
      half_open.pop_front();
      oldest();
    }
    half_open_count = half_open.size();
  }
  void settled(std::uint64_t connection) {
    half_open.remove_if([&](const auto& one) { return one.first == connection; });
    half_open_count = half_open.size();
  }
};

/// Dropped if it is no more. Weak: what an actor's behavior holds must not hold the actor.
void tell(const caf::actor_addr& to, std::move_only_function<void()> job) {
  const auto actor = caf::actor_cast<caf::actor>(to);
  if (!actor) return;
  caf::anon_send(actor, Order{std::make_shared<std::move_only_function<void()>>(std::move(job))});
}

/// A connection and its session. Lives in the broker's behavior, on its thread.
class Connection final : public SessionOwner, public std::enable_shared_from_this<Connection> {
 public:
  Connection(std::shared_ptr<Shared> shared, broker* self, connection_handle handle,
             const PeerAddress* dialed)
      : shared_(std::move(shared)),
        self_(self),
        handle_(handle),
        id_(++shared_->connections),
        dialed_(dialed == nullptr ? std::nullopt : std::optional(*dialed)) {
    address_ =
        dialed_ ? dialed_->node + " at " + dialed_->host + ":" + std::to_string(dialed_->port)
                : self_->remote_addr(handle_) + ":" + std::to_string(self_->remote_port(handle_));
    Session::Options options;
    options.context = shared_->registry.context();
    options.greeting = shared_->options.greeting;
    options.limits = shared_->options.limits;
    options.side = dialed_ ? TlsStream::Side::dials : TlsStream::Side::accepts;
    options.expected = dialed_ ? dialed_->node : "";
    options.now = shared_->options.clock->now();
    session_.emplace(*this, std::move(options), elapsed());
  }

  void begin() {
    actor_ = self_->address();
    shared_->all[id_] = {on_this(&Connection::ticked), on_this(&Connection::cut)};
    shared_->began(id_, on_this(&Connection::cut));
    self_->configure_read(handle_, caf::io::receive_policy::at_most(read_bytes_max));
    flush();
    if (shared_->stopping) cut();
  }

  void received(const std::vector<char>& bytes) {
    if (over_) return;
    session_->receive({bytes.data(), bytes.size()}, elapsed());
    if (entered_) shared_->registry.heard(peer_, id_);
    flush();
  }

  void ticked() {
    if (over_ && ++ticks_over_ >= ticks_for_last_words) cut();
    if (!over_) {
      session_->tick(elapsed());
      flush();
    }
  }

  /// The connection is no more.
  void closed() {
    session_->close("the connection was closed");
    gone_ = true;
    finish();
    shared_->settled(id_);
    shared_->all.erase(id_);
    self_->quit();
  }

  /// Ends the connection without last words. That it is closed is told by CAF.
  void cut() {
    if (gone_ || !self_->valid(handle_)) return;
    session_->close("it gave way to others");
    finish();
    ::shutdown(static_cast<int>(handle_.id()), SHUT_RDWR);
  }

  // -- SessionOwner

  Result<void> admit(const CertificateFacts& peer) override {
    return shared_->registry.admit(peer);
  }

  Result<void> up(const SessionPeer& peer) override {
    peer_ = peer.certificate.subject.node;
    const auto weak = weak_from_this();
    const auto order = [weak, actor = actor_](auto what) {
      tell(actor, [weak, what = std::move(what)]() mutable {
        const auto connection = weak.lock();
        if (!connection || connection->over_) return;
        what(*connection);
        connection->flush();
      });
    };
    Reins reins;
    reins.send = [order](Channel channel, std::string body) {
      order([channel, body = std::move(body)](Connection& c) mutable {
        c.session_->send(channel, std::move(body));
      });
    };
    reins.consumed = [order](Channel channel, std::uint64_t bytes) {
      order([=](Connection& c) { c.session_->consumed(channel, bytes); });
    };
    reins.ask_renewal = [order](std::string request) {
      order([request = std::move(request)](Connection& c) mutable {
        c.session_->ask_renewal(std::move(request));
      });
    };
    reins.close = [order](std::string reason) {
      order([reason = std::move(reason)](Connection& c) mutable {
        c.session_->close(std::move(reason));
      });
    };
    auto done = shared_->registry.enter(id_, peer, session_->windows(), std::move(reins));
    if (!done) return done;
    entered_ = true;
    shared_->settled(id_);
    shared_->dialer->settled(peer_);
    return {};
  }

  void delivered(Channel channel, std::string body) override {
    if (shared_->options.delivered) shared_->options.delivered(peer_, channel, std::move(body));
  }
  void credited(Channel channel) override {
    if (shared_->options.credited) shared_->options.credited(peer_, channel);
  }
  Result<std::string> renewal_asked(const CertificateFacts& peer,
                                    std::string_view request) override {
    return shared_->registry.trust().renew(peer.subject, peer.serial, request,
                                           shared_->options.clock->now());
  }
  void renewal_came(const Renewed& answer) override { shared_->registry.renewal_came(answer); }
  void revocations(std::string_view list) override {
    if (auto kept = shared_->registry.trust().offer_revocations(list); !kept) {
      shared_->registry.report(peer_ + ": " + kept.error().detail);
    }
  }

 private:
  std::chrono::microseconds elapsed() const { return shared_->options.clock->elapsed(); }

  /// Nothing, once the connection is no more: its broker may end by other ways than a closed
  /// socket.
  std::function<void()> on_this(void (Connection::*what)()) {
    return [weak = weak_from_this(), what] {
      if (const auto connection = weak.lock()) (connection.get()->*what)();
    };
  }

  /// Puts on the wire what the session has for it.
  void flush() {
    if (gone_ || !self_->valid(handle_)) return;
    const auto wire = session_->take_wire();
    auto& buffer = self_->wr_buf(handle_);
    if (buffer.size() + wire.size() > unsent_bytes_max) {
      session_->close("it does not read what it is sent");
      return cut();
    }
    if (!wire.empty()) {
      buffer.insert(buffer.end(), wire.begin(), wire.end());
      self_->flush(handle_);
    }
    if (session_->phase() == Session::Phase::closed) finish();
  }

  /// The session has ended: says so once. The connection goes when its last words are said.
  void finish() {
    if (std::exchange(over_, true)) return;
    const auto& why = session_->reason();
    if (entered_) {
      shared_->registry.leave(peer_, id_, why);
      if (!gone_) shared_->began(id_, on_this(&Connection::cut));
    } else {
      shared_->registry.refused(address_, why);
      if (dialed_) shared_->registry.unreachable(*dialed_, why);
    }
    const auto& node = dialed_ ? dialed_->node : peer_;
    if (!shared_->registry.is_up(node)) shared_->dialer->lost(node);
  }

  const std::shared_ptr<Shared> shared_;
  broker* const self_;
  caf::actor_addr actor_;
  const connection_handle handle_;
  const std::uint64_t id_;
  const std::optional<PeerAddress> dialed_;
  std::string address_;
  std::optional<Session> session_;
  std::string peer_;
  bool entered_ = false;
  bool over_ = false;
  bool gone_ = false;
  int ticks_over_ = 0;
};

caf::behavior connection_behavior(const std::shared_ptr<Connection>& connection) {
  connection->begin();
  return {
      [connection](const caf::io::new_data_msg& data) { connection->received(data.buf); },
      [connection](const caf::io::connection_closed_msg&) { connection->closed(); },
      [](Order& order) { (*order.job)(); },
  };
}

caf::behavior accepted(broker* self, connection_handle handle,
                       const std::shared_ptr<Shared>& shared) {
  ++shared->accepted;
  return connection_behavior(std::make_shared<Connection>(shared, self, handle, nullptr));
}

using Opened = std::promise<Result<std::uint16_t>>;

/// Listens, where it shall; looks after the files of the cluster's trust.
caf::behavior door(broker* self, const std::shared_ptr<Shared>& shared,
                   const std::shared_ptr<Opened>& opened) {
  const auto& options = shared->options;
  std::uint16_t port = 0;
  if (!options.host.empty()) {
    auto listening = self->add_tcp_doorman(options.port, options.host.c_str(), true);
    if (!listening) {
      opened->set_value(fail(
          ErrorCode::io, "the cluster port " + options.host + ":" + std::to_string(options.port) +
                             " cannot be opened: is it taken, or is the address another's?"));
      return {};
    }
    port = listening->second;
  }
  opened->set_value(port);
  return {
      [self, shared](const caf::io::new_connection_msg& message) {
        self->fork([shared](broker* child,
                            connection_handle handle) { return accepted(child, handle, shared); },
                   message.handle);
      },
      [](const caf::io::acceptor_closed_msg&) {},
      [](Order& order) { (*order.job)(); },
  };
}

class SessionsOnCaf final : public Sessions {
 public:
  SessionsOnCaf(SessionsOptions options, std::shared_ptr<const TlsContext> context)
      : shared_(std::make_shared<Shared>(std::move(options), std::move(context))),
        system_(std::make_unique<caf::actor_system>(config_)) {
    make_dialer();
  }

  ~SessionsOnCaf() override {
    // Nothing is dialed from here on; then every broker ends what it has.
    shared_->dialer->stop();
    if (door_) {
      tell(door_->address(), [shared = shared_] {
        shared->stopping = true;
        const auto all = shared->all;
        for (const auto& [id, one] : all) one.cut();
      });
      caf::anon_send_exit(door_, caf::exit_reason::user_shutdown);
    }
    door_ = nullptr;
    system_.reset();
  }

  Result<void> open() {
    const auto opened = std::make_shared<Opened>();
    auto outcome = opened->get_future();
    door_ = system_->middleman().spawn_broker(
        [shared = shared_, opened](broker* self) { return door(self, shared, opened); });
    auto port = outcome.get();
    if (!port) {
      door_ = nullptr;
      return std::unexpected(port.error());
    }
    port_ = *port;
    shared_->dialer->start();
    return {};
  }

  std::uint16_t port() const override { return port_; }
  bool send(const std::string& node, Channel channel, std::string body) override {
    return shared_->registry.send(node, channel, std::move(body));
  }
  void consumed(const std::string& node, Channel channel, std::uint64_t bytes) override {
    shared_->registry.consumed(node, channel, bytes);
  }
  std::vector<PeerStatus> peers() const override { return shared_->registry.peers(); }
  std::vector<Refusal> refusals() const override { return shared_->registry.refusals(); }
  SessionsStats stats() const override {
    SessionsStats stats;
    stats.accepted = shared_->accepted;
    stats.refused = shared_->registry.refused_count();
    stats.half_open = shared_->half_open_count;
    for (const auto& peer : peers()) stats.up += peer.up ? 1 : 0;
    return stats;
  }

 private:
  void make_dialer() {
    const auto& given = shared_->options;
    Dialer::Options options;
    options.peers = given.peers;
    options.clock = given.clock;
    options.pause = given.dial_pause;
    options.pause_max = given.dial_pause_max;
    options.connected = [this](const PeerAddress& peer, Descriptor socket) {
      // The broker owns what it is given.
      const int own = ::fcntl(socket.get(), F_DUPFD_CLOEXEC, 0);
      if (own < 0) return false;
      system_->middleman().spawn_broker([shared = shared_, peer, own](broker* self) {
        const auto handle = self->add_scribe(own);
        return connection_behavior(std::make_shared<Connection>(shared, self, handle, &peer));
      });
      return true;
    };
    // Not by messages to oneself that CAF delays: one that is due as the system ends is never
    // freed.
    options.pulse = [this] {
      tell(door_->address(), [shared = shared_] {
        shared->registry.refresh();
        const auto all = shared->all;
        for (const auto& [id, one] : all) one.tick();
      });
    };
    options.failed = [this](const PeerAddress& peer, const std::string& why) {
      shared_->registry.unreachable(peer, why);
    };
    shared_->dialer = std::make_unique<Dialer>(std::move(options));
  }

  Config config_;
  std::shared_ptr<Shared> shared_;
  std::unique_ptr<caf::actor_system> system_;
  caf::actor door_;
  std::uint16_t port_ = 0;
};

}  // namespace

Result<std::unique_ptr<Sessions>> Sessions::start(SessionsOptions options) {
  auto credentials = Trust(options.trust).credentials();
  if (!credentials) return std::unexpected(credentials.error());
  auto context = TlsContext::make(std::move(*credentials));
  if (!context) return std::unexpected(context.error());
  if (options.greeting.boot.empty()) options.greeting.boot = random_bytes(16);
  auto sessions = std::make_unique<SessionsOnCaf>(std::move(options), std::move(*context));
  if (auto opened = sessions->open(); !opened) return std::unexpected(opened.error());
  return sessions;
}

}  // namespace nightshift::runtime::cluster
