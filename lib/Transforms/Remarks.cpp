//===- Remarks.cpp - what became of each op, on request -------------------===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "act/Transforms/Remarks.h"
#include "act/IR/Act.h"

#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/Remarks.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace mlir::act;

static remark::RemarkOpts getOptions(Operation *op, StringRef name,
                                     StringRef category) {
  auto func = dyn_cast<FunctionOpInterface>(op);
  if (!func)
    func = op->getParentOfType<FunctionOpInterface>();
  return remark::RemarkOpts::name(name).category(category).function(
      func ? func.getName() : "");
}

/// The activations in the body of `op`, or else its own name.
static std::string getSubject(linalg::LinalgOp op) {
  llvm::SetVector<StringRef> names;
  op.getBlock()->walk([&](Operation *inner) {
    if (isa<ActDialect>(inner->getDialect()))
      names.insert(inner->getName().getStringRef());
  });
  if (names.empty())
    return op->getName().getStringRef().str();
  return llvm::join(names, ", ");
}

void mlir::act::remarkOnSchedule(linalg::LinalgOp op,
                                 const ScheduleOptions &options,
                                 const std::optional<SchedulePlan> &plan,
                                 StringRef reason) {
  if (!op->getContext()->getRemarkEngine())
    return;
  std::string subject = getSubject(op);
  if (!plan) {
    remark::missed(op.getLoc(), getOptions(op, "scalar", "act-vectorize"))
        << remark::add("{0}: not on vectors: {1}", subject, reason.str());
    return;
  }
  unsigned bits = plan->isScalable ? options.scalableBits : options.vectorBits;
  int64_t perVector = std::min(plan->lanes, getLanesPerVector(op, bits));
  std::string text = llvm::formatv(
      "{0}: {1} vectors of {2} lanes{3}, registers of {4}{5} "
      "bits, along dimension {6} of {7}{8}",
      subject, plan->lanes / perVector, perVector,
      plan->isScalable ? " x vscale" : "", bits,
      plan->isScalable ? " x vscale" : "", plan->vectorDim, op.getNumLoops(),
      plan->reducesVector() ? ", which is reduced" : "");
  if (plan->rows > 1)
    text += llvm::formatv(", {0} rows at once", plan->rows).str();
  remark::passed(op.getLoc(), getOptions(op, "vectorized", "act-vectorize"))
      << remark::add("{0}", text);
}

void mlir::act::remarkOnPrimitives(Operation *root, StringRef cpu,
                                   StringRef accuracy) {
  if (!root->getContext()->getRemarkEngine())
    return;
  // A loop and its rest come from one op, which is one place.
  llvm::MapVector<Location, llvm::SetVector<StringRef>> places;
  root->walk([&](Operation *op) {
    if (auto prim = dyn_cast<PrimOp>(op))
      places[op->getLoc()].insert(stringifyPrimitive(prim.getFunction()));
    else if (isa<math::ExpOp, math::Exp2Op, math::ExpM1Op, math::LogOp,
                 math::Log1pOp, math::TanhOp, math::SinOp, math::CosOp,
                 math::AtanOp, math::ErfOp, math::ErfcOp>(op))
      places[op->getLoc()].insert(op->getName().getStringRef());
  });
  for (auto &[location, names] : places)
    remark::analysis(location,
                     getOptions(root, "primitives", "act-lower-primitives"))
        << remark::add("primitives {0}: {1}, for {2}", llvm::join(names, ", "),
                       accuracy.str(), cpu.str());
}
