//===- ActRectifiedOps.td - table 1: piecewise activations -*- tablegen -*-===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Rectifiers, clips, steps and shrinkages: entries with a kink or a jump.
//
//===----------------------------------------------------------------------===//

#ifndef ACT_IR_ACTRECTIFIEDOPS_TD
#define ACT_IR_ACTRECTIFIEDOPS_TD

include "act/IR/ActOpClasses.td"

//===----------------------------------------------------------------------===//
// Lines and steps
//===----------------------------------------------------------------------===//

def Identity : Act_Entry<"identity"> {
  let summary = "the operand itself";
  let formula = [{x}];
  let source = "PyTorch nn.Identity";
  let aliases = ["none", "linear in Keras"];
  let forward = [{ return x; }];
  let reference = "x";
  let properties = [ZeroAtZero, Monotone, Odd, Act_Idempotent];
  let identityOn = Act_AllReals;
  let example = "%y = act.identity %x : tensor<?xf32>";
}

def Linear : Act_Entry<"linear"> {
  let summary = "a straight line";
  let formula = [{\alpha x + \beta}];
  let source = "Rosenblatt, The perceptron, 1958, without its step";
  let aliases = ["affine"];
  let params = [Act_Real<"alpha", "1.0", "slope">,
                Act_Real<"beta", "0.0", "offset; 0 adds nothing, so that -0 "
                         "stays">];
  let forward = [{
    if (!isConstant(beta, 0.0))
      return fma(alpha, factorOf(alpha, x), beta);
    // Nothing is computed then, and NaN would stay signaling.
    if (isConstant(alpha, -1.0))
      return -quiet(x);
    return alpha * factorOf(alpha, x);
  }];
  let reference = "where(beta == 0, alpha * x, alpha * x + beta)";
  let derivative = [{ return alpha; }];
  let range = Act_Range<"where(alpha == 0, where(beta == 0, -inf, beta), -inf)",
                        "where(alpha == 0, beta, inf)">;
  let identityOn = Act_Range<
      "where(alpha == 1, where(beta == 0, -inf, inf), inf)",
      "where(alpha == 1, where(beta == 0, inf, -inf), -inf)">;
  let example = "%y = act.linear %x {alpha = 2.0 : f64} : vector<8xf32>";
}

def Step : Act_Entry<"step"> {
  let summary = "binary step";
  let formula = [{x \le \theta \;?\; 0 : 1}];
  let source = "McCulloch and Pitts, A logical calculus of the ideas immanent "
               "in nervous activity, 1943";
  let aliases = ["binary_step", "heaviside"];
  let params = [
    Act_Real<"threshold", "0.0", "where the step is">,
    Act_Flag<"inclusive", "the threshold itself gives 1">];
  let forward = [{
    auto below = inclusive ? x < threshold : x <= threshold;
    return orNaN(x, where(below, like(x, 0.0), like(x, 1.0)));
  }];
  let reference = "where(inclusive, where(x < threshold, 0, 1), "
                  "where(x <= threshold, 0, 1))";
  let derivative = [{
    // NaN too.
    return Slope<E>::zero(x);
  }];
  let properties = [Monotone];
  let range = Act_Range<"0", "1">;
  let example = "%y = act.step %x {inclusive} : tensor<4xf16>";
}

def Sign : Act_Entry<"sign"> {
  let summary = "sign of the operand: -1, 0 or 1";
  let formula = [{x < 0 \;?\; -1 : x > 0 \;?\; 1 : x}];
  let source = "Hubara et al., Binarized neural networks, arXiv:1602.02830; "
               "ONNX Sign";
  let aliases = ["sgn", "signum"];
  let forward = [{
    return where(x > 0.0, like(x, 1.0), where(x < 0.0, like(x, -1.0), quiet(x)));
  }];
  let reference = "where(x > 0, 1, where(x < 0, -1, x))";
  let derivative = [{
    // NaN too.
    return Slope<E>::zero(x);
  }];
  let properties = [ZeroAtZero, Monotone, Odd, Act_Idempotent];
  let range = Act_Range<"-1", "1">;
  let example = "%y = act.sign %x : vector<4x8xbf16>";
}

//===----------------------------------------------------------------------===//
// Rectifiers
//===----------------------------------------------------------------------===//

