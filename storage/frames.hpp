// The frames that an export is made of: docs/formats/export.md.
#pragma once

#include <istream>
#include <ostream>
#include <string>
#include <string_view>

#include "messages/crypto.hpp"

namespace nightshift::storage {

enum class FrameKind : char {
  batch = 'B',
  end = 'E',
  identity = 'I',
  leaves = 'L',
  part = 'P',
  record = 'R',
  restoration = 'S',
};

inline constexpr std::string_view export_magic = "nightshift export 1\n";
/// No record is longer.
inline constexpr std::uint32_t frame_bytes_max = 64u << 20;

/// Writes the first line, then frames, then the end with the digest of all before it.
class FrameWriter {
 public:
  explicit FrameWriter(std::ostream& out);
  void frame(FrameKind kind, std::initializer_list<std::string_view> parts);
  /// `E`: no frame may follow.
  void end(std::uint64_t records, std::uint64_t batches);

 private:
  void put(std::string_view bytes);

  std::ostream& out_;
  Sha256 digest_;
};

struct Frame {
  FrameKind kind{};
  std::string bytes;
};

/// Reads what `FrameWriter` wrote.
class FrameReader {
 public:
  explicit FrameReader(std::istream& in);
  /// False where the first line is not that of an export.
  bool begin();
  /// False where no whole frame follows.
  bool next(Frame& frame);
  /// Of all bytes before the frame that was read last.
  const Digest& digest_before() const { return before_; }
  /// True if nothing is left.
  bool at_end();

 private:
  bool take(char* bytes, std::size_t count);

  std::istream& in_;
  Sha256 digest_;
  Digest before_{};
};

}  // namespace nightshift::storage
