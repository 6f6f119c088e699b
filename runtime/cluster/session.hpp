// The protocol of one session (docs/formats/cluster.md): who the peer is, frames, credit,
// heartbeats. No socket, no thread; time is handed in.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "messages/cluster.pb.h"
#include "messages/error.hpp"
#include "runtime/cluster/frames.hpp"
#include "runtime/cluster/tls.hpp"

namespace nightshift::runtime::cluster {

/// The versions of the protocol that this program speaks.
inline constexpr std::uint32_t protocol_oldest = 1;
inline constexpr std::uint32_t protocol_newest = 1;

/// The bounds of a session.
struct SessionLimits {
  /// From the first byte to the peer's greeting.
  std::chrono::milliseconds handshake_max{5'000};
  std::size_t handshake_bytes_max = 64u << 10;
  /// A peer that was not heard of for so long is gone.
  std::chrono::milliseconds silence_max{5'000};
  /// A peer hears of us at least so often.
  std::chrono::milliseconds heartbeat{1'000};
  /// What the peer may have sent that was not taken yet.
  std::uint64_t command_window_bytes = 4u << 20;
  std::uint64_t replication_window_bytes = 8u << 20;
};

/// How this node greets.
struct Greeting {
  std::uint32_t protocol_min = protocol_oldest;
  std::uint32_t protocol_max = protocol_newest;
  /// The program's version, for people.
  std::string program;
  /// 16 random bytes of this run.
  std::string boot;
};

/// The other end of a session that is up.
struct SessionPeer {
  CertificateFacts certificate;
  std::uint32_t protocol = 0;
  std::string program;
  std::string boot;
  bool dialed_by_us = false;
};

/// How much may still be sent. Thread-safe. One frame may overshoot it.
class Window {
 public:
  /// False where nothing is left.
  bool take(std::size_t bytes);
  /// The first of these sets how wide it is: later ones do not widen it.
  void give(std::uint64_t bytes);
  std::int64_t left() const { return left_; }

 private:
  std::atomic<std::int64_t> left_ = 0;
  std::atomic<std::int64_t> width_ = 0;
};

/// One per channel.
struct Windows {
  Window commands;
  Window replication;
  Window& of(Channel channel) { return channel == CHANNEL_COMMANDS ? commands : replication; }
};

/// What a session asks of the node that it belongs to. Called from within the session's functions;
/// may not destroy it.
class SessionOwner {
 public:
  virtual ~SessionOwner() = default;
  /// The peer has proved its certificate. An error refuses it.
  virtual Result<void> admit(const CertificateFacts& peer) = 0;
  /// Both have greeted. An error ends the session.
  virtual Result<void> up(const SessionPeer& peer) = 0;
  virtual void delivered(Channel channel, std::string body) = 0;
  /// More may be sent.
  virtual void credited(Channel channel) = 0;
  /// The certificate that the peer asks for.
  virtual Result<std::string> renewal_asked(const CertificateFacts& peer,
                                            std::string_view request) = 0;
  virtual void renewal_came(const Renewed& answer) = 0;
  /// The peer's list of revoked certificates.
  virtual void revocations(std::string_view list) = 0;
};

/// Not thread-safe, but for its windows.
class Session {
 public:
  enum class Phase { handshake, greeting, up, closed };
  using Elapsed = std::chrono::microseconds;
  struct Options {
    std::shared_ptr<const TlsContext> context;
    Greeting greeting;
    SessionLimits limits;
    TlsStream::Side side = TlsStream::Side::accepts;
    /// Whom a node that dials wants to reach; empty: anybody of the cluster.
    std::string expected;
    /// Certificates are judged as at this moment.
    Time now{};
  };

  Session(SessionOwner& owner, Options options, Elapsed now);

  void receive(std::string_view wire, Elapsed now);
  /// To be called some times a second.
  void tick(Elapsed now);
  /// For whoever has taken `body.size()` of the channel's window.
  void send(Channel channel, std::string body);
  /// So many bytes of what was delivered are done with.
  void consumed(Channel channel, std::uint64_t bytes);
  void ask_renewal(std::string request);
  /// Ends it; the peer is told why, if it can be.
  void close(std::string reason);
  /// What has to go over the wire; also after the end.
  std::string take_wire() { return stream_.take_wire(); }

  Phase phase() const { return phase_; }
  /// Why it has ended.
  const std::string& reason() const { return reason_; }
  /// Of this end or of the peer, which then has refused this node.
  bool ended_by_peer() const { return ended_by_peer_; }
  Elapsed heard() const { return heard_; }
  const std::shared_ptr<Windows>& windows() const { return windows_; }

 private:
  struct Inbound {
    /// What the peer may still send, and what was consumed and not given back yet.
    std::int64_t left = 0;
    std::uint64_t consumed = 0;
    std::uint64_t window = 0;
  };

  void end(std::string reason);
  void write(const Frame& frame);
  void greet();
  void read_frames();
  void read(Frame& frame);
  void read_hello(const Hello& hello);
  void read_envelope(Envelope& envelope);
  void read_credit(const Credit& credit);
  void answer_renewal(const Renewal& asked);
  void give_credit();
  Result<void> check_peer();
  Inbound& inbound(Channel channel) { return channel == CHANNEL_COMMANDS ? in_[0] : in_[1]; }

  SessionOwner& owner_;
  const Options options_;
  TlsStream stream_;
  FrameReader frames_;
  std::shared_ptr<Windows> windows_ = std::make_shared<Windows>();
  std::array<Inbound, 2> in_;
  Phase phase_ = Phase::handshake;
  SessionPeer peer_;
  std::string plain_;
  std::string reason_;
  bool ended_by_peer_ = false;
  std::size_t handshake_bytes_ = 0;
  Elapsed began_;
  Elapsed heard_;
  Elapsed now_;
  Elapsed spoke_;
};

/// The version that both speak, or an error that says who must upgrade.
Result<std::uint32_t> common_protocol(const Greeting& own, const std::string& self,
                                      const Hello& peer);

}  // namespace nightshift::runtime::cluster
