//===- TilingTest.cpp - every op in tiles, by upstream's tiling -----------===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Ops are found by their interface and made by trial: no test names one.
//
//===----------------------------------------------------------------------===//

#include "act/IR/Act.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Affine/IR/ValueBoundsOpInterfaceImpl.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Linalg/Transforms/TilingInterfaceImpl.h"
#include "mlir/Dialect/SCF/Transforms/TileUsingInterface.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Tensor/IR/ValueBoundsOpInterfaceImpl.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Verifier.h"
#include "gtest/gtest.h"

using namespace mlir;
using namespace mlir::act;

namespace {
constexpr int64_t kRows = 6, kColumns = 8;

class Tiling : public testing::Test {
protected:
  Tiling() {
    DialectRegistry registry;
    registry.insert<ActDialect, func::FuncDialect>();
    affine::registerValueBoundsOpInterfaceExternalModels(registry);
    linalg::registerTilingInterfaceExternalModels(registry);
    tensor::registerValueBoundsOpInterfaceExternalModels(registry);
    context.appendDialectRegistry(registry);
    context.loadDialect<ActDialect, func::FuncDialect>();
  }

  /// Calls `test` with each op that tiles, once on types with sizes and once on
  /// types without, made in a function by a builder that stands behind it. The
  /// first operand is what `producer` makes.
  void
  forEachOp(llvm::function_ref<Value(OpBuilder &, RankedTensorType)> producer,
            llvm::function_ref<void(IRRewriter &, TilingInterface)> test) {
    unsigned count = 0;
    for (RegisteredOperationName name : context.getRegisteredOperations()) {
      if (name.getDialectNamespace() != ActDialect::getDialectNamespace())
        continue;
      bool tiles = name.hasInterface<TilingInterface>();
      EXPECT_TRUE(tiles || !name.hasInterface<EntryOpInterface>())
          << name.getStringRef().str();
      for (bool isDynamic : {false, true}) {
        if (!tiles)
          continue;
        SCOPED_TRACE(name.getStringRef().str() +
                     (isDynamic ? " dynamic" : " static"));
        OwningOpRef<ModuleOp> module =
            ModuleOp::create(UnknownLoc::get(&context));
        IRRewriter b(&context);
        b.setInsertionPointToEnd(module->getBody());
        Operation *op = makeOp(b, name, isDynamic, producer);
        if (!op) {
          ADD_FAILURE() << "cannot be made";
          continue;
        }
        op->setAttr("mine", b.getUnitAttr());
        b.setInsertionPointAfter(op);
        test(b, cast<TilingInterface>(op));
        EXPECT_TRUE(succeeded(verify(*module)));
        ++count;
      }
    }
    EXPECT_GT(count, 0u);
  }

  static Value argument(OpBuilder &b, RankedTensorType type) {
    auto function = cast<func::FuncOp>(b.getInsertionBlock()->getParentOp());
    return function.getBody().addArgument(type, b.getUnknownLoc());
  }

  static scf::SCFTilingOptions options(OpBuilder &b, ArrayRef<int64_t> sizes) {
    return scf::SCFTilingOptions().setTileSizes(
        getAsIndexOpFoldResult(b.getContext(), sizes));
  }

  MLIRContext context;

private:
  Operation *
  makeOp(OpBuilder &b, RegisteredOperationName name, bool isDynamic,
         llvm::function_ref<Value(OpBuilder &, RankedTensorType)> producer) {
    Location loc = b.getUnknownLoc();
    auto function =
        func::FuncOp::create(b, loc, "f", b.getFunctionType({}, {}));
    b.setInsertionPointToStart(function.addEntryBlock());
    b.setInsertionPoint(func::ReturnOp::create(b, loc));
    constexpr int64_t dynamic = ShapedType::kDynamic;
    int64_t rows = isDynamic ? dynamic : kRows;
    int64_t columns = isDynamic ? dynamic : kColumns;
    auto type = RankedTensorType::get({rows, columns}, b.getF32Type());
    Value x = producer(b, type);
    // What else an op may take: the like of x, a mask, parameters.
    SmallVector<Value> others = {
        argument(b, type), argument(b, type.clone(b.getI1Type())),
        argument(b, RankedTensorType::get({columns}, b.getF32Type())),
        argument(b, RankedTensorType::get({}, b.getF32Type()))};
    function.setType(
        b.getFunctionType(function.getBody().getArgumentTypes(), {}));
    // Not everything that is tried is allowed.
    ScopedDiagnosticHandler silent(&context,
                                   [](Diagnostic &) { return success(); });
    for (unsigned arity = 1, combinations = 1; arity <= 4;
         ++arity, combinations *= others.size())
      for (unsigned code = 0; code != combinations; ++code) {
        SmallVector<Value> operands{x};
        for (unsigned rest = code; operands.size() != arity;
             rest /= others.size())
          operands.push_back(others[rest % others.size()]);
        // Types cannot be inferred where an attribute is missing.
        for (bool all : {true, false})
          if (Operation *op = tryOp(b, name, operands, all))
            return op;
      }
    return nullptr;
  }

