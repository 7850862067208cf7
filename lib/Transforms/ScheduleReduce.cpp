//===- ScheduleReduce.cpp - combining partial results ---------------------===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ScheduleReduce.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/IRMapping.h"

using namespace mlir;
using namespace mlir::act;

SmallVector<Value> act::combine(OpBuilder &b, Operation *combiner,
                                ValueRange lhs, ValueRange rhs) {
  IRMapping map;
  map.map(combiner->getOperands().take_front(lhs.size()), lhs);
  map.map(combiner->getOperands().drop_front(lhs.size()), rhs);
  Operation *clone = b.clone(*combiner, map);
  for (auto [result, value] : llvm::zip_equal(clone->getResults(), lhs))
    result.setType(value.getType());
  return llvm::to_vector(ValueRange(clone->getResults()));
}

Value act::combineNumbers(OpBuilder &b, Operation *combiner, Value number,
                          Value other) {
  if (!isa<arith::MaxNumFOp, arith::MinNumFOp>(combiner))
    return {};
  auto predicate = isa<arith::MaxNumFOp>(combiner) ? arith::CmpFPredicate::OGT
                                                   : arith::CmpFPredicate::OLT;
  Location loc = combiner->getLoc();
  Value isBeyond = arith::CmpFOp::create(b, loc, predicate, other, number);
  return arith::SelectOp::create(b, loc, isBeyond, other, number);
}

/// Lanes of a vector from `offset` on.
static Value extractLanes(OpBuilder &b, Location loc, Value vector,
                          int64_t offset, int64_t lanes) {
  return vector::ExtractStridedSliceOp::create(
      b, loc, vector, ArrayRef<int64_t>{offset}, ArrayRef<int64_t>{lanes},
      ArrayRef<int64_t>{1});
}

static int64_t countLanes(Value vector) {
  return cast<VectorType>(vector.getType()).getDimSize(0);
}

SmallVector<Value> act::combineLanes(OpBuilder &b, Operation *combiner,
                                     ValueRange vectors) {
  Location loc = combiner->getLoc();
  SmallVector<Value> values = llvm::to_vector(vectors);
  for (int64_t n = countLanes(values.front()) / 2; n >= 1; n /= 2) {
    auto half = [&](int64_t offset) {
      return llvm::map_to_vector(values, [&](Value vector) {
        return extractLanes(b, loc, vector, offset, n);
      });
    };
    SmallVector<Value> lower = half(0), upper = half(n);
    if (Value number =
            combineNumbers(b, combiner, lower.front(), upper.front()))
      values = {number};
    else
      values = combine(b, combiner, lower, upper);
  }
  for (Value &value : values)
    value = vector::ExtractOp::create(b, loc, value, 0);
  return values;
}

Value act::addTerms(OpBuilder &b, Location loc, Value terms, Value mask,
                    Value total) {
  if (mask)
    terms = arith::SelectOp::create(
        b, loc, mask, terms,
        arith::ConstantOp::create(b, loc, b.getZeroAttr(terms.getType())));
  while (countLanes(terms) > countLanes(total)) {
    int64_t n = countLanes(terms) / 2;
    terms = arith::AddFOp::create(b, loc, extractLanes(b, loc, terms, 0, n),
                                  extractLanes(b, loc, terms, n, n));
  }
  Value wide = arith::ExtFOp::create(b, loc, total.getType(), terms);
  return arith::AddFOp::create(b, loc, total, wide);
}

Value mlir::act::fuseProduct(OpBuilder &b, Operation &inner,
                             const IRMapping &map) {
  auto add = dyn_cast<arith::AddFOp>(inner);
  if (!add || !isa<Float32Type, Float64Type>(add.getType()))
    return {};
  auto product = add.getRhs().getDefiningOp<arith::MulFOp>();
  Value addend = add.getLhs();
  if (!product) {
    product = add.getLhs().getDefiningOp<arith::MulFOp>();
    addend = add.getRhs();
  }
  if (!product || product->getBlock() != add->getBlock() ||
      !product->hasOneUse() || !isa<BlockArgument>(addend))
    return {};
  return math::FmaOp::create(b, add.getLoc(), map.lookup(product.getLhs()),
                             map.lookup(product.getRhs()), map.lookup(addend));
}
