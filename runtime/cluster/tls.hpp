// One TLS 1.3 connection over memory: bytes of the wire in, bytes for the wire out. Both sides show
// certificates of the same authority. No socket, no clock.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "messages/error.hpp"
#include "messages/time.hpp"
#include "runtime/cluster/trust.hpp"

namespace nightshift::runtime::cluster {

/// What connections share: made anew when the credentials change. Thread-safe.
class TlsContext {
 public:
  /// `corrupt`.
  static Result<std::shared_ptr<const TlsContext>> make(Credentials credentials);
  ~TlsContext();
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

  const Credentials& credentials() const;

 private:
  friend class TlsStream;
  struct Parts;
  explicit TlsContext(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

/// Not thread-safe.
class TlsStream {
 public:
  enum class Side { dials, accepts };
  /// Certificates are judged as at `now`.
  TlsStream(std::shared_ptr<const TlsContext> context, Side side, Time now);
  ~TlsStream();
  TlsStream(const TlsStream&) = delete;
  TlsStream& operator=(const TlsStream&) = delete;

  /// Takes what came over the wire and appends what it says to `plain`. An error ends the stream;
  /// what is left for the wire then says why to the peer.
  Result<void> receive(std::string_view wire, std::string& plain);
  /// Only once established.
  Result<void> send(std::string_view plain);
  /// What has to go over the wire now.
  std::string take_wire();

  /// The peer has shown that it is whom its certificate names. One that dialed may be refused by
  /// the other side even then.
  bool established() const { return established_; }
  /// Once established.
  const CertificateFacts& peer() const { return peer_; }

 private:
  struct Parts;
  Result<void> shake();
  std::unexpected<Error> failed(int result, const char* doing) const;

  std::unique_ptr<Parts> parts_;
  bool established_ = false;
  CertificateFacts peer_;
};

}  // namespace nightshift::runtime::cluster
