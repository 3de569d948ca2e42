# What a Debian package has at other places, or in another form, than `cmake --install` gives it. CPack runs this over
# the files that become the package.
if(NOT CPACK_GENERATOR STREQUAL "DEB")
  return()
endif()
set(share ${CPACK_TEMPORARY_DIRECTORY}/usr/share)

# Debian's zsh looks for the completions of packages here.
file(MAKE_DIRECTORY ${share}/zsh/vendor-completions)
file(RENAME ${share}/zsh/site-functions/_bakeoff ${share}/zsh/vendor-completions/_bakeoff)
file(REMOVE_RECURSE ${share}/zsh/site-functions)

file(RENAME ${share}/doc/bakeoff/LICENSE ${share}/doc/bakeoff/copyright)

find_program(gzip gzip REQUIRED)
execute_process(COMMAND ${gzip} -9 -n ${share}/man/man1/bakeoff.1 COMMAND_ERROR_IS_FATAL ANY)
