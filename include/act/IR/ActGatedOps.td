//===- ActGatedOps.td - table 1: gated linear units -*- tablegen -*-===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef ACT_IR_ACTGATEDOPS_TD
#define ACT_IR_ACTGATEDOPS_TD

include "act/IR/ActOps.td"

def Glu : Act_GatedEntry<"glu", Sigmoid> {
  let summary = "gated linear unit";
  let formula = [{\sigma(g)\,v}];
  let source = "Dauphin et al., Language modeling with gated convolutional "
               "networks, arXiv:1612.08083";
  let example = "%y = act.glu %g, %v : tensor<?x704xf32>";
}

def Bilinear : Act_GatedEntry<"bilinear", Identity> {
  let summary = "gated linear unit without an activation";
  let formula = [{g\,v}];
  // A product is a product.
  let gates = [];
  let source = "Shazeer, GLU variants improve transformer, arXiv:2002.05202";
  let example = "%y = act.bilinear %g, %v : tensor<?xf16>";
}

def Reglu : Act_GatedEntry<"reglu", Relu> {
  let summary = "relu-gated linear unit";
  let formula = [{\max(g, 0)\,v}];
  let source = "Shazeer, GLU variants improve transformer, arXiv:2002.05202";
  let example = "%y = act.reglu %g, %v : vector<8xf32>";
}

def Sreglu : Act_GatedEntry<"sreglu", SquaredRelu> {
  let summary = "linear unit gated by a squared relu";
  let formula = [{\max(g, 0)^2\,v}];
  let source = "So et al., Primer, arXiv:2109.08668; TransformerEngine";
  let aliases = ["squared_reglu"];
  let example = "%y = act.sreglu %g, %v : vector<8xbf16>";
}

def Geglu : Act_GatedEntry<"geglu", Gelu> {
  let summary = "gelu-gated linear unit";
  let formula = [{\mathrm{gelu}(g)\,v}];
  let source = "Shazeer, GLU variants improve transformer, arXiv:2002.05202";
  let aliases = ["qgeglu, with approximate<sigmoid>"];
  let example = "%y = act.geglu %g, %v approximate<tanh> : tensor<?x704xbf16>";
}

def Swiglu : Act_GatedEntry<"swiglu", Swish> {
  let summary = "swish-gated linear unit";
  let formula = [{g\,\sigma(\beta g)\,v}];
  let source = "Shazeer, GLU variants improve transformer, arXiv:2002.05202";
  let aliases = ["ONNX SwiGLU-28"];
  let plainGates = [Silu];
  let example = "%y = act.swiglu %g, %v : tensor<?x704xf32>";
}

def Seglu : Act_GatedEntry<"seglu", Selu> {
  let summary = "selu-gated linear unit";
  let formula = [{\mathrm{selu}(g)\,v}];
  let source = "Shazeer, GLU variants improve transformer, arXiv:2002.05202, "
               "with another gate";
  let example = "%y = act.seglu %g, %v : tensor<?xf32>";
}

def Mishglu : Act_GatedEntry<"mishglu", Mish> {
  let summary = "mish-gated linear unit";
  let formula = [{\mathrm{mish}(g)\,v}];
  let source = "Shazeer, GLU variants improve transformer, arXiv:2002.05202, "
               "with another gate";
  let example = "%y = act.mishglu %g, %v : tensor<?xf32>";
}

def Eluglu : Act_GatedEntry<"eluglu", Elu> {
  let summary = "elu-gated linear unit";
  let formula = [{\mathrm{elu}(g)\,v}];
  let source = "Shazeer, GLU variants improve transformer, arXiv:2002.05202, "
               "with another gate";
  let example = "%y = act.eluglu %g, %v : tensor<?xf32>";
}

def Gtu : Act_GatedEntryBase<"gtu"> {
  let summary = "gated tanh unit";
  let formula = [{\sigma(g)\tanh v}];
  let source = "van den Oord et al., Conditional image generation with PixelCNN "
               "decoders, arXiv:1606.05328";
  let forward = [{ return sigmoid(x); }];
  let transform = [{ return tanh(v).hi; }];
  let reference = Sigmoid.reference;
  let derivative = [{ return logisticSlope(Two<E>{x, std::nullopt}); }];
  let transformDerivative = [{ return tanhSlope(Two<E>{v, std::nullopt}); }];
  let transformReference = "tanh(v)";
  let range = Act_Range<"-1", "1">;
  let example = "%y = act.gtu %g, %v : tensor<?xf32>";
}

