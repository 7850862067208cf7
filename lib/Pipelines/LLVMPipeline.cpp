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
#include "mlir/Dialect/Bufferization/Pipelines/Passes.h"
#include "mlir/Dialect/Bufferization/Transforms/OneShotAnalysis.h"
#include "mlir/Dialect/Bufferization/Transforms/Passes.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/Passes.h"
#include "mlir/Dialect/Math/Transforms/Passes.h"
#include "mlir/Dialect/MemRef/Transforms/Passes.h"
#include "mlir/Dialect/Vector/Transforms/Passes.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;

/// Tensors to loops over vectors.
static void addSchedule(OpPassManager &pm,
                        const act::LLVMPipelineOptions &options) {
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());
  pm.addNestedPass<func::FuncOp>(act::createActDecompose());
  pm.addNestedPass<func::FuncOp>(act::createConvertActToLinalg());
  pm.addNestedPass<func::FuncOp>(createConvertElementwiseToLinalgPass());
  if (options.verifySizes) {
    pm.addPass(createGenerateRuntimeVerificationPass());
    // What is compared are sizes of arguments, so that ops still fuse.
    pm.addPass(memref::createResolveRankedShapeTypeResultDimsPass());
    pm.addPass(createCanonicalizerPass());
    pm.addPass(createCSEPass());
  }
  pm.addNestedPass<func::FuncOp>(act::createActFuse());
  pm.addPass(createCSEPass());
  pm.addNestedPass<func::FuncOp>(act::createActReuseOperands());
  pm.addNestedPass<func::FuncOp>(act::createActGroupRows());

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
  bufferization::buildBufferDeallocationPipeline(
      pm, bufferization::BufferDeallocationPipelineOptions());
  pm.addPass(createConvertBufferizationToMemRefPass());
  pm.addPass(createCanonicalizerPass());

  act::ActVectorizeOptions vectorize;
  vectorize.cpu = options.cpu;
  vectorize.vectorBits = options.vectorBits;
  vectorize.scalable = options.scalable;
  pm.addNestedPass<func::FuncOp>(act::createActVectorize(vectorize));
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());
}

/// Activations and floats to what the target computes.
static void addArithmetic(OpPassManager &pm,
                          const act::LLVMPipelineOptions &options) {
  pm.addNestedPass<func::FuncOp>(act::createActExpand());
  // What upstream builds from exp, sin, cos and arithmetic without
  // cancellation.
  math::MathExpandOpsPassOptions mathOps;
  mathOps.opMnemonics = {"clampf", "cosh", "round", "rsqrt", "tan"};
  pm.addPass(math::createMathExpandOpsPass(mathOps));
  act::ActLowerPrimitivesOptions primitives;
  primitives.cpu = options.cpu;
  primitives.accuracy = options.accuracy;
  primitives.vectorBits = options.vectorBits;
  pm.addNestedPass<func::FuncOp>(act::createActLowerPrimitives(primitives));
  pm.addNestedPass<func::FuncOp>(act::createActForbidLibm());
  pm.addNestedPass<func::FuncOp>(act::createActLegalizeFloats());
  arith::ArithExpandOpsPassOptions expand;
  expand.includeBf16 = true;
  pm.addPass(arith::createArithExpandOpsPass(expand));
  pm.addPass(createCSEPass());
}

/// Loops, vectors and buffers to the LLVM dialect.
static void addLowering(OpPassManager &pm,
                        const act::LLVMPipelineOptions &options) {
  // Reductions of vectors that came in as such; the schedule makes none.
  pm.addNestedPass<func::FuncOp>(vector::createLowerVectorMultiReductionPass());
  pm.addNestedPass<func::FuncOp>(createConvertVectorToSCFPass());
  pm.addPass(memref::createExpandStridedMetadataPass());
  pm.addPass(createLowerAffinePass());
  pm.addPass(createSCFToControlFlowPass());
  pm.addPass(createConvertVectorToLLVMPass());
  pm.addPass(createConvertToLLVMPass());
  pm.addPass(createReconcileUnrealizedCastsPass());
  pm.addPass(act::createActHalvesAsBits());
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());
  act::ActAttachTargetOptions attach;
  attach.cpu = options.cpu;
  attach.vectorBits = options.vectorBits;
  pm.addPass(act::createActAttachTarget(attach));
  pm.addPass(act::createActCheckLowered());
}

void mlir::act::buildLLVMPipeline(OpPassManager &pm,
                                  const LLVMPipelineOptions &options) {
  pm.addPass(createActPrepareFunctions());
  addSchedule(pm, options);
  addArithmetic(pm, options);
  addLowering(pm, options);
}

LogicalResult mlir::act::lowerToLLVM(ModuleOp module,
                                     const LLVMPipelineOptions &options) {
  PassManager pm(module.getContext());
  buildLLVMPipeline(pm, options);
  return pm.run(module);
}

void mlir::act::registerPipelines() {
  PassPipelineRegistration<LLVMPipelineOptions>(
      "act-to-llvm",
      "tensors, buffers or scalars to the LLVM dialect, for a CPU",
      buildLLVMPipeline);
}
