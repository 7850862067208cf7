//===- ActSmoothOps.td - table 1: smooth activations -*- tablegen -*-===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Sigmoids, their products with the operand, and other curves.
//
//===----------------------------------------------------------------------===//

#ifndef ACT_IR_ACTSMOOTHOPS_TD
#define ACT_IR_ACTSMOOTHOPS_TD

include "act/IR/ActOpClasses.td"

//===----------------------------------------------------------------------===//
// Sigmoids
//===----------------------------------------------------------------------===//

def Sigmoid : Act_Entry<"sigmoid"> {
  let summary = "logistic function";
  let formula = [{1/(1+e^{-x})}];
  let source = "Verhulst, 1845; Rumelhart et al., Learning representations by "
               "back-propagating errors, 1986";
  let aliases = ["logistic"];
  let forward = [{ return sigmoid(x); }];
  let reference = "where(x >= 0, 1 / (1 + exp(-x)), exp(x) / (1 + exp(x)))";
  let properties = [Smooth, Monotone];
  let range = Act_Range<"0", "1">;
  let example = "%y = act.sigmoid %x : vector<[4]xf32>";
}

def LogSigmoid : Act_Entry<"log_sigmoid"> {
  let summary = "logarithm of the logistic function";
  let formula = [{-\mathrm{sp}(-x)}];
  let source = "PyTorch nn.LogSigmoid; JAX jax.nn.log_sigmoid";
  let forward = [{
    auto p = exp(-abs(x));
    auto e = finish(p);
    auto l = log1p(e);
    // As in softplus: e is the logarithm then, and keeps its exponent apart.
    return where((x > 0.0) & (e < 0x1p-100),
                 Scaled<E>{-p.hi, std::nullopt, p.exponent},
                 Scaled<E>{where(x < 0.0, x - l, -l)});
  }];
  let reference = "where(x >= 0, -log1p(exp(-x)), x - log1p(exp(x)))";
  let properties = [Smooth, Monotone];
  let range = Act_Range<"-inf", "0">;
  let example = "%y = act.log_sigmoid %x : vector<8xf32>";
}

def Tanh : Act_Entry<"tanh"> {
  let summary = "hyperbolic tangent";
  let formula = [{\tanh x}];
  let source = "LeCun et al., Efficient backprop, 1998";
  let forward = [{ return tanh(x); }];
  let reference = "tanh(x)";
  let properties = [ZeroAtZero, Smooth, Monotone, Odd];
  let range = Act_Range<"-1", "1">;
  let example = "%y = act.tanh %x : tensor<f32>";
}

def ScaledTanh : Act_Entry<"scaled_tanh"> {
  let summary = "hyperbolic tangent, scaled in both directions";
  let formula = [{\alpha\tanh(\beta x)}];
  let source = "LeCun et al., Efficient backprop, 1998. A soft cap c (Gemma 2, "
               "arXiv:2408.00118) is alpha = c, beta = 1 / c";
  let aliases = ["lecun_tanh", "softcap"];
  let params = [Act_Real<"alpha", "1.7159", "scale of the value">,
                Act_Real<"beta", "0.6666666666666666", "scale of the operand">];
  let forward = [{
    E t = factorOf(beta, x);
    auto product = twoProd(beta, t);
    // A small product may vanish that alpha makes large again.
    return where(abs(product.hi) < 0x1p-60, alpha * beta * t,
                 alpha * tanh(product).hi);
  }];
  let reference = "alpha * tanh(beta * x)";
  let properties = [ZeroAtZero, Smooth, Odd];
  let range = Act_Range<"min(alpha, -alpha)", "max(alpha, -alpha)">;
  let example = "%y = act.scaled_tanh %x {alpha = 30.0 : f64} : tensor<?xf32>";
}

def NormalCdf : Act_Entry<"normal_cdf"> {
  let summary = "distribution function of the standard normal";
  let formula = [{\Phi(x)}];
  let source = "Gauss, 1809; as an activation: Hendrycks and Gimpel, "
               "arXiv:1606.08415";
  let aliases = ["ndtr", "phi"];
  let forward = [{ return normalCdf(x); }];
  let reference = "erfc(-x / sqrt(2)) / 2";
  let properties = [Smooth, Monotone];
  let range = Act_Range<"0", "1">;
  let example = "%y = act.normal_cdf %x : vector<8xf32>";
}

