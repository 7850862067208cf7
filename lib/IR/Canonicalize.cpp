//===- Canonicalize.cpp - rewrites that properties license ----------------===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What needs new ops; the rest is folding (ActOps.cpp).
//
//===----------------------------------------------------------------------===//

#include "act/IR/Act.h"
#include "mlir/IR/TypeUtilities.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir;
using namespace mlir::act;

//===----------------------------------------------------------------------===//
// Products
//===----------------------------------------------------------------------===//

/// Replaces `product`, of which `gate` is a factor, by the op `name`: the
/// parameters are those of the gate, by name, and the promises those of both.
static LogicalResult replaceProduct(arith::MulFOp product, Operation *gate,
                                    StringRef name, ValueRange operands,
                                    PatternRewriter &rewriter) {
  OperationState state(product.getLoc(), name);
  auto fastMath = cast<arith::ArithFastMathInterface>(gate);
  StringRef flags = fastMath.getFastMathAttrName();
  state.addAttribute(
      flags,
      arith::FastMathFlagsAttr::get(
          product.getContext(),
          product.getFastmath() & fastMath.getFastMathFlagsAttr().getValue()));
  for (StringAttr parameter : gate->getName().getAttributeNames()) {
    Attribute value =
        gate->getInherentAttr(parameter.getValue()).value_or(Attribute());
    if (parameter == flags || !value)
      continue;
    if (!llvm::is_contained(state.name.getAttributeNames(), parameter))
      return rewriter.notifyMatchFailure(product, "a parameter has no place");
    state.addAttribute(parameter, value);
  }
  // Such as `precise`.
  state.addAttributes(llvm::to_vector(gate->getDiscardableAttrs()));
  state.addOperands(operands);
  state.addTypes(product.getType());
  rewriter.replaceOp(product, rewriter.create(state));
  return success();
}

/// One op has one rounding more than the product of two, and in between nothing
/// under- or overflows. In 16-bit types the product of rounded factors is the
/// program's own choice.
static bool isWide(arith::MulFOp product) {
  return getElementTypeOrSelf(product.getType()).getIntOrFloatBitWidth() >= 32;
}

namespace {
/// x * F(x), where OpTy says that this is what it computes.
template <typename OpTy>
struct SelfGatedProduct : OpRewritePattern<arith::MulFOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(arith::MulFOp product,
                                PatternRewriter &rewriter) const override {
    if (!isWide(product))
      return failure();
    for (unsigned i : {0, 1}) {
      Value x = product->getOperand(1 - i);
      auto gate =
          product->getOperand(i).getDefiningOp<typename OpTy::SelfGate>();
      if (gate && gate->hasOneUse() && gate->getOperand(0) == x)
        return replaceProduct(product, gate, OpTy::getOperationName(), x,
                              rewriter);
    }
    return failure();
  }
};

/// G(g) * v, where OpTy says that this is what it computes. G must not be
/// needed elsewhere: it would be computed twice.
template <typename OpTy, typename Gate>
struct GatedProduct : OpRewritePattern<arith::MulFOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(arith::MulFOp product,
                                PatternRewriter &rewriter) const override {
    if (!isWide(product))
      return failure();
    for (unsigned i : {0, 1}) {
      auto gate = product->getOperand(i).getDefiningOp<Gate>();
      if (!gate || !gate->hasOneUse())
        continue;
      // A product of two numbers is nothing to improve on.
      std::optional<RealRange> identity = gate.getIdentityRange();
      if (identity && identity->contains(RealRange()))
        continue;
      return replaceProduct(product, gate, OpTy::getOperationName(),
                            {gate->getOperand(0), product->getOperand(1 - i)},
                            rewriter);
    }
    return failure();
  }
};

template <typename OpTy>
using SelfGateOf = typename OpTy::SelfGate;
template <typename OpTy>
using GatesOf = typename OpTy::Gates;
} // namespace

template <typename OpTy, typename... Gates>
static void addGatedProducts(RewritePatternSet &patterns,
                             act::detail::OpList<Gates...>) {
  patterns.add<GatedProduct<OpTy, Gates>...>(patterns.getContext());
}

template <typename OpTy>
static void addProducts(RewritePatternSet &patterns) {
  if constexpr (llvm::is_detected<SelfGateOf, OpTy>::value)
    patterns.add<SelfGatedProduct<OpTy>>(patterns.getContext(), /*benefit=*/2);
  if constexpr (llvm::is_detected<GatesOf, OpTy>::value)
    addGatedProducts<OpTy>(patterns, typename OpTy::Gates());
}

template <typename... Ops>
static void addProductsOfAll(RewritePatternSet &patterns) {
  (addProducts<Ops>(patterns), ...);
}

void act::populateProductPatterns(RewritePatternSet &patterns) {
  addProductsOfAll<
#define GET_OP_LIST
#include "act/IR/ActOpList.cpp.inc"
      >(patterns);
}

//===----------------------------------------------------------------------===//
// Odd functions
//===----------------------------------------------------------------------===//

namespace {
/// f(-x) = -f(x): negations move towards results, where they may meet.
struct NegationOutOfOddFunction
    : OpInterfaceRewritePattern<ActivationOpInterface> {
  using OpInterfaceRewritePattern::OpInterfaceRewritePattern;

  LogicalResult matchAndRewrite(ActivationOpInterface op,
                                PatternRewriter &rewriter) const override {
    if (!bitEnumContainsAll(op.getFunctionProperties(),
                            FunctionProperties::Odd))
      return failure();
    auto negation = op->getOperand(0).getDefiningOp<arith::NegFOp>();
    if (!negation)
      return failure();
    Operation *inner = rewriter.clone(*op);
    inner->setOperand(0, negation.getOperand());
    rewriter.replaceOpWithNewOp<arith::NegFOp>(op, inner->getResult(0),
                                               negation.getFastmathAttr());
    return success();
  }
};
} // namespace

void ActDialect::getCanonicalizationPatterns(
    RewritePatternSet &patterns) const {
  populateProductPatterns(patterns);
  patterns.add<NegationOutOfOddFunction>(patterns.getContext());
}
