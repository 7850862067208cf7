//===- ActOps.td - table 1: elementwise activations -*- tablegen -*-===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// An activation is one entry below. To add one, write its `def` and one lit
// file; docs/AddingAnActivation.md walks through it.
//
//===----------------------------------------------------------------------===//

#ifndef ACT_IR_ACTOPS_TD
#define ACT_IR_ACTOPS_TD

include "act/IR/ActOpClasses.td"

def Relu : Act_Entry<"relu"> {
  let summary = "rectified linear unit";
  let formula = [{x \le 0 \;?\; 0 : x}];
  let source = "Nair and Hinton, Rectified linear units improve restricted "
               "Boltzmann machines, 2010";
  // Adding 0 changes nothing but makes NaN quiet.
  let forward = [{ return where(x <= 0.0, 0.0, x + 0.0); }];
  let reference = "where(x <= 0, 0, x)";
  let properties = [ZeroAtZero, Monotone, Act_Idempotent];
  let range = Act_Range<"0", "inf">;
  let identityOn = Act_Range<"0", "inf">;
  let example = "%y = act.relu %x : vector<8xf32>";
}

def LeakyRelu : Act_Entry<"leaky_relu"> {
  let summary = "rectified linear unit with a small slope for negative inputs";
  let formula = [{x > 0 \;?\; x : \alpha x}];
  let source = "Maas et al., Rectifier nonlinearities improve neural network "
               "acoustic models, 2013; the default is PyTorch's";
  let params = [Act_Real<"alpha", "0.01", "slope for negative inputs">];
  let forward = [{
    // The limit at -inf is -0 then.
    if (isConstant(alpha, 0.0))
      return where(x <= 0.0, copysign(alpha, x), x + 0.0);
    auto y = where(x > 0.0, x, alpha * x);
    // Nothing is computed then, and NaN would stay signaling.
    if (isConstant(alpha, 1.0) || isConstant(alpha, -1.0))
      return where(x == x, y, x + x);
    return y;
  }];
  let reference = "where(x > 0, x, alpha * x)";
  let properties = [ZeroAtZero];
  let example = "%y = act.leaky_relu %x {alpha = 0.2 : f64} : vector<16xf32>";
}

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
      // error of 2u: it is carried in two words. Beyond 64 only its sign counts.
      auto inside = abs(x) < 64.0;
      auto c = where(inside, x, 0.0);
      auto cubic = like(x, 1.0) + twoProd(c, c) * like(x, 0.044715);
      auto twiceSqrtTwoOverPi =
          exactly(x, 1.5957691216057308, -9.96930880911092e-17);
      auto twiceU = cubic * c * twiceSqrtTwoOverPi;
      return limitProduct(
          x, sigmoid(where(inside, twiceU, Two<E>{x * 1024.0, std::nullopt})));
    }
    case GeluForm::Sigmoid:
      return limitProduct(x, sigmoid(twoProd(like(x, 1.702), x)));
    }
    llvm_unreachable("unknown form of gelu");
  }];
  let reference = "where(approximate == 'none', x * erfc(-x / sqrt(2)) / 2, "
      "where(approximate == 'tanh', "
      "x / (1 + exp(-2 * sqrt(2 / pi) * (x + 0.044715 * x * x * x))), "
      "x / (1 + exp(-1.702 * x))))";
  let properties = [ZeroAtZero, Smooth];
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
  let simplify = [{
    if (!op.getBeta().isExactlyValue(1.0))
      return failure();
    rewriter.replaceOpWithNewOp<SiluOp>(op, op.getX(), op.getFastmath());
    return success();
  }];
  let example = "%y = act.swish %x {beta = 1.5 : f64} : tensor<?xf32>";
}

def Mish : Act_Entry<"mish"> {
  let summary = "self-regularized smooth unit";
  let formula = [{x\tanh(\mathrm{sp}(x))}];
  let source = "Misra, Mish: a self regularized non-monotonic activation "
               "function, arXiv:1908.08681";
  // tanh(log1p(e^x)) in e = e^-|x|: 1 - 2e^2 / (1 + 2e + 2e^2) for x >= 0, else
  // e (1 - (e^2 + e) / (2 + 2e + e^2)). The fractions are at most 2/5, so that
  // their errors hardly count.
  let forward = [{
    auto p = exp(-abs(x));
    auto e = finish(p);
    auto positive = x >= 0.0;
    auto t = where(positive, e + e, e + 1.0) * e /
             where(positive, fma(e + e, e + 1.0, like(x, 1.0)),
                   fma(e, e + 2.0, like(x, 2.0)));
    // For negative x the factor e has two words and keeps its exponent apart.
    auto factor = where(positive, Scaled<E>{like(x, 1.0)}, p);
    auto rest = factor.lo ? fma(-factor.hi, t, *factor.lo) : -(factor.hi * t);
    return limitProduct(
        x, Scaled<E>{factor.hi + rest, std::nullopt, factor.exponent});
  }];
  let reference = "where(x >= 0, "
      "x * (1 + 2 * exp(-x)) / (1 + 2 * exp(-x) + 2 * exp(-2 * x)), "
      "x * exp(x) * (exp(x) + 2) / (exp(x) * (exp(x) + 2) + 2))";
  let properties = [ZeroAtZero, Smooth];
  let range = Act_Range<"-0.30884342", "inf">;
  let example = "%y = act.mish %x : vector<4x8xf16>";
}

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
    auto y = where((x < 0.0) & (e < 0x1p-60),
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

// The only place where elementwise ops come into being.
foreach e = !instances<Act_Entry>() in {
  def Act_ # e.cppName # Op : Act_UnaryOp<e>;
}

#endif // ACT_IR_ACTOPS_TD
