//===- RowExpr.cpp - row-wise formulas as IR ---===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "act/Formula/RowExpr.h"
#include "RowBuild.h"
#include "act/IR/Act.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;
using namespace mlir::act;

using Kind = RowExpr::Kind;

RowExpr::Kind RowExpr::getKind() const { return node->kind; }
RowContext &RowExpr::getContext() const { return *node->context; }
double RowExpr::getNumber() const { return node->number; }

//===----------------------------------------------------------------------===//
// Expressions
//===----------------------------------------------------------------------===//

RowContext::RowContext(OpBuilder &b, Location loc, Value shape, int64_t dim)
    : b(loc, b), shape(shape), dim(dim),
      computeType(getElementTypeOrSelf(act::getComputeType(shape.getType()))) {}

Type RowContext::getStorageType() const { return getElementTypeOrSelf(shape); }

SmallVector<RowExpr> RowContext::makeLeaves(Kind kind, ValueRange values) {
  auto node = std::make_shared<RowNode>();
  node->kind = kind;
  node->context = this;
  node->values = llvm::to_vector(values);
  SmallVector<RowExpr> leaves;
  for (unsigned i = 0; i < values.size(); ++i)
    leaves.emplace_back(node, i);
  return leaves;
}

RowExpr RowContext::getRow(Value operand) {
  return widen(makeLeaves(Kind::Row, operand).front());
}

RowExpr RowContext::widen(RowExpr leaf) {
  Type from = getElementTypeOrSelf(leaf.getNode().values[leaf.getIndex()]);
  Type to = computeType;
  if (from == to || !isa<FloatType>(from))
    return leaf;
  return compute(leaf, 1,
                 [to](IRContext &context, ValueRange xs) {
                   return SmallVector<Value>{convertFloat(
                       context.builder, context.builder.getLoc(), xs[0], to)};
                 })
      .front();
}

SmallVector<RowExpr> RowContext::compute(ArrayRef<RowExpr> operands,
                                         unsigned count, RowBody body) {
  auto node = std::make_shared<RowNode>();
  node->kind = Kind::Number;
  for (RowExpr e : operands)
    node->kind = std::min(node->kind, e.getKind());
  node->context = this;
  node->operands = llvm::to_vector(operands);
  node->body = std::move(body);
  SmallVector<RowExpr> results;
  for (unsigned i = 0; i < count; ++i)
    results.emplace_back(node, i);
  return results;
}

RowExpr RowContext::getPosition() {
  auto node = std::make_shared<RowNode>();
  node->kind = Kind::Row;
  node->context = this;
  node->isPosition = true;
  return node;
}

RowExpr RowContext::number(double c) {
  auto node = std::make_shared<RowNode>();
  node->kind = Kind::Number;
  node->context = this;
  // Rounded to the compute type, as all constants of a formula.
  node->number = computeType.isF32() ? double(float(c)) : c;
  return node;
}

SmallVector<OpFoldResult> RowContext::getSizes(Kind kind) {
  SmallVector<OpFoldResult> sizes = tensor::getMixedSizes(b, b.getLoc(), shape);
  if (kind == Kind::PerRow)
    sizes.erase(sizes.begin() + dim);
  return sizes;
}

//===----------------------------------------------------------------------===//
// On tensors: one linalg op for an expression
//===----------------------------------------------------------------------===//

/// The values that a loop over `kind` reads. Numbers per row are computed once
/// per row, in a loop of their own.
void RowContext::collectLeaves(RowExpr e, Kind kind,
                               llvm::SetVector<Value> &leaves) {
  RowNode &node = e.getNode();
  if (node.values.empty() && node.kind == Kind::PerRow && kind == Kind::Row)
    build(e);
  if (!node.values.empty())
    leaves.insert(node.values[e.getIndex()]);
  else
    for (RowExpr operand : node.operands)
      collectLeaves(operand, kind, leaves);
}

void RowContext::build(ArrayRef<RowExpr> values) {
  for (RowExpr e : values) {
    RowNode &node = e.getNode();
    if (!isTensor())
      evaluateVector(e, node.kind);
    if (!node.values.empty() || node.kind != Kind::PerRow)
      continue;
    // All values of the node, of which there are as many as its body returns:
    // those that nobody asks for are dead.
    node.values = buildGeneric(e, Kind::PerRow);
  }
}

