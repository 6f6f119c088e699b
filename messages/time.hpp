// Points in time as the journal has them: microseconds since 1970, UTC.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include <google/protobuf/timestamp.pb.h>

namespace nightshift {

/// UTC, microseconds. Never read from a clock here: time enters through `runtime/clock.hpp`.
using Time = std::chrono::sys_time<std::chrono::microseconds>;

inline Time time_from_us(std::int64_t us) { return Time(std::chrono::microseconds(us)); }
inline std::int64_t to_us(Time time) { return time.time_since_epoch().count(); }

/// `2026-11-21T07:00:00Z`, with `.123456` only where there is a fraction (RFC 3339).
std::string to_rfc3339(Time time);
/// Any offset is accepted, digits below a microsecond are cut off, a leap second counts as the
/// second after it. Nothing where the text is not RFC 3339 or lies outside years 1 to 9999.
std::optional<Time> from_rfc3339(std::string_view text);

/// What lies outside years 1 to 9999 becomes the nearest time inside.
Time from_proto(const google::protobuf::Timestamp& time);
google::protobuf::Timestamp to_proto(Time time);

}  // namespace nightshift
