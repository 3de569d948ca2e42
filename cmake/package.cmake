# A Debian package: `cpack -G DEB` in the folder of a build, of the preset release for one that is to measure. What is in
# it is what `cmake --install` installs, with the libraries that the programs were linked with as dependencies.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME bakeoff)
set(CPACK_PACKAGE_VENDOR "The bakeoff authors")
set(CPACK_PACKAGE_CONTACT "The bakeoff authors")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "bake-off between concurrency models")
set(CPACK_PACKAGE_DESCRIPTION
"Runs identical servers (echo, HTTP, a Redis-protocol counter) and identical
CPU-bound jobs under different concurrency models: threads, processes,
fibers, coroutines and event loops. It measures what each model costs and
prints tables that state their own uncertainty. Real servers are measured
beside the models if they are installed.")
set(CPACK_STRIP_FILES ON)
# Whatever the umask of the builder is.
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
  OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)

set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION utils)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
# Not recommended, because apt would install those too, and their services would start.
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "apache2-bin, nginx-light, redis-server, strace")
set(CPACK_PRE_BUILD_SCRIPTS ${CMAKE_SOURCE_DIR}/cmake/debian_layout.cmake)
include(CPack)
