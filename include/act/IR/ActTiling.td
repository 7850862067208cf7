//===- ActTiling.td - tiling by the shape of an op -*- tablegen -*-===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef ACT_IR_ACTTILING_TD
#define ACT_IR_ACTTILING_TD

include "mlir/IR/OpBase.td"
include "mlir/Interfaces/TilingInterface.td"

// What lets others tile an op and fuse it into their tiles; `shape` is C++ on
// the op, for a TilingShape.
class Act_Tiling<string shape> {
  list<Trait> traits = [DeclareOpInterfaceMethods<TilingInterface, [
      "getLoopIteratorTypes", "getIterationDomain", "getTiledImplementation",
      "getResultTilePosition", "generateResultTileValue",
      "getIterationDomainTileFromResultTile",
      "getIterationDomainTileFromOperandTiles",
      "getTiledImplementationFromOperandTiles",
      "isOpFusableWithConsumerSlice", "isOpFusableWithProducerSlices"]>];
  code definitions = !subst("$shape", shape, [{
    ::llvm::SmallVector<::mlir::utils::IteratorType>
    $cppClass::getLoopIteratorTypes() {
      return ::mlir::act::detail::getTilingLoops(*this, $shape);
    }
    ::llvm::SmallVector<::mlir::Range>
    $cppClass::getIterationDomain(::mlir::OpBuilder &b) {
      return ::mlir::act::detail::getTilingDomain(*this, $shape, b);
    }
    ::llvm::FailureOr<::mlir::TilingResult> $cppClass::getTiledImplementation(
        ::mlir::OpBuilder &b, ::llvm::ArrayRef<::mlir::OpFoldResult> offsets,
        ::llvm::ArrayRef<::mlir::OpFoldResult> sizes) {
      return ::mlir::act::detail::tile(*this, $shape, b, offsets, sizes);
    }
    ::llvm::LogicalResult $cppClass::getResultTilePosition(
        ::mlir::OpBuilder &b, unsigned resultNumber,
        ::llvm::ArrayRef<::mlir::OpFoldResult> offsets,
        ::llvm::ArrayRef<::mlir::OpFoldResult> sizes,
        ::llvm::SmallVector<::mlir::OpFoldResult> &resultOffsets,
        ::llvm::SmallVector<::mlir::OpFoldResult> &resultSizes) {
      return ::mlir::act::detail::getResultTile(*this, $shape, b, resultNumber,
          offsets, sizes, resultOffsets, resultSizes);
    }
    ::llvm::FailureOr<::mlir::TilingResult> $cppClass::generateResultTileValue(
        ::mlir::OpBuilder &b, unsigned resultNumber,
        ::llvm::ArrayRef<::mlir::OpFoldResult> offsets,
        ::llvm::ArrayRef<::mlir::OpFoldResult> sizes) {
      return ::mlir::act::detail::tileForResult(*this, $shape, b, resultNumber,
          offsets, sizes);
    }
    ::llvm::LogicalResult $cppClass::getIterationDomainTileFromResultTile(
        ::mlir::OpBuilder &b, unsigned resultNumber,
        ::llvm::ArrayRef<::mlir::OpFoldResult> offsets,
        ::llvm::ArrayRef<::mlir::OpFoldResult> sizes,
        ::llvm::SmallVectorImpl<::mlir::OpFoldResult> &domainOffsets,
        ::llvm::SmallVectorImpl<::mlir::OpFoldResult> &domainSizes) {
      return ::mlir::act::detail::getDomainOfResultTile(*this, $shape,
          resultNumber, offsets, sizes, domainOffsets, domainSizes);
    }
    ::llvm::LogicalResult $cppClass::getIterationDomainTileFromOperandTiles(
        ::mlir::OpBuilder &b, ::llvm::ArrayRef<unsigned> operandNumbers,
        ::llvm::ArrayRef<::llvm::SmallVector<::mlir::OpFoldResult>> offsets,
        ::llvm::ArrayRef<::llvm::SmallVector<::mlir::OpFoldResult>> sizes,
        ::llvm::SmallVectorImpl<::mlir::OpFoldResult> &domainOffsets,
        ::llvm::SmallVectorImpl<::mlir::OpFoldResult> &domainSizes) {
      return ::mlir::act::detail::getDomainOfOperandTiles(*this, $shape, b,
          operandNumbers, offsets, sizes, domainOffsets, domainSizes);
    }
    ::llvm::FailureOr<::mlir::TilingResult>
    $cppClass::getTiledImplementationFromOperandTiles(
        ::mlir::OpBuilder &b, ::llvm::ArrayRef<unsigned> operandNumbers,
        ::llvm::ArrayRef<::llvm::SmallVector<::mlir::OpFoldResult>> offsets,
        ::llvm::ArrayRef<::llvm::SmallVector<::mlir::OpFoldResult>> sizes) {
      return ::mlir::act::detail::tileForOperands(*this, $shape, b,
          operandNumbers, offsets, sizes);
    }
    bool $cppClass::isOpFusableWithConsumerSlice(unsigned resultNumber,
        ::llvm::ArrayRef<::mlir::OpFoldResult> offsets,
        ::llvm::ArrayRef<::mlir::OpFoldResult> sizes) {
      return ::mlir::act::detail::fitsResultTile(*this, $shape, resultNumber,
          offsets, sizes);
    }
    bool $cppClass::isOpFusableWithProducerSlices(
        ::llvm::ArrayRef<unsigned> operandNumbers,
        ::llvm::ArrayRef<::llvm::SmallVector<::mlir::OpFoldResult>> offsets,
        ::llvm::ArrayRef<::llvm::SmallVector<::mlir::OpFoldResult>> sizes) {
      return ::mlir::act::detail::fitsOperandTiles(*this, $shape,
          operandNumbers, offsets, sizes);
    }
  }]);
}

#endif // ACT_IR_ACTTILING_TD
