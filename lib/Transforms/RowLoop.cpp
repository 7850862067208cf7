//===- RowLoop.cpp - a loop over the rows that linalg ops share -----------===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RowGroup.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/IR/TypeUtilities.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace mlir::act;

/// Rows that lie side by side, element by element, are taken this many at
/// a time: enough for vectors in flight and for whole cache lines, and few
/// enough for a block of them to stay in the cache.
static constexpr int64_t kRowsInBlock = 64;
/// Others are taken two at a time: while the numbers of one are on their way
/// (lanes are combined, sums inverted) there is work on the other.
static constexpr int64_t kRowsAtOnce = 2;

/// Where an init begins: what `linalg.fill` fills, if it is one.
static Value skipFill(Value init) {
  auto fill = init.getDefiningOp<linalg::FillOp>();
  return fill ? fill.getOutputs().front() : init;
}

namespace {

/// Writes the loop over the rows of a group.
class RowLoop {
public:
  explicit RowLoop(RowGroup &group)
      : group(group), loc(group.members.front().op.getLoc()),
        b(group.members.back().op), outer(b) {}
  void run();

private:
  /// The part of a tensor that one step works on.
  struct Part {
    RankedTensorType type;
    SmallVector<OpFoldResult> offsets, sizes, strides;
  };
  /// How many rows a step takes along a coordinate.
  int64_t getBlock(unsigned coordinate) const {
    if (group.sideBySide)
      return coordinate == *group.sideBySide ? kRowsInBlock : 1;
    return coordinate + 1 == group.numCoordinates ? kRowsAtOnce : 1;
  }
  bool isBlock(unsigned coordinate) const { return getBlock(coordinate) > 1; }
  std::optional<unsigned> getCoordinate(const Member &member,
                                        AffineExpr expr) const;
  OpFoldResult getSize(Value whole, unsigned place);
  Part getPart(AffineMap map, const Member &member, Value like);
  Value extract(AffineMap map, const Member &member, Value whole, Value like);
  Value allocate(AffineMap map, const Member &member, Value whole);
  OpFoldResult getRowCount(unsigned coordinate);
  SmallVector<Value> build(ValueRange ivs, ValueRange results);
  void buildMember(const Member &member);
  Value getInit(OpOperand &init, const Member &member);

  RowGroup &group;
  Location loc;
  IRRewriter b;
  /// In front of the loops.
  OpBuilder outer;
  /// Where a step stands along each coordinate, and how far it reaches.
  SmallVector<OpFoldResult> offsets, sizes;
  /// What is there already: sizes in front of the loops, and slices in a step,
  /// each of a tensor along coordinates.
  DenseMap<std::pair<Value, unsigned>, OpFoldResult> knownSizes;
  SmallVector<std::tuple<Value, SmallVector<std::optional<unsigned>>, Value>>
      extracted;
  /// Values of the ops, in a step.
  IRMapping inner;
  /// What a step writes that is needed outside, by the init where it begins.
  DenseMap<OpOperand *, Value> destinations;
};

} // namespace

std::optional<unsigned> RowLoop::getCoordinate(const Member &member,
                                               AffineExpr expr) const {
  auto found = llvm::find(member.dims, cast<AffineDimExpr>(expr).getPosition());
  if (found == member.dims.end())
    return std::nullopt;
  return found - member.dims.begin();
}

/// A size of a tensor from outside, there.
OpFoldResult RowLoop::getSize(Value whole, unsigned place) {
  if (auto empty = whole.getDefiningOp<tensor::EmptyOp>())
    return empty.getMixedSizes()[place];
  OpFoldResult &size = knownSizes[{whole, place}];
  if (!size)
    size = tensor::getMixedSize(outer, loc, whole, place);
  return size;
}