def Relu : Act_Entry<"relu"> {
  let summary = "rectified linear unit";
  let formula = [{x \le 0 \;?\; 0 : x}];
  let source = "Nair and Hinton, Rectified linear units improve restricted "
               "Boltzmann machines, 2010";
  // Adding 0 changes nothing but makes NaN quiet.
  let forward = [{ return where(x <= 0.0, 0.0, x + 0.0); }];
  let reference = "where(x <= 0, 0, x)";
  let derivativeFromResult = [{ return flatWhere(y <= 0.0, like(y, 1.0)); }];
  let resultReference = "where(y <= 0, 0, 1)";
  let properties = [ZeroAtZero, Monotone, Act_Idempotent];
  let range = Act_Range<"0", "inf">;
  let identityOn = Act_Range<"0", "inf">;
  let example = "%y = act.relu %x : vector<8xf32>";
}

def ReluN : Act_Entry<"relu_n"> {
  let summary = "rectified linear unit with an upper bound";
  let formula = [{\min(\max(x, 0), \mathrm{max})}];
  let source = "Krizhevsky, Convolutional deep belief networks on CIFAR-10, "
               "2010; PyTorch ReLU6";
  let aliases = ["relu6", "bounded_relu"];
  let params = [Act_Real<"max", "6.0", "the largest value", NonNegative>];
  let forward = [{ return clip(x + 0.0, like(x, 0.0), max); }];
  let reference = "where(x <= 0, 0, where(x >= max, max, x))";
  let derivativeFromResult = [{
    return flatWhere((y <= 0.0) | (y >= max), like(y, 1.0));
  }];
  let resultReference = "where(y <= 0, 0, where(y >= max, 0, 1))";
  let properties = [ZeroAtZero, Monotone, Act_Idempotent];
  let range = Act_Range<"0", "max">;
  let identityOn = Act_Range<"0", "max">;
  let example = "%y = act.relu_n %x : tensor<?x?xbf16>";
}

def HardTanh : Act_Entry<"hard_tanh"> {
  let summary = "the operand between two bounds";
  let formula = [{\min(\max(x, lo), hi)}];
  let source = "Collobert, Large scale machine learning, 2004; PyTorch Hardtanh";
  let aliases = ["clip", "clamp"];
  let params = [Act_Real<"lo", "-1.0", "the smallest value">,
                Act_Real<"hi", "1.0", "the largest value">];
  let constraints = [Act_Constraint<"lo <= hi", "'lo' to be at most 'hi'">];
  let forward = [{ return clip(quiet(x), lo, hi); }];
  let reference = "where(x <= lo, lo, where(x >= hi, hi, x))";
  let derivativeFromResult = [{
    return flatWhere((y <= lo) | (y >= hi), like(y, 1.0));
  }];
  let resultReference = "where(y <= lo, 0, where(y >= hi, 0, 1))";
  let properties = [Monotone, Act_Idempotent];
  let range = Act_Range<"lo", "hi">;
  // Of a zero at the upper end the sign is lost.
  let identityOn = Act_Range<"lo", "where(hi == 0, -inf, hi)">;
  let example = "%y = act.hard_tanh %x {hi = 2.0 : f64} : vector<8xf32>";
}

def LeakyRelu : Act_Entry<"leaky_relu"> {
  let summary = "rectified linear unit with a small slope for negative inputs";
  let formula = [{x > 0 \;?\; x : \alpha x}];
  let source = "Maas et al., Rectifier nonlinearities improve neural network "
               "acoustic models, 2013; the default is PyTorch's";
  let params = [Act_Real<"alpha", "0.01", "slope for negative inputs">];
  let forward = [{
    // Nothing is computed then, and NaN would stay signaling.
    if (isConstant(alpha, 1.0) || isConstant(alpha, -1.0))
      return where(x > 0.0, x, alpha * quiet(x));
    return where(x > 0.0, x, alpha * factorOf(alpha, x));
  }];
  let reference = "where(x > 0, x, alpha * x)";
  let derivative = [{ return where(x > 0.0, like(x, 1.0), alpha); }];
  let derivativeFromResult = [{ return where(y > 0.0, like(y, 1.0), alpha); }];
  let resultReference = "where(y > 0, 1, alpha)";
  let resultConstraints = [Act_Constraint<"alpha >= 0", "'alpha' to be non-negative">];
  let properties = [ZeroAtZero];
  let identityOn = Act_Range<
      "where(alpha == 1, -inf, where(alpha >= 0, 0, inf))", "inf">;
  let example = "%y = act.leaky_relu %x {alpha = 0.2 : f64} : vector<16xf32>";
}

