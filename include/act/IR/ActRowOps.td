//===- ActRowOps.td - table 1: row-wise ops; unpack -*- tablegen -*-===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef ACT_IR_ACTROWOPS_TD
#define ACT_IR_ACTROWOPS_TD

include "act/IR/ActOpClasses.td"

def Softmax : Act_RowEntry<"softmax"> {
  let summary = "normalized exponential along one dimension";
  let formula = [{e^{(x_i-m)/T} / \sum_j e^{(x_j-m)/T},\quad m=\max_j x_j}];
  let source = "Bridle, Probabilistic interpretation of feedforward "
               "classification network outputs, 1990";
  let params = [Act_Real<"temperature", "1.0", "divides the input", Positive>];
  let forward = [{
    auto e = expOfQuotient(x - max(x), temperature);
    return e / sum(e);
  }];
  let reference = "exp((x - rowmax(x)) / temperature) / "
                  "rowsum(exp((x - rowmax(x)) / temperature))";
  let range = Act_Range<"0", "1">;
  let example = "%y = act.softmax %x {dim = 1 : i64} : tensor<4x100xf32>";
}

foreach e = !instances<Act_RowEntry>() in {
  def Act_ # e.cppName # Op : Act_RowOp<e>;
}

def Act_UnpackOp : Act_Op<"unpack", [
    AllTypesMatch<["gate", "value"]>,
    DeclareOpInterfaceMethods<AggregatedOpInterface,
                                    ["decomposeOperation"]>,
    DeclareOpInterfaceMethods<InferTypeOpInterface>,
    DeclareOpInterfaceMethods<ReifyRankedShapedTypeOpInterface,
                                    ["reifyResultShapes"]>]> {
  let summary = "splits a packed tensor into gate and value";
  let description = [{
    Splits `x` along `dim`, whose size is even, into two halves: the operands of
    a gated op. `layout` says where they lie:

    * `gate_first` (default; vLLM, FlashInfer, TransformerEngine): the first
      half is the gate.
    * `value_first` (`glu` of PyTorch, JAX, Keras): the first half is the value.
    * `interleaved` (gpt-oss): gate and value alternate, the gate at even
      positions.
    * `block_interleaved`: blocks of `block` gates and `block` values alternate;
      the size is a multiple of 2 * `block`.

    A dynamic size has to be such a multiple, too; what lies beyond the last
    whole pair of blocks is not part of the result.

    Example:

    ```mlir
    %g, %v = act.unpack %x layout<interleaved> {dim = 1 : i64} : tensor<?x1408xf32> -> tensor<?x704xf32>
    ```
  }];
  let arguments = (ins Act_RowLike:$x,
      DefaultValuedAttr<Act_UnpackLayoutAttr,
                        "::mlir::act::UnpackLayout::GateFirst">:$layout,
      I64Attr:$dim, OptionalAttr<I64Attr>:$block);
  let results = (outs Act_RowLike:$gate, Act_RowLike:$value);
  let assemblyFormat = [{
    $x (`layout` `` $layout^)? attr-dict `:` type($x) `->` type($gate)
  }];
  let hasVerifier = 1;
}

#endif // ACT_IR_ACTROWOPS_TD