/// What a step takes of a tensor like `like`, from outside: of each coordinate
/// its rows, of the rest all. Dimensions of one row are dropped.
RowLoop::Part RowLoop::getPart(AffineMap map, const Member &member,
                               Value like) {
  Part part;
  SmallVector<int64_t> shape;
  for (auto [place, expr] : llvm::enumerate(map.getResults())) {
    std::optional<unsigned> coordinate = getCoordinate(member, expr);
    part.offsets.push_back(coordinate ? offsets[*coordinate]
                                      : b.getIndexAttr(0));
    part.sizes.push_back(coordinate ? sizes[*coordinate]
                                    : getSize(like, place));
    part.strides.push_back(b.getIndexAttr(1));
    if (!coordinate || isBlock(*coordinate))
      shape.push_back(getConstantIntValue(part.sizes.back())
                          .value_or(ShapedType::kDynamic));
  }
  part.type = RankedTensorType::get(shape, getElementTypeOrSelf(like));
  return part;
}

/// The part of `whole`, which is like `like`.
Value RowLoop::extract(AffineMap map, const Member &member, Value whole,
                       Value like) {
  SmallVector<std::optional<unsigned>> coordinates;
  for (AffineExpr expr : map.getResults())
    coordinates.push_back(getCoordinate(member, expr));
  if (llvm::none_of(coordinates, [](auto c) { return c.has_value(); }))
    return whole;
  for (const auto &[from, along, part] : extracted)
    if (from == whole && along == coordinates)
      return part;
  Part part = getPart(map, member, like);
  Value slice = tensor::ExtractSliceOp::create(
      b, loc, part.type, whole, part.offsets, part.sizes, part.strides);
  extracted.emplace_back(whole, coordinates, slice);
  return slice;
}

/// A part of a tensor that nobody outside sees: one for all steps.
Value RowLoop::allocate(AffineMap map, const Member &member, Value whole) {
  Part part = getPart(map, member, whole);
  SmallVector<OpFoldResult> full, used;
  for (auto [size, expr] : llvm::zip_equal(part.sizes, map.getResults())) {
    std::optional<unsigned> coordinate = getCoordinate(member, expr);
    if (coordinate && !isBlock(*coordinate))
      continue;
    used.push_back(size);
    full.push_back(coordinate && !getConstantIntValue(size)
                       ? b.getIndexAttr(getBlock(*coordinate))
                       : size);
  }
  SmallVector<Value> dynamic;
  SmallVector<int64_t> shape;
  dispatchIndexOpFoldResults(full, dynamic, shape);
  Value buffer = bufferization::AllocTensorOp::create(
      outer, loc, part.type.clone(shape), dynamic, /*copy=*/Value());
  if (full == used)
    return buffer;
  SmallVector<OpFoldResult> zeros(full.size(), b.getIndexAttr(0));
  SmallVector<OpFoldResult> ones(full.size(), b.getIndexAttr(1));
  return tensor::ExtractSliceOp::create(b, loc, part.type, buffer, zeros, used,
                                        ones);
}

Value RowLoop::getInit(OpOperand &init, const Member &member) {
  if (Value made = inner.lookupOrNull(init.get()))
    return made;
  linalg::GenericOp op = member.op;
  AffineMap map = op.getMatchingIndexingMap(&init);
  Value whole = skipFill(init.get()), part = destinations.lookup(&init);
  if (!part)
    part = whole.getDefiningOp<tensor::EmptyOp>()
               ? allocate(map, member, whole)
               : extract(map, member, whole, whole);
  if (auto fill = init.get().getDefiningOp<linalg::FillOp>())
    part = linalg::FillOp::create(b, loc, fill.getInputs().front(), part)
               .getResult(0);
  return part;
}

