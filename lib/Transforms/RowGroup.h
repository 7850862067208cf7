//===- RowGroup.h - linalg ops that share rows ------------------*- C++ -*-===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A group begins with a reduction. Its parallel dimensions say which row an
// element belongs to: they are the coordinates of the group. An op joins if
// what it reads of the group has the same coordinates in the same places.
//
//===----------------------------------------------------------------------===//

#ifndef ACT_LIB_TRANSFORMS_ROWGROUP_H
#define ACT_LIB_TRANSFORMS_ROWGROUP_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"

namespace mlir::act {

/// The position of dimension `dim` among the results of `map`.
inline std::optional<unsigned> findResult(AffineMap map, unsigned dim) {
  return map.getResultPosition(getAffineDimExpr(dim, map.getContext()));
}

/// An op of a group and, for each coordinate, which of its loops runs along it.
struct Member {
  linalg::GenericOp op;
  SmallVector<unsigned> dims;
};

/// What shares rows.
class RowGroup {
public:
  /// The group that begins with `root`.
  explicit RowGroup(linalg::GenericOp root);

  /// Whether rows are gone through more than once.
  bool pays() const;
  bool contains(Operation *op) const {
    return llvm::any_of(members,
                        [&](const Member &member) { return member.op == op; });
  }

  /// The ops, in order.
  SmallVector<Member> members;
  size_t numCoordinates = 0;
  /// The coordinate along which rows lie side by side, element by element.
  std::optional<unsigned> sideBySide;

private:
  bool isMade(Value value) const { return positions.contains(value); }
  void add(Member member, bool inFront);
  void addConsumers();
  void addProducers();
  bool agree(MutableArrayRef<std::optional<unsigned>> dims, AffineMap map,
             Value value) const;
  std::optional<Member> matchConsumer(linalg::GenericOp op) const;
  std::optional<Member> matchProducer(linalg::GenericOp op) const;

  /// For each value that members make: the tensor dimension of each coordinate.
  DenseMap<Value, SmallVector<unsigned>> positions;
};

/// Replaces a group by the loop over its rows.
void buildRowLoop(RowGroup &group);

} // namespace mlir::act

#endif // ACT_LIB_TRANSFORMS_ROWGROUP_H