def ClampedSwiglu : Act_GatedEntryBase<"clamped_swiglu"> {
  let summary = "swish-gated linear unit with bounded operands";
  let formula = [{\bar g\,\sigma(\alpha \bar g)\,(\bar v + o),\quad
    \bar g = \min(g, L),\ \bar v = \min(\max(v, -L), L)}];
  let source = "OpenAI, gpt-oss, 2025. The gate is bounded from above only";
  let aliases = ["swiglu_oai"];
  let params = [
    Act_Real<"limit", "7.0", "bound L of the operands", Positive>,
    Act_Real<"alpha", "1.702", "slope of the sigmoid">,
    Act_Real<"offset", "1.0", "what is added to the bounded value">];
  let forward = [{
    E g = where(x >= limit, limit, x);
    // The limit at infinities is infinite then.
    if (isConstant(alpha, 0.0))
      return Scaled<E>{like(x, 0.5), std::nullopt, std::nullopt, g};
    return limitProduct(g, sigmoid(twoProd(alpha, g)));
  }];
  let transform = [{ return clip(v, -limit, limit) + offset; }];
  let reference = "where(alpha * min(x, limit) >= 0, "
      "min(x, limit) / (1 + exp(-alpha * min(x, limit))), "
      "min(x, limit) * exp(alpha * min(x, limit)) / "
      "(1 + exp(alpha * min(x, limit))))";
  let derivative = [{
    if (isConstant(alpha, 0.0))
      return flatWhere(x >= limit, orNaN(x, like(x, 0.5)));
    E bound = abs(2048.0 / alpha), g = where(x >= limit, limit, x);
    E c = clip(g, -bound, bound);
    auto t = twoProd(alpha, c);
    return flatWhere(x >= limit, sigmoidProductSlope(g, c, t, t));
  }];
  let transformDerivative = [{ return flatWhere(abs(v) >= limit, like(v, 1.0)); }];
  let gradZeros = ["everywhere"];
  let transformReference = "min(max(v, -limit), limit) + offset";
  let example = "%y = act.clamped_swiglu %g, %v : tensor<?x2880xbf16>";
}

def SwigluStep : Act_GatedEntryBase<"swiglu_step"> {
  let summary = "silu-gated linear unit with a bounded gate and value";
  let formula = [{\min(g\,\sigma(g), L)\min(\max(v, -L), L)}];
  let source = "StepFun, Step 3.5, 2026; vLLM";
  let params = [
    Act_Real<"limit", "7.0", "bound L of the gate and the value", Positive>];
  let forward = [{
    Scaled<E> silu = limitProduct(x, sigmoid(x));
    return where(finish(silu) >= limit, Scaled<E>{limit}, silu);
  }];
  let transform = [{ return clip(quiet(v), -limit, limit); }];
  let reference = "min(where(x >= 0, x / (1 + exp(-x)), "
                  "x * exp(x) / (1 + exp(x))), limit)";
  let derivative = [{
    E c = clip(x, like(x, -2048.0), like(x, 2048.0));
    Two<E> t{c, std::nullopt};
    Slope<E> silu = sigmoidProductSlope(x, c, t, t);
    auto bounded = finish(*silu.function) >= limit;
    silu.function = where(bounded, Scaled<E>{limit}, *silu.function);
    return flatWhere(bounded, silu);
  }];
  let transformDerivative = [{ return flatWhere(abs(v) >= limit, like(v, 1.0)); }];
  let gradZeros = ["everywhere"];
  let transformReference = "min(max(v, -limit), limit)";
  let example = "%y = act.swiglu_step %g, %v : tensor<?xbf16>";
}

def Situglu : Act_GatedEntryBase<"situglu"> {
  let summary = "sigmoid- and tanh-gated linear unit";
  let formula = [{\beta_1\tanh(g/\beta_1)\,\sigma(g)\,
    \beta_2\tanh(v/\beta_2)}];
  let source = "gated units of arXiv:2002.05202 with the soft cap of "
               "Gemma 2, arXiv:2408.00118";
  let params = [
    Act_Real<"beta1", "4.0", "cap of the gate", NonZero>,
    Act_OptionalReal<"beta2", "cap of the value; absent leaves it alone",
                     NonZero>];
  let forward = [{ return limitProduct(softCap(x, beta1), sigmoid(x)); }];
  let transform = [{ return beta2 ? softCap(v, *beta2) : v; }];
  let derivative = [{
    // s (t' + beta1 t (1 - s)) for s = sigmoid(x), t = tanh(x / beta1).
    E c = clip(x, like(x, -2048.0), like(x, 2048.0));
    auto u = divide(c, beta1);
    Scaled<E> p = exp(-abs(c));
    E e = finish(p), r = 1.0 / (e + 1.0), one = like(x, 1.0);
    auto negative = x < 0.0;
    Scaled<E> s = where(negative, p, Scaled<E>{one});
    Scaled<E> rest = where(negative, Scaled<E>{one}, p);
    E cap = beta1 * tanh(u).hi;
    Scaled<E> sum = sumOf(tanhSlope(u), scaledBy(rest, r * cap));
    // Of two exponents one is that of the sum, a whole number.
    Scaled<E> slope = scaledBy(s, r * sum.hi);
    if (sum.exponent)
      slope.exponent = slope.exponent ? *slope.exponent + *sum.exponent
                                      : *sum.exponent;
    return slope;
  }];
  let gradZeros = ["everywhere"];
  let reference = "beta1 * tanh(x / beta1) * where(x >= 0, 1 / (1 + exp(-x)), "
                  "exp(x) / (1 + exp(x)))";
  let transformReference = "where(beta2 == inf, v, beta2 * tanh(v / beta2))";
  let example = "%y = act.situglu %g, %v {beta2 = 4.0 : f64} : tensor<?xf32>";
}

foreach e = !instances<Act_GatedEntryBase>() in {
  def Act_ # e.cppName # Op : Act_GatedOp<e>;
  def Act_ # e.cppName # GradOp : Act_GatedGradOp<e>;
}

#endif // ACT_IR_ACTGATEDOPS_TD