/// The op on the part of a step.
void RowLoop::buildMember(const Member &member) {
  linalg::GenericOp op = member.op;
  // Loops that are left, renumbered.
  SmallVector<AffineExpr> dims(op.getNumLoops());
  SmallVector<utils::IteratorType> iterators;
  for (auto [dim, iterator] : llvm::enumerate(op.getIteratorTypesArray())) {
    auto found = llvm::find(member.dims, dim);
    if (found == member.dims.end() || isBlock(found - member.dims.begin())) {
      dims[dim] = b.getAffineDimExpr(iterators.size());
      iterators.push_back(iterator);
    }
  }
  SmallVector<Value> inputs, outputs;
  SmallVector<AffineMap> maps;
  for (OpOperand &operand : op->getOpOperands()) {
    AffineMap map = op.getMatchingIndexingMap(&operand);
    SmallVector<AffineExpr> results;
    for (AffineExpr expr : map.getResults())
      if (AffineExpr left = dims[cast<AffineDimExpr>(expr).getPosition()])
        results.push_back(left);
    maps.push_back(
        AffineMap::get(iterators.size(), 0, results, b.getContext()));
    if (op.isDpsInit(&operand))
      outputs.push_back(getInit(operand, member));
    else if (Value made = inner.lookupOrNull(operand.get()))
      inputs.push_back(made);
    else
      inputs.push_back(extract(map, member, operand.get(), operand.get()));
  }
  auto part = linalg::GenericOp::create(b, op.getLoc(), TypeRange(outputs),
                                        inputs, outputs, maps, iterators);
  b.cloneRegionBefore(op.getRegion(), part.getRegion(), part.getRegion().end());
  SmallVector<linalg::IndexOp> indices(
      part.getBlock()->getOps<linalg::IndexOp>());
  for (linalg::IndexOp index : indices) {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointAfter(index);
    uint64_t dim = index.getDim();
    Value offset;
    if (auto found = llvm::find(member.dims, dim); found != member.dims.end())
      offset = getValueOrCreateConstantIndexOp(
          b, loc, offsets[found - member.dims.begin()]);
    if (!dims[dim]) {
      b.replaceOp(index, offset);
      continue;
    }
    index.setDim(cast<AffineDimExpr>(dims[dim]).getPosition());
    if (offset) {
      auto sum = arith::AddIOp::create(b, loc, index, offset);
      b.replaceAllUsesExcept(index, sum, sum);
    }
  }
  inner.map(op->getResults(), part.getResults());
}

/// How many rows there are along a coordinate.
OpFoldResult RowLoop::getRowCount(unsigned coordinate) {
  for (Member &member : group.members)
    for (OpOperand *input : member.op.getDpsInputOperands()) {
      std::optional<unsigned> place = findResult(
          member.op.getMatchingIndexingMap(input), member.dims[coordinate]);
      if (place && !group.contains(input->get().getDefiningOp()))
        return getSize(input->get(), *place);
    }
  llvm_unreachable("a group that reads nothing");
}

