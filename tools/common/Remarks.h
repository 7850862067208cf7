//===- Remarks.h - remarks as lines for people ------------------*- C++ -*-===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef ACT_TOOLS_COMMON_REMARKS_H
#define ACT_TOOLS_COMMON_REMARKS_H

#include "mlir/IR/Remarks.h"

#include <mutex>
#include <set>
#include <tuple>

namespace mlir::act {

/// Collects remarks, which come from several threads, and prints them in the
/// order of the source at the end.
class RemarkLines : public remark::detail::MLIRRemarkStreamerBase {
public:
  void streamOptimizationRemark(const remark::detail::Remark &remark) override {
    std::string text;
    for (const remark::detail::Remark::Arg &arg : remark.getArgs())
      text += arg.val;
    std::tuple<std::string, unsigned, unsigned, std::string> line;
    remark.getLocation()->walk([&](Location location) {
      auto place = dyn_cast<FileLineColLoc>(location);
      if (!place)
        return WalkResult::advance();
      line = {place.getFilename().str(), place.getLine(), place.getColumn(),
              ""};
      return WalkResult::interrupt();
    });
    std::get<3>(line) = std::move(text);
    std::lock_guard<std::mutex> guard(mutex);
    lines.insert(std::move(line));
  }

  ~RemarkLines() override {
    for (const auto &[file, line, column, text] : lines) {
      if (!file.empty())
        llvm::errs() << file << ":" << line << ":" << column << ": ";
      llvm::errs() << "remark: " << text << "\n";
    }
  }

private:
  std::mutex mutex;
  std::set<std::tuple<std::string, unsigned, unsigned, std::string>> lines;
};

/// Prints remarks of act's passes when `context` ends.
inline void printRemarks(MLIRContext &context) {
  remark::RemarkCategories categories;
  // `all` adds to the others, and does nothing where they are not set.
  categories.passed = categories.missed = "act-.*";
  categories.analysis = categories.failed = "act-.*";
  (void)remark::enableOptimizationRemarks(
      context, std::make_unique<RemarkLines>(),
      std::make_unique<remark::RemarkEmittingPolicyAll>(), categories);
}

} // namespace mlir::act

#endif // ACT_TOOLS_COMMON_REMARKS_H
