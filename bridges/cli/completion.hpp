// What may stand next on a command line, by the parser's own tables.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "bridges/cli/session.hpp"

namespace nightshift::bridges::cli {

/// One word that fits. One that ends in `=` or `/` goes on: no space comes behind it.
struct Candidate {
  std::string word;
  std::string about;
};

/// What fits; with `files`, names of files fit as well.
struct Candidates {
  std::vector<Candidate> words;
  bool files = false;
};

/// Where the line that is completed finds its node, as far as it says so.
struct Whereabouts {
  std::string data;
  std::string url;
  std::string token;
};

/// What only a running node or its data folder knows. Everything is empty where it is not there.
class Surroundings {
 public:
  virtual ~Surroundings() = default;
  /// Ids that begin so, of entities in one of these statuses; without a status, in any.
  virtual std::vector<std::string> ids(const std::string& kind, const std::string& begin,
                                       const std::vector<std::string>& statuses) = 0;
  /// Paths of the supervision tree.
  virtual std::vector<std::string> paths() = 0;
  virtual std::vector<std::string> approvers() = 0;
};
using LookAround = std::function<std::unique_ptr<Surroundings>(const Whereabouts&)>;

/// `words` are those behind `nightshift`, the last one unfinished (empty behind a space). Looks
/// around only where that decides.
Candidates complete(const Program& program, const std::vector<std::string>& words,
                    const LookAround& look_around);

/// What a shell evaluates so that it completes by `nightshift completion words`; null for a shell
/// that is not known.
const char* completion_script(std::string_view shell);

}  // namespace nightshift::bridges::cli