void RowLoop::run() {
  Value zero = arith::ConstantIndexOp::create(b, loc, 0);
  Value one = arith::ConstantIndexOp::create(b, loc, 1);
  outer.setInsertionPoint(one.getDefiningOp());

  // What is needed outside, each with the init where it begins, if that is not
  // taken.
  SmallVector<std::pair<Member *, OpResult>> results;
  SmallVector<OpOperand *> begins;
  SmallVector<Value> inits;
  for (Member &member : group.members)
    for (OpResult result : member.op->getResults()) {
      if (llvm::all_of(result.getUsers(),
                       [&](Operation *user) { return group.contains(user); }))
        continue;
      OpOperand *init = member.op.getTiedOpOperand(result);
      while (auto producer = init->get().getDefiningOp<linalg::GenericOp>()) {
        if (!group.contains(producer))
          break;
        init = producer.getTiedOpOperand(cast<OpResult>(init->get()));
      }
      Value whole = skipFill(init->get());
      bool isFree = !llvm::is_contained(begins, init) &&
                    whole.getType() == result.getType();
      if (!isFree)
        whole = tensor::EmptyOp::create(
            outer, loc, tensor::getMixedSizes(outer, loc, whole),
            getElementTypeOrSelf(result.getType()));
      results.emplace_back(&member, result);
      begins.push_back(isFree ? init : nullptr);
      inits.push_back(whole);
    }

  // Loops along all coordinates but for what is one block.
  SmallVector<Value> lower, upper, steps;
  SmallVector<unsigned> looped;
  offsets.assign(group.numCoordinates, b.getIndexAttr(0));
  sizes.assign(group.numCoordinates, b.getIndexAttr(1));
  SmallVector<OpFoldResult> counts;
  for (unsigned c = 0; c < group.numCoordinates; ++c) {
    counts.push_back(getRowCount(c));
    std::optional<int64_t> count = getConstantIntValue(counts.back());
    if (isBlock(c) && count && *count <= getBlock(c)) {
      sizes[c] = counts.back();
      continue;
    }
    looped.push_back(c);
    lower.push_back(zero);
    upper.push_back(getValueOrCreateConstantIndexOp(outer, loc, counts.back()));
    steps.push_back(
        isBlock(c) ? arith::ConstantIndexOp::create(outer, loc, getBlock(c))
                         .getResult()
                   : one);
  }
  b.setInsertionPoint(group.members.back().op);
  outer.setInsertionPointAfter(one.getDefiningOp());
  Operation *marker = arith::ConstantIndexOp::create(outer, loc, 0);
  outer.setInsertionPoint(marker);

  auto build = [&](OpBuilder &nested, Location, ValueRange ivs,
                   ValueRange carried) -> scf::ValueVector {
    // Without a loop everything stays where it is.
    if (!looped.empty())
      b.setInsertionPointToEnd(nested.getInsertionBlock());
    for (auto [c, iv] : llvm::zip_equal(looped, ivs)) {
      offsets[c] = iv;
      if (!isBlock(c))
        continue;
      std::optional<int64_t> count = getConstantIntValue(counts[c]);
      if (count && *count % getBlock(c) == 0) {
        sizes[c] = b.getIndexAttr(getBlock(c));
        continue;
      }
      Value end = getValueOrCreateConstantIndexOp(b, loc, counts[c]);
      AffineExpr at = b.getAffineDimExpr(0), all = b.getAffineSymbolExpr(0);
      AffineMap map =
          AffineMap::get(1, 1, {all - at, b.getAffineConstantExpr(getBlock(c))},
                         b.getContext());
      sizes[c] = affine::AffineMinOp::create(b, loc, map, ValueRange{iv, end})
                     .getResult();
    }
    for (auto [begin, whole, like] : llvm::zip_equal(begins, carried, inits))
      if (begin) {
        auto op = cast<linalg::GenericOp>(begin->getOwner());
        auto member = llvm::find_if(
            group.members, [&](const Member &m) { return m.op == op; });
        destinations[begin] =
            extract(op.getMatchingIndexingMap(begin), *member, whole, like);
      }
    for (const Member &member : group.members)
      buildMember(member);
    scf::ValueVector next;
    for (auto [result, whole, like] :
         llvm::zip_equal(results, carried, inits)) {
      auto [member, value] = result;
      Part part = getPart(member->op.getIndexingMapMatchingResult(value),
                          *member, like);
      next.push_back(tensor::InsertSliceOp::create(b, loc, inner.lookup(value),
                                                   whole, part.offsets,
                                                   part.sizes, part.strides));
    }
    return next;
  };
  SmallVector<Value> replacements;
  if (looped.empty()) {
    for (Value value : build(b, loc, {}, inits))
      replacements.push_back(value);
  } else {
    scf::LoopNest nest =
        scf::buildLoopNest(b, loc, lower, upper, steps, inits, build);
    llvm::append_range(replacements, nest.results);
  }
  for (auto [result, value] : llvm::zip_equal(results, replacements))
    result.second.replaceAllUsesWith(value);
  marker->erase();
  for (Member &member : llvm::reverse(group.members)) {
    // Two results may begin with the same fill.
    llvm::SmallSetVector<Value, 2> inits(member.op.getDpsInits().begin(),
                                         member.op.getDpsInits().end());
    b.eraseOp(member.op);
    for (Value init : inits)
      for (Operation *op = init.getDefiningOp();
           op && isa<linalg::FillOp, tensor::EmptyOp>(op) && op->use_empty();) {
        Operation *filled =
            isa<linalg::FillOp>(op) ? skipFill(init).getDefiningOp() : nullptr;
        b.eraseOp(op);
        op = filled;
      }
  }
}

void mlir::act::buildRowLoop(RowGroup &group) { RowLoop(group).run(); }
