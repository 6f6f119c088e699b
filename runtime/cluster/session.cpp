// The protocol of one session.
#include "runtime/cluster/session.hpp"

#include <algorithm>

namespace nightshift::runtime::cluster {
namespace {

/// Credit is given back once a quarter of the window was consumed.
constexpr std::uint64_t credit_share = 4;
/// Whatever a peer says.
constexpr std::uint64_t window_bytes_max = 64u << 20;

std::string ms(std::chrono::milliseconds time) { return std::to_string(time.count()) + " ms"; }

}  // namespace

bool Window::take(std::size_t bytes) {
  auto left = left_.load();
  while (left > 0) {
    if (left_.compare_exchange_weak(left, left - static_cast<std::int64_t>(bytes))) return true;
  }
  return false;
}

void Window::give(std::uint64_t bytes) {
  const auto given = static_cast<std::int64_t>(std::min(bytes, window_bytes_max));
  if (width_ == 0) width_ = given;
  auto left = left_.load();
  while (!left_.compare_exchange_weak(left, std::min(left + given, width_.load()))) {
  }
}

Result<std::uint32_t> common_protocol(const Greeting& own, const std::string& self,
                                      const Hello& peer) {
  const auto newest = std::min(own.protocol_max, peer.protocol_max());
  if (newest >= std::max(own.protocol_min, peer.protocol_min()) && newest > 0) return newest;
  const bool we_are_older = own.protocol_max < peer.protocol_min();
  const auto& older = we_are_older ? self : peer.node();
  return fail(ErrorCode::newer_version,
              "no common version of the protocol: " + self + " speaks " +
                  std::to_string(own.protocol_min) + " to " + std::to_string(own.protocol_max) +
                  ", " + peer.node() + " " + std::to_string(peer.protocol_min()) + " to " +
                  std::to_string(peer.protocol_max()) + "; upgrade " + older);
}

Session::Session(SessionOwner& owner, Options options, Elapsed now)
    : owner_(owner),
      options_(std::move(options)),
      stream_(options_.context, options_.side, options_.now),
      began_(now),
      heard_(now),
      now_(now),
      spoke_(now) {
  in_[0].window = options_.limits.command_window_bytes;
  in_[1].window = options_.limits.replication_window_bytes;
  for (auto& in : in_) in.left = static_cast<std::int64_t>(in.window);
  peer_.dialed_by_us = options_.side == TlsStream::Side::dials;
}

void Session::end(std::string reason) {
  if (phase_ == Phase::closed) return;
  phase_ = Phase::closed;
  reason_ = std::move(reason);
}

void Session::close(std::string reason) {
  if (phase_ == Phase::closed) return;
  if (stream_.established()) {
    Frame frame;
    frame.mutable_goodbye()->set_reason(reason);
    write(frame);
  }
  end(std::move(reason));
}

void Session::write(const Frame& frame) {
  std::string bytes;
  append_frame(frame, bytes);
  if (auto sent = stream_.send(bytes); !sent) end(sent.error().detail);
  spoke_ = now_;
}

void Session::receive(std::string_view wire, Elapsed now) {
  if (phase_ == Phase::closed) return;
  now_ = now;
  heard_ = now;
  if (phase_ == Phase::handshake) {
    handshake_bytes_ += wire.size();
    if (handshake_bytes_ > options_.limits.handshake_bytes_max) {
      return end("handshake: more than " + std::to_string(options_.limits.handshake_bytes_max) +
                 " bytes");
    }
  }
  const auto taken = stream_.receive(wire, plain_);
  if (phase_ == Phase::handshake && stream_.established()) {
    if (auto fine = check_peer(); !fine) return close(fine.error().detail);
    greet();
  }
  read_frames();
  if (!taken) end(taken.error().detail);
}

/// The peer's name, beyond what TLS has checked: its authority, its dates, the revoked.
Result<void> Session::check_peer() {
  const auto& peer = stream_.peer();
  const auto& own = options_.context->credentials().facts;
  if (peer.subject.node == own.subject.node) {
    return fail(ErrorCode::forbidden,
                "handshake: the peer goes by this node's own name, " + peer.subject.node);
  }
  if (!options_.expected.empty() && peer.subject.node != options_.expected) {
    return fail(ErrorCode::forbidden, "handshake: " + options_.expected +
                                          " was dialed, and the peer is " + peer.subject.node);
  }
  return owner_.admit(peer);
}

void Session::greet() {
  phase_ = Phase::greeting;
  const auto& credentials = options_.context->credentials();
  Frame frame;
  auto& hello = *frame.mutable_hello();
  hello.set_protocol_min(options_.greeting.protocol_min);
  hello.set_protocol_max(options_.greeting.protocol_max);
  hello.set_node(credentials.facts.subject.node);
  hello.set_role(credentials.facts.subject.role);
  hello.set_program(options_.greeting.program);
  hello.set_boot(options_.greeting.boot);
  hello.set_command_window_bytes(in_[0].window);
  hello.set_replication_window_bytes(in_[1].window);
  hello.set_revocations(credentials.revocations);
  write(frame);
}

void Session::read_frames() {
  frames_.add(plain_);
  plain_.clear();
  while (phase_ == Phase::greeting || phase_ == Phase::up) {
    auto frame = frames_.next();
    if (!frame) return close(frame.error().detail);
    if (!*frame) return;
    read(**frame);
  }
}

void Session::read(Frame& frame) {
  if (frame.what_case() == Frame::kGoodbye) {
    ended_by_peer_ = true;
    return end(peer_.certificate.subject.node +
               " said: " + frame.goodbye().reason().substr(0, 512));
  }
  if (phase_ == Phase::greeting) {
    if (frame.what_case() != Frame::kHello) return close("the peer did not greet first");
    return read_hello(frame.hello());
  }
  const bool invited = peer_.certificate.subject.invitation ||
                       options_.context->credentials().facts.subject.invitation;
  switch (frame.what_case()) {
    case Frame::kPing: {
      Frame pong;
      pong.mutable_pong();
      return write(pong);
    }
    case Frame::kPong: return;
    case Frame::kCredit: return read_credit(frame.credit());
    case Frame::kRenewal: return answer_renewal(frame.renewal());
    case Frame::kRenewed: return owner_.renewal_came(frame.renewed());
    case Frame::kEnvelope:
      if (invited) return close("an invitation is good for a certificate and nothing else");
      return read_envelope(*frame.mutable_envelope());
    default: return close("a frame that this version of the protocol does not have");
  }
}

void Session::read_hello(const Hello& hello) {
  peer_.certificate = stream_.peer();
  const auto& named = peer_.certificate.subject;
  if (hello.node() != named.node || hello.role() != named.role) {
    return close("the peer greets as " + hello.role() + " " + hello.node() +
                 ", and its certificate is for " + named.role + " " + named.node);
  }
  const auto& self = options_.context->credentials().facts.subject.node;
  const auto protocol = common_protocol(options_.greeting, self, hello);
  if (!protocol) return close(protocol.error().detail);
  peer_.protocol = *protocol;
  peer_.program = hello.program().substr(0, 128);
  peer_.boot = hello.boot().substr(0, 16);
  phase_ = Phase::up;
  frames_.set_bytes_max(frame_bytes_max);
  windows_->commands.give(hello.command_window_bytes());
  windows_->replication.give(hello.replication_window_bytes());
  owner_.revocations(hello.revocations());
  if (auto fine = owner_.up(peer_); !fine) close(fine.error().detail);
}

void Session::read_envelope(Envelope& envelope) {
  const auto channel = envelope.channel();
  if (channel != CHANNEL_COMMANDS && channel != CHANNEL_REPLICATION) {
    return close("an envelope for a channel that there is not");
  }
  auto& in = inbound(channel);
  if (in.left <= 0) return close("the peer sends more than it was given credit for");
  in.left -= static_cast<std::int64_t>(envelope.body().size());
  owner_.delivered(channel, std::move(*envelope.mutable_body()));
}

void Session::read_credit(const Credit& credit) {
  const auto give = [this](Channel channel, std::uint64_t bytes) {
    if (bytes == 0) return;
    windows_->of(channel).give(bytes);
    owner_.credited(channel);
  };
  give(CHANNEL_COMMANDS, credit.command_bytes());
  give(CHANNEL_REPLICATION, credit.replication_bytes());
}

void Session::answer_renewal(const Renewal& asked) {
  Frame frame;
  auto& answer = *frame.mutable_renewed();
  auto certificate = owner_.renewal_asked(peer_.certificate, asked.request());
  if (certificate) {
    answer.set_certificate(std::move(*certificate));
  } else {
    answer.set_refusal(certificate.error().detail);
  }
  write(frame);
}

void Session::send(Channel channel, std::string body) {
  if (phase_ != Phase::up) return;
  Frame frame;
  frame.mutable_envelope()->set_channel(channel);
  frame.mutable_envelope()->set_body(std::move(body));
  write(frame);
}

void Session::consumed(Channel channel, std::uint64_t bytes) {
  if (phase_ != Phase::up) return;
  auto& in = inbound(channel);
  in.consumed += bytes;
  if (in.consumed >= in.window / credit_share) give_credit();
}

void Session::give_credit() {
  Frame frame;
  auto& credit = *frame.mutable_credit();
  credit.set_command_bytes(in_[0].consumed);
  credit.set_replication_bytes(in_[1].consumed);
  for (auto& in : in_) in.left += static_cast<std::int64_t>(std::exchange(in.consumed, 0));
  write(frame);
}

void Session::ask_renewal(std::string request) {
  if (phase_ != Phase::up) return;
  Frame frame;
  frame.mutable_renewal()->set_request(std::move(request));
  write(frame);
}

void Session::tick(Elapsed now) {
  now_ = now;
  const auto& limits = options_.limits;
  if (phase_ == Phase::handshake || phase_ == Phase::greeting) {
    if (now - began_ > limits.handshake_max) {
      close("handshake: not done within " + ms(limits.handshake_max));
    }
    return;
  }
  if (phase_ != Phase::up) return;
  if (now - heard_ > limits.silence_max) {
    return close("nothing was heard of it for " + ms(limits.silence_max));
  }
  if (in_[0].consumed + in_[1].consumed > 0) return give_credit();
  if (now - spoke_ < limits.heartbeat) return;
  Frame ping;
  ping.mutable_ping();
  write(ping);
}

}  // namespace nightshift::runtime::cluster
