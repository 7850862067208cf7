//===- Where.cpp - passes where there is something to do ------------------===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "act/Transforms/Passes.h"

#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"
#include "llvm/ADT/StringSet.h"

namespace mlir::act {
#define GEN_PASS_DEF_ACTWHERE
#include "act/Transforms/Passes.h.inc"
} // namespace mlir::act

using namespace mlir;
using namespace mlir::act;

namespace {
struct ActWherePass : act::impl::ActWhereBase<ActWherePass> {
  using ActWhereBase::ActWhereBase;

  ActWherePass(ArrayRef<StringRef> wanted, const OpPassManager &given)
      : passes(given) {
    for (StringRef name : wanted)
      ops.push_back(name.str());
    llvm::raw_string_ostream stream(pipeline);
    given.printAsTextualPipeline(stream);
  }

  ActWherePass(const ActWherePass &other)
      : ActWhereBase(other), passes(other.passes), names(other.names),
        dialects(other.dialects) {}

  /// Dialects that the passes write must be there before anything runs.
  void getDependentDialects(DialectRegistry &registry) const override {
    if (passes) {
      passes->getDependentDialects(registry);
      return;
    }
    FailureOr<OpPassManager> parsed =
        parsePassPipeline(pipeline, llvm::nulls());
    if (succeeded(parsed))
      parsed->getDependentDialects(registry);
  }

  LogicalResult initialize(MLIRContext *context) override {
    if (!passes) {
      std::string message;
      llvm::raw_string_ostream stream(message);
      FailureOr<OpPassManager> parsed = parsePassPipeline(pipeline, stream);
      if (failed(parsed))
        return emitError(UnknownLoc::get(context)) << "act-where: " << message;
      passes = std::move(*parsed);
    }
    names.clear();
    dialects.clear();
    for (StringRef name : ops) {
      if (name.consume_back(".*"))
        dialects.insert(name);
      else
        names.insert(OperationName(name, context));
    }
    return success();
  }

  void runOnOperation() override {
    WalkResult found = getOperation()->walk([&](Operation *op) {
      OperationName name = op->getName();
      bool isWanted =
          names.contains(name) ||
          (!dialects.empty() && dialects.contains(name.getDialectNamespace()));
      return isWanted ? WalkResult::interrupt() : WalkResult::advance();
    });
    if (!found.wasInterrupted())
      return markAllAnalysesPreserved();
    if (failed(runPipeline(*passes, getOperation())))
      signalPassFailure();
  }

private:
  std::optional<OpPassManager> passes;
  llvm::SmallDenseSet<OperationName> names;
  llvm::StringSet<> dialects;
};
} // namespace

std::unique_ptr<Pass> mlir::act::createActWhere(ArrayRef<StringRef> ops,
                                                const OpPassManager &passes) {
  return std::make_unique<ActWherePass>(ops, passes);
}
