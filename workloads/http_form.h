// What the requests of an http load say beside their targets: the method, fields, a body.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace bakeoff::workloads {

struct HttpForm {
  std::string method = "GET";
  /// Lines like "Accept: text/html", without their ends. A Host among them stands in the place of the load's own.
  std::vector<std::string> fields{};
  std::string body{};  ///< Any bytes. Its length is sent where there is one, or the method is one that has a body.

  bool operator==(const HttpForm&) const = default;
};

/// Throws std::invalid_argument, in one line, for what would break the framing of the requests: a method that is no
/// token, or CONNECT; a field that is none, that has a control character in its value, or that says how long the body
/// is; a second Host.
void check_form(const HttpForm& form);

/// What stands behind a request's target: version, Host, the fields, and the body. `host` is what Host says where the
/// fields have none; throws std::invalid_argument where it cannot be one.
std::string behind_target(const HttpForm& form, std::string_view host);

}  // namespace bakeoff::workloads
