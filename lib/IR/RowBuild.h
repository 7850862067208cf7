//===- RowBuild.h - values of row-wise formulas -----------------*- C++ -*-===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef ACT_LIB_IR_ROWBUILD_H
#define ACT_LIB_IR_ROWBUILD_H

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/TypeUtilities.h"

namespace mlir::act {

/// `type` with another element type.
inline Type withElement(Type type, Type element) {
  if (auto shaped = dyn_cast<ShapedType>(type))
    return shaped.clone(element);
  return element;
}

/// Extends or rounds a float.
inline Value convertFloat(OpBuilder &b, Location loc, Value x, Type element) {
  Type from = getElementTypeOrSelf(x);
  if (from == element || !isa<FloatType>(from))
    return x;
  Type type = withElement(x.getType(), element);
  if (from.getIntOrFloatBitWidth() < element.getIntOrFloatBitWidth())
    return arith::ExtFOp::create(b, loc, type, x);
  return arith::TruncFOp::create(b, loc, type, x);
}

/// `number` throughout a type.
inline Value makeConstant(OpBuilder &b, Location loc, Type type,
                          Attribute number) {
  if (auto shaped = dyn_cast<ShapedType>(type))
    number = DenseElementsAttr::get(shaped, number);
  return arith::ConstantOp::create(b, loc, cast<TypedAttr>(number));
}

} // namespace mlir::act

#endif // ACT_LIB_IR_ROWBUILD_H
