# shellcheck shell=bash
# What ./bakeoff and ./check share: which Debian packages are missing and installing them, and building a preset once,
# however many calls there are at the same time. Sourced; `root` is the checkout and `me` the name for messages.
# Messages go to stderr: stdout belongs to the program.
: "${root:?}" "${me:?}"

build_packages=(g++ cmake ninja-build libcli11-dev libfmt-dev libtomlplusplus-dev nlohmann-json3-dev libsimdjson-dev libssl-dev liburing-dev
  zlib1g-dev libmd4c-dev libmd4c-html0-dev)

say() { printf '%s: %s\n' "$me" "$*" >&2; }

# The names among the arguments that are not installed, one a line.
not_installed() {
  local installed name
  installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "$@" 2>/dev/null | sed -n 's/^installed //p' || true)
  for name in "$@"; do
    grep -qxF -- "$name" <<<"$installed" || printf '%s\n' "$name"
  done
}

# Succeeds when a Boost from 1.81 on is installed with the libraries that are linked.
has_boost() {
  dpkg-query -W -f '${db:Status-Status} ${Package}\n' 'libboost-fiber*-dev' 2>/dev/null |
    sed -n 's/^installed libboost-fiber\([0-9]*\)\.\([0-9]*\)-dev$/\1 \2/p' |
    awk '$1 > 1 || $2 >= 81 { found = 1 } END { exit !found }'
}

known_to_apt() { apt-cache show --no-all-versions "$1" >/dev/null 2>&1; }

# Debian 12 has 1.81 beside its default of 1.74; where 1.81 is unknown and a default is not, that is a later one.
boost_packages() {
  if known_to_apt libboost-fiber1.81-dev || ! known_to_apt libboost-fiber-dev; then
    printf '%s\n' libboost1.81-dev libboost-fiber1.81-dev libboost-context1.81-dev
  else
    printf '%s\n' libboost-dev libboost-fiber-dev libboost-context-dev
  fi
}

# as_root COMMAND...
as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

may_install() {
  command -v apt-get >/dev/null && { [ "$(id -u)" = 0 ] || command -v sudo >/dev/null; }
}

quiet_apt() {
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 -y "$@" </dev/null >>"$log" 2>&1
}

update_lists() {
  say "updating the package lists: apt-get update"
  quiet_apt update || { show_log; return 1; }
}

show_log() {
  say "the end of $log:"
  tail -n 40 "$log" >&2
}

# Servers that a package brings must not start: they would take the CPUs that are measured and ports of the machine.
# /usr/sbin/policy-rc.d is Debian's own way to say so; a policy that is there already is left alone.
policy=/usr/sbin/policy-rc.d
forbid_daemons() {
  [ -e "$policy" ] && return
  trap allow_daemons EXIT
  printf '#!/bin/sh\n# Made by bakeoff while it installs packages; safe to remove.\nexit 101\n' |
    as_root tee "$policy" >/dev/null
  as_root chmod 755 "$policy"
}
allow_daemons() {
  if grep -qs 'Made by bakeoff' "$policy"; then as_root rm -f "$policy"; fi
}

# The name of the service that package $1 starts and enables; nothing for most.
service_of() {
  case $1 in
    redis-server) echo redis-server ;;
    nginx-light) echo nginx ;;
  esac
}

# install_packages PACKAGE...: says what it does, does it, and returns 1 when it cannot.
install_packages() {
  local command="apt-get install -y --no-install-recommends $*" name service
  [ "$(id -u)" = 0 ] || command="sudo $command"
  if ! may_install; then
    say "these Debian packages are missing: $*"
    say "install them with: $command"
    return 1
  fi
  for name in "$@"; do
    known_to_apt "$name" || { update_lists || return 1; break; }
  done
  say "installing what is missing: $command"
  for name in "$@"; do
    [ -z "$(service_of "$name")" ] || forbid_daemons
  done
  # Lists of last month name versions that the mirror no longer has.
  quiet_apt install --no-install-recommends "$@" ||
    { update_lists && quiet_apt install --no-install-recommends "$@"; } || { show_log; return 1; }
  # bakeoff starts them itself when it needs them; the next boot of this machine does not.
  for name in "$@"; do
    service=$(service_of "$name")
    [ -z "$service" ] || as_root update-rc.d "$service" disable >>"$log" 2>&1 || true
  done
  allow_daemons
}