  /// With numbers for `dim`, or for all attributes that may be numbers.
  Operation *tryOp(OpBuilder &b, RegisteredOperationName name,
                   ValueRange operands, bool all) {
    Location loc = b.getUnknownLoc();
    OperationState state(loc, name);
    state.addOperands(operands);
    for (StringAttr attribute : name.getAttributeNames())
      for (Attribute value :
           {Attribute(b.getI64IntegerAttr(attribute == "dim" ? 1 : 2)),
            Attribute(b.getF64FloatAttr(0.5))}) {
        NamedAttrList one(
            b.getDictionaryAttr(NamedAttribute(attribute, value)));
        if ((all || attribute == "dim") &&
            succeeded(name.verifyInherentAttrs(
                one, [&] { return mlir::emitError(loc); }))) {
          state.addAttribute(attribute, value);
          break;
        }
      }
    // Types for a start: attributes of an op are what others are inferred from.
    state.types.assign(name.hasTrait<OpTrait::OneResult>() ? 1 : 2,
                       operands.front().getType());
    Operation *op = b.create(state);
    SmallVector<Type> types;
    if (succeeded(cast<InferTypeOpInterface>(op).inferReturnTypes(
            &context, loc, operands, op->getAttrDictionary(),
            op->getPropertiesStorage(), op->getRegions(), types)))
      for (auto [result, type] : llvm::zip_equal(op->getResults(), types))
        result.setType(type);
    if (succeeded(verify(op)))
      return op;
    op->erase();
    return nullptr;
  }
};

/// The product of two matrices, in place of an argument.
Value multiply(OpBuilder &b, RankedTensorType type) {
  auto function = cast<func::FuncOp>(b.getInsertionBlock()->getParentOp());
  Location loc = b.getUnknownLoc();
  auto argument = [&](int64_t rows, int64_t columns) {
    return function.getBody().addArgument(
        RankedTensorType::get({rows, columns}, type.getElementType()), loc);
  };
  Value left = argument(type.getDimSize(0), 16);
  Value right = argument(16, type.getDimSize(1));
  Value into = argument(type.getDimSize(0), type.getDimSize(1));
  return linalg::MatmulOp::create(b, loc, type, ValueRange{left, right}, into)
      .getResult(0);
}

/// The op of a name in the innermost of the loops.
Operation *findIn(LoopLikeOpInterface loop, StringRef name) {
  Operation *found = nullptr;
  loop->walk([&](Operation *op) {
    if (op->getName().getStringRef() == name)
      found = op;
  });
  return found;
}
} // namespace

TEST_F(Tiling, EveryOp) {
  for (auto type : {scf::SCFTilingOptions::LoopType::ForOp,
                    scf::SCFTilingOptions::LoopType::ForallOp})
    forEachOp(argument, [&](IRRewriter &b, TilingInterface op) {
      size_t loops = op.getLoopIteratorTypes().size();
      bool isWhole = loops == 1;
      FailureOr<scf::SCFTilingResult> tiled =
          scf::tileUsingSCF(b, op, options(b, {4, 3}).setLoopType(type));
      ASSERT_TRUE(succeeded(tiled));
      EXPECT_EQ(tiled->loops.size(),
                type == scf::SCFTilingOptions::LoopType::ForOp ? loops : 1);
      Operation *tile = tiled->tiledOps.back();
      EXPECT_EQ(tile->getName(), op->getName());
      EXPECT_EQ(tile->getAttrDictionary(), op->getAttrDictionary());
      EXPECT_TRUE(tiled->loops.back()->isProperAncestor(tile));
      for (auto [whole, part] :
           llvm::zip_equal(op->getResults(), tiled->replacements))
        EXPECT_EQ(whole.getType(), part.getType());
      // Sizes that nobody cuts stay known.
      auto x = cast<RankedTensorType>(op->getOperand(0).getType());
      auto slice = cast<RankedTensorType>(tile->getOperand(0).getType());
      EXPECT_EQ(slice.getDimSize(1),
                isWhole ? x.getDimSize(1) : ShapedType::kDynamic);
    });
}

TEST_F(Tiling, MatmulsAreFused) {
  forEachOp(multiply, [&](IRRewriter &b, TilingInterface op) {
    scf::SCFTileAndFuseOptions fuse;
    fuse.setTilingOptions(options(b, {4, 3}));
    Operation *matmul = op->getOperand(0).getDefiningOp();
    FailureOr<scf::SCFTileAndFuseResult> fused =
        scf::tileConsumerAndFuseProducersUsingSCF(b, op, fuse);
    ASSERT_TRUE(succeeded(fused));
    EXPECT_TRUE(fused->fusedProducers.contains(matmul));
    Operation *tile = fused->tiledAndFusedOps.front();
    EXPECT_EQ(
        tile->getOperand(0).getDefiningOp(),
        findIn(fused->loops.back(), linalg::MatmulOp::getOperationName()));
  });
}

