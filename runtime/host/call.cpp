// A command on its way: its id and hash are made at the edge, its answer is given once.
#include "runtime/host/call.hpp"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include "runtime/host/entropy.hpp"

namespace nightshift::runtime::host {
namespace {

/// Equal requests have equal bytes: map fields are sorted.
std::string deterministic_bytes(const google::protobuf::Message& message) {
  std::string bytes;
  google::protobuf::io::StringOutputStream stream(&bytes);
  google::protobuf::io::CodedOutputStream out(&stream);
  out.SetSerializationDeterministic(true);
  message.SerializePartialToCodedStream(&out);
  out.Trim();
  return bytes;
}

}  // namespace

std::string fresh_command_id() {
  std::array<char, 16> bytes;
  fill_random(bytes);
  return to_hex({bytes.data(), bytes.size()});
}

Call::Call(Command command, Reply reply, std::shared_ptr<CallCounters> counters)
    : command_(std::move(command)),
      reply_(std::move(reply)),
      counters_(std::move(counters)),
      may_repeat_(!command_.key.empty() && !command_.key_is_fresh) {
  if (command_.key.empty()) command_.key = fresh_command_id();
  const auto bytes = deterministic_bytes(*command_.body);
  request_hash_ = sha256({command_.body->GetDescriptor()->full_name(), "\n", bytes});
  bytes_ = bytes.size();
}

Call::~Call() {
  if (!reply_) return;
  if (submitted_) {
    answer(fail(ErrorCode::unavailable, {}, id()));
  } else if (counters_->stopping) {
    answer(fail(ErrorCode::stopping));
  } else {
    answer(fail(ErrorCode::conflict, {}, to_string(command_.entity)));
  }
}

const std::string& Call::correlation() const {
  return command_.correlation.empty() ? command_.key : command_.correlation;
}

void Call::answer(Result<Answer> result) {
  admission_.release();
  (result ? counters_->accepted : counters_->refused).fetch_add(1, std::memory_order_relaxed);
  auto reply = std::exchange(reply_, nullptr);
  reply(std::move(result));
}

}  // namespace nightshift::runtime::host
