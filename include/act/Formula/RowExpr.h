//===- RowExpr.h - row-wise formulas as IR -*- C++ -*-===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The vocabulary of row-wise formulas. A RowExpr is an expression: it becomes
// code where it is reduced or returned, all of it in the body of one loop, so
// that a row is read as often as it is reduced, plus once. What is dear is
// computed once: the exponentials that were added up are kept for the result.
//
//   map(f, x, ...)        f on the elements, which are IRExpr; a number per row
//                         is the same for all elements of its row
//   -x, where(mask, x, c), like(x, c)
//   twoSum(x, y)          the sum in two words
//   sumOfExp(x, t), sumOfExp(x, t, mask)
//                         the sum of e^(x/t) over the row, or what is kept
//   softmax(s), logSoftmax(s), log(s)
//                         e^(x/t) / s, its logarithm, the logarithm of s
//   firstMax(x), oneHot(m)
//   threshold(x, f)       see there
//   concat(x, y)          one row behind the other
//   groupMax(x, groups)   the largest of each group of neighbours
//
// For gradients, dy being that of the result:
//
//   softmaxGradient(y, dy, t), logSoftmaxGradient(y, dy, t)
//   sparseGradient(y, dy, f)
//   groupMaxGradient(x, dy, groups)
//   part(x, dy, i)        part i of dy, as long as x
//
//===----------------------------------------------------------------------===//

#ifndef ACT_FORMULA_ROWEXPR_H
#define ACT_FORMULA_ROWEXPR_H

#include "act/Formula/IRExpr.h"
#include "llvm/ADT/SetVector.h"
#include <functional>
#include <memory>

namespace mlir::vector {
enum class CombiningKind : uint32_t;
} // namespace mlir::vector

namespace mlir::act {

class RowContext;
struct RowNode;

/// A row, one number per row, or one number: an expression. A whole result is
/// one that is already there.
class RowExpr {
public:
  enum class Kind { Row, PerRow, Number, Whole };

  RowExpr(std::shared_ptr<RowNode> node, unsigned index = 0)
      : node(std::move(node)), index(index) {}
  Kind getKind() const;
  RowContext &getContext() const;
  RowNode &getNode() const { return *node; }
  /// Which of the node's values this is.
  unsigned getIndex() const { return index; }
  /// The value of a number.
  double getNumber() const;

private:
  std::shared_ptr<RowNode> node;
  unsigned index;
};

/// The values of a node for values of its operands, scalars or vectors.
using RowBody =
    std::function<SmallVector<Value>(IRContext &context, ValueRange operands)>;
/// Combines two partial results of a reduction.
using RowCombine = llvm::function_ref<SmallVector<Value>(
    OpBuilder &, Location, ValueRange before, ValueRange partial)>;

/// An expression, or what it has become: `values` on tensors or vectors.
struct RowNode {
  RowExpr::Kind kind;
  RowContext *context;
  SmallVector<Value> values;
  SmallVector<RowExpr> operands;
  RowBody body;
  double number = 0;
  /// Set where the value is the position in the row.
  bool isPosition = false;
};

/// Where rows lie, and how loops over them are built: linalg for tensors,
/// vector ops for vectors.
class RowContext {
public:
  /// `shape` is a ranked tensor or fixed vector; rows run along `dim`.
  RowContext(OpBuilder &b, Location loc, Value shape, int64_t dim);

  /// An operand, in the compute type if it is a number.
  RowExpr getRow(Value operand);
  /// One number per row: an operand of size 1 along the rows.
  RowExpr getPerRow(Value operand);
  /// An operand with rows of another length, of which parts are rows.
  Value getOther(Value operand) { return operand; }
  /// Part `index` of such an operand.
  RowExpr getPart(Value operand, int64_t index);
  /// The result, rounded to the operand's type.
  Value finish(RowExpr e);

  /// An expression of `count` values.
  SmallVector<RowExpr> compute(ArrayRef<RowExpr> operands, unsigned count,
                               RowBody body);
  /// The position in the row, an index.
  RowExpr getPosition();
  RowExpr number(double c);
  /// Reduces rows on tensors, from the neutral elements. Behind the results are
  /// the elements of `kept`, stored in the same pass.
  SmallVector<RowExpr> reduce(ArrayRef<RowExpr> partials,
                              ArrayRef<TypedAttr> neutral, RowCombine combine,
                              ArrayRef<RowExpr> kept = {});
  /// The largest or smallest element.
  RowExpr maximum(RowExpr x);
  RowExpr minimum(RowExpr x);
  /// The largest element that is not NaN, -inf if there is none: less work than
  /// `maximum`, for formulas that find NaN in another way.
  RowExpr largestNumber(RowExpr x);
  /// The sum, in f64, of a row in the compute type.
  RowExpr sum(RowExpr x);
  /// The row, stored, and its sum.
  std::pair<RowExpr, RowExpr> keepAndSum(RowExpr x);
  /// Both sums, in one pass over a tensor.
  std::pair<RowExpr, RowExpr> sums(RowExpr x, RowExpr y);
  /// Builds what numbers per row need only once.
  void build(ArrayRef<RowExpr> values);
  /// Makes values, one per row each, of what `body` builds from them while the
  /// first is larger than before in any row, at most as often as a row is long
  /// and a few times more.
  RowExpr ascend(double start, llvm::function_ref<RowExpr(RowExpr)> body);
  RowExpr concat(RowExpr x, RowExpr y);
  RowExpr groupMax(RowExpr x, int64_t groups);
  /// `dy`, of which there is one for each group, at its first maximum.
  RowExpr groupMaxGradient(Value dy, int64_t groups);

