//===- Act.td - the whole dialect, for mlir-tblgen -*- tablegen -*-===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef ACT_IR_ACT_TD
#define ACT_IR_ACT_TD

include "act/IR/ActBroadcastOps.td"
include "act/IR/ActGatedOps.td"
include "act/IR/ActMergeOps.td"
include "act/IR/ActOps.td"
include "act/IR/ActPrimitiveOps.td"
include "act/IR/ActRowOps.td"

#endif // ACT_IR_ACT_TD
