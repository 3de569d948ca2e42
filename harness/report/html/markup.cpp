#include "harness/report/html/markup.h"

#include <md4c-html.h>
#include <openssl/evp.h>
#include <zlib.h>

#include <array>
#include <stdexcept>

#include "harness/measure/plain_text.h"
#include "harness/report/html/page_files.h"
#include "harness/report/plots/svg.h"

namespace bakeoff::report::html {
namespace {

void append(const MD_CHAR* text, MD_SIZE size, void* out) {
  static_cast<std::string*>(out)->append(text, size);
}

/// "![words](address)" without its "!": the picture becomes a link.
std::string without_images(const std::string& markdown) {
  std::string out;
  for (const char c : markdown) {
    while (c == '[' && out.ends_with('!')) out.pop_back();
    out += c;
  }
  return out;
}

std::string gzipped(std::string_view bytes) {
  constexpr int kGzip = 16, kMemory = 8;
  z_stream stream{};
  if (deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, MAX_WBITS + kGzip, kMemory, Z_DEFAULT_STRATEGY) != Z_OK) {
    throw std::runtime_error("zlib: no memory to compress the rows");
  }
  std::string out(deflateBound(&stream, static_cast<uLong>(bytes.size())), '\0');
  // zlib takes its input as not const, and does not write to it.
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const int code = deflate(&stream, Z_FINISH);
  const std::size_t size = stream.total_out;
  deflateEnd(&stream);
  if (code != Z_STREAM_END) throw std::runtime_error("zlib: the rows were not compressed");
  out.resize(size);
  return out;
}

std::string base64(const std::string& bytes) {
  std::string out(4 * ((bytes.size() + 2) / 3) + 1, '\0');
  const int size =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                      reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
  out.resize(static_cast<std::size_t>(size));
  return out;
}

/// What stands between the tags of the script: its hash is of every byte.
std::string between_tags(std::string_view script) {
  return "\n" + std::string(script);
}

std::string sha256_in_base64(std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  if (EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha256(), nullptr) != 1) {
    throw std::runtime_error("OpenSSL: no SHA-256 of the script");
  }
  return base64(std::string(digest.begin(), digest.begin() + size));
}

}  // namespace

std::string escaped(std::string_view text) {
  return plots::xml_text(text);
}

std::string page_head(std::string_view title, std::string_view script) {
  return "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
         "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
         // Nothing is fetched, and no script runs but ours, whatever a row or a link of the answer says.
         "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; "
         "script-src 'sha256-" +
         sha256_in_base64(between_tags(script)) +
         "'; img-src data:\">\n"
         "<link rel=\"icon\" href=\"data:,\">\n<title>" +
         escaped(title) + "</title>\n<style>\n" + std::string(kPageCss) + "</style>\n</head>\n<body>\n<main>\n";
}

std::string page_end(std::string_view script) {
  return "</main>\n<script>" + between_tags(script) + "</script>\n</body>\n</html>\n";
}

std::string packed_text(std::string_view id, std::string_view text) {
  if (text.empty()) return "";
  return "<script type=\"text/plain\" id=\"" + std::string(id) + "\">" + gzip_in_base64(text) + "</script>\n";
}

std::string from_markdown(const std::string& markdown) {
  std::string out;
  const std::string text = without_images(measure::plain_text(markdown));
  const unsigned flags = MD_FLAG_TABLES | MD_FLAG_STRIKETHROUGH | MD_FLAG_NOHTML;
  if (md_html(text.data(), static_cast<MD_SIZE>(text.size()), append, &out, flags, 0) != 0) {
    throw std::runtime_error("md4c: no memory for the answer");
  }
  return out;
}

std::string gzip_in_base64(std::string_view bytes) {
  return base64(gzipped(bytes));
}

}  // namespace bakeoff::report::html