def Laplace : Act_Entry<"laplace"> {
  let summary = "distribution function of a normal with the given moments";
  let formula = [{\Phi((x - \mu)/s)}];
  let source = "Ma et al., Mega: moving average equipped gated attention, "
               "arXiv:2209.10655";
  let params = [
    Act_Real<"mu", "0.707107", "mean">,
    Act_Real<"sigma", "0.282095", "standard deviation s", Positive>];
  let forward = [{ return normalCdf(divide(twoSum(x, -mu), sigma)); }];
  let reference = "erfc((mu - x) / (sigma * sqrt(2))) / 2";
  let properties = [Smooth, Monotone];
  let range = Act_Range<"0", "1">;
  let example = "%y = act.laplace %x : tensor<?xf32>";
}

def Softsign : Act_Entry<"softsign"> {
  let summary = "rational sigmoid";
  let formula = [{x/(1 + |x|)}];
  let source = "Turian et al., Quadratic features and deep architectures for "
               "chunking, 2009";
  let forward = [{
    return where(abs(x) > 0x1p100, copysign(like(x, 1.0), x),
                 x / (1.0 + abs(x)));
  }];
  let reference = "x / (1 + abs(x))";
  let properties = [ZeroAtZero, Monotone, Odd];
  let range = Act_Range<"-1", "1">;
  let example = "%y = act.softsign %x : vector<8xf32>";
}

def Arctan : Act_Entry<"arctan"> {
  let summary = "inverse tangent";
  let formula = [{\arctan x}];
  let source = "Kamruzzaman and Aziz, A note on activation function in "
               "multilayer feedforward learning, 2002";
  let aliases = ["atan"];
  let forward = [{ return atan(x); }];
  let reference = "atan(x)";
  let properties = [ZeroAtZero, Smooth, Monotone, Odd];
  let range = Act_Range<"-1.5707963267948966", "1.5707963267948966">;
  let example = "%y = act.arctan %x : tensor<?xf32>";
}

def Isru : Act_Entry<"isru"> {
  let summary = "inverse square root unit";
  let formula = [{x/\sqrt{1 + \alpha x^2} }];
  let source = "Carlile et al., Improving deep learning by inverse square root "
               "linear units, arXiv:1710.09967";
  let params = [Act_Real<"alpha", "1.0", "sharpness", NonNegative>];
  let forward = [{ return quiet(inverseSquareRoot(x, alpha)); }];
  let reference = "x / sqrt(1 + alpha * x * x)";
  let properties = [ZeroAtZero, Smooth, Odd];
  // A little wider than the real one, which may not be representable.
  let range = Act_Range<"where(alpha > 0, -1.0000001 / sqrt(alpha), -inf)",
                        "where(alpha > 0, 1.0000001 / sqrt(alpha), inf)">;
  let identityOn = Act_Range<"where(alpha == 0, -inf, inf)",
                             "where(alpha == 0, inf, -inf)">;
  let example = "%y = act.isru %x : vector<8xf32>";
}

def Isrlu : Act_Entry<"isrlu"> {
  let summary = "inverse square root linear unit";
  let formula = [{x < 0 \;?\; x/\sqrt{1 + \alpha x^2} : x}];
  let source = "Carlile et al., Improving deep learning by inverse square root "
               "linear units, arXiv:1710.09967";
  let params = [Act_Real<"alpha", "1.0", "sharpness", NonNegative>];
  let forward = [{
    return where(x < 0.0, inverseSquareRoot(x, alpha), quiet(x));
  }];
  let reference = "where(x < 0, x / sqrt(1 + alpha * x * x), x)";
  let properties = [ZeroAtZero];
  let range = Act_Range<"where(alpha > 0, -1.0000001 / sqrt(alpha), -inf)",
                        "inf">;
  let identityOn = Act_Range<"where(alpha == 0, -inf, 0)", "inf">;
  let example = "%y = act.isrlu %x : vector<8xf32>";
}

//===----------------------------------------------------------------------===//
// Products with a sigmoid
//===----------------------------------------------------------------------===//

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
  let properties = [ZeroAtZero, Smooth, Monotone, Odd];
  let example = "%y = act.tanh_shrink %x : tensor<?xf32>";
}

//===----------------------------------------------------------------------===//
// Smooth rectifiers
//===----------------------------------------------------------------------===//

