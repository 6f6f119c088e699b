// What went wrong: a stable code from error.def, a sentence for people, the place it concerns.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

namespace nightshift {

/// Stable codes; `messages/error.def` is the table (number, HTTP status, exit code, sentence).
enum class ErrorCode : std::uint16_t {
#define NIGHTSHIFT_ERROR(number, name, http, exit, sentence) name = number,
#include "messages/error.def"
#undef NIGHTSHIFT_ERROR
};

/// One line of the error table.
struct ErrorInfo {
  ErrorCode code;
  std::string_view name;
  int http_status;
  int exit_code;
  std::string_view sentence;
};

/// The line of `code`.
const ErrorInfo& info(ErrorCode code);
/// The line named `name`, or nothing.
std::optional<ErrorInfo> find_error(std::string_view name);

/// An error with what a person needs: what happened, with which value, and what to do next.
struct Error {
  ErrorCode code = ErrorCode::bug;
  /// A whole sentence; empty means the table's own.
  std::string detail;
  /// The field, path or entity that it concerns; may be empty.
  std::string instance;

  /// `detail`, or the table's sentence where it is empty.
  std::string_view message() const;
};

template <class T>
using Result = std::expected<T, Error>;

/// `return fail(ErrorCode::invalid, "...")`.
inline std::unexpected<Error> fail(ErrorCode code, std::string detail = {},
                                   std::string instance = {}) {
  return std::unexpected(Error{code, std::move(detail), std::move(instance)});
}

}  // namespace nightshift
