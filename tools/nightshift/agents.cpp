// Makes the executor of drafting.
#include "tools/nightshift/agents.hpp"

#include <utility>

namespace nightshift::tools {

Result<std::shared_ptr<bridges::agent::Composer>> make_composer(
    const runtime::Settings& settings, const runtime::DataFolder& folder,
    std::shared_ptr<const runtime::SecretResolver> secrets) {
  return bridges::agent::Composer::open(
      {.agents = settings.agents,
       .hidden = {folder.root()},
       .secret = [secrets = std::move(secrets)](const auto& name) {
         return secrets->resolve(name);
       }});
}

}  // namespace nightshift::tools
