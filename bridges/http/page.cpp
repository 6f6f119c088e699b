// Frames, and pages of them.
#include "bridges/http/page.hpp"

#include "runtime/shapes.hpp"

namespace nightshift::bridges::http {
namespace {

constexpr std::size_t records_max = 64;
/// Of pages that are kept: who follows the newest finds them, who is far behind reads its own.
constexpr std::size_t kept_bytes_max = 4u << 20;
constexpr std::size_t kept_max = 64;

void append_frame(const runtime::EventView& event, std::string_view log_id, std::string& out) {
  out += "id: ";
  out += runtime::position_text(log_id, event.offset);
  out += "\nevent: ";
  out += event.record.kind();
  out += '.';
  out += event.record.type();
  out += "\ndata: ";
  runtime::JsonWriter json(out);
  runtime::write_event(event, log_id, json);
  out += "\n\n";
}

}  // namespace

Result<PagePtr> Pages::read(const Follow& cursor, std::uint64_t newest) const {
  const auto events = cursor.entity ? node_.events(*cursor.entity, cursor.sequence, records_max)
                                    : node_.events(cursor.offset, records_max);
  if (!events) return std::unexpected(events.error());
  const auto page = std::make_shared<Page>();
  page->full = events->size() == records_max;
  page->as_of = newest;
  for (const auto& event : *events) {
    append_frame(event, node_.identity().log_id(), page->text);
    page->frames.push_back({.offset = event.offset,
                            .sequence = event.record.sequence(),
                            .end = page->text.size(),
                            .entity = {event.record.kind(), event.record.entity()}});
  }
  return page;
}

Result<PagePtr> Pages::behind(const Follow& cursor, std::uint64_t newest) {
  const Key key = cursor.entity ? Key(to_string(*cursor.entity), cursor.sequence)
                                : Key(std::string(), cursor.offset);
  const auto found = pages_.find(key);
  if (found != pages_.end() && (found->second->full || found->second->as_of == newest)) {
    return found->second;
  }
  auto page = read(cursor, newest);
  if (page) keep(key, *page);
  return page;
}

void Pages::keep(const Key& key, const PagePtr& page) {
  auto& place = pages_[key];
  if (place) {
    bytes_ -= place->text.size();
  } else {
    ages_.push_back(key);
  }
  place = page;
  bytes_ += page->text.size();
  while (ages_.size() > kept_max || bytes_ > kept_bytes_max) forget_oldest();
}

void Pages::forget_oldest() {
  const auto oldest = pages_.find(ages_.front());
  bytes_ -= oldest->second->text.size();
  pages_.erase(oldest);
  ages_.pop_front();
}

}  // namespace nightshift::bridges::http