def Rrelu : Act_Entry<"rrelu"> {
  let summary = "rectified linear unit with a random slope for negative inputs";
  let formula = [{x > 0 \;?\; x : s x,\quad s = (\mathrm{lower} + \mathrm{upper}) / 2}];
  let source = "Xu et al., Empirical evaluation of rectified activations in "
               "convolutional network, arXiv:1505.00853; the defaults are "
               "PyTorch's. In training `slopes`, of the type of `x`, are random "
               "numbers between `lower` and `upper`; without it the slope is "
               "their mean";
  let params = [
    Act_Real<"lower", "0.125", "the smallest slope">,
    Act_Real<"upper", "0.3333333333333333", "the largest slope">];
  let constraints = [Act_Constraint<"lower <= upper",
                                    "'lower' to be at most 'upper'">];
  let optionalOperand = "slopes";
  let optionalDefault = "(lower + upper) / 2";
  let forward = [{
    if (slopes)
      return where(x > 0.0, x, *slopes * x);
    E slope = lower * 0.5 + upper * 0.5;
    // At -inf the limit.
    E t = where(slope == 0.0, clip(x, like(x, -1.0), like(x, 1.0)), x);
    return where(x > 0.0, x, slope * quiet(t));
  }];
  let reference = "where(x > 0, x, slopes * x)";
  let derivative = [{
    E slope = slopes ? *slopes : lower * 0.5 + upper * 0.5;
    return where(x > 0.0, like(x, 1.0), slope);
  }];
  let properties = [ZeroAtZero];
  let example = "%y = act.rrelu %x, %s : tensor<?xf32>";
}

def Threshold : Act_Entry<"threshold"> {
  let summary = "the operand above a threshold, a constant elsewhere";
  let formula = [{x \le \theta \;?\; v : x}];
  let source = "PyTorch nn.Threshold; ONNX ThresholdedRelu";
  let aliases = ["thresholded_relu", "fatrelu"];
  let params = [
    Act_RequiredReal<"threshold", "up to which the result is `value`">,
    Act_RequiredReal<"value", "the result up to the threshold">];
  let forward = [{ return where(x <= threshold, value, quiet(x)); }];
  let reference = "where(x <= threshold, value, x)";
  let range = Act_Range<"min(threshold, value)", "inf">;
  let example = "%y = act.threshold %x {threshold = 1.0 : f64, value = 0.0 : f64} : tensor<8xf32>";
}

def SquaredRelu : Act_Entry<"squared_relu"> {
  let summary = "square of the rectified linear unit";
  let formula = [{\max(x, 0)^2}];
  let source = "So et al., Primer, arXiv:2109.08668";
  let aliases = ["relu2", "srelu in TransformerEngine"];
  let forward = [{
    E r = where(x <= 0.0, 0.0, x);
    return product(r, r);
  }];
  let reference = "where(x <= 0, 0, x * x)";
  let derivative = [{
    return flatWhere(x <= 0.0, Slope<E>::twice(x));
  }];
  let derivativeFromResult = [{ return flatWhere(y <= 0.0, 2.0 * sqrt(y)); }];
  let resultReference = "where(y <= 0, 0, 2 * sqrt(y))";
  let properties = [ZeroAtZero, Monotone];
  let range = Act_Range<"0", "inf">;
  let example = "%y = act.squared_relu %x : vector<16xbf16>";
}

def StarRelu : Act_Entry<"star_relu"> {
  let summary = "scaled and shifted square of the rectified linear unit";
  let formula = [{\mathrm{scale}\max(x, 0)^2 + \mathrm{bias} }];
  let source = "Yu et al., MetaFormer baselines for vision, arXiv:2210.13452";
  let params = [Act_Real<"scale", "0.8944", "factor of the square">,
                Act_Real<"bias", "-0.4472", "offset">];
  let forward = [{
    E r = where(x <= 0.0, 0.0, x);
    E t = factorOf(scale, r);
    return isConstant(bias, 0.0) ? scale * t * t : fma(scale * t, t, bias);
  }];
  let reference = "where(x <= 0, bias, scale * x * x + bias)";
  let derivative = [{
    return flatWhere(x <= 0.0,
                     Slope<E>(product(factorOf(scale, x), scale * 2.0)));
  }];
  let zeros = ["sqrt(-bias / scale)"];
  let range = Act_Range<"where(scale > 0, bias, where(scale < 0, -inf, bias))",
                        "where(scale < 0, bias, where(scale > 0, inf, bias))">;
  let example = "%y = act.star_relu %x : tensor<?xf32>";
}

