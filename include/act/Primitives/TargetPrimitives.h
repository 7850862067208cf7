//===- TargetPrimitives.h - table 2: primitives on targets ------*- C++ -*-===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What `act.prim` and the equal math ops become. The code is made of arith ops,
// math.fma, math.absf and math.copysign on the type of the operands, all
// without fast-math flags: no call, no table in memory, no branch on lanes.
//
//===----------------------------------------------------------------------===//

#ifndef ACT_PRIMITIVES_TARGETPRIMITIVES_H
#define ACT_PRIMITIVES_TARGETPRIMITIVES_H

#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "llvm/Support/Error.h"
#include <memory>
#include <string>

namespace mlir {
class RewritePatternSet;

namespace act {
struct CpuTarget;

/// (hi + lo) * 2^exponent, where hi is hi + lo rounded; `lo` and `exponent` are
/// null where a primitive has none. If the exponent has a fraction, its floor
/// is meant.
struct PrimitiveResult {
  Value hi, lo, exponent;
};

/// What a user makes of a primitive, so that no more is computed.
struct PrimitiveDemand {
  /// Whether `lo` is used. If not, it may be null or worthless.
  bool wantLo = true;
  /// Whether one word of a relative error up to 2^-20 is enough.
  bool fast = false;
  /// Whether a flag is wanted in place of an exponent: 0 where the argument is
  /// so near to 0 that hi + lo is the value, which may be wrong elsewhere.
  bool tame = false;
};

/// Emits primitives on f32 or f64: scalars, and vectors of any rank, 0-D and
/// scalable ones too. The argument is `hi + lo`, or `hi` alone where `lo` is
/// null; a low word is at most half an ulp of the high one, or for exp and
/// sigmoid 2^-17 of it.
///
/// This class is the portable code, which only wants a fast fma. A target
/// overrides what it does better. It must round the same way: a loop and its
/// tail may be lowered by different code.
class TargetPrimitives {
public:
  virtual ~TargetPrimitives();

  /// Not scaled: `hi` lies in [0.70, 1.42]. Right for any argument at which the
  /// product with another finite number can be finite and not 0: |x| <= 212 in
  /// f32, 1500 in f64. Further out `hi` is 0 or infinity.
  virtual PrimitiveResult exp(ImplicitLocOpBuilder &b, Value hi, Value lo,
                              PrimitiveDemand demand) const;
  virtual PrimitiveResult expm1(ImplicitLocOpBuilder &b, Value hi, Value lo,
                                PrimitiveDemand demand) const;
  virtual PrimitiveResult log(ImplicitLocOpBuilder &b, Value hi,
                              Value lo) const;
  virtual PrimitiveResult log1p(ImplicitLocOpBuilder &b, Value hi,
                                Value lo) const;
  virtual PrimitiveResult tanh(ImplicitLocOpBuilder &b, Value hi, Value lo,
                               PrimitiveDemand demand) const;
  /// From |x| = 2^22 on (2^50 in f64), where neighbours are half (a quarter of)
  /// a radian apart, the values are those at 0.
  virtual PrimitiveResult sin(ImplicitLocOpBuilder &b, Value hi, Value lo,
                              PrimitiveDemand demand) const;
  virtual PrimitiveResult cos(ImplicitLocOpBuilder &b, Value hi, Value lo,
                              PrimitiveDemand demand) const;
  /// `lo` is ignored: it changes the result by less than half an ulp.
  virtual PrimitiveResult atan(ImplicitLocOpBuilder &b, Value hi, Value lo,
                               PrimitiveDemand demand) const;
  /// `lo` is ignored: it changes the result by less than half an ulp.
  virtual PrimitiveResult erf(ImplicitLocOpBuilder &b, Value hi,
                              Value lo) const;
  /// 1 / (1 + exp(-x)). Not scaled where x < 0, like exp.
  virtual PrimitiveResult sigmoid(ImplicitLocOpBuilder &b, Value hi, Value lo,
                                  PrimitiveDemand demand) const;
  /// The distribution function of the standard normal, with all of its lower
  /// tail. Not scaled where x < 0.
  virtual PrimitiveResult normalCdf(ImplicitLocOpBuilder &b, Value hi, Value lo,
                                    PrimitiveDemand demand) const;

  /// 1 / x: hi, lo. The low word is 0 where either is not finite.
  virtual PrimitiveResult rcp(ImplicitLocOpBuilder &b, Value x) const;

  /// x * 2^n for an integral n, rounded once if x is 0, not finite, or
  /// 2^-30 <= |x| <= 2^30; else a subnormal result may be rounded twice.
  virtual Value scale(ImplicitLocOpBuilder &b, Value x, Value n) const;

  /// Functions of math that are primitives but for the scaling.
  virtual Value expScaled(ImplicitLocOpBuilder &b, Value x,
                          PrimitiveDemand demand) const;
  virtual Value exp2Scaled(ImplicitLocOpBuilder &b, Value x,
                           PrimitiveDemand demand) const;
  virtual Value erfc(ImplicitLocOpBuilder &b, Value x,
                     PrimitiveDemand demand) const;
};

/// Code for AVX-512: tables of 32 numbers in registers, and `scale` is one
/// instruction. Exponents have fractions, of which only `scale` knows.
std::unique_ptr<TargetPrimitives> createAVX512Primitives();

/// The best primitives for `cpu`.
std::unique_ptr<TargetPrimitives> createTargetPrimitives(const CpuTarget &cpu);

/// Primitives, and the name of the CPU that they are the best for.
struct CpuPrimitives {
  std::string cpu = "any";
  std::shared_ptr<const TargetPrimitives> primitives;
};
/// Those for a CPU by name (`resolveCpu`); for any target where that is empty.
llvm::Expected<CpuPrimitives> createCpuPrimitives(StringRef cpu,
                                                  unsigned vectorBits = 0);

/// Rewrites `act.prim`, and math.exp, exp2, expm1, log, log1p, tanh, sin, cos,
/// atan, erf and erfc, on f32, f64, and (the math ops) f16 and bf16, which are
/// computed in f32 and rounded once. Ops on tensors stay. With `fast` math ops
/// on f32 are one word, as those on 16 bits always are.
void populateLowerPrimitivesPatterns(
    RewritePatternSet &patterns,
    const std::shared_ptr<const TargetPrimitives> &target, bool fast = false);

} // namespace act
} // namespace mlir

#endif // ACT_PRIMITIVES_TARGETPRIMITIVES_H
