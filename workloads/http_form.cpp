#include "workloads/http_form.h"

#include <algorithm>
#include <array>
#include <stdexcept>

#include "workloads/client.h"
#include "workloads/http_text.h"
#include "workloads/integer.h"

namespace bakeoff::workloads {
namespace {

[[noreturn]] void refuse_form(const std::string& expected, std::string_view found) {
  throw std::invalid_argument("http: " + expected + ", found \"" + printable(found) + "\"");
}

std::string_view name_of(std::string_view field) {
  return field.substr(0, std::min(field.find(':'), field.size()));
}

bool is_host_field(std::string_view field) {
  return equals_in_any_case(name_of(field), "host");
}

/// RFC 9110, 8.6: a request whose method may have a body says that it has none.
bool has_length(const HttpForm& form) {
  constexpr std::array<std::string_view, 3> kWithBody{"POST", "PUT", "PATCH"};
  return !form.body.empty() || std::ranges::find(kWithBody, form.method) != kWithBody.end();
}

}  // namespace

void check_form(const HttpForm& form) {
  if (form.method.empty() || !std::ranges::all_of(form.method, is_token_byte)) {
    refuse_form("a method is one word like POST", form.method);
  }
  if (form.method == "CONNECT")
    refuse_form("CONNECT makes a tunnel and no request; expected another method", "CONNECT");
  for (const std::string& field : form.fields) {
    const std::string_view name = name_of(field);
    const bool named = !name.empty() && name.size() < field.size() && std::ranges::all_of(name, is_token_byte);
    if (!named) refuse_form("a field is a line like \"Accept: text/html\"", field);
    if (!std::ranges::all_of(field.substr(name.size() + 1), is_field_byte)) {
      refuse_form("the value of a field has no control characters", field);
    }
    if (equals_in_any_case(name, "content-length") || equals_in_any_case(name, "transfer-encoding")) {
      refuse_form("the length of the body is sent with it, so no field for it", field);
    }
  }
  if (std::ranges::count_if(form.fields, is_host_field) > 1) refuse_form("one Host at most", form.fields.back());
}

std::string behind_target(const HttpForm& form, std::string_view host) {
  if (host.empty() || !std::ranges::all_of(host, is_visible_ascii)) {
    refuse_form("the host is characters without spaces", host);
  }
  std::string text = " HTTP/1.1\r\n";
  // RFC 9110, 7.2: Host comes first.
  const auto own = std::ranges::find_if(form.fields, is_host_field);
  text.append(own == form.fields.end() ? "Host: " + std::string(host) : *own).append("\r\n");
  for (auto field = form.fields.begin(); field != form.fields.end(); ++field) {
    if (field != own) text.append(*field).append("\r\n");
  }
  if (has_length(form)) text.append("Content-Length: ").append(Digits(form.body.size()).view()).append("\r\n");
  return text.append("\r\n").append(form.body);
}

}  // namespace bakeoff::workloads
