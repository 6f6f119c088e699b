// What a peer may have done here, by its role. Whatever it claims: its certificate says who it is.
#pragma once

#include <string>

#include "messages/post.pb.h"
#include "runtime/abroad.hpp"
#include "runtime/catalog.hpp"

namespace nightshift::runtime::cluster {

/// A peer as its certificate names it.
struct PeerName {
  std::string node;
  std::string role;
};

/// The command in an item, by its sender's words as far as its role may have them. A cloud node
/// proposes and reads; a local one operates, too, and brings decisions that carry an approver's
/// signature. Nobody administers from afar. Errors: `forbidden` where the peer has overstepped,
/// others where the item is not a command.
Result<Command> command_of(const PeerName& peer, const post::Item& item, const Catalog& catalog);

/// The same of a Tell. Its source must be of a kind that tells such a command.
Result<Command> command_of(const PeerName& peer, const post::Told& told, const Catalog& catalog);

}  // namespace nightshift::runtime::cluster
