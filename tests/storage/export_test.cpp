// An export says what the log says, and a holder of its head finds every change in it.
#include <google/protobuf/stubs/logging.h>

#include <boost/test/unit_test.hpp>
#include <cstring>
#include <fstream>
#include <sstream>

#include "storage/bytes.hpp"
#include "storage/chain.hpp"
#include "storage/export.hpp"
#include "storage/frames.hpp"
#include "storage/rows.hpp"
#include "storage/verify.hpp"
#include "tests/storage/journal.hpp"
#include "tests/storage/workload.hpp"

namespace nightshift::storage {
namespace {

using Frames = std::vector<Frame>;

std::string exported(const EventLog& log) {
  std::ostringstream out;
  const auto done = write_export(log, out);
  BOOST_REQUIRE(done);
  BOOST_TEST(done->records == log.head().offset);
  return out.str();
}

AuditReport verified(const std::string& bytes, const std::optional<SavedHead>& kept = {}) {
  std::istringstream in(bytes);
  return verify_export(in, kept);
}

Frames frames_of(const std::string& bytes) {
  std::istringstream in(bytes);
  FrameReader reader(in);
  BOOST_REQUIRE(reader.begin());
  Frames frames;
  for (Frame frame; reader.next(frame);) frames.push_back(frame);
  return frames;
}

/// As somebody would write them who can compute digests: only the end is made anew.
std::string bytes_of(const Frames& frames) {
  std::ostringstream out;
  FrameWriter writer(out);
  std::uint64_t records = 0;
  std::uint64_t batches = 0;
  for (const auto& frame : frames) {
    if (frame.kind == FrameKind::end) continue;
    records += frame.kind == FrameKind::record;
    if (frame.kind == FrameKind::leaves) records += frame.bytes.size() / std::tuple_size_v<Digest>;
    batches += frame.kind == FrameKind::batch;
    writer.frame(frame.kind, {frame.bytes});
  }
  writer.end(records, batches);
  return out.str();
}

std::string leaf_text(const Frame& record) {
  Salt salt;
  std::memcpy(salt.data(), record.bytes.data(), salt.size());
  const auto leaf = leaf_of(salt, std::string_view(record.bytes).substr(salt.size()));
  return std::string(as_bytes(leaf));
}

/// Every batch gets the offsets, the count and the head that follow from what now stands there.
void chain_anew(Frames& frames) {
  Digest head = first_head(frames.front().bytes);
  std::uint64_t next = 1;
  for (std::size_t i = 0; i < frames.size(); ++i) {
    if (frames[i].kind != FrameKind::batch) continue;
    auto batch = *read_batch(next, std::string_view(frames[i].bytes).substr(8));
    std::string leaves;
    for (std::size_t j = i + 1; j < frames.size(); ++j) {
      if (frames[j].kind == FrameKind::record)
        leaves.append(leaf_text(frames[j]));
      else if (frames[j].kind == FrameKind::leaves)
        leaves.append(frames[j].bytes);
      else
        break;
    }
    batch.count = leaves.size() / std::tuple_size_v<Digest>;
    head = batch.head = next_head(head, next, batch.written_at, leaves);
    frames[i].bytes = std::string(view_of(big_endian(next))) + batch_row(batch);
    next += batch.count;
  }
}

/// A hand that changes an export, without sense or with all the sense there is.
class Hand {
 public:
  Hand(std::string whole, std::mt19937_64& random)
      : whole_(std::move(whole)), frames_(frames_of(whole_)), random_(random) {}

  /// Something else than the whole; says what was done.
  std::string change(std::string& what) {
    while (true) {
      auto changed = pick(2) == 0 ? change_bytes(what) : change_frames(what);
      if (changed != whole_) return changed;
    }
  }

 private:
  std::size_t pick(std::size_t below) {
    return std::uniform_int_distribution<std::size_t>(0, below - 1)(random_);
  }

  std::string change_bytes(std::string& what) {
    auto bytes = whole_;
    const auto at = pick(bytes.size());
    const auto count = 1 + pick(std::min<std::size_t>(64, bytes.size() - at));
    switch (pick(6)) {
      case 0:
        what = "a bit";
        bytes[at] = static_cast<char>(bytes[at] ^ (1 << pick(8)));
        return bytes;
      case 1: what = "bytes taken out"; return bytes.erase(at, count);
      case 2: {
        what = "bytes put in";
        std::string more(count, '\0');
        for (auto& byte : more) byte = static_cast<char>(random_());
        return bytes.insert(at, more);
      }
      case 3: what = "bytes twice"; return bytes.insert(at, bytes.substr(at, count));
      case 4:
        what = "bytes elsewhere";
        bytes.erase(at, count);
        return bytes.insert(pick(bytes.size() + 1), whole_.substr(at, count));
      default: what = "a cut"; return bytes.substr(0, at);
    }
  }

