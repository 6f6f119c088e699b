// A manifest names every file, and nothing about it can be changed unseen.
#include <boost/test/unit_test.hpp>
#include <fstream>

#include "storage/manifest.hpp"
#include "tests/storage/journal.hpp"

namespace nightshift::storage {
namespace {

struct Saved {
  Saved() {
    put("journal/CURRENT", "one");
    put("journal/000004.sst", std::string(3'000'000, 'x'));
    put("approvers/anna.key", "");
    put(std::string(manifest_name), "not of it");
    put(std::string(rehearsal_name), "not of it");
    auto files = list_files(folder.path());
    BOOST_REQUIRE(files);
    manifest = {.node = "n1",
                .made_at = test_time(),
                .head = {"aa", 7, sha256("head"), test_time()},
                .files = std::move(*files)};
  }

  void put(const std::string& name, std::string_view text) const {
    const auto path = folder.path() / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << text;
  }

  std::vector<std::string> seen() const {
    const auto files = list_files(folder.path());
    BOOST_REQUIRE(files);
    return differences(manifest, *files);
  }

  TemporaryFolder folder;
  Manifest manifest;
};

BOOST_FIXTURE_TEST_SUITE(manifests, Saved)

BOOST_AUTO_TEST_CASE(every_file_is_named_with_its_digest) {
  BOOST_REQUIRE(manifest.files.size() == 3u);
  BOOST_TEST(manifest.files[0].path == "approvers/anna.key");
  BOOST_TEST(manifest.files[1].path == "journal/000004.sst");
  BOOST_TEST((manifest.files[2].digest == sha256("one")));
  BOOST_TEST(manifest.bytes() == 3'000'003u);
  BOOST_TEST(seen().empty());
}

BOOST_AUTO_TEST_CASE(what_was_changed_added_or_taken_away_is_named) {
  put("journal/CURRENT", "One");
  BOOST_TEST(seen() == std::vector<std::string>{"journal/CURRENT is not the file that was saved"});
  std::filesystem::remove(folder.path() / "journal/CURRENT");
  BOOST_TEST(seen() == std::vector<std::string>{"journal/CURRENT is missing"});
  put("journal/CURRENT", "one");
  put("journal/more", "");
  BOOST_TEST(seen() == std::vector<std::string>{"journal/more is not in the manifest"});
  std::filesystem::create_symlink("CURRENT", folder.path() / "journal/link");
  BOOST_TEST((list_files(folder.path()).error().code == ErrorCode::corrupt));
}

BOOST_AUTO_TEST_CASE(it_survives_its_text) {
  const auto text = to_text(manifest);
  const auto read = parse_manifest(text);
  BOOST_REQUIRE(read);
  BOOST_TEST(read->node == "n1");
  BOOST_TEST((read->made_at == manifest.made_at));
  BOOST_TEST((read->files == manifest.files));
  BOOST_TEST(to_text(*read) == text);
}

BOOST_AUTO_TEST_CASE(every_bit_of_its_text_counts) {
  const auto text = to_text(manifest);
  for (std::size_t byte = 0; byte < text.size(); ++byte) {
    auto changed = text;
    changed[byte] = static_cast<char>(changed[byte] ^ 1);
    BOOST_TEST(!parse_manifest(changed).has_value());
    BOOST_TEST(!parse_manifest(text.substr(0, byte)).has_value());
  }
  BOOST_TEST(!parse_manifest(text + "\n").has_value());
}

BOOST_AUTO_TEST_CASE(no_file_of_it_lies_outside) {
  for (const auto* path : {"../evil", "/etc/passwd", "a/../../b", "", ".", "a//b"}) {
    manifest.files = {{path, 1, sha256("x")}};
    BOOST_TEST(!parse_manifest(to_text(manifest)).has_value(), path);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace nightshift::storage