# require_packages PACKAGE...: these and what every build needs; ends the script when they cannot be had. On a system
# without dpkg nothing is known of packages: the build itself then shows what is missing.
require_packages() {
  local missing=()
  command -v dpkg-query >/dev/null || return 0
  mapfile -t missing < <(not_installed "${build_packages[@]}" "$@")
  if ! has_boost; then
    # Which names apt knows can be told only with its lists.
    if may_install && ! known_to_apt libboost-fiber1.81-dev && ! known_to_apt libboost-fiber-dev; then
      update_lists || exit 1
    fi
    mapfile -t -O "${#missing[@]}" missing < <(boost_packages)
  fi
  [ ${#missing[@]} = 0 ] || install_packages "${missing[@]}" || exit 1
}

# As many compilers as CPUs and memory allow, at 700 MiB each.
compile_jobs() {
  local cpus memory
  cpus=$(nproc)
  memory=$(awk '/^MemAvailable:/ { print int($2 / 700000) }' /proc/meminfo)
  if [ "${memory:-1}" -lt "$cpus" ]; then cpus=$memory; fi
  printf '%d' "$((cpus > 0 ? cpus : 1))"
}

# The path of version 14 of $1, clang-format or clang-tidy: other versions lay out other lines and have other checks. Debian
# has it under both names. Fails when it is not there.
llvm_tool() {
  local name
  for name in "$1-14" "$1"; do
    if command -v "$name" >/dev/null && "$name" --version | grep -q 'version 14\.'; then
      command -v "$name"
      return
    fi
  done
  return 1
}

# Succeeds when clang 14 is there with libFuzzer, which is a package of its own.
has_libfuzzer() {
  command -v clang++-14 >/dev/null && [ -e "$(clang++-14 -print-runtime-dir)/libclang_rt.fuzzer-$(uname -m).a" ]
}

# Succeeds when the build files of preset $1 are of this checkout: one that was moved or copied has those of another place.
configured_here() {
  grep -qsxF "CMAKE_HOME_DIRECTORY:INTERNAL=$root" "$root/build/$1/CMakeCache.txt" && [ -e "$root/build/$1/build.ninja" ]
}

# Succeeds when preset $1 was built after the last change of a source. Folders count too: they change with what is added
# and removed.
newer_than_sources() {
  local stamp=$root/build/$1/.built
  [ -e "$stamp" ] && configured_here "$1" && [ -z "$(find "$root"/{workloads,models,harness,tests,cmake} \
    "$root"/CMakeLists.txt "$root"/CMakePresets.json -newer "$stamp" -print -quit 2>&1)" ]
}

# configure PRESET ARGUMENT...: with a compiler cache, where there is one.
configure() {
  local cache=()
  if command -v ccache >/dev/null; then cache=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache); fi
  (cd "$root" && cmake --preset "$@" "${cache[@]}") >>"$log" 2>&1
}

build() {
  if ! configured_here "$1"; then configure "$1" --fresh || return 1; fi
  ninja -C "$root/build/$1" -j "$(compile_jobs)" >>"$log" 2>&1
}

build_failed() {
  show_log
  command -v dpkg-query >/dev/null || say "needed, by their Debian names: ${build_packages[*]} $(boost_packages | xargs) $*"
  say "the build failed"
  exit 1
}

# ensure_built PRESET MESSAGE PACKAGE...: returns with the preset built, or ends the script with status 1. MESSAGE is
# said before the first build. Calls at the same time wait for each other.
ensure_built() {
  local preset=$1 message=$2
  shift 2
  mkdir -p "$root/build"
  log=$root/build/$preset.log
  # The descriptor ends with the braces, so that the program does not hold the lock.
  {
    flock 9
    : >"$log"
    # Even then a build runs, 50 ms long: it writes down which commit this is, and asks no package manager.
    if newer_than_sources "$preset" && build "$preset"; then return; fi
    require_packages "$@"
    if [ -e "$root/build/$preset/.built" ]; then message="building what has changed..."; fi
    say "$message"
    # As old as the sources that the compilers see: what changes meanwhile is newer.
    touch "$root/build/$preset.began"
    build "$preset" || build_failed "$@"
    mv "$root/build/$preset.began" "$root/build/$preset/.built"
  } 9>"$root/build/$preset.lock"
}
