// The manager: which agent a task is for, and on which channel its draft will appear.
#pragma once

#include <string_view>

#include "messages/assignment.pb.h"
#include "messages/task.pb.h"

namespace nightshift::actors {

/// `named` is the agent that the front matter names, or empty. Without one it is the agent with
/// most of its keywords in type, title, subject and text, as whole words in any case; among equals
/// the one whose keyword comes first. No agent: for a person, and `why` says so.
/// The channel is the content's, else that of a keyword that is one, else the agent's.
task::Route route(const Assignment& content, std::string_view named, const RoutingTable& table);

/// A person's choice: that agent, or none if it is not configured. `channel` goes before all
/// others.
task::Route route_to(const Assignment& content, std::string_view agent, Channel channel,
                     const RoutingTable& table);

}  // namespace nightshift::actors
