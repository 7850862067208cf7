//===- ActMergeOps.td - merging partial results of rows -*- tablegen -*-===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef ACT_IR_ACTMERGEOPS_TD
#define ACT_IR_ACTMERGEOPS_TD

include "act/IR/ActOpClasses.td"

def Act_MergeOp : Act_Op<"merge", ElementwiseMappable.traits # [
    AllTypesMatch<["value", "otherValue", "mergedValue"]>,
    AllTypesMatch<["weight", "otherWeight", "mergedWeight"]>,
    DeclareOpInterfaceMethods<MergeOpInterface>]> {
  let summary = "merges two partial results of a row";
  let description = [{
    Internal: the body of the reductions that row-wise ops become. A partial
    result is a pair, and the merge is associative up to rounding, so that rows
    can be cut into vectors and lanes. `act-expand` writes it out.

    * `log_sum_exp`: (r, s), where s is an f64, stands for s * e^(r/T), T the
      `temperature`. r is not the largest value but any that is not exceeded by
      more than 32 T: sums are rescaled rarely, and what is rescaled then does
      not count beside what is added, so that rounding errors do not pile up as
      a row ascends. Neutral is (-inf, 0). NaN in r becomes NaN in s.
    * `first_max`: a value and an index. The larger value, of equal ones that
      with the smaller index; NaN is larger than all. Neutral is -inf with the
      largest index.

    Example:

    ```mlir
    func.func @add(%r: f32, %s: f64, %x: f32) -> (f32, f64) {
      %one = arith.constant 1.0 : f64
      %0, %1 = act.merge log_sum_exp(%r, %s), (%x, %one) : f32, f64
      return %0, %1 : f32, f64
    }
    ```
  }];
  let arguments = (ins Act_MergeKindAttr:$kind,
      Act_ComputeLike:$value, Act_WeightLike:$weight,
      Act_ComputeLike:$otherValue, Act_WeightLike:$otherWeight,
      DefaultValuedAttr<F64Attr, "1.0">:$temperature);
  let results = (outs Act_ComputeLike:$mergedValue,
                      Act_WeightLike:$mergedWeight);
  let assemblyFormat = [{
    `` $kind `(` $value `,` $weight `)` `,` `(` $otherValue `,` $otherWeight `)`
    attr-dict `:` type($value) `,` type($weight)
  }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    /// Writes out the merge on scalars or vectors.
    ::llvm::SmallVector<::mlir::Value>
    buildFormula(::mlir::act::IRContext &context);
  }];
}

#endif // ACT_IR_ACTMERGEOPS_TD
