// What a webhook is called with, between the proposal and the canonical content.
#pragma once

#include <string>

#include "messages/canonical.hpp"

namespace nightshift::actors {

/// The fields of `docs/formats/approval.md` that stand where a message would.
struct WebhookCall {
  /// What it is about, in the proposer's words: signed, and not sent.
  std::string title;
  std::string note;
  std::string target;
  /// Where the target was when it was proposed, as the node's configuration says: `url`, `class`.
  Canonical facts;
  /// `application/json`, or `text/plain; charset=utf-8` where the payload is no JSON.
  std::string content_type;
  std::string payload;
};

std::string content_type_of(std::string_view payload);

void add_call(Canonical& content, const WebhookCall& call);
/// Reads what `add_call` has added; `corrupt` where a field is missing.
Result<WebhookCall> read_call(const Canonical& content);

}  // namespace nightshift::actors
