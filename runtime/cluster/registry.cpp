// Who has a session with this node.
#include "runtime/cluster/registry.hpp"

#include <algorithm>
#include <cassert>

namespace nightshift::runtime::cluster {
namespace {

/// So many are remembered.
constexpr std::size_t refusals_max = 100;

bool is_revoked(const Credentials& credentials, const std::string& serial) {
  return std::ranges::find(credentials.revoked.serials, serial) !=
         credentials.revoked.serials.end();
}

}  // namespace

Registry::Registry(const SessionsOptions& options, Trust trust,
                   std::shared_ptr<const TlsContext> context)
    : options_(options),
      trust_(std::move(trust)),
      context_(std::move(context)),
      trust_version_(trust_.version()) {
  for (const auto& peer : options_.peers) status(peer.node).since = options_.clock->now();
}

std::shared_ptr<const TlsContext> Registry::context() const {
  const std::lock_guard lock(mutex_);
  return context_;
}

PeerStatus& Registry::status(const std::string& node) {
  auto& found = status_[node];
  found.node = node;
  return found;
}

void Registry::refresh() {
  const auto version = trust_.version();
  {
    const std::lock_guard lock(mutex_);
    if (version == trust_version_) return;
  }
  auto credentials = trust_.credentials();
  if (!credentials) return report_once("the cluster's files: " + credentials.error().detail);
  auto context = TlsContext::make(std::move(*credentials));
  if (!context) return report_once("the cluster's files: " + context.error().detail);
  std::vector<Reins> ended;
  {
    const std::lock_guard lock(mutex_);
    context_ = *context;
    // Only now: what could not be read is read again.
    trust_version_ = version;
    trouble_.clear();
    for (const auto& [node, live] : live_) {
      if (is_revoked((*context)->credentials(), live.peer.certificate.serial)) {
        ended.push_back(live.reins);
      }
    }
  }
  for (const auto& reins : ended) reins.close("your certificate was revoked");
  ask_renewals();
}

void Registry::report_once(std::string line) {
  {
    const std::lock_guard lock(mutex_);
    if (line == trouble_) return;
    trouble_ = line;
  }
  report(line);
}

/// Every peer is asked: this node does not know who has the authority.
void Registry::ask_renewals() {
  auto request = trust_.wanted_request(options_.clock->now());
  if (!request) return report("the cluster's files: " + request.error().detail);
  if (!*request) return;
  std::vector<Reins> asked;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [node, live] : live_) asked.push_back(live.reins);
  }
  for (const auto& reins : asked) reins.ask_renewal(**request);
}

Result<void> Registry::admit(const CertificateFacts& peer) {
  if (is_revoked(context()->credentials(), peer.serial)) {
    return fail(ErrorCode::forbidden,
                "handshake: the certificate of " + peer.subject.node + " was revoked");
  }
  if (!peer.subject.invitation) return {};
  return trust_.check_invited(peer.serial);
}

/// Both ends judge alike, so that one of two connections stays.
bool Registry::is_better(const SessionPeer& next, const SessionPeer& present) const {
  // Whoever still has an invitation that was taken up does not displace who took it up.
  if (next.certificate.subject.invitation != present.certificate.subject.invitation) {
    return present.certificate.subject.invitation;
  }
  // The peer has begun anew, or shows another certificate: it knows nothing of the present one.
  if (next.boot != present.boot) return true;
  if (next.certificate.serial != present.certificate.serial) return true;
  // The same end has dialed again: it has lost the present one.
  if (next.dialed_by_us == present.dialed_by_us) return true;
  const auto& self = context_->credentials().facts.subject.node;
  return next.dialed_by_us == (self < next.certificate.subject.node);
}

