//===- ActProductOps.td - table 1: products with a sigmoid -*- tablegen -*-===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The operand times a sigmoid of it, and what is built like that.
//
//===----------------------------------------------------------------------===//

#ifndef ACT_IR_ACTPRODUCTOPS_TD
#define ACT_IR_ACTPRODUCTOPS_TD

include "act/IR/ActOpClasses.td"

def Gelu : Act_Entry<"gelu"> {
  let summary = "Gaussian error linear unit";
  let formula = [{x\,\Phi(x);\quad
    \tfrac12 x\,(1+\tanh(\sqrt{2/\pi}\,(x+0.044715x^3)));\quad
    x\,\sigma(1.702x)}];
  let source = "Hendrycks and Gimpel, Gaussian error linear units, "
               "arXiv:1606.08415";
  let aliases = ["gelu_new", "gelu_fast", "gelu_pytorch_tanh", "quick_gelu"];
  let params = [Act_Choice<"approximate", Act_GeluFormAttr, "none",
                           "the form: `none` is exact, `tanh` and `sigmoid` "
                           "are the paper's approximations">];
  let forward = [{
    switch (approximate) {
    case GeluForm::None:
      return limitProduct(x, normalCdf(x));
    case GeluForm::Tanh: {
      // 0.5 (1 + tanh u) = sigmoid(2u), where the exponential amplifies the
      // error of 2u: it is carried in two words. Beyond 32 only its sign counts.
      auto c = clip(x, like(x, -32.0), like(x, 32.0));
      // 2 sqrt(2 / pi)
      constexpr double hi = 1.5957691216057308, lo = -9.96930880911092e-17;
      auto b = exactly(x, hi, lo) * like(x, 0.044715);
      return limitProduct(x, sigmoid(oddCubic(c, hi, lo, b)));
    }
    case GeluForm::Sigmoid:
      return limitProduct(x, sigmoid(twoProd(like(x, 1.702), x)));
    }
    llvm_unreachable("unknown form of gelu");
  }];
  let reference = "where(approximate == 'none', x * (erfc(-x / sqrt(2)) / 2), "
      "where(approximate == 'tanh', "
      "x / (1 + exp(-2 * sqrt(2 / pi) * (x + 0.044715 * x * x * x))), "
      "x / (1 + exp(-1.702 * x))))";
  let derivative = [{
    switch (approximate) {
    case GeluForm::None:
      return normalProductSlope(x);
    case GeluForm::Tanh: {
      // As the value, and x u' in two words.
      auto c = clip(x, like(x, -32.0), like(x, 32.0));
      constexpr double hi = 1.5957691216057308, lo = -9.96930880911092e-17;
      auto b = exactly(x, hi, lo) * like(x, 0.044715);
      // A second word is needed where 1 + x u' cancels.
      auto inner = clip(x, like(x, -16.0), like(x, 16.0));
      auto b3 = b * like(x, 3.0);
      auto m = where(abs(c) > 16.0,
                     Two<E>{c * fma(c * c, b3.hi, like(x, hi)), std::nullopt},
                     oddCubic(inner, hi, lo, b3));
      return sigmoidProductSlope(x, c, oddCubic(c, hi, lo, b), m);
    }
    case GeluForm::Sigmoid: {
      auto c = clip(x, like(x, -2048.0), like(x, 2048.0));
      auto t = twoProd(like(x, 1.702), c);
      return sigmoidProductSlope(x, c, t, t);
    }
    }
    llvm_unreachable("unknown form of gelu");
  }];
  let gradZeros = ["everywhere"];
  let properties = [ZeroAtZero, Smooth];
  let selfGate = "NormalCdf";
  let range = Act_Range<"-0.17004076", "inf">;
  let example = "%y = act.gelu %x approximate<tanh> : tensor<?x64xbf16>";
  // afn licenses the other form (docs/Rationale.md).
  let simplify = [{
    if (op.getApproximate() != GeluForm::None ||
        !arith::bitEnumContainsAll(op.getFastmath(), arith::FastMathFlags::afn))
      return failure();
    rewriter.modifyOpInPlace(op, [&] { op.setApproximate(GeluForm::Tanh); });
    return success();
  }];
}

