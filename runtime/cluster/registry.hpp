// Who has a session with this node: at most one per peer; and who came to nothing. No CAF here.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "runtime/cluster/sessions.hpp"
#include "runtime/cluster/trust.hpp"

namespace nightshift::runtime::cluster {

/// Tells a connection's owner what to do; any thread.
struct Reins {
  std::function<void(Channel, std::string body)> send;
  std::function<void(Channel, std::uint64_t bytes)> consumed;
  std::function<void(std::string request)> ask_renewal;
  std::function<void(std::string reason)> close;
};

/// Thread-safe. What it calls of the options it calls without its lock.
class Registry {
 public:
  /// The options must outlive it.
  Registry(const SessionsOptions& options, Trust trust, std::shared_ptr<const TlsContext> context);

  std::shared_ptr<const TlsContext> context() const;
  Trust& trust() { return trust_; }
  /// Reads the files again if they have changed; ends sessions with the revoked, and asks the
  /// authority for what this node wants.
  void refresh();

  /// May a peer with this certificate have a session?
  Result<void> admit(const CertificateFacts& peer);
  /// A connection has greeted. `conflict` where another one is better.
  Result<void> enter(std::uint64_t connection, const SessionPeer& peer,
                     std::shared_ptr<Windows> windows, Reins reins);
  void heard(const std::string& node, std::uint64_t connection);
  /// A connection is no more. True if it was the session with its peer.
  bool leave(const std::string& node, std::uint64_t connection, const std::string& why);
  bool is_up(const std::string& node) const;
  void refused(const std::string& address, const std::string& why);
  void unreachable(const PeerAddress& peer, const std::string& why);
  void renewal_came(const Renewed& answer);

  bool send(const std::string& node, Channel channel, std::string body);
  void consumed(const std::string& node, Channel channel, std::uint64_t bytes);
  std::vector<PeerStatus> peers() const;
  std::vector<Refusal> refusals() const;
  std::uint64_t refused_count() const;

  void report(std::string_view line) const {
    if (options_.report) options_.report(line);
  }

 private:
  struct Live {
    std::uint64_t connection = 0;
    SessionPeer peer;
    std::shared_ptr<Windows> windows;
    Reins reins;
    /// Others were told of it; not of one that serves an invitation alone.
    bool announced = false;
  };

  bool is_better(const SessionPeer& next, const SessionPeer& present) const;
  PeerStatus& status(const std::string& node);
  void ask_renewals();
  /// What stays as it is is told once.
  void report_once(std::string line);

  const SessionsOptions& options_;
  Trust trust_;
  mutable std::mutex mutex_;
  std::shared_ptr<const TlsContext> context_;
  std::string trust_version_;
  std::string trouble_;
  std::map<std::string, Live> live_;
  std::map<std::string, PeerStatus> status_;
  std::deque<Refusal> refusals_;
  std::uint64_t refused_ = 0;
};

}  // namespace nightshift::runtime::cluster
