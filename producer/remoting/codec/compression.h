// Message body compression in the three formats of 5.x clients (wire §4.3). Decompression takes a limit,
// since the size of what comes out is chosen by the peer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "producer/remoting/codec/remoting_command.h"

namespace rmqsim {

enum class CompressionType : std::uint8_t { LZ4 = 1, ZSTD = 2, ZLIB = 3 };

/// CompressionType.of: LZ4, ZSTD or ZLIB in any case.
std::optional<CompressionType> compression_type_by_name(std::string_view name);
/// Bits of sysFlag: 0x100, 0x200, 0x300.
inline constexpr std::int32_t compression_flag(CompressionType type) { return static_cast<std::int32_t>(type) << 8; }
/// Type bits of a sysFlag; 0 and 3 mean ZLIB. nullopt for unknown bits.
std::optional<CompressionType> compression_type_of(std::int32_t sys_flag);

inline constexpr int kDefaultCompressLevel = 5;
inline constexpr std::size_t kDefaultDecompressLimit = 64u << 20;

/// Never fails for bodies below 2 GiB. LZ4 ignores the level and writes the frame 04 22 4D 18 60 70 73: independent
/// blocks of up to 4 MiB, no checksums, no content size; ZSTD writes no content size either.
std::string compress(CompressionType type, std::string_view body, int level = kDefaultCompressLevel);

/// bad_body when the bytes are not of that format, are truncated, or exceed `limit` when decompressed.
error_code decompress(CompressionType type, std::string_view bytes, std::string& out,
                      std::size_t limit = kDefaultDecompressLimit);

}  // namespace rmqsim