//===----------------------------------------------------------------------===//
// Exponential below zero
//===----------------------------------------------------------------------===//

def Elu : Act_Entry<"elu"> {
  let summary = "exponential linear unit";
  let formula = [{x > 0 \;?\; x : \alpha(e^x - 1)}];
  let source = "Clevert et al., Fast and accurate deep network learning by "
               "exponential linear units, arXiv:1511.07289";
  let params = [Act_Real<"alpha", "1.0", "scale of the negative part">];
  let forward = [{
    auto positive = x > 0.0;
    return product(where(positive, x, expm1(x).hi),
                   where(positive, like(x, 1.0), alpha));
  }];
  let reference = "where(x > 0, x, alpha * expm1(x))";
  let derivative = [{
    return where(x > 0.0, Scaled<E>{like(x, 1.0)}, exponential(x, alpha));
  }];
  let derivativeFromResult = [{ return where(y > 0.0, like(y, 1.0), y + alpha); }];
  let resultReference = "where(y > 0, 1, y + alpha)";
  let resultConstraints = [Act_Constraint<"alpha >= 0", "'alpha' to be non-negative">];
  let properties = [ZeroAtZero];
  let range = Act_Range<"where(alpha > 0, -alpha, -inf)", "inf">;
  let identityOn = Act_Range<"where(alpha > 0, 0, inf)", "inf">;
  let example = "%y = act.elu %x {alpha = 0.5 : f64} : tensor<?xf32>";
}

def Celu : Act_Entry<"celu"> {
  let summary = "continuously differentiable exponential linear unit";
  let formula = [{x > 0 \;?\; x : \alpha(e^{x/\alpha} - 1)}];
  let source = "Barron, Continuously differentiable exponential linear units, "
               "arXiv:1704.07483";
  let params = [Act_Real<"alpha", "1.0", "scale of the negative part", Positive>];
  let forward = [{
    auto t = divide(x, alpha);
    E y = (expm1(t) * alpha).hi;
    // alpha (e^(x / alpha) - 1) is x there, even where the quotient vanishes.
    return where((x > 0.0) | (abs(t.hi) < 0x1p-60), x, y);
  }];
  let reference = "where(x > 0, x, alpha * expm1(x / alpha))";
  let derivative = [{
    return where(x > 0.0, Scaled<E>{like(x, 1.0)},
                 exponential(divide(x, alpha), like(x, 1.0)));
  }];
  let derivativeFromResult = [{
    return where(y > 0.0, like(y, 1.0), (y + alpha) / alpha);
  }];
  let resultReference = "where(y > 0, 1, (y + alpha) / alpha)";
  let properties = [ZeroAtZero];
  let range = Act_Range<"-alpha", "inf">;
  let identityOn = Act_Range<"0", "inf">;
  let example = "%y = act.celu %x {alpha = 2.0 : f64} : vector<8xf32>";
}

def Selu : Act_Entry<"selu"> {
  let summary = "scaled exponential linear unit";
  let formula = [{\gamma\,(x > 0 \;?\; x : \alpha(e^x - 1))}];
  let source = "Klambauer et al., Self-normalizing neural networks, "
               "arXiv:1706.02515";
  let params = [
    Act_Real<"alpha", "1.6732632423543772", "scale of the negative part">,
    Act_Real<"gamma", "1.0507009873554805", "scale of all">];
  let forward = [{
    auto positive = x > 0.0;
    return product(where(positive, factorOf(gamma, x), expm1(x).hi),
                   where(positive, gamma, gamma * alpha));
  }];
  let reference = "where(x > 0, gamma * x, gamma * alpha * expm1(x))";
  let derivative = [{
    return where(x > 0.0, Scaled<E>{gamma}, exponential(x, gamma * alpha));
  }];
  let derivativeFromResult = [{
    auto floor = twoProd(gamma, alpha);
    return where(y > 0.0, gamma, finish(Scaled<E>{(y + floor).hi}));
  }];
  let resultReference = "where(y > 0, gamma, y + gamma * alpha)";
  let resultConstraints = [Act_Constraint<"alpha >= 0 && gamma > 0", "'alpha' to be non-negative and 'gamma' to be positive">];
  let properties = [ZeroAtZero];
  let range = Act_Range<
      "where(gamma > 0, where(alpha > 0, -alpha * gamma, -inf), -inf)", "inf">;
  let example = "%y = act.selu %x : tensor<?xf32>";
}

