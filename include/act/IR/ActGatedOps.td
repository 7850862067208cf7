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

def Swiglu : Act_GatedEntry<"swiglu", Swish> {
  let summary = "swish-gated linear unit";
  let formula = [{g\,\sigma(\beta g)\,v}];
  let source = "Shazeer, GLU variants improve transformer, arXiv:2002.05202";
  let reference = "where(beta * g >= 0, g / (1 + exp(-beta * g)), "
                  "g * exp(beta * g) / (1 + exp(beta * g))) * v";
  let plainGates = [Silu];
  let example = "%y = act.swiglu %g, %v : tensor<?x704xf32>";
}

foreach e = !instances<Act_GatedEntry>() in {
  def Act_ # e.cppName # Op : Act_GatedOp<e>;
}

#endif // ACT_IR_ACTGATEDOPS_TD
