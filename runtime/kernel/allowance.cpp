// Capabilities, roles and standing grants, against what effects say about themselves.
#include "runtime/kernel/allowance.hpp"

#include <algorithm>
#include <string>

#include <google/protobuf/descriptor.h>

namespace nightshift::kernel {
namespace {

/// What the effect says about itself; nothing where there is no such effect.
const EffectOptions* options_of(std::string_view effect_type) {
  const auto* type = google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(
      std::string(effect_type));
  if (type == nullptr || !type->options().HasExtension(outside)) return nullptr;
  return &type->options().GetExtension(outside);
}

}  // namespace

bool holds(const NodeFacts& node, std::string_view capability) {
  return node.capabilities.empty() ||
         std::ranges::find(node.capabilities, capability) != node.capabilities.end();
}

Result<StandingGrant> right_to_act(const NodeFacts& node, std::string_view effect_type,
                                   bool gated) {
  const std::string type(effect_type);
  const auto* about = options_of(effect_type);
  if (about == nullptr || about->capability().empty()) {
    return fail(ErrorCode::no_executor,
                type + " does not say which capability it takes, so no node runs it", type);
  }
  if (gated && node.role == "cloud") {
    return fail(ErrorCode::no_executor,
                "the node " + node.name +
                    " is a cloud node and only drafts: propose it on a local node, which may send",
                "action");
  }
  if (!holds(node, about->capability())) {
    return fail(ErrorCode::no_executor,
                "the node " + node.name + " lacks the capability " + about->capability() +
                    ", which " + type + " takes; propose it on a node that has it",
                "action");
  }
  if (gated) return STANDING_GRANT_UNSPECIFIED;
  if (about->grant() == STANDING_GRANT_UNSPECIFIED) {
    return fail(ErrorCode::forbidden,
                type + " has no approval, and no standing grant lets it happen without one", type);
  }
  return about->grant();
}

}  // namespace nightshift::kernel
