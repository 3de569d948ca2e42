# Writes version.cpp when the commit or the state of the checkout has changed; run at every build, so that a manifest
# never names a commit other than the one that was built.
set(commit "unknown")
set(dirty "false")
find_package(Git QUIET)
if(Git_FOUND)
  execute_process(COMMAND ${GIT_EXECUTABLE} -C ${SOURCE_DIR} rev-parse --short=12 HEAD
    OUTPUT_VARIABLE head OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE failed)
  if(NOT failed)
    set(commit "${head}")
    execute_process(COMMAND ${GIT_EXECUTABLE} -C ${SOURCE_DIR} status --porcelain --untracked-files=no -- . ":!results"
      OUTPUT_VARIABLE changes ERROR_QUIET)
    if(NOT changes STREQUAL "")
      set(dirty "true")
    endif()
  endif()
endif()
set(text "#include \"harness/version.h\"
namespace bakeoff {
const char* const kVersion = \"${VERSION}\";
const char* const kCommit = \"${commit}\";
const bool kDirty = ${dirty};
}  // namespace bakeoff
")
if(EXISTS ${OUTPUT})
  file(READ ${OUTPUT} present)
endif()
if(NOT "${present}" STREQUAL "${text}")
  file(WRITE ${OUTPUT} "${text}")
endif()
