// Cells and times of the tables in `Logs/` and on the dashboard.
#pragma once

#include <string>
#include <string_view>

#include "messages/time.hpp"
#include "runtime/calendar.hpp"

namespace nightshift::bridges::vault {

/// One cell of a Markdown table: nothing in it ends the cell, the row or a block of the node.
std::string cell(std::string_view text);

/// `2026-11-21`, in the zone.
std::string date_text(const runtime::Zone& zone, Time time);
/// `14:30:25`, as the zone's clock shows it.
std::string clock_text(const runtime::Zone& zone, Time time);

/// Millionths of a dollar as dollars: three digits behind the point at least, as many as it takes.
std::string dollars(std::uint64_t micro_usd);
/// The reverse; 0 where the text is none.
std::uint64_t micro_usd_of(std::string_view dollars);

}  // namespace nightshift::bridges::vault
