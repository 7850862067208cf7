//===- ActRowOps.td - table 1: row-wise ops; unpack -*- tablegen -*-===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef ACT_IR_ACTROWOPS_TD
#define ACT_IR_ACTROWOPS_TD

include "act/IR/ActGradOpClasses.td"

def Act_Temperature
    : Act_Real<"temperature", "1.0", "divides the input", Positive>;

def Softmax : Act_RowEntry<"softmax"> {
  let summary = "normalized exponential along one dimension";
  let formula = [{e^{x_i/T} / \sum_j e^{x_j/T} }];
  let source = "Bridle, Probabilistic interpretation of feedforward "
               "classification network outputs, 1990";
  let params = [Act_Temperature];
  let forward = [{ return softmax(sumOfExp(x, temperature)); }];
  let reference = "exp((x - rowmax(x)) / temperature) / "
                  "rowsum(exp((x - rowmax(x)) / temperature))";
  let gradient = [{ return softmaxGradient(y, dy, temperature); }];
  let gradientReference =
      "y * (dy - rowsum(y * dy)) / temperature";
  let range = Act_Range<"0", "1">;
  let example = "%y = act.softmax %x {dim = 1 : i64} : tensor<4x100xf32>";
}

def LogSoftmax : Act_RowEntry<"log_softmax"> {
  let summary = "logarithm of the normalized exponential";
  let formula = [{x_i/T - \log\sum_j e^{x_j/T} }];
  let source = "torch.nn.functional.log_softmax, jax.nn.log_softmax";
  let params = [Act_Temperature];
  let forward = [{ return logSoftmax(sumOfExp(x, temperature)); }];
  let reference = "(x - rowmax(x)) / temperature - "
                  "log(rowsum(exp((x - rowmax(x)) / temperature)))";
  let gradient = [{ return logSoftmaxGradient(y, dy, temperature); }];
  let gradientReference =
      "(dy - exp(y) * rowsum(dy)) / temperature";
  let range = Act_Range<"-inf", "0">;
  let example = "%y = act.log_softmax %x {dim = 1 : i64} : tensor<4x100xf32>";
}

def Softmin : Act_RowEntry<"softmin"> {
  let summary = "normalized exponential of the negated row";
  let formula = [{e^{-x_i/T} / \sum_j e^{-x_j/T} }];
  let source = "torch.nn.functional.softmin";
  let params = [Act_Temperature];
  let forward = [{ return softmax(sumOfExp(-x, temperature)); }];
  let reference = "exp((-x - rowmax(-x)) / temperature) / "
                  "rowsum(exp((-x - rowmax(-x)) / temperature))";
  let gradient = [{ return -softmaxGradient(y, dy, temperature); }];
  let gradientReference =
      "-y * (dy - rowsum(y * dy)) / temperature";
  let range = Act_Range<"0", "1">;
  let example = "%y = act.softmin %x {dim = 1 : i64} : tensor<4x100xf32>";
}

def MaskedSoftmax : Act_RowEntry<"masked_softmax"> {
  let summary = "softmax over the elements a mask keeps, 0 elsewhere";
  let formula = [{m_i \;?\; e^{x_i} / \sum_{j: m_j} e^{x_j} : 0}];
  let source = "Vaswani et al., Attention is all you need, arXiv:1706.03762; "
               "jax.nn.softmax with `where`";
  let rowOperands = [Act_RowOperand<"mask",
      "which elements take part; what the others hold, NaN included, does not "
      "count. A row of which nothing is kept is 0", 1>];
  let forward = [{
    const E one = like(x, 1.0);
    return where(mask, softmax(sumOfExp(x, one, mask)), 0.0);
  }];
  let reference =
      "where(mask, exp(x - rowmax(where(mask, x, -inf))) / "
      "rowsum(where(mask, exp(x - rowmax(where(mask, x, -inf))), 0)), 0)";
  let gradient = [{
    return softmaxGradient(y, dy, like(y, 1.0), /*skipsZeros=*/true);
  }];
  let gradientReference =
      "where(y == 0, 0, y * (dy - rowsum(where(y == 0, 0, y * dy))))";
  let range = Act_Range<"0", "1">;
  let example = "%y = act.masked_softmax %x, %m {dim = 1 : i64} : "
                "tensor<4x100xf32>, tensor<4x100xi1>";
}