def Xielu : Act_Entry<"xielu"> {
  let summary = "expanded integral of the exponential linear unit";
  let formula = [{x > 0 \;?\; \alpha_p x^2 + \beta x :
    \alpha_n (e^{\min(x, \epsilon)} - 1 - x) + \beta x}];
  let source = "Huang and Schlag, Deriving activation functions using "
               "integration, arXiv:2411.13010; the parameters are the "
               "effective ones. Hugging Face has eps = -1e-6";
  let params = [
    Act_Real<"alpha_p", "0.8", "curvature of the positive part">,
    Act_Real<"alpha_n", "0.8", "scale of the negative part">,
    Act_Real<"beta", "0.5", "slope at 0">,
    Act_Real<"eps", "0.0", "the largest argument of the exponential">];
  let forward = [{
    E p = factorOf(alpha_p, x);
    E positive = isConstant(beta, 0.0) ? alpha_p * p * p
                                       : x * fma(alpha_p, p, beta);
    // Near 0 e^x - 1 and x cancel; far out, alpha_n x and beta x would.
    auto near = abs(x) < 4.0;
    E t = where(near, x, 0.0);
    Two<E> h = expm1MinusX(t);
    if (!isConstant(eps, 0.0))
      h = where(t > eps, -t + expm1(eps), h);
    Two<E> sum = h * alpha_n + twoProd(beta, t);
    // The sign of zero: beta x decides where it underflows.
    E curve = alpha_n * h.hi, line = beta * t;
    E zero = isConstant(beta, 0.0) ? curve
                                   : where(t == 0.0, curve + line, line);
    E inner = where(sum.hi == 0.0, zero, sum.hi);
    auto difference = twoSum(beta, -alpha_n);
    E bounded = where(x > eps, eps, x);
    E outer = fma(alpha_n, expm1(bounded).hi,
                  difference.hi * factorOf(difference.hi, x));
    return where(x > 0.0, positive, where(near, inner, outer));
  }];
  let reference = "where(x > 0, x * (alpha_p * x + beta), "
      "alpha_n * where(x > eps, expm1(eps) - x, where(x > -0.125, "
      "x * x * (1/2 + x * (1/6 + x * (1/24 + x * (1/120 + x * (1/720 + "
      "x * (1/5040 + x * (1/40320 + x * (1/362880 + x * (1/3628800 + "
      "x * (1/39916800 + x * (1/479001600 + x * (1/6227020800 + "
      "x * (1/87178291200 + x / 1307674368000))))))))))))), "
      "expm1(x) - x)) + beta * x)";
  let derivative = [{
    E t = where(x > eps, eps, x);
    Two<E> m = expm1(t);
    E curve = fma(alpha_n, m.hi, beta), twice = alpha_p * 2.0;
    if (m.lo && !isConstant(beta, 0.0))
      curve = fma(alpha_n, *m.lo, curve);
    if (isConstant(alpha_p, 0.0))
      return where(x > 0.0, beta, curve);
    // The line may overflow; far out it is its slope times x.
    auto far = x > 0x1p100;
    E line = fma(twice, factorOf(alpha_p, x), beta);
    return product(where(far, factorOf(alpha_p, x), like(x, 1.0)),
                   where(far, twice, where(x > 0.0, line, curve)));
  }];
  // Not that of min(x, eps): the paper's.
  let derivativeReference = "where(x > 0, 2 * alpha_p * x + beta, "
                            "alpha_n * expm1(min(x, eps)) + beta)";
  let gradZeros = ["everywhere"];
  let zeros = ["everywhere"];
  let example = "%y = act.xielu %x : tensor<?xbf16>";
}

//===----------------------------------------------------------------------===//
// Clipped lines
//===----------------------------------------------------------------------===//

