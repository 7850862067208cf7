//===- Act.h - the act dialect -*- C++ -*-===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef ACT_IR_ACT_H
#define ACT_IR_ACT_H

#include "act/Formula/Dual.h"
#include "act/Formula/Forms.h"
#include "act/Formula/Host.h"
#include "act/Formula/IRExpr.h"
#include "act/Formula/Interval.h"
#include "act/Formula/RowExpr.h"
#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/LinalgInterfaces.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "mlir/Interfaces/VectorInterfaces.h"

namespace mlir::act {

/// The type activations of `type` compute in: f32 for 16-bit elements, else
/// the element type; scalar or shaped as `type` is.
Type getComputeType(Type type);
/// Whether activations of `type` compute in f32.
bool computesInSingle(Type type);

/// A range that contains every number `value` may be, as rounded to its type
/// and with room for the error of compiled code: by following producers to a
/// bounded depth.
RealRange getRangeOf(Value value, unsigned depth = 8);

/// On an `arith.addf` of f64 in a reduction whose other operand is an
/// `arith.extf`: the few terms that a step has at hand may be added in their
/// own type, pairwise, before the sum is extended. May be dropped.
constexpr StringLiteral kPartialSumAttr = "act.partial_sum";

/// Rewrites x * F(x) and G(g) * v in f32 and f64 into the one op that computes
/// it with fewer roundings, if there is one (canonicalization does).
void populateProductPatterns(RewritePatternSet &patterns);

} // namespace mlir::act

#include "act/IR/ActDialect.h.inc"
#include "act/IR/ActEnums.h.inc"

namespace mlir::act::detail {

/// Ops by type.
template <typename... Ops>
struct OpList {};

/// The formula of `op` on ranges, within the declared range.
template <typename Op>
RealRange evaluateRange(Op op, llvm::ArrayRef<RealRange> operands) {
  RealRange declared = op.getValueRange();
  RealRange computed = evaluateOnRanges(
      op, operands, computesInSingle(op->getResult(0).getType()),
      operands.size() == 1 && bitEnumContainsAll(op.getFunctionProperties(),
                                                 FunctionProperties::Monotone));
  RealRange both = computed.intersect(declared);
  return both.lo <= both.hi ? both : declared;
}

} // namespace mlir::act::detail

#include "act/IR/ActInterfaces.h.inc"

namespace mlir::act::detail {

/// A parameter as the formula sees it: rounded to the compute type of `op`.
double inComputeType(Operation *op, double value);
/// Parameters must be finite and satisfy their entry's condition.
LogicalResult verifyParameter(Operation *op, StringRef name, double value,
                              function_ref<bool(double)> condition,
                              StringRef requirement);
/// `dim` must be a dimension of the first operand.
LogicalResult verifyDim(Operation *op, int64_t dim);
/// The size of a row-wise result along `dim`: factor * n + constant, n that of
/// the operand.
struct RowSize {
  int64_t dim;
  int64_t factor;
  int64_t constant;
};
/// The type of a row-wise result; `type` itself where it has no such dimension.
Type inferRowType(Type type, RowSize size);
/// The operand's size divides by `multipleOf`, and the result has the type that
/// follows.
LogicalResult verifyRow(Operation *op, RowSize size, int64_t multipleOf);
LogicalResult reifyRow(Operation *op, RowSize size, OpBuilder &b,
                       ReifiedRankedShapedTypeDims &dims);
/// A mask has the shape of the first operand.
LogicalResult verifyMask(Operation *op, StringRef name, Type type);
/// How a parameter of an op that broadcasts may be given.
struct BroadcastMode {
  bool mayBeNumber;
  bool mayBePerIndex;
};
/// Operands after the first have its element type and the shapes `modes` allow.
LogicalResult verifyBroadcast(Operation *op, int64_t dim,
                              ArrayRef<BroadcastMode> modes);
/// The formula of `op` on elements, with parameters stretched along all
/// dimensions but `dim`: linalg for tensors, the formula itself elsewhere.
FailureOr<SmallVector<Value>> decomposeBroadcast(ActivationOpInterface op,
                                                 int64_t dim, OpBuilder &b);
/// The number a value is known to be throughout.
std::optional<double> getConstant(Value value);
/// Folds constants, correctly rounded, and functions that do nothing on the
/// range of their operand.
OpFoldResult foldActivation(ActivationOpInterface op,
                            ArrayRef<Attribute> operands);
/// Results have the shape of the first operand.
LogicalResult reifyLikeFirstOperand(Operation *op, OpBuilder &b,
                                    ReifiedRankedShapedTypeDims &dims);

} // namespace mlir::act::detail

#define GET_ATTRDEF_CLASSES
#include "act/IR/ActAttributes.h.inc"

#define GET_OP_CLASSES
#include "act/IR/ActOps.h.inc"

#endif // ACT_IR_ACT_H
