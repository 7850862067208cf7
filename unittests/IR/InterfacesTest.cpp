//===- InterfacesTest.cpp - upstream interfaces of the ops ----------------===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "act/IR/Act.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Dialect/Vector/Transforms/VectorRewritePatterns.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"
#include "gtest/gtest.h"

using namespace mlir;
using namespace mlir::act;

namespace {
class Interfaces : public testing::Test {
protected:
  Interfaces() {
    context.loadDialect<ActDialect, func::FuncDialect, vector::VectorDialect>();
  }
  MLIRContext context;
};
} // namespace

TEST_F(Interfaces, VectorsUnroll) {
  OwningOpRef<ModuleOp> module = parseSourceString<ModuleOp>(R"mlir(
    func.func @f(%x: vector<4x8xf32>) -> vector<4x8xf32> {
      %0 = act.gelu %x approximate<tanh> : vector<4x8xf32>
      %1 = act.swiglu %0, %x {beta = 1.5 : f64} : vector<4x8xf32>
      return %1 : vector<4x8xf32>
    })mlir",
                                                             &context);
  ASSERT_TRUE(module);
  RewritePatternSet patterns(&context);
  vector::populateVectorUnrollPatterns(
      patterns,
      vector::UnrollVectorOptions().setNativeShape({2, 4}).setFilterConstraint(
          [](Operation *op) {
            return success(isa<ActDialect>(op->getDialect()));
          }));
  ASSERT_TRUE(succeeded(applyPatternsGreedily(*module, std::move(patterns))));
  unsigned count = 0;
  module->walk([&](ActivationOpInterface op) {
    ++count;
    auto type = cast<VectorType>(op->getResult(0).getType());
    EXPECT_EQ(type.getShape(), ArrayRef<int64_t>({2, 4}));
    // Parameters travel.
    if (auto gelu = dyn_cast<GeluOp>(op.getOperation())) {
      EXPECT_EQ(gelu.getApproximate(), GeluForm::Tanh);
    } else {
      EXPECT_EQ(cast<SwigluOp>(op.getOperation()).getBeta().convertToDouble(),
                1.5);
    }
  });
  EXPECT_EQ(count, 8u);
}

TEST_F(Interfaces, TypesAreInferred) {
  OpBuilder b(&context);
  OwningOpRef<ModuleOp> module = ModuleOp::create(b.getUnknownLoc());
  b.setInsertionPointToEnd(module->getBody());
  auto type = RankedTensorType::get({2, 6}, b.getF32Type());
  auto x = arith::ConstantOp::create(b, b.getUnknownLoc(),
                                     DenseElementsAttr::get(type, 1.0f));
  auto relu = ReluOp::create(b, b.getUnknownLoc(), x);
  EXPECT_EQ(relu.getType(), type);
  auto unpack = UnpackOp::create(b, b.getUnknownLoc(), relu,
                                 UnpackLayout::Interleaved, /*dim=*/1,
                                 /*block=*/IntegerAttr());
  auto half = RankedTensorType::get({2, 3}, b.getF32Type());
  EXPECT_EQ(unpack.getGate().getType(), half);
  EXPECT_EQ(unpack.getValue().getType(), half);
}
