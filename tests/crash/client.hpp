// One client of a node that is killed all the time.
#pragma once

#include <random>
#include <string>
#include <vector>

#include "bridges/cli/http_client.hpp"
#include "messages/crypto.hpp"
#include "tests/crash/ledger.hpp"

namespace nightshift::tests {

/// Who asks: a token, and the key that approves.
struct Person {
  std::string name;
  std::string token;
  const SigningKey& key;
};

/// Lives on a thread of its own. Every approval belongs to one client, so what must become of it is
/// known: refusals are wrong, and so is a second answer that differs from the first.
class Client {
 public:
  /// The drafts go to the outbox, or call these webhooks.
  Client(int number, std::uint64_t seed, const Person& person, Ledger& ledger,
         std::vector<std::string> webhooks = {});

  /// Asks until the ledger has enough.
  void run();

 private:
  struct Draft;

  void play_one_draft();
  /// Until it is answered; false once the ledger has enough or something is wrong.
  bool ask(Draft& draft, const std::string& command, const std::string& body, const Expected& then);
  std::string answer_to(const Acknowledged& entry);
  void repeat_one();
  std::string propose_body(Draft& draft);
  std::string approve_body(const Draft& draft) const;
  int dice(int sides) { return std::uniform_int_distribution<int>(1, sides)(random_); }

  int number_;
  int drafts_ = 0;
  std::mt19937_64 random_;
  const Person& person_;
  Ledger& ledger_;
  const std::vector<std::string> webhooks_;
  bridges::cli::HttpClient http_;
  std::vector<Acknowledged> mine_;
};

}  // namespace nightshift::tests
