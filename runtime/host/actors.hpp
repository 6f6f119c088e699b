// The actors, without CAF in sight: what runs one mail at a time, and how to reach it. The only
// file that knows CAF is actors.cpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>

#include "runtime/host/mail.hpp"
#include "runtime/host/strand.hpp"

namespace nightshift::runtime::host {

/// Lives inside an actor: mails come one at a time, in the order of each sender.
class Resident {
 public:
  virtual ~Resident() = default;
  virtual void receive(Mail mail) = 0;
};

/// Reaches one actor. The actor ends when its mailbox object goes and its mails are read.
class Mailbox {
 public:
  virtual ~Mailbox() = default;
  /// Never blocks. After the actor's end the mail is dropped, and with it a call answers itself.
  virtual void send(Mail mail) = 0;
  /// Ends the actor now; unread mails are dropped.
  virtual void stop() = 0;
};

struct ActorsOptions {
  /// 0 means as many as cores, at least 2.
  std::size_t threads = 0;
  /// No threads: whoever holds this object steps by hand.
  bool deterministic = false;
};

/// An actor system. Destruction ends all actors.
class Actors {
 public:
  virtual ~Actors() = default;

  static std::unique_ptr<Actors> start(const ActorsOptions& options);

  /// `crashed` runs in the actor, with what the resident threw, right before it ends.
  virtual std::unique_ptr<Mailbox> spawn(std::unique_ptr<Resident> resident,
                                         std::function<void(std::string_view)> crashed) = 0;

  /// An actor of the supervision tree.
  virtual std::shared_ptr<Strand> spawn_strand(StrandOptions options) = 0;

  /// Deterministic systems only: lets one actor that has mail run, the `pick`-th of them modulo
  /// their number. False if there is none.
  virtual bool step(std::uint64_t pick) = 0;
};

}  // namespace nightshift::runtime::host