TEST_F(Tiling, OpsAreFused) {
  forEachOp(argument, [&](IRRewriter &b, TilingInterface op) {
    Location loc = op.getLoc();
    Value result = op->getResult(0);
    auto type = cast<RankedTensorType>(result.getType());
    Value empty = tensor::EmptyOp::create(
        b, loc, tensor::getMixedSizes(b, loc, result), type.getElementType());
    auto consumer = linalg::ExpOp::create(b, loc, type, result, empty);
    bool isWhole = op.getLoopIteratorTypes().size() == 1;
    scf::SCFTileAndFuseOptions fuse;
    fuse.setTilingOptions(options(b, {4, isWhole ? 0 : 3}));
    FailureOr<scf::SCFTileAndFuseResult> fused =
        scf::tileConsumerAndFuseProducersUsingSCF(
            b, cast<TilingInterface>(consumer.getOperation()), fuse);
    ASSERT_TRUE(succeeded(fused));
    EXPECT_TRUE(fused->fusedProducers.contains(op));
    // What is known to be the whole row is not cut once more.
    Operation *tile =
        fused->tiledAndFusedOps.front()->getOperand(0).getDefiningOp();
    EXPECT_EQ(tile->getName(), op->getName());
  });
}

TEST_F(Tiling, TilesOfResults) {
  forEachOp(argument, [&](IRRewriter &b, TilingInterface op) {
    bool hasRow = op.getLoopIteratorTypes().size() == 1;
    // A part of a row takes all of it.
    SmallVector<OpFoldResult> offsets =
        getAsIndexOpFoldResult(&context, {2, 3});
    SmallVector<OpFoldResult> sizes = getAsIndexOpFoldResult(&context, {4, 2});
    EXPECT_EQ(op.isOpFusableWithConsumerSlice(0, offsets, sizes), !hasRow);
    EXPECT_EQ(succeeded(op.generateResultTileValue(b, 0, offsets, sizes)),
              !hasRow);

    // A number of which nobody knows that it is the size of the row.
    offsets[1] = b.getIndexAttr(0);
    Value unknown =
        arith::ConstantOp::create(b, op.getLoc(), b.getIndexAttr(kColumns));
    unknown = arith::AddIOp::create(b, op.getLoc(), unknown, unknown);
    sizes[1] = unknown;
    EXPECT_TRUE(op.isOpFusableWithConsumerSlice(0, offsets, sizes));
    FailureOr<TilingResult> tiled =
        op.generateResultTileValue(b, 0, offsets, sizes);
    ASSERT_TRUE(succeeded(tiled));
    auto type = cast<RankedTensorType>(tiled->tiledValues.front().getType());
    EXPECT_EQ(type.getShape(), ArrayRef<int64_t>({4, ShapedType::kDynamic}));
    auto slice =
        tiled->tiledValues.front().getDefiningOp<tensor::ExtractSliceOp>();
    ASSERT_EQ(bool(slice), hasRow);
    if (slice) {
      EXPECT_EQ(slice.getSource().getDefiningOp(), tiled->tiledOps.front());
    }
  });
}

/// As a consumer of what a loop inserts: rows have to be whole.
TEST_F(Tiling, TilesOfOperands) {
  for (bool isRow : {true, false})
    forEachOp(
        [&](OpBuilder &b, RankedTensorType type) -> Value {
          Location loc = b.getUnknownLoc();
          Value into = argument(b, type);
          SmallVector<OpFoldResult> sizes = tensor::getMixedSizes(b, loc, into);
          sizes[0] = b.getIndexAttr(4);
          if (!isRow)
            sizes[1] = b.getIndexAttr(2);
          SmallVector<OpFoldResult> offsets{b.getIndexAttr(2),
                                            b.getIndexAttr(isRow ? 0 : 3)};
          SmallVector<OpFoldResult> strides(2, b.getIndexAttr(1));
          auto tile =
              argument(b, tensor::ExtractSliceOp::inferResultType(type, sizes));
          return tensor::InsertSliceOp::create(b, loc, tile, into, offsets,
                                               sizes, strides);
        },
        [&](IRRewriter &b, TilingInterface op) {
          bool fits = isRow || op.getLoopIteratorTypes().size() == 2;
          auto insert =
              op->getOperand(0).getDefiningOp<tensor::InsertSliceOp>();
          EXPECT_EQ(op.isOpFusableWithProducerSlices({0},
                                                     {insert.getMixedOffsets()},
                                                     {insert.getMixedSizes()}),
                    fits);
          FailureOr<TilingResult> tiled =
              tensor::replaceInsertSlicesWithTiledConsumer(
                  b, {insert}, {&op->getOpOperand(0)});
          ASSERT_EQ(succeeded(tiled), fits);
          if (!fits)
            return;
          auto slice = tiled->tiledOps.front()
                           ->getOperand(0)
                           .getDefiningOp<tensor::ExtractSliceOp>();
          EXPECT_EQ(slice.getSource(), insert.getResult());
          EXPECT_EQ(slice.getType(), insert.getSourceType());
          EXPECT_EQ(slice.getMixedOffsets(), insert.getMixedOffsets());
          auto type = cast<RankedTensorType>(
              tiled->tiledOps.front()->getResult(0).getType());
          EXPECT_EQ(type.getDimSize(0), 4);
        });
}