def GumbelSoftmax : Act_RowEntry<"gumbel_softmax"> {
  let summary = "softmax of a row with noise added: a differentiable sample";
  let formula = [{e^{(x_i+n_i)/T} / \sum_j e^{(x_j+n_j)/T} }];
  let source = "Jang et al., arXiv:1611.01144; Maddison et al., "
               "arXiv:1611.00712";
  let rowOperands = [Act_RowOperand<"noise",
      "what is added, samples of the Gumbel distribution as a rule. The sum is "
      "not rounded">];
  let params = [Act_Temperature];
  let forward = [{
    return softmax(sumOfExp(twoSum(x, noise), temperature));
  }];
  let reference = "exp((x + noise - rowmax(x + noise)) / temperature) / "
                  "rowsum(exp((x + noise - rowmax(x + noise)) / temperature))";
  let gradient = [{ return softmaxGradient(y, dy, temperature); }];
  let gradientReference =
      "y * (dy - rowsum(y * dy)) / temperature";
  let range = Act_Range<"0", "1">;
  let example =
      "%y = act.gumbel_softmax %x, %n {dim = 1 : i64} : tensor<4x100xf32>";
}

def Logsumexp : Act_RowEntry<"logsumexp"> {
  let summary = "logarithm of the sum of exponentials, a smooth maximum";
  let formula = [{\log\sum_j e^{x_j} }];
  let source = "torch.logsumexp, jax.nn.logsumexp";
  let aliases = ["ReduceLogSumExp"];
  let size = OneNumber;
  let forward = [{ return log(sumOfExp(x, like(x, 1.0))); }];
  let reference = "where(abs(rowmax(x)) == inf, rowmax(x), "
                  "rowmax(x) + log(rowsum(exp(x - rowmax(x)))))";
  let gradient = [{
    return map([](IRExpr y, IRExpr dy) { return y * dy; },
               softmax(sumOfExp(x, like(x, 1.0))), dy);
  }];
  let gradientFromResult = 0;
  let gradientReference =
      "exp(x - rowmax(x)) / rowsum(exp(x - rowmax(x))) * dy";
  let example = "%y = act.logsumexp %x {dim = 1 : i64} : "
                "tensor<4x100xf32> -> tensor<4x1xf32>";
}

def Sparsemax : Act_RowEntry<"sparsemax"> {
  let summary = "projection onto the probability simplex";
  let formula = [{\max(x_i - \tau, 0),\quad \sum_j \max(x_j - \tau, 0) = 1}];
  let source = "Martins and Astudillo, arXiv:1602.02068";
  let forward = [{
    const E z = belowMax(x);
    const E t = threshold(z, [](IRExpr w) {
      return ::std::pair(w, like(w, 1.0));
    });
    return map([](IRExpr z, IRExpr t) { return where(z <= t, 0.0, z - t); },
               z, t);
  }];
  let reference =
      "max(x - rowmax(x) - rowthreshold(x - rowmax(x), 1), 0)";
  let gradient = [{
    return sparseGradient(y, dy, [](IRExpr y) { return like(y, 1.0); });
  }];
  let gradientReference =
      "where(y > 0, dy - rowsum(where(y > 0, dy, 0)) / rowsum(where(y > 0, 1, 0)), 0)";
  let range = Act_Range<"0", "1">;
  let example = "%y = act.sparsemax %x {dim = 1 : i64} : tensor<4x100xf32>";
}

def Entmax15 : Act_RowEntry<"entmax15"> {
  let summary = "between softmax and sparsemax: entmax with exponent 1.5";
  let formula = [{\max(x_i/2 - \tau, 0)^2,\quad
                  \sum_j \max(x_j/2 - \tau, 0)^2 = 1}];
  let source = "Peters et al., Sparse sequence-to-sequence models, "
               "arXiv:1905.05702";
  let forward = [{
    const E z = map([](IRExpr z) { return z * 0.5; }, belowMax(x));
    const E t = threshold(z, [](IRExpr w) {
      return ::std::pair(w * w, w * 2.0);
    });
    return map(
        [](IRExpr z, IRExpr t) {
          IRExpr w = z - t;
          return where(z <= t, 0.0, w * w);
        },
        z, t);
  }];
  let reference =
      "max((x - rowmax(x)) / 2 - rowthreshold((x - rowmax(x)) / 2, 2), 0) * "
      "max((x - rowmax(x)) / 2 - rowthreshold((x - rowmax(x)) / 2, 2), 0)";
  let gradient = [{
    return sparseGradient(y, dy, [](IRExpr y) { return sqrt(y); });
  }];
  let gradientReference =
      "where(y > 0, sqrt(y) * (dy - rowsum(sqrt(y) * dy) / rowsum(sqrt(y))), 0)";
  let range = Act_Range<"0", "1">;
  let example = "%y = act.entmax15 %x {dim = 1 : i64} : tensor<4x100xf32>";
}

