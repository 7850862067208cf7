//===- Pipelines.h - whole ways through the compiler ------------*- C++ -*-===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef ACT_PIPELINES_PIPELINES_H
#define ACT_PIPELINES_PIPELINES_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/PassOptions.h"

#include <string>

namespace mlir {
class OpPassManager;
} // namespace mlir

namespace mlir::act {

/// Options of `act-to-llvm`.
struct LLVMPipelineOptions : PassPipelineOptions<LLVMPipelineOptions> {
  PassOptions::Option<std::string> accuracy{*this, "accuracy",
                                            llvm::cl::desc("precise or fast"),
                                            llvm::cl::init("precise")};
  PassOptions::Option<std::string> cpu{
      *this, "cpu",
      llvm::cl::desc("CPU to make code for: native, or any that LLVM knows"),
      llvm::cl::init("native")};
  PassOptions::Option<unsigned> vectorBits{
      *this, "vector-bits",
      llvm::cl::desc("vector width, 0 for the widest of the CPU"),
      llvm::cl::init(0)};
  PassOptions::Option<bool> scalable{
      *this, "scalable",
      llvm::cl::desc(
          "loops over vectors as long as the machine has them, where "
          "the CPU has scalable ones"),
      llvm::cl::init(false)};
  PassOptions::Option<int64_t> streamBytes{
      *this, "stream-bytes",
      llvm::cl::desc("bytes from which on an elementwise op stores past the "
                     "caches, 0 for never, -1 for the last-level cache"),
      llvm::cl::init(-1)};
  PassOptions::Option<unsigned> threads{
      *this, "threads",
      llvm::cl::desc("threads for a loop worth it, 0 for as many as OpenMP "
                     "has; other than 1 the code needs libomp"),
      llvm::cl::init(1)};
  PassOptions::Option<bool> matmulLibrary{
      *this, "matmul-library",
      llvm::cl::desc("products of matrices by calls of the functions in "
                     "act-c/Matmul.h"),
      llvm::cl::init(false)};
  PassOptions::Option<bool> verifySizes{
      *this, "verify-sizes",
      llvm::cl::desc(
          "check at run time that sizes fit together: puts a message "
          "and aborts if not"),
      llvm::cl::init(false)};
};

/// Adds the passes that take a module with act, linalg, tensor, memref, vector,
/// arith and math ops to the LLVM dialect, for a CPU.
void buildLLVMPipeline(OpPassManager &pm, const LLVMPipelineOptions &options);

/// Runs that pipeline on `module`.
LogicalResult lowerToLLVM(ModuleOp module, const LLVMPipelineOptions &options);

/// Registers every pipeline under its name.
void registerPipelines();

} // namespace mlir::act

#endif // ACT_PIPELINES_PIPELINES_H
