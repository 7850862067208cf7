//===- ScheduleThreads.cpp - loops over threads ---------------------------===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ScheduleThreads.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/OpenMP/OpenMPDialect.h"

using namespace mlir;

Value mlir::act::createPaysThreads(OpBuilder &b, Location loc,
                                   ArrayRef<OpFoldResult> sizes) {
  Value count = arith::ConstantIndexOp::create(b, loc, 1);
  for (OpFoldResult size : sizes)
    count = b.createOrFold<arith::MulIOp>(
        loc, count, getValueOrCreateConstantIndexOp(b, loc, size));
  return b.createOrFold<arith::CmpIOp>(
      loc, arith::CmpIPredicate::uge, count,
      arith::ConstantIndexOp::create(b, loc, kElementsForThreads));
}

void mlir::act::createParallelLoop(OpBuilder &b, Location loc, unsigned threads,
                                   Value from, Value to, Value step,
                                   function_ref<void(Value at)> body,
                                   function_ref<void()> finish) {
  OpBuilder::InsertionGuard guard(b);
  omp::ParallelOperands parallelClauses;
  if (threads != 0)
    parallelClauses.numThreads =
        arith::ConstantIntOp::create(b, loc, threads, /*width=*/32);
  auto parallel = omp::ParallelOp::create(b, loc, parallelClauses);
  b.createBlock(&parallel.getRegion());

  // Without a chunk, a static schedule gives each thread one stretch. The end
  // of the parallel region waits for all.
  omp::WsloopOperands loopClauses;
  loopClauses.nowait = b.getUnitAttr();
  loopClauses.scheduleKind = omp::ClauseScheduleKindAttr::get(
      b.getContext(), omp::ClauseScheduleKind::Static);
  auto wsloop = omp::WsloopOp::create(b, loc, loopClauses);
  finish();
  omp::TerminatorOp::create(b, loc);

  b.createBlock(&wsloop.getRegion());
  omp::LoopNestOperands nestClauses;
  nestClauses.collapseNumLoops = b.getI64IntegerAttr(1);
  nestClauses.loopLowerBounds.push_back(from);
  nestClauses.loopUpperBounds.push_back(to);
  nestClauses.loopSteps.push_back(step);
  auto nest = omp::LoopNestOp::create(b, loc, nestClauses);
  Block *block = b.createBlock(&nest.getRegion(), {}, b.getIndexType(), {loc});
  body(block->getArgument(0));
  omp::YieldOp::create(b, loc);
}
