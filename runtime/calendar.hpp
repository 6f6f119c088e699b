// The calendar of time zones: where days, weeks and months begin.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "messages/error.hpp"
#include "messages/time.hpp"
#include "runtime/kernel/calendar.hpp"

namespace date {
class time_zone;
}

namespace nightshift::runtime {

/// A date, without saying where.
using Date = std::chrono::year_month_day;

/// An IANA time zone; UTC unless another was found. A value, thread-safe.
///
/// A day begins when its date is first on the clock: at midnight, or, where the clock skips that,
/// right after; it ends where the next day begins. So every moment belongs to one day, also where a
/// clock that was set back shows yesterday's date once more.
class Zone {
 public:
  Zone() = default;

  /// By its IANA name, `Europe/Berlin`. Error `invalid`, naming the nearest, where the system's
  /// database (tzdata) has none of that name; the database may be missing altogether.
  static Result<Zone> find(std::string_view name);
  /// The zone of this machine (/etc/localtime), or UTC.
  static Zone of_system();

  std::string name() const;
  /// The day that holds this moment.
  Date date_of(Time time) const;
  /// When it begins there.
  Time begin(Date date) const;
  /// When its clock shows this time of day; the first time where it does so twice. Where it skips
  /// that, the moment at which it is put forward.
  Time at(Date date, std::chrono::minutes time_of_day) const;

  kernel::Span day(Time time) const;
  /// From Monday.
  kernel::Span week(Time time) const;
  kernel::Span month(Time time) const;
  kernel::Calendar calendar(Time time) const;

 private:
  explicit Zone(const date::time_zone* zone) : zone_(zone) {}

  /// Null: UTC, which needs no database.
  const date::time_zone* zone_ = nullptr;
};

}  // namespace nightshift::runtime
