//===- ActSmoothOps.td - table 1: smooth activations -*- tablegen -*-===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Sigmoids, smooth rectifiers and other curves.
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
  let derivative = [{ return logisticSlope(Two<E>{x, std::nullopt}); }];
  let derivativeFromResult = [{
    return Scaled<E>{1.0 - y, std::nullopt, std::nullopt, y};
  }];
  let resultReference = "y * (1 - y)";
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
  let derivative = [{ return sigmoid(-x); }];
  let derivativeFromResult = [{ return -expm1(y); }];
  let resultReference = "-expm1(y)";
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
  let derivative = [{ return tanhSlope(Two<E>{x, std::nullopt}); }];
  let derivativeFromResult = [{ return fma(-y, y, like(y, 1.0)); }];
  let resultReference = "(1 - y) * (1 + y)";
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
  let derivative = [{
    return tanhSlope(twoProd(beta, factorOf(beta, x)),
                     std::optional(alpha * beta));
  }];
  let derivativeFromResult = [{
    if (isConstant(alpha, 0.0))
      return Slope<E>::zero(y);
    return (beta / alpha) * (alpha - y) * (alpha + y);
  }];
  let resultReference = "where(alpha == 0, 0, beta / alpha * (alpha - y) * (alpha + y))";
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
  let derivative = [{ return density(Two<E>{x, std::nullopt}); }];
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
  let derivative = [{
    auto slope = density(divide(twoSum(x, -mu), sigma));
    slope.hi = slope.hi / sigma;
    return slope;
  }];
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
  let derivative = [{
    E a = abs(x);
    auto far = a > 0x1p60;
    E r = 1.0 / where(far, a, fma(a, a + 2.0, like(x, 1.0)));
    return product(r, where(far, r, like(x, 1.0)));
  }];
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
  let derivative = [{
    // 1 / (1 + x^2), or 1 / x twice where the square may overflow.
    auto far = abs(x) > 0x1p60;
    E r = 1.0 / where(far, x, fma(x, x, like(x, 1.0)));
    return product(r, where(far, r, like(x, 1.0)));
  }];
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
  let derivative = [{ return inverseSquareRootSlope(x, alpha); }];
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
  let derivative = [{
    return where(x < 0.0, inverseSquareRootSlope(x, alpha),
                 Scaled<E>{orNaN(x, like(x, 1.0))});
  }];
  let properties = [ZeroAtZero];
  let range = Act_Range<"where(alpha > 0, -1.0000001 / sqrt(alpha), -inf)",
                        "inf">;
  let identityOn = Act_Range<"where(alpha == 0, -inf, 0)", "inf">;
  let example = "%y = act.isrlu %x : vector<8xf32>";
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
  let derivative = [{
    auto t = twoProd(beta, x);
    auto s = sigmoid(t);
    if (threshold)
      s = where(t > *threshold, Scaled<E>{like(x, 1.0)}, s);
    return s;
  }];
  let derivativeFromResult = [{ return -expm1(-twoProd(beta, y)); }];
  let resultReference = "-expm1(-beta * y)";
  let resultConstraints = [Act_Constraint<"threshold == inf", "'threshold' to be absent">];
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
  let reference = "where(b == 0, where(x <= 0, 0, x), "
      "where(x < 0, b / (sqrt(x * x + b) - x) / 2, "
      "(x + sqrt(x * x + b)) / 2))";
  let derivative = [{
    if (isConstant(b, 0.0))
      return flatWhere(x <= 0.0, like(x, 1.0));
    // The value over the root.
    E half = abs(x) * 0.5, quarter = b * 0.25;
    E root = rootOfSquarePlus(half, quarter);
    auto infinite = root == std::numeric_limits<double>::infinity();
    E ratio = where(infinite, like(x, 1.0), (root + half) / (root + root));
    return where(x < 0.0, product(1.0 / (root + half), quarter / (root + root)),
                 Scaled<E>{ratio});
  }];
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
  let derivative = [{
    E t = clip(x, like(x, -64.0), like(x, 64.0));
    auto e = exp(-twoProd(t, t));
    return Scaled<E>{e.hi, std::nullopt, e.exponent, t * -2.0};
  }];
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
  let derivative = [{ return cos(rounded(omega * x)).hi * omega; }];
  let gradZeros = ["everywhere"];
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
  let derivative = [{
    // Further out the period is not seen beside x.
    auto t = twoProd(alpha * 2.0, x);
    auto far = abs(t.hi) >= 0x1p56;
    auto s = sin(where(far, Two<E>{like(x, 0.0), std::nullopt}, t));
    return orNaN(x - x, s.hi + 1.0);
  }];
  let gradZeros = ["everywhere"];
  let properties = [ZeroAtZero, Smooth];
  let example = "%y = act.snake %x {alpha = 0.5 : f64} : tensor<?xf32>";
}

#endif // ACT_IR_ACTSMOOTHOPS_TD
