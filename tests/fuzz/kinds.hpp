// Every kind of the program, for fuzzers.
#pragma once

#include "actors/all.hpp"

namespace nightshift::fuzz {

inline const runtime::Catalog& kinds() {
  static const auto* catalog = [] {
    auto* made = new runtime::Catalog;
    actors::register_all(*made);
    return made;
  }();
  return *catalog;
}

}  // namespace nightshift::fuzz