def Softplus : Act_Entry<"softplus"> {
  let summary = "smooth rectified linear unit";
  let formula = [{\beta x > \theta \;?\; x :
    \tfrac1\beta\,\mathrm{log1p}(e^{\beta x})}];
  let source = "Dugas et al., Incorporating second-order functional knowledge "
               "for better option pricing, 2000; the threshold is PyTorch's "
               "(20 there)";
  let params = [
    Act_Real<"beta", "1.0", "sharpness", Positive>,
    Act_OptionalReal<"threshold", "beta * x above which the result is x">];
  let forward = [{
    auto t = twoProd(beta, x);
    auto p = exp(-abs(t));
    auto e = finish(p);
    auto l = log1p(e) / beta;
    // Where e may be subnormal, log1p(e) = e to the last bit, and e keeps its
    // exponent apart over the division.
    auto y = where((x < 0.0) & (e < 0x1p-100),
                   Scaled<E>{p.hi / beta, std::nullopt, p.exponent},
                   Scaled<E>{where(x > 0.0, x + l, l)});
    if (threshold)
      return where(t > *threshold, Scaled<E>{x}, y);
    return y;
  }];
  let reference = "where(beta * x > threshold, x, "
                  "max(x, 0) + log1p(exp(-abs(beta * x))) / beta)";
  let range = Act_Range<"min(0.0, threshold / beta)", "inf">;
  let example = "%y = act.softplus %x {threshold = 20.0 : f64} : tensor<4xf64>";
}

def Squareplus : Act_Entry<"squareplus"> {
  let summary = "algebraic smooth rectified linear unit";
  let formula = [{\tfrac12 (x + \sqrt{x^2 + b})}];
  let source = "Barron, Squareplus: a softplus-like algebraic rectifier, "
               "arXiv:2112.11687";
  let params = [Act_Real<"b", "4.0", "size of the curved part", NonNegative>];
  let forward = [{
    if (isConstant(b, 0.0))
      return where(x <= 0.0, 0.0, x + 0.0);
    // Halves, because the sum of two of the largest numbers would overflow.
    E half = abs(x) * 0.5, quarter = b * 0.25;
    E sum = rootOfSquarePlus(half, quarter) + half;
    return where(x < 0.0, quarter / sum, sum);
  }];
  let reference = "where(x < 0, where(b == 0, 0, b / (sqrt(x * x + b) - x) / 2), "
                  "(x + sqrt(x * x + b)) / 2)";
  let properties = [Monotone];
  let range = Act_Range<"0", "inf">;
  let example = "%y = act.squareplus %x : tensor<?xf32>";
}

//===----------------------------------------------------------------------===//
// Bells and waves
//===----------------------------------------------------------------------===//

def Gaussian : Act_Entry<"gaussian"> {
  let summary = "bell curve";
  let formula = [{e^{-x^2} }];
  let source = "Broomhead and Lowe, Radial basis functions, multi-variable "
               "functional interpolation and adaptive networks, 1988";
  let forward = [{
    // Further out it is 0, with its slope.
    E t = clip(x, like(x, -64.0), like(x, 64.0));
    return exp(-twoProd(t, t));
  }];
  let reference = "exp(-x * x)";
  let properties = [Smooth, Even];
  let range = Act_Range<"0", "1">;
  let example = "%y = act.gaussian %x : vector<8xf32>";
}

def Sine : Act_Entry<"sine"> {
  let summary = "periodic activation";
  let formula = [{\sin(\omega x)}];
  let source = "Sitzmann et al., Implicit neural representations with periodic "
               "activation functions, arXiv:2006.09661, where omega is 30. The "
               "product is rounded to the compute type";
  let aliases = ["siren"];
  let params = [Act_Real<"omega", "1.0", "angular frequency">];
  let forward = [{ return sin(rounded(omega * x)); }];
  let reference = "sin(rounded(omega * x))";
  // Not odd bit for bit: far out it is +0.
  let properties = [ZeroAtZero, Smooth, NoLimit];
  let range = Act_Range<"-1", "1">;
  let example = "%y = act.sine %x {omega = 30.0 : f64} : tensor<?xf32>";
}

def Snake : Act_Entry<"snake"> {
  let summary = "the operand plus a periodic function of it";
  let formula = [{x + \sin^2(\alpha x)/\alpha}];
  let source = "Ziyin et al., Neural networks fail to learn periodic functions "
               "and how to fix it, arXiv:2006.08195";
  let params = [Act_Real<"alpha", "1.0", "angular frequency", NonZero>];
  let forward = [{
    // Further out the period is not seen beside x.
    auto t = twoProd(alpha, x);
    auto far = abs(t.hi) >= 0x1p55;
    auto s = sin(where(far, Two<E>{like(x, 0.0), std::nullopt}, t));
    auto square = divide(s * s, alpha);
    Two<E> sum = where(far, 0.0, x) + square;
    // The sign of zero is that of the sum in one word.
    E y = where(sum.hi == 0.0, x + square.hi, sum.hi);
    return where(far, x, y);
  }];
  let reference = "x + sin(alpha * x) * sin(alpha * x) / alpha";
  let properties = [ZeroAtZero, Smooth];
  let example = "%y = act.snake %x {alpha = 0.5 : f64} : tensor<?xf32>";
}

#endif // ACT_IR_ACTSMOOTHOPS_TD