def Silu : Act_Entry<"silu"> {
  let summary = "sigmoid-weighted linear unit";
  let formula = [{x\,\sigma(x)}];
  let source = "Elfwing et al., Sigmoid-weighted linear units, "
               "arXiv:1702.03118";
  let aliases = ["swish-1"];
  let forward = [{ return limitProduct(x, sigmoid(x)); }];
  let reference = "where(x >= 0, x / (1 + exp(-x)), "
                  "x * exp(x) / (1 + exp(x)))";
  let derivative = [{
    E c = clip(x, like(x, -2048.0), like(x, 2048.0));
    Two<E> t{c, std::nullopt};
    return sigmoidProductSlope(x, c, t, t);
  }];
  let gradZeros = ["everywhere"];
  let properties = [ZeroAtZero, Smooth];
  let selfGate = "Sigmoid";
  let range = Act_Range<"-0.27846455", "inf">;
  let example = "%y = act.silu %x : vector<8xf32>";
}

def Swish : Act_Entry<"swish"> {
  let summary = "sigmoid-weighted linear unit with a slope parameter";
  let formula = [{x\,\sigma(\beta x)}];
  let source = "Ramachandran et al., Searching for activation functions, "
               "arXiv:1710.05941";
  let params = [Act_Real<"beta", "1.0", "slope of the sigmoid">];
  let forward = [{
    // The limit at infinities is infinite then.
    if (isConstant(beta, 0.0))
      return Scaled<E>{like(x, 0.5), std::nullopt, std::nullopt, x};
    return limitProduct(x, sigmoid(twoProd(beta, x)));
  }];
  let reference = "where(beta * x >= 0, x / (1 + exp(-beta * x)), "
                  "x * exp(beta * x) / (1 + exp(beta * x)))";
  let derivative = [{
    if (isConstant(beta, 0.0))
      return orNaN(x, like(x, 0.5));
    E bound = abs(2048.0 / beta), c = clip(x, -bound, bound);
    auto t = twoProd(beta, c);
    return sigmoidProductSlope(x, c, t, t);
  }];
  let gradZeros = ["everywhere"];
  let properties = [ZeroAtZero, Smooth];
  let range = Act_Range<"where(beta > 0, -0.27846455 / beta, -inf)",
                        "where(beta < 0, -0.27846455 / beta, inf)">;
  let simplify = [{
    if (!op.getBeta().isExactlyValue(1.0))
      return failure();
    ::mlir::DictionaryAttr kept = op->getDiscardableAttrDictionary();
    auto silu = rewriter.replaceOpWithNewOp<SiluOp>(op, op.getX(),
                                                    op.getFastmath());
    silu->setDiscardableAttrs(kept);
    return success();
  }];
  let example = "%y = act.swish %x {beta = 1.5 : f64} : tensor<?xf32>";
}

