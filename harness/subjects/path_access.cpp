#include "harness/subjects/path_access.h"

#include <elf.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include <array>
#include <cstddef>
#include <cstring>
#include <fstream>
#include <optional>
#include <string_view>

namespace bakeoff::subjects {
namespace {

namespace fs = std::filesystem;

/// Execution is asked for: of a folder, to pass through it.
bool may_execute(const struct stat& file, const Identity& who) {
  const mode_t bits = file.st_uid == who.uid ? S_IXUSR : file.st_gid == who.gid ? S_IXGRP : S_IXOTH;
  // Root may pass through everything, and execute what anybody may.
  if (who.uid == 0) return S_ISDIR(file.st_mode) || (file.st_mode & (S_IXUSR | S_IXGRP | S_IXOTH)) != 0;
  return (file.st_mode & bits) != 0;
}

std::string rights_of(const struct stat& file) {
  return fmt::format("mode {:04o}, owner {}", file.st_mode & 07777U, file.st_uid);
}

/// Along the path as it is written: a link counts as what it leads to.
std::string inaccessible_folder_on(const fs::path& path, const Identity& who) {
  fs::path way;
  for (const fs::path& part : path) {
    way /= part;
    struct stat file {};
    if (::stat(way.c_str(), &file) != 0) return "";
    if (S_ISDIR(file.st_mode) && !may_execute(file, who)) {
      return fmt::format("the folder {} is closed to that user ({})", way.string(), rights_of(file));
    }
  }
  return "";
}

/// "/usr/bin/env" of "#!/usr/bin/env python3"; "" of what is not a script.
fs::path interpreter_of(const fs::path& program) {
  std::ifstream stream(program);
  std::string line;
  std::getline(stream, line);
  if (!line.starts_with("#!")) return {};
  const auto begin = line.find_first_not_of(" \t", 2);
  if (begin == std::string::npos) return {};
  return line.substr(begin, line.find_first_of(" \t\r", begin) - begin);
}

/// The machine that an executable was built for (e_machine); nullopt for what is no ELF file.
std::optional<Elf64_Half> machine_of(const fs::path& program) {
  // Both sizes of ELF begin alike.
  std::array<char, offsetof(Elf64_Ehdr, e_machine) + sizeof(Elf64_Half)> head{};
  std::ifstream stream(program, std::ios::binary);
  if (!stream.read(head.data(), head.size()) || !std::string_view(head.data(), head.size()).starts_with(ELFMAG)) {
    return std::nullopt;
  }
  Elf64_Half machine = 0;
  std::memcpy(&machine, &head[offsetof(Elf64_Ehdr, e_machine)], sizeof machine);
  return machine;
}

std::string machine_name(Elf64_Half machine) {
  switch (machine) {
    case EM_386:
      return "i386";
    case EM_X86_64:
      return "x86-64";
    case EM_ARM:
      return "ARM";
    case EM_AARCH64:
      return "AArch64";
    case EM_RISCV:
      return "RISC-V";
    case EM_PPC64:
      return "PowerPC";
    case EM_S390:
      return "S/390";
    default:
      return fmt::format("machine {} of elf.h", machine);
  }
}

/// An emulator could run it, and would be what is measured.
std::string why_of_other_machine(const fs::path& program) {
  static const std::optional<Elf64_Half> ours = machine_of("/proc/self/exe");
  const std::optional<Elf64_Half> its = machine_of(program);
  if (!its || !ours || its == ours || (*ours == EM_X86_64 && *its == EM_386)) return "";
  return fmt::format("{} was built for {}, and this machine is {}", program.string(), machine_name(*its),
                     machine_name(*ours));
}

/// What is wrong with the file itself or the way to it; "" when nothing is seen.
std::string why_inaccessible(const fs::path& program, const Identity& who) {
  if (const std::string closed = inaccessible_folder(program, who); !closed.empty()) return closed;
  struct stat file {};
  if (::stat(program.c_str(), &file) != 0) return fmt::format("{} is not there", program.string());
  if (!S_ISREG(file.st_mode)) return fmt::format("{} is no file", program.string());
  if (!may_execute(file, who)) {
    return fmt::format("the file {} may not be executed by that user ({})", program.string(), rights_of(file));
  }
  struct statvfs mounted {};
  if (::statvfs(program.c_str(), &mounted) == 0 && (mounted.f_flag & ST_NOEXEC) != 0) {
    return fmt::format("the file system of {} is mounted noexec", program.string());
  }
  return why_of_other_machine(program);
}

}  // namespace

std::string inaccessible_folder(const fs::path& path, const Identity& who) {
  if (const std::string closed = inaccessible_folder_on(path, who); !closed.empty()) return closed;
  // Folders that only a link leads through.
  std::error_code missing;
  const fs::path real = fs::canonical(path, missing);
  return missing ? "" : inaccessible_folder_on(real, who);
}

std::string why_not_executable(const fs::path& program, const Identity& who, const std::string& said) {
  if (const std::string found = why_inaccessible(program, who); !found.empty()) return found;
  if (const fs::path interpreter = interpreter_of(program); !interpreter.empty()) {
    if (const std::string found = why_inaccessible(interpreter, who); !found.empty()) {
      return fmt::format("its first line names {} as its interpreter, and {}", interpreter.string(), found);
    }
  }
  return said;
}

}  // namespace bakeoff::subjects
