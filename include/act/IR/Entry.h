//===- Entry.h - what the table says about an op ----------------*- C++ -*-===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The entries of table 1 at run time, for listings and documentation.
//
//===----------------------------------------------------------------------===//

#ifndef ACT_IR_ENTRY_H
#define ACT_IR_ENTRY_H

#include "mlir/Support/LLVM.h"
#include "llvm/Support/JSON.h"

namespace mlir {
class MLIRContext;

namespace act {

/// The entries of all ops that are registered in `context`, by shape and name.
/// Each is an object: `name`; `shape` (elementwise, gated, ...); `summary`;
/// `formula` in LaTeX, and as plain `text`; `source`; `operands`; `parameters`
/// (`name`, `kind`, `default`, `requirement`, `description`, `cases`);
/// `constraints` on them in words; `aliases`; `range`, two expressions in the
/// parameters; `zeros`; `properties`; `example`.
llvm::json::Array getEntries(MLIRContext &context);

/// LaTeX of the kind that entries use as plain text.
std::string toPlainText(StringRef formula);

/// Entries as tables for a terminal: name, formula, parameters, aliases.
void printEntries(llvm::raw_ostream &os, const llvm::json::Array &entries);

} // namespace act
} // namespace mlir

#endif // ACT_IR_ENTRY_H