  std::string change_frames(std::string& what) {
    auto frames = frames_;
    frames.pop_back();
    const auto at = 1 + pick(frames.size() - 1);
    const auto other = 1 + pick(frames.size() - 1);
    switch (pick(7)) {
      case 0:
        what = "a frame taken out";
        frames.erase(frames.begin() + static_cast<std::ptrdiff_t>(at));
        break;
      case 1:
        what = "a frame twice";
        frames.insert(frames.begin() + static_cast<std::ptrdiff_t>(other), frames[at]);
        break;
      case 2:
        what = "two frames changed places";
        std::swap(frames[at], frames[other]);
        break;
      case 3:
        what = "the end cut off";
        frames.resize(at);
        break;
      case 4:
        what = "a record edited";
        edit(frames[at]);
        break;
      case 5:
        what = "a record replaced by its leaf";
        if (frames[at].kind == FrameKind::record)
          frames[at] = {FrameKind::leaves, leaf_text(frames[at])};
        break;
      default: what = "the identity edited"; edit(frames[0]);
    }
    if (pick(2) == 0 && well_formed(frames)) {
      what += ", and the chain made anew";
      chain_anew(frames);
    }
    return bytes_of(frames);
  }

  void edit(Frame& frame) {
    auto& byte = frame.bytes[pick(frame.bytes.size())];
    byte = static_cast<char>(byte ^ (1 + pick(255)));
  }

  // What can be hashed into a chain at all.
  static bool well_formed(const Frames& frames) {
    return std::ranges::all_of(frames, [](const Frame& frame) {
      return (frame.kind != FrameKind::batch || frame.bytes.size() == 56) &&
             (frame.kind != FrameKind::record || frame.bytes.size() >= 16) &&
             (frame.kind != FrameKind::leaves || frame.bytes.size() % 32 == 0);
    });
  }

  const std::string whole_;
  const Frames frames_;
  std::mt19937_64& random_;
};

struct Filled {
  Filled() {
    // Changed texts are no UTF-8, which Protobuf would say on stderr.
    google::protobuf::SetLogHandler(nullptr);
    auto a = journal.open(counter("a"));
    auto b = journal.open(counter("b"));
    for (int i = 0; i < 12; ++i) {
      auto& opened = i % 3 == 0 ? b : a;
      const auto entity = counter(i % 3 == 0 ? "b" : "a");
      const auto text = std::to_string(i);
      journal.append(make_append(entity, opened, {text + ".0", text + ".1"}), opened);
    }
  }

