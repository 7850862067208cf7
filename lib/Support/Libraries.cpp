//===- Libraries.cpp - what compiled code may call ------------------------===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "act/Support/Libraries.h"

using namespace llvm;
using namespace mlir::act;

StringRef mlir::act::getOpenMPLibrary() { return ACT_OPENMP_LIBRARY; }
StringRef mlir::act::getMatmulLibrary() { return ACT_MATMUL_LIBRARY; }

Expected<SmallVector<StringRef>> mlir::act::getLibraries(unsigned threads,
                                                         bool matmulLibrary) {
  SmallVector<StringRef> libraries;
  if (threads != 1) {
    if (getOpenMPLibrary().empty())
      return createStringError("threads need LLVM's OpenMP runtime, which was "
                               "not there when this was built");
    libraries.push_back(getOpenMPLibrary());
  }
  if (matmulLibrary) {
    if (getMatmulLibrary().empty())
      return createStringError("matmuls from a library need oneDNN, which was "
                               "not there when this was built");
    libraries.push_back(getMatmulLibrary());
  }
  return libraries;
}
