#include "harness/doctor/findings_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string_view>

#include "harness/report/text_layout.h"

namespace bakeoff::doctor {
namespace {

constexpr std::size_t kIndent = 8;  // "  note  "

struct Look {
  const char* name;
  const char* mark;
  const char* colour;
};

Look look_of(Level level) {
  switch (level) {
    case Level::good:
      return {"good", "ok", "\x1b[32m"};
    case Level::note:
      return {"note", "note", "\x1b[33m"};
    case Level::trouble:
      return {"trouble", "!!", "\x1b[1;31m"};
  }
  return {"", "", ""};
}

void append_wrapped(std::string& out, const std::string& text, std::size_t width, std::size_t indent) {
  for (const std::string& line : report::wrap(text, width, indent)) out += line + "\n";
}

void append_finding(std::string& out, const DoctorFinding& finding, std::size_t widest,
                    const report::TerminalStyle& style) {
  const Look look = look_of(finding.level);
  const std::string start = fmt::format("  {:<4}  {:<{}}  ", look.mark, finding.name, widest);
  std::string lines;
  append_wrapped(lines, start + finding.found, style.sentence_width(), start.size());
  if (style.colour) {
    const std::string_view mark = look.mark;
    lines = "  " + std::string(look.colour) + look.mark + "\x1b[0m" + lines.substr(2 + mark.size());
  }
  out += lines;
  if (finding.level == Level::good) return;
  const std::string indent(kIndent, ' ');
  append_wrapped(out, indent + "why:  " + finding.why, style.sentence_width(), kIndent + 6);
  if (!finding.mend.empty()) out += indent + "mend: " + finding.mend + "\n";
}

std::string counted(std::size_t count, const char* noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::string summary(const std::vector<DoctorFinding>& findings) {
  const auto of = [&](Level level) {
    return static_cast<std::size_t>(std::count_if(findings.begin(), findings.end(),
                                                  [&](const DoctorFinding& each) { return each.level == level; }));
  };
  return fmt::format("{}: {} good, {}, {}\n", counted(findings.size(), "finding"), of(Level::good),
                     counted(of(Level::note), "note"), counted(of(Level::trouble), "trouble"));
}

}  // namespace

std::string findings_text(const std::vector<DoctorFinding>& findings, const std::vector<Installation>& installations,
                          const report::TerminalStyle& style) {
  std::string out;
  std::string area;
  std::size_t widest = 0;
  for (const DoctorFinding& finding : findings) widest = std::max(widest, finding.name.size());
  for (const DoctorFinding& finding : findings) {
    if (finding.area != area) {
      area = finding.area;
      out += (out.empty() ? "" : "\n") + (style.colour ? "\x1b[1m" + area + "\x1b[0m" : area) + "\n";
    }
    append_finding(out, finding, widest, style);
  }
  out += "\n";
  for (const Installation& each : installations) {
    append_wrapped(out, each.purpose + ":", style.sentence_width(), 2);
    out += "  " + each.command + "\n";
    if (!each.stop.empty()) out += "  " + each.stop + "    # what the packages start by themselves\n";
  }
  if (!installations.empty()) out += "\n";
  const bool fleeting = std::any_of(findings.begin(), findings.end(), [](const DoctorFinding& finding) {
    return finding.mend.find("sysctl -w") != std::string::npos || finding.mend.find("/sys/") != std::string::npos;
  });
  if (fleeting) {
    append_wrapped(out,
                   "What sysctl and echo set lasts until the machine is started again; /etc/sysctl.d keeps the former.",
                   style.sentence_width(), 2);
  }
  return out + summary(findings);
}

std::string findings_json(const std::vector<DoctorFinding>& findings) {
  using Json = nlohmann::ordered_json;
  Json list = Json::array();
  for (const DoctorFinding& finding : findings) {
    list.push_back({{"area", finding.area},
                    {"name", finding.name},
                    {"level", look_of(finding.level).name},
                    {"found", finding.found},
                    {"why", finding.why},
                    {"mend", finding.mend}});
  }
  // A process may name itself in bytes that are not UTF-8.
  return Json{{"findings", list}}.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace bakeoff::doctor
