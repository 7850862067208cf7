#!/bin/sh
#===- generate-coefficients.sh - run minimax.sollya ------------------------===//
#
# Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===//
#
# Writes include/act/Primitives/Coefficients.inc. Needs Sollya 8; takes half a
# minute. With --check it writes nothing and fails if the file is not what it
# would write.

set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
out=$root/include/act/Primitives/Coefficients.inc
new=$(mktemp)
trap 'rm -f "$new"' EXIT

cat > "$new" <<'END'
//===- Coefficients.inc - constants of the primitives -----------*- C++ -*-===//
//
// Part of the act project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Generated from utils/minimax.sollya by utils/generate-coefficients.sh. Do not
// edit. Each constant is exact in the type it belongs to.
//
//===----------------------------------------------------------------------===//

#ifndef ACT_PRIMITIVES_COEFFICIENTS_INC
#define ACT_PRIMITIVES_COEFFICIENTS_INC

namespace mlir::act {

template <typename T>
struct Coefficients;

END
sollya "$root/utils/minimax.sollya" < /dev/null | grep -v '^The precision' >> "$new"
cat >> "$new" <<'END'

} // namespace mlir::act

#endif // ACT_PRIMITIVES_COEFFICIENTS_INC
END

if [ "${1:-}" = --check ]; then
  diff "$out" "$new"
else
  cp "$new" "$out"
fi