  Journal journal{Form::memory};
};

/// `NIGHTSHIFT_CASES` makes it longer.
int tamperings() {
  const auto* said = std::getenv("NIGHTSHIFT_CASES");
  return said == nullptr ? 10'000 : std::stoi(said);
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(exports, Filled)

BOOST_AUTO_TEST_CASE(an_export_is_whole_and_ends_where_the_log_did) {
  const auto bytes = exported(journal.log());
  const auto report = verified(bytes, SavedHead(journal.log().head()));
  BOOST_TEST(report.findings.empty());
  BOOST_TEST(report.records == 24u);
  BOOST_TEST(report.batches == 12u);
  BOOST_TEST((report.head.head == journal.log().head().head));
}

BOOST_AUTO_TEST_CASE(of_an_empty_log_there_is_an_export_too) {
  Journal empty(Form::memory);
  const auto bytes = exported(empty.log());
  BOOST_TEST(verified(bytes, SavedHead(empty.log().head())).findings.empty());
}

BOOST_AUTO_TEST_CASE(every_change_is_found_by_who_holds_the_head) {
  const auto seed = test_seed();
  std::mt19937_64 random(seed);
  const SavedHead kept(journal.log().head());
  Hand hand(exported(journal.log()), random);
  std::string what;
  int found = 0;
  for (int i = 0; i < tamperings(); ++i) {
    const auto changed = hand.change(what);
    const auto report = verified(changed, kept);
    found += !report.findings.empty();
    BOOST_TEST(!report.findings.empty(), what << " was not found, NIGHTSHIFT_SEED=" << seed);
  }
  BOOST_TEST_MESSAGE(found << " of " << tamperings() << " tamperings were found");
}

BOOST_AUTO_TEST_CASE(without_the_head_a_rewritten_export_looks_whole) {
  auto frames = frames_of(exported(journal.log()));
  auto& record = frames[2].bytes;
  // The salt: whatever it says, the record can be read.
  record[0] = static_cast<char>(record[0] ^ 1);
  chain_anew(frames);
  const auto rewritten = bytes_of(frames);
  BOOST_TEST(verified(rewritten).findings.empty());
  const auto report = verified(rewritten, SavedHead(journal.log().head()));
  BOOST_REQUIRE(report.findings.size() == 1u);
  BOOST_TEST(report.findings.front().what.find("rewritten") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_log_that_was_restored_is_exported_with_its_past) {
  Journal files(Form::rocks);
  auto opened = files.open(counter("a"));
  files.append(make_append(counter("a"), opened, {"1", "2"}), opened);
  const auto before = files.log().head();
  const TemporaryFolder folder;
  const auto copy = folder.path() / "copy";
  BOOST_REQUIRE(dynamic_cast<const FileLog&>(files.log()).checkpoint(copy));
  BOOST_REQUIRE(take_up_again(copy, "second", std::string(32, 'k'), test_time()));
  const auto log = open_rocks_for_reading(copy);
  BOOST_REQUIRE(log);
  const auto bytes = exported(**log);
  for (const auto& kept : {before, (*log)->head()})
    BOOST_TEST(verified(bytes, SavedHead(kept)).findings.empty());
  BOOST_TEST(!verified(bytes, SavedHead(journal.log().head())).findings.empty());
}

BOOST_AUTO_TEST_CASE(a_path_is_whatever_lies_there) {
  Journal files(Form::rocks);
  auto opened = files.open(counter("a"));
  files.append(make_append(counter("a"), opened, {"1", "2"}), opened);
  const TemporaryFolder folder;
  const auto file = folder.path() / "export";
  {
    std::ofstream out(file, std::ios::binary);
    BOOST_REQUIRE(write_export(files.log(), out));
  }
  const auto head = to_text(files.log().head());
  const auto journal_there = verify_path(files.folder(), head);
  BOOST_REQUIRE(journal_there);
  BOOST_TEST((journal_there->what == Evidence::journal));
  const auto export_there = verify_path(file, head);
  BOOST_REQUIRE(export_there);
  BOOST_TEST((export_there->what == Evidence::exported));
  for (const auto& found : {*journal_there, *export_there}) {
    BOOST_TEST(found.report.findings.empty());
    BOOST_TEST(found.report.records == 2u);
  }
  for (const auto& nothing : {folder.path(), folder.path() / "none"})
    BOOST_TEST((verify_path(nothing, {}).error().code == ErrorCode::not_found));
  BOOST_TEST((verify_path(file, "no head").error().code == ErrorCode::invalid));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(signed_heads)

BOOST_FIXTURE_TEST_CASE(a_signed_head_survives_its_text, Filled) {
  const auto key = SigningKey::generate();
  const auto text = to_signed_text(journal.log().head(), key);
  const auto read = parse_saved_head(text + "\n");
  BOOST_REQUIRE(read);
  BOOST_TEST(read->signer == key.public_key());
  BOOST_TEST((read->head.head == journal.log().head().head));
  BOOST_TEST(parse_saved_head(to_text(journal.log().head()))->signer == "");
}

BOOST_FIXTURE_TEST_CASE(every_bit_of_a_signed_head_counts, Filled) {
  const auto text = to_signed_text(journal.log().head(), SigningKey::generate());
  for (std::size_t byte = 0; byte < text.size(); ++byte) {
    auto changed = text;
    changed[byte] = static_cast<char>(changed[byte] ^ 1);
    BOOST_TEST(!parse_saved_head(changed).has_value(), changed);
  }
}

BOOST_AUTO_TEST_CASE(a_head_that_somebody_else_signed_is_found) {
  const auto key = SigningKey::generate();
  auto identity = test_identity();
  identity.set_signing_key(key.public_key());
  Journal journal(Form::memory, identity);
  const auto saved = [&](const SigningKey& by) {
    return *parse_saved_head(to_signed_text(journal.log().head(), by));
  };
  const auto good = verify(journal.log(), saved(key));
  BOOST_REQUIRE(good);
  BOOST_TEST(good->findings.empty());
  const auto bad = verify(journal.log(), saved(SigningKey::generate()));
  BOOST_REQUIRE(bad);
  BOOST_REQUIRE(bad->findings.size() == 1u);
  BOOST_TEST(bad->findings.front().what.find("is signed by") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::storage
