// The sealed store: what is kept, for whom, and what a kill at any point leaves behind.
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "messages/crypto.hpp"
#include "runtime/secrets/resolver.hpp"
#include "runtime/secrets/sealed_store.hpp"
#include "tests/support/golden.hpp"
#include "tests/support/temporary_folder.hpp"

namespace {

using namespace nightshift;
using namespace nightshift::runtime;
using nightshift::tests::read_file;
using nightshift::tests::TemporaryFolder;
using nightshift::tests::write_file;

const std::string canary = "canary-51d0-never-shown";

SealedStoreOptions options_for(const TemporaryFolder& folder, std::string zone = "local") {
  SealedStoreOptions options;
  options.folder = folder / "secrets";
  options.owner = SealedFor{"laptop", std::move(zone)};
  options.now = [] { return time_from_us(1'700'000'000'000'000); };
  return options;
}

SealedStoreOptions with_key(SealedStoreOptions options, std::string text) {
  options.key = [text = std::move(text)] { return MasterKey::parse(text); };
  return options;
}

NamedSecrets named(std::initializer_list<std::pair<std::string, std::string>> pairs) {
  NamedSecrets secrets;
  for (const auto& [name, value] : pairs) secrets.emplace_back(name, SecretText(value));
  return secrets;
}

template <class T>
Error refused(const Result<T>& result) {
  BOOST_TEST_REQUIRE(!result.has_value());
  BOOST_TEST((result.error().detail.find(canary) == std::string::npos));
  return result.error();
}

/// Opens `name`, which must be there.
std::string opened(const SealedStore& store, const std::string& name) {
  const auto secret = store.get(name);
  BOOST_TEST_REQUIRE(secret.has_value(), name << ": " << secret.error().detail);
  return std::string(secret->reveal());
}

std::size_t files_in(const std::filesystem::path& folder) {
  return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder), {}));
}

}  // namespace

