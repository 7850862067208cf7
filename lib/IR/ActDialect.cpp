//===- ActDialect.cpp - the act dialect ---===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "act/IR/Act.h"
#include "act/IR/Bytecode.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/DialectImplementation.h"
#include "mlir/IR/TypeUtilities.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace mlir::act;

#include "act/IR/ActDialect.cpp.inc"
#include "act/IR/ActEnums.cpp.inc"
#include "act/IR/ActInterfaces.cpp.inc"

#define GET_ATTRDEF_CLASSES
#include "act/IR/ActAttributes.cpp.inc"

void ActDialect::initialize() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "act/IR/ActAttributes.cpp.inc"
      >();
  registerActDialectOperations(this);
  addInterfaces<ActBytecodeInterface>();
}

Operation *ActDialect::materializeConstant(OpBuilder &builder, Attribute value,
                                           Type type, Location loc) {
  return arith::ConstantOp::materialize(builder, value, type, loc);
}

bool mlir::act::computesInSingle(Type type) {
  return getElementTypeOrSelf(type).getIntOrFloatBitWidth() <= 32;
}

Type mlir::act::getComputeType(Type type) {
  Type element = getElementTypeOrSelf(type);
  if (element.getIntOrFloatBitWidth() < 32)
    element = Float32Type::get(type.getContext());
  if (auto shaped = dyn_cast<ShapedType>(type))
    return shaped.clone(element);
  return element;
}
