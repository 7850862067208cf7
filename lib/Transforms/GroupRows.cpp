//===- GroupRows.cpp - finding linalg ops that share rows -----------------===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RowGroup.h"
#include "act/Transforms/Passes.h"
#include "act/Transforms/Rows.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Linalg/Utils/Utils.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "llvm/ADT/SetVector.h"

namespace mlir::act {
#define GEN_PASS_DEF_ACTGROUPROWS
#include "act/Transforms/Passes.h.inc"
} // namespace mlir::act

using namespace mlir;
using namespace mlir::act;

/// Whether `op` may be part of a group at all.
static bool isCandidate(linalg::GenericOp op) {
  if (!op.hasPureTensorSemantics() || linalg::isaContractionOpInterface(op))
    return false;
  return llvm::all_of(op->getOpOperands(), [&](OpOperand &operand) {
    auto type = dyn_cast<RankedTensorType>(operand.get().getType());
    return op.getMatchingIndexingMap(&operand).isProjectedPermutation() &&
           (!type || !type.getEncoding());
  });
}

RowGroup::RowGroup(linalg::GenericOp root) {
  if (!isCandidate(root) || root.getNumReductionLoops() == 0)
    return;
  AffineMap map = root.getMatchingIndexingMap(&root.getDpsInitsMutable()[0]);
  Member member{root, {}};
  for (AffineExpr expr : map.getResults()) {
    unsigned dim = cast<AffineDimExpr>(expr).getPosition();
    if (linalg::isParallelIterator(root.getIteratorTypesArray()[dim]))
      member.dims.push_back(dim);
  }
  numCoordinates = member.dims.size();
  if (numCoordinates == 0 || numCoordinates != root.getNumParallelLoops())
    return;
  for (OpOperand *input : root.getDpsInputOperands()) {
    AffineMap read = root.getMatchingIndexingMap(input);
    if (read.getNumResults() != root.getNumLoops())
      continue;
    auto last = cast<AffineDimExpr>(read.getResults().back());
    auto found = llvm::find(member.dims, last.getPosition());
    if (found != member.dims.end())
      sideBySide = found - member.dims.begin();
    break;
  }
  add(member, /*inFront=*/false);
  if (members.empty())
    return;
  addConsumers();
  addProducers();
}

bool RowGroup::pays() const {
  return llvm::count_if(members, [&](const Member &member) {
           return linalg::GenericOp(member.op).getNumLoops() > numCoordinates;
         }) > 1;
}

/// Adds an op whose results have every coordinate.
void RowGroup::add(Member member, bool inFront) {
  for (OpResult result : member.op->getResults()) {
    AffineMap map = member.op.getIndexingMapMatchingResult(result);
    SmallVector<unsigned> places;
    for (unsigned dim : member.dims)
      if (std::optional<unsigned> place = findResult(map, dim))
        places.push_back(*place);
    if (places.size() != numCoordinates) {
      for (Value other : member.op->getResults())
        positions.erase(other);
      return;
    }
    positions[result] = places;
  }
  members.insert(inFront ? members.begin() : members.end(), member);
}

/// Finds out by which loops, `dims`, an op with an operand or result like
/// `value` goes along the coordinates; false where that contradicts what is
/// known.
bool RowGroup::agree(MutableArrayRef<std::optional<unsigned>> dims,
                     AffineMap map, Value value) const {
  for (auto [dim, place] : llvm::zip_equal(dims, positions.lookup(value))) {
    unsigned found = cast<AffineDimExpr>(map.getResult(place)).getPosition();
    if (dim && *dim != found)
      return false;
    dim = found;
  }
  return true;
}

static std::optional<Member>
makeMember(linalg::GenericOp op, ArrayRef<std::optional<unsigned>> dims) {
  Member member{op, {}};
  for (std::optional<unsigned> dim : dims) {
    if (!dim || !linalg::isParallelIterator(op.getIteratorTypesArray()[*dim]) ||
        llvm::is_contained(member.dims, *dim))
      return std::nullopt;
    member.dims.push_back(*dim);
  }
  return member;
}

