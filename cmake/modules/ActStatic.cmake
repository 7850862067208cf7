# LLVM and MLIR as archives, for tools that start fast: the dynamic loader takes
# 20 ms and more to bind the shared libraries, longer than the compiler takes for
# one op.
#
# The archives are linked by file: the CMake targets of some name the shared
# libraries too, and packages that only building LLVM needs.
# Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

# act_find_static_llvm(result): the archives and what they need, for
# target_link_libraries; empty if something is missing.
function(act_find_static_llvm result)
  set(${result} "" PARENT_SCOPE)
  file(GLOB archives "${LLVM_LIBRARY_DIR}/libMLIR*.a" "${LLVM_LIBRARY_DIR}/libLLVM*.a")
  list(FILTER archives EXCLUDE REGEX "/lib(MLIR.*Test|MLIRCAPI|LLVMExegesis|LLVMTesting)")
  foreach(name MLIROptLib MLIRMlirOptMain MLIRExecutionEngine LLVMCore LLVMOrcJIT)
    if(NOT "${LLVM_LIBRARY_DIR}/lib${name}.a" IN_LIST archives)
      return()
    endif()
  endforeach()

  # Of the libraries that LLVM was configured with, archives use few, and
  # --as-needed leaves out the rest. A library may be there without the package
  # for building: then its file has a version.
  set(found)
  foreach(library "ZLIB z libz.so.1" "ZSTD zstd libzstd.so.1" "LIBXML2 xml2 libxml2.so.2")
    separate_arguments(names UNIX_COMMAND "${library}")
    list(POP_FRONT names id)
    if(NOT LLVM_ENABLE_${id})
      continue()
    endif()
    find_library(ACT_${id} NAMES ${names})
    mark_as_advanced(ACT_${id})
    if(ACT_${id})
      list(APPEND found "${ACT_${id}}")
    elseif(NOT id STREQUAL LIBXML2)
      return()
    endif()
  endforeach()
  set(${result} -Wl,--start-group ${archives} -Wl,--end-group
      -Wl,--as-needed ${found} ${CMAKE_DL_LIBS} m PARENT_SCOPE)
endfunction()

# Unless the tools are to load plugins: those bring the shared libraries, and
# two copies of MLIR in a process know nothing of each other.
option(ACT_STATIC_TOOLS "Link LLVM and MLIR into the tools where archives are there" ON)
set(archives)
if(ACT_STATIC_TOOLS AND CMAKE_SYSTEM_NAME STREQUAL Linux AND ACT_LLD
   AND CMAKE_CXX_COMPILER_ID MATCHES Clang)
  act_find_static_llvm(archives)
endif()

# What tools link for LLVM and MLIR.
add_library(act-tool-llvm INTERFACE)
if(archives)
  # At a fixed address nothing is left to relocate. The C++ library comes along
  # because it takes 3 ms to bind too.
  target_link_options(act-tool-llvm INTERFACE
    -no-pie -static-libstdc++ -static-libgcc -Wl,--gc-sections -Wl,--strip-all)
  target_link_libraries(act-tool-llvm INTERFACE ${archives})
  message(STATUS "Tools hold LLVM and MLIR")
else()
  target_link_libraries(act-tool-llvm INTERFACE MLIR LLVM)
  message(STATUS "Tools link LLVM and MLIR as shared libraries")
endif()