/// The value in a body whose arguments stand for the leaves.
Value RowContext::evaluate(RowExpr e, IRContext &context,
                           const llvm::SetVector<Value> &leaves,
                           ValueRange arguments, Memo &memo) {
  RowNode &node = e.getNode();
  ImplicitLocOpBuilder &nested = context.builder;
  if (!node.values.empty()) {
    Value leaf = node.values[e.getIndex()];
    return arguments[llvm::find(leaves, leaf) - leaves.begin()];
  }
  auto known = memo.find(&node);
  if (known != memo.end())
    return known->second[e.getIndex()];
  SmallVector<Value> values;
  if (node.isPosition) {
    values = {linalg::IndexOp::create(nested, dim)};
  } else if (node.body) {
    SmallVector<Value> operands;
    for (RowExpr operand : node.operands)
      operands.push_back(evaluate(operand, context, leaves, arguments, memo));
    values = node.body(context, operands);
  } else {
    values = {makeConstant(nested, nested.getLoc(), computeType,
                           b.getFloatAttr(computeType, node.number))};
  }
  Value value = values[e.getIndex()];
  memo[&node] = std::move(values);
  return value;
}

SmallVector<Value> RowContext::buildGeneric(ArrayRef<RowExpr> results,
                                            Kind kind, Attribute encoding) {
  llvm::SetVector<Value> leaves;
  for (RowExpr e : results)
    collectLeaves(e, kind, leaves);
  SmallVector<OpFoldResult> sizes = getSizes(kind);
  AffineMap identity = b.getMultiDimIdentityMap(sizes.size());
  SmallVector<AffineMap> maps;
  for (Value leaf : leaves)
    maps.push_back(cast<RankedTensorType>(leaf.getType()).getRank() ==
                           int64_t(sizes.size())
                       ? identity
                       : identity.dropResult(dim));

  // The types of the results are known once the body is there.
  Block body;
  SmallVector<Type> argumentTypes;
  for (Value leaf : leaves)
    argumentTypes.push_back(getElementTypeOrSelf(leaf));
  body.addArguments(argumentTypes,
                    SmallVector<Location>(leaves.size(), b.getLoc()));
  SmallVector<Value> values;
  {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(&body);
    IRContext context{b, PrimitiveForm::Prim};
    Memo memo;
    for (RowExpr e : results) {
      evaluate(e, context, leaves, body.getArguments(), memo);
      auto whole = memo.find(&e.getNode());
      if (results.size() == 1 && whole != memo.end())
        values = whole->second;
      else
        values.push_back(
            evaluate(e, context, leaves, body.getArguments(), memo));
    }
  }

  SmallVector<Value> outputs;
  SmallVector<Type> types;
  for (Value value : values) {
    outputs.push_back(
        tensor::EmptyOp::create(b, sizes, value.getType(), encoding));
    types.push_back(outputs.back().getType());
    maps.push_back(identity);
    body.addArgument(value.getType(), b.getLoc());
  }
  SmallVector<utils::IteratorType> iterators(sizes.size(),
                                             utils::IteratorType::parallel);
  auto generic = linalg::GenericOp::create(b, types, leaves.getArrayRef(),
                                           outputs, maps, iterators);
  Block *block = b.createBlock(&generic.getRegion());
  block->addArguments(
      body.getArgumentTypes(),
      SmallVector<Location>(body.getNumArguments(), b.getLoc()));
  for (auto [from, to] :
       llvm::zip_equal(body.getArguments(), block->getArguments()))
    from.replaceAllUsesWith(to);
  for (Value &value : values)
    if (auto argument = dyn_cast<BlockArgument>(value))
      value = block->getArgument(argument.getArgNumber());
  block->getOperations().splice(block->end(), body.getOperations());
  b.setInsertionPointToEnd(block);
  linalg::YieldOp::create(b, values);
  b.setInsertionPointAfter(generic);
  return llvm::to_vector(ValueRange(generic.getResults()));
}

