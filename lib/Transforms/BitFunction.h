//===- BitFunction.h - functions of the bits of a 16-bit float --*- C++ -*-===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A function that only selects among its argument, a 16-bit float, and
// constants is simple as a function of the 16 bits: on a few intervals of them
// it is constant, and on the others it keeps or flips the sign. In this form it
// takes a few integer operations and no conversion.
//
//===----------------------------------------------------------------------===//

#ifndef ACT_LIB_TRANSFORMS_BITFUNCTION_H
#define ACT_LIB_TRANSFORMS_BITFUNCTION_H

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

#include <optional>

namespace mlir::act {

/// The value on one interval of bit patterns: `(bits & keep) ^ flip`.
struct BitTransform {
  uint16_t keep = 0xffff, flip = 0;

  uint16_t operator()(uint16_t bits) const { return (bits & keep) ^ flip; }
  bool isConstant() const { return keep == 0; }
  bool operator==(const BitTransform &other) const {
    return keep == other.keep && flip == other.flip;
  }
};

/// An interval of bit patterns, both ends included, and the value there. It
/// lies on one side of the sign and holds either only numbers or only NaNs.
struct BitPiece {
  uint16_t first, last;
  BitTransform value;
  /// Any quiet NaN will do.
  bool isNaN = false;
};

/// What is known of the 16-bit formats.
struct HalfFormat {
  explicit HalfFormat(FloatType type)
      : infinity(type.isBF16() ? 0x7f80 : 0x7c00),
        quietNaN(type.isBF16() ? 0x7fc0 : 0x7e00) {}

  uint16_t infinity, quietNaN;
};

/// A function of the bits of `argument`, a 16-bit float or vector of them. Its
/// pieces are in the order of the patterns and cover all of them. Of a function
/// that gives an i1 they have the values 0 and 1.
struct BitFunction {
  Value argument;
  SmallVector<BitPiece> pieces;
};

/// What `value` is, rounded to 16 bits, as a function of the one 16-bit float
/// that it is computed from in f32, by nothing but comparisons, selections and
/// changes of sign. None where there is anything else.
std::optional<BitFunction> getBitFunction(Value value);

/// Builds the function of `bits`, an i16 or vector of them, that gives 16 bits
/// or a condition.
Value buildBitFunction(ImplicitLocOpBuilder &b, Value bits,
                       ArrayRef<BitPiece> pieces, HalfFormat format);
Value buildBitCondition(ImplicitLocOpBuilder &b, Value bits,
                        ArrayRef<BitPiece> pieces, HalfFormat format);

/// `bits` as they are but for NaNs, which become a quiet one.
Value buildQuiet(ImplicitLocOpBuilder &b, Value bits, HalfFormat format);

} // namespace mlir::act

#endif // ACT_LIB_TRANSFORMS_BITFUNCTION_H
