// The error table in memory.
#include "messages/error.hpp"

#include <algorithm>
#include <array>
#include <cassert>

namespace nightshift {
namespace {

constexpr std::array table{
#define NIGHTSHIFT_ERROR(number, name, http, exit, sentence) \
  ErrorInfo{ErrorCode::name, #name, http, exit, sentence},
#include "messages/error.def"
#undef NIGHTSHIFT_ERROR
};

}  // namespace

const ErrorInfo& info(ErrorCode code) {
  const auto* found = std::ranges::find(table, code, &ErrorInfo::code);
  assert(found != table.end());
  return *found;
}

std::optional<ErrorInfo> find_error(std::string_view name) {
  const auto* found = std::ranges::find(table, name, &ErrorInfo::name);
  if (found == table.end()) return std::nullopt;
  return *found;
}

std::string_view Error::message() const {
  return detail.empty() ? info(code).sentence : std::string_view(detail);
}

}  // namespace nightshift