SmallVector<RowExpr> RowContext::reduce(ArrayRef<RowExpr> partials,
                                        ArrayRef<TypedAttr> neutral,
                                        RowCombine combine,
                                        ArrayRef<RowExpr> kept) {
  llvm::SetVector<Value> leaves;
  for (ArrayRef<RowExpr> values : {partials, kept})
    for (RowExpr e : values)
      collectLeaves(e, Kind::Row, leaves);
  AffineMap identity = b.getMultiDimIdentityMap(getRank());
  AffineMap perRow = identity.dropResult(dim);
  SmallVector<AffineMap> maps;
  for (Value leaf : leaves)
    maps.push_back(cast<RankedTensorType>(leaf.getType()).getRank() == getRank()
                       ? identity
                       : perRow);
  SmallVector<OpFoldResult> sizes = getSizes(Kind::PerRow);
  SmallVector<Value> outputs;
  for (TypedAttr attr : neutral) {
    Value empty = tensor::EmptyOp::create(b, sizes, attr.getType());
    Value constant = arith::ConstantOp::create(b, attr);
    outputs.push_back(linalg::FillOp::create(b, constant, empty).getResult(0));
    maps.push_back(perRow);
  }
  for (size_t i = 0; i < kept.size(); ++i) {
    outputs.push_back(
        tensor::EmptyOp::create(b, getSizes(Kind::Row), computeType));
    maps.push_back(identity);
  }
  SmallVector<utils::IteratorType> iterators(getRank(),
                                             utils::IteratorType::parallel);
  iterators[dim] = utils::IteratorType::reduction;
  auto generic = linalg::GenericOp::create(
      b, TypeRange(ValueRange(outputs)), leaves.getArrayRef(), outputs, maps,
      iterators, [&](OpBuilder &builder, Location loc, ValueRange arguments) {
        ImplicitLocOpBuilder nested(loc, builder);
        IRContext context{nested, PrimitiveForm::Prim};
        Memo memo;
        SmallVector<Value> values;
        for (RowExpr e : partials)
          values.push_back(evaluate(e, context, leaves, arguments, memo));
        ValueRange before =
            arguments.drop_front(leaves.size()).take_front(neutral.size());
        SmallVector<Value> results = combine(nested, loc, before, values);
        for (RowExpr e : kept)
          results.push_back(evaluate(e, context, leaves, arguments, memo));
        linalg::YieldOp::create(nested, loc, results);
      });
  SmallVector<RowExpr> results =
      makeLeaves(Kind::PerRow, generic.getResults().take_front(neutral.size()));
  llvm::append_range(
      results,
      makeLeaves(Kind::Row, generic.getResults().drop_front(neutral.size())));
  return results;
}

//===----------------------------------------------------------------------===//
// On vectors: ops as they come
//===----------------------------------------------------------------------===//

Type RowContext::getVectorType(Kind kind, Type element) {
  auto type = cast<VectorType>(shape.getType());
  if (kind == Kind::Row)
    return type.clone(element);
  SmallVector<int64_t> sizes(type.getShape());
  sizes.erase(sizes.begin() + dim);
  if (kind == Kind::Number || sizes.empty())
    return element;
  return VectorType::get(sizes, element);
}

/// A number per row, of rank one less, stretched along the rows.
static Value stretch(ImplicitLocOpBuilder &b, Value x, VectorType type,
                     int64_t dim) {
  if (auto perRow = dyn_cast<VectorType>(x.getType())) {
    SmallVector<int64_t> shape(perRow.getShape());
    shape.insert(shape.begin() + dim, 1);
    x = vector::ShapeCastOp::create(
        b, VectorType::get(shape, perRow.getElementType()), x);
  }
  return vector::BroadcastOp::create(b, type, x);
}

/// The value as what a computation on `kind` wants.
Value RowContext::evaluateVector(RowExpr e, Kind kind) {
  RowNode &node = e.getNode();
  if (node.kind == Kind::Number)
    return makeConstant(b, b.getLoc(), getVectorType(kind, computeType),
                        b.getFloatAttr(computeType, node.number));
  if (node.isPosition && node.values.empty()) {
    auto type = cast<VectorType>(getVectorType(Kind::Row, b.getIndexType()));
    auto row = VectorType::get(type.getDimSize(dim), b.getIndexType());
    SmallVector<int64_t> column(type.getRank() - dim, 1);
    column.front() = type.getDimSize(dim);
    Value step = vector::ShapeCastOp::create(
        b, VectorType::get(column, b.getIndexType()),
        vector::StepOp::create(b, row));
    node.values = {vector::BroadcastOp::create(b, type, step)};
  }
  if (node.values.empty()) {
    SmallVector<Value> operands;
    for (RowExpr operand : node.operands)
      operands.push_back(evaluateVector(operand, node.kind));
    IRContext context{b, PrimitiveForm::Prim};
    node.values = node.body(context, operands);
  }
  Value value = node.values[e.getIndex()];
  if (kind == Kind::Row && node.kind == Kind::PerRow)
    return stretch(
        b, value,
        cast<VectorType>(getVectorType(Kind::Row, getElementTypeOrSelf(value))),
        dim);
  return value;
}

