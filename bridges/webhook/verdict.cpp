// Status codes and failures, judged. In doubt it may have happened.
#include "bridges/webhook/verdict.hpp"

#include "bridges/curl/shown.hpp"

namespace nightshift::bridges::webhook {
namespace {

using runtime::Outcome;

enum class Meaning { done, refused, too_early, doubtful };

Meaning meaning_of(int status) {
  if (status >= 200 && status < 300) return Meaning::done;
  switch (status) {
    // Not here, but there. 302 and 303 are how forms answer once they are done, too.
    case 301:
    case 307:
    case 308: return Meaning::refused;
    case 425:
    case 429: return Meaning::too_early;
    // Timed out, in conflict (perhaps with itself, an attempt before), locked, or stopped halfway.
    case 408:
    case 409:
    case 423:
    case 424: return Meaning::doubtful;
    default: return status >= 400 && status < 500 ? Meaning::refused : Meaning::doubtful;
  }
}

std::string said(const Answer& answer, std::string_view target) {
  std::string text = std::string(target) + " answered " + std::to_string(answer.status);
  if (!answer.request_id.empty()) text += " (request " + answer.request_id + ")";
  if (!answer.body.empty()) text += ": " + shown(answer.body);
  return text;
}

std::string where_else(int status, std::string_view target) {
  if (status >= 400) return {};
  return "; a redirect is never followed: if the receiver has moved, change url in [webhook." +
         std::string(target) + "]";
}

Outcome not_connected(const Answer& answer, std::string_view target) {
  if (!answer.private_address.empty()) {
    const auto section = "[webhook." + std::string(target) + "]";
    return {.state = EFFECT_STATE_FAILED_BEFORE_EFFECT,
            .evidence = std::string(target) + " is at " + answer.private_address +
                        ", which is this machine or a private network; nothing was sent. Set "
                        "allow_private = true in " +
                        section + " if that is meant",
            .refused = true};
  }
  return {.state = EFFECT_STATE_FAILED_BEFORE_EFFECT,
          .evidence = "no connection to " + std::string(target) +
                      ", nothing was sent: " + shown(answer.error)};
}

}  // namespace

Outcome verdict(const Answer& answer, std::string_view target) {
  if (!answer.begun) return not_connected(answer, target);
  if (answer.status == 0) {
    return {.state = EFFECT_STATE_UNKNOWN_AFTER_DISPATCH,
            .evidence =
                "sent to " + std::string(target) + ", and no answer came: " + shown(answer.error)};
  }
  switch (meaning_of(answer.status)) {
    case Meaning::done: return {.state = EFFECT_STATE_COMMITTED, .evidence = said(answer, target)};
    case Meaning::refused:
      return {.state = EFFECT_STATE_FAILED_BEFORE_EFFECT,
              .evidence = said(answer, target) + where_else(answer.status, target),
              .refused = true};
    case Meaning::too_early:
      return {.state = EFFECT_STATE_FAILED_BEFORE_EFFECT,
              .evidence = said(answer, target),
              .retry_after = answer.retry_after};
    case Meaning::doubtful: break;
  }
  return {.state = EFFECT_STATE_UNKNOWN_AFTER_DISPATCH,
          .evidence = said(answer, target) + "; whether it acted cannot be told from that",
          .retry_after = answer.retry_after};
}

}  // namespace nightshift::bridges::webhook
