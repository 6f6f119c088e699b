// Kind, length, bytes; all of it hashed.
#include "storage/frames.hpp"

#include <algorithm>
#include <array>

#include "storage/bytes.hpp"

namespace nightshift::storage {
namespace {

constexpr std::size_t piece_bytes = 1 << 20;

}  // namespace

FrameWriter::FrameWriter(std::ostream& out) : out_(out) { put(export_magic); }

void FrameWriter::frame(FrameKind kind, std::initializer_list<std::string_view> parts) {
  std::size_t size = 0;
  for (const auto part : parts) size += part.size();
  const char word = static_cast<char>(kind);
  put({&word, 1});
  put(view_of(big_endian(static_cast<std::uint32_t>(size))));
  for (const auto part : parts) put(part);
}

void FrameWriter::end(std::uint64_t records, std::uint64_t batches) {
  auto digest = digest_;
  frame(FrameKind::end,
        {view_of(big_endian(records)), view_of(big_endian(batches)), as_bytes(digest.finish())});
}

void FrameWriter::put(std::string_view bytes) {
  digest_.add(bytes);
  out_.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

FrameReader::FrameReader(std::istream& in) : in_(in) {}

bool FrameReader::begin() {
  std::string magic(export_magic.size(), '\0');
  return take(magic.data(), magic.size()) && magic == export_magic;
}

bool FrameReader::next(Frame& frame) {
  std::array<char, 5> head;
  // Only an end needs it, and to finish a digest takes a copy.
  auto before = digest_;
  if (!take(head.data(), head.size())) return false;
  const auto size = read_number<std::uint32_t>({head.data() + 1, 4});
  if (size > frame_bytes_max) return false;
  frame.kind = static_cast<FrameKind>(head[0]);
  if (frame.kind == FrameKind::end) before_ = before.finish();
  frame.bytes.clear();
  // A length that lies costs no more memory than there are bytes.
  while (frame.bytes.size() < size) {
    const auto at = frame.bytes.size();
    frame.bytes.resize(std::min<std::size_t>(size, at + piece_bytes));
    if (!take(frame.bytes.data() + at, frame.bytes.size() - at)) return false;
  }
  return true;
}

bool FrameReader::at_end() { return in_.peek() == std::istream::traits_type::eof(); }

bool FrameReader::take(char* bytes, std::size_t count) {
  if (!in_.read(bytes, static_cast<std::streamsize>(count))) return false;
  digest_.add({bytes, count});
  return true;
}

}  // namespace nightshift::storage