  bool isTensor() const { return isa<RankedTensorType>(shape.getType()); }
  Type getComputeType() const { return computeType; }
  ImplicitLocOpBuilder &getBuilder() { return b; }

private:
  using Memo = llvm::DenseMap<RowNode *, SmallVector<Value>>;

  int64_t getRank() const {
    return cast<ShapedType>(shape.getType()).getRank();
  }
  Type getStorageType() const;
  /// A leaf in the compute type, if it is a number.
  RowExpr widen(RowExpr leaf);
  /// A node that is there already.
  SmallVector<RowExpr> makeLeaves(RowExpr::Kind kind, ValueRange values);
  RowExpr reduceVector(RowExpr x, vector::CombiningKind kind,
                       Attribute neutral);
  /// Sizes of a row, or of numbers per row.
  SmallVector<OpFoldResult> getSizes(RowExpr::Kind kind);
  /// The shape a value of this kind has on vectors; scalars where it has none.
  Type getVectorType(RowExpr::Kind kind, Type element);

  /// What rows lie in, the members of a group in a dimension of their own.
  Value splitGroups(int64_t groups);

  // On tensors.
  void collectLeaves(RowExpr e, RowExpr::Kind kind,
                     llvm::SetVector<Value> &leaves);
  Value evaluate(RowExpr e, IRContext &context,
                 const llvm::SetVector<Value> &leaves, ValueRange arguments,
                 Memo &memo);
  SmallVector<Value> buildGeneric(ArrayRef<RowExpr> results, RowExpr::Kind kind,
                                  Attribute encoding = {});
  // On vectors.
  Value evaluateVector(RowExpr e, RowExpr::Kind kind);

  ImplicitLocOpBuilder b;
  Value shape;
  int64_t dim;
  Type computeType;
};

//===----------------------------------------------------------------------===//
// The vocabulary
//===----------------------------------------------------------------------===//

/// A row in two words.
struct RowWords {
  RowExpr hi;
  std::optional<RowExpr> lo;

  RowWords(RowExpr hi, std::optional<RowExpr> lo = std::nullopt)
      : hi(hi), lo(lo) {}
};

/// One number per row: the sum of e^(x / temperature) over what `mask` keeps.
/// It is computed where it is used, as a multiple of e^(shift / temperature),
/// where `shift` is the largest element.
struct RowSumOfExp {
  RowWords x;
  RowExpr temperature;
  std::optional<RowExpr> mask;
  RowExpr shift;
};

/// The first of the largest elements.
struct RowFirstMax {
  RowExpr value;
  RowExpr position;
};

namespace detail {
template <typename F, size_t... i>
Value callOnElements(const F &f, IRContext &context, ValueRange values,
                     std::index_sequence<i...>) {
  IRExpr y = f(IRExpr(values[i], context)...);
  return y.getValue();
}
} // namespace detail

/// `f` on the elements.
template <typename F, typename... Rows>
RowExpr map(F f, RowExpr x, Rows... rows) {
  using Indices = std::make_index_sequence<sizeof...(Rows) + 1>;
  return x.getContext()
      .compute({x, rows...}, 1,
               [f](IRContext &context, ValueRange values) {
                 return SmallVector<Value>{
                     detail::callOnElements(f, context, values, Indices())};
               })
      .front();
}

RowExpr like(RowExpr x, double c);
RowExpr operator-(RowExpr x);
/// x where `mask` is set.
RowExpr where(RowExpr mask, RowExpr x, double otherwise);
RowWords twoSum(RowExpr x, RowExpr y);

/// The sum of e^(x/t), of all elements or of those `mask` keeps.
RowSumOfExp sumOfExp(RowWords x, RowExpr temperature,
                     std::optional<RowExpr> mask = std::nullopt);
/// e^(x/t) / s of the row that s is the sum of; 0 for what the mask leaves out,
/// but for rows that have an infinite maximum or NaN: those are NaN.
RowExpr softmax(RowSumOfExp s);
/// x/t - log(s) of that row.
RowExpr logSoftmax(RowSumOfExp s);
RowExpr log(RowSumOfExp s);

RowFirstMax firstMax(RowExpr x);
/// 1 at the first maximum; NaN if that is NaN.
RowExpr oneHot(RowFirstMax m);

/// The elements less their maximum, in f64; NaN in the whole row where that is
/// not finite.
RowExpr belowMax(RowExpr x);
/// The t of a row where the sum of f(z - t) over z > t is 1. For w > 0, f and
/// its derivative increase from 0, and f(1) = 1. Newton's method from t = -1,
/// which the solution lies above of where z <= 0 and 0 occurs: f is convex, so
/// that t ascends and does not leave the solution behind. `f` returns value and
/// derivative.
RowExpr threshold(RowExpr z,
                  std::function<std::pair<IRExpr, IRExpr>(IRExpr)> f);

RowExpr concat(RowExpr x, RowExpr y);
RowExpr groupMax(RowExpr x, int64_t groups);

/// y (dy - sum of y dy) / t. What is 0 in y counts as left out if that is asked
/// for, NaN beside it included.
RowExpr softmaxGradient(RowExpr y, RowExpr dy, RowExpr temperature,
                        bool skipsZeros = false);
/// (dy - e^y * sum of dy) / t.
RowExpr logSoftmaxGradient(RowExpr y, RowExpr dy, RowExpr temperature);
/// s (dy - sum of s dy / sum of s) for s = f(y), where y > 0, and 0 elsewhere.
RowExpr sparseGradient(RowExpr y, RowExpr dy, std::function<IRExpr(IRExpr)> f);
RowExpr groupMaxGradient(RowExpr x, Value dy, int64_t groups);
RowExpr part(RowExpr x, Value dy, int64_t index);

} // namespace mlir::act

#endif // ACT_FORMULA_ROWEXPR_H
