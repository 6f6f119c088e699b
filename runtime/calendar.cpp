// Time zones by the library `date` (Howard Hinnant), which g++ 12 lacks.
#include "runtime/calendar.hpp"

#include <exception>
#include <vector>

#include <date/tz.h>

#include "messages/nearest.hpp"

namespace nightshift::runtime {
namespace {

using std::chrono::days;
using std::chrono::sys_days;

constexpr std::string_view utc = "UTC";

/// What the database has, for error texts.
std::vector<std::string> zone_names() {
  std::vector<std::string> names{std::string(utc)};
  for (const auto& zone : date::get_tzdb().zones) names.push_back(zone.name());
  return names;
}

/// What the clock on the wall shows, as if it were UTC's.
Time on_the_wall(const date::time_zone* zone, Time time) {
  return zone == nullptr ? time : time + zone->get_info(time).offset;
}

}  // namespace

Result<Zone> Zone::find(std::string_view name) {
  if (name == utc) return Zone();
  try {
    return Zone(date::locate_zone(std::string(name)));
  } catch (const std::exception&) {
    try {
      return fail(ErrorCode::invalid, "there is no time zone " + std::string(name.substr(0, 128)) +
                                          " here; the nearest is " + nearest(name, zone_names()));
    } catch (const std::exception& error) {
      return fail(ErrorCode::invalid, "the database of time zones cannot be read (" +
                                          std::string(error.what()) + "); install tzdata");
    }
  }
}

Zone Zone::of_system() {
  try {
    return Zone(date::current_zone());
  } catch (const std::exception&) {
    return {};
  }
}

std::string Zone::name() const { return zone_ == nullptr ? std::string(utc) : zone_->name(); }

Date Zone::date_of(Time time) const {
  const auto shown = std::chrono::floor<days>(on_the_wall(zone_, time));
  // Set back over midnight, the clock shows a date that had ended already.
  const bool over = time >= begin(Date(shown + days(1)));
  return Date(over ? shown + days(1) : shown);
}

Time Zone::begin(Date date) const { return at(date, std::chrono::minutes(0)); }

Time Zone::at(Date date, std::chrono::minutes time_of_day) const {
  const Time shown = sys_days(date) + time_of_day;
  if (zone_ == nullptr) return shown;
  return zone_->to_sys(date::local_time<Time::duration>(shown.time_since_epoch()),
                       date::choose::earliest);
}

kernel::Span Zone::day(Time time) const {
  const auto today = sys_days(date_of(time));
  return {begin(Date(today)), begin(Date(today + days(1)))};
}

kernel::Span Zone::week(Time time) const {
  const auto today = sys_days(date_of(time));
  const auto monday = today - (std::chrono::weekday(today) - std::chrono::Monday);
  return {begin(Date(monday)), begin(Date(monday + days(7)))};
}

kernel::Span Zone::month(Time time) const {
  const auto today = date_of(time);
  const auto first = today.year() / today.month() / 1;
  return {begin(first), begin(first + std::chrono::months(1))};
}

kernel::Calendar Zone::calendar(Time time) const { return {day(time), week(time), month(time)}; }

}  // namespace nightshift::runtime