RowExpr RowContext::reduceVector(RowExpr e, vector::CombiningKind kind,
                                 Attribute neutral) {
  Value x = evaluateVector(e, Kind::Row);
  Value start = makeConstant(
      b, b.getLoc(), getVectorType(Kind::PerRow, getElementTypeOrSelf(x)),
      neutral);
  SmallVector<bool> reduced(getRank(), false);
  reduced[dim] = true;
  return makeLeaves(Kind::PerRow, vector::MultiDimReductionOp::create(
                                      b, x, start, reduced, kind)
                                      ->getResults())
      .front();
}

//===----------------------------------------------------------------------===//
// Reductions
//===----------------------------------------------------------------------===//

template <typename OpTy>
static SmallVector<Value> combineEach(OpBuilder &b, Location loc,
                                      ValueRange before, ValueRange partial) {
  SmallVector<Value> values;
  for (auto [x, y] : llvm::zip_equal(before, partial))
    values.push_back(OpTy::create(b, loc, x, y));
  return values;
}

RowExpr RowContext::maximum(RowExpr x) {
  auto neutral =
      b.getFloatAttr(computeType, -std::numeric_limits<double>::infinity());
  if (!isTensor())
    return reduceVector(x, vector::CombiningKind::MAXIMUMF, neutral);
  return reduce(x, TypedAttr(neutral), combineEach<arith::MaximumFOp>).front();
}

RowExpr RowContext::largestNumber(RowExpr x) {
  auto neutral =
      b.getFloatAttr(computeType, -std::numeric_limits<double>::infinity());
  if (!isTensor())
    return reduceVector(x, vector::CombiningKind::MAXNUMF, neutral);
  return reduce(x, TypedAttr(neutral), combineEach<arith::MaxNumFOp>).front();
}

RowExpr RowContext::minimum(RowExpr x) {
  auto neutral = b.getIndexAttr(std::numeric_limits<int64_t>::max());
  if (!isTensor())
    return reduceVector(x, vector::CombiningKind::MINUI, neutral);
  return reduce(x, TypedAttr(neutral), combineEach<arith::MinUIOp>).front();
}

std::pair<RowExpr, RowExpr> RowContext::sums(RowExpr x, RowExpr y) {
  auto zero = b.getF64FloatAttr(0.0);
  if (!isTensor())
    return {reduceVector(x, vector::CombiningKind::ADD, zero),
            reduceVector(y, vector::CombiningKind::ADD, zero)};
  SmallVector<RowExpr> results = reduce({x, y}, SmallVector<TypedAttr>(2, zero),
                                        combineEach<arith::AddFOp>);
  return {results[0], results[1]};
}

/// x in f64, which may be added up as `kPartialSumAttr` says.
static SmallVector<Value> addWide(OpBuilder &b, Location loc, ValueRange before,
                                  ValueRange partial) {
  Value term = convertFloat(b, loc, partial.front(), b.getF64Type());
  auto sum = arith::AddFOp::create(b, loc, before.front(), term);
  if (term != partial.front())
    sum->setAttr(kPartialSumAttr, b.getUnitAttr());
  return {sum};
}

RowExpr RowContext::sum(RowExpr x) {
  auto zero = b.getF64FloatAttr(0.0);
  if (isTensor())
    return reduce(x, TypedAttr(zero), addWide).front();
  RowExpr wide = compute(x, 1, [](IRContext &context, ValueRange xs) {
                   ImplicitLocOpBuilder &b = context.builder;
                   return SmallVector<Value>{
                       convertFloat(b, b.getLoc(), xs[0], b.getF64Type())};
                 }).front();
  return reduceVector(wide, vector::CombiningKind::ADD, zero);
}

std::pair<RowExpr, RowExpr> RowContext::keepAndSum(RowExpr x) {
  if (!isTensor())
    return {x, sum(x)};
  SmallVector<RowExpr> results =
      reduce(x, TypedAttr(b.getF64FloatAttr(0.0)), addWide, /*kept=*/x);
  return {results[1], results[0]};
}