std::optional<Member> RowGroup::matchConsumer(linalg::GenericOp op) const {
  SmallVector<std::optional<unsigned>> dims(numCoordinates);
  for (OpOperand &operand : op->getOpOperands())
    if (isMade(operand.get()) &&
        !agree(dims, op.getMatchingIndexingMap(&operand), operand.get()))
      return std::nullopt;
  return makeMember(op, dims);
}

void RowGroup::addConsumers() {
  for (Operation *op = members.front().op->getNextNode(); op;
       op = op->getNextNode()) {
    bool reads = op->walk([&](Operation *nested) {
                     return llvm::any_of(nested->getOperands(),
                                         [&](Value v) { return isMade(v); })
                                ? WalkResult::interrupt()
                                : WalkResult::advance();
                   }).wasInterrupted();
    if (!reads)
      continue;
    // The loop stands in front of the first op that reads a result and does not
    // join.
    auto generic = dyn_cast<linalg::GenericOp>(op);
    if (!generic || !isCandidate(generic))
      return;
    std::optional<Member> member = matchConsumer(generic);
    if (!member)
      return;
    size_t before = members.size();
    add(*member, /*inFront=*/false);
    if (members.size() == before)
      return;
  }
}

std::optional<Member> RowGroup::matchProducer(linalg::GenericOp op) const {
  SmallVector<std::optional<unsigned>> dims(numCoordinates);
  auto result = cast<OpResult>(op->getResult(0));
  AffineMap map = op.getIndexingMapMatchingResult(result);
  for (OpOperand &use : result.getUses()) {
    auto found = llvm::find_if(members, [&](const Member &member) {
      return member.op == use.getOwner();
    });
    if (found == members.end())
      return std::nullopt;
    linalg::GenericOp user = found->op;
    if (user.isDpsInit(&use))
      return std::nullopt;
    AffineMap read = user.getMatchingIndexingMap(&use);
    for (auto [dim, along] : llvm::zip_equal(dims, found->dims)) {
      std::optional<unsigned> place = findResult(read, along);
      if (!place)
        return std::nullopt;
      unsigned own = cast<AffineDimExpr>(map.getResult(*place)).getPosition();
      if (dim && *dim != own)
        return std::nullopt;
      dim = own;
    }
  }
  return makeMember(op, dims);
}

/// Elementwise ops that nobody else reads: a row of theirs need not go through
/// memory.
void RowGroup::addProducers() {
  Block *block = members.front().op->getBlock();
  for (bool changed = true; changed;) {
    changed = false;
    llvm::SetVector<Operation *> producers;
    for (Member &member : members)
      for (OpOperand *input : member.op.getDpsInputOperands())
        if (Operation *producer = input->get().getDefiningOp();
            producer && !contains(producer))
          producers.insert(producer);
    for (Operation *producer : producers) {
      auto generic = dyn_cast<linalg::GenericOp>(producer);
      if (!generic || generic->getBlock() != block || !isCandidate(generic) ||
          generic->getNumResults() != 1 ||
          generic.getNumParallelLoops() != generic.getNumLoops())
        continue;
      std::optional<Member> member = matchProducer(generic);
      if (!member)
        continue;
      size_t before = members.size();
      add(*member, /*inFront=*/true);
      changed |= members.size() != before;
    }
  }
}

void mlir::act::groupRows(Operation *root) {
  SmallVector<linalg::GenericOp> reductions;
  root->walk([&](linalg::GenericOp op) {
    if (op.getNumReductionLoops() != 0)
      reductions.push_back(op);
  });
  SmallPtrSet<Operation *, 8> done;
  for (linalg::GenericOp op : reductions) {
    if (done.contains(op))
      continue;
    RowGroup group(op);
    if (!group.pays())
      continue;
    for (const Member &member : group.members)
      done.insert(member.op);
    buildRowLoop(group);
  }
}

namespace {
struct ActGroupRowsPass : act::impl::ActGroupRowsBase<ActGroupRowsPass> {
  void runOnOperation() override { groupRows(getOperation()); }
};
} // namespace
