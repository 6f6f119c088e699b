// Answers of a server, judged. In doubt it may have been taken.
#include "bridges/mail/verdict.hpp"

#include "bridges/curl/shown.hpp"

namespace nightshift::bridges::mail {
namespace {

using runtime::Outcome;

bool is_refusal(int code) { return code >= 400 && code < 600; }

std::string why(const Reception& reception) {
  return is_refusal(reception.code) ? reception.answer : shown(reception.error);
}

Outcome not_begun(const Reception& reception, const std::string& server) {
  return {
      .state = EFFECT_STATE_FAILED_BEFORE_EFFECT,
      .evidence = server + " was not handed the message: " + why(reception) + "; nothing was sent",
      // A lock behind wrong passwords, and a no that stays one.
      .refused = reception.login_refused || reception.code >= 500};
}

}  // namespace

Outcome verdict(const Reception& reception, std::string_view account) {
  const auto server = "the server of " + std::string(account);
  if (reception.taken) {
    return {.state = EFFECT_STATE_COMMITTED,
            .evidence = server + " has taken it: " + reception.answer};
  }
  if (!reception.begun) return not_begun(reception, server);
  // What was said before the message was whole says nothing about it.
  if (reception.whole && is_refusal(reception.code)) {
    return {.state = EFFECT_STATE_FAILED_BEFORE_EFFECT,
            .evidence = server + " has read the message and refused it: " + reception.answer,
            .refused = true};
  }
  return {.state = EFFECT_STATE_UNKNOWN_AFTER_DISPATCH,
          .evidence = server + " was sent the message" +
                      (reception.whole ? "" : ", or a part of it") +
                      ", and did not say what became of it: " + shown(reception.error)};
}

}  // namespace nightshift::bridges::mail
