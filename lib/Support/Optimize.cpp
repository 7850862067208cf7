//===- Optimize.cpp - LLVM's passes for our code --------------------------===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "act/Support/Optimize.h"

#include "mlir/ExecutionEngine/OptUtils.h"
#include "llvm/Analysis/LoopInfo.h"
#include "llvm/IR/Dominators.h"
#include "llvm/IR/Module.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Target/TargetMachine.h"

using namespace llvm;
using namespace mlir::act;

/// What LLVM's pipeline does to loops over vectors, found by leaving out one
/// pass after the other. Unrolling is for loops of a few instructions.
static constexpr StringLiteral kPasses =
    "function(early-cse<memssa>,simplifycfg,"
    "instcombine<no-verify-fixpoint>,simplifycfg,"
    "loop-mssa(loop-rotate,licm),instcombine<no-verify-fixpoint>,"
    "reassociate,loop(indvars),loop-unroll<O3>,early-cse,"
    "instcombine<no-verify-fixpoint>,simplifycfg)";

/// Whether `loop` touches memory, and never as vectors: LLVM may make some.
static bool isScalar(const Loop &loop) {
  bool touchesMemory = false;
  for (const BasicBlock *block : loop.blocks()) {
    for (const Instruction &instruction : *block) {
      if (instruction.getType()->isVectorTy() ||
          any_of(instruction.operands(), [](const Use &operand) {
            return operand->getType()->isVectorTy();
          }))
        return false;
      touchesMemory |= instruction.mayReadOrWriteMemory();
    }
  }
  return touchesMemory;
}

static bool hasScalarLoops(Module &module) {
  for (Function &function : module) {
    if (function.isDeclaration())
      continue;
    DominatorTree dominators(function);
    LoopInfo loops(dominators);
    for (const Loop *loop : loops.getLoopsInPreorder())
      if (loop->isInnermost() && isScalar(*loop))
        return true;
  }
  return false;
}

static Error runPasses(Module &module, TargetMachine &machine,
                       StringRef passes) {
  LoopAnalysisManager loops;
  FunctionAnalysisManager functions;
  CGSCCAnalysisManager components;
  ModuleAnalysisManager modules;
  PassBuilder builder(&machine);
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(components);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, components, modules);
  ModulePassManager manager;
  if (Error error = builder.parsePassPipeline(manager, passes))
    return error;
  manager.run(module, modules);
  return Error::success();
}

Error mlir::act::optimizeModule(Module &module, TargetMachine &machine,
                                unsigned level) {
  if (level < 2 || hasScalarLoops(module))
    return makeOptimizingTransformer(level, /*sizeLevel=*/0, &machine)(&module);
  return runPasses(module, machine, kPasses);
}
