//===- ActPrimitiveOps.td - the primitives between table 1 and table 2 -*- tablegen -*-===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef ACT_IR_ACTPRIMITIVEOPS_TD
#define ACT_IR_ACTPRIMITIVEOPS_TD

include "act/IR/ActOpClasses.td"

def Act_PrimOp : Act_Op<"prim", [
    SameOperandsAndResultType,
    Elementwise, Scalarizable, Tensorizable, Vectorizable,
    DeclareOpInterfaceMethods<VectorUnrollOpInterface, ["getShapeForUnroll"]>]> {
  let summary = "a primitive function, to the accuracy a target can give";
  let description = [{
    What `act-expand` leaves to a target (`act-lower-primitives`). The argument
    is one word, or two words whose unevaluated sum it is. The value is
    (hi + lo) * 2^exponent; a primitive that has no second word or no exponent
    of its own returns zeros there; exp2 and exp_scaled have applied theirs (and
    are good to 1.01 ulps). `scale` is the odd one out: its operands are x and n,
    and hi = x * 2^n with one rounding.

    With `fast` one word of the value, of a relative error up to 2^-20, is enough.

    With `tame` (of exp, sigmoid, sin and atan of one word) the value is hi + lo
    without an exponent. It is as right as without `tame` where %n is 0, which is in a range
    around 0 that the target chooses, and may be anything elsewhere.

    Example:

    ```mlir
    %hi, %lo, %n = act.prim exp(%x, %xlo) : vector<16xf32>
    ```
  }];
  let arguments = (ins Act_PrimitiveAttr:$function,
                       Variadic<Act_ComputeLike>:$inputs);
  let results = (outs Act_ComputeLike:$hi, Act_ComputeLike:$lo,
                      Act_ComputeLike:$exponent);
  let assemblyFormat =
      "`` $function `(` $inputs `)` attr-dict `:` type($hi)";
  let hasVerifier = 1;
  // Not inherent attributes, which older bytecode would lack.
  let extraClassDeclaration = [{
    bool isFast() { return (*this)->hasAttr("fast"); }
    bool isTame() { return (*this)->hasAttr("tame"); }
  }];
}

#endif // ACT_IR_ACTPRIMITIVEOPS_TD
