// The three codecs behind one pair of functions. Output grows in pieces up to the limit, so a small hostile input
// cannot make a big reservation.
#include "producer/remoting/codec/compression.h"

#include <lz4frame.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <memory>

#include "producer/remoting/codec/recent_bodies.h"

namespace rmqsim {
namespace {

constexpr std::size_t kPiece = 64 * 1024;

std::string zlib_compress(std::string_view body, int level) {
  uLongf size = ::compressBound(body.size());
  std::string out(size, '\0');
  const int result = ::compress2(reinterpret_cast<Bytef*>(out.data()), &size,
                                 reinterpret_cast<const Bytef*>(body.data()), body.size(), std::clamp(level, 0, 9));
  out.resize(result == Z_OK ? size : 0);
  return out;
}

bool zlib_decompress(std::string_view bytes, std::string& out, std::size_t limit) {
  z_stream stream{};
  if (::inflateInit(&stream) != Z_OK) return false;
  const std::unique_ptr<z_stream, int (*)(z_stream*)> guard(&stream, ::inflateEnd);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  for (;;) {
    const std::size_t have = out.size();
    const std::size_t piece = std::min(std::max(kPiece, have), limit + 1 - have);
    out.resize(have + piece);
    stream.next_out = reinterpret_cast<Bytef*>(out.data() + have);
    stream.avail_out = static_cast<uInt>(piece);
    const int result = ::inflate(&stream, Z_NO_FLUSH);
    out.resize(have + piece - stream.avail_out);
    if (out.size() > limit) return false;
    if (result == Z_STREAM_END) return true;
    if (result != Z_OK || (stream.avail_in == 0 && stream.avail_out != 0)) return false;
  }
}

std::string lz4_compress(std::string_view body) {
  LZ4F_preferences_t preferences{};
  preferences.frameInfo.blockSizeID = LZ4F_max4MB;
  preferences.frameInfo.blockMode = LZ4F_blockIndependent;
  preferences.autoFlush = 1;  // no 4 MiB buffer for small bodies
  std::string out;
  LZ4F_cctx* context = nullptr;
  if (LZ4F_isError(LZ4F_createCompressionContext(&context, LZ4F_VERSION))) return out;
  const std::unique_ptr<LZ4F_cctx, LZ4F_errorCode_t (*)(LZ4F_cctx*)> guard(context, LZ4F_freeCompressionContext);
  // The one-shot LZ4F_compressFrame would shrink the block size in the header to fit small bodies.
  out.resize(LZ4F_HEADER_SIZE_MAX + LZ4F_compressBound(body.size(), &preferences));
  std::size_t at = LZ4F_compressBegin(context, out.data(), out.size(), &preferences);
  for (int step = 0; step < 2; ++step) {
    if (LZ4F_isError(at)) return {};
    const std::size_t n =
        step == 0 ? LZ4F_compressUpdate(context, out.data() + at, out.size() - at, body.data(), body.size(), nullptr)
                  : LZ4F_compressEnd(context, out.data() + at, out.size() - at, nullptr);
    if (LZ4F_isError(n)) return {};
    at += n;
  }
  out.resize(at);
  return out;
}

bool lz4_decompress(std::string_view bytes, std::string& out, std::size_t limit) {
  LZ4F_dctx* context = nullptr;
  if (LZ4F_isError(LZ4F_createDecompressionContext(&context, LZ4F_VERSION))) return false;
  const std::unique_ptr<LZ4F_dctx, LZ4F_errorCode_t (*)(LZ4F_dctx*)> guard(context, LZ4F_freeDecompressionContext);
  std::size_t at = 0;
  for (;;) {
    const std::size_t have = out.size();
    std::size_t produced = std::min(std::max(kPiece, have), limit + 1 - have);
    out.resize(have + produced);
    std::size_t consumed = bytes.size() - at;
    const std::size_t hint =
        LZ4F_decompress(context, out.data() + have, &produced, bytes.data() + at, &consumed, nullptr);
    out.resize(have + produced);
    at += consumed;
    if (LZ4F_isError(hint) || out.size() > limit) return false;
    if (hint == 0) return true;
    if (produced == 0 && consumed == 0) return false;
  }
}

std::string zstd_compress(std::string_view body, int level) {
  std::string out(ZSTD_compressBound(body.size()), '\0');
  const std::unique_ptr<ZSTD_CCtx, std::size_t (*)(ZSTD_CCtx*)> context(ZSTD_createCCtx(), ZSTD_freeCCtx);
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_compressionLevel, level);
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_contentSizeFlag, 0);
  const std::size_t size = ZSTD_compress2(context.get(), out.data(), out.size(), body.data(), body.size());
  out.resize(ZSTD_isError(size) ? 0 : size);
  return out;
}

