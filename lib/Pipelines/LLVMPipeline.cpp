//===- LLVMPipeline.cpp - act-to-llvm -------------------------------------===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "act/Conversion/Passes.h"
#include "act/Pipelines/Pipelines.h"
#include "act/Transforms/Passes.h"

#include "mlir/Conversion/Passes.h"
#include "mlir/Dialect/Arith/Transforms/Passes.h"
#include "mlir/Dialect/Bufferization/Transforms/OneShotAnalysis.h"
#include "mlir/Dialect/Bufferization/Transforms/Passes.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Linalg/Passes.h"
#include "mlir/Dialect/Math/Transforms/Passes.h"
#include "mlir/Dialect/MemRef/Transforms/Passes.h"
#include "mlir/Dialect/Vector/Transforms/Passes.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;

/// Rows, columns and terms of a matmul at a time: the part of B stays in the
/// second-level cache.
static constexpr int64_t kTile[] = {0, 256, 256};

/// Adds `pass` for where one of `ops` is present, those for which it has
/// patterns.
static void addWhere(OpPassManager &pm, ArrayRef<StringRef> ops,
                     std::unique_ptr<Pass> pass) {
  OpPassManager passes(OpPassManager::getAnyOpAnchorName());
  passes.addPass(std::move(pass));
  pm.addPass(act::createActWhere(ops, passes));
}

/// What upstream's buffer-deallocation-pipeline does.
static void addDeallocation(OpPassManager &pm) {
  OpPassManager &func = pm.nest<func::FuncOp>();
  addWhere(func, {"memref.realloc"},
           memref::createExpandReallocPass({/*emitDeallocs=*/false}));
  func.addPass(createCanonicalizerPass());
  pm.addPass(bufferization::createOwnershipBasedBufferDeallocationPass());

  OpPassManager lower(ModuleOp::getOperationName());
  OpPassManager &before = lower.nest<func::FuncOp>();
  before.addPass(createCanonicalizerPass());
  before.addPass(bufferization::createBufferDeallocationSimplificationPass());
  // On the module: a function that frees one of several buffers may come into
  // being.
  lower.addPass(bufferization::createLowerDeallocationsPass());
  OpPassManager &after = lower.nest<func::FuncOp>();
  after.addPass(createCSEPass());
  after.addPass(createCanonicalizerPass());
  pm.addPass(act::createActWhere({"bufferization.dealloc"}, lower));
}

/// Matmuls into blocks with what follows them.
static void addMatmuls(OpPassManager &func,
                       const act::LLVMPipelineOptions &options) {
  OpPassManager passes(OpPassManager::getAnyOpAnchorName());
  act::ActBlockMatmulsOptions block;
  block.forLibrary = options.matmulLibrary;
  llvm::append_range(block.tile, kTile);
  if (options.matmulLibrary)
    passes.addPass(act::createActFoldIntoMatmuls());
  passes.addPass(act::createActBlockMatmuls(block));
  passes.addPass(createCanonicalizerPass());
  passes.addPass(createCSEPass());
  func.addPass(act::createActWhere({"linalg.*"}, passes));
}

/// Tensors to linalg on buffers.
static void addBufferization(OpPassManager &pm,
                             const act::LLVMPipelineOptions &options) {
  OpPassManager &func = pm.nest<func::FuncOp>();
  func.addPass(createCanonicalizerPass());
  func.addPass(createCSEPass());
  func.addPass(act::createActDecompose());
  func.addPass(act::createConvertActToLinalg());
  act::ActWidenMatmulsOptions widen;
  widen.forLibrary = options.matmulLibrary;
  addWhere(func, {"linalg.*"}, act::createActWidenMatmuls(widen));
  func.addPass(createConvertElementwiseToLinalgPass());
  if (options.verifySizes) {
    func.addPass(createGenerateRuntimeVerificationPass());
    // What is compared are sizes of arguments, so that ops still fuse.
    func.addPass(memref::createResolveRankedShapeTypeResultDimsPass());
    func.addPass(createCanonicalizerPass());
    func.addPass(createCSEPass());
  }
  func.addPass(act::createActFuse());
  func.addPass(createCSEPass());
  addMatmuls(func, options);
  func.addPass(act::createActReuseOperands());
  func.addPass(act::createActReshapeDestinations());
  // Threads share the loop over rows of each op.
  if (options.threads == 1)
    func.addPass(act::createActGroupRows());

  pm.addPass(bufferization::createEmptyTensorEliminationPass());
  bufferization::OneShotBufferizePassOptions bufferize;
  bufferize.bufferizeFunctionBoundaries = true;
  bufferize.allowReturnAllocsFromLoops = true;
  bufferize.functionBoundaryTypeConversion =
      bufferization::LayoutMapOption::IdentityLayoutMap;
  pm.addPass(bufferization::createOneShotBufferizePass(bufferize));
  // Numbers of a row.
  bufferization::PromoteBuffersToStackPassOptions small;
  small.maxAllocSizeInBytes = 1024;
  small.maxRankOfAllocatedMemRef = 0;
  pm.addNestedPass<func::FuncOp>(
      bufferization::createPromoteBuffersToStackPass(small));
  addDeallocation(pm);
}

