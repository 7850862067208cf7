//===- ActBroadcastOps.td - table 1: parameters as operands -*- tablegen -*-===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Activations whose parameters are learned, one number or one per channel.
//
//===----------------------------------------------------------------------===//

#ifndef ACT_IR_ACTBROADCASTOPS_TD
#define ACT_IR_ACTBROADCASTOPS_TD

include "act/IR/ActGradOpClasses.td"

def Prelu : Act_BroadcastEntry<"prelu"> {
  let summary = "rectified linear unit with a learned slope";
  let formula = [{x > 0 \;?\; x : \alpha x}];
  let source = "He et al., Delving deep into rectifiers, arXiv:1502.01852";
  let tensorParams = [Act_TensorParam<"alpha", "slope for negative inputs",
                                      1, 1>];
  let defaultDim = "1";
  let forward = [{
    return where(x > 0.0, x, alpha * limitFactor(alpha, x));
  }];
  let derivatives = [{
    return {where(x > 0.0, like(x, 1.0), alpha), flatWhere(x > 0.0, x)};
  }];
  let reference = "where(x > 0, x, alpha * x)";
  let properties = [ZeroAtZero];
  // One number, known: the slope is an attribute.
  let simplify = [{
    ::std::optional<double> alpha = detail::getConstant(op.getAlpha());
    // The sign of a zero is no part of an attribute.
    if (!alpha || !::std::isfinite(*alpha) ||
        (*alpha == 0 && ::std::signbit(*alpha)))
      return failure();
    ::mlir::DictionaryAttr kept = op->getDiscardableAttrDictionary();
    auto leakyRelu = rewriter.replaceOpWithNewOp<LeakyReluOp>(
        op, op.getX(), ::llvm::APFloat(*alpha), op.getFastmath());
    leakyRelu->setDiscardableAttrs(kept);
    return success();
  }];
  let example = "%y = act.prelu %x, %a : tensor<?x64x?xf32>, tensor<64xf32>";
}

def Dyt : Act_BroadcastEntry<"dyt"> {
  let summary = "dynamic tanh: a layer's normalization by a scaled tanh";
  let formula = [{\gamma\tanh(\alpha x) + \beta}];
  let source = "Zhu et al., Transformers without normalization, "
               "arXiv:2503.10622";
  let tensorParams = [Act_TensorParam<"alpha", "scale of the operand", 1, 0>,
                      Act_TensorParam<"gamma", "scale of the value", 0, 1>,
                      Act_TensorParam<"beta", "offset", 0, 1>];
  let forward = [{
    auto t = tanh(twoProd(alpha, limitFactor(alpha, x)));
    E y = fma(gamma, t.hi, beta);
    // A zero has its sign already, and an infinity is one.
    if (!t.lo)
      return y;
    auto done = (y == 0.0) | (abs(y) == std::numeric_limits<double>::infinity());
    y = where(done, y, fma(gamma, *t.lo, y));
    // What underflows keeps its sign.
    auto vanished = (y == 0.0) & (beta == 0.0) & (abs(x) > 0.0);
    return where(vanished, gamma * copysign(like(x, 0.0), t.hi), y);
  }];
  let derivatives = [{
    // Further out the slope of tanh is 0, and x may be infinite.
    auto t = twoProd(alpha, limitFactor(alpha, x));
    auto far = abs(t.hi) > 2048.0;
    Two<E> zero{like(x, 0.0), std::nullopt};
    Scaled<E> slope = tanhSlope(where(far, zero, t), std::optional(gamma));
    slope = where(far, Scaled<E>{zero.hi}, slope);
    Scaled<E> dx = scaledBy(slope, alpha), dalpha = slope;
    dalpha.factor = where(far, like(x, 1.0), x);
    dalpha.unbounded = true;
    return {dx, dalpha, tanh(t).hi, like(x, 1.0)};
  }];
  let reference = "gamma * tanh(alpha * x) + beta";
  let zeros = ["(log1p(-beta / gamma) - log1p(beta / gamma)) / (2 * alpha)"];
  let properties = [Smooth];
  let example = "%y = act.dyt %x, %a, %g, %b {dim = 1 : i64} : tensor<?x768xf32>, tensor<f32>, tensor<768xf32>, tensor<768xf32>";
}

foreach e = !instances<Act_BroadcastEntry>() in {
  def Act_ # e.cppName # Op : Act_BroadcastOp<e>;
  def Act_ # e.cppName # GradOp : Act_BroadcastGradOp<e>;
}

#endif // ACT_IR_ACTBROADCASTOPS_TD