def Hardmax : Act_RowEntry<"hardmax"> {
  let summary = "1 at the first maximum, 0 elsewhere";
  let formula = [{i = \min \arg\max_j x_j \;?\; 1 : 0}];
  let source = "ONNX Hardmax";
  let forward = [{ return oneHot(firstMax(x)); }];
  let reference = "where(rowmax(x) == rowmax(x), "
                  "where(rowfirst(x == rowmax(x)), 1, 0), rowmax(x))";
  let gradient = [{ return map([](IRExpr x) { return like(x, 0.0); }, x); }];
  let gradientFromResult = 0;
  let gradientReference =
      "0 * dy";
  let range = Act_Range<"0", "1">;
  let example = "%y = act.hardmax %x {dim = 1 : i64} : tensor<4x100xf32>";
}

def Maxout : Act_RowEntry<"maxout"> {
  let summary = "largest of each group of neighbours";
  let formula = [{\max_{0 \le j < k} x_{ck+j},\quad k = n/\mathit{groups} }];
  let source = "Goodfellow et al., arXiv:1302.4389";
  let params = [Act_RequiredInteger<"groups",
      "number of groups the row is cut into, and size of the result", Positive>];
  let size = Act_RowSize<0, "getGroups()">;
  let multipleOf = "getGroups()";
  let forward = [{ return groupMax(x, groups); }];
  let reference = "rowgroupmax(x, groups)";
  let gradient = [{ return groupMaxGradient(x, dy, groups); }];
  let gradientFromResult = 0;
  let gradientReference =
      "rowgroupgradient(x, dy, groups)";
  let example = "%y = act.maxout %x {dim = 1 : i64, groups = 25 : i64} : "
                "tensor<4x100xf32> -> tensor<4x25xf32>";
}

def Crelu : Act_RowEntry<"crelu"> {
  let summary = "positive parts of a row and of the negated row, concatenated";
  let formula = [{(\max(x, 0), \max(-x, 0))}];
  let source = "Shang et al., arXiv:1603.05201; tf.nn.crelu";
  let size = TwiceTheSize;
  let forward = [{
    auto relu = [](IRExpr x) { return where(x <= 0.0, 0.0, x + 0.0); };
    return concat(map(relu, x), map(relu, -x));
  }];
  let reference = "rowconcat(where(x <= 0, 0, x), where(-x <= 0, 0, -x))";
  let gradient = [{
    return map(
        [](IRExpr x, IRExpr first, IRExpr second) {
          return where(x > 0.0, first,
                       where(x < 0.0, -second,
                             where(x == 0.0, 0.0, first - second)));
        },
        x, part(x, dy, 0), part(x, dy, 1));
  }];
  let gradientFromResult = 0;
  let gradientReference =
      "where(x > 0, rowpart(dy, 0, 2), where(x < 0, -rowpart(dy, 1, 2), 0))";
  let range = Act_Range<"0", "inf">;
  let example = "%y = act.crelu %x {dim = 1 : i64} : "
                "tensor<4x100xf32> -> tensor<4x200xf32>";
}

foreach e = !instances<Act_RowEntry>() in {
  def Act_ # e.cppName # Op : Act_RowOp<e>;
  def Act_ # e.cppName # GradOp : Act_RowGradOp<e>;
}

defvar Act_UnpackTiling = Act_Tiling<"{/*row=*/getDim(), /*parameters=*/{}}">;

def Act_UnpackOp : Act_Op<"unpack", Act_UnpackTiling.traits # [
    AllTypesMatch<["gate", "value"]>,
    DeclareOpInterfaceMethods<AggregatedOpInterface,
                                    ["decomposeOperation"]>,
    DeclareOpInterfaceMethods<InferTypeOpInterface>,
    DeclareOpInterfaceMethods<ReifyRankedShapedTypeOpInterface,
                                    ["reifyResultShapes"]>,
    DeclareOpInterfaceMethods<ValueBoundsOpInterface,
                                    ["populateBoundsForShapedValueDim"]>]> {
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
  let extraClassDefinition = Act_UnpackTiling.definitions;
}

#endif // ACT_IR_ACTROWOPS_TD