Result<void> Registry::enter(std::uint64_t connection, const SessionPeer& peer,
                             std::shared_ptr<Windows> windows, Reins reins) {
  const auto& node = peer.certificate.subject.node;
  const auto now = options_.clock->now();
  std::function<void(std::string)> close_present;
  bool announced_present = false;
  const Reins own = reins;
  const bool announced =
      !peer.certificate.subject.invitation && !context()->credentials().facts.subject.invitation;
  {
    const std::lock_guard lock(mutex_);
    // Since the handshake it may have been.
    if (is_revoked(context_->credentials(), peer.certificate.serial)) {
      return fail(ErrorCode::forbidden, "the certificate of " + node + " was revoked");
    }
    const auto present = live_.find(node);
    if (present != live_.end()) {
      if (!is_better(peer, present->second.peer)) {
        return fail(ErrorCode::conflict, "a session between the two is up already");
      }
      close_present = present->second.reins.close;
      announced_present = present->second.announced;
      live_.erase(present);
    }
    live_[node] = {connection, peer, std::move(windows), std::move(reins), announced};
    auto& shown = status(node);
    shown.role = peer.certificate.subject.role;
    shown.up = true;
    shown.dialed_by_us = peer.dialed_by_us;
    shown.protocol = peer.protocol;
    shown.program = peer.program;
    shown.since = now;
    shown.heard = now;
    shown.problem.clear();
    ++shown.sessions;
  }
  if (close_present) {
    close_present("a newer session between the two is up");
    if (announced_present && options_.down) options_.down(node);
  }
  if (auto kept = trust_.seen(peer.certificate.subject, peer.certificate.serial, now); !kept) {
    report("the cluster's files: " + kept.error().detail);
  }
  auto request = trust_.wanted_request(now);
  if (request && *request) own.ask_renewal(**request);
  if (announced && options_.up) options_.up(peer);
  return {};
}

void Registry::heard(const std::string& node, std::uint64_t connection) {
  const std::lock_guard lock(mutex_);
  const auto found = live_.find(node);
  if (found == live_.end() || found->second.connection != connection) return;
  status(node).heard = options_.clock->now();
}

bool Registry::leave(const std::string& node, std::uint64_t connection, const std::string& why) {
  bool announced = false;
  {
    const std::lock_guard lock(mutex_);
    const auto found = live_.find(node);
    if (found == live_.end() || found->second.connection != connection) return false;
    announced = found->second.announced;
    live_.erase(found);
    auto& shown = status(node);
    shown.up = false;
    shown.since = options_.clock->now();
    shown.problem = why;
  }
  if (announced && options_.down) options_.down(node);
  return true;
}

bool Registry::is_up(const std::string& node) const {
  const std::lock_guard lock(mutex_);
  return live_.contains(node);
}

void Registry::refused(const std::string& address, const std::string& why) {
  const std::lock_guard lock(mutex_);
  ++refused_;
  refusals_.push_back({options_.clock->now(), address, why});
  if (refusals_.size() > refusals_max) refusals_.pop_front();
}

void Registry::unreachable(const PeerAddress& peer, const std::string& why) {
  const std::lock_guard lock(mutex_);
  auto& shown = status(peer.node);
  if (!shown.up) shown.problem = why;
}

void Registry::renewal_came(const Renewed& answer) {
  if (!answer.refusal().empty()) {
    // Whoever is not the authority says so; that is no news to anybody but the invited.
    if (context()->credentials().facts.subject.invitation) report(answer.refusal());
    return;
  }
  if (auto taken = trust_.accept(answer.certificate(), options_.clock->now()); !taken) {
    return report("a certificate that came: " + taken.error().detail);
  }
  refresh();
  // Under the new certificate everything begins anew.
  std::vector<Reins> all;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [node, live] : live_) all.push_back(live.reins);
  }
  for (const auto& reins : all) reins.close("this node has a new certificate");
}

bool Registry::send(const std::string& node, Channel channel, std::string body) {
  assert(body.size() + 64 <= frame_bytes_max);
  const std::lock_guard lock(mutex_);
  const auto found = live_.find(node);
  if (found == live_.end() || !found->second.windows->of(channel).take(body.size())) return false;
  found->second.reins.send(channel, std::move(body));
  return true;
}

void Registry::consumed(const std::string& node, Channel channel, std::uint64_t bytes) {
  const std::lock_guard lock(mutex_);
  const auto found = live_.find(node);
  if (found != live_.end()) found->second.reins.consumed(channel, bytes);
}

std::vector<PeerStatus> Registry::peers() const {
  const std::lock_guard lock(mutex_);
  std::vector<PeerStatus> all;
  for (const auto& [node, shown] : status_) all.push_back(shown);
  return all;
}

std::vector<Refusal> Registry::refusals() const {
  const std::lock_guard lock(mutex_);
  return {refusals_.begin(), refusals_.end()};
}

std::uint64_t Registry::refused_count() const {
  const std::lock_guard lock(mutex_);
  return refused_;
}

}  // namespace nightshift::runtime::cluster