bool zstd_decompress(std::string_view bytes, std::string& out, std::size_t limit) {
  const std::unique_ptr<ZSTD_DCtx, std::size_t (*)(ZSTD_DCtx*)> context(ZSTD_createDCtx(), ZSTD_freeDCtx);
  ZSTD_DCtx_setParameter(context.get(), ZSTD_d_windowLogMax, 27);
  ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
  for (;;) {
    const std::size_t have = out.size();
    const std::size_t piece = std::min(std::max(kPiece, have), limit + 1 - have);
    out.resize(have + piece);
    ZSTD_outBuffer buffer{out.data() + have, piece, 0};
    const std::size_t hint = ZSTD_decompressStream(context.get(), &buffer, &in);
    out.resize(have + buffer.pos);
    if (ZSTD_isError(hint) || out.size() > limit) return false;
    if (hint == 0) return true;
    if (in.pos == in.size && buffer.pos < piece) return false;
  }
}

}  // namespace

std::optional<CompressionType> compression_type_by_name(std::string_view name) {
  std::string upper(name);
  for (char& c : upper) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  if (upper == "LZ4") return CompressionType::LZ4;
  if (upper == "ZSTD") return CompressionType::ZSTD;
  if (upper == "ZLIB") return CompressionType::ZLIB;
  return std::nullopt;
}

std::optional<CompressionType> compression_type_of(std::int32_t sys_flag) {
  switch ((sys_flag >> 8) & 7) {
    case 0:
    case 3:
      return CompressionType::ZLIB;
    case 1:
      return CompressionType::LZ4;
    case 2:
      return CompressionType::ZSTD;
    default:
      return std::nullopt;
  }
}

// A client often sends the same body again: its last two, of up to 1 MiB, are not compressed anew.
std::string compress(CompressionType type, std::string_view body, int level) {
  thread_local RecentBodies<std::string, 2, 1 << 20> recent;
  const std::uint64_t form = std::uint64_t{static_cast<std::uint32_t>(level)} << 8 | static_cast<std::uint8_t>(type);
  const auto compressed = recent.get(body, form, [&](std::string_view plain, std::string& out) {
    switch (type) {
      case CompressionType::LZ4:
        out = lz4_compress(plain);
        break;
      case CompressionType::ZSTD:
        out = zstd_compress(plain, level);
        break;
      case CompressionType::ZLIB:
        out = zlib_compress(plain, level);
        break;
    }
    return true;
  });
  return *compressed;
}

error_code decompress(CompressionType type, std::string_view bytes, std::string& out, std::size_t limit) {
  out.clear();
  bool ok = false;
  switch (type) {
    case CompressionType::LZ4:
      ok = lz4_decompress(bytes, out, limit);
      break;
    case CompressionType::ZSTD:
      ok = zstd_decompress(bytes, out, limit);
      break;
    case CompressionType::ZLIB:
      ok = zlib_decompress(bytes, out, limit);
      break;
  }
  if (!ok) return RemotingError::bad_body;
  return {};
}

}  // namespace rmqsim
