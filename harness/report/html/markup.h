// Pieces of HTML that both kinds of pages have.
#pragma once

#include <string>
#include <string_view>

namespace bakeoff::report::html {

/// From <!doctype> to the beginning of <main>: everything that a page needs is in it. `script` is the only one that may
/// run in it, and stands in its page_end().
std::string page_head(std::string_view title, std::string_view script);
std::string page_end(std::string_view script);

/// Text for the function unpacked() of the scripts, which finds it by `id`; "" for none.
std::string packed_text(std::string_view id, std::string_view text);

/// Text as it stands between two tags or in an attribute.
std::string escaped(std::string_view text);

/// Markdown (CommonMark with tables, by md4c) as HTML. Raw HTML in it is shown and not obeyed, and an image becomes a
/// link: a page asks nobody for anything. Links to files of the repository lead nowhere from a page that was passed on,
/// and are left as they are. Throws std::runtime_error where the parser has no memory.
std::string from_markdown(const std::string& markdown);

/// Compressed by zlib, without a time, so that equal bytes give equal text. Throws std::runtime_error where zlib has no
/// memory.
std::string gzip_in_base64(std::string_view bytes);

}  // namespace bakeoff::report::html
