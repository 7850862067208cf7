# Libraries and tools of act. There must be one copy of LLVM and MLIR in a
# process: tools hold their own where there are archives of them (ActStatic),
# everything else links the shared libraries. What upstream has as archives only
# is linked by file, because the CMake targets of those drag in a second, static
# MLIR.
# Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

find_program(ACT_CCACHE ccache)
if(ACT_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${ACT_CCACHE})
endif()
find_program(ACT_LLD NAMES ld.lld-${ACT_LLVM_VERSION} ld.lld
             HINTS ${LLVM_TOOLS_BINARY_DIR})

include(ActStatic)

add_library(act-options INTERFACE)
target_compile_options(act-options INTERFACE
  -Wall -Wextra -Wno-unused-parameter -Wno-comment
  $<$<CXX_COMPILER_ID:Clang>:-Wno-bitwise-instead-of-logical>
  $<$<NOT:$<BOOL:${LLVM_ENABLE_RTTI}>>:-fno-rtti>)
target_compile_definitions(act-options INTERFACE ${LLVM_DEFINITIONS_LIST})
if(ACT_LLD AND CMAKE_CXX_COMPILER_ID MATCHES Clang)
  target_link_options(act-options INTERFACE --ld-path=${ACT_LLD})
endif()

# act_add_library(Name sources... [DEPENDS targets...] [LINK libs...])
function(act_add_library name)
  cmake_parse_arguments(ARG "" "" "DEPENDS;LINK" ${ARGN})
  add_library(${name} STATIC ${ARG_UNPARSED_ARGUMENTS})
  target_link_libraries(${name} PRIVATE act-options PUBLIC ${ARG_LINK})
  add_dependencies(${name} act-headers ${ARG_DEPENDS})
  set_target_properties(${name} PROPERTIES POSITION_INDEPENDENT_CODE ON)
endfunction()

# act_add_tool(name sources... [SHARED] [LINK libs...]
#              [ARCHIVES upstream archives...])
# SHARED: with the shared libraries in any case, to link fast.
function(act_add_tool name)
  cmake_parse_arguments(ARG "SHARED" "" "LINK;ARCHIVES" ${ARGN})
  add_executable(${name} ${ARG_UNPARSED_ARGUMENTS})
  list(TRANSFORM ARG_ARCHIVES PREPEND ${LLVM_LIBRARY_DIR}/lib)
  list(TRANSFORM ARG_ARCHIVES APPEND .a)
  target_link_libraries(${name} PRIVATE
    act-options ${ARG_LINK} ${ARG_ARCHIVES}
    $<IF:$<BOOL:${ARG_SHARED}>,MLIR$<SEMICOLON>LLVM,act-tool-llvm>)
  add_dependencies(${name} act-headers)
endfunction()

# Generated headers, collected under one target that everything depends on.
if(NOT TARGET act-headers)
  add_custom_target(act-headers)
endif()
function(act_add_tablegen target)
  add_public_tablegen_target(${target})
  add_dependencies(act-headers ${target})
endfunction()
