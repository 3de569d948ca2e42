# Included by ctest itself, each time, because some suites ask bakeoff-subject for the list of models: tells it of the
# cases of one program. tests/main.cpp runs the cases of one test of ctest one after the other in one process, and records
# each of them.
cmake_policy(VERSION 3.25)

# cases_of(PROGRAM FILTER RESULT): the cases that GoogleTest's FILTER selects.
function(cases_of program filter result)
  execute_process(COMMAND ${program} --gtest_list_tests "--gtest_filter=${filter}"
    OUTPUT_VARIABLE listed RESULT_VARIABLE status)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "${program} cannot list its tests: ${status}\n${listed}")
  endif()
  # Parameters are shown behind the names, and may hold what means something to CMake.
  string(REGEX REPLACE " *#[^\n]*" "" listed "${listed}")
  string(REPLACE "\n" ";" listed "${listed}")
  set(cases "")
  foreach(line IN LISTS listed)
    if(line MATCHES "^  (.+)$")
      list(APPEND cases ${suite}.${CMAKE_MATCH_1})
    elseif(line MATCHES "^([A-Za-z0-9_/]+)\\.$")
      set(suite ${CMAKE_MATCH_1})
    endif()
  endforeach()
  set(${result} "${cases}" PARENT_SCOPE)
endfunction()

# discover(NAME PROGRAM FOLDER LABEL SECONDS BESIDE FRESH): BESIDE is GoogleTest's filter for the cases beside which other
# tests may run; SECONDS is the limit of a case. Each case is a test where it runs alone or all are to be FRESH. Otherwise
# a suite is, and of a suite with parameters each of its tests with all its parameters.
function(discover name program folder label seconds beside fresh)
  if(NOT EXISTS ${program})
    add_test(${name}_NOT_BUILT ${program})
    set_tests_properties(${name}_NOT_BUILT PROPERTIES LABELS ${label})
    return()
  endif()
  cases_of(${program} "*" all)
  set(alone "")
  if(NOT beside STREQUAL "*")
    cases_of(${program} "${beside}" with_others)
    set(alone ${all})
    list(REMOVE_ITEM alone ${with_others})
  endif()
  set(groups "")
  foreach(case IN LISTS all)
    if(fresh OR case IN_LIST alone)
      set(group ${case})
    else()
      # Every/Suite.Test/parameter, or Suite.Test
      string(REGEX REPLACE "^([^.]*)\\.[^/]*$" "\\1" group "${case}")
      string(REGEX REPLACE "^([^.]*\\.[^/]*)/.*$" "\\1" group "${group}")
    endif()
    list(APPEND groups ${group})
    list(APPEND cases_of_${group} ${case})
  endforeach()
  list(REMOVE_DUPLICATES groups)
  foreach(group IN LISTS groups)
    set(test ${name}.${group})
    list(LENGTH cases_of_${group} count)
    list(JOIN cases_of_${group} ":" filter)
    string(REPLACE "/" "-" file ${test})
    add_test(${test} ${program} --record ${folder}/${file}.xml ${seconds} --gtest_brief=1 --gtest_filter=${filter})
    set(serial FALSE)
    if(group IN_LIST alone)
      set(serial TRUE)
    endif()
    # Tests of many cases begin first, so that none goes on by itself at the end.
    set_tests_properties(${test} PROPERTIES LABELS ${label} COST ${count} RUN_SERIAL ${serial} TIMEOUT 3600)
  endforeach()
endfunction()