def HardSigmoid : Act_Entry<"hard_sigmoid"> {
  let summary = "a straight line between 0 and 1";
  let formula = [{\min(\max(\alpha x + \beta, 0), 1)}];
  let source = "Courbariaux et al., BinaryConnect, arXiv:1511.00363; the "
               "defaults are PyTorch's, ONNX has alpha = 0.2";
  let params = [Act_Real<"alpha", "0.16666666666666666", "slope">,
                Act_Real<"beta", "0.5", "value at 0">];
  let forward = [{
    E t = fma(alpha, factorOf(alpha, x), beta);
    return clip(t, like(x, 0.0), like(x, 1.0));
  }];
  let derivative = [{
    // The value may round to an end that it does not reach: the signs do not.
    E t = factorOf(alpha, x);
    return flatWhere((fma(alpha, t, beta) <= 0.0) |
                         (fma(alpha, t, beta - 1.0) >= 0.0),
                     alpha);
  }];
  let reference = "where(alpha * x + beta <= 0, 0, min(alpha * x + beta, 1))";
  let range = Act_Range<"0", "1">;
  let example = "%y = act.hard_sigmoid %x {alpha = 0.2 : f64} : vector<8xf32>";
}

def HardSwish : Act_Entry<"hard_swish"> {
  let summary = "the operand times a hard sigmoid of it";
  let formula = [{x\min(\max(\alpha x + \beta, 0), 1)}];
  let source = "Howard et al., Searching for MobileNetV3, arXiv:1905.02244";
  let aliases = ["hard_silu"];
  let params = [Act_Real<"alpha", "0.16666666666666666", "slope">,
                Act_Real<"beta", "0.5", "factor at 0">];
  let forward = [{
    E t = fma(alpha, factorOf(alpha, x), beta);
    return limitProduct(x, Scaled<E>{clip(t, like(x, 0.0), like(x, 1.0))});
  }];
  let reference = "where(alpha * x + beta <= 0, 0 * x, "
                  "x * min(alpha * x + beta, 1))";
  let derivative = [{
    // The value may round to an end that it does not reach: the signs do not.
    E t = factorOf(alpha, x);
    return flatWhere(fma(alpha, t, beta) <= 0.0,
                     where(fma(alpha, t, beta - 1.0) >= 0.0, like(x, 1.0),
                           fma(alpha * 2.0, t, beta)));
  }];
  let gradZeros = ["-beta / (2 * alpha)"];
  let properties = [ZeroAtZero];
  let selfGate = "HardSigmoid";
  // A little wider than the real one, which may not be representable.
  let range = Act_Range<
      "where(alpha > 0, where(beta > 0, where(beta <= 2, "
      "-0.25000001 * beta * beta / alpha, -inf), -inf), -inf)", "inf">;
  let example = "%y = act.hard_swish %x : tensor<?x?xf16>";
}

def HardMish : Act_Entry<"hard_mish"> {
  let summary = "piecewise quadratic approximation of mish";
  let formula = [{\tfrac x2\min(\max(x + 2, 0), 2)}];
  let source = "Wightman, PyTorch Image Models (timm)";
  let forward = [{
    E t = clip(x + 2.0, like(x, 0.0), like(x, 2.0)) * 0.5;
    return limitProduct(x, Scaled<E>{t});
  }];
  let reference = "where(x <= -2, 0 * x, x * min(x + 2, 2) / 2)";
  let derivative = [{
    return flatWhere(x <= -2.0, where(x >= 0.0, like(x, 1.0), x + 1.0));
  }];
  let gradZeros = ["-1"];
  let properties = [ZeroAtZero];
  let range = Act_Range<"-0.5", "inf">;
  let example = "%y = act.hard_mish %x : vector<8xf32>";
}

def SparseSigmoid : Act_Entry<"sparse_sigmoid"> {
  let summary = "derivative of sparse_plus: a line from -1 to 1";
  let formula = [{\min(\max((x + 1)/2, 0), 1)}];
  let source = "JAX jax.nn.sparse_sigmoid";
  let forward = [{
    return clip(fma(x, like(x, 0.5), like(x, 0.5)), like(x, 0.0), like(x, 1.0));
  }];
  let derivative = [{
    return flatWhere((x <= -1.0) | (x >= 1.0), like(x, 0.5));
  }];
  let reference = "where(x <= -1, 0, min((x + 1) / 2, 1))";
  let properties = [Monotone];
  let range = Act_Range<"0", "1">;
  let example = "%y = act.sparse_sigmoid %x : tensor<?xf32>";
}

