// Refuses changes of schemas that would make old records or programs unreadable: every field that
// was ever published stays as tests/golden/schema.txt has it. Additions are written with
// UPDATE_GOLDEN=1. A field that is given up gets `retired` before its line, and its number is
// never used again.
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <set>
#include <sstream>

#include "messages/effect_options.pb.h"
#include "messages/effects.pb.h"
#include "tests/support/golden.hpp"

namespace nightshift {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;

constexpr auto snapshot_path = "tests/golden/schema.txt";
using Lines = std::set<std::string>;

/// Of the folder, each; the program is linked with the whole library, so that all are there.
std::set<const FileDescriptor*> schemas() {
  std::set<const FileDescriptor*> files;
  for (const auto& entry : std::filesystem::directory_iterator("messages")) {
    if (entry.path().extension() != ".proto") continue;
    const auto* file = DescriptorPool::generated_pool()->FindFileByName(entry.path().string());
    BOOST_REQUIRE_MESSAGE(file != nullptr, entry.path() << " is not in the library `messages`");
    files.insert(file);
  }
  return files;
}

std::string label_of(const FieldDescriptor* field) {
  if (field->is_map()) return "map";
  if (field->is_repeated()) return "repeated";
  if (const auto* oneof = field->real_containing_oneof()) return "oneof." + oneof->name();
  return field->has_optional_keyword() ? "optional" : "single";
}

std::string type_of(const FieldDescriptor* field) {
  if (field->message_type() != nullptr) return field->message_type()->full_name();
  if (field->enum_type() != nullptr) return field->enum_type()->full_name();
  return field->type_name();
}

void add_field(const std::string& owner, const FieldDescriptor* field, Lines& lines) {
  lines.insert(owner + ' ' + std::to_string(field->number()) + ' ' + field->name() + ' ' +
               label_of(field) + ' ' + type_of(field));
}

void add_enum(const EnumDescriptor* type, Lines& lines) {
  for (int i = 0; i < type->value_count(); ++i) {
    const auto* value = type->value(i);
    lines.insert(type->full_name() + ' ' + std::to_string(value->number()) + ' ' + value->name() +
                 " value");
  }
}

void add_message(const Descriptor* type, Lines& lines) {
  lines.insert(type->full_name() + " 0 message");
  for (int i = 0; i < type->field_count(); ++i) add_field(type->full_name(), type->field(i), lines);
  for (int i = 0; i < type->nested_type_count(); ++i) add_message(type->nested_type(i), lines);
  for (int i = 0; i < type->enum_type_count(); ++i) add_enum(type->enum_type(i), lines);
}

/// One line per field: message, number, name, label, type.
Lines present() {
  Lines lines;
  for (const auto* file : schemas()) {
    for (int i = 0; i < file->message_type_count(); ++i) add_message(file->message_type(i), lines);
    for (int i = 0; i < file->enum_type_count(); ++i) add_enum(file->enum_type(i), lines);
    for (int i = 0; i < file->extension_count(); ++i) {
      const auto* extension = file->extension(i);
      add_field(extension->containing_type()->full_name(), extension, lines);
    }
  }
  return lines;
}

Lines published() {
  Lines lines;
  std::istringstream text(tests::read_file(snapshot_path));
  for (std::string line; std::getline(text, line);) lines.insert(line);
  return lines;
}

constexpr std::string_view retired = "retired ";

/// `message number `, which no other line may begin with.
std::string place_of(const std::string& line) {
  return line.substr(0, line.find(' ', line.find(' ') + 1) + 1);
}

/// What is wrong with `now` after `before`.
std::vector<std::string> breaks(const Lines& before, const Lines& now) {
  std::vector<std::string> found;
  for (const auto& line : before) {
    if (!line.starts_with(retired)) {
      if (!now.contains(line)) found.push_back("removed or changed: " + line);
      continue;
    }
    const auto place = place_of(line.substr(retired.size()));
    const auto again = now.lower_bound(place);
    if (again != now.end() && again->starts_with(place)) {
      found.push_back("a retired number is used again: " + *again);
    }
  }
  return found;
}

BOOST_AUTO_TEST_SUITE(schema)

BOOST_AUTO_TEST_CASE(nothing_published_is_removed_changed_or_used_again) {
  for (const auto& found : breaks(published(), present())) {
    BOOST_TEST(false, found << ". Old records have it: give the new meaning a new number");
  }
}

BOOST_AUTO_TEST_CASE(what_is_new_is_written_down) {
  auto lines = published();
  const auto now = present();
  if (tests::updating_goldens() && breaks(lines, now).empty()) {
    lines.insert(now.begin(), now.end());
    std::string text;
    for (const auto& line : lines) text += line + '\n';
    tests::write_file(snapshot_path, text);
  }
  for (const auto& line : now) {
    BOOST_TEST(lines.contains(line),
               "new: " << line << ". If it is meant, run the test with UPDATE_GOLDEN=1");
  }
}

BOOST_AUTO_TEST_CASE(every_effect_says_which_capability_it_takes) {
  const auto* file = effect::DeliverToOutbox::descriptor()->file();
  for (int i = 0; i < file->message_type_count(); ++i) {
    const auto& options = file->message_type(i)->options();
    BOOST_TEST(!options.GetExtension(outside).capability().empty(),
               file->message_type(i)->full_name() << " lacks the option `outside`");
  }
}

BOOST_AUTO_TEST_CASE(removal_change_and_reuse_are_noticed) {
  const Lines before = {"a.M 1 name single string", "a.M 2 size single int32",
                        "retired a.M 3 gone single bool"};
  const Lines same = {"a.M 1 name single string", "a.M 2 size single int32"};
  BOOST_TEST(breaks(before, same).empty());
  BOOST_TEST(breaks(before, {"a.M 1 name single string"}).size() == 1u);
  BOOST_TEST(breaks(before, {"a.M 1 name single bytes", "a.M 2 size single int32"}).size() == 1u);
  BOOST_TEST(breaks(before, {"a.M 4 name single string", "a.M 2 size single int32"}).size() == 1u);
  auto reused = same;
  reused.insert("a.M 3 again single string");
  BOOST_TEST(breaks(before, reused).size() == 1u);
  auto added = same;
  added.insert("a.M 30 other single string");
  BOOST_TEST(breaks(before, added).empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace nightshift