BOOST_AUTO_TEST_CASE(what_was_set_is_there_for_this_node_and_lies_sealed) {
  const TemporaryFolder folder;
  SealedStore store(options_for(folder));
  BOOST_TEST(!store.exists());
  BOOST_TEST(store.list().value().empty());
  BOOST_TEST(store.put(named({{"hook", canary}, {"other", "x\ny"}}), false).has_value());
  const SealedStore again(options_for(folder));
  BOOST_TEST(opened(again, "hook") == canary);
  BOOST_TEST(opened(again, "other") == "x\ny");
  const auto list = again.list().value();
  BOOST_TEST_REQUIRE(list.size() == 2u);
  BOOST_TEST(list[0].name == "hook");
  BOOST_TEST((list[0].written_at == time_from_us(1'700'000'000'000'000)));
  for (const char* name : {"sealed", "master.key", "lock"}) {
    struct stat info{};
    BOOST_TEST_REQUIRE(::stat((folder / "secrets" / name).c_str(), &info) == 0);
    BOOST_TEST((info.st_mode & 07777) == 0600u);
    const auto text = read_file(folder / "secrets" / name);
    for (const auto& form : {canary, to_hex(canary), to_base64url(canary)}) {
      BOOST_TEST((text.find(form) == std::string::npos));
    }
  }
  const auto resolver = SecretResolver({}, std::make_shared<SealedStore>(options_for(folder)));
  BOOST_TEST(resolver.resolve({SecretReference::Source::sealed, "hook"}).value().equals(canary));
}

BOOST_AUTO_TEST_CASE(a_name_is_replaced_only_if_that_was_said_and_all_or_nothing) {
  const TemporaryFolder folder;
  SealedStore store(options_for(folder));
  BOOST_TEST_REQUIRE(store.put(named({{"a", "1"}}), false).has_value());
  BOOST_TEST((refused(store.put(named({{"b", canary}, {"a", canary}}), false)).code ==
              ErrorCode::conflict));
  BOOST_TEST((refused(store.get("b")).code == ErrorCode::not_found));
  BOOST_TEST(store.put(named({{"b", "2"}, {"a", "3"}}), true).has_value());
  BOOST_TEST(opened(store, "a") == "3");
  BOOST_TEST(store.remove("a").has_value());
  BOOST_TEST((refused(store.get("a")).code == ErrorCode::not_found));
  BOOST_TEST((refused(store.remove("a")).code == ErrorCode::not_found));
  BOOST_TEST((refused(store.put(named({{"a/b", canary}}), false)).code == ErrorCode::invalid));
  BOOST_TEST((refused(store.put(named({{"c", ""}}), false)).code == ErrorCode::invalid));
  const std::string large(65'537, 'x');
  BOOST_TEST((refused(store.put(named({{"c", large}}), false)).code == ErrorCode::too_large));
  NamedSecrets many;
  for (int i = 0; i < 20; ++i) {
    many.emplace_back("m" + std::to_string(i), SecretText(large.substr(1)));
  }
  BOOST_TEST((refused(store.put(many, false)).code == ErrorCode::too_large));
  BOOST_TEST(store.list().value().size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_store_carried_to_another_node_or_zone_opens_nothing) {
  const TemporaryFolder folder;
  BOOST_TEST_REQUIRE(
      SealedStore(options_for(folder)).put(named({{"a", canary}}), false).has_value());
  auto other = options_for(folder, "cloud");
  BOOST_TEST((refused(SealedStore(other).get("a")).code == ErrorCode::config));
  other.owner = SealedFor{"vm-1", "local"};
  BOOST_TEST(
      (refused(SealedStore(other).put(named({{"b", "1"}}), false)).code == ErrorCode::config));
  // Whoever writes another owner into the file gains nothing by it.
  const auto file = folder / "secrets/sealed";
  auto text = read_file(file);
  for (const auto& [from, to] :
       {std::pair{"zone local", "zone cloud"}, std::pair{"node laptop", "node vm-1"}}) {
    auto forged = text;
    forged.replace(forged.find(from), std::string(from).size(), to);
    write_file(file, forged);
    auto anyone = options_for(folder);
    anyone.owner.reset();
    BOOST_TEST((refused(SealedStore(anyone).get("a")).code == ErrorCode::corrupt));
  }
}

BOOST_AUTO_TEST_CASE(a_cloud_store_takes_no_forbidden_secret) {
  const TemporaryFolder folder;
  SealedStore store(options_for(folder, "cloud"));
  const auto error =
      refused(store.put(named({{"ANTHROPIC_API_KEY", "x"}, {"SMTP_PASSWORD", canary}}), false));
  BOOST_TEST((error.code == ErrorCode::forbidden));
  BOOST_TEST((error.detail.find("SMTP_PASSWORD") != std::string::npos));
  BOOST_TEST(!store.exists());
  BOOST_TEST(store.put(named({{"ANTHROPIC_API_KEY", "x"}}), false).has_value());
}

BOOST_AUTO_TEST_CASE(damaged_files_are_named_and_never_silently_empty) {
  const TemporaryFolder folder;
  SealedStore store(options_for(folder));
  BOOST_TEST_REQUIRE(store.put(named({{"a", canary}, {"b", canary}}), false).has_value());
  const auto file = folder / "secrets/sealed";
  const auto good = read_file(file);
  for (std::size_t size = 0; size < good.size(); ++size) {
    write_file(file, good.substr(0, size));
    const auto a = store.get("a");
    const auto b = store.get("b");
    // A cut at the end of a line is a shorter store; every other one is damage.
    BOOST_TEST((!a || a->equals(canary)));
    BOOST_TEST(!b.has_value());
    const bool whole_lines = size > 0 && good[size - 1] == '\n';
    if (!whole_lines) BOOST_TEST((refused(b).code == ErrorCode::corrupt), "cut at " << size);
  }
  write_file(file, "nightshift.secrets.v2\n");
  BOOST_TEST((refused(store.get("a")).code == ErrorCode::newer_version));
  BOOST_TEST((refused(store.put(named({{"c", "1"}}), false)).code == ErrorCode::newer_version));
  write_file(file, good);
  BOOST_TEST(opened(store, "a") == canary);
  const auto key_file = folder / "secrets/master.key";
  const auto key = read_file(key_file);
  write_file(key_file, key.substr(0, 40));
  BOOST_TEST((refused(store.get("a")).code == ErrorCode::corrupt));
  ::chmod(key_file.c_str(), 0644);
  BOOST_TEST((refused(store.get("a")).code == ErrorCode::io));
  std::filesystem::remove(key_file);
  BOOST_TEST((refused(store.get("a")).code == ErrorCode::not_found));
}

BOOST_AUTO_TEST_CASE(rotation_changes_the_key_and_no_secret) {
  const TemporaryFolder folder;
  SealedStore store(options_for(folder));
  BOOST_TEST((refused(store.rotate(std::nullopt)).code == ErrorCode::not_found));
  BOOST_TEST_REQUIRE(store.put(named({{"a", canary}, {"b", "2"}}), false).has_value());
  const auto before = store.list().value();
  const auto old_key = read_file(folder / "secrets/master.key");
  const auto id = store.rotate(std::nullopt);
  BOOST_TEST_REQUIRE(id.has_value());
  const auto after = store.list().value();
  for (const auto& info : after) BOOST_TEST(info.key_id == *id);
  BOOST_TEST(before.front().key_id != *id);
  BOOST_TEST(opened(store, "a") == canary);
  BOOST_TEST(opened(store, "b") == "2");
  const auto key = read_file(folder / "secrets/master.key");
  BOOST_TEST(key.size() == old_key.size());
  BOOST_TEST(key != old_key);
}

BOOST_AUTO_TEST_CASE(a_key_by_reference_takes_over_by_rotation_and_must_be_there_afterwards) {
  const TemporaryFolder folder;
  const std::string first(64, 'a');
  const std::string second(64, 'b');
  SealedStore own(options_for(folder));
  BOOST_TEST_REQUIRE(own.put(named({{"a", canary}}), false).has_value());
  BOOST_TEST_REQUIRE(own.rotate(MasterKey::parse(first).value()).has_value());
  BOOST_TEST(!std::filesystem::exists(folder / "secrets/master.key"));
  BOOST_TEST((refused(own.get("a")).code == ErrorCode::not_found));
  BOOST_TEST((refused(own.put(named({{"b", canary}}), false)).code == ErrorCode::not_found));
  SealedStore referring(with_key(options_for(folder), first));
  BOOST_TEST(opened(referring, "a") == canary);
  BOOST_TEST((refused(referring.rotate(std::nullopt)).code == ErrorCode::usage));
  BOOST_TEST_REQUIRE(referring.rotate(MasterKey::parse(second).value()).has_value());
  BOOST_TEST((refused(referring.get("a")).code == ErrorCode::not_found));
  BOOST_TEST(opened(SealedStore(with_key(options_for(folder), second)), "a") == canary);
}

/// Lets `work` run in a process of its own that is killed at the `n`-th point it passes; false if
/// it passed fewer and ended.
bool killed_at(int n, SealedStoreOptions options, const std::function<void(SealedStore&)>& work) {
  const pid_t child = ::fork();
  if (child == 0) {
    options.crash_point = [&n](std::string_view) {
      if (--n == 0) ::raise(SIGKILL);
    };
    SealedStore store(std::move(options));
    work(store);
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFSIGNALED(status);
}

BOOST_AUTO_TEST_CASE(a_kill_at_any_point_of_the_first_change_leaves_a_store_that_works) {
  int kills = 0;
  for (bool killed = true; killed;) {
    const TemporaryFolder folder;
    const auto options = options_for(folder);
    killed = killed_at(kills + 1, options,
                       [](SealedStore& store) { (void)store.put(named({{"a", canary}}), false); });
    if (killed) ++kills;
    SealedStore store(options);
    BOOST_TEST(store.put(named({{"a", canary}}), true).has_value());
    BOOST_TEST(opened(store, "a") == canary);
  }
  BOOST_TEST(kills == 2);
}

BOOST_AUTO_TEST_CASE(a_kill_at_any_point_of_a_rotation_leaves_every_secret) {
  const TemporaryFolder folder;
  const auto options = options_for(folder);
  SealedStore store(options);
  BOOST_TEST_REQUIRE(store.put(named({{"a", canary}, {"b", "2"}}), true).has_value());
  int kills = 0;
  while (killed_at(kills + 1, options,
                   [](SealedStore& rotated) { (void)rotated.rotate(std::nullopt); })) {
    ++kills;
    BOOST_TEST(opened(store, "a") == canary, "killed at " << kills);
    BOOST_TEST(opened(store, "b") == "2", "killed at " << kills);
  }
  BOOST_TEST(kills == 4);
  BOOST_TEST(opened(store, "a") == canary);
  // All that is left is one key.
  BOOST_TEST(std::ranges::count(read_file(folder / "secrets/master.key"), '\n') == 2);
}

BOOST_AUTO_TEST_CASE(a_kill_in_the_middle_of_a_write_leaves_no_key_for_long) {
  const TemporaryFolder folder;
  SealedStore store(options_for(folder));
  BOOST_TEST_REQUIRE(store.put(named({{"a", canary}}), false).has_value());
  write_file(folder / "secrets/master.key.0123.new", "a key that was being written");
  BOOST_TEST(opened(store, "a") == canary);
  BOOST_TEST_REQUIRE(store.put(named({{"b", "1"}}), false).has_value());
  BOOST_TEST(files_in(folder / "secrets") == 3u);
}

BOOST_AUTO_TEST_CASE(readers_and_writers_of_several_threads_lose_nothing_while_keys_rotate) {
  const TemporaryFolder folder;
  const auto options = options_for(folder);
  BOOST_TEST_REQUIRE(SealedStore(options).put(named({{"a", canary}}), false).has_value());
  constexpr int rounds = 15;
  std::atomic<int> wrong = 0;
  std::vector<std::jthread> threads;
  for (int writer = 0; writer < 2; ++writer) {
    threads.emplace_back([&, writer] {
      SealedStore store(options);
      for (int i = 0; i < rounds; ++i) {
        const auto name = "w" + std::to_string(writer) + "-" + std::to_string(i);
        if (!store.put(named({{name, name}}), false)) ++wrong;
      }
    });
  }
  threads.emplace_back([&] {
    SealedStore store(options);
    for (int i = 0; i < rounds; ++i) {
      if (!store.rotate(std::nullopt)) ++wrong;
    }
  });
  threads.emplace_back([&] {
    const SealedStore store(options);
    for (int i = 0; i < 10 * rounds; ++i) {
      const auto secret = store.get("a");
      if (!secret || !secret->equals(canary)) ++wrong;
    }
  });
  threads.clear();
  BOOST_TEST(wrong == 0);
  const SealedStore store(options);
  const auto list = store.list().value();
  BOOST_TEST(list.size() == 1u + 2 * rounds);
  for (const auto& info : list) {
    if (info.name != "a") BOOST_TEST(opened(store, info.name) == info.name);
  }
}
