// What messages cost in processor time: JSON, rules, digests, the gate, beside other libraries.
#include <google/protobuf/util/json_util.h>
#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <string>

#include "messages/approval.pb.h"
#include "messages/gate.hpp"
#include "messages/json.hpp"

namespace {

using namespace nightshift;
using google::protobuf::Message;

constexpr double us_per_figure = 200'000;

double cpu_us() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto us = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_usec);
  };
  return us(usage.ru_utime) + us(usage.ru_stime);
}

/// Nanoseconds of one call.
template <class Work>
double ns_of(Work work) {
  double calls = 0;
  const double start = cpu_us();
  double spent = 0;
  for (int batch = 16; spent < us_per_figure; batch *= 2) {
    for (int i = 0; i < batch; ++i) work();
    calls += batch;
    spent = cpu_us() - start;
  }
  return spent * 1000 / calls;
}

void print(const std::string& name, double value, const char* unit) {
  std::printf("messages/%s\t%.0f\t%s\n", name.c_str(), value, unit);
}

void print(const std::string& name, double value, const char* peer, double peer_value) {
  std::printf("messages/%s\t%.0f\tns\t%s\t%.0f\n", name.c_str(), value, peer, peer_value);
}

approval::Propose propose(std::size_t body_bytes) {
  approval::Propose message;
  message.set_title("Reply to the offer of last week");
  message.set_category(approval::CATEGORY_EMAIL);
  message.add_to("ada.lovelace@example.org");
  message.add_cc("charles.babbage@example.org");
  message.set_subject("Re: the offer of last week");
  message.mutable_deadline()->set_seconds(1795244400);
  while (message.body().size() < body_bytes) {
    message.mutable_body()->append("A line of a mail that says something, more or less.\n");
  }
  return message;
}

approval::View view() {
  approval::View message;
  message.set_title("Reply to the offer of last week");
  message.set_category(approval::CATEGORY_EMAIL);
  message.set_preview_text(std::string(100, 'p'));
  message.set_preview("To: ada.lovelace@example.org\nSubject: Re: the offer\n\nHello Ada,\n");
  message.set_digest(std::string(64, 'a'));
  message.set_executor("laptop");
  message.set_requester("mail-agent");
  message.set_revision(1);
  message.mutable_proposed_at()->set_seconds(1795244400);
  message.set_effect_id(std::string(32, 'e'));
  return message;
}

void measure_json(const std::string& name, const Message& message) {
  const auto text = to_json(message);
  print(name + " as JSON", static_cast<double>(text.size()), "bytes");

  std::string out;
  const auto written = ns_of([&] {
    out.clear();
    append_json(message, out);
  });
  google::protobuf::util::JsonPrintOptions options;
  options.always_print_primitive_fields = true;
  options.preserve_proto_field_names = true;
  print(name + " append_json", written, "protobuf json_util", ns_of([&] {
          out.clear();
          static_cast<void>(google::protobuf::util::MessageToJsonString(message, &out, options));
        }));

  const std::unique_ptr<Message> target(message.New());
  bool nothing = false;
  const auto read = ns_of([&] {
    target->Clear();
    static_cast<void>(from_json(text, *target));
  });
  print(name + " from_json", read, "nlohmann tree, no fields",
        ns_of([&] { nothing = nlohmann::json::parse(text, nullptr, false).is_null(); }));
  if (nothing) std::abort();
  std::string theirs;
  static_cast<void>(google::protobuf::util::MessageToJsonString(message, &theirs, options));
  print(name + " from_json", read, "protobuf json_util", ns_of([&] {
          target->Clear();
          static_cast<void>(google::protobuf::util::JsonStringToMessage(theirs, target.get()));
        }));
  print(name + " check_rules", ns_of([&] { static_cast<void>(check_rules(message)); }), "ns");
}

void measure_gate() {
  const auto key = SigningKey::generate();
  Canonical content;
  content.add("executor", "laptop");
  content.add("approvers", "1");
  content.add("message", std::string(4096, 'm'));
  Gate gate;
  gate.set_content(content.encode());
  gate.set_digest(std::string(as_bytes(content_digest(gate.content()))));
  gate.set_approvers_needed(1);
  auto& decision = *gate.add_decisions();
  decision.set_approver("ada");
  decision.set_public_key(key.public_key());
  decision.set_proof(PROOF_SIGNATURE);
  decision.set_decision("approve");
  decision.set_nonce(to_base64url("0123456789abcdef"));
  decision.set_executor("laptop");
  decision.set_signature(
      key.sign(approval_text(to_hex(gate.digest()), "approve", decision.nonce(), "", "laptop")));
  Authority authority;
  auto& approver = *authority.add_approvers();
  approver.set_name("ada");
  approver.set_public_key(key.public_key());
  if (!open_gate(gate, authority, "laptop", Time{})) std::abort();

  print("open_gate over 4 KiB",
        ns_of([&] { static_cast<void>(open_gate(gate, authority, "laptop", Time{})); }), "ns");
  print("sha256 of 4 KiB", ns_of([&] { static_cast<void>(sha256(gate.content())); }), "ns");
  print("sha256 of 300 bytes",
        ns_of([&] { static_cast<void>(sha256(std::string_view(gate.content()).substr(0, 300))); }),
        "ns");
}

}  // namespace

int main() {
  measure_json("approval.Propose, mail of 500 bytes", propose(500));
  measure_json("approval.Propose, mail of 100 KB", propose(100'000));
  measure_json("approval.View", view());
  measure_json("approval.Reject", approval::Reject());
  measure_gate();
}
