// Which version two sides speak: asked by `server/discover` first, agreed on by `initialize` with
// servers that know only sessions.
#pragma once

#include <string>
#include <variant>

#include "bridges/mcp/protocol/news.hpp"

namespace nightshift::bridges::mcp {

enum class OpeningMode {
  /// Find out. What is no recognised answer of the stateless era means a server of sessions.
  probe,
  session,
  stateless,
};

/// The steps of one opening. What to do next is the answer of each function.
class Opening {
 public:
  /// Send `server/discover` in this version.
  struct Discover {
    const Version* version;
  };
  /// Send `initialize` with this version.
  struct Initialize {
    const Version* version;
  };
  using Next = std::variant<Discover, Initialize, ServerFacts, Error>;

  explicit Opening(OpeningMode mode) : mode_(mode) {}

  Next begin();
  Next answered(JsonView result);
  Next refused(const RpcError& error);
  /// No answer in time, or none that is a message.
  Next unanswered(const Error& why);

 private:
  Next discovered(JsonView result);
  Next initialised(JsonView result);
  Next discover(const Version& version);
  Next initialize(const Version& version);
  Next no_common(std::string_view theirs) const;

  const OpeningMode mode_;
  const Version* tried_ = nullptr;
  /// A list of versions was followed: a server that refuses its own list is not asked again.
  bool followed_list_ = false;
};

}  // namespace nightshift::bridges::mcp
