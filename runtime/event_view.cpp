// A stored record as people read it.
#include "runtime/event_view.hpp"

#include "messages/effect_options.pb.h"
#include "messages/host.pb.h"
#include "messages/json.hpp"

namespace nightshift::runtime {
namespace {

using google::protobuf::Message;

constexpr std::string_view host_prefix = "host.";

std::shared_ptr<const Message> decode(const google::protobuf::Descriptor& type,
                                      const std::string& payload) {
  auto* factory = google::protobuf::MessageFactory::generated_factory();
  std::shared_ptr<Message> event(factory->GetPrototype(&type)->New());
  if (!event->ParseFromString(payload)) return nullptr;
  return event;
}

/// What a kind's event says, and what its text `detail` adds.
std::string own_sentence(const std::string& sentence, const Message& event) {
  using google::protobuf::FieldDescriptor;
  const auto* detail = event.GetDescriptor()->FindFieldByName("detail");
  if (detail == nullptr || detail->is_repeated() ||
      detail->type() != FieldDescriptor::TYPE_STRING) {
    return sentence;
  }
  const auto text = event.GetReflection()->GetString(event, detail);
  return text.empty() ? sentence : sentence + ": " + text;
}

/// What the host did is said here: its events belong to no kind.
std::string host_sentence(const Message* event) {
  if (const auto* sent = dynamic_cast<const host::Dispatched*>(event)) {
    if (sent->assumed()) {
      return "may have been handed to the executor after the backup that was restored";
    }
    const auto attempt = "was handed to the executor, attempt " + std::to_string(sent->attempt());
    if (sent->grant() == STANDING_GRANT_UNSPECIFIED) return attempt;
    const auto* grant = StandingGrant_descriptor()->FindValueByNumber(sent->grant());
    const auto word = grant == nullptr ? "unknown" : enum_word(*grant);
    return attempt + ", by the standing grant " + word;
  }
  if (const auto* ended = dynamic_cast<const host::Ended*>(event)) {
    const auto* state = EffectState_descriptor()->FindValueByNumber(ended->state());
    const auto word = state == nullptr ? "unspecified" : enum_word(*state);
    return "ended: " + word + (ended->evidence().empty() ? "" : ", " + ended->evidence());
  }
  if (const auto* told = dynamic_cast<const host::Told*>(event)) {
    return "told " + told->kind() + "/" + told->id() + ": " + told->command();
  }
  if (const auto* refused = dynamic_cast<const host::TellRefused*>(event)) {
    return "was refused by " + refused->kind() + "/" + refused->id() +
           " what it told: " + refused->command() + ", " + refused->code() + ": " +
           refused->detail();
  }
  if (const auto* archived = dynamic_cast<const host::Archived*>(event)) {
    return "moved " + std::to_string(archived->streams_size()) + " of " + archived->kind() +
           " to " + archived->archive();
  }
  return {};
}

}  // namespace

Result<EventView> view_of(const storage::StoredRecord& stored, const Catalog& catalog) {
  EventView view{stored.offset, stored.written_at, {}, nullptr, {}};
  if (!view.record.ParseFromString(stored.bytes)) {
    return fail(ErrorCode::corrupt,
                "the record at offset " + std::to_string(stored.offset) +
                    " cannot be read; "
                    "\"nightshift audit verify\" says what else is damaged",
                std::to_string(stored.offset));
  }
  const std::string_view type = view.record.type();
  if (view.record.codec() == CODEC_SEALED) {
    view.sentence = "had an event whose content is sealed";
    return view;
  }
  if (type.starts_with(host_prefix)) {
    const auto* descriptor =
        google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(
            "nightshift." + std::string(type));
    if (descriptor != nullptr) view.event = decode(*descriptor, view.record.payload());
    view.sentence = host_sentence(view.event.get());
  } else if (const auto* kind = catalog.find(view.record.kind())) {
    const auto* info = kind->find_event(type);
    if (info != nullptr && view.record.schema() <= kernel::event_schema) {
      view.event = decode(*info->descriptor, view.record.payload());
      if (view.event) view.sentence = own_sentence(info->sentence, *view.event);
    }
  }
  if (view.sentence.empty()) {
    view.sentence = "had an event " + view.record.type() + " that this version does not know";
  }
  return view;
}

}  // namespace nightshift::runtime
