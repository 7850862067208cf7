//===- act-opt.cpp - mlir-opt with the act dialect ------------------------===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "act/InitAll.h"
#include "mlir/InitAllPasses.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"

namespace mlir::act::test {
void registerTestDerivativePass();
} // namespace mlir::act::test

int main(int argc, char **argv) {
  mlir::DialectRegistry registry;
  mlir::act::registerAllDialects(registry);
  mlir::registerAllPasses();
  mlir::act::registerAllPasses();
  mlir::act::test::registerTestDerivativePass();
  return mlir::asMainReturnCode(
      mlir::MlirOptMain(argc, argv, "act optimizer driver\n", registry));
}