/// Whether any of the values, one per row, is not 0.
static Value isAnySet(ImplicitLocOpBuilder &b, Value flags) {
  Value zero = arith::ConstantOp::create(b, b.getF64FloatAttr(0.0));
  Value largest = flags;
  if (auto type = dyn_cast<RankedTensorType>(flags.getType())) {
    Value empty =
        tensor::EmptyOp::create(b, ArrayRef<int64_t>(), b.getF64Type());
    Value start = linalg::FillOp::create(b, zero, empty).getResult(0);
    AffineMap identity = b.getMultiDimIdentityMap(type.getRank());
    AffineMap none = AffineMap::get(type.getRank(), 0, b.getContext());
    auto generic = linalg::GenericOp::create(
        b, start.getType(), flags, start, ArrayRef<AffineMap>{identity, none},
        SmallVector<utils::IteratorType>(type.getRank(),
                                         utils::IteratorType::reduction),
        [](OpBuilder &nested, Location loc, ValueRange xs) {
          linalg::YieldOp::create(
              nested, loc,
              arith::MaximumFOp::create(nested, loc, xs[0], xs[1]).getResult());
        });
    largest = tensor::ExtractOp::create(b, generic.getResult(0), ValueRange());
  } else if (auto type = dyn_cast<VectorType>(flags.getType())) {
    largest = vector::MultiDimReductionOp::create(
        b, flags, zero, SmallVector<bool>(type.getRank(), true),
        vector::CombiningKind::MAXIMUMF);
  }
  return arith::CmpFOp::create(b, arith::CmpFPredicate::OGT, largest, zero);
}

RowExpr RowContext::ascend(double start,
                           llvm::function_ref<RowExpr(RowExpr)> body) {
  // Rounding errors may cost a few steps more than a row has elements.
  constexpr int64_t kMoreSteps = 64;
  TypedAttr attr = b.getF64FloatAttr(start);
  Value first;
  if (isTensor()) {
    Value empty =
        tensor::EmptyOp::create(b, getSizes(Kind::PerRow), b.getF64Type());
    Value constant = arith::ConstantOp::create(b, attr);
    first = linalg::FillOp::create(b, constant, empty).getResult(0);
  } else {
    first = makeConstant(b, b.getLoc(),
                         getVectorType(Kind::PerRow, b.getF64Type()), attr);
  }
  Value zero = arith::ConstantIndexOp::create(b, 0);
  Value one = arith::ConstantIndexOp::create(b, 1);
  Value length;
  if (isTensor())
    length = tensor::DimOp::create(b, shape, dim);
  else
    length = arith::ConstantIndexOp::create(
        b, cast<VectorType>(shape.getType()).getDimSize(dim));
  Value limit = arith::AddIOp::create(
      b, length, arith::ConstantIndexOp::create(b, kMoreSteps));

  auto whileOp = scf::WhileOp::create(
      b, TypeRange{first.getType(), zero.getType()}, ValueRange{first, zero},
      [&](OpBuilder &, Location, ValueRange args) {
        OpBuilder::InsertionGuard guard(b);
        b.setInsertionPointToEnd(args.front().getParentBlock());
        RowExpr before = makeLeaves(Kind::PerRow, args.front()).front();
        RowExpr next = body(before);
        // The value goes up or stays.
        SmallVector<RowExpr> results =
            compute({before, next}, 2, [](IRContext &context, ValueRange xs) {
              IRExpr from(xs[0], context), to(xs[1], context);
              auto rises = to > from;
              return SmallVector<Value>{
                  where(rises, to, from).getValue(),
                  where(rises, like(to, 1.0), like(to, 0.0)).getValue()};
            });
        SmallVector<Value> values;
        if (isTensor()) {
          values = buildGeneric(results, Kind::PerRow);
        } else {
          for (RowExpr e : results)
            values.push_back(evaluateVector(e, Kind::PerRow));
        }
        Value more = arith::AndIOp::create(
            b, isAnySet(b, values[1]),
            arith::CmpIOp::create(b, arith::CmpIPredicate::ult, args[1],
                                  limit));
        Value steps = arith::AddIOp::create(b, args[1], one);
        scf::ConditionOp::create(b, more, ValueRange{values[0], steps});
      },
      [&](OpBuilder &nested, Location loc, ValueRange args) {
        scf::YieldOp::create(nested, loc, args);
      });
  return makeLeaves(Kind::PerRow, whileOp.getResult(0)).front();
}