def SparsePlus : Act_Entry<"sparse_plus"> {
  let summary = "quadratic between 0 and the operand";
  let formula = [{x \le -1 \;?\; 0 : x \ge 1 \;?\; x : \tfrac14 (x + 1)^2}];
  let source = "JAX jax.nn.sparse_plus";
  let forward = [{
    E t = fma(x, like(x, 0.5), like(x, 0.5));
    return where(x <= -1.0, 0.0, where(x >= 1.0, x, t * t));
  }];
  let reference = "where(x <= -1, 0, where(x >= 1, x, (x + 1) * (x + 1) / 4))";
  let derivative = [{
    return flatWhere(x <= -1.0, where(x >= 1.0, like(x, 1.0),
                                      fma(x, like(x, 0.5), like(x, 0.5))));
  }];
  let properties = [Monotone];
  let range = Act_Range<"0", "inf">;
  let identityOn = Act_Range<"1", "inf">;
  let example = "%y = act.sparse_plus %x : tensor<?xf32>";
}

//===----------------------------------------------------------------------===//
// Shrinkages
//===----------------------------------------------------------------------===//

def SoftShrink : Act_Entry<"soft_shrink"> {
  let summary = "the operand moved towards 0 by a constant, or 0";
  let formula = [{x > \lambda \;?\; x - \lambda :
    x < -\lambda \;?\; x + \lambda : 0}];
  let source = "Donoho, De-noising by soft-thresholding, 1995; PyTorch "
               "nn.Softshrink";
  let aliases = ["soft_threshold"];
  let params = [Act_Real<"lambd", "0.5", "how far", NonNegative>];
  // -0 is among what becomes 0, and keeps its sign.
  let forward = [{
    return where(abs(x) <= lambd, where(x == 0.0, x, 0.0),
                 x - copysign(lambd, x));
  }];
  let reference = "where(x > lambd, x - lambd, where(x < -lambd, x + lambd, "
                  "where(x == 0, x, 0)))";
  let derivative = [{ return flatWhere(abs(x) <= lambd, like(x, 1.0)); }];
  let properties = [ZeroAtZero, Monotone];
  let example = "%y = act.soft_shrink %x : vector<8xf32>";
}

def HardShrink : Act_Entry<"hard_shrink"> {
  let summary = "the operand where it is large enough, else 0";
  let formula = [{|x| \le \lambda \;?\; 0 : x}];
  let source = "Donoho and Johnstone, Ideal spatial adaptation by wavelet "
               "shrinkage, 1994; PyTorch nn.Hardshrink";
  let aliases = ["hard_threshold"];
  let params = [Act_Real<"lambd", "0.5", "how large", NonNegative>];
  let forward = [{ return where(abs(x) <= lambd, 0.0, quiet(x)); }];
  let reference = "where(abs(x) <= lambd, 0, x)";
  let properties = [ZeroAtZero, Monotone, Act_Idempotent];
  let example = "%y = act.hard_shrink %x : tensor<?xf32>";
}

def Shrink : Act_Entry<"shrink"> {
  let summary = "the operand moved towards 0 where it is large enough, else 0";
  let formula = [{x < -\lambda \;?\; x + b : x \le \lambda \;?\; 0 : x - b}];
  let source = "ONNX Shrink";
  let params = [Act_Real<"lambd", "0.5", "how large", NonNegative>,
                Act_Real<"bias", "0.0", "how far">];
  // -0 is among what becomes 0, and keeps its sign.
  let forward = [{
    E moved = where(x < 0.0, x + bias, x - bias);
    return where(abs(x) <= lambd, where(x == 0.0, x, 0.0),
                 isConstant(bias, 0.0) ? quiet(x) : moved);
  }];
  let reference = "where(x < -lambd, x + bias, where(x <= lambd, "
                  "where(x == 0, x, 0), x - bias))";
  let derivative = [{
    return flatWhere((x >= -lambd) & (x <= lambd), like(x, 1.0));
  }];
  let properties = [ZeroAtZero];
  let example = "%y = act.shrink %x {bias = 0.5 : f64} : tensor<?xf32>";
}

#endif // ACT_IR_ACTRECTIFIEDOPS_TD
