//===- Act.h - the act dialect -*- C++ -*-===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef ACT_IR_ACT_H
#define ACT_IR_ACT_H

#include "act/Formula/Host.h"
#include "act/Formula/IRExpr.h"
#include "act/Formula/Interval.h"
#include "act/Formula/RowExpr.h"
#include "act/Formula/Slopes.h"
#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/LinalgInterfaces.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "mlir/Interfaces/TilingInterface.h"
#include "mlir/Interfaces/ValueBoundsOpInterface.h"
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
/// The second operand has the type of the result for the first.
LogicalResult verifyRowGradient(Operation *op, RowSize size,
                                int64_t multipleOf);
LogicalResult reifyRow(Operation *op, RowSize size, OpBuilder &b,
                       ReifiedRankedShapedTypeDims &dims);
/// What is known of the size of a result along `dim`: that of the first operand
/// but along the dimension of rows.
void boundRow(Operation *op, std::optional<RowSize> size, Value result,
              int64_t dim, ValueBoundsConstraintSet &constraints);
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
FailureOr<SmallVector<Value>> decomposeBroadcast(FormulaOpInterface op,
                                                 int64_t dim, OpBuilder &b);
/// Of an op whose results are gradients with respect to its operands but the
/// last: the first at each point, those of parameters summed up.
FailureOr<SmallVector<Value>>
decomposeBroadcastGradient(FormulaOpInterface op, int64_t dim, OpBuilder &b);
/// Each result has the shape of the operand at its place.
LogicalResult reifyLikeOperands(Operation *op, OpBuilder &b,
                                ReifiedRankedShapedTypeDims &dims);
/// Whether a parameter of this type is one number: a scalar, rank 0, or size 1.
bool isOneNumber(Type type);
/// The number a value is known to be throughout.
std::optional<double> getConstant(Value value);
/// Folds constants, correctly rounded, and functions that do nothing on the
/// range of their operand.
OpFoldResult foldActivation(ActivationOpInterface op,
                            ArrayRef<Attribute> operands);
/// Folds constants, correctly rounded: all results or none.
LogicalResult foldFormula(FormulaOpInterface op, ArrayRef<Attribute> operands,
                          SmallVectorImpl<OpFoldResult> &results);
OpFoldResult foldFormula(FormulaOpInterface op, ArrayRef<Attribute> operands);
/// The shape of the results if they are vectors.
std::optional<SmallVector<int64_t, 4>> getUnrollShape(Operation *op);
/// Operands in assembly of which the first may be absent: `b`, or `a, b`.
ParseResult
parseOptionalThenLast(OpAsmParser &parser,
                      std::optional<OpAsmParser::UnresolvedOperand> &optional,
                      OpAsmParser::UnresolvedOperand &last);
void printOptionalThenLast(OpAsmPrinter &printer, Operation *op, Value optional,
                           Value last);
/// Results have the shape of the first operand.
LogicalResult reifyLikeFirstOperand(Operation *op, OpBuilder &b,
                                    ReifiedRankedShapedTypeDims &dims);

/// What tiling has to know of an op (lib/IR/Tiling.cpp). Its loops go over the
/// dimensions of the first operand, all of them parallel.
struct TilingShape {
  /// The dimension of rows, if any: rows stay whole, so it has no loop.
  std::optional<int64_t> row;
  /// The dimension that parameters vary along, where the operands after the
  /// first are parameters. The others have the shape of the first.
  std::optional<int64_t> parameters;
};
using Offsets = ArrayRef<OpFoldResult>;
using OffsetsOfOperands = ArrayRef<SmallVector<OpFoldResult>>;
SmallVector<utils::IteratorType> getTilingLoops(Operation *op,
                                                TilingShape shape);
SmallVector<Range> getTilingDomain(Operation *op, TilingShape shape,
                                   OpBuilder &b);
/// The op on slices of its operands. Fails off tensors, and on those with an
/// encoding, which says nothing about a slice.
FailureOr<TilingResult> tile(Operation *op, TilingShape shape, OpBuilder &b,
                             Offsets offsets, Offsets sizes);
/// Where in a result the tile of the loops lies.
LogicalResult getResultTile(Operation *op, TilingShape shape, OpBuilder &b,
                            unsigned result, Offsets offsets, Offsets sizes,
                            SmallVectorImpl<OpFoldResult> &resultOffsets,
                            SmallVectorImpl<OpFoldResult> &resultSizes);
/// A tile of a result. Fails for a part of a row, which takes all of it:
/// computing the row for each of its parts is no gain.
FailureOr<TilingResult> tileForResult(Operation *op, TilingShape shape,
                                      OpBuilder &b, unsigned result,
                                      Offsets offsets, Offsets sizes);
LogicalResult getDomainOfResultTile(Operation *op, TilingShape shape,
                                    unsigned result, Offsets offsets,
                                    Offsets sizes,
                                    SmallVectorImpl<OpFoldResult> &loopOffsets,
                                    SmallVectorImpl<OpFoldResult> &loopSizes);
/// What can be computed of tiles of operands. Fails where they differ, and for
/// parts of rows.
LogicalResult
getDomainOfOperandTiles(Operation *op, TilingShape shape, OpBuilder &b,
                        ArrayRef<unsigned> operands, OffsetsOfOperands offsets,
                        OffsetsOfOperands sizes,
                        SmallVectorImpl<OpFoldResult> &loopOffsets,
                        SmallVectorImpl<OpFoldResult> &loopSizes);
FailureOr<TilingResult> tileForOperands(Operation *op, TilingShape shape,
                                        OpBuilder &b,
                                        ArrayRef<unsigned> operands,
                                        OffsetsOfOperands offsets,
                                        OffsetsOfOperands sizes);
/// Whether there is something to compute for such tiles; builds nothing.
bool fitsResultTile(Operation *op, TilingShape shape, unsigned result,
                    Offsets offsets, Offsets sizes);
bool fitsOperandTiles(Operation *op, TilingShape shape,
                      ArrayRef<unsigned> operands, OffsetsOfOperands offsets,
                      OffsetsOfOperands sizes);

} // namespace mlir::act::detail

#define GET_ATTRDEF_CLASSES
#include "act/IR/ActAttributes.h.inc"

namespace mlir::act {
// Generated parsers and printers name them without qualification.
using detail::parseOptionalThenLast, detail::printOptionalThenLast;
} // namespace mlir::act

#define GET_OP_CLASSES
#include "act/IR/ActOps.h.inc"

#endif // ACT_IR_ACT_H
