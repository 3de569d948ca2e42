# Unity builds: several sources are compiled as one, so that the headers which they share are read once.
#
# The presets switch them on with CMake's own variable CMAKE_UNITY_BUILD. Without it every source is compiled alone; the
# preset "alone" does that, and .ci/run checks the changed sources that way (scripts/tidy.sh).

# bakeoff_unity(TARGET [ALONE source...]): compiles TARGET's sources in batches of at most CMAKE_UNITY_BUILD_BATCH_SIZE, 8
# unless said. A batch holds sources of one folder, which is one namespace. Sources that are named by ALONE get no batch:
# those that one changes most often, so that a change compiles little. To be called when the target has all its sources.
function(bakeoff_unity target)
  cmake_parse_arguments(PARSE_ARGV 1 unity "" "" "ALONE")
  set(size ${CMAKE_UNITY_BUILD_BATCH_SIZE})
  if(NOT size)
    set(size 8)
  endif()
  set_target_properties(${target} PROPERTIES UNITY_BUILD_MODE GROUP)
  get_target_property(sources ${target} SOURCES)
  list(REMOVE_ITEM sources ${unity_ALONE})
  set(folders "")
  foreach(source IN LISTS sources)
    cmake_path(GET source PARENT_PATH folder)
    string(MAKE_C_IDENTIFIER "in_${folder}" members)
    list(APPEND folders ${members})
    list(APPEND ${members} ${source})
  endforeach()
  list(REMOVE_DUPLICATES folders)
  foreach(members IN LISTS folders)
    # Batches of equal size: 9 sources are 5 and 4 and not 8 and 1.
    list(LENGTH ${members} count)
    math(EXPR batches "(${count} + ${size} - 1) / ${size}")
    set(index 0)
    foreach(source IN LISTS ${members})
      math(EXPR batch "${index} * ${batches} / ${count}")
      set_source_files_properties(${source} PROPERTIES UNITY_GROUP ${members}_${batch})
      math(EXPR index "${index} + 1")
    endforeach()
  endforeach()
endfunction()