def Mish : Act_Entry<"mish"> {
  let summary = "self-regularized smooth unit";
  let formula = [{x\tanh(\mathrm{sp}(x))}];
  let source = "Misra, Mish: a self regularized non-monotonic activation "
               "function, arXiv:1908.08681";
  // tanh(log1p(e^x)) in e = e^-|x| is, for x < 0, e (2 + e) / (2 + 2e + e^2),
  // else (1 + 2e) / (1 + 2e + 2e^2). Both fractions are 1/2 and a difference in
  // [1/10, 1/2], and half of x, or of x e, has no error to add to that of the
  // rest.
  let forward = [{
    auto p = exp(-abs(x));
    auto e = finish(p);
    auto negative = x < 0.0;
    auto top = fma(e, fma(e, where(negative, like(x, -1.0), like(x, -2.0)),
                          where(negative, like(x, 0.0), like(x, 2.0))),
                   where(negative, like(x, 2.0), like(x, 1.0)));
    auto bottom = fma(e, fma(e, where(negative, like(x, 2.0), like(x, 4.0)),
                             like(x, 4.0)),
                      where(negative, like(x, 4.0), like(x, 2.0)));
    auto difference = top / bottom, half = like(x, 0.5);
    // For negative x the factor e has two words and keeps its exponent apart.
    auto limited = limitProduct(x, where(negative, p, Scaled<E>{like(x, 1.0)}));
    // Very small and large x are factors to the last: nothing under- or
    // overflows before.
    auto apart = (abs(x) < 0x1p-60) | (x > 64.0);
    E factor = where(apart, like(x, 1.0), *limited.factor);
    auto words = twoProd(factor, limited.hi);
    E rest = words.hi * difference;
    if (words.lo) {
      E low = *words.lo;
      if (limited.lo)
        low = fma(factor, *limited.lo, low);
      rest = fma(low, difference + half, rest);
    }
    // The sign is lost at zero only.
    E y = copysign(fma(words.hi, half, rest), factor);
    return Scaled<E>{y, std::nullopt, limited.exponent,
                     where(apart, x, like(x, 1.0))};
  }];
  let reference = "where(x >= 0, "
      "x * (1 + 2 * exp(-x)) / (1 + 2 * exp(-x) + 2 * exp(-2 * x)), "
      "x * exp(x) * (exp(x) + 2) / (exp(x) * (exp(x) + 2) + 2))";
  let derivative = [{
    // In e = e^-|x| it is, for x < 0,
    //   e (4 (1 + x) + e (6 + 4x + e (4 + e))) / (2 + 2e + e^2)^2,
    // else (1 + 4e + (6 + 4x) e^2 + (4 + 4x) e^3) / (1 + 2e + 2e^2)^2.
    E t = clip(x, like(x, -2048.0), like(x, 2048.0));
    auto p = exp(-abs(t));
    auto e = finish(p);
    auto negative = t < 0.0;
    E one = like(x, 1.0), two = like(x, 2.0), four = like(x, 4.0);
    E middle = fma(four, t, like(x, 6.0)), end = fma(four, t, four);
    E top = fma(e, fma(e, fma(e, where(negative, one, end),
                              where(negative, four, middle)),
                       where(negative, middle, four)),
                where(negative, end, one));
    E half = fma(e, e, where(negative, e + e, e));
    auto bottom = twoSum(where(negative, two, one),
                         where(negative, half, half + half));
    E square = bottom.hi * bottom.hi;
    if (bottom.lo)
      square = fma(bottom.hi, bottom.hi, *bottom.lo * bottom.hi * 2.0);
    auto factor = where(negative, p, Scaled<E>{one});
    return Scaled<E>{factor.hi * (top / square), std::nullopt, factor.exponent};
  }];
  let gradZeros = ["everywhere"];
  let properties = [ZeroAtZero, Smooth];
  let range = Act_Range<"-0.30884342", "inf">;
  let example = "%y = act.mish %x : vector<4x8xf16>";
}

def Lisht : Act_Entry<"lisht"> {
  let summary = "linearly scaled hyperbolic tangent";
  let formula = [{x\tanh x}];
  let source = "Roy et al., LiSHT, arXiv:1901.05894";
  let forward = [{ return factorTimes(x, tanh(x).hi); }];
  let reference = "x * tanh(x)";
  let derivative = [{
    E c = clip(x, like(x, -2048.0), like(x, 2048.0));
    return fma(c, finish(tanhSlope(Two<E>{c, std::nullopt})), tanh(x).hi);
  }];
  let properties = [ZeroAtZero, Smooth, Even];
  let selfGate = "Tanh";
  let range = Act_Range<"0", "inf">;
  let example = "%y = act.lisht %x : vector<8xf32>";
}

def TanhShrink : Act_Entry<"tanh_shrink"> {
  let summary = "the operand less its hyperbolic tangent";
  let formula = [{x - \tanh x}];
  let source = "PyTorch nn.Tanhshrink";
  let forward = [{ return xMinusTanh(x); }];
  let reference = "where(abs(x) < 0.125, x * x * x * (1/3 + x * x * (1/30 + "
      "x * x * (1/840 + x * x * (1/45360 + x * x * (1/3991680 + "
      "x * x * (1/518918400 + x * x * (1/93405312000 + "
      "x * x / 22230464256000))))))) * 2 / (exp(x) + exp(-x)), x - tanh(x))";
  let derivative = [{
    E t = tanh(x).hi;
    return product(t, t);
  }];
  let properties = [ZeroAtZero, Smooth, Monotone, Odd];
  let example = "%y = act.tanh_shrink %x : tensor<?xf32>";
}

#endif // ACT_IR_ACTPRODUCTOPS_TD
