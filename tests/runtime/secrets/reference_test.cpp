// References to secrets, and where they lead.
#include <fcntl.h>
#include <sys/stat.h>

#include <filesystem>
#include <string>

#include <boost/test/unit_test.hpp>

#include "runtime/secrets/resolver.hpp"
#include "runtime/secrets/secret_file.hpp"
#include "tests/support/golden.hpp"
#include "tests/support/temporary_folder.hpp"

namespace {

using namespace nightshift;
using namespace nightshift::runtime;
using nightshift::tests::TemporaryFolder;
using nightshift::tests::write_file;
using Source = SecretReference::Source;

constexpr std::string_view canary = "canary-7f3a-do-not-show";

std::filesystem::path secret_file(const std::filesystem::path& file, const std::string& text) {
  write_file(file, text);
  ::chmod(file.c_str(), 0600);
  return file;
}

SecretResolver resolver() {
  SecretVariables variables;
  variables.emplace("HOOK", SecretText(canary));
  variables.emplace("EMPTY", SecretText(""));
  return SecretResolver(std::move(variables));
}

Error refused(const Result<SecretText>& secret) {
  BOOST_TEST_REQUIRE(!secret.has_value());
  BOOST_TEST((secret.error().detail.find(canary) == std::string::npos));
  return secret.error();
}

}  // namespace

BOOST_AUTO_TEST_CASE(references_are_read_and_written_alike) {
  struct Case {
    const char* text;
    Source source;
    const char* name;
  };
  for (const auto& [text, source, name] : {
           Case{"env:SMTP_PASSWORD", Source::env, "SMTP_PASSWORD"},
           Case{"env:_x9", Source::env, "_x9"},
           Case{"sealed:crm.hook-1", Source::sealed, "crm.hook-1"},
           Case{"file:/run/secrets/hook", Source::file, "/run/secrets/hook"},
       }) {
    BOOST_TEST_CONTEXT(text) {
      const auto reference = parse_secret_reference(text, "/etc");
      BOOST_TEST_REQUIRE(reference.has_value());
      BOOST_TEST((reference->source == source));
      BOOST_TEST(reference->name == name);
      BOOST_TEST(to_string(*reference) == text);
    }
  }
  const auto relative = parse_secret_reference("file:keys/../hook", "/etc/nightshift");
  BOOST_TEST_REQUIRE(relative.has_value());
  BOOST_TEST(relative->name == "/etc/nightshift/hook");
}

BOOST_AUTO_TEST_CASE(what_is_no_reference_is_refused_and_not_repeated) {
  for (const auto& text :
       {std::string(canary), std::string(), "env:" + std::string(canary), std::string("env:"),
        std::string("env:9A"), std::string("sealed:"), "sealed:a/" + std::string(canary),
        std::string("file:"), std::string("file:/a\0b", 9), std::string("ENV:HOME"),
        " env:" + std::string(canary)}) {
    BOOST_TEST_CONTEXT(text) {
      const auto reference = parse_secret_reference(text, "/etc");
      BOOST_TEST_REQUIRE(!reference.has_value());
      BOOST_TEST((reference.error().code == ErrorCode::config));
      BOOST_TEST((reference.error().detail.find(canary) == std::string::npos));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_variable_gives_its_secret_and_an_absent_or_empty_one_is_named) {
  const auto secret = resolver().resolve({Source::env, "HOOK"});
  BOOST_TEST_REQUIRE(secret.has_value());
  BOOST_TEST(secret->equals(canary));
  for (const char* name : {"ABSENT", "EMPTY"}) {
    const auto error = refused(resolver().resolve({Source::env, name}));
    BOOST_TEST((error.code == ErrorCode::not_found));
    BOOST_TEST((error.detail.find(name) != std::string::npos));
  }
}

BOOST_AUTO_TEST_CASE(a_file_gives_its_secret_without_one_line_end) {
  const TemporaryFolder folder;
  const std::string text(canary);
  for (const auto& [written, meant] : {
           std::pair{text, text},
           std::pair{text + "\n", text},
           std::pair{text + "\r\n", text},
           std::pair{text + "\n\n", text + "\n"},
           std::pair{std::string("a\nb"), std::string("a\nb")},
           std::pair{std::string(secret_bytes_max, 'x') + "\r\n",
                     std::string(secret_bytes_max, 'x')},
       }) {
    const auto file = secret_file(folder / "hook", written);
    const auto secret = resolver().resolve({Source::file, file.string()});
    BOOST_TEST_REQUIRE(secret.has_value());
    BOOST_TEST(secret->equals(meant));
  }
  // As a container's runtime mounts them.
  std::filesystem::create_symlink(folder / "hook", folder / "link");
  BOOST_TEST(resolver().resolve({Source::file, (folder / "link").string()}).has_value());
}

BOOST_AUTO_TEST_CASE(a_file_that_is_absent_empty_large_open_or_no_file_is_refused) {
  const TemporaryFolder folder;
  const auto code = [&](const char* name) {
    const auto error = refused(resolver().resolve({Source::file, (folder / name).string()}));
    BOOST_TEST((error.detail.find((folder / name).string()) != std::string::npos));
    return error.code;
  };
  BOOST_TEST((code("absent") == ErrorCode::not_found));
  secret_file(folder / "empty", "\n");
  BOOST_TEST((code("empty") == ErrorCode::not_found));
  secret_file(folder / "large", std::string(secret_bytes_max + 1, 'x'));
  BOOST_TEST((code("large") == ErrorCode::too_large));
  secret_file(folder / "huge", std::string(4 * secret_bytes_max, 'x'));
  BOOST_TEST((code("huge") == ErrorCode::too_large));
  ::chmod(secret_file(folder / "open", std::string(canary)).c_str(), 0604);
  BOOST_TEST((code("open") == ErrorCode::io));
  BOOST_TEST((code("") == ErrorCode::io));
  ::mkfifo((folder / "pipe").c_str(), 0600);
  BOOST_TEST((code("pipe") == ErrorCode::io));
}
