// The tree's words.
#include "runtime/supervision/part.hpp"

namespace nightshift::runtime::supervision {

std::string_view word(PartState state) {
  switch (state) {
    case PartState::starting: return "starting";
    case PartState::running: return "running";
    case PartState::stopping: return "stopping";
    case PartState::down: return "down";
    case PartState::quarantined: return "quarantined";
  }
  return {};
}

std::string_view word(Strategy strategy) {
  switch (strategy) {
    case Strategy::one_for_one: return "one_for_one";
    case Strategy::one_for_all: return "one_for_all";
    case Strategy::rest_for_one: return "rest_for_one";
  }
  return {};
}

}  // namespace nightshift::runtime::supervision
