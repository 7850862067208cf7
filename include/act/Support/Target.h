//===- Target.h - the CPU that code is made for -----------------*- C++ -*-===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Everything that the CPU pipeline needs to know about a CPU, answered by
// LLVM's own tables, so that no list of CPUs or features is kept here.
//
//===----------------------------------------------------------------------===//

#ifndef ACT_SUPPORT_TARGET_H
#define ACT_SUPPORT_TARGET_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include "mlir/Support/LLVM.h"

#include <memory>
#include <string>

namespace llvm {
class TargetMachine;
} // namespace llvm

namespace mlir {
class MLIRContext;
} // namespace mlir

namespace mlir::act {

/// A CPU as LLVM's back end knows it.
struct CpuTarget {
  std::string triple;
  std::string cpu;
  /// Comma separated, as in `-mattr`; empty where the CPU's name says it all.
  std::string features;
  std::string dataLayout;
  /// Width of the widest vector register that pays.
  unsigned vectorBits = 128;
  /// Whether 512-bit instructions are there.
  bool hasAvx512 = false;
  /// Whether there are conversions from f32 to bf16 among them.
  bool hasAvx512BF16 = false;
  /// Whether a permutation of 16-bit elements of two registers costs no more
  /// than a shift.
  bool permutesFast = false;
  /// Number of vector registers.
  unsigned vectorRegisters = 16;
  /// Width that scalable vectors are a multiple of, 0 where there are none.
  unsigned scalableBits = 0;
  /// Bytes of the last-level cache: of the machine at hand for `native`, an
  /// assumption for a CPU known by its name only.
  uint64_t lastCacheBytes = uint64_t(32) << 20;
  /// Whether a plain store of a whole cache line first reads it, so that one
  /// past the caches saves a third of the traffic of a copy.
  bool storesReadFirst = false;
};

/// Looks up `cpu`: a name that LLVM knows for this machine's architecture or
/// any other architecture in the build, or `native` for the machine at hand.
/// `vectorBits` overrides the vector width unless it is 0. Fails with one clear
/// message for an unknown name, an unsuitable width, and for a CPU without
/// fused multiply-add, on which the accuracy promised cannot be had.
llvm::Expected<CpuTarget> resolveCpu(llvm::StringRef cpu,
                                     unsigned vectorBits = 0);

/// The same for a pass, which reports the message before it runs on anything.
FailureOr<CpuTarget> resolveCpu(MLIRContext *context, llvm::StringRef cpu,
                                unsigned vectorBits = 0);

/// Creates LLVM's code generator for `target` at -O`optLevel`. The code is
/// position independent.
llvm::Expected<std::unique_ptr<llvm::TargetMachine>>
createTargetMachine(const CpuTarget &target, unsigned optLevel = 3);

} // namespace mlir::act

#endif // ACT_SUPPORT_TARGET_H
