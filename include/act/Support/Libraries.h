//===- Libraries.h - what compiled code may call ----------------*- C++ -*-===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef ACT_SUPPORT_LIBRARIES_H
#define ACT_SUPPORT_LIBRARIES_H

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

namespace mlir::act {

/// The file of LLVM's OpenMP runtime, which code for several threads calls;
/// empty where the build found none.
llvm::StringRef getOpenMPLibrary();

/// The file of the functions in act-c/Matmul.h; empty where the build found no
/// library to make them of.
llvm::StringRef getMatmulLibrary();

/// The files that code for so many threads, with or without calls of the matmul
/// library, is to be linked to. Fails with one line if one is not there.
llvm::Expected<llvm::SmallVector<llvm::StringRef>>
getLibraries(unsigned threads, bool matmulLibrary);

} // namespace mlir::act

#endif // ACT_SUPPORT_LIBRARIES_H
