//===- ActOps.td - table 1: elementwise activations -*- tablegen -*-===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// An activation is one entry of the files below. To add one, write its `def` and
// one lit file; docs/AddingAnActivation.md walks through it.
//
//===----------------------------------------------------------------------===//

#ifndef ACT_IR_ACTOPS_TD
#define ACT_IR_ACTOPS_TD

include "act/IR/ActGradOpClasses.td"
include "act/IR/ActProductOps.td"
include "act/IR/ActRectifiedOps.td"
include "act/IR/ActSmoothOps.td"

// The only place where elementwise ops come into being.
foreach e = !instances<Act_Entry>() in {
  def Act_ # e.cppName # Op : Act_UnaryOp<e>;
  def Act_ # e.cppName # GradOp : Act_UnaryGradOp<e>;
}

#endif // ACT_IR_ACTOPS_TD