/// Linalg on buffers to loops over vectors.
static void addSchedule(OpPassManager &func,
                        const act::LLVMPipelineOptions &options) {
  addWhere(func, {"bufferization.*"}, createConvertBufferizationToMemRefPass());
  func.addPass(createCSEPass());
  act::ActVectorizeOptions vectorize;
  vectorize.cpu = options.cpu;
  vectorize.vectorBits = options.vectorBits;
  vectorize.scalable = options.scalable;
  vectorize.streamBytes = options.streamBytes;
  vectorize.threads = options.threads;
  func.addPass(act::createActVectorize(vectorize));
  func.addPass(createCanonicalizerPass());
  func.addPass(createCSEPass());
}

/// Activations and floats to what the target computes.
static void addArithmetic(OpPassManager &func,
                          const act::LLVMPipelineOptions &options) {
  act::ActExpandOptions expandOptions;
  expandOptions.accuracy = options.accuracy;
  expandOptions.rareBranch = !options.scalable;
  func.addPass(act::createActExpand(expandOptions));
  // What upstream builds from exp, sin, cos and arithmetic without
  // cancellation; integer powers where they are constants.
  math::MathExpandOpsPassOptions mathOps;
  mathOps.opMnemonics = {"clampf", "cosh", "fpowi", "round", "rsqrt", "tan"};
  addWhere(func,
           {"math.clampf", "math.cosh", "math.fpowi", "math.round",
            "math.rsqrt", "math.tan"},
           math::createMathExpandOpsPass(mathOps));
  act::ActLowerPrimitivesOptions primitives;
  primitives.cpu = options.cpu;
  primitives.accuracy = options.accuracy;
  primitives.vectorBits = options.vectorBits;
  func.addPass(act::createActLowerPrimitives(primitives));
  func.addPass(act::createActForbidLibm());
  func.addPass(act::createActLegalizeFloats());
  func.addPass(act::createActSelectHalves());
  act::ActConvertHalvesOptions halves;
  halves.cpu = options.cpu;
  halves.vectorBits = options.vectorBits;
  func.addPass(act::createActConvertHalves(halves));
  arith::ArithExpandOpsPassOptions expand;
  expand.includeBf16 = true;
  func.addPass(arith::createArithExpandOpsPass(expand));
  func.addPass(createCSEPass());
  if (options.streamBytes == 0)
    return;
  act::ActDropStreamsOptions streams;
  streams.cpu = options.cpu;
  streams.vectorBits = options.vectorBits;
  func.addPass(act::createActDropStreams(streams));
}

/// Loops and vectors to the LLVM dialect, as far as it can be done inside a
/// function.
static void addVectorLowering(OpPassManager &func) {
  // Reductions of vectors that came in as such; the schedule makes none.
  addWhere(func, {"vector.multi_reduction"},
           vector::createLowerVectorMultiReductionPass());
  func.addPass(createConvertVectorToSCFPass());
  func.addPass(memref::createExpandStridedMetadataPass());
  addWhere(func, {"affine.*"}, createLowerAffinePass());
  func.addPass(createSCFToControlFlowPass());
  func.addPass(createConvertVectorToLLVMPass());
}

/// What is left to the LLVM dialect.
static void addLowering(OpPassManager &pm,
                        const act::LLVMPipelineOptions &options) {
  pm.addPass(createConvertToLLVMPass());
  pm.addPass(createReconcileUnrealizedCastsPass());
  OpPassManager &func = pm.nest<LLVM::LLVMFuncOp>();
  func.addPass(act::createActHalvesAsBits());
  func.addPass(createCanonicalizerPass());
  func.addPass(createCSEPass());
  act::ActAttachTargetOptions attach;
  attach.cpu = options.cpu;
  attach.vectorBits = options.vectorBits;
  pm.addPass(act::createActAttachTarget(attach));
  pm.addPass(act::createActCheckLowered());
}

void mlir::act::buildLLVMPipeline(OpPassManager &pm,
                                  const LLVMPipelineOptions &options) {
  pm.addPass(createActPrepareFunctions());
  addBufferization(pm, options);
  if (options.matmulLibrary)
    pm.addPass(createActMatmulToLibrary());
  // A function goes through all of these while it is in the processor's cache,
  // and several at once.
  OpPassManager &func = pm.nest<func::FuncOp>();
  addSchedule(func, options);
  addArithmetic(func, options);
  addVectorLowering(func);
  addLowering(pm, options);
}

LogicalResult mlir::act::lowerToLLVM(ModuleOp module,
                                     const LLVMPipelineOptions &options) {
  PassManager pm(module.getContext());
  // Once at the end rather than after each pass, which takes a tenth of all.
  pm.enableVerifier(false);
  buildLLVMPipeline(pm, options);
  return success(succeeded(pm.run(module)) && succeeded(verify(module)));
}

void mlir::act::registerPipelines() {
  PassPipelineRegistration<LLVMPipelineOptions>(
      "act-to-llvm",
      "tensors, buffers or scalars to the LLVM dialect, for a CPU",
      buildLLVMPipeline);
}
